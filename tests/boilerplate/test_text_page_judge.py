"""What kind of page a dump is said to be, and how far its body is trusted."""

import json

import numpy as np
import pytest

from broadsheet.schemas.records import TEXT, Article, Origin, Page
from broadsheet.transforms.boilerplate.html.page_judge import LEARNED
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.boilerplate.text.model import load
from broadsheet.transforms.boilerplate.text.page_judge import NUMBERS, WEIGHTS, page_numbers
from broadsheet.transforms.boilerplate.text.text_body import judge_lines

MENU = "The Sluice Post\n\nNews\n\nSport\n\nCulture\n\nWeather\n\nSign in\n\n"
FOOT = "\n\nAbout us\n\nContact\n\nPrivacy policy\n\n© 2026 Sluice Post Ltd. All rights reserved.\n"
PARAGRAPHS = [
    "The lock keeper opened the lower gate on Monday, and eleven boats that had waited since Friday went through in an hour.",
    "Divers had found a crack in the sill, as long as a hand, and filled it with a mortar that sets under water within a day.",
    '"We would have liked to drain the basin, but the summer timetable left us no week to do it in," said the harbour master.',
    "The crack is thought to come from a barge that touched the wall in the flood of last March; its owner says that it did not.",
    "The canal trust will look at the wall again in October, when the basin is emptied for the first time in fourteen years.",
    "Until then boats of more than sixty tonnes must wait at the upper lock, where a pilot comes aboard for the last two miles.",
]
HEADLINE = "Boats pass the lower lock again after three days of repairs\n\n"
ARTICLE = MENU + HEADLINE + "\n\n".join(PARAGRAPHS) + FOOT
LIVE = MENU + HEADLINE + "\n\n".join(f"1{hour}:{hour}5\n\n{text}" for hour, text in enumerate(PARAGRAPHS)) + FOOT


def stripped(text: str) -> Article:
    return strip(Page(Origin("memory", 0), text, TEXT, "utf-8", "utf-8", 0.0))


def test_an_article_is_named_one_and_its_body_trusted() -> None:
    found = stripped(ARTICLE)
    assert found.page_type == "article"
    assert found.page_type_score is not None
    assert found.page_type_score > 0.5
    assert found.text_confidence is not None
    assert found.text_confidence > 0.7


def test_a_live_blog_is_named_one() -> None:
    assert stripped(LIVE).page_type == "live_blog"


def test_times_below_the_body_make_no_live_blog() -> None:
    comments = "".join(
        f"\n\nferryman{hour}\n\n1{hour}:30\n\nGood to see the boats again, it was far too quiet here." for hour in range(6)
    )
    assert stripped(MENU + HEADLINE + "\n\n".join(PARAGRAPHS) + comments + FOOT).page_type != "live_blog"


def test_a_body_among_other_prose_is_trusted_less() -> None:
    other = [
        f"The {word} association met on Sunday and talked for two hours about the minutes of its last meeting."
        for word in MENU.split()
    ]
    mixed = MENU + "\n\n".join(f"{text}\n\nRead more\n\n{PARAGRAPHS[at % 6]}" for at, text in enumerate(other)) + FOOT
    assert (stripped(mixed).text_confidence or 0) < (stripped(ARTICLE).text_confidence or 0)


@pytest.mark.parametrize("text", [ARTICLE, "\n".join(PARAGRAPHS), PARAGRAPHS[0]], ids=["page", "body alone", "one line"])
def test_every_number_of_a_page_is_finite(text: str) -> None:
    found = judge_lines(text, load())
    numbers = page_numbers(text, found.at, found.judged, found.kept, found.given)
    assert len(numbers) == len(NUMBERS)
    assert np.isfinite(numbers).all()


def test_the_shipped_weights_are_calibrated_on_sites_that_they_have_not_seen() -> None:
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert (stored["numbers"], stored["types_learned"]) == (list(NUMBERS), list(LEARNED))
    assert stored["provenance"]["ece"] <= 0.05
    assert stored["provenance"]["type_ece"] <= 0.05

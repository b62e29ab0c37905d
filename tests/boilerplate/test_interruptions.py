"""What interrupts a body is not in it."""

import pytest

from broadsheet.schemas.records import TEXT, Article, Origin, Page
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.boilerplate.text.features import Lines
from broadsheet.transforms.boilerplate.text.interruptions import name_interruptions

PARAGRAPHS = [
    "The last ferry of the season left Skarvik at noon, with four passengers, eleven sheep and the mail of three weeks aboard.",
    "It will be back in April, if the ice allows, the shipping office said; until then the islands are served from the air.",
    "For the school that means lessons by radio, which the teacher, Solveig Dahl, has given in every winter since 1998.",
    '"The children know the sound of the transmitter better than that of the bell," she said, and showed the new microphone.',
    "The shop has laid in flour, lamp oil and two tonnes of potatoes, more than in any year since the bakery was closed.",
    "A doctor flies in on every second Thursday, and a nurse who lives on the largest island looks after the other six.",
    "Nobody has asked for a road bridge in this year's survey; one household in three would like a later ferry on Fridays.",
]


def stripped(lines: list[str]) -> Article:
    text = "\n\n".join(
        ["The Skarvik Courier", "News", "Sport", "Last ferry leaves the islands to the winter", *lines, "About us", "Contact"]
    )
    return strip(Page(Origin("memory", 0), text, TEXT, "utf-8", "utf-8", 0.0))


@pytest.mark.parametrize(
    "marker",
    [
        "Advertisement",
        "Mainos",
        "Continúa después de la publicidad",
        "Rolling ferry player",
        "xq17",
        "Tip us off",
        "Sponsored",
        "Sign up for our newsletter",
    ],
)
def test_a_marker_after_each_paragraph_changes_no_body(marker: str) -> None:
    lines = [line for paragraph in PARAGRAPHS for line in (paragraph, marker)]
    assert stripped(lines).text.split("\n") == PARAGRAPHS


def test_a_caption_that_the_page_shows_again_and_again_is_not_in_the_body() -> None:
    lines = [line for paragraph in PARAGRAPHS for line in (paragraph, "The mail boat off the northern mole last winter")]
    assert stripped(lines).text.split("\n") == PARAGRAPHS


def test_speakers_who_take_turns_stay() -> None:
    speakers = ["Solveig Dahl", "Jon Vik"] * 4
    lines = [line for speaker, paragraph in zip(speakers, PARAGRAPHS, strict=False) for line in (speaker, paragraph)]
    assert name_interruptions(lines, [None] * len(lines), Lines(lines)) == set()


def test_lines_of_a_list_or_a_poem_are_not_interruptions() -> None:
    lines = [PARAGRAPHS[0], *("The ice goes out", "and we stay in", "the ice goes out") * 3, PARAGRAPHS[1]]
    assert name_interruptions(lines, [None] * len(lines), Lines(lines)) == set()

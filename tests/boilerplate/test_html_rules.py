from typing import Any

import numpy as np
import pytest

from broadsheet.schemas import reasons
from broadsheet.schemas.records import HTML, Origin, Page
from broadsheet.transforms.boilerplate.html.block_rules import data_cells, named_by_rule
from broadsheet.transforms.boilerplate.html.blocks import split_html
from broadsheet.transforms.boilerplate.html.html_body import strip_html

FIRST = "The mill at Vestergård turned again on Sunday, forty years after its sails had been taken down for firewood."
LATER = "Three carpenters from the valley spent the winter on them, and asked for nothing but their meals, the miller said."


def named(*texts: str) -> dict[int, str]:
    blocks = split_html("".join(f"<p>{text}</p>" for text in texts))
    everything = np.ones(len(texts), bool)
    return named_by_rule(blocks, everything, np.array([len(text) > 90 for text in texts]))


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("Karen Holst, 3 March 2021, 18:05", reasons.BYLINE),
        ("Karen Holst | 3. marts 2021", reasons.BYLINE),
        ("Von Karen Holst 3. März 2021, 18.05 Uhr Lesezeit: 3 Min.", reasons.BYLINE),
        ("The sails before they were hung (Photo: Jens Lund)", reasons.CAPTION),
        ("The miller at his door. Foto: Jens Lund", reasons.CAPTION),
    ],
)
def test_bylines_and_credits_in_the_body_s_column_are_not_body(block: Any, reason: str) -> None:
    assert named(block, FIRST, LATER) == {0: reason}


@pytest.mark.parametrize(
    "block",
    [
        "VESTERGÅRD, March 3, 2021 –",
        "The mill had burnt down twice, in 1821 and in 1907.",
        "The winter of 2020",
        "A question of money: who pays?",
    ],
    ids=["dateline", "sentence", "subhead with a year", "colon"],
)
def test_a_short_block_of_the_body_stays(block: Any) -> None:
    assert named(block, FIRST, LATER) == {}


def test_a_date_after_the_first_paragraph_is_the_story_s() -> None:
    assert 1 not in named(FIRST, "Vestergård and 2 other mills since 1821", LATER)


def test_dates_in_lists_and_in_data_tables_are_data() -> None:
    rows = "".join(f"<tr><td>{day} March 2021</td><td>{day} sacks</td></tr>" for day in (3, 4, 5))
    blocks = split_html(f"<ul><li>3 March 2021</li></ul><table>{rows}</table><p>{FIRST}</p>")
    prose = np.array([text == FIRST for text in blocks.texts])
    assert named_by_rule(blocks, np.ones(len(prose), bool), prose) == {}
    assert data_cells(blocks, prose).sum() == 6


def test_a_table_that_lays_out_a_page_holds_no_data() -> None:
    blocks = split_html(f"<table><tr><td>Home</td><td><p>3 March 2021</p><p>{FIRST}</p></td></tr></table>")
    assert not data_cells(blocks, np.array([text == FIRST for text in blocks.texts])).any()


def test_a_page_of_tables_gives_its_paragraphs_one_by_one() -> None:
    menu = "<td><a href=/a>News</a><br><a href=/b>Weather</a></td>"
    html = f"<title>A mill turns again</title><table><tr>{menu}<td><p>{FIRST}</p><p>{LATER}</p></td></tr></table>"
    article = strip_html(Page(Origin("memory", 0), html, HTML, "utf-8", "utf-8", 0.0))
    assert article.text.split("\n") == [FIRST, LATER]

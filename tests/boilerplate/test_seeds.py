"""Five real dumps, labelled line by line by hand: the first thing broadsheet must get right."""

import json
from pathlib import Path

import pytest

from broadsheet.schemas import reasons
from broadsheet.schemas.records import TEXT, Article, Origin, Page
from broadsheet.transforms.boilerplate.text.text_body import strip_text

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
NAMES = ["000_cb5cbfb2c68cfaef", "001_2d1d6603a5fdb0c9", "002_ef7ff81a68a2e9cf", "003_72c0e6ef79bb089b", "004_f0ce2ea75986caf1"]

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SEEDS.is_dir(), reason=f"the labelled dumps are not at {SEEDS}"),
    pytest.mark.parametrize("name", NAMES),
]


def seed(name: str) -> tuple[Article, dict]:
    path = SEEDS / f"{name}.txt"
    article = strip_text(Page(Origin(str(path), 0), path.read_text("utf-8"), TEXT, "utf-8", "utf-8", 0.0))
    return article, json.loads((SEEDS / "gold.json").read_text("utf-8"))[path.name]


def lines_with(article: Article, *wanted: str) -> list[int]:
    return [block.line for block in article.blocks if block.reason in wanted]


def test_body_lines_reach_an_f1_of_98_percent(name: str) -> None:
    article, gold = seed(name)
    counted = [block for block in article.blocks if block.text and block.line not in gold["optional"]]
    kept = {block.line for block in counted if block.kept}
    body = set(gold["body"])
    assert 2 * len(kept & body) / (len(kept) + len(body)) >= 0.98


def test_title_subtitle_credit_section_and_tags_have_their_roles(name: str) -> None:
    article, gold = seed(name)
    by_line = {block.line: block.reason for block in article.blocks}
    assert lines_with(article, reasons.TITLE) == [gold["title"]] * (gold["title"] is not None)
    assert lines_with(article, reasons.TAGS) == [gold["tags"]] * (gold["tags"] is not None)
    assert [line for line in gold["credit"] if by_line[line] != reasons.CREDIT] == []
    assert [line for line in gold["caption"] if by_line[line] != reasons.CAPTION] == []
    if gold["section"]:
        assert by_line[gold["section"]] in (reasons.SECTION, reasons.BREADCRUMB)
    if gold.get("subtitle"):
        assert by_line[gold["subtitle"]] == reasons.SUBTITLE


def test_subheads_are_kept_as_such(name: str) -> None:
    article, gold = seed(name)
    assert [line for line in gold["subheads"] if line not in lines_with(article, reasons.SUBHEAD)] == []

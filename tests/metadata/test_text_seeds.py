"""The five real dumps and what they say about their articles."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from broadsheet.schemas.records import TEXT, Metadata, Origin, Page
from broadsheet.transforms.boilerplate.text.text_body import strip_text
from broadsheet.transforms.metadata.text.text_metadata import text_metadata

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not SEEDS.exists(), reason="../shared is absent")]


def seeds() -> list[Any]:
    gold = json.loads((SEEDS / "gold.json").read_text(encoding="utf-8")) if SEEDS.exists() else {}
    return [pytest.param(name, known, id=name[:3]) for name, known in sorted(gold.items())]


def read(name: str) -> tuple[list[str], Metadata]:
    text = (SEEDS / name).read_text(encoding="utf-8")
    article = strip_text(Page(Origin(name, 0), text, TEXT, "utf-8", "utf-8", 0.0))
    return ["", *(" ".join(line.split()) for line in text.split("\n"))], text_metadata(article, NOW)


@pytest.mark.parametrize(("name", "gold"), seeds())
def test_seed_has_its_gold_fields_and_no_others(name: str, gold: dict[str, Any]) -> None:
    lines, metadata = read(name)
    instant = {field: dt.datetime.fromisoformat(gold[field]) if gold[field] else None for field in ("published", "crawled")}
    assert metadata.title == (lines[gold["title"]] if gold["title"] else None)
    assert metadata.subtitle == (lines[gold["subtitle"]] if "subtitle" in gold else None)
    assert metadata.published_at == instant["published"]
    assert metadata.crawled_at == instant["crawled"]
    assert metadata.tags == gold["tags_list"]
    assert metadata.place == gold.get("dateline")
    assert metadata.external_id == gold.get("external_id")
    assert metadata.authors == []
    if gold["section"]:
        assert metadata.section is not None
        assert metadata.section in lines[gold["section"]]
    else:
        assert metadata.section is None


@pytest.mark.parametrize(("name", "gold"), seeds())
def test_seed_agency_is_the_one_of_the_dateline(name: str, gold: dict[str, Any]) -> None:
    _, metadata = read(name)
    expected = gold.get("agency") or ("Sputnik" if "dateline" in gold else None)
    assert metadata.agency == expected


@pytest.mark.parametrize(("name", "gold"), seeds())
def test_every_field_of_a_seed_quotes_words_of_the_page(name: str, gold: dict[str, Any]) -> None:
    lines, metadata = read(name)
    for item in metadata.evidence:
        assert any(item.words in line for line in lines), item

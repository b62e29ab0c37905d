"""Whole dumps, invented, and all that their metadata should say: `tests/golden/dump_*/`."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from broadsheet.schemas.records import TEXT, Metadata, Origin, Page
from broadsheet.transforms.boilerplate.text.text_body import strip_text
from broadsheet.transforms.metadata.text.text_metadata import text_metadata

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(GOLDEN.glob("dump_*"))
NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


def read(folder: Path) -> tuple[str, Metadata]:
    text = (folder / "page.txt").read_text(encoding="utf-8")
    return text, text_metadata(strip_text(Page(Origin(folder.name, 0), text, TEXT, "utf-8", "utf-8", 0.0)), NOW)


def as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_page_says_what_a_careful_reader_finds_on_it(folder: Path) -> None:
    expected = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    _, metadata = read(folder)
    assert {field: as_json(getattr(metadata, field)) for field in expected} == expected


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_each_field_has_the_very_words_of_the_page_as_evidence(folder: Path) -> None:
    text, metadata = read(folder)
    shown = " ".join(text.split())
    given = {
        field
        for field in Metadata._fields
        if field not in ("evidence", "published_date", "source", "source_basis") and getattr(metadata, field)
    }
    assert {item.field for item in metadata.evidence} == given
    assert all(item.words in shown for item in metadata.evidence)

"""Whole pages of invented sites on which the head, the headline, comments and other articles contradict each other."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from helpers.html_pages import read

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.mark.parametrize("case", sorted(path.name for path in GOLDEN.glob("metadata_*")))
def test_each_field_of_a_golden_page_is_read_from_where_it_should_be(case: str) -> None:
    expected = json.loads((GOLDEN / case / "expected.json").read_text("utf-8"))
    found = read((GOLDEN / case / "page.html").read_text("utf-8"), expected.pop("url"))
    day = expected.pop("published_date")
    assert found.published_date == dt.date.fromisoformat(day)
    for field, (value, basis) in expected.items():
        actual = getattr(found, field)
        assert (actual.isoformat() if isinstance(actual, dt.datetime) else actual, found.basis(field)) == (value, basis), field
    assert {item.field for item in found.evidence} == {field for field, (_, basis) in expected.items() if basis}

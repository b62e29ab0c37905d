"""The five real dumps through the whole pipeline, against what is known of them."""

import datetime as dt
import json
from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import ROOT, ingest

SEEDS = ROOT.parent / "shared" / "seeds"

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not SEEDS.exists(), reason="../shared is absent")]


def test_the_rows_of_the_five_dumps_are_as_known(tmp_path: Path) -> None:
    gold = json.loads((SEEDS / "gold.json").read_text(encoding="utf-8"))
    ingest(tmp_path / "lake", SEEDS / "*.txt")
    query = "select uri, title, language, published_at, crawled_at, date, date_basis, tags from documents"
    rows = {Path(row[0]).name: row[1:] for row in lakes.by_delta(tmp_path / "lake", query)}
    expected = {}
    for name, known in gold.items():
        lines = (SEEDS / name).read_text(encoding="utf-8").split("\n")
        title = lines[known["title"] - 1].strip() if known["title"] else None
        moments = [dt.datetime.fromisoformat(known[field]) if known[field] else None for field in ("published", "crawled")]
        date = dt.date.fromisoformat(known["date"]) if known["date"] else None
        expected[name] = (title, known["language"], *moments, date, known["date_basis"], known["tags_list"])
    assert rows == expected

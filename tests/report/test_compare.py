"""What looks wrong in a run is found, and what is usual is not."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.rows import document

from broadsheet.pipelines.ingest.run_history import Recorder, new_run_id
from broadsheet.pipelines.report.compare import find_suspects
from broadsheet.pipelines.report.numbers import opened
from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.records import Document, InputCounts, Reject
from broadsheet.schemas.tables import DOCUMENTS, INPUTS, REJECTS
from broadsheet.transforms.lake.protocol.batches import commit_batch
from broadsheet.transforms.lake.protocol.delta_tables import create_tables
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part

NIGHTS = 8


def _night(lake: Lake, number: int, documents: list[Document], dead: int = 0, seconds: float = 10.0) -> None:
    """Commits one run with one batch of one input."""
    batch, uri = f"{number:032x}"[::-1], f"/in/{number}.jsonl"
    rows = [row._replace(uri=uri, record=place) for place, row in enumerate(documents)]
    parts = []
    for source in sorted({row.source for row in rows}):
        folder = partition_path({"source": source, "date": "2024-05-14"})
        parts.append(write_part(lake, DOCUMENTS, folder, batch, 0, [row for row in rows if row.source == source]))
    rejects = [
        Reject(f"{number}-{place}", uri, place, "read", "dead", "empty", "no bytes", b"", "text/plain") for place in range(dead)
    ]
    if rejects:
        parts.append(write_part(lake, REJECTS, "kind=dead", batch, 0, rejects))
    books = InputCounts(uri, "10-1", batch, len(rows) + dead, len(rows), 0, 0, dead, 10)
    parts.append(write_part(lake, INPUTS, "", batch, 0, [books]))
    sums = {
        "inputs": 1,
        "records": len(rows) + dead,
        "documents": len(rows),
        "duplicates": 0,
        "filtered": 0,
        "dead": dead,
        "bytes": 10,
    }
    result = commit_batch(lake, batch, 0, parts, sums)
    assert result is not None
    assert result.conflict is None
    recorder = Recorder(lake, new_run_id(), 1)
    recorder.add(batch, seconds)
    recorder.end()


def _documents(number: int, source: str, count: int, **fields: Any) -> list[Document]:
    return [document(text=f"{source} {number} {place}", source=source, **fields) for place in range(count)]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake.at(str(tmp_path / "lake"))
    create_tables(made)
    for number in range(NIGHTS):
        _night(
            made,
            number,
            [*_documents(number, "wire", 80 + 3 * (number % 4)), *_documents(number, "gull", 8 + number % 3)],
            number % 3,
        )
    return made


def _rules(lake: Lake) -> Iterator[tuple[str, str]]:
    with opened(lake) as (connection, runs, _):
        for suspect in find_suspects(connection, runs):
            yield suspect.rule, suspect.subject


def test_a_night_like_the_others_is_left_alone(lake: Lake) -> None:
    _night(lake, NIGHTS, [*_documents(NIGHTS, "wire", 75), *_documents(NIGHTS, "gull", 6)], 3, 13.0)
    assert list(_rules(lake)) == []


@pytest.mark.parametrize(
    ("documents", "dead", "seconds", "found"),
    [
        (_documents(9, "wire", 85), 0, 10.0, [("silent", "gull")]),
        ([*_documents(9, "wire", 12), *_documents(9, "gull", 50)], 0, 10.0, [("collapsed", "wire")]),
        ([*_documents(9, "wire", 80), *_documents(9, "gull", 8)], 20, 10.0, [("dead", ""), ("jump", "dead")]),
        ([*_documents(9, "wire", 80), *_documents(9, "gull", 8)], 6, 10.0, [("dead", "")]),
        ([*_documents(9, "wire", 80), *_documents(9, "gull", 8)], 0, 90.0, [("slow", "")]),
        (_documents(9, "gull", 10), 0, 2.0, [("small", ""), ("silent", "wire")]),
        ([*_documents(9, "wire", 80, text_share=0.5), *_documents(9, "gull", 8)], 0, 10.0, [("jump", "boilerplate")]),
        ([*_documents(9, "wire", 80, language="und"), *_documents(9, "gull", 8)], 0, 10.0, [("jump", "unknown_language")]),
        (
            [*_documents(9, "wire", 80), *_documents(9, "gull", 8), *_documents(9, "unknown", 20)],
            0,
            10.0,
            [("jump", "unknown_source")],
        ),
        ([*_documents(9, "wire", 80, date_basis="crawled"), *_documents(9, "gull", 8)], 0, 10.0, [("jump", "undated")]),
    ],
    ids=["silent", "collapsed", "dead jumps", "dead", "slow", "small", "boilerplate", "language", "source", "undated"],
)
def test_what_is_wrong_is_named(
    lake: Lake, documents: list[Document], dead: int, seconds: float, found: list[tuple[str, str]]
) -> None:
    _night(lake, NIGHTS, documents, dead, seconds)
    assert list(_rules(lake)) == found


def test_a_night_without_anything_new_is_named(lake: Lake) -> None:
    Recorder(lake, new_run_id(), 8).end()
    assert list(_rules(lake)) == [("nothing", "")]


def test_with_two_former_runs_nothing_is_compared(tmp_path: Path) -> None:
    lake = Lake.at(str(tmp_path / "young"))
    create_tables(lake)
    for number, source in enumerate(("wire", "wire", "gull")):
        _night(lake, number, _documents(number, source, 60))
    assert list(_rules(lake)) == []


def test_batches_that_no_run_was_written_down_for_are_a_run_a_day(lake: Lake) -> None:
    for path in Path(lake.root, "_runs").glob("*.json"):
        path.unlink()
    with opened(lake) as (_, runs, _):
        assert [run["run"] for run in runs] == [f"batches of {dt.datetime.now(dt.UTC).date()}"]
        assert runs[0]["batches"] == NIGHTS

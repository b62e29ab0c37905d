"""Several processes at one lake at once: two ingests that share inputs, a stream of small ones, and a compaction that never rests.

Whatever the order, the end is that of one after the other: every document once, every input once in the books. A lock orders
them, a commit at a time.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers.command import ROOT
from helpers.pages import dump, write

pytestmark = [pytest.mark.slow]

PAGES, SHARED, DROPS, DROP = 24, 8, 3, 4
TARGET = "source=paper-{}.example/{}.txt"


class Place(NamedTuple):
    """Where a lake lies, and the environment that leads there."""

    lake: str
    environment: dict[str, str]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder."""
    return Place(str(tmp_path / "lake"), dict(os.environ))


def _start(place: Place, *arguments: object) -> subprocess.Popen:
    command = [sys.executable, "-W", "ignore", "-m", "pipelines", *map(str, arguments), "--lake", place.lake]
    return subprocess.Popen(command, cwd=ROOT, env=place.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _run(place: Place, *arguments: object) -> str:
    process = _start(place, *arguments)
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return said


def _pages(folder: Path, name: str, count: int) -> Path:
    return write(
        folder, {TARGET.format(number % 3, f"{name}-{number:02d}"): dump(f"The {name} {number}") for number in range(count)}
    )


def _query(place: Place, sql: str) -> str:
    return _run(place, "query", sql, "--format", "csv").splitlines()[-1]


def test_ingests_a_stream_and_compactions_at_once_end_as_one_after_the_other(place: Place, tmp_path: Path) -> None:
    first, second, shared = (_pages(tmp_path / name, name, count) for name, count in (("a", PAGES), ("b", PAGES), ("s", SHARED)))
    small = ("--batch-mb", "0.03", "--quiet")  # some five pages a batch
    ingests = [_start(place, "ingest", shared, first, *small), _start(place, "ingest", second, shared, *small)]
    compactions = []
    for drop in range(DROPS):
        _run(place, "ingest", _pages(tmp_path / f"drop-{drop}", f"d{drop}", DROP), "--quiet")
        compactions.append(_run(place, "compact"))
    while any(process.poll() is None for process in ingests):
        compactions.append(_run(place, "compact"))
    for process in ingests:
        said, _ = process.communicate()
        assert process.returncode == 0, said
    compactions.append(_run(place, "compact"))
    assert any("merged to" in said for said in compactions), "none met another"

    expected = 2 * PAGES + SHARED + DROPS * DROP
    assert (
        _query(place, "select count(*), count(distinct doc_id), count(distinct uri) from documents")
        == f"{expected},{expected},{expected}"
    )
    assert _query(place, "select count(distinct uri), sum(documents), sum(dead) from inputs") == f"{expected},{expected},0"
    assert "the lake is in order" in _run(place, "verify", "--deep")

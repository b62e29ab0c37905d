"""Several processes at one lake at once: two ingests that share inputs, a watch of what drops in, and compactions.

Whatever the order, the end is that of one after the other: every document once, and counted once. On a local disk a lock
orders them, a commit at a time. On S3 there is none: whose commit comes second meets a conflict, and plans again.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers.command import ROOT
from helpers.pages import dump, write
from helpers.s3_server import S3_SERVER, WHY_NOT, client_of, environment_of, serving

pytestmark = [pytest.mark.slow]

PAGES, SHARED, DROPS, DROP = 16, 8, 3, 3
TARGET = "source=paper-{}.example/{}.txt"
_NEEDS_S3 = [pytest.mark.service, pytest.mark.skipif(not S3_SERVER, reason=WHY_NOT)]


class Place(NamedTuple):
    """Where a lake lies, and the environment that leads there."""

    lake: str
    environment: dict[str, str]


@pytest.fixture(params=["disk", pytest.param("S3", marks=_NEEDS_S3)])
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """A folder, or a bucket."""
    if request.param == "disk":
        yield Place(str(tmp_path / "lake"), dict(os.environ))
        return
    pytest.importorskip("boto3")
    with serving(tmp_path / "store") as url:
        client_of(url).create_bucket(Bucket="lakes")
        yield Place("s3://lakes/one", {**os.environ, **environment_of(url)})


def _start(place: Place, *arguments: object) -> subprocess.Popen:
    command = [sys.executable, "-W", "ignore", "-m", "broadsheet", *map(str, arguments), "--lake", place.lake]
    return subprocess.Popen(command, cwd=ROOT, env=place.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _end(process: subprocess.Popen) -> str:
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return said


def _run(place: Place, *arguments: object) -> str:
    return _end(_start(place, *arguments))


def _pages(folder: Path, name: str, count: int) -> Path:
    return write(
        folder, {TARGET.format(number % 3, f"{name}-{number:02d}"): dump(f"The {name} {number}") for number in range(count)}
    )


def _query(place: Place, sql: str) -> str:
    return _run(place, "query", sql, "--format", "csv").splitlines()[-1]


def test_ingests_a_watch_and_compactions_at_once_end_as_one_after_the_other(place: Place, tmp_path: Path) -> None:
    first, second, shared = (_pages(tmp_path / name, name, count) for name, count in (("a", PAGES), ("b", PAGES), ("s", SHARED)))
    drops = _pages(tmp_path / "drops", "d0", DROP)
    small = ("--batch-mb", "0.03", "--quiet")  # some five pages per batch
    compactions = []
    with ExitStack() as cleanup:
        watch = _start(place, "watch", drops, "--every", "1s", "--settle-time", "0s", "--quiet")
        ingests = [_start(place, "ingest", shared, first, *small), _start(place, "ingest", second, shared, *small)]
        for process in (watch, *ingests):
            cleanup.callback(process.kill)
        for drop in range(1, DROPS):
            _run(place, "ingest", _pages(tmp_path / "begun", "e", 1), "--quiet")  # there is a lake to compact, at the latest now
            _pages(drops, f"d{drop}", DROP)
            compactions.append(_run(place, "compact"))
        while any(process.poll() is None for process in ingests):
            compactions.append(_run(place, "compact"))
        for process in ingests:
            _end(process)
        _run(place, "ingest", drops, "--quiet")  # what the watch has not seen yet; it may be at the same
        watch.terminate()
        _end(watch)
    compactions.append(_run(place, "compact"))
    assert any("merged to" in said for said in compactions), "none met another"

    expected = 2 * PAGES + SHARED + DROPS * DROP + 1
    assert (
        _query(place, "select count(*), count(distinct doc_id), count(distinct uri) from documents")
        == f"{expected},{expected},{expected}"
    )
    assert _query(place, "select count(distinct uri), sum(documents), sum(dead) from inputs") == f"{expected},{expected},0"
    assert "the lake is in order" in _run(place, "verify", "--deep")

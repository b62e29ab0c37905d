"""`kill -9` at any point of a run, then the same command again: nothing is lost, and nothing occurs twice.

A run of 2,000 generated documents in 100 partitions and five batches is killed at `BROADSHEET_KILLS` points: every other one by
the clock, spread evenly over the run, the rest just after something appears in the lake (a plan, a part file, a manifest, a
commit, a result). The result is compared with a lake that was never interrupted, byte by byte.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers import lakes
from helpers.command import broadsheet, finish, start

from benchmarks.generate import generate

pytestmark = pytest.mark.slow

DOCUMENTS, PARTITIONS = 2000, 100
KILLS = int(os.environ.get("BROADSHEET_KILLS", "6"))
_BATCHES = 5
_SIGNS = {
    "plan": "_plans/*.plan",
    "part file": "documents/source=*/date=*/*.parquet",
    "manifest": "_plans/*.manifest",
    "documents commit": "documents/_delta_log/*[1-9].json",
    "inputs commit": "inputs/_delta_log/*[1-9].json",
    "result": "_plans/*.result",
    "staged file": "_staging/*",
}
"""What is waited for in a lake before the kill; version 0 of a log is the table's creation."""


class Reference(NamedTuple):
    """The inputs, and the lake that a run makes of them which nobody disturbs."""

    pages: Path
    lake: Path
    files: dict[str, str]
    seconds: float


def _command(pages: Path, lake: Path) -> list[object]:
    return ["ingest", pages, "--lake", lake, "--batch-mb", "2"]  # five batches of about 400 pages


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    folder = tmp_path_factory.mktemp("reference")
    generate(str(folder / "pages"), DOCUMENTS, PARTITIONS, body_bytes=300)
    started = time.monotonic()
    code, said = finish(start(*_command(folder / "pages", folder / "lake")))
    assert code == 0, said
    seconds = time.monotonic() - started
    assert lakes.versions(folder / "lake")["inputs"] == _BATCHES
    return Reference(folder / "pages", folder / "lake", lakes.data_files(folder / "lake"), seconds)


def _points() -> Iterator[tuple[str, float]]:
    """Yields what to wait for and how: a share of the run's time, or how many of a sign must have been seen."""
    for index in range(KILLS):
        if index % 2 == 0:
            yield "time", (index + 1) / (KILLS + 1)
        else:
            round_, sign = divmod(index // 2, len(_SIGNS))
            yield list(_SIGNS)[sign], 1 + (sign + 2 * round_) % _BATCHES


def _wait_for(sign: str, count: float, lake: Path, seconds: float, is_running: Callable[[], bool]) -> None:
    """Waits for a share of the run's time, or until a sign was seen so many times, each time as a new file."""
    started = time.monotonic()
    if sign == "time":
        while is_running() and time.monotonic() - started < count * seconds:
            time.sleep(0.001)
        return
    seen: set[str] = set()
    needed = count * 20 if sign in ("part file", "staged file") else count  # a batch writes about a hundred
    while is_running() and len(seen) < needed:
        seen.update(str(path) for path in lake.glob(_SIGNS[sign]))
        time.sleep(0.0002)


@pytest.mark.parametrize(("sign", "count"), list(_points()), ids=lambda value: value if isinstance(value, str) else f"{value:.2f}")
def test_a_killed_run_goes_on_as_if_nothing_had_been(reference: Reference, tmp_path: Path, sign: str, count: float) -> None:
    lake = tmp_path / "lake"
    process = start(*_command(reference.pages, lake))
    _wait_for(sign, count, lake, reference.seconds, lambda: process.poll() is None)
    process.kill()
    code, _ = finish(process)
    assert code in (-9, 0)
    left = lakes.leftovers(lake) if (lake / "inputs").exists() else []

    assert finish(start(*_command(reference.pages, lake)))[0] == 0
    assert broadsheet("verify", "--lake", lake, "--repair") == 0
    assert broadsheet("verify", "--lake", lake, "--deep") == 0
    assert lakes.leftovers(lake) == []
    assert lakes.data_files(lake) == reference.files
    assert lakes.committed_files(lake) == set(reference.files)
    assert lakes.books(lake) == lakes.books(reference.lake)
    assert lakes.by_delta(lake, "select count(*), count(distinct doc_id), count(distinct uri) from documents") == [(DOCUMENTS,) * 3]
    print(f"killed by {sign} {count:.2f}: code {code}, {len(left)} files left behind, all {DOCUMENTS} documents there once")


def test_two_runs_at_once_end_as_one(reference: Reference, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    both = [start(*_command(reference.pages, lake)) for _ in range(2)]
    said = [finish(process) for process in both]
    assert [code for code, _ in said] == [0, 0], said
    assert lakes.data_files(lake) == reference.files
    assert lakes.versions(lake) == lakes.versions(reference.lake)
    assert sum("nothing new" in words for _, words in said) == 1


def test_a_waiting_run_takes_over_from_a_killed_one(reference: Reference, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    first = start(*_command(reference.pages, lake))
    _wait_for("inputs commit", 1, lake, 0, lambda: first.poll() is None)
    second = start(*_command(reference.pages, lake))
    _wait_for("inputs commit", 2, lake, 0, lambda: first.poll() is None)
    first.kill()
    assert finish(first)[0] == -9
    assert finish(second)[0] == 0
    assert broadsheet("verify", "--lake", lake, "--repair") == 0
    assert lakes.data_files(lake) == reference.files

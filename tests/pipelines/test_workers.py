"""Worker processes apply the record stages: the same files as with one process, and nothing lost if one of them dies."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from helpers.command import ROOT, broadsheet

from benchmarks.generate import generate
from broadsheet.pipelines.ingest.ingest import with_next, worker_count
from broadsheet.pipelines.ingest.options import IngestOptions
from broadsheet.pipelines.ingest.worker_pool import WORTH_BYTES, fitting_workers
from broadsheet.schemas.errors import ConfigError
from broadsheet.schemas.records import InputFile
from broadsheet.transforms.read.reader import ReadOptions


def _files(lake: Path) -> dict[str, str]:
    """Returns the digests of a lake's Parquet files by path."""
    return {path.relative_to(lake).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in lake.rglob("*.parquet")}


def test_a_small_run_needs_no_workers_and_a_large_one_as_many_as_there_are_processors() -> None:
    assert fitting_workers(WORTH_BYTES - 1) == 1
    assert 1 <= fitting_workers(WORTH_BYTES) <= (os.cpu_count() or 1)


def test_workers_are_refused_with_a_runner_that_has_its_own() -> None:
    options = IngestOptions([], "lake", ReadOptions(), runner="FlinkRunner")
    assert worker_count(options, WORTH_BYTES) == 1
    with pytest.raises(ConfigError):
        worker_count(options._replace(workers=2), WORTH_BYTES)


def test_each_batch_comes_with_the_next() -> None:
    first, second = [InputFile("a", "1-1", 1, 0)], [InputFile("b", "1-1", 1, 0)]
    assert list(with_next([first, second])) == [(first, second), (second, [])]
    assert list(with_next([])) == []


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 4])
def test_the_files_are_the_same_whatever_the_number_of_workers(tmp_path: Path, workers: int) -> None:
    generate(str(tmp_path / "pages"), 60, 6)
    inputs = (ROOT / "samples" / "pages", tmp_path / "pages")
    for number in (1, workers):
        assert (
            broadsheet(
                "ingest", *inputs, "--lake", tmp_path / f"lake-{number}", "--workers", number, "--batch-mb", "0.2", "--quiet"
            )
            == 0
        )
    assert _files(tmp_path / "lake-1") == _files(tmp_path / f"lake-{workers}")


def _children(parent: int) -> list[int]:
    """Returns the processes that a process has started, the workers among them last."""
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def _at_work(lake: Path, run: subprocess.Popen[bytes]) -> list[int]:
    """Waits until a run has written a plan and has workers; returns these."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and run.poll() is None:
        if list((lake / "_plans").glob("*.plan")) and len(found := _children(run.pid)) >= 2:
            return found
        time.sleep(0.05)
    raise AssertionError("no workers were seen")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux lists a process's children")
@pytest.mark.parametrize("victim", ["a worker", "the parent"])
def test_a_process_that_is_killed_loses_nothing(tmp_path: Path, victim: str) -> None:
    generate(str(tmp_path / "pages"), 400, 4)
    lake = tmp_path / "lake"
    command = ["ingest", str(tmp_path / "pages"), "--lake", str(lake), "--workers", "2", "--batch-mb", "1", "--quiet"]
    with subprocess.Popen([sys.executable, "-W", "ignore", "-m", "broadsheet", *command], stderr=subprocess.DEVNULL) as run:
        workers = _at_work(lake, run)
        os.kill(workers[-1] if victim == "a worker" else run.pid, signal.SIGKILL)
        assert run.wait(120) == (1 if victim == "a worker" else -signal.SIGKILL)
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    assert broadsheet(*command) == 0
    assert broadsheet("verify", "--lake", lake, "--deep") == 0
    glob = f"{lake}/documents/source=*/date=*/*.parquet"
    assert duckdb.sql(f"select count(*), count(distinct doc_id) from read_parquet('{glob}')").fetchall() == [(400, 400)]

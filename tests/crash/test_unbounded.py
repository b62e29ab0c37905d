"""Tests a stream on a real Flink while files arrive. TaskManagers and workers are killed. The stream is stopped with a savepoint
and continues from it. In the end every record is there once. Checkpoints come every half second, so that one hits the first bundle
of each step.

By default it has 400 records in 60 s and each accident once. `make chaos-stream` has 5,000 records in ten minutes, three killed
TaskManagers and two rounds of killed workers.
"""

import json
import os
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from helpers import lakes
from helpers.cluster import Cluster, running_cluster, wait_for, why_not
from helpers.command import broadsheet, finish, start
from helpers.pages import dump

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.service, pytest.mark.skipif(bool(why_not()), reason=why_not())]

RECORDS = int(os.environ.get("BROADSHEET_UNBOUNDED_RECORDS", "400"))
SECONDS = float(os.environ.get("BROADSHEET_UNBOUNDED_SECONDS", "60"))
TASKMANAGERS = int(os.environ.get("BROADSHEET_UNBOUNDED_TASKMANAGERS", "1"))
WORKERS = int(os.environ.get("BROADSHEET_UNBOUNDED_WORKERS", "1"))
_PATIENCE_S = 420
"""Seconds to wait for the next commit after a part of the cluster was lost. It takes a minute on two quiet cores."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("flink")) as running:
        yield running


def _feed(pages: Path, numbers: range, seconds: float) -> None:
    """Writes files into seven folders, every third file in two steps."""
    for number in numbers:
        path = pages / str(number % 7) / f"{number:05d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        page = dump(f"Pier {number}")
        if number % 3 == 0:
            path.write_text(page[:200])
            time.sleep(0.05)
        path.write_text(page)
        time.sleep(seconds / len(numbers))


def _committed(lake: Path) -> int:
    return len(list((lake / "inputs" / "_delta_log").glob("*.json")))


def _commits_again(lake: Path) -> Callable[[], bool]:
    before = _committed(lake)
    return lambda: _committed(lake) > before


def _are_there(lake: Path, records: int) -> bool:
    return lakes.by_delta(lake, "select count(*) from inputs") == [(records,)]


def _stop_with_savepoint(cluster: Cluster, folder: Path) -> str:
    """Stops the running job, and returns the location of its savepoint."""
    rest = cluster.address
    (job,) = [job["id"] for job in cluster.ask("jobs")["jobs"] if job["status"] in ("RUNNING", "RESTARTING")]
    wanted = json.dumps({"targetDirectory": folder.as_uri(), "drain": False}).encode()
    request = urllib.request.Request(f"{rest}/jobs/{job}/stop", wanted, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        trigger = json.load(answer)["request-id"]
    said: dict[str, Any] = {}

    def is_done() -> bool:
        said.update(cluster.ask(f"jobs/{job}/savepoints/{trigger}"))
        return said["status"]["id"] == "COMPLETED"

    assert wait_for(is_done, _PATIENCE_S)
    assert "location" in said["operation"], said
    return str(said["operation"]["location"])


def _nothing() -> None:
    """Does nothing, for the rounds without an accident."""


def test_a_stream_on_flink_reads_everything_once_whatever_dies(cluster: Cluster, tmp_path: Path) -> None:
    pages, lake = tmp_path / "pages", tmp_path / "lake"
    pages.mkdir()

    def stream(*more: str) -> Popen:
        return start(
            "watch", pages, "--lake", lake, "--unbounded", "--profile", cluster.profile, "--source", "pier.example",
            "--every", "2s", "--settle-time", "0.5s", "--checkpointing_interval=500", *more,
        )  # fmt: skip

    process = stream()

    def stop_and_go_on() -> None:
        nonlocal process
        process.kill()
        finish(process)
        process = stream(f"--savepoint_path={_stop_with_savepoint(cluster, tmp_path / 'savepoint')}")

    killings = [cluster.replace_the_taskmanager] * TASKMANAGERS + [cluster.kill_the_workers] * WORKERS
    accidents: list[Callable[[], None]] = [_nothing, *killings, stop_and_go_on, _nothing]
    share = -(-RECORDS // len(accidents))
    try:
        assert wait_for(lambda: (lake / "inputs" / "_delta_log").exists(), _PATIENCE_S)
        for number, accident in enumerate(accidents):
            numbers = range(number * share, min(RECORDS, (number + 1) * share))
            feeder = threading.Thread(target=_feed, args=(pages, numbers, SECONDS / len(accidents)))
            feeder.start()
            time.sleep(SECONDS / len(accidents) / 2)
            accident()
            again = _commits_again(lake)
            feeder.join()
            assert wait_for(lambda: again() or _are_there(lake, numbers.stop), _PATIENCE_S), f"nothing came after {accident}"  # noqa: B023
        assert wait_for(lambda: _are_there(lake, RECORDS), _PATIENCE_S), lakes.books(lake)
        process.terminate()
        code, said = finish(process, 180)
        assert code == 0, said
        assert [job["status"] for job in cluster.ask("jobs")["jobs"] if job["status"] in ("RUNNING", "RESTARTING")] == []
    finally:
        process.kill()
    assert broadsheet("verify", "--lake", lake, "--deep") == 0
    lakes.assert_each_once(lake, RECORDS)
    batches = lakes.by_delta(lake, "select count(distinct batch_id) from inputs")[0][0]
    print(f"{RECORDS} records in {batches} batches, once each; {TASKMANAGERS} TaskManagers, {WORKERS} times all workers killed")

"""`kill -9` of a watch, again and again, while files and messages arrive: in the end every one of them is there once.

By default 1,000 records in 40 s and five kills; `make chaos-stream` does twenty rounds of 5,000 records in two minutes. Half of the
kills come by the clock, half just after something has appeared in the lake (a plan, a manifest, a commit).
"""

import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import Popen

import pytest
from helpers import broker, lakes
from helpers.command import broadsheet, finish, start
from helpers.pages import dump

pytestmark = [
    pytest.mark.slow,
    pytest.mark.service,
    pytest.mark.skipif(bool(broker.why_not()), reason=broker.why_not() or "-"),
]

RECORDS = int(os.environ.get("BROADSHEET_STREAM_RECORDS", "1000"))
SECONDS = float(os.environ.get("BROADSHEET_STREAM_SECONDS", "40"))
ROUNDS = int(os.environ.get("BROADSHEET_STREAM_ROUNDS", "1"))
KILLS, PARTITIONS = 5, 4
_SIGNS = ("_plans/*.plan", "_plans/*.manifest", "documents/_delta_log/*.json", "inputs/_delta_log/*.json", "_plans/*.result")


def _feed(pages: Path, cluster: broker.Broker, topic: str, rng: random.Random) -> None:
    """Sends every other record to the topic and drops the others as files: renamed, written at once, or written in two steps."""
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": cluster.plain})
    started = time.monotonic()
    for number in range(RECORDS):
        page = dump(f"Pier {number}")
        path = pages / str(number % 7) / f"{number:05d}.txt"
        if number % 2:
            producer.produce(topic, page.encode(), partition=rng.randrange(PARTITIONS))
            producer.poll(0)
        elif number % 3 == 0:
            path.with_name(f".{path.name}").write_text(page)
            path.with_name(f".{path.name}").rename(path)
        else:
            path.write_text(page[:200])
            if number % 3 == 1:
                time.sleep(0.05)
            path.write_text(page)
        time.sleep(max(0.0, started + SECONDS * (number + 1) / RECORDS - time.monotonic()))
    assert producer.flush(60) == 0


def _wait_for(sign: str, lake: Path, is_running: Callable[[], bool]) -> None:
    """Waits until a new or changed file fits the sign."""
    before = _seen(lake, sign)
    while is_running() and not _seen(lake, sign) - before:
        time.sleep(0.001)


def _seen(lake: Path, sign: str) -> set[tuple[str, int]]:
    found = set()
    for path in lake.glob(sign):
        with suppress(FileNotFoundError):
            found.add((path.name, path.stat().st_mtime_ns))
    return found


def _start(pages: Path, uri: str, lake: Path) -> Popen:
    return start("watch", pages, uri, "--lake", lake, "--every", "1s", "--source", "pier.example", "--batch-mb", "1", "--quiet")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory):
    with broker.running_broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_watch_that_is_killed_again_and_again_reads_everything_once(cluster: broker.Broker, tmp_path: Path, round_: int) -> None:
    from confluent_kafka.admin import AdminClient, NewTopic

    rng = random.Random(round_)
    topic, pages, lake = f"chaos-{round_}", tmp_path / "pages", tmp_path / "lake"
    uri = f"kafka://{cluster.plain}/{topic}"
    admin = AdminClient({"bootstrap.servers": cluster.plain})
    admin.create_topics([NewTopic(topic, PARTITIONS, 1)])[topic].result()
    for number in range(7):
        (pages / str(number)).mkdir(parents=True)
    feeder = threading.Thread(target=_feed, args=(pages, cluster, topic, rng))
    feeder.start()
    killed_with_work = 0
    process = _start(pages, uri, lake)
    try:
        for kill in range(KILLS):
            began = time.monotonic()
            _wait_for("inputs/_delta_log/*.json", lake, lambda: time.monotonic() - began < SECONDS)  # noqa: B023
            if kill % 2:
                _wait_for(rng.choice(_SIGNS), lake, lambda: time.monotonic() - began < SECONDS)  # noqa: B023
            else:
                time.sleep(rng.uniform(0, SECONDS / 20))
            assert process.poll() is None, finish(process)
            process.kill()
            finish(process)
            killed_with_work += bool(lakes.leftovers(lake))
            process = _start(pages, uri, lake)
        feeder.join()
        _wait_for("_watch/*.json", lake, lambda: process.poll() is None)  # it is up, and its signals are caught
        assert process.poll() is None, finish(process)
        process.terminate()
        assert finish(process)[0] == 0
    finally:
        process.kill()
        feeder.join()
    last = ("watch", pages, uri, "--lake", lake, "--every", "1s", "--source", "pier.example", "--until-idle", "--quiet")
    assert broadsheet(*last) == 0

    assert lakes.leftovers(lake) == []
    assert broadsheet("verify", "--lake", lake, "--deep") == 0
    titles = "select count(*), count(distinct title), count(distinct doc_id) from "
    assert lakes.by_delta(lake, f"{titles} documents") == [(RECORDS, RECORDS, RECORDS)]
    assert lakes.by_glob(lake, "documents", f"{titles} rows") == [(RECORDS, RECORDS, RECORDS)]
    columns = "doc_id, uri, record, title, text"
    ordered = f"select {columns} from {{}} order by doc_id"
    assert lakes.by_delta(lake, ordered.format("documents")) == lakes.by_glob(lake, "documents", ordered.format("rows"))
    read_once = "select count(*), count(distinct uri), sum(records)::bigint from inputs where uri like '%.txt'"
    files = RECORDS - RECORDS // 2
    assert lakes.by_delta(lake, read_once) == [(files, files, files)]
    messages = "select count(*), count(distinct (uri, record)) from documents where uri like 'kafka://%'"
    assert lakes.by_delta(lake, messages) == [(RECORDS // 2, RECORDS // 2)]
    books = {"records": RECORDS, "documents": RECORDS, "duplicates": 0, "filtered": 0, "dead": 0}
    assert lakes.books(lake) == books
    print(f"round {round_}: {KILLS} kills, {killed_with_work} within a batch, all {RECORDS} records there once")

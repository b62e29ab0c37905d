"""`kill -9` of a watch, again and again, while files and messages arrive: in the end every one of them is there once.

By default 1,000 records in 40 s and five kills; `make chaos-stream` does twenty rounds of 5,000 records in two minutes. Half of the
kills come by the clock, half just after something has appeared in the lake (a plan, a manifest, a commit).

In the end each record is looked for where it was sent, a file by its path, a message by the partition and offset that the broker
gave it; and the documents are compared with those of one `ingest` that nobody disturbed.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from helpers import broker, lakes
from helpers.command import broadsheet, finish, ingest, start
from helpers.pages import dump, write

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.slow,
    pytest.mark.service,
    pytest.mark.skipif(bool(broker.why_not()), reason=broker.why_not() or "-"),
]

RECORDS = int(os.environ.get("BROADSHEET_STREAM_RECORDS", "1000"))
SECONDS = float(os.environ.get("BROADSHEET_STREAM_SECONDS", "40"))
ROUNDS = int(os.environ.get("BROADSHEET_STREAM_ROUNDS", "1"))
KILLS, PARTITIONS = 5, 4
_SIGNS = ("_plans/*.plan", "_plans/*.manifest", "documents/_delta_log/*.json", "inputs/_delta_log/*.json", "_plans/*.result")


_Sent = dict[tuple[str, int], str]
"""The title of each record, by the uri and the ordinal under which the lake must know it."""


def _feed(pages: Path, cluster: broker.Broker, topic: str, rng: random.Random, sent: _Sent) -> None:
    """Sends every other record to the topic and drops the others as files: renamed, written at once, or written in two steps."""
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": cluster.plain})

    def note(error: object, message: Any) -> None:
        assert error is None, error
        uri = f"kafka://{cluster.plain}/{topic}/{message.partition()}"
        sent[uri, message.offset()] = message.key().decode()

    started = time.monotonic()
    for number in range(RECORDS):
        title = f"Pier {number}"
        page = dump(title)
        path = pages / str(number % 7) / f"{number:05d}.txt"
        if number % 2:
            producer.produce(topic, page.encode(), title.encode(), partition=rng.randrange(PARTITIONS), on_delivery=note)
            producer.poll(0)
        elif number % 3 == 0:
            path.with_name(f".{path.name}").write_text(page)
            path.with_name(f".{path.name}").rename(path)
        else:
            path.write_text(page[:200])
            if number % 3 == 1:
                time.sleep(0.05)
            path.write_text(page)
        if number % 2 == 0:
            sent[str(path), 0] = title
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
    arguments = ("--every", "1s", "--settle-time", "2s", "--source", "pier.example", "--batch-mb", "1", "--quiet")
    return start("watch", pages, uri, "--lake", lake, *arguments)  # two seconds: a busy machine may stop a writer for one


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
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
    sent: _Sent = {}
    feeder = threading.Thread(target=_feed, args=(pages, cluster, topic, rng, sent))
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
    assert len(sent) == RECORDS
    rows = lakes.by_delta(lake, "select uri, record, title, doc_id, text from documents order by doc_id")
    assert sorted(row[:3] for row in rows) == sorted((*where, title) for where, title in sent.items())
    assert lakes.by_glob(lake, "documents", "select uri, record, title, doc_id, text from rows order by doc_id") == rows
    whole = write(tmp_path / "whole", {f"{number:05d}.txt": dump(f"Pier {number}") for number in range(RECORDS)})
    ingest(tmp_path / "undisturbed", whole, "--source", "pier.example")
    undisturbed = lakes.by_delta(tmp_path / "undisturbed", "select title, doc_id, text from documents order by doc_id")
    assert [row[2:] for row in rows] == undisturbed
    read_once = "select count(*), count(distinct uri), sum(records)::bigint from inputs where uri like '%.txt'"
    files = RECORDS - RECORDS // 2
    assert lakes.by_delta(lake, read_once) == [(files, files, files)]
    books = {"records": RECORDS, "documents": RECORDS, "duplicates": 0, "filtered": 0, "dead": 0}
    assert lakes.books(lake) == books
    print(f"round {round_}: {KILLS} kills, {killed_with_work} within a batch, all {RECORDS} records there once")

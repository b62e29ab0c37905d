"""Kafka topics as inputs, on a real broker: every message once, whatever the ranges it was read in."""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from helpers import broker, lakes
from helpers.broker import Broker
from helpers.command import broadsheet, ingest
from helpers.metrics import samples
from helpers.pages import article, dump

from broadsheet.schemas.kafka_uris import parse_range
from broadsheet.transforms.read.formats.kafka import GROUP

pytestmark = [pytest.mark.cluster, pytest.mark.service, pytest.mark.skipif(bool(broker.why_not()), reason=broker.why_not() or "-")]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with broker.running_broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


def _make_topic(cluster: Broker, topic: str, partitions: int = 1) -> str:
    from confluent_kafka.admin import AdminClient, NewTopic

    admin = AdminClient({"bootstrap.servers": cluster.plain})
    admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result()
    return f"kafka://{cluster.plain}/{topic}"


def _send(cluster: Broker, topic: str, values: Sequence[bytes | None], partition: int = 0, **more: Any) -> None:
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": cluster.plain})
    for value in values:
        producer.produce(topic, value, partition=partition, **more)
    assert producer.flush(30) == 0


def _pages(*names: str) -> list[bytes]:
    return [dump(f"The {name}").encode() for name in names]


def _rows(lake: Path, columns: str = "uri, record, title") -> list[tuple]:
    return lakes.by_delta(lake, f"select {columns} from documents order by uri, record")


def _ranges(lake: Path) -> list[tuple[int, int]]:
    parts = [parse_range(uri) for (uri,) in lakes.by_delta(lake, "select uri from inputs")]
    return sorted((part.begin, part.end) for part in parts)


def test_each_message_is_a_record_by_its_partition_and_offset(
    cluster: Broker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    uri, lake = _make_topic(cluster, "kinds", 2), tmp_path / "lake"
    html = f"<!doctype html><title>The Crab</title>{article('The Crab')}"
    envelope = {"url": "https://harbour.example/bell", "text": dump("The Bell"), "fetched_at": "2024-05-15T06:00:00Z"}
    _send(cluster, "kinds", [*_pages("Pier"), json.dumps(envelope).encode(), b'{"url": "https://harb', None, b"", b'{"a": 1}'])
    headers = [("url", b"https://harbour.example/crab"), ("content-type", b"text/html; charset=utf-8")]
    _send(cluster, "kinds", [html.encode()], partition=1, headers=headers)
    ingest(lake, uri)

    known = "uri, record, source, url, url_basis, crawled_at::varchar, content_type"
    assert _rows(lake, known) == [
        (f"{uri}/0", 0, "unknown", None, None, None, "text/plain"),
        (f"{uri}/0", 1, "harbour.example", envelope["url"], "container", "2024-05-15 06:00:00+00", "text/plain"),
        (f"{uri}/1", 0, "harbour.example", "https://harbour.example/crab", "header", None, "text/html"),
    ]
    rejects = lakes.by_delta(lake, "select uri, record, kind, reason, payload from rejects order by record")
    assert rejects == [
        (f"{uri}/0", 2, "dead", "bad_json", b'{"url": "https://harb'),
        (f"{uri}/0", 3, "filtered", "tombstone", b""),
        (f"{uri}/0", 4, "dead", "empty", b""),
        (f"{uri}/0", 5, "dead", "no_text_column", b'{"a": 1}'),
    ]
    assert lakes.by_delta(lake, "select uri, records from inputs order by uri") == [
        (f"{uri}/0?from=0&to=6", 6),
        (f"{uri}/1?from=0&to=1", 1),
    ]
    assert broadsheet("verify", "--lake", lake) == 0

    capsys.readouterr()
    assert broadsheet("replay", "--lake", lake) == 0
    assert "left as they are: 3, it came from a topic, and topics are not read again" in capsys.readouterr().out
    assert broadsheet("verify", "--lake", lake) == 0


def test_the_rows_are_the_same_whatever_the_ranges(cluster: Broker, tmp_path: Path) -> None:
    uri = _make_topic(cluster, "ranges", 2)
    for partition in range(2):
        _send(cluster, "ranges", _pages(*(f"Pier {partition} {number}" for number in range(12))), partition)
    ingest(tmp_path / "one", uri, "--source", "harbour.example")
    ingest(tmp_path / "many", uri, "--source", "harbour.example", "--batch-mb", "0.02")
    assert _rows(tmp_path / "one", "*") == _rows(tmp_path / "many", "*")
    assert len(_rows(tmp_path / "one")) == 24
    assert _ranges(tmp_path / "one") == [(0, 12), (0, 12)]
    assert len(_ranges(tmp_path / "many")) > 2
    assert lakes.books(tmp_path / "one") == lakes.books(tmp_path / "many")


def test_a_batch_is_bounded_by_the_sizes_of_its_own_messages(cluster: Broker, tmp_path: Path) -> None:
    uri, lake = _make_topic(cluster, "uneven"), tmp_path / "lake"
    values = [b"a tiny one"] * 70 + [b"long " * 20_000] * 8
    _send(cluster, "uneven", values)
    ingest(lake, uri, "--batch-mb", "0.3")
    sizes = [size for (size,) in lakes.by_delta(lake, "select bytes from inputs order by uri")]
    assert sum(sizes) == sum(map(len, values))
    assert max(sizes) <= 0.3 * 1024 * 1024
    assert lakes.books(lake)["records"] == len(values)


def test_aborted_transactions_are_passed_over_and_open_ones_waited_for(cluster: Broker, tmp_path: Path) -> None:
    from confluent_kafka import Producer

    uri, lake = _make_topic(cluster, "deals"), tmp_path / "lake"
    producer = Producer({"bootstrap.servers": cluster.plain, "transactional.id": "deals", "log_level": 0})
    producer.init_transactions(60)

    def begin(*names: str) -> None:
        producer.begin_transaction()
        for page in _pages(*names):
            producer.produce("deals", page)
        producer.flush()

    begin("Pier")
    producer.commit_transaction()
    begin("Ghost", "Phantom")
    producer.abort_transaction()
    begin("Bell")
    ingest(lake, uri)
    assert [row[1:] for row in _rows(lake)] == [(0, "The Pier")]
    producer.commit_transaction()
    ingest(lake, uri)
    ingest(lake, uri)
    assert [row[1:] for row in _rows(lake)] == [(0, "The Pier"), (5, "The Bell")]
    assert _ranges(lake) == [(0, 5), (5, 7)]
    assert lakes.books(lake)["records"] == 2


def test_from_latest_reads_what_came_after_and_new_partitions_whole(cluster: Broker, tmp_path: Path) -> None:
    from confluent_kafka.admin import AdminClient, NewPartitions

    uri, lake = _make_topic(cluster, "late"), tmp_path / "lake"
    _send(cluster, "late", _pages("Pier"))
    ingest(lake, uri, "--from", "latest")
    assert (_rows(lake), _ranges(lake)) == ([], [(1, 1)])
    _send(cluster, "late", _pages("Bell"))
    admin = AdminClient({"bootstrap.servers": cluster.plain})
    admin.create_partitions([NewPartitions("late", 2)])["late"].result()
    time.sleep(1)
    _send(cluster, "late", _pages("Gull"), partition=1)
    ingest(lake, uri, "--from", "latest")
    assert [row[2] for row in _rows(lake)] == ["The Bell", "The Gull"]


def test_from_a_time_reads_what_came_since(cluster: Broker, tmp_path: Path) -> None:
    uri = _make_topic(cluster, "timed")
    for day, name in enumerate(("Pier", "Bell", "Gull"), 1):
        _send(cluster, "timed", _pages(name), timestamp=1714521600000 + day * 86_400_000)  # from 2024-05-01 on
    ingest(tmp_path / "lake", uri, "--from", "2024-05-03")
    assert [row[1:] for row in _rows(tmp_path / "lake")] == [(1, "The Bell"), (2, "The Gull")]
    assert broadsheet("ingest", uri, "--lake", tmp_path / "lake", "--from", "yesterday") == 2


def test_lost_offsets_end_the_run_until_somebody_says_go_on(
    cluster: Broker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from confluent_kafka import TopicPartition
    from confluent_kafka.admin import AdminClient

    uri, lake = _make_topic(cluster, "lost"), tmp_path / "lake"
    _send(cluster, "lost", _pages("Pier"))
    ingest(lake, uri)
    _send(cluster, "lost", _pages("Bell", "Gull", "Crab"))
    admin = AdminClient({"bootstrap.servers": cluster.plain})
    (deleted,) = admin.delete_records([TopicPartition("lost", 0, 3)]).values()
    deleted.result()
    watch = ("watch", uri, "--lake", lake, "--every", "0", "--until-idle")
    assert broadsheet(*watch) == 1
    assert f"{uri}/0: 2 offsets, 1 to 2, were deleted by the broker before they were read" in capsys.readouterr().err
    assert broadsheet(*watch, "--skip-lost-offsets") == 0
    assert [row[1:] for row in _rows(lake)] == [(0, "The Pier"), (3, "The Crab")]


def test_the_group_s_offsets_are_those_of_the_lake(cluster: Broker, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from confluent_kafka import Consumer, TopicPartition

    uri, lake = _make_topic(cluster, "lagging"), tmp_path / "lake"
    _send(cluster, "lagging", _pages("Pier", "Bell"))
    metrics = tmp_path / "watch.prom"
    watch = ("watch", uri, "--lake", lake, "--every", "0", "--quiet", "--metrics-file", metrics)
    assert broadsheet(*watch, "--batch-mb", "0.001", "--max-polls", "1") == 0
    lag = f'broadsheet_watch_lag_offsets{{partition="{uri}/0"}}'
    assert samples(metrics.read_text())[lag] == 1
    assert broadsheet(*watch, "--until-idle") == 0
    assert samples(metrics.read_text())[lag] == 0
    consumer = Consumer({"bootstrap.servers": cluster.plain, "group.id": GROUP})
    assert consumer.committed([TopicPartition("lagging", 0)], timeout=30)[0].offset == 2
    consumer.close()
    _send(cluster, "lagging", _pages("Gull"))
    assert broadsheet("status", "--lake", lake) == 0
    assert f"waiting: 1 offsets of {uri}/0" in capsys.readouterr().out


def _properties(path: Path, password: str, **more: object) -> Path:
    lines = {"sasl.username": broker.USER, "sasl.password": password} | {
        key.replace("_", "."): value for key, value in more.items()
    }
    path.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
    return path


def _holds_password(lake: Path) -> bool:
    return any(broker.PASSWORD in path.read_text("latin-1") for path in lake.rglob("*") if path.is_file())


def test_a_password_is_given_by_the_client_s_properties(cluster: Broker, tmp_path: Path) -> None:
    _make_topic(cluster, "guarded")
    _send(cluster, "guarded", _pages("Pier"))
    known = {"bootstrap_servers": cluster.guarded, "security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN"}
    config = _properties(tmp_path / "client.properties", broker.PASSWORD, **known)
    ingest(tmp_path / "lake", "kafka://news/guarded", "--kafka-config", config)
    assert [row[:2] for row in _rows(tmp_path / "lake")] == [("kafka://news/guarded/0", 0)]
    assert not _holds_password(tmp_path / "lake")


@pytest.mark.slow
def test_over_tls_the_authority_and_the_password_must_be_right(
    cluster: Broker, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lake = tmp_path / "lake"
    _make_topic(cluster, "secret")
    _send(cluster, "secret", _pages("Pier"))
    known = {"bootstrap_servers": cluster.secret, "security_protocol": "SASL_SSL", "sasl_mechanism": "SCRAM-SHA-512"}
    config = tmp_path / "client.properties"
    watch = ("watch", "kafka://news/secret", "--lake", lake, "--kafka-config", config, "--every", "0", "--max-polls", "1")

    def failure() -> str:
        assert broadsheet(*watch) == 1  # the last poll of a watch with an end: its exit code says so
        said = capfd.readouterr().err
        assert broker.PASSWORD not in said
        return said

    _properties(config, broker.PASSWORD, **known)
    assert "certificate verify failed" in failure()
    _properties(config, f"not {broker.PASSWORD}", **known, ssl_ca_location=cluster.authority)
    assert "Authentication failed" in failure()
    _properties(config, broker.PASSWORD, **known, ssl_ca_location=cluster.authority)
    assert broadsheet(*watch) == 0
    assert [row[1:] for row in _rows(lake)] == [(0, "The Pier")]
    assert broadsheet("status", "--lake", lake) == 0
    assert broker.PASSWORD not in "".join(capfd.readouterr())
    assert not _holds_password(lake)


def test_lost_rows_are_read_again_after_a_repair(cluster: Broker, tmp_path: Path) -> None:
    uri, lake = _make_topic(cluster, "mended"), tmp_path / "lake"
    for name in ("Pier", "Bell"):
        _send(cluster, "mended", _pages(name))
        ingest(lake, uri)
    rows = _rows(lake, "*")
    next((lake / "documents").rglob("*.parquet")).unlink()
    assert broadsheet("verify", "--lake", lake) == 1
    broadsheet("verify", "--lake", lake, "--repair")
    ingest(lake, uri)
    assert _rows(lake, "*") == rows
    assert broadsheet("verify", "--lake", lake, "--deep") == 0
    _send(cluster, "mended", _pages("Gull"))
    ingest(lake, uri)
    assert [row[1] for row in _rows(lake)] == [0, 1, 2]


def test_a_topic_that_is_not_there_is_wrong_usage(cluster: Broker, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("ingest", f"kafka://{cluster.plain}/nowhere", "--lake", tmp_path / "lake") == 2
    assert "the cluster has no such topic" in capsys.readouterr().err

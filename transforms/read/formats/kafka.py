"""Kafka: the messages of a range of offsets, by confluent-kafka (librdkafka).

Nothing is subscribed to and no group is joined: a partition is assigned, read from an offset to another, and left. The lake holds
the position. Aborted transactions are not read (`read_committed`), and offsets without a message are passed over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from broadsheet.schemas.errors import ConfigError, LostOffsetsError
from broadsheet.schemas.kafka_uris import TopicRange

if TYPE_CHECKING:
    from confluent_kafka import Consumer, Message

GROUP = "broadsheet"
"""The group whose offsets are committed for lag monitors, where the properties name none."""

_SILENCE_S = 60.0
"""How long a broker may say nothing before the range is given up, to be tried again: twice librdkafka's own session timeout."""

_READING = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "enable.partition.eof": True,
    "isolation.level": "read_committed",
    "auto.offset.reset": "error",
    "fetch.wait.max.ms": 100,  # the end of a partition is reported after this wait
    "queued.max.messages.kbytes": 16 * 1024,  # read ahead per partition: the default of 64 MB is a whole batch
    "max.poll.interval.ms": 86_400_000,  # between two turns nobody polls
    "log_level": 0,  # what the client would say on standard error goes into our own error
}


def properties(cluster: str, path: str | None) -> dict[str, Any]:
    """Returns a client's properties: those of a file (`name=value` a line, as Kafka's own tools have them) over our defaults.

    Args:
        cluster: The authority of the URI; the brokers, if the file does not name `bootstrap.servers`.
        path: The file, if there is one. TLS and SASL are set there, by librdkafka's names.

    Raises:
        ConfigError: The file cannot be read, or a line is not a property.
    """
    found: dict[str, Any] = {"bootstrap.servers": cluster, "group.id": GROUP}
    if path:
        try:
            with open(path, encoding="utf-8") as file:
                lines = [line.strip() for line in file]
        except (OSError, ValueError) as error:
            raise ConfigError(f"--kafka-config {path}: {error}") from error
        for number, line in enumerate(lines, 1):
            name, equals, value = line.partition("=")
            if line and not line.startswith(("#", "!")):
                if not equals:
                    raise ConfigError(f"--kafka-config {path}, line {number}: expected name=value")
                found[name.strip()] = value.strip()
    return found


def make_consumer(cluster: str, path: str | None) -> Consumer:
    """Returns a consumer that joins no group.

    Raises:
        ConfigError: The client is not installed, or refuses a property.
    """
    try:
        from confluent_kafka import Consumer, KafkaException
    except ImportError as error:
        raise ConfigError("Kafka needs its client: pip install 'broadsheet[kafka]'") from error
    try:
        return Consumer({**properties(cluster, path), **_READING, "error_cb": partial(_remember, cluster)})
    except KafkaException as error:
        raise ConfigError(f"Kafka's client refuses its properties: {error.args[0].str()}") from error


_last_words: dict[str, str] = {}
"""What the client said last of each cluster: that a broker refuses connections, or a password, or shows an unknown certificate."""


def _remember(cluster: str, error: Any) -> None:
    from confluent_kafka import KafkaError

    if error.code() != KafkaError._ALL_BROKERS_DOWN:  # which follows on each of them, and does not say why
        _last_words[cluster] = error.str()


def broker_error(uri: str, cluster: str, error: Any, consumer: Consumer) -> OSError:
    """Returns an error of the client as an `OSError`, with what it reported before: a timeout alone says nothing."""
    consumer.poll(0)  # only this call delivers what the client reports
    before = _last_words.pop(cluster, "")
    return OSError(f"{uri}: {error.str()}" + (f"; {before}" if before else ""))


class _Idle:
    """Idle consumers: a connection costs half a second, and a poll has one range per partition."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._consumers: dict[tuple[str, str | None], list[Consumer]] = {}

    def take(self, key: tuple[str, str | None]) -> Consumer:
        with self._lock:
            waiting = self._consumers.get(key)
            if waiting:
                return waiting.pop()
        return make_consumer(*key)

    def give_back(self, key: tuple[str, str | None], consumer: Consumer) -> None:
        consumer.unassign()
        with self._lock:
            self._consumers.setdefault(key, []).append(consumer)


_idle = _Idle()


@contextmanager
def borrowed_consumer(cluster: str, path: str | None) -> Iterator[Consumer]:
    """Lends a consumer; one that was used without an error is kept for the next borrower of this process."""
    consumer = _idle.take((cluster, path))
    try:
        yield consumer
    except GeneratorExit:
        pass  # who reads has read enough
    except BaseException:
        consumer.close()
        raise
    _idle.give_back((cluster, path), consumer)


def read_messages(part: TopicRange, path: str | None) -> Iterator[Message]:
    """Yields the committed messages of a range, in order.

    Raises:
        LostOffsetsError: The broker has deleted its first offset.
        OSError: The broker is down, or says nothing for too long.
    """
    from confluent_kafka import KafkaError, TopicPartition

    if part.begin >= part.end:
        return
    with borrowed_consumer(part.cluster, path) as consumer:
        consumer.assign([TopicPartition(part.topic, part.partition, part.begin)])
        heard = time.monotonic()
        while True:
            message = consumer.poll(0.5)
            if message is None:
                if time.monotonic() - heard > _SILENCE_S:
                    raise OSError(f"{part.uri}: the broker has said nothing for {_SILENCE_S:g} s")
                continue
            error = message.error()
            if error and error.code() == KafkaError._PARTITION_EOF:
                if message.offset() >= part.end:
                    return
                continue  # a transaction was open when the range was planned to its end; it is heard of again
            if error and error.code() in (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE):
                raise LostOffsetsError(f"{part.uri}: the broker does not hold offset {part.begin} any more: {error.str()}")
            if error:
                raise broker_error(part.uri, part.cluster, error, consumer)
            heard = time.monotonic()
            if message.offset() >= part.end:
                return
            yield message
            if message.offset() == part.end - 1:
                return

"""Topics: what is new in them, as ranges of offsets that are fixed before a batch starts.

The lake is the consumer: the largest `to` of a partition's ranges in `inputs` is its position. A partition that the lake does not
know begins at `--from`. A range without a message records that, so that the next poll continues from there.
Offsets are committed to a group afterwards, for lag monitors; nobody reads them here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from broadsheet.schemas.errors import ConfigError, LostOffsetsError
from broadsheet.schemas.kafka_uris import KAFKA, Topic, TopicRange, parse_topic
from broadsheet.schemas.records import InputFile
from broadsheet.transforms.read.formats.kafka import borrowed_consumer, broker_error, read_messages

if TYPE_CHECKING:
    from confluent_kafka import Consumer

EARLIEST = "earliest"
LATEST = "latest"

_TIMEOUT_S = 30.0
_MESSAGE_OVERHEAD = 1024
"""Bytes of memory that a message costs beside its value: its key and headers, and the record around it."""


class TopicOptions(NamedTuple):
    """What the user decides about topics."""

    uris: Sequence[str]
    config: Optional[str] = None
    """As `read.reader.ReadOptions.kafka_config`."""
    start: str = EARLIEST
    """Where an unknown partition begins: `earliest`, `latest`, or a time in ISO 8601."""
    skip_lost: bool = False
    batch_bytes: int = 64 * 1024 * 1024


class _Ends(NamedTuple):
    """What a partition holds: offsets from `low` to before `high`; those of open transactions are after it."""

    low: int
    high: int


class Topics:
    """The topics that are read.

    Args:
        options: What the user decides.
        say: Tells the user a sentence.
        to_the_end: Whether to read up to where the topics ended when they were first looked at, and no further.

    Raises:
        ConfigError: A URI is not a topic's, or the start is not a time.
    """

    def __init__(self, options: TopicOptions, say: Callable[[str], None], to_the_end: bool = False) -> None:
        self._options = options
        self._say = say
        self._goals: dict[str, int] | None = {} if to_the_end else None
        self.lags: dict[str, int] = {}
        """Offsets that the last look left for a later one, by the partition's uri."""
        try:
            self._topics = list(dict.fromkeys(parse_topic(uri) for uri in options.uris))
            self._start_ms = None if options.start in (EARLIEST, LATEST) else _milliseconds(options.start)
        except ValueError as error:
            raise ConfigError(str(error)) from error

    @property
    def behind(self) -> int:
        """How many offsets the last look left."""
        return sum(self.lags.values())

    def find_new(self, positions: Mapping[str, int]) -> Iterator[InputFile]:
        """Yields the next range of each partition that has messages nobody has read, together at most as large as a batch.

        Args:
            positions: As `inputs.ledger.Ledger.positions`.

        Raises:
            ConfigError: A topic does not exist.
            LostOffsetsError: The broker has deleted messages before they were read.
            OSError: No broker answers.
        """
        self.lags = {}
        ranges = [part for topic in self._topics for part in self._open_ranges(topic, positions)]
        busy = sum(part.begin < part.end for part in ranges)
        for part in ranges:
            item, left = self._bounded(part, self._options.batch_bytes // max(busy, 1))
            self.lags[part.origin] = left
            if part.origin not in positions or part.begin < part.end:
                yield item

    def find_lags(self, positions: Mapping[str, int]) -> dict[str, int]:
        """Returns how many offsets wait in each partition; marks of transactions and gaps are among them."""
        found = {}
        for topic in self._topics:
            for part, ends in self._partitions(topic).items():
                found[part.origin] = max(ends.high - max(positions.get(part.origin, ends.low), ends.low), 0)
        return found

    def commit_group(self, positions: Mapping[str, int]) -> None:
        """Commits to the brokers how far the lake has read, for monitors of lag.

        Raises:
            OSError: A broker refuses.
        """
        from confluent_kafka import KafkaException, TopicPartition

        for topic in self._topics:
            start = f"{topic.uri}/"
            offsets = [
                TopicPartition(topic.topic, int(origin.removeprefix(start)), position)
                for origin, position in positions.items()
                if origin.startswith(start)
            ]
            if not offsets:
                continue
            with borrowed_consumer(topic.cluster, self._options.config) as consumer:
                try:
                    consumer.commit(offsets=offsets, asynchronous=False)
                except KafkaException as error:
                    raise broker_error(topic.uri, topic.cluster, error.args[0], consumer) from error

    def _open_ranges(self, topic: Topic, positions: Mapping[str, int]) -> Iterator[TopicRange]:
        """Yields all that a topic holds and the lake does not; a partition with nothing new as an empty range."""
        partitions = self._partitions(topic)
        is_new = not any(part.origin in positions for part in partitions)
        for part, (low, high) in partitions.items():
            if self._goals is not None:
                high = min(high, self._goals.setdefault(part.origin, high))
            begin = positions.get(part.origin)
            if begin is None:
                # a partition that was added to a topic we know is young: all of it is new
                begin = self._start(part, low, high) if is_new else low
            elif begin < low:
                begin = self._skip(part, begin, low)
            elif begin > high and self._goals is None:
                raise LostOffsetsError(
                    f"{part.origin} ends at offset {high}, and the lake has read it up to {begin}: the topic was created again, "
                    "or this is another cluster; give the cluster another name (docs/how-to/stream.md)"
                )
            yield part._replace(begin=begin, end=max(begin, high))

    def _start(self, part: TopicRange, low: int, high: int) -> int:
        if self._options.start == EARLIEST:
            return low
        if self._options.start == LATEST:
            return high
        from confluent_kafka import TopicPartition

        with borrowed_consumer(part.cluster, self._options.config) as consumer:
            wanted = TopicPartition(part.topic, part.partition, self._start_ms or 0)
            (found,) = consumer.offsets_for_times([wanted], timeout=_TIMEOUT_S)
        return int(found.offset) if 0 <= found.offset < high else high

    def _skip(self, part: TopicRange, begin: int, low: int) -> int:
        lost = f"{part.origin}: {low - begin:,} offsets, {begin} to {low - 1}, were deleted by the broker before they were read"
        if not self._options.skip_lost:
            raise LostOffsetsError(f"{lost}; --skip-lost-offsets continues after them")
        self._say(lost)
        return low

    def _bounded(self, part: TopicRange, budget: int) -> tuple[InputFile, int]:
        """Returns the beginning of a range that costs no more memory than the budget, one message at least, and what is left.

        All its messages are read to know their sizes, once more than for the batch (4 us of CPU each): the first ones do not tell
        those of the others.
        """
        size = weight = first_ms = 0
        end = part.end
        for message in read_messages(part, self._options.config):
            length = len(message.value() or b"")
            if weight and weight + length + _MESSAGE_OVERHEAD > budget:
                end = message.offset()
                break
            size, weight = size + length, weight + length + _MESSAGE_OVERHEAD
            first_ms = first_ms or max(message.timestamp()[1], 0)
        return _as_input(part._replace(end=end), size, first_ms * 1000), part.end - end

    def _partitions(self, topic: Topic) -> dict[TopicRange, _Ends]:
        """Returns a topic's partitions, as ranges without offsets, and what each one holds."""
        from confluent_kafka import KafkaException, TopicPartition

        with borrowed_consumer(topic.cluster, self._options.config) as consumer:
            try:
                found = {}
                for number in self._numbers(consumer, topic):
                    low, high = consumer.get_watermark_offsets(TopicPartition(topic.topic, number), timeout=_TIMEOUT_S)
                    found[TopicRange(topic.cluster, topic.topic, number, 0, 0)] = _Ends(low, high)
                return found
            except KafkaException as error:
                raise broker_error(topic.uri, topic.cluster, error.args[0], consumer) from error

    def _numbers(self, consumer: Consumer, topic: Topic) -> list[int]:
        from confluent_kafka import KafkaError

        metadata: Any = consumer.list_topics(topic.topic, timeout=_TIMEOUT_S).topics[topic.topic]
        if metadata.error and metadata.error.code() in (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC):
            raise ConfigError(f"{topic.uri}: the cluster has no such topic")
        if metadata.error:
            raise broker_error(topic.uri, topic.cluster, metadata.error, consumer)
        return sorted(metadata.partitions)


def split_topics(paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """Returns the inputs that are files, and those that are topics."""
    return [path for path in paths if not path.startswith(KAFKA)], [path for path in paths if path.startswith(KAFKA)]


def is_there(part: TopicRange, config: str | None) -> bool:
    """Returns whether the broker still holds a range that was planned before."""
    from confluent_kafka import KafkaException, TopicPartition

    with borrowed_consumer(part.cluster, config) as consumer:
        try:
            low, high = consumer.get_watermark_offsets(TopicPartition(part.topic, part.partition), timeout=_TIMEOUT_S)
        except KafkaException as error:
            raise broker_error(part.uri, part.cluster, error.args[0], consumer) from error
    return low <= part.begin and part.end <= high


def _as_input(part: TopicRange, size: int, modified_us: int) -> InputFile:
    return InputFile(part.uri, f"{part.begin}-{part.end}", size, modified_us)


def _milliseconds(text: str) -> int:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"--from {text}: expected earliest, latest or a time such as 2026-01-31T06:00:00Z") from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp() * 1000)

"""Reads and writes the URIs of Kafka inputs: each input is a range of offsets of one partition.

    kafka://broker:9092/pages                       a topic, as a user names it
    kafka://broker:9092/pages/3                     a partition: the `uri` of its documents, whose `record` is the offset
    kafka://broker:9092/pages/3?from=100&to=900     a range, `to` excluded: the `uri` of a row of `inputs`

So a message has the same row whatever range it was read in, and the largest `to` in `inputs` is how far the lake has read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

KAFKA = "kafka://"

_TOPIC = re.compile(r"kafka://(?P<cluster>[^/?#\s]+)/(?P<topic>[A-Za-z0-9._-]{1,249})")
"""A topic's name has these characters and this length: `org.apache.kafka.common.internals.Topic`."""

_RANGE = re.compile(_TOPIC.pattern + r"/(?P<partition>\d+)\?from=(?P<begin>\d+)&to=(?P<end>\d+)")


class Topic(NamedTuple):
    """A topic of a cluster."""

    cluster: str
    """The authority of the URI: brokers, `host:port` joined by commas, or the name under which the lake knows the cluster."""
    topic: str

    @property
    def uri(self) -> str:
        """As the user names it."""
        return f"{KAFKA}{self.cluster}/{self.topic}"


class TopicRange(NamedTuple):
    """Offsets of one partition."""

    cluster: str
    topic: str
    partition: int
    begin: int
    end: int
    """Excluded. Not every offset before it is a message: some are transaction marks, and compaction removes others."""

    @property
    def origin(self) -> str:
        """The partition's uri: that of its documents and rejects."""
        return f"{KAFKA}{self.cluster}/{self.topic}/{self.partition}"

    @property
    def uri(self) -> str:
        """The range's own URI: that of its row in `inputs`."""
        return f"{self.origin}?from={self.begin}&to={self.end}"


def parse_topic(uri: str) -> Topic:
    """Reads a topic as the user names it.

    Raises:
        ValueError: It is not a topic.
    """
    found = _TOPIC.fullmatch(uri.rstrip("/"))
    if not found:
        raise ValueError(f"{uri} is not a topic: expected kafka://broker:9092/topic")
    return Topic(**found.groupdict())


def parse_range(uri: str) -> TopicRange:
    """Reads a range's uri.

    Raises:
        ValueError: It is not a range of offsets.
    """
    found = _RANGE.fullmatch(uri)
    if not found:
        raise ValueError(f"{uri} is not a range of offsets")
    cluster, topic, *numbers = found.groups()
    return TopicRange(cluster, topic, *map(int, numbers))


def origin_of(uri: str) -> str:
    """Returns the URI that an input's records carry: that of the partition for a range of offsets, else the input's own."""
    return uri.partition("?")[0] if uri.startswith(KAFKA) else uri

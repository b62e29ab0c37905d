"""Kafka topics as inputs: a range of offsets of one partition is one input, and its uri says which.

    kafka://broker:9092/pages                       a topic, as a user names it
    kafka://broker:9092/pages/3                     a partition: the `uri` of its documents, whose `record` is the offset
    kafka://broker:9092/pages/3?from=100&to=900     a range, `to` excluded: the `uri` of a row of `inputs`

So a message has the same row whatever range it was read in, and the largest `to` in `inputs` is where the lake stands.
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
    """What stands in the uri: brokers, `host:port` joined by commas, or the name under which the lake knows the cluster."""
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
    """Excluded. Not every offset between is a message: there are marks of transactions, and what compaction took out."""

    @property
    def origin(self) -> str:
        """The partition's uri: that of its documents and rejects."""
        return f"{KAFKA}{self.cluster}/{self.topic}/{self.partition}"

    @property
    def uri(self) -> str:
        """The range's own uri: that of its books."""
        return f"{self.origin}?from={self.begin}&to={self.end}"


def parse_topic(uri: str) -> Topic:
    """Reads a topic as the user names it.

    Raises:
        ValueError: It is none.
    """
    found = _TOPIC.fullmatch(uri.rstrip("/"))
    if not found:
        raise ValueError(f"{uri} is no topic: expected kafka://broker:9092/topic")
    return Topic(**found.groupdict())


def parse_range(uri: str) -> TopicRange:
    """Reads a range's uri.

    Raises:
        ValueError: It is none.
    """
    found = _RANGE.fullmatch(uri)
    if not found:
        raise ValueError(f"{uri} is no range of offsets")
    cluster, topic, *numbers = found.groups()
    return TopicRange(cluster, topic, *map(int, numbers))


def origin_of(uri: str) -> str:
    """Returns the uri that an input's records carry: the input's own, but for a range that of its partition."""
    return uri.partition("?")[0] if uri.startswith(KAFKA) else uri

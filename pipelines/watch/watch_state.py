"""Holds the state of a watch, for people (`broadsheet status`), for Prometheus, and for checks that it is alive.

A watch writes it to the lake after each poll, as `LAKE/_watch/<id>.json`. No result depends on it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import os
import socket
from collections.abc import Iterator, Sequence
from typing import Any, Optional

from broadsheet.pipelines.ingest.run_history import read_all
from broadsheet.pipelines.observe.metrics import Metric
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.sealed import put_json

FOLDER = "_watch"
OUTCOMES = ("documents", "duplicates", "filtered", "dead")


@dataclasses.dataclass
class Standing:
    """What one watch has done since it was started, and what it knows to be waiting. Times are seconds since 1970."""

    inputs: list[str]
    every_s: float
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    """What else `status` needs to look at the same inputs."""
    host: str = dataclasses.field(default_factory=socket.gethostname)
    pid: int = dataclasses.field(default_factory=os.getpid)
    started_at: float = 0.0
    ended_at: Optional[float] = None
    """When it was asked to end; `None` while it runs, and if it was killed."""
    turns: int = 0
    turn_at: float = 0.0
    turn_s: float = 0.0
    """How long the last poll took."""
    committed_at: Optional[float] = None
    books: dict[str, int] = dataclasses.field(default_factory=dict)
    """Sums over all its batches: inputs, records, documents, duplicates, filtered, dead, bytes."""
    waiting: int = 0
    waiting_bytes: int = 0
    oldest_waiting_at: Optional[float] = None
    lags: dict[str, int] = dataclasses.field(default_factory=dict)
    """Offsets that wait, by topic and partition."""
    failures: int = 0
    """Polls that failed since the last good one."""
    failures_total: int = 0
    error: Optional[str] = None

    @property
    def relative(self) -> str:
        """Its path in the lake: another set of inputs is another watch."""
        return f"{FOLDER}/{hashlib.blake2b(json.dumps(self.inputs).encode(), digest_size=6).hexdigest()}.json"


def write_standing(lake: Lake, standing: Standing) -> None:
    """Writes the state of a watch."""
    put_json(lake, standing.relative, dataclasses.asdict(standing), indent=1)


def read_standings(lake: Lake) -> list[Standing]:
    """Reads the states of all watches of a lake, the latest first; also of those that ended or were killed."""
    fields = {field.name for field in dataclasses.fields(Standing)}
    found = [
        Standing(**{key: value for key, value in values.items() if key in fields})
        for values in read_all(lake, [f"{FOLDER}/{name}" for name in files.listing(lake, FOLDER)])
    ]
    return sorted(found, key=lambda standing: -standing.turn_at)


def watch_metrics(standing: Standing) -> Iterator[Metric]:
    """Yields the metrics of a watch for Prometheus."""

    def gauge(name: str, meaning: str, value: float) -> Metric:
        return Metric(f"broadsheet_watch_{name}", "gauge", meaning, {"": value})

    def counter(name: str, meaning: str, value: float) -> Metric:
        return Metric(f"broadsheet_watch_{name}_total", "counter", meaning, {"": value})

    yield gauge("start_time_seconds", "When the watch was started.", standing.started_at)
    yield gauge(
        "last_turn_timestamp_seconds",
        "When the last poll ended; if that is a few intervals ago, the watch hangs.",
        standing.turn_at,
    )
    yield gauge("last_turn_duration_seconds", "How long the last poll took.", standing.turn_s)
    if standing.committed_at:
        yield gauge("last_commit_timestamp_seconds", "When this watch committed last.", standing.committed_at)
    yield gauge("lag_files", "New inputs that wait for the next poll.", standing.waiting)
    yield gauge("lag_bytes", "Their size.", standing.waiting_bytes)
    if standing.oldest_waiting_at:
        yield gauge("oldest_waiting_timestamp_seconds", "Time of the oldest input that waits.", standing.oldest_waiting_at)
    if standing.lags:
        meaning = "Offsets between what the lake has read and the end of the partition."
        yield Metric("broadsheet_watch_lag_offsets", "gauge", meaning, standing.lags, label="partition")
    records = {name: standing.books.get(name, 0) for name in OUTCOMES}
    yield Metric("broadsheet_watch_records_total", "counter", "Records read, by what became of them.", records, label="outcome")
    yield counter("inputs", "Inputs read.", standing.books.get("inputs", 0))
    yield counter("bytes", "Their size.", standing.books.get("bytes", 0))
    yield counter("turns", "Turns taken.", standing.turns)
    yield counter("failed_turns", "Polls that failed and were tried again.", standing.failures_total)
    yield gauge("failing_turns", "Polls that failed since the last good one: 0 is good.", standing.failures)


def oldest(modified_us: Sequence[int]) -> float | None:
    """Returns the earliest of some times in microseconds, in seconds; `None` if none is known."""
    known = [moment for moment in modified_us if moment]
    return min(known) / 1e6 if known else None


def clock(moment: float) -> str:
    """Returns a time of day for people, in UTC."""
    return dt.datetime.fromtimestamp(moment, dt.UTC).strftime("%H:%M:%S")

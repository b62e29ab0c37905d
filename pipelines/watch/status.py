"""Reports what came into the lake in the last minutes, what is waiting, and the state of the watches."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional

import pyarrow as pa

from broadsheet.pipelines.inputs.ledger import Ledger, as_table
from broadsheet.pipelines.observe.progress import human_bytes, human_time
from broadsheet.pipelines.query.query import connect
from broadsheet.pipelines.watch.watch_state import OUTCOMES, Standing, clock, oldest, read_standings
from broadsheet.schemas.errors import ConfigError
from broadsheet.transforms.lake.protocol.files import Lake

_HANGS_AFTER = 10
"""Intervals without a sign of life after which a watch counts as silent: a poll takes one interval and the batch at its end."""


class Status(NamedTuple):
    """The state of a lake and its watches. Times are seconds since 1970."""

    minutes: float
    came: dict[str, int]
    """Sums of the counts that were committed in the last minutes."""
    committed_at: Optional[float]
    """When the lake got its last batch; `None` for one without any."""
    inputs: list[str]
    """The inputs that were checked for what is waiting."""
    waiting: int
    waiting_bytes: int
    oldest_waiting_at: Optional[float]
    oldest_waiting: Optional[str]
    lags: dict[str, int]
    """Offsets that wait, by topic and partition."""
    watches: list[Standing]
    unknown: Optional[str] = None
    """Why it is not known what is waiting; `None` if it is known."""


def look_at_lake(path: str, inputs: Sequence[str], minutes: float) -> Status:
    """Returns the state of a lake.

    Args:
        path: The lake.
        inputs: What may contain new files; none: the inputs of its latest watch.
        minutes: How far back to look.

    Raises:
        LakeError: There is no lake.
        ConfigError: One of `inputs` does not exist. If an input of the latest watch is missing, that is only reported.
    """
    lake = Lake.at(path)
    with connect(lake) as connection:
        sums = ", ".join(f"coalesce(sum({name}), 0)::bigint" for name in ("records", *OUTCOMES, "bytes"))
        since = dt.datetime.fromtimestamp(max(time.time() - 60 * minutes, 0.0), dt.UTC)
        row = connection.execute(f"select count(*), {sums} from inputs where committed_at >= ?", [since]).fetchone()
        newest = connection.execute("select epoch(max(committed_at)) from inputs").fetchone()
    watches = read_standings(lake)
    known: dict[str, Any] = watches[0].options if watches else {}
    paths = list(inputs) or (watches[0].inputs if watches else [])
    new, lags = as_table([]), dict[str, int]()
    unknown = None
    try:
        new, lags = _waiting(lake, paths, known)
    except (ConfigError, OSError) as error:
        if inputs:
            raise
        unknown = str(error)
    return Status(
        minutes=minutes,
        came=dict(zip(("inputs", "records", *OUTCOMES, "bytes"), row or (), strict=True)),
        committed_at=newest[0] if newest else None,
        inputs=paths,
        waiting=new.num_rows,
        waiting_bytes=sum(new["size"].to_pylist()),
        oldest_waiting_at=oldest(new["modified_us"].to_pylist()),
        oldest_waiting=new["uri"][0].as_py() if new.num_rows else None,
        lags=lags,
        watches=watches,
        unknown=unknown,
    )


def _waiting(lake: Lake, paths: Sequence[str], known: Mapping[str, Any]) -> tuple[pa.Table, dict[str, int]]:
    """Returns the new files among what is watched, and the offsets that wait in its topics."""
    if not paths:
        return as_table([]), {}
    from broadsheet.pipelines.inputs.input_scanner import Arrivals, Watched  # which imports Beam
    from broadsheet.pipelines.inputs.topics import TopicOptions, Topics, split_topics

    names, uris = split_topics(paths)
    arrivals = Arrivals(lake, Watched(names, known.get("manifest"), 0.0, known.get("done", "")), _no_pause)
    arrivals.look()
    new = arrivals.find_new()
    if not uris:
        return new, {}
    ledger = Ledger(lake)
    ledger.refresh()
    return new, Topics(TopicOptions(uris, known.get("kafka_config")), print).find_lags(ledger.positions)


def _no_pause(_seconds: float) -> None:
    """Returns a scanner that waits for nothing: files that are being written are waiting too."""


def as_json(status: Status) -> str:
    """Returns a status for programs."""
    fields: dict[str, Any] = status._asdict()
    return json.dumps(fields | {"watches": [vars(watch) for watch in status.watches]}, indent=1)


def as_lines(status: Status) -> list[str]:
    """Returns a status for people."""
    now = time.time()
    came = status.came
    outcomes = ", ".join(f"{came[name]:,} {name}" for name in OUTCOMES)
    size = human_bytes(came["bytes"])
    lines = [
        f"last {status.minutes:g} minutes: {came['inputs']:,} inputs, {size}, {came['records']:,} records: {outcomes}",
        f"last commit: {_ago(status.committed_at, now)}",
    ]
    if status.unknown:
        lines.append(f"waiting: not known: {status.unknown}")
    elif status.inputs:
        waits = f"waiting: {status.waiting:,} inputs, {human_bytes(status.waiting_bytes)}"
        if status.oldest_waiting:
            waits += f", the oldest of {_ago(status.oldest_waiting_at, now)}: {status.oldest_waiting}"
        lines.append(waits)
        lines.extend(f"waiting: {lag:,} offsets of {partition}" for partition, lag in sorted(status.lags.items()) if lag)
    else:
        lines.append("waiting: not known, because no watch has written to this lake and no INPUT was given")
    lines.extend(_watch_line(watch, now) for watch in status.watches)
    return lines


def _watch_line(watch: Standing, now: float) -> str:
    what = f"watch of {', '.join(watch.inputs)} (process {watch.pid} on {watch.host})"
    if watch.ended_at:
        return f"{what}: ended {_ago(watch.ended_at, now)}"
    if watch.error:
        return f"{what}: its last {watch.failures:,} turns failed: {watch.error}"
    if now - watch.turn_at > _HANGS_AFTER * max(watch.every_s, watch.turn_s):
        return f"{what}: silent since {_ago(watch.turn_at, now)}; killed, or hanging"
    return f"{what}: turn {watch.turns:,} {_ago(watch.turn_at, now)} took {watch.turn_s:.1f} s"


def _ago(moment: float | None, now: float) -> str:
    return f"{human_time(max(now - moment, 0))} ago ({clock(moment)} UTC)" if moment else "never"

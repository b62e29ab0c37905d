"""Writes down what each run of ingest did and when, in one small file per run, so that a report can compare runs.

    LAKE/_runs/<run_id>.json     written after each batch, and at the end

No result depends on these files: the counts are in `inputs`, whose rows are the same whichever run made them. A batch that is in
no file here (made by `watch`, or by a launcher that died) belongs to no run.
"""

from __future__ import annotations

import datetime as dt
import secrets
import sys
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Optional

import pyarrow as pa

from broadsheet.pipelines.observe.terminal import say
from broadsheet.schemas.errors import DamagedError
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.sealed import get_json, put_json

RUNS = "_runs"

_BATCHES = pa.schema(
    [
        pa.field("run_id", pa.string()),
        pa.field("started_at", pa.timestamp("us", tz="UTC")),
        pa.field("ended_at", pa.timestamp("us", tz="UTC")),
        pa.field("matched", pa.int64()),
        pa.field("batch_id", pa.string()),
        pa.field("seconds", pa.float64()),
    ]
)


class RanBatch(NamedTuple):
    """A batch that a run committed."""

    batch_id: str
    seconds: Optional[float]
    """Seconds that it took; `None` if an earlier run had done everything except the commit."""


class Run(NamedTuple):
    """The record of one run."""

    run_id: str
    started_at: str
    """ISO 8601, UTC."""
    matched: int = 0
    """Inputs that were found, known ones too."""
    batches: tuple[RanBatch, ...] = ()
    ended_at: Optional[str] = None
    """`None` for a run that is under way, or died."""


def new_run_id() -> str:
    """Returns an identifier for a run: a UUID of version 7 (RFC 9562), so that later ones sort after earlier ones."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def now() -> str:
    """Returns the current time in the format of `Run`."""
    return dt.datetime.now(dt.UTC).isoformat()


class Recorder:
    """Writes down what a run does, as it does it.

    Args:
        lake: The lake.
        run_id: The run's identifier; "" if this run is not recorded.
        matched: How many inputs were found.
    """

    def __init__(self, lake: Lake, run_id: str, matched: int) -> None:
        self._lake = lake
        self._run = Run(run_id, now(), matched)

    def add(self, batch_id: str, seconds: float | None) -> None:
        """Records that a batch was committed."""
        self._run = self._run._replace(batches=(*self._run.batches, RanBatch(batch_id, seconds)))
        self._write()

    def end(self) -> None:
        """Records the end of the run."""
        self._run = self._run._replace(ended_at=now())
        self._write()

    def _write(self) -> None:
        if self._run.run_id:
            put_json(self._lake, f"{RUNS}/{self._run.run_id}.json", self._run._asdict())


def read_runs(lake: Lake, newest: int | None = None) -> list[Run]:
    """Returns the recorded runs, oldest first. Damaged files are named on standard error and left out.

    Args:
        lake: The lake.
        newest: How many of the newest runs to return; `None` for all.
    """
    names = sorted(files.listing(lake, RUNS))
    chosen = names if newest is None else names[-newest:]
    return [_from_json(fields) for fields in read_all(lake, [f"{RUNS}/{name}" for name in chosen])]


def read_all(lake: Lake, relatives: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yields the objects in files that no result depends on. Damaged files are named on standard error and left out."""
    for relative in relatives:
        try:
            yield get_json(lake, relative)
        except FileNotFoundError:
            continue
        except DamagedError as error:
            say(f"left out: {error}", sys.stderr)


def as_table(runs: list[Run]) -> pa.Table:
    """Returns one row per batch of each run; a run without any has one row whose `batch_id` is NULL."""
    rows = [
        {
            "run_id": run.run_id,
            "started_at": dt.datetime.fromisoformat(run.started_at),
            "ended_at": dt.datetime.fromisoformat(run.ended_at) if run.ended_at else None,
            "matched": run.matched,
            "batch_id": batch.batch_id if batch else None,
            "seconds": batch.seconds if batch else None,
        }
        for run in runs
        for batch in (run.batches or (None,))
    ]
    return pa.Table.from_pylist(rows, _BATCHES)


def _from_json(fields: Mapping) -> Run:
    return Run(**{**fields, "batches": tuple(RanBatch(*batch) for batch in fields["batches"])})

"""Reports a run to others: events when it begins and ends, and a file of metrics after it, however it ends."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Optional

from broadsheet.pipelines.ingest.ingest import Summary
from broadsheet.pipelines.observe.alerts import newest_commit
from broadsheet.pipelines.observe.events import Job, check_target, make_event, send_event
from broadsheet.pipelines.observe.exit_codes import exit_code
from broadsheet.pipelines.observe.metrics import Metric, write_metrics
from broadsheet.pipelines.observe.terminal import say
from broadsheet.schemas.errors import BroadsheetError, ConfigError
from broadsheet.schemas.tables import TABLES
from broadsheet.transforms.lake.protocol.delta_tables import files_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake


class Observation:
    """A run as it is seen from outside; who drives the run leaves its summary here."""

    summary: Optional[Summary] = None
    exit_code: int = 1
    error: Optional[str] = None

    def __init__(self) -> None:
        self.started = time.time()


@contextmanager
def observed(job: Job, metrics_file: str | None, events: str | None) -> Iterator[Observation]:
    """Reports what happens within; a report that fails is mentioned on standard error and changes nothing.

    Args:
        job: Which run.
        metrics_file: Where the metrics go, if anywhere.
        events: A file or server for events, if any.

    Raises:
        ConfigError: Metrics or events have no folder to go to; nothing was run.
    """
    if metrics_file and not os.path.isdir(os.path.dirname(os.path.abspath(metrics_file))):
        raise ConfigError(f"--metrics-file {metrics_file}: its folder does not exist")
    if events:
        check_target(events)
        _send(events, job, "START", None)
    seen = Observation()
    try:
        yield seen
        seen.exit_code = 0
    except BaseException as error:
        seen.exit_code = exit_code(error)
        seen.error = str(error) or type(error).__name__
        raise
    finally:
        if events:
            _send(events, job, "COMPLETE" if seen.exit_code in (0, 3) else "FAIL", seen)
        if metrics_file:
            try:
                write_metrics(metrics_file, [*run_metrics(seen), *lake_metrics(job.lake)])
            except OSError as error:
                say(f"broadsheet: --metrics-file {metrics_file}: {error}", sys.stderr)


def _send(target: str, job: Job, kind: str, seen: Observation | None) -> None:
    counts = dict(seen.summary.books) if seen and seen.summary else None
    try:
        send_event(target, make_event(job, kind, counts, seen.error if seen else None))
    except OSError as error:
        say(f"broadsheet: --events {target}: {error}", sys.stderr)


def run_metrics(seen: Observation) -> Iterable[Metric]:
    """Yields what is known of the run; of one that failed before its end only that it did."""
    yield Metric("broadsheet_run_exit_code", "gauge", "How the last run ended: 0 done, 3 a limit is crossed.", {"": seen.exit_code})
    yield Metric("broadsheet_run_start_time_seconds", "gauge", "When the last run began.", {"": seen.started})
    yield Metric("broadsheet_run_end_time_seconds", "gauge", "When the last run ended.", {"": time.time()})
    if seen.summary is None:
        return
    books = seen.summary.books
    outcomes = {name: books[name] for name in ("documents", "duplicates", "filtered", "dead")}
    meaning = "Records that the last run read, by what became of them."
    yield Metric("broadsheet_run_records", "gauge", meaning, outcomes, label="outcome")
    yield Metric("broadsheet_run_inputs", "gauge", "Input files that the last run read.", {"": books["inputs"]})
    yield Metric("broadsheet_run_bytes", "gauge", "Their size.", {"": books["bytes"]})
    matched = seen.summary.inputs.table.num_rows
    yield Metric("broadsheet_run_inputs_matched", "gauge", "Input files that were there, known ones too.", {"": matched})
    yield Metric("broadsheet_run_batches", "gauge", "Batches that the last run committed.", {"": seen.summary.batches})


def lake_metrics(lake: Lake) -> Iterable[Metric]:
    """Yields what the lake's logs say; nothing if there is no lake."""
    try:
        files = {table.name: files_of(open_table(lake, table)) for table in TABLES}
        newest = newest_commit(lake)
    except (BroadsheetError, OSError):
        return
    rows = {name: sum(table["num_records"].to_pylist()) for name, table in files.items()}
    counts = {name: table.num_rows for name, table in files.items()}
    yield Metric("broadsheet_lake_rows", "gauge", "Rows of the lake's tables.", rows, label="table")
    yield Metric("broadsheet_lake_files", "gauge", "Files of the lake's tables.", counts, label="table")
    if newest:
        help_ = "When a batch was committed last: the lake's freshness."
        yield Metric("broadsheet_lake_newest_commit_timestamp_seconds", "gauge", help_, {"": newest.timestamp()})

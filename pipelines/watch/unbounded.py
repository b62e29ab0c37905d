"""Runs a watch as one unbounded pipeline: what arrives passes through a stream that stays up, on Prism or Flink.

    periodic impulse ─ fixed windows ─ plan: list, ask the ledger, write the plan ─► InputFile ─ Reshuffle ─
    `ingest.build_pipeline.refine`

A window is a batch. Its impulse lists the inputs and asks the ledger, as a poll of `watch.watch` does, and writes down which
new inputs form the batch. From there on everything is as in a bounded pipeline, with two differences: a step asks the lake which
batch it works for (`stream_batches`), and a step that needs all records of a batch gets them when the watermark has passed its
window. The last step commits, with the same protocol. While a batch is in progress nothing is planned. So each batch sees the rows
of the one before, and what arrives late, or does not fit into one batch, is in the next.

The ledger of the lake is the only state. A runner that returns to a checkpoint finds the plan of the window and makes the same
batch, or finds that it has ended and drops its records. A runner that starts without state finds what is not in the ledger. Beam's
MatchContinuously is not used: it would keep every file it ever saw in the runner's state, and knows neither sidecars nor files that
are still being written. Without that state it is an impulse and a listing, as here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.compute as pc
from apache_beam.runners.runner import PipelineResult, PipelineState
from apache_beam.transforms.window import FixedWindows

import broadsheet.transforms.coders  # noqa: F401  (registers the records' coders)
from broadsheet.pipelines.ingest.build_pipeline import refine
from broadsheet.pipelines.ingest.ingest import Poll
from broadsheet.pipelines.ingest.lake_lock import exclusive
from broadsheet.pipelines.ingest.options import IngestOptions
from broadsheet.pipelines.ingest.resumable import repeatable
from broadsheet.pipelines.ingest.run_batch import draft, plan_batch, with_blocklist
from broadsheet.pipelines.inputs.input_scanner import Arrivals, Watched
from broadsheet.pipelines.inputs.ledger import cut_batches
from broadsheet.pipelines.observe.progress import Progress
from broadsheet.pipelines.runners.beam_options import BeamOptions
from broadsheet.pipelines.runners.flink import cancel
from broadsheet.schemas.errors import ConfigError, ConflictError, RunError
from broadsheet.schemas.records import InputFile
from broadsheet.schemas.tables import INPUTS
from broadsheet.transforms.lake.index.learned_templates import newest
from broadsheet.transforms.lake.maintenance.orphan_files import end_dead_runs
from broadsheet.transforms.lake.protocol import batches, plans
from broadsheet.transforms.lake.protocol.delta_tables import files_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.read_columns import columns_of
from broadsheet.transforms.periodic_impulse import PeriodicImpulse
from broadsheet.transforms.stream_batches import StreamBatches

_RUNNERS = ("PrismRunner", "FlinkRunner", "PortableRunner")
_CURE = (
    "name --runner=PrismRunner (make setup-stream builds Prism) or a Flink (docs/how-to/stream.md), or leave --unbounded out: "
    "repeated batches run everywhere"
)

_STALE_S = 60.0
"""An impulse that is so late has others waiting: after a stop of an hour, a runner sends all impulses of the hour at once."""

_COUNTS = ("records", "documents", "duplicates", "filtered", "dead", "bytes")


def check_unbounded(runner: str | None, paths: Sequence[str]) -> None:
    """Raises ConfigError if a stream would lose records, or is not possible."""
    name = (runner or "").rpartition(".")[2]
    if name in ("FnApiRunner", "DirectRunner", "BundleBasedDirectRunner", ""):
        raise ConfigError(f"Beam's local runner ends streams early and silently loses records: {_CURE}")
    if name not in _RUNNERS:
        raise ConfigError(f"{name} was not tried with streams: {_CURE}")
    topics = [path for path in paths if path.startswith("kafka://")]
    if topics:
        raise ConfigError(f"{topics[0]}: --unbounded is for files; leave it out, and the topic is read in repeated batches")


class _PlanFn(beam.DoFn):
    """Maps an impulse to the inputs of its window's batch; to none if there is nothing new or another batch is in progress.

    Counters: `unbounded/batches_planned`, `unbounded/batches_repeated`.
    """

    def __init__(self, lake: Lake, watched: Watched, options: IngestOptions, windows: StreamBatches) -> None:
        self._lake = lake
        self._watched = watched
        self._options = options
        self._windows = windows
        self._planned = beam.metrics.Metrics.counter("unbounded", "batches_planned")
        self._repeated = beam.metrics.Metrics.counter("unbounded", "batches_repeated")

    def setup(self) -> None:
        self._arrivals = Arrivals(self._lake, self._watched, time.sleep)

    def process(self, _tick: Any, window: Any = beam.DoFn.WindowParam) -> Iterator[InputFile]:
        under_way = self._windows.under_way()
        mine = [plan for plan in under_way if plan.window == self._windows.name(window)]
        if under_way and not mine:
            return
        for plan in mine:  # the runner has returned to a state before this impulse
            if repeatable(self._lake, plan.batch_id):
                self._repeated.inc()
                yield from plans.read_inputs(self._lake, plan.relative)
                return
            batches.take_back(self._lake, plan.batch_id)
        if time.time() - window.end.micros / 1e6 < _STALE_S:
            yield from self._plan(self._windows.name(window))

    def _plan(self, window: str) -> list[InputFile]:
        self._arrivals.look()
        inputs = next(cut_batches(self._arrivals.find_new(), self._options.batch_bytes), [])
        if inputs:
            try:
                plan_batch(self._lake, inputs, self._options, window=window)
            except ConflictError:  # another writer was faster: the next impulse sees what it left
                return []
            self._planned.inc()
        return inputs


def build_stream(
    pipeline: beam.Pipeline, lake: Lake, watched: Watched, options: IngestOptions, every_s: int, windows: StreamBatches
) -> None:
    """Applies the unbounded pipeline.

    Args:
        pipeline: To what.
        lake: Where to.
        watched: Where inputs arrive.
        options: How they are read.
        every_s: Seconds between two impulses.
        windows: The batches of the stream.
    """
    inputs = (
        pipeline
        | "RunClock" >> PeriodicImpulse(every_s)
        | "WindowTicks" >> beam.WindowInto(FixedWindows(every_s))
        | "PlanBatch" >> beam.ParDo(_PlanFn(lake, watched, options, windows)).with_output_types(InputFile)
        | "SpreadInputs" >> beam.Reshuffle()
    )
    refine(inputs, lake, draft("", [], options), windows)


class Stream:
    """The running pipeline as its launcher sees it: started when a poll finds none, ended with the watch.

    Args:
        beam_args: Beam's own options.
        wait: Waits so many seconds; ending the watch cuts it short.
        flink: The address of Flink's REST interface, if the stream runs there.
    """

    def __init__(
        self,
        lake: Lake,
        watched: Watched,
        options: IngestOptions,
        every_s: float,
        beam_args: Sequence[str],
        wait: Callable[[float], None],
        flink: str | None = None,
    ) -> None:
        self._lake = lake
        self._watched = watched
        self._options = options
        self._every_s = max(1, round(every_s))
        self._beam_args = beam_args
        self._wait = wait
        self._flink = flink
        self._name = f"broadsheet-{hashlib.blake2b(lake.root.encode(), digest_size=6).hexdigest()}"
        self._run: PipelineResult | None = None
        self._started_at = dt.datetime.min
        self._seen: set[str] = set()
        self._batches: set[str] = set()

    def poll_once(self, arrivals: Arrivals, progress: Progress) -> tuple[Poll, pa.Table]:
        """Checks for one interval what the stream has done; starts it if it is not running.

        Args:
            arrivals: The inputs that wait; it has scanned before.
            progress: Shows the progress.

        Returns:
            What came into the lake, and the inputs that wait.

        Raises:
            RunError: The runner gave up. The next call starts a new pipeline.
        """
        run = self._run or self._start(progress)
        self._wait(self._every_s)
        if PipelineState.is_terminal(run.state):
            self._run = None
            raise RunError(f"the runner ended the stream; a new one continues from the lake: {_why(run)}")
        waiting = arrivals.find_new()
        commits, books = self._count()
        return Poll(commits, 0, books, waiting.num_rows, sum(waiting["size"].to_pylist())), waiting

    def end(self) -> None:
        """Cancels the pipeline. The next run finishes or abandons the batch that it leaves.

        Raises:
            RunError: It may still be running.
        """
        if self._run:
            try:
                self._run.cancel()
            except Exception as error:  # a lost connection to a job server may raise anything
                raise RunError(f"the stream {self._name} could not be cancelled: {error}") from error
            self._run = None
            self._cancel_job()

    def _cancel_job(self) -> None:
        """Cancels this stream's job on Flink, whichever process started it."""
        if self._flink:
            cancel(self._flink, self._name)

    def _start(self, progress: Progress) -> PipelineResult:
        self._cancel_job()
        with exclusive(self._lake, progress.waiting):
            for _ in end_dead_runs(self._lake):
                pass
            options = with_blocklist(self._lake, self._options)
        options = options._replace(choices=options.choices._replace(templates=newest(self._lake)))
        self._started_at = dt.datetime.now(dt.UTC)
        self._count()
        # A bundle that a checkpoint cuts keeps its output until the step's next bundle, and the step that begins a stream has but
        # one: if Flink's first checkpoint came within a second of it (Beam's max_bundle_time_mills), there was never an impulse.
        beam_options = BeamOptions(self._beam_args, streaming=True, job_name=self._name, finish_bundle_before_checkpointing=True)
        pipeline = beam.Pipeline(runner=options.runner, options=beam_options)
        build_stream(pipeline, self._lake, self._watched, options, self._every_s, StreamBatches(self._lake, uuid.uuid4().hex))
        self._run = pipeline.run()
        return self._run

    def _count(self) -> tuple[int, Counter[str]]:
        """Returns how many batches came into the lake since the last time, and their books."""
        found = files_of(open_table(self._lake, INPUTS))
        since = found.filter(pc.greater_equal(found["partition.committed_at"], self._started_at))["path"].to_pylist()
        rows = columns_of(self._lake, INPUTS, sorted(set(since) - self._seen), ("batch_id", *_COUNTS))
        new = rows.filter(pc.invert(pc.is_in(rows["batch_id"], pa.array(sorted(self._batches), pa.string()))))
        self._seen.update(since)
        commits = set(new["batch_id"].to_pylist())
        self._batches |= commits
        return len(commits), Counter(inputs=new.num_rows, **{name: sum(new[name].to_pylist()) for name in _COUNTS})


def _why(run: PipelineResult) -> str:
    try:
        return f"state {run.wait_until_finish()}"
    except Exception as error:  # runners may raise anything
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        return lines[-1] if lines else type(error).__name__

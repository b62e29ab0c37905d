"""Runs the record stages of a batch in worker processes, beside the process that deduplicates, writes and commits.

    inputs ─ tasks of a megabyte ─► workers: read, decode, strip, detect, extract ─► CollectRecords ─► the rest of the pipeline

The record stages take three quarters of the CPU time of a batch and do not depend on other records. So each worker applies them
as plain functions, without Beam, and returns rows, rejects and counts. Only the parent holds the lock, plans, looks up
duplicates and commits. Files and rows are the same whatever the number of workers: rows are sorted before they are written.

While the parent finishes one batch, the workers already read the next one (`start`). A worker that dies ends the batch without a
commit, and a worker whose parent has died ends itself.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam import pvalue
from apache_beam.metrics import Metrics

from broadsheet.pipelines.ingest.memory import give_back
from broadsheet.pipelines.ingest.worker_process import begin
from broadsheet.schemas.errors import RunError
from broadsheet.schemas.records import FILTERED, Document, FileRange, InputFile, Mark, RawRecord, Reject
from broadsheet.transforms.coders import register_coders
from broadsheet.transforms.progress_counter import beat, beats
from broadsheet.transforms.read.read_records import COUNTS, SKIPS, ReadFn, ReadOptions, with_skips
from broadsheet.transforms.read.split_files import split
from broadsheet.transforms.record_stage import RECORDS, REJECTS, StageRule
from broadsheet.transforms.sandbox import resident_bytes

TASK_BYTES = 1_000_000
"""About how many bytes of input one task has: 0.1 to 0.3 s of work, against 1 ms to send a task and its answer."""

AHEAD = 16
"""Tasks per worker that may wait for the parent: enough to keep the workers busy while the parent finishes a batch, which takes a
quarter of the time that its records take."""

WORTH_BYTES = 64_000_000
"""Bytes of new inputs from which on workers pay by default. Each takes 2 s of CPU time to start, as much as 10 MB of dumps take."""

WORKER_BYTES = 450_000_000
"""Memory that the default number of workers allows for each."""

LEAN_BYTES = 300_000_000
"""A worker with more memory than this returns freed memory after each task. A worker that reads ordinary pages needs 200 MB."""


class _Outcome(NamedTuple):
    """The results of a task."""

    outputs: list[tuple[str, Any]]
    """Pairs of an output tag, as in `CollectRecords`, and an element."""
    counters: Counter[tuple[str, str]]
    """Stages and names of counters."""
    characters: int


def fitting_workers(new_bytes: int) -> int:
    """Returns how many workers a run is given by default: as many as the processors and the memory allow, 1 if the run is small."""
    if new_bytes < WORTH_BYTES:
        return 1
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _cgroup_processors()
    memory = _free_memory()
    fitting = [processors, quota or processors, max(1, memory // WORKER_BYTES) if memory else processors]
    return max(1, int(min(fitting)))


def _cgroup_processors() -> float | None:
    """Returns the processors that the control group may use, `None` for no limit. It reads version 2 of control groups."""
    try:
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as file:
            quota, period = file.read().split()
    except (OSError, ValueError):
        return None
    return None if quota == "max" else max(1.0, int(quota) / int(period))


def _free_memory() -> int | None:
    """Returns the bytes that this machine and its control group have left, `None` if the system does not say."""
    found = []
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            found += [int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable:")]
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as file:
            most = file.read().strip()
        if most != "max":
            with open("/sys/fs/cgroup/memory.current", encoding="ascii") as file:
                found.append(int(most) - int(file.read()))
    except (OSError, ValueError):
        pass
    return min(found) if found else None


def _work(parts: Sequence[FileRange], options: ReadOptions, rules: Sequence[StageRule]) -> _Outcome:
    """Reads ranges of files and applies the record stages; runs in a worker."""
    outputs: list[tuple[str, Any]] = []
    counters: Counter[tuple[str, str]] = Counter()
    before = beats()
    for rule in rules:
        rule.warm_up()
    reader = ReadFn(options)
    for part in parts:
        counters["read", "files_read"] += part.begin == Mark()
        for found in reader.process(part):
            if isinstance(found, RawRecord):
                outputs.append(_apply(found, rules, counters))
                continue
            outputs.append((found.tag, found.value))
            if found.tag == COUNTS:
                counters["read", "records_read"] += found.value[1]
            elif found.tag == SKIPS:
                counters["read", "records_filtered"] += found.value[1].records
            else:
                counters["read", "records_filtered" if found.value.kind == FILTERED else "records_rejected"] += 1
    if resident_bytes() > LEAN_BYTES:
        give_back()
    return _Outcome(outputs, counters, beats() - before)


def _apply(record: Any, rules: Sequence[StageRule], counters: Counter[tuple[str, str]]) -> tuple[str, Any]:
    for rule in rules:
        record = rule.apply(record)
        if isinstance(record, Reject):
            counters[rule.stage, "records_rejected"] += 1
            return REJECTS, record
        counters[rule.stage, f"records_{rule.counter_suffix}"] += 1
    return RECORDS, record


def _tasks(inputs: Sequence[InputFile], options: ReadOptions) -> Iterator[list[FileRange]]:
    """Yields the ranges of the inputs in groups of about `TASK_BYTES`."""
    group: list[FileRange] = []
    size = 0
    for item in inputs:
        for part in split(item, options):
            group.append(part)
            size += item.size
            if size >= TASK_BYTES:
                yield group
                group, size = [], 0
    if group:
        yield group


class _Run:
    """A batch that the workers process."""

    def __init__(
        self, pool: ProcessPoolExecutor, most: int, inputs: Sequence[InputFile], options: ReadOptions, rules: list[StageRule]
    ) -> None:
        self.then: Callable[[], None] | None = None
        """Called when the last task has been sent."""
        self._pool = pool
        self._tasks = _tasks(inputs, options)
        self._most = most
        self._work = (options, rules)
        self._waiting: deque[Future[_Outcome]] = deque()
        self._fill()

    def _fill(self) -> None:
        wanted = self._most - len(self._waiting)
        tasks = list(itertools.islice(self._tasks, wanted))
        self._waiting.extend(self._pool.submit(_work, parts, *self._work) for parts in tasks)
        if len(tasks) < wanted and self.then:
            then, self.then = self.then, None
            then()

    def outcomes(self) -> Iterator[_Outcome]:
        """Yields the results of the tasks, in their order.

        Raises:
            RunError: A worker died.
        """
        try:
            while self._waiting:
                outcome = self._waiting.popleft().result()
                self._fill()
                yield outcome
        except BrokenProcessPool as error:
            raise RunError("a worker process died, perhaps for want of memory: try fewer with --workers") from error

    def cancel(self) -> None:
        """Drops the tasks that have not begun."""
        for future in self._waiting:
            future.cancel()


class WorkerPool:
    """Worker processes, and the batches that they process.

    Args:
        workers: How many processes.
        beam_args: Beam's own options, which say how object stores are reached.
    """

    def __init__(self, workers: int, beam_args: Sequence[str]) -> None:
        self._workers = workers
        context = multiprocessing.get_context("spawn")  # a fork of this process would copy Beam's threads' locks
        self._pool = ProcessPoolExecutor(workers, context, begin, (os.getpid(), list(beam_args), context.Lock()))
        self._runs: dict[tuple[InputFile, ...], _Run] = {}

    def start(self, inputs: Sequence[InputFile], options: ReadOptions, rules: list[StageRule]) -> None:
        """Starts the workers on a batch, unless they have already begun it."""
        key = tuple(inputs)
        if key not in self._runs:
            self._runs[key] = _Run(self._pool, AHEAD * self._workers, inputs, options, rules)

    def hand_over(self, batch_id: str, inputs: Sequence[InputFile], then: Callable[[], None] | None) -> None:
        """Makes a batch that was started the one that `CollectRecords(batch_id)` collects.

        Args:
            batch_id: The batch.
            inputs: Its inputs, as they were given to `start`.
            then: Called when its last task has been sent; the next batch may start then.
        """
        run = self._runs.pop(tuple(inputs))
        run.then = then
        _collected[batch_id] = run

    def drop(self) -> None:
        """Forgets the batches that were started and not handed over."""
        for run in self._runs.values():
            run.cancel()
        self._runs.clear()

    def close(self) -> None:
        """Ends the workers and drops their unfinished tasks."""
        self.drop()
        _collected.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def workers_for(workers: int, beam_args: Sequence[str]) -> Iterator[WorkerPool | None]:
    """Yields a pool of that many workers, or `None` if one process does all the work.

    A pool is kept for the next call, because a watch polls repeatedly. A pool in which anything failed is closed.
    """
    if workers == 1:
        yield None
        return
    key = (workers, tuple(beam_args))
    pool = _kept.pop(key, None) or WorkerPool(workers, beam_args)
    try:
        yield pool
    except BaseException:
        pool.close()
        raise
    pool.drop()
    _kept[key] = pool


_kept: dict[tuple[int, tuple[str, ...]], WorkerPool] = {}


_collected: dict[str, _Run] = {}
"""The runs by batch. A DoFn is pickled, even within this process, and worker pools cannot be."""


class _CollectFn(beam.DoFn):
    """Emits the results of the workers for a batch."""

    def process(self, batch_id: str) -> Iterator[Document | pvalue.TaggedOutput]:
        for outcome in _collected.pop(batch_id).outcomes():
            beat(outcome.characters)
            for (stage, name), count in outcome.counters.items():
                Metrics.counter(stage, name).inc(count)
            for tag, element in outcome.outputs:
                yield element if tag == RECORDS else pvalue.TaggedOutput(tag, element)


class CollectRecords(beam.PTransform):
    """Begins a pipeline in this process with `records` (`Document`), `rejects` and `counts` of a batch that workers process.

    Counters: those of `ReadRecords` and of each record stage.

    Args:
        batch_id: The batch, as given to `WorkerPool.hand_over`.
    """

    def __init__(self, batch_id: str) -> None:
        super().__init__()
        self._batch_id = batch_id

    def expand(self, start: beam.pvalue.PBegin) -> dict[str, beam.PCollection]:
        register_coders()
        made = (
            start
            | "NameBatch" >> beam.Create([self._batch_id], reshuffle=False)
            | "Collect" >> beam.ParDo(_CollectFn()).with_outputs(REJECTS, COUNTS, SKIPS, main=RECORDS)
        )
        made[RECORDS].element_type = Document
        return {RECORDS: made[RECORDS], **with_skips(made)}

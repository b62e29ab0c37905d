"""Reads raw files into a queryable lake.

    python -m broadsheet ingest pages/ --lake ./lake [--runner …] [Beam options]

`poll_once` finishes the batches that an earlier run began, finds new inputs, cuts them into batches and runs the pipeline
(`ingest.build_pipeline`) once per batch, so that the batch bounds memory. `ingest` polls once; `watch.watch` polls repeatedly.
Nothing here depends on the runner.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import pyarrow as pa
from apache_beam.io.filesystems import FileSystems

from broadsheet.pipelines.ingest.build_pipeline import record_stages
from broadsheet.pipelines.ingest.lake_lock import exclusive
from broadsheet.pipelines.ingest.memory import use_system_allocator
from broadsheet.pipelines.ingest.options import IngestOptions, topics_of, wanted_of
from broadsheet.pipelines.ingest.run_batch import (
    draft,
    plan_batch,
    resume,
    run_batch,
    runs_in_process,
    with_blocklist,
    with_templates,
)
from broadsheet.pipelines.ingest.run_history import Recorder
from broadsheet.pipelines.ingest.worker_pool import WorkerPool, fitting_workers, workers_for
from broadsheet.pipelines.inputs.find_inputs import Inputs, find_inputs
from broadsheet.pipelines.inputs.ledger import Ledger, as_table, cut_batches, find_new, unpacked
from broadsheet.pipelines.inputs.standard_input import keep
from broadsheet.pipelines.inputs.topics import split_topics
from broadsheet.pipelines.observe.progress import Progress
from broadsheet.pipelines.runners.beam_options import BeamOptions
from broadsheet.schemas.errors import ConfigError, ConflictError
from broadsheet.schemas.records import InputFile
from broadsheet.transforms.lake.index import doc_id_index, near_duplicate_index
from broadsheet.transforms.lake.protocol.delta_tables import create_tables
from broadsheet.transforms.lake.protocol.files import Lake

REPLANS = 5
"""How often inputs are planned again because another writer was first, before the run gives up. Each time, another writer has made
progress."""


class Poll(NamedTuple):
    """The results of one poll, and the inputs that it left for the next."""

    batches: int
    """How many batches were committed, resumed ones included."""
    resumed: int
    books: Counter[str]
    """Sums over the batches' inputs."""
    waiting: int = 0
    """New inputs that were left for a later poll."""
    waiting_bytes: int = 0


def add_polls(first: Poll, second: Poll) -> Poll:
    """Returns the joint results of two polls, one after the other."""
    books = first.books + second.books
    return Poll(first.batches + second.batches, first.resumed + second.resumed, books, second.waiting, second.waiting_bytes)


class Summary(NamedTuple):
    """The results of a run: the sums of its batches' counts, and how long it took."""

    inputs: Inputs
    batches: int
    resumed: int
    books: Counter[str]
    seconds: float


def ingest(options: IngestOptions, beam_args: Sequence[str] = (), progress: Progress | None = None) -> Summary:
    """Runs all new inputs through the pipeline, batch by batch.

    Args:
        options: What to read, and which lake to write.
        beam_args: Beam's own options, as on its command line.
        progress: Shows how the run proceeds.

    Returns:
        The results of the run.

    Raises:
        ConfigError: An input does not exist. No batch was run.
        BroadsheetError: A batch failed. Batches committed before it stay.
    """
    started = time.monotonic()
    progress = progress or Progress(sys.stderr, quiet=True)
    FileSystems.set_options(BeamOptions(beam_args))  # a pipeline does so too, but inputs are matched before there is one
    files = [keep(Lake.at(options.lake), sys.stdin.buffer) if path == "-" else path for path in split_topics(options.inputs)[0]]
    found = find_inputs(wanted_of(options, files))
    matched = found.table
    lake = Lake.at(options.lake)
    topics, ledger = topics_of(options, progress.tell, to_the_end=True), Ledger(lake)

    def find() -> pa.Table:
        new = find_new(lake, matched, options.force)
        if not topics:
            return new
        ledger.refresh()
        return pa.concat_tables([new, as_table(topics.find_new(ledger.positions))])

    turn = poll_once(lake, find, options, beam_args, progress, matched.num_rows)
    while topics and topics.behind:
        turn = add_polls(turn, poll_once(lake, find, options._replace(learn=False), beam_args, progress, matched.num_rows))
    progress.stop()
    if topics:
        ledger.refresh()
        topics.commit_group(ledger.positions)
    return Summary(found, turn.batches, turn.resumed, turn.books, time.monotonic() - started)


def _always() -> bool:
    return True


def worker_count(options: IngestOptions, new_bytes: int) -> int:
    """Returns how many processes apply the record stages of a run.

    Raises:
        ConfigError: Workers were asked for, and the runner is not this process.
    """
    if not runs_in_process(options.runner):
        if options.workers and options.workers > 1:
            raise ConfigError(f"--workers is for the local runner; {options.runner} has workers of its own")
        return 1
    return options.workers or fitting_workers(new_bytes)


def with_next(batches: Iterable[list[InputFile]]) -> Iterator[tuple[list[InputFile], list[InputFile]]]:
    """Yields each batch with the one after it, which is empty for the last."""
    return itertools.pairwise(itertools.chain(batches, [[]]))


def _start(pool: WorkerPool, lake: Lake, inputs: list[InputFile], options: IngestOptions) -> None:
    """Starts the workers on a batch before it is planned. Their work does not depend on any table version."""
    if inputs:
        rules = [stage.stage_rule for _, stage in record_stages(lake, draft("", inputs, options))]
        pool.start(inputs, options.read, rules)


def poll_once(
    lake: Lake,
    find: Callable[[], pa.Table],
    options: IngestOptions,
    beam_args: Sequence[str],
    progress: Progress,
    matched: int = 0,
    go_on: Callable[[], bool] = _always,
) -> Poll:
    """Finishes the batches that earlier runs began, then runs new inputs through the pipeline, batch by batch.

    Args:
        lake: The lake; created if it does not exist.
        find: Returns the new inputs, as `inputs.ledger.as_table` makes them and in the order of reading. It is called under the
            lake's lock, after the unfinished batches. It is called again if another writer committed first.
        options: The user's choices. Their `inputs` are not used.
        beam_args: Beam's own options.
        progress: Shows how the run proceeds.
        matched: How many inputs exist, new or not. Only the progress display uses it.
        go_on: Called before each batch. If it returns False, the remaining inputs are left for a later poll.

    Raises:
        BroadsheetError: A batch failed. Batches committed before it stay.
    """
    use_system_allocator()
    books: Counter[str] = Counter()
    with exclusive(lake, progress.waiting):
        create_tables(lake, options.contract)
        options = with_blocklist(lake, options)
        recorder = Recorder(lake, options.run_id, matched)
        resumed = resume(lake, beam_args, options.runner, books, progress, recorder)
        count = resumed
        for attempt in range(REPLANS + 1):
            new = find()
            options = with_templates(lake, new, options, beam_args, progress)
            waiting, waiting_bytes = new.num_rows, sum(new["size"].to_pylist())
            progress.start(waiting, waiting_bytes, matched)
            try:
                with workers_for(worker_count(options, waiting_bytes), beam_args) as pool:
                    for inputs, following in with_next(cut_batches(new, options.batch_bytes)):
                        if not go_on():
                            break
                        if pool:
                            _start(pool, lake, inputs, options)
                        plan = plan_batch(lake, inputs, options)
                        if pool:
                            pool.hand_over(plan.batch_id, inputs, partial(_start, pool, lake, following, options))
                        progress.batch(plan.inputs, plan.bytes, sum(map(unpacked, inputs)), inputs[0].uri)
                        books.update(run_batch(lake, plan, beam_args, options.runner, recorder, pool is not None).books)
                        progress.advance(books)
                        waiting, waiting_bytes = waiting - plan.inputs, waiting_bytes - plan.bytes
                        count += 1
                break
            except ConflictError:
                if attempt == REPLANS:
                    raise
        near_duplicate_index.merge(lake)
        doc_id_index.merge(lake)
        recorder.end()
    return Poll(count, resumed, books, waiting, waiting_bytes)

"""Ingest: raw files in, a queryable lake out.

    python -m pipelines.ingest pages/ --lake ./lake [--runner …] [Beam options]

`build` is the pipeline, and reads like the sentence on the README: read, decode, strip, detect, extract, drop duplicates, write,
commit. `take_turn` is what drives it: it ends what a former run began, asks what is new, cuts that into batches and runs the
pipeline once a batch, so that memory is bounded by the batch. `ingest` takes one turn, `pipelines.watch` one after the other.
Nothing here knows which runner it is on.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, Optional

import apache_beam as beam
import pyarrow as pa
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.runner import PipelineResult

from pipelines.days import Days
from pipelines.inputs import Inputs, Wanted, find_inputs
from pipelines.learn import learn
from pipelines.ledger import Ledger, as_table, cut_batches, find_new
from pipelines.lock import exclusive
from pipelines.progress import Progress
from pipelines.repeat import repeatable
from pipelines.runs import Recorder
from pipelines.standard_input import keep
from pipelines.topics import EARLIEST, apart, topics_of
from schemas.errors import BroadsheetError, ConflictError, RunError
from schemas.records import InputFile
from schemas.tables import DOCUMENTS, INPUTS, REJECTS
from transforms.boilerplate import StripBoilerplate
from transforms.books import KeepBooks
from transforms.clusters import FindClusters
from transforms.commit import Commit
from transforms.decode import DecodeRecords
from transforms.duplicates import DropDuplicates
from transforms.lake import Lake, batches, compaction, plans
from transforms.lake.blocklists import blocked_domains, write_blocklist
from transforms.lake.leaders import merge
from transforms.lake.leftovers import dead_runs
from transforms.lake.plans import Plan, Result
from transforms.lake.tables import EVOLVE, create_tables, open_table
from transforms.lake.templates import learned, newest
from transforms.language import DetectLanguage
from transforms.limits import Limits
from transforms.mask import MaskPersonalData
from transforms.metadata import ExtractMetadata
from transforms.plan import ReadPlan
from transforms.read import ReadOptions, ReadRecords
from transforms.rules import Choices, made_with
from transforms.screen import ScreenPages, no_domains
from transforms.templated import StripWithTemplates
from transforms.write import WriteDocuments, WriteInputs, WriteRejects

_REPLANS = 5
"""How often inputs are planned again because another writer was first, before giving up; each time somebody else got on."""


class IngestOptions(NamedTuple):
    """What the user decides about a run."""

    inputs: Sequence[str]
    lake: str
    read: ReadOptions
    choices: Choices = Choices()
    limits: Limits = Limits()
    learn: bool = False
    manifest: Optional[str] = None
    blocklist: frozenset[str] = frozenset()
    force: bool = False
    batch_bytes: int = 64 * 1024 * 1024
    days: Optional[Days] = None
    run_id: str = ""
    """Under which the run is written down; "" for none."""
    runner: Optional[str] = None
    contract: str = EVOLVE
    topic_start: str = EARLIEST
    """As `pipelines.topics.TopicOptions.start`."""
    skip_lost_offsets: bool = False


class Turn(NamedTuple):
    """What one turn did, and what it left for the next."""

    batches: int
    """How many batches were committed, resumed ones included."""
    resumed: int
    books: Counter[str]
    """Sums over the batches' inputs."""
    waiting: int = 0
    """New inputs that were left for a later turn."""
    waiting_bytes: int = 0


def add_turns(first: Turn, second: Turn) -> Turn:
    """Returns what two turns did, one after the other."""
    books = first.books + second.books
    return Turn(first.batches + second.batches, first.resumed + second.resumed, books, second.waiting, second.waiting_bytes)


class Summary(NamedTuple):
    """What a run did: the sums of its batches' books, and how long it took."""

    inputs: Inputs
    batches: int
    resumed: int
    books: Counter[str]
    seconds: float


def build(pipeline: beam.Pipeline, lake: Lake, plan: Plan) -> None:
    """Applies the whole pipeline for one planned batch."""
    choices, limits = Choices(**plan.choices), Limits(**plan.limits)
    inputs = pipeline | "ReadPlan" >> ReadPlan(lake, plan.relative)
    options = ReadOptions(**plan.read_options)
    read = inputs | "Read" >> ReadRecords(options)
    decoded = read["records"] | "Decode" >> DecodeRecords(limits)
    refusing, pages = [read, decoded], decoded["records"]
    if options.respect_opt_out or choices.blocklist:
        screened = pages | "ScreenPages" >> _screen(lake, options, choices, limits)
        refusing, pages = [*refusing, screened], screened["records"]
    stripped = pages | "StripBoilerplate" >> _strip(lake, choices, limits)
    detected = stripped["records"] | "DetectLanguage" >> DetectLanguage(choices.language_backend, limits)
    extracted = detected["records"] | "ExtractMetadata" >> ExtractMetadata(limits)
    rows = extracted["records"]
    if choices.mask_pii:
        rows = rows | "MaskPersonalData" >> MaskPersonalData(choices.mask_pii.split(","))
    clusters = rows | "FindClusters" >> FindClusters(lake, plan.batch_id, plan.documents_version)
    known = DropDuplicates(lake, DOCUMENTS.name, plan.documents_version)
    documents = {"rows": rows, "clusters": clusters} | "DropDuplicates" >> known

    refused = tuple(stage["rejects"] for stage in (*refusing, stripped, detected, extracted)) | "FlattenRejects" >> beam.Flatten()
    rejects = {"rows": refused} | "DropKnownRejects" >> DropDuplicates(lake, REJECTS.name, plan.rejects_version)
    books = {
        "inputs": inputs,
        "counts": read["counts"],
        "documents": documents["unique"],
        "duplicates": documents["duplicates"],
        "rejects": refused,
    } | "KeepBooks" >> KeepBooks(plan.batch_id)

    parts = (
        documents["unique"] | "WriteDocuments" >> WriteDocuments(lake, plan.batch_id),
        rejects["unique"] | "WriteRejects" >> WriteRejects(lake, plan.batch_id),
        books | "WriteInputs" >> WriteInputs(lake, plan.batch_id),
    ) | "FlattenParts" >> beam.Flatten()
    _ = {"parts": parts, "books": books} | "Commit" >> Commit(lake, plan.batch_id, plan.documents_version)


def _screen(lake: Lake, options: ReadOptions, choices: Choices, limits: Limits) -> ScreenPages:
    blocked = partial(blocked_domains, lake, choices.blocklist) if choices.blocklist else no_domains
    return ScreenPages(options.respect_opt_out, blocked, limits)


def _strip(lake: Lake, choices: Choices, limits: Limits) -> StripBoilerplate:
    if choices.templates is None:
        return StripBoilerplate(choices.extractor, limits)
    return StripWithTemplates(choices.extractor, learned(lake, choices.templates), limits)


def ingest(options: IngestOptions, beam_args: Sequence[str] = (), progress: Progress | None = None) -> Summary:
    """Runs whatever is new through the pipeline, batch by batch.

    Args:
        options: What to read and where to.
        beam_args: Beam's own options, as on its command line.
        progress: Who is told how it goes.

    Returns:
        What was done.

    Raises:
        ConfigError: An input does not exist; nothing was run.
        BroadsheetError: A batch failed; batches committed before stay.
    """
    started = time.monotonic()
    progress = progress or Progress(sys.stderr, quiet=True)
    FileSystems.set_options(PipelineOptions(list(beam_args)))  # a pipeline does so too, but inputs are matched before there is one
    files = [keep(Lake.at(options.lake), sys.stdin.buffer) if path == "-" else path for path in apart(options.inputs)[0]]
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

    turn = take_turn(lake, find, options, beam_args, progress, matched.num_rows)
    while topics and topics.behind:
        turn = add_turns(turn, take_turn(lake, find, options._replace(learn=False), beam_args, progress, matched.num_rows))
    progress.stop()
    if topics:
        ledger.refresh()
        topics.commit_group(ledger.positions)
    return Summary(found, turn.batches, turn.resumed, turn.books, time.monotonic() - started)


def wanted_of(options: IngestOptions, paths: Sequence[str]) -> Wanted:
    """Returns which files are asked for."""
    return Wanted(paths, [options.lake], options.manifest, options.days, options.read.path_template)


def _always() -> bool:
    return True


def take_turn(
    lake: Lake,
    find: Callable[[], pa.Table],
    options: IngestOptions,
    beam_args: Sequence[str],
    progress: Progress,
    matched: int = 0,
    go_on: Callable[[], bool] = _always,
) -> Turn:
    """Ends what former runs left unfinished, then runs what is new through the pipeline, batch by batch.

    Args:
        lake: Where to; made if it is not there.
        find: Returns what is new, as `pipelines.ledger.as_table` makes it and in the order in which it is read. Called under the
            lake's lock and after the unfinished batches; again where another writer was first.
        options: What the user decides; its `inputs` are not looked at.
        beam_args: Beam's own options.
        progress: Who is told how it goes.
        matched: How many inputs there are, new or not, for the progress alone.
        go_on: Asked before each batch; what is left when it says no waits for a later turn.

    Raises:
        BroadsheetError: A batch failed; batches committed before stay.
    """
    books: Counter[str] = Counter()
    with exclusive(lake, progress.waiting):
        create_tables(lake, options.contract)
        if options.blocklist:
            options = options._replace(choices=options.choices._replace(blocklist=write_blocklist(lake, options.blocklist)))
        recorder = Recorder(lake, options.run_id, matched)
        resumed = _resume(lake, beam_args, options.runner, books, progress, recorder)
        count = resumed
        for attempt in range(_REPLANS + 1):
            new = find()
            options = _with_templates(lake, new, options, beam_args, progress)
            waiting, waiting_bytes = new.num_rows, sum(new["size"].to_pylist())
            progress.start(waiting, waiting_bytes, matched)
            try:
                for inputs in cut_batches(new, options.batch_bytes):
                    if not go_on():
                        break
                    plan = _plan(lake, inputs, options)
                    progress.batch(plan.inputs, plan.bytes)
                    books.update(_run(lake, plan, beam_args, options.runner, recorder).books)
                    progress.advance(books)
                    waiting, waiting_bytes = waiting - plan.inputs, waiting_bytes - plan.bytes
                    count += 1
                break
            except ConflictError:
                if attempt == _REPLANS:
                    raise
        merge(lake)
        recorder.end()
    return Turn(count, resumed, books, waiting, waiting_bytes)


def _with_templates(
    lake: Lake, new: pa.Table, options: IngestOptions, beam_args: Sequence[str], progress: Progress
) -> IngestOptions:
    """Returns the options with the newest templates, learned from the new inputs first where that is wanted."""
    if options.learn and new.num_rows:
        _, counts = learn(lake, new, options.read, beam_args, options.runner)
        progress.learned(counts["lines"], counts["sources"])
    return options._replace(choices=options.choices._replace(templates=newest(lake)), learn=False)


def _plan(lake: Lake, inputs: list[InputFile], options: IngestOptions) -> Plan:
    """Writes down what a batch is going to read, before it does."""
    rules = [made_with(), repr(options.read), repr(options.choices), repr(options.limits)]
    if options.force:  # another batch than the one that read the same inputs before: the ledger has moved on
        rules.append(f"after version {open_table(lake, INPUTS).version()}")
    if batches.is_committed(lake, plans.batch_id(inputs, *rules)):  # they were lost and are new again, or another run was faster
        if find_new(lake, as_table(inputs)).num_rows < len(inputs):
            raise ConflictError("another run has committed the same inputs")
        rules.append(f"again after version {open_table(lake, INPUTS).version()}")
    plan = Plan(
        batch_id=plans.batch_id(inputs, *rules),
        documents_version=0,
        rejects_version=0,
        rules_version=made_with(),
        read_options=options.read._asdict(),
        choices=options.choices._asdict(),
        limits=options.limits._asdict(),
        inputs=len(inputs),
        bytes=sum(item.size for item in inputs),
    )
    return plans.pin(lake, plan, inputs, lambda: (open_table(lake, DOCUMENTS).version(), open_table(lake, REJECTS).version()))


def _run(lake: Lake, plan: Plan, beam_args: Sequence[str], runner: str | None, recorder: Recorder) -> Result:
    """Runs the pipeline for one batch, and closes the batch's plan.

    Raises:
        ConflictError: Another writer committed it, or some of its documents, first.
        RunError: The runner gave up; the plan stays, for the next run to go on from.
    """
    started = time.monotonic()
    pipeline = beam.Pipeline(runner=runner, options=PipelineOptions(list(beam_args)))
    build(pipeline, lake, plan)
    try:
        run: PipelineResult = pipeline.run()
        run.wait_until_finish()
    except BroadsheetError:
        raise
    except Exception as error:  # runners raise what they like: RuntimeError with a worker's stack trace as its message
        _refuse_committed(lake, plan)
        raise RunError(f"batch {plan.batch_id[:12]} failed, run again to go on from here: {_last_line(error)}") from error
    result = plans.read_result(lake, plan.batch_id)
    if result is None:
        _refuse_committed(lake, plan)
        raise RunError(f"batch {plan.batch_id[:12]} ended in state {run.state} without a commit; run again to go on from here")
    plans.forget(lake, plan.batch_id)
    if result.conflict:
        raise ConflictError(result.conflict)
    recorder.add(plan.batch_id, time.monotonic() - started)
    return result


def _refuse_committed(lake: Lake, plan: Plan) -> None:
    """Raises ConflictError where another run had the same batch, committed it and removed its plan before ours could.

    That happens where there is no lock. A compaction may then have removed what our run compared with.
    """
    if batches.is_committed(lake, plan.batch_id):
        raise ConflictError(f"batch {plan.batch_id[:12]} was committed by another run")


def _last_line(error: Exception) -> str:
    """Returns what an error says; of a worker's stack trace the last line, which names the error and the step."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


def _resume(
    lake: Lake, beam_args: Sequence[str], runner: str | None, books: Counter[str], progress: Progress, recorder: Recorder
) -> int:
    """Brings to an end what former runs left unfinished; returns how many batches that were.

    Without a lock a batch that was planned lately is left alone, as its run may be alive. If it is dead, the inputs are new to the
    ledger still: the same batch is planned again, or another, beside which this one is ended a day later.
    """
    count = 0
    for _ in compaction.end_all(lake):
        pass
    for batch_id in sorted(dead_runs(lake) & set(plans.unfinished(lake))):
        result = batches.settle(lake, batch_id)
        if result and not result.conflict:
            recorder.add(batch_id, None)
        if result is None:
            plan = repeatable(lake, batch_id)
            if plan is None:
                batches.discard(lake, batch_id)
                continue
            progress.resuming(batch_id)
            try:
                result = _run(lake, plan, beam_args, runner, recorder)
            except ConflictError:
                continue
        if result.conflict:
            continue  # its inputs are new to the ledger still, and are planned again
        books.update(result.books)
        count += 1
    return count


if __name__ == "__main__":
    from pipelines.cli import main

    sys.exit(main(["ingest", *sys.argv[1:]]))

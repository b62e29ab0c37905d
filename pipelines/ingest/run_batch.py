"""One batch: planned, run, and brought to its end where a former run left it.

A batch is the unit of memory, commit and retry. Its plan, what it is going to read, is in the lake before it starts
(`plan_batch`). Then the pipeline runs once (`run_batch`). After a crash the next run continues from there (`resume`).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

import apache_beam as beam
import pyarrow as pa
from apache_beam.runners.runner import PipelineResult

from broadsheet.pipelines.ingest import gc_tuning
from broadsheet.pipelines.ingest.build_pipeline import build
from broadsheet.pipelines.ingest.options import IngestOptions
from broadsheet.pipelines.ingest.resumable import repeatable
from broadsheet.pipelines.ingest.run_history import Recorder
from broadsheet.pipelines.inputs.ledger import as_table, find_new
from broadsheet.pipelines.maintain.learn import learn
from broadsheet.pipelines.observe.progress import Progress
from broadsheet.pipelines.runners.beam_options import BeamOptions
from broadsheet.schemas.errors import BroadsheetError, ConflictError, RunError
from broadsheet.schemas.records import InputFile
from broadsheet.schemas.tables import DOCUMENTS, INPUTS, REJECTS
from broadsheet.transforms.lake.index.blocklists import write_blocklist
from broadsheet.transforms.lake.index.learned_templates import newest
from broadsheet.transforms.lake.maintenance import compaction
from broadsheet.transforms.lake.maintenance.orphan_files import clear_staging, dead_runs
from broadsheet.transforms.lake.protocol import batches, files, plans
from broadsheet.transforms.lake.protocol.delta_tables import open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.plans import Plan, Result
from broadsheet.transforms.lake.protocol.rows_to_replace import Selection, write_selection
from broadsheet.transforms.versions import made_with

_IN_PROCESS = "FnApiRunner"
"""The runner that works in this process; ours if none is named."""


def runs_in_process(runner: str | None) -> bool:
    """Whether a runner works in this process."""
    return (runner or _IN_PROCESS).endswith(_IN_PROCESS)


def with_templates(
    lake: Lake, new: pa.Table, options: IngestOptions, beam_args: Sequence[str], progress: Progress
) -> IngestOptions:
    """Returns the options with the newest templates, learned from the new inputs first if the user wants that."""
    if options.learn and new.num_rows:
        blocklist = options.choices.blocklist
        _, counts = learn(lake, new, options.read, beam_args, options.runner, blocklist, options.limits)
        progress.learned(counts["lines"], counts["sources"])
    return options._replace(choices=options.choices._replace(templates=newest(lake)), learn=False)


def with_blocklist(lake: Lake, options: IngestOptions) -> IngestOptions:
    """Returns the options with the user's blocklist written to the lake, if there is one."""
    if not options.blocklist:
        return options
    return options._replace(choices=options.choices._replace(blocklist=write_blocklist(lake, options.blocklist)))


def plan_batch(
    lake: Lake, inputs: list[InputFile], options: IngestOptions, selection: Selection | None = None, window: str | None = None
) -> Plan:
    """Writes down what a batch is going to read, before it does.

    Args:
        lake: Where to.
        inputs: What it reads.
        options: How.
        selection: The rows that it takes out to read their records again, if any.
        window: The window of the batch in a stream.
    """
    rules = [made_with(), repr(options.read), repr(options.choices), repr(options.limits)]
    if selection:
        rules.append(f"again {selection.table} {selection.digest}")
    if options.force or selection:  # another batch than the one that read the same inputs before: the ledger has moved on
        rules.append(f"after version {open_table(lake, INPUTS).version()}")
    if batches.is_committed(lake, plans.batch_id(inputs, *rules)):  # they were lost and are new again, or another run was faster
        if find_new(lake, as_table(inputs)).num_rows < len(inputs):
            raise ConflictError("another run has committed the same inputs")
        rules.append(f"again after version {open_table(lake, INPUTS).version()}")
    plan = draft(plans.batch_id(inputs, *rules), inputs, options)
    plan = plan._replace(again=selection.table if selection else None, window=window)
    if runs_in_process(options.runner):  # a job of another runner may outlive the process that launched it
        plans.write_owner(lake, plan.batch_id)
    if selection:
        write_selection(lake, plan.batch_id, selection.rows)
    return plans.pin(lake, plan, inputs, lambda: compared_versions(lake))


def draft(batch_id: str, inputs: list[InputFile], options: IngestOptions) -> Plan:
    """Returns the plan of a batch before it is known which snapshots it looks its duplicates up in."""
    return Plan(
        batch_id=batch_id,
        documents_version=0,
        rejects_version=0,
        rules_version=made_with(),
        read_options=options.read._asdict(),
        choices=options.choices._asdict(),
        limits=options.limits._asdict(),
        inputs=len(inputs),
        bytes=sum(item.size for item in inputs),
    )


def compared_versions(lake: Lake) -> tuple[int, int]:
    """Returns the newest versions of the tables in which duplicates are looked up: `documents` and `rejects`."""
    return open_table(lake, DOCUMENTS).version(), open_table(lake, REJECTS).version()


def run_batch(
    lake: Lake, plan: Plan, beam_args: Sequence[str], runner: str | None, recorder: Recorder, pooled: bool = False
) -> Result:
    """Runs the pipeline for one batch, and closes the batch's plan.

    Args:
        lake: Where to.
        plan: The batch.
        beam_args: Beam's own options.
        runner: Beam's runner.
        recorder: Keeps how long it took.
        pooled: Whether worker processes have its records (`ingest.worker_pool`).

    Raises:
        ConflictError: Another writer committed it, or some of its documents, first.
        RunError: The runner gave up; the plan stays, for the next run to go on from.
    """
    started = time.monotonic()
    pipeline = beam.Pipeline(runner=runner, options=BeamOptions(beam_args))
    build(pipeline, lake, plan, pooled)
    try:
        with gc_tuning.seldom():
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

    That happens without a lock. A compaction may then have removed what our run compared with. If the plan is still there, our run
    may have committed it and failed at the steps after the commit, which the next run must do.
    """
    if files.size_of(lake, plan.relative) is None and batches.is_committed(lake, plan.batch_id):
        raise ConflictError(f"batch {plan.batch_id[:12]} was committed by another run")


def _last_line(error: Exception) -> str:
    """Returns what an error says; of a worker's stack trace the last line, which names the error and the step."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


def resume(
    lake: Lake, beam_args: Sequence[str], runner: str | None, books: Counter[str], progress: Progress, recorder: Recorder
) -> int:
    """Brings to an end what former runs left unfinished; returns how many batches that were.

    Without a lock a batch that another machine planned lately is left alone, as its run may be alive. If it is dead, the inputs are
    new to the ledger still: the same batch is planned again, or another, beside which this one is ended a day later.
    """
    count = 0
    clear_staging(lake)
    dead = dead_runs(lake)
    compaction.end_damaged(lake, dead)
    for _ in compaction.end_all(lake, dead):
        pass
    for batch_id in sorted(dead & set(plans.unfinished(lake))):
        result = batches.settle(lake, batch_id)
        if result and not result.conflict:
            recorder.add(batch_id, None)
        if result is None:
            plan = repeatable(lake, batch_id)
            if plan is None:
                batches.take_back(lake, batch_id)
                continue
            progress.resuming(batch_id)
            try:
                result = run_batch(lake, plan, beam_args, runner, recorder)
            except ConflictError:
                continue
        if result.conflict:
            progress.tell(f"batch {batch_id[:12]} given up: {result.conflict}")
            continue  # its inputs are new to the ledger still, and are planned again
        books.update(result.books)
        count += 1
    return count

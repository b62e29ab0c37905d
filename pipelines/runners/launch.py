"""Sends one job for what is new, and does not wait for it. The launcher of a flex template must end before its job begins.

The job commits by itself, because its last step does so on every runner. The next run of any kind does what remains (a note
of how the job ended), as it does after a launcher that died.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import apache_beam as beam

from broadsheet.pipelines.ingest.build_pipeline import build
from broadsheet.pipelines.ingest.lake_lock import exclusive
from broadsheet.pipelines.ingest.options import IngestOptions, wanted_of
from broadsheet.pipelines.ingest.run_batch import plan_batch, with_blocklist, with_templates
from broadsheet.pipelines.inputs.find_inputs import find_inputs
from broadsheet.pipelines.inputs.ledger import cut_batches, find_new
from broadsheet.pipelines.inputs.topics import split_topics
from broadsheet.pipelines.observe.progress import Progress
from broadsheet.pipelines.runners.beam_options import BeamOptions
from broadsheet.schemas.errors import ConfigError
from broadsheet.transforms.lake.maintenance.orphan_files import dead_runs
from broadsheet.transforms.lake.protocol import batches, plans
from broadsheet.transforms.lake.protocol.delta_tables import create_tables
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.plans import Plan


def launch(options: IngestOptions, beam_args: Sequence[str]) -> Plan | None:
    """Sends a job for the first batch of what is new.

    If it is sent again while that job runs, it is the same batch: it runs twice and is committed once.

    Args:
        options: What to read and where to write.

    Returns:
        The batch, `None` if nothing is new.

    Raises:
        ConfigError: An input does not exist, or is standard input or a topic; or templates are to be learned first.
    """
    paths, topics = split_topics(options.inputs)
    if topics or "-" in paths:
        raise ConfigError("--no-wait: name files; standard input and topics are read by runs that wait")
    if options.learn:
        raise ConfigError("--no-wait: to --learn is a job of its own, whose end must be waited for: run `broadsheet learn` before")
    lake, progress = Lake.at(options.lake), Progress(sys.stderr, quiet=True)
    found = find_inputs(wanted_of(options, paths)).table
    with exclusive(lake, progress.waiting):
        create_tables(lake, options.contract)
        for batch_id in sorted(dead_runs(lake) & set(plans.unfinished(lake))):
            batches.settle(lake, batch_id)
        new = find_new(lake, found, options.force)
        options = with_templates(lake, new, with_blocklist(lake, options), beam_args, progress)
        inputs = next(iter(cut_batches(new, options.batch_bytes)), None)
        if inputs is None:
            return None
        plan = plan_batch(lake, inputs, options)
        pipeline = beam.Pipeline(runner=options.runner, options=BeamOptions(beam_args))
        build(pipeline, lake, plan)
        pipeline.run()
    return plan

"""Learns the boilerplate of each source from its pages, for later runs of ingest.

broadsheet learn pages/ --lake ./lake          # then: broadsheet ingest pages/ --lake ./lake
broadsheet ingest pages/ --lake ./lake --learn # both in one command
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import apache_beam as beam
import pyarrow as pa

from broadsheet.pipelines.ingest.build_pipeline import screening
from broadsheet.pipelines.inputs.ledger import as_inputs
from broadsheet.pipelines.runners.beam_options import BeamOptions
from broadsheet.transforms.boilerplate.templates.learn_templates import LearnTemplates
from broadsheet.transforms.boilerplate.templates.template_lines import Template
from broadsheet.transforms.decode.decode_records import DecodeRecords
from broadsheet.transforms.lake.index.learned_templates import TEMPLATES, write_templates
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.sealed import put_sealed
from broadsheet.transforms.limits import DEFAULT_LIMITS, ResourceLimits
from broadsheet.transforms.read.read_plan import ReadPlan
from broadsheet.transforms.read.read_records import ReadOptions, ReadRecords

_WORK = f"{TEMPLATES}/_learning"
"""The inputs of a run of learn, and what it learned, until that is written as a version."""


def build(pipeline: beam.Pipeline, lake: Lake, options: ReadOptions, blocklist: str | None, limits: ResourceLimits) -> None:
    """Applies the pipeline: read, decode, screen, collect lines, sketch each source, pass the templates on."""
    read = pipeline | "ReadPlan" >> ReadPlan(lake, f"{_WORK}/inputs") | "ReadRecords" >> ReadRecords(options)
    decoded = read["records"] | "DecodeRecords" >> DecodeRecords(limits)
    screened = decoded["records"] | "ScreenPages" >> screening(lake, options, blocklist, limits)
    _ = (
        screened["records"]
        | "LearnTemplates" >> LearnTemplates()
        | "GatherTemplates" >> beam.GroupBy(_one_key)
        | "HandOverTemplates" >> beam.Map(_hand_over, lake)
    )


def learn(
    lake: Lake,
    inputs: pa.Table,
    options: ReadOptions,
    beam_args: Sequence[str],
    runner: str | None,
    blocklist: str | None = None,
    limits: ResourceLimits = DEFAULT_LIMITS,
) -> tuple[str, Counter[str]]:
    """Learns templates from inputs and writes them as the lake's newest version.

    Args:
        lake: The lake; its folder is made if it does not exist.
        inputs: As `inputs.ledger.as_table` makes them.
        options: How they are read; nothing is learned from pages that ingest would leave out because they opt out.
        beam_args: Beam's own options.
        runner: Beam's runner.
        blocklist: The lake's list (`lake.index.blocklists`) of domains whose pages are left out too.
        limits: What a page may cost.

    Returns:
        The version's name, and counts: `sources`, `lines`.
    """
    items = list(as_inputs(inputs))
    put_sealed(lake, f"{_WORK}/inputs", "\n".join(["{}", *(json.dumps(list(item)) for item in items)]).encode())
    files.remove(lake, f"{_WORK}/learned")
    pipeline = beam.Pipeline(runner=runner, options=BeamOptions(beam_args))
    build(pipeline, lake, options, blocklist, limits)
    run = pipeline.run()
    run.wait_until_finish()
    learned = _taken_over(lake)
    version = write_templates(lake, learned)
    files.remove(lake, f"{_WORK}/inputs", f"{_WORK}/learned")
    return version, Counter(sources=len(learned), lines=sum(len(template.lines) for template in learned))


def _one_key(_template: Template) -> int:
    return 0


def _hand_over(grouped: tuple[int, Sequence[Template]], lake: Lake) -> None:
    """Writes what was learned to a place where the launcher finds it, on any runner."""
    lines = (json.dumps(list(template)) for template in sorted(grouped[1]))
    files.put(lake, f"{_WORK}/learned", "\n".join(lines).encode())


def _taken_over(lake: Lake) -> list[Template]:
    if files.size_of(lake, f"{_WORK}/learned") is None:
        return []
    return [Template(*json.loads(line)) for line in files.get(lake, f"{_WORK}/learned").splitlines()]

"""Builds the pipeline: read, decode, strip, detect, extract, drop duplicates, write, commit.

`record_stages` and `commit` have the steps in the order of the README's introduction; `refine` joins them. They do not depend
on the runner. `build` makes the pipeline of one batch, which `ingest.run_batch` runs; `watch.unbounded` makes a stream.
"""

from __future__ import annotations

from functools import partial

import apache_beam as beam

from broadsheet.pipelines.ingest.worker_pool import CollectRecords
from broadsheet.schemas.tables import DOCUMENTS, REJECTS
from broadsheet.transforms.boilerplate.strip_boilerplate import StripBoilerplate
from broadsheet.transforms.boilerplate.templates.strip_with_templates import StripWithTemplates
from broadsheet.transforms.decode.decode_records import DecodeRecords
from broadsheet.transforms.dedup.drop_duplicates import DropDuplicates
from broadsheet.transforms.dedup.find_clusters import FindClusters
from broadsheet.transforms.filters.mask_personal_data import MaskPersonalData
from broadsheet.transforms.filters.screen_pages import ScreenPages, no_domains
from broadsheet.transforms.lake.index.blocklists import blocked_domains
from broadsheet.transforms.lake.index.learned_templates import learned
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.plans import Plan
from broadsheet.transforms.language.detect_language import DetectLanguage
from broadsheet.transforms.limits import ResourceLimits
from broadsheet.transforms.metadata.extract_metadata import ExtractMetadata
from broadsheet.transforms.read.read_plan import ReadPlan
from broadsheet.transforms.read.read_records import ReadOptions, ReadRecords
from broadsheet.transforms.read.read_selected_records import CountAttempts, ReadSelectedRecords
from broadsheet.transforms.record_stage import RecordStage
from broadsheet.transforms.stream_batches import StreamBatches
from broadsheet.transforms.versions import RuleOptions
from broadsheet.transforms.write.commit_batch import CommitBatch
from broadsheet.transforms.write.reconcile_counts import ReconcileCounts
from broadsheet.transforms.write.write_rows import WriteDocuments, WriteInputs, WriteRejects


def build(pipeline: beam.Pipeline, lake: Lake, plan: Plan, pooled: bool = False) -> None:
    """Applies the whole pipeline for one planned batch.

    Args:
        pipeline: An empty pipeline.
        lake: The lake to write.
        plan: The batch.
        pooled: Whether worker processes process its records (`ingest.worker_pool`).
    """
    inputs = pipeline | "ReadPlan" >> ReadPlan(lake, plan.relative)
    if pooled:
        commit(inputs, pipeline | "CollectRecords" >> CollectRecords(plan.batch_id), lake, plan)
    else:
        refine(inputs, lake, plan)


def refine(inputs: beam.PCollection, lake: Lake, plan: Plan, windows: StreamBatches | None = None) -> None:
    """Reads inputs and commits them.

    Args:
        inputs: `InputFile`s.
        lake: The lake to write.
        plan: The options, and the batch unless this is a stream.
        windows: The batches of a stream.
    """
    read = inputs | "ReadRecords" >> _read(lake, plan)
    records, rejects = read["records"], [read["rejects"]]
    for label, stage in record_stages(lake, plan):
        done = records | label >> stage
        records = done["records"]
        rejects.append(done["rejects"])
    refused = tuple(rejects) | "FlattenRejects" >> beam.Flatten()
    commit(inputs, {**read, "records": records, "rejects": refused}, lake, plan, windows)


def record_stages(lake: Lake, plan: Plan) -> list[tuple[str, RecordStage]]:
    """Returns the stages that each record passes, in order, with their labels."""
    choices, limits, options = RuleOptions(**plan.choices), ResourceLimits(**plan.limits), ReadOptions(**plan.read_options)
    stages: list[tuple[str, RecordStage]] = [("DecodeRecords", DecodeRecords(limits))]
    if options.respect_opt_out or choices.blocklist:
        stages.append(("ScreenPages", screening(lake, options, choices.blocklist, limits)))
    return [
        *stages,
        ("StripBoilerplate", _strip(lake, choices, limits)),
        ("DetectLanguage", DetectLanguage(choices.language_backend, limits)),
        ("ExtractMetadata", ExtractMetadata(limits, choices.markdown)),
    ]


def commit(
    inputs: beam.PCollection,
    processed: dict[str, beam.PCollection],
    lake: Lake,
    plan: Plan,
    windows: StreamBatches | None = None,
) -> None:
    """Deduplicates, writes and commits the results of the record stages.

    Args:
        inputs: `InputFile`s.
        processed: Their `records` (`Document`), `rejects` and `counts`. If records are read again, `before` has their earlier
            counts.
        lake: The lake to write.
        plan: As for `refine`.
        windows: As for `refine`.
    """
    choices = RuleOptions(**plan.choices)
    replacing = {plan.again: plan.batch_id}
    batch = windows or plan.batch_id
    documents_version, rejects_version = windows or plan.documents_version, windows or plan.rejects_version
    rows, refused = processed["records"], processed["rejects"]
    if choices.mask_pii:
        rows = rows | "MaskPersonalData" >> MaskPersonalData(choices.mask_pii.split(","))
    compared = {"rows": rows}
    if choices.near_duplicates:
        compared["clusters"] = rows | "FindClusters" >> FindClusters(lake, batch, documents_version)
    known = DropDuplicates(lake, DOCUMENTS.name, documents_version, replacing.get(DOCUMENTS.name))
    documents = compared | "DropDuplicates" >> known

    if plan.again:
        refused = refused | "CountAttempts" >> CountAttempts(lake, plan.batch_id)
    known = DropDuplicates(lake, REJECTS.name, rejects_version, replacing.get(REJECTS.name))
    rejects = {"rows": refused} | "DropKnownRejects" >> known
    books = {
        **({"before": processed["before"]} if plan.again else {}),
        "inputs": inputs,
        "counts": processed["counts"],
        "documents": documents["unique"],
        "duplicates": documents["duplicates"],
        "rejects": refused,
    } | "ReconcileCounts" >> ReconcileCounts(batch)

    parts = (
        documents["unique"] | "WriteDocuments" >> WriteDocuments(lake, batch),
        rejects["unique"] | "WriteRejects" >> WriteRejects(lake, batch),
        books | "WriteInputs" >> WriteInputs(lake, batch),
    ) | "FlattenParts" >> beam.Flatten()
    _ = {"parts": parts, "books": books} | "CommitBatch" >> CommitBatch(lake, batch, documents_version, plan.again)


def _read(lake: Lake, plan: Plan) -> ReadRecords | ReadSelectedRecords:
    options = ReadOptions(**plan.read_options)
    return ReadSelectedRecords(lake, plan.batch_id, plan.again, options) if plan.again else ReadRecords(options)


def screening(lake: Lake, options: ReadOptions, blocklist: str | None, limits: ResourceLimits) -> ScreenPages:
    """Returns the stage that leaves out pages: those that opt out (if `options` says so) and those on the lake's blocklist."""
    blocked = partial(blocked_domains, lake, blocklist) if blocklist else no_domains
    return ScreenPages(options.respect_opt_out, blocked, limits)


def _strip(lake: Lake, choices: RuleOptions, limits: ResourceLimits) -> StripBoilerplate:
    if choices.templates is None:
        return StripBoilerplate(choices.extractor, limits)
    return StripWithTemplates(choices.extractor, learned(lake, choices.templates), limits)

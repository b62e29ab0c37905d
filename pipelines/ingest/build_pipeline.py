"""The pipeline: read, decode, strip, detect, extract, drop duplicates, write, commit.

`refine` reads like the sentence on the README, and knows nothing of the runner. `build` makes one batch's pipeline of it, which
`ingest.run_batch` drives; `watch.unbounded` makes a stream.
"""

from __future__ import annotations

from functools import partial

import apache_beam as beam

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
from broadsheet.transforms.stream_batches import StreamBatches
from broadsheet.transforms.versions import RuleOptions
from broadsheet.transforms.write.commit_batch import CommitBatch
from broadsheet.transforms.write.reconcile_counts import ReconcileCounts
from broadsheet.transforms.write.write_rows import WriteDocuments, WriteInputs, WriteRejects


def build(pipeline: beam.Pipeline, lake: Lake, plan: Plan) -> None:
    """Applies the whole pipeline for one planned batch."""
    refine(pipeline | "ReadPlan" >> ReadPlan(lake, plan.relative), lake, plan)


def refine(inputs: beam.PCollection, lake: Lake, plan: Plan, windows: StreamBatches | None = None) -> None:
    """Brings inputs into the lake.

    Args:
        inputs: `InputFile`s.
        lake: Where to.
        plan: How; and which batch they are, if they are one.
        windows: The batches that they are in a stream.
    """
    choices, limits = RuleOptions(**plan.choices), ResourceLimits(**plan.limits)
    replacing = {plan.again: plan.batch_id}
    batch = windows or plan.batch_id
    documents_version, rejects_version = windows or plan.documents_version, windows or plan.rejects_version
    options = ReadOptions(**plan.read_options)
    read = inputs | "ReadRecords" >> _read(lake, plan, options)
    decoded = read["records"] | "DecodeRecords" >> DecodeRecords(limits)
    refusing, pages = [read, decoded], decoded["records"]
    if options.respect_opt_out or choices.blocklist:
        screened = pages | "ScreenPages" >> screening(lake, options, choices.blocklist, limits)
        refusing, pages = [*refusing, screened], screened["records"]
    stripped = pages | "StripBoilerplate" >> _strip(lake, choices, limits)
    detected = stripped["records"] | "DetectLanguage" >> DetectLanguage(choices.language_backend, limits)
    extracted = detected["records"] | "ExtractMetadata" >> ExtractMetadata(limits)
    rows = extracted["records"]
    if choices.mask_pii:
        rows = rows | "MaskPersonalData" >> MaskPersonalData(choices.mask_pii.split(","))
    clusters = rows | "FindClusters" >> FindClusters(lake, batch, documents_version)
    known = DropDuplicates(lake, DOCUMENTS.name, documents_version, replacing.get(DOCUMENTS.name))
    documents = {"rows": rows, "clusters": clusters} | "DropDuplicates" >> known

    refused = tuple(stage["rejects"] for stage in (*refusing, stripped, detected, extracted)) | "FlattenRejects" >> beam.Flatten()
    if plan.again:
        refused = refused | "CountAttempts" >> CountAttempts(lake, plan.batch_id)
    known = DropDuplicates(lake, REJECTS.name, rejects_version, replacing.get(REJECTS.name))
    rejects = {"rows": refused} | "DropKnownRejects" >> known
    books = {
        **({"before": read["before"]} if plan.again else {}),
        "inputs": inputs,
        "counts": read["counts"],
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


def _read(lake: Lake, plan: Plan, options: ReadOptions) -> ReadRecords | ReadSelectedRecords:
    return ReadSelectedRecords(lake, plan.batch_id, plan.again, options) if plan.again else ReadRecords(options)


def screening(lake: Lake, options: ReadOptions, blocklist: str | None, limits: ResourceLimits) -> ScreenPages:
    """Returns what leaves out unwanted pages: by what they say, where `options` has it so, and by a blocklist of the lake."""
    blocked = partial(blocked_domains, lake, blocklist) if blocklist else no_domains
    return ScreenPages(options.respect_opt_out, blocked, limits)


def _strip(lake: Lake, choices: RuleOptions, limits: ResourceLimits) -> StripBoilerplate:
    if choices.templates is None:
        return StripBoilerplate(choices.extractor, limits)
    return StripWithTemplates(choices.extractor, learned(lake, choices.templates), limits)

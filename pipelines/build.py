"""The pipeline: read, decode, strip, detect, extract, drop duplicates, write, commit.

`refine` reads like the sentence on the README, and knows nothing of the runner. `build` makes one batch's pipeline of it, which
`pipelines.batch` drives; `pipelines.unbounded` makes a stream.
"""

from __future__ import annotations

from functools import partial

import apache_beam as beam

from schemas.tables import DOCUMENTS, REJECTS
from transforms.again import CountAttempts, ReadAgain
from transforms.boilerplate import StripBoilerplate
from transforms.books import KeepBooks
from transforms.clusters import FindClusters
from transforms.commit import Commit
from transforms.decode import DecodeRecords
from transforms.duplicates import DropDuplicates
from transforms.lake import Lake
from transforms.lake.blocklists import blocked_domains
from transforms.lake.plans import Plan
from transforms.lake.templates import learned
from transforms.language import DetectLanguage
from transforms.limits import Limits
from transforms.mask import MaskPersonalData
from transforms.metadata import ExtractMetadata
from transforms.plan import ReadPlan
from transforms.read import ReadOptions, ReadRecords
from transforms.rules import Choices
from transforms.screen import ScreenPages, no_domains
from transforms.templated import StripWithTemplates
from transforms.windowed import Windows
from transforms.write import WriteDocuments, WriteInputs, WriteRejects


def build(pipeline: beam.Pipeline, lake: Lake, plan: Plan) -> None:
    """Applies the whole pipeline for one planned batch."""
    refine(pipeline | "ReadPlan" >> ReadPlan(lake, plan.relative), lake, plan)


def refine(inputs: beam.PCollection, lake: Lake, plan: Plan, windows: Windows | None = None) -> None:
    """Brings inputs into the lake.

    Args:
        inputs: `InputFile`s.
        lake: Where to.
        plan: How; and which batch they are, if they are one.
        windows: The batches that they are in a stream.
    """
    choices, limits = Choices(**plan.choices), Limits(**plan.limits)
    replacing = {plan.again: plan.batch_id}
    batch = windows or plan.batch_id
    documents_version, rejects_version = windows or plan.documents_version, windows or plan.rejects_version
    options = ReadOptions(**plan.read_options)
    read = inputs | "Read" >> _read(lake, plan, options)
    decoded = read["records"] | "Decode" >> DecodeRecords(limits)
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
    } | "KeepBooks" >> KeepBooks(batch)

    parts = (
        documents["unique"] | "WriteDocuments" >> WriteDocuments(lake, batch),
        rejects["unique"] | "WriteRejects" >> WriteRejects(lake, batch),
        books | "WriteInputs" >> WriteInputs(lake, batch),
    ) | "FlattenParts" >> beam.Flatten()
    _ = {"parts": parts, "books": books} | "Commit" >> Commit(lake, batch, documents_version, plan.again)


def _read(lake: Lake, plan: Plan, options: ReadOptions) -> ReadRecords | ReadAgain:
    return ReadAgain(lake, plan.batch_id, plan.again, options) if plan.again else ReadRecords(options)


def screening(lake: Lake, options: ReadOptions, blocklist: str | None, limits: Limits) -> ScreenPages:
    """Returns what leaves out unwanted pages: by what they say, where `options` has it so, and by a blocklist of the lake."""
    blocked = partial(blocked_domains, lake, blocklist) if blocklist else no_domains
    return ScreenPages(options.respect_opt_out, blocked, limits)


def _strip(lake: Lake, choices: Choices, limits: Limits) -> StripBoilerplate:
    if choices.templates is None:
        return StripBoilerplate(choices.extractor, limits)
    return StripWithTemplates(choices.extractor, learned(lake, choices.templates), limits)

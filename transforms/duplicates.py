"""DropDuplicates: the same source and the same normalised body are one document, within a run and across runs.

Within a batch the record with the smallest (uri, ordinal) stands for all. Across batches the lake is asked, at the snapshot that
the batch's plan names, so that a repeated batch does not take its own rows for duplicates. Of the lake only the identifiers of
those sources are read that the batch has, in bounded memory: the batch's identifiers are held, never the table's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import apache_beam as beam
import pyarrow as pa
from apache_beam import pvalue
from apache_beam.metrics import Metrics

import transforms.coders  # noqa: F401  (registers the records' coders)
from schemas.partitions import partition_path
from schemas.records import Document, Reject
from schemas.tables import DOCUMENTS, REJECTS, Table
from transforms.lake.files import Lake
from transforms.lake.selection import read_selection
from transforms.lake.tables import files_of, known_in_files, open_table

UNIQUE = "unique"
DUPLICATES = "duplicates"

_CHUNK = 200_000
"""Identifiers looked up at a time: 32 bytes each, so 6 MB however large a source is."""


def _document_key(document: Document) -> tuple[str, str]:
    return partition_path({"source": document.source}), document.doc_id


def _reject_key(reject: Reject) -> tuple[str, str]:
    return partition_path({"kind": reject.kind}), reject.reject_id


class _Keyed(NamedTuple):
    """How a table's rows are told apart: the column, the records, and (first partition folder, identifier) of one."""

    table: Table
    column: str
    record: type
    key: Callable[[Any], tuple[str, str]]


_KEYED = {
    DOCUMENTS.name: _Keyed(DOCUMENTS, "doc_id", Document, _document_key),
    REJECTS.name: _Keyed(REJECTS, "reject_id", Reject, _reject_key),
}


class _FindKnownFn(beam.DoFn):
    """(partition folder, identifiers) to those identifiers that the lake holds there."""

    def __init__(self, lake: Lake, table: str, version: int, replacing: str | None) -> None:
        self._lake = lake
        self._table = table
        self._version = version
        self._replacing = replacing
        self._replaced: set[str] = set()
        self._paths: dict[str, list[str]] | None = None

    def setup(self) -> None:
        if self._replacing:
            self._replaced = set(read_selection(self._lake, self._replacing)["id"].to_pylist())

    def _files(self, folder: str) -> list[str]:
        """The files below a folder of the first partition column; the snapshot is listed once a worker."""
        if self._paths is None:
            self._paths = {}
            for path in files_of(open_table(self._lake, _KEYED[self._table].table, self._version))["path"].to_pylist():
                self._paths.setdefault(path.partition("/")[0], []).append(path)
        return self._paths.get(folder, [])

    def process(self, element: tuple[str, Iterable[str]]) -> Iterator[tuple[str, bool]]:
        folder, ids = element
        paths = self._files(folder)
        if not paths:
            return
        table, column = _KEYED[self._table][:2]
        for chunk in _chunked(ids):
            known = known_in_files(self._lake, table, paths, column, pa.array(chunk, pa.string()))
            for found in sorted(known - self._replaced):
                yield found, True


def _chunked(ids: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for item in ids:
        chunk.append(item)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _PickFn(beam.DoFn):
    """All records of one identifier to the one that stands for them; the others, or all where the lake has it, are duplicates."""

    def __init__(self, stage: str) -> None:
        self._unique = Metrics.counter(stage, "records_unique")
        self._dropped = Metrics.counter(stage, "records_duplicate")

    def process(self, element: tuple[str, dict[str, Iterable]]) -> Iterator[Document | Reject | pvalue.TaggedOutput]:
        _, found = element
        records = sorted(found["records"], key=lambda record: (record.uri, record.record))
        if not any(found["known"]) and records:
            unique = records.pop(0)
            if "clusters" in found:
                unique = unique._replace(cluster_id=next(iter(found["clusters"]), unique.doc_id))
            yield unique
            self._unique.inc()
        for record in records:
            self._dropped.inc()
            yield pvalue.TaggedOutput(DUPLICATES, record.uri)


class DropDuplicates(beam.PTransform):
    """`rows` of a table to `unique` ones, and the uris of `duplicates`.

    For `rejects` it does the same by their own identifiers: a record refused again for the same reason adds no row. Where
    `clusters` come with documents, as `transforms.clusters.FindClusters` gives them, each unique row gets its `cluster_id`: here,
    where rows are grouped by their identifier anyway.

    Counters: `deduplicate_<table>/records_unique`, `deduplicate_<table>/records_duplicate`.

    Args:
        lake: The lake that may hold the rows already.
        table: `documents` or `rejects`.
        version: The snapshot of the table to look in.
        replacing: The batch whose selected rows (`transforms.lake.selection`) are about to leave the table, and so no duplicates of
            what takes their place.
    """

    def __init__(self, lake: Lake, table: str, version: int, replacing: str | None = None) -> None:
        super().__init__()
        self._lake = lake
        self._table = table
        self._version = version
        self._replacing = replacing

    def expand(self, found: dict[str, beam.PCollection]) -> dict[str, beam.PCollection]:
        _, _, record, key = _KEYED[self._table]
        rows = found["rows"]
        find = _FindKnownFn(self._lake, self._table, self._version, self._replacing)
        known = (
            rows
            | "KeyByFolder" >> beam.Map(key).with_output_types(tuple[str, str])
            | "GroupByFolder" >> beam.GroupByKey()
            | "FindKnown" >> beam.ParDo(find).with_output_types(tuple[str, bool])
        )
        keyed = rows | "KeyByIdentifier" >> beam.Map(_identified, key).with_output_types(tuple[str, record])  # type: ignore[valid-type]
        outputs = (
            {"records": keyed, "known": known, **{name: found[name] for name in found if name == "clusters"}}
            | "GroupByIdentifier" >> beam.CoGroupByKey()
            | "Pick" >> beam.ParDo(_PickFn(f"deduplicate_{self._table}")).with_outputs(DUPLICATES, main=UNIQUE)
        )
        outputs[UNIQUE].element_type = record
        outputs[DUPLICATES].element_type = str
        return {UNIQUE: outputs[UNIQUE], DUPLICATES: outputs[DUPLICATES]}


def _identified(row: Any, key: Callable[[Any], tuple[str, str]]) -> tuple[str, Any]:
    return key(row)[1], row

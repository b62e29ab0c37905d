"""Keeps one row for the same source and the same normalised body, within a run and across runs.

Within a batch the record with the smallest (uri, ordinal) is kept. Across batches the lake is searched at the snapshot that the
batch's plan names, so a repeated batch does not take its own rows for duplicates. The search opens no part file
(`lake.index.doc_id_index`). Memory is bounded: it holds some identifiers of the batch, never those of the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam import pvalue
from apache_beam.metrics import Metrics
from apache_beam.transforms.window import BoundedWindow
from apache_beam.utils.windowed_value import WindowedValue

from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.records import Document, Reject
from broadsheet.schemas.tables import DOCUMENTS, REJECTS, Table
from broadsheet.transforms.coders import register_coders
from broadsheet.transforms.lake.index.doc_id_index import Snapshot
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.rows_to_replace import read_selection
from broadsheet.transforms.stream_batches import StreamBatches, version_of

UNIQUE = "unique"
DUPLICATES = "duplicates"

_CHUNK = 200_000
"""Identifiers looked up at a time, with their folders: about 30 MB however large a batch is."""
_PREFIX = 2
"""Digits of an identifier that decide which worker looks it up: 256 keys, which 64 workers share evenly enough."""


def _document_key(document: Document) -> tuple[str, str]:
    return partition_path({"source": document.source}), document.doc_id


def _reject_key(reject: Reject) -> tuple[str, str]:
    return partition_path({"kind": reject.kind}), reject.reject_id


class _Keyed(NamedTuple):
    """How a table identifies its rows: the records, and (first partition folder, identifier) of a record."""

    table: Table
    record: type
    key: Callable[[Any], tuple[str, str]]


_KEYED = {
    DOCUMENTS.name: _Keyed(DOCUMENTS, Document, _document_key),
    REJECTS.name: _Keyed(REJECTS, Reject, _reject_key),
}


class _FindKnownFn(beam.DoFn):
    """Maps the (partition folder, identifier) of rows, by prefix of the identifier, to the identifiers that the lake holds.

    A worker looks up the prefixes of a bundle together, so a local run reads the index once and a worker of a cluster reads the
    parts of its own prefixes.
    """

    def __init__(self, lake: Lake, table: str, version: int | StreamBatches, replacing: str | None) -> None:
        self._lake = lake
        self._table = table
        self._version = version
        self._replacing = replacing
        self._replaced: set[str] = set()
        self._snapshot: Snapshot | None = None
        self._listed: int | None = None
        self._waiting: dict[tuple[BoundedWindow, int], dict[str, list[str]]] = {}
        self._count = 0

    def setup(self) -> None:
        if self._replacing:
            self._replaced = set(read_selection(self._lake, self._replacing)["id"].to_pylist())

    def start_bundle(self) -> None:
        self._waiting, self._count = {}, 0

    def process(
        self, element: tuple[str, Iterable[tuple[str, str]]], window: Any = beam.DoFn.WindowParam
    ) -> Iterator[WindowedValue]:
        version = version_of(self._version, _KEYED[self._table].table, window)
        if version is None:
            return
        for folder, identifier in element[1]:
            self._waiting.setdefault((window, version), {}).setdefault(folder, []).append(identifier)
            self._count += 1
            if self._count >= _CHUNK:
                yield from self.finish_bundle()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        for (window, version), folder_to_ids in self._waiting.items():
            if self._snapshot is None or self._listed != version:  # listed once per worker, in a stream once per batch
                self._snapshot, self._listed = Snapshot(self._lake, _KEYED[self._table].table, version), version
            for found in sorted(self._snapshot.known(folder_to_ids) - self._replaced):
                yield WindowedValue((found, True), window.max_timestamp(), [window])
        self._waiting, self._count = {}, 0


class _PickFn(beam.DoFn):
    """Maps all records with one identifier to the one that is kept; the others, or all if the lake has it, are duplicates."""

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
    """Splits the rows of a table into `unique` rows and the uris of `duplicates`.

    For `rejects` it compares their own identifiers: a record that is refused again for the same reason adds no row. If
    documents come with `clusters` (from `dedup.find_clusters.FindClusters`), each unique row gets its `cluster_id` here,
    because rows are grouped by their identifier anyway.

    Counters: `deduplicate_<table>/records_unique`, `deduplicate_<table>/records_duplicate`.

    Args:
        lake: The lake that may already hold the rows.
        table: `documents` or `rejects`.
        version: The snapshot of the table to search, or the batches of a stream.
        replacing: The batch whose selected rows (`lake.protocol.rows_to_replace`) are about to leave the table. They are not
            duplicates of the rows that replace them.
    """

    def __init__(self, lake: Lake, table: str, version: int | StreamBatches, replacing: str | None = None) -> None:
        super().__init__()
        self._lake = lake
        self._table = table
        self._version = version
        self._replacing = replacing

    def expand(self, found: dict[str, beam.PCollection]) -> dict[str, beam.PCollection]:
        register_coders()
        _, record, key = _KEYED[self._table]
        rows = found["rows"]
        find = _FindKnownFn(self._lake, self._table, self._version, self._replacing)
        known = (
            rows
            | "TakeIdentifiers" >> beam.Map(_by_prefix, key).with_output_types(tuple[str, tuple[str, str]])
            | "GroupByPrefix" >> beam.GroupByKey()
            | "FindKnown" >> beam.ParDo(find).with_output_types(tuple[str, bool])
        )
        keyed = rows | "KeyByIdentifier" >> beam.Map(_identified, key).with_output_types(tuple[str, record])  # type: ignore[valid-type]
        outputs = (
            {"records": keyed, "known": known, **{name: found[name] for name in found if name == "clusters"}}
            | "GroupByIdentifier" >> beam.CoGroupByKey()
            | "PickFirst" >> beam.ParDo(_PickFn(f"deduplicate_{self._table}")).with_outputs(DUPLICATES, main=UNIQUE)
        )
        outputs[UNIQUE].element_type = record
        outputs[DUPLICATES].element_type = str
        return {UNIQUE: outputs[UNIQUE], DUPLICATES: outputs[DUPLICATES]}


def _by_prefix(row: Any, key: Callable[[Any], tuple[str, str]]) -> tuple[str, tuple[str, str]]:
    folder, identifier = key(row)
    return identifier[:_PREFIX], (folder, identifier)


def _identified(row: Any, key: Callable[[Any], tuple[str, str]]) -> tuple[str, Any]:
    return key(row)[1], row

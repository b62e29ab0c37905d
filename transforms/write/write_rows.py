"""Writes rows to sorted part files, one per partition and shard.

    rows ─ weigh partitions ─► shards per partition ─ group ─► one file each ─► PartFile

A partition is cut into as many shards as the weight of its rows needs to keep files near the target size, whatever the number of
partitions. The identifiers of the rows decide the cut, so it is the same on every runner. Nothing is committed here.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam import pvalue
from apache_beam.metrics import Metrics

from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.records import Document, InputCounts, PartFile, Reject
from broadsheet.schemas.tables import DOCUMENTS, INPUTS, REJECTS, Table
from broadsheet.transforms.coders import register_coders
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part
from broadsheet.transforms.stream_batches import StreamBatches, batch_of

SHARD_WEIGHT = 128 * 1024 * 1024
"""Characters of rows per file: about 40 MB on disk (docs/decisions/facts.md, Parquet 1), small enough to sort in memory."""

_ROW_OVERHEAD = 500
"""Characters of a row in addition to its text: the other 50 columns of the row of a sample page."""


class _Layout(NamedTuple):
    """How the rows of a table are laid out in files."""

    table: Table
    record: type
    folder: Callable[[Any], str]
    identifier: Callable[[Any], str]
    weight: Callable[[Any], int]


def _document_folder(row: Document) -> str:
    return partition_path({"source": row.source, "date": row.date.isoformat() if row.date else None})


def _document_id(row: Document) -> str:
    return row.doc_id


def _document_weight(row: Document) -> int:
    return len(row.text) + _ROW_OVERHEAD


def _reject_folder(row: Reject) -> str:
    return partition_path({"kind": row.kind})


def _reject_id(row: Reject) -> str:
    return row.reject_id


def _reject_weight(row: Reject) -> int:
    return len(row.payload) + _ROW_OVERHEAD


def _no_folder(_row: InputCounts) -> str:
    return ""


def _input_id(row: InputCounts) -> str:
    return hashlib.blake2b(row.uri.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _input_weight(row: InputCounts) -> int:
    return len(row.uri) + 100


_LAYOUTS = {
    DOCUMENTS.name: _Layout(DOCUMENTS, Document, _document_folder, _document_id, _document_weight),
    REJECTS.name: _Layout(REJECTS, Reject, _reject_folder, _reject_id, _reject_weight),
    INPUTS.name: _Layout(INPUTS, InputCounts, _no_folder, _input_id, _input_weight),
}


def shard_of(identifier: str, shards: int) -> int:
    """Returns the shard of a row by its identifier (hex); it is the same on every runner."""
    return int(identifier[:8], 16) % shards


def _weigh(row: Any, layout: str) -> tuple[str, int]:
    return _LAYOUTS[layout].folder(row), _LAYOUTS[layout].weight(row)


def _cut(partition: tuple[str, int], limit: int) -> Iterator[tuple[str, int]]:
    """Yields the partitions that need more than one shard, with the number of shards."""
    folder, weight = partition
    if weight > limit:
        yield folder, math.ceil(weight / limit)


def _assign(row: Any, folder_to_shards: Mapping[str, int], layout: str) -> tuple[tuple[str, int], Any]:
    folder = _LAYOUTS[layout].folder(row)
    shards = folder_to_shards.get(folder, 1)
    return (folder, shard_of(_LAYOUTS[layout].identifier(row), shards) if shards > 1 else 0), row


class _WritePartFn(beam.DoFn):
    """Writes the rows of one partition and shard to one part file."""

    def __init__(self, lake: Lake, layout: str, batch: str | StreamBatches) -> None:
        self._lake = lake
        self._layout = layout
        self._batch = batch
        self._files = Metrics.counter(f"write_{layout}", "files_written")
        self._rows = Metrics.counter(f"write_{layout}", "rows_written")
        self._bytes = Metrics.counter(f"write_{layout}", "bytes_written")

    def process(self, element: tuple[tuple[str, int], Iterable[Any]], window: Any = beam.DoFn.WindowParam) -> Iterator[PartFile]:
        (folder, shard), rows = element
        batch_id = batch_of(self._batch, window)
        if batch_id is None:
            return
        part = write_part(self._lake, _LAYOUTS[self._layout].table, folder, batch_id, shard, list(rows), flush=False)
        self._files.inc()
        self._rows.inc(part.rows)
        self._bytes.inc(part.size)
        yield part


class _WriteRows(beam.PTransform):
    """Writes the rows of one table to `PartFile`s.

    Counters: `write_<table>/files_written`, `rows_written`, `bytes_written`.

    Args:
        lake: Where the files go.
        batch: The batch of the files, or the batches of a stream. In a stream the rows of a partition and batch become one file,
            whatever their weight: the batches are small, and a runner may wait for ever for the counts of shards in a window in
            which nothing needs a second shard.
        shard_weight: Characters of rows per file.
    """

    layout: str

    def __init__(self, lake: Lake, batch: str | StreamBatches, shard_weight: int = SHARD_WEIGHT) -> None:
        super().__init__()
        self._lake = lake
        self._batch = batch
        self._shard_weight = shard_weight

    def expand(self, rows: beam.PCollection) -> beam.PCollection:
        register_coders()
        record = _LAYOUTS[self.layout].record
        shards = {} if isinstance(self._batch, StreamBatches) else pvalue.AsDict(self._count_shards(rows))
        return (
            rows
            | "AssignShard" >> beam.Map(_assign, shards, self.layout).with_output_types(tuple[tuple[str, int], record])  # type: ignore[valid-type]
            | "GroupByPartition" >> beam.GroupByKey()
            | "WriteParts" >> beam.ParDo(_WritePartFn(self._lake, self.layout, self._batch)).with_output_types(PartFile)
        )

    def _count_shards(self, rows: beam.PCollection) -> beam.PCollection:
        """Returns how many shards each partition needs, if it needs more than one."""
        return (
            rows
            | "WeighRows" >> beam.Map(_weigh, self.layout).with_output_types(tuple[str, int])
            | "WeighPartitions" >> beam.CombinePerKey(sum)
            | "CutPartitions" >> beam.FlatMap(_cut, self._shard_weight).with_output_types(tuple[str, int])
        )


class WriteDocuments(_WriteRows):
    """Writes `Document`s to part files, one per source, day and shard."""

    layout = DOCUMENTS.name


class WriteRejects(_WriteRows):
    """Writes `Reject`s to part files, one per kind and shard."""

    layout = REJECTS.name


class WriteInputs(_WriteRows):
    """Writes `InputCounts` to part files."""

    layout = INPUTS.name

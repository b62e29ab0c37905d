"""Merging: the small files of a partition to one sorted file, in memory that is bounded by the target size.

    files of a snapshot ─ find_groups ─► Group (files of one partition, together at most the target) ─ merge ─► one file

A group's files are fetched as they are, compressed; their sort keys alone are read first and say from which file each row of the
result comes. Then the rows are decoded in that order, a row group of the result at a time. Files that do not overlap, the rule
where each batch read other inputs, are so decoded one after the other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.schemas.errors import LakeError
from broadsheet.schemas.records import PartFile
from broadsheet.schemas.tables import INPUTS, Table
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import Stats, writer_options

GROUP_FILES = 1000
"""Files merged at a time: each costs a footer in memory, some 100 kB for our 60 columns."""

_ROW_GROUP_BYTES = 64 * 1024 * 1024
"""Decoded size of a row group of the result: what the writer holds, and what a reader that wants a few rows has to decode."""

_BATCH_BYTES = 64 * 1024 * 1024
"""Decoded rows that wait in all open files together."""


class Group(NamedTuple):
    """Files of one partition that are to become one."""

    folder: str
    """The partition's folder, "" for `inputs`."""
    paths: tuple[str, ...]
    """Relative to the table's folder, in order."""
    size: int
    """Bytes of all of them."""
    committed_at: dt.datetime | None = None
    """For `inputs`: the last of the files' times of commit."""


def find_groups(table: Table, snapshot: pa.Table, target_bytes: int, today: dt.date) -> list[Group]:
    """Returns what is worth merging, in order of the partitions.

    Files of at least half the target are left alone, so that a row is written again a few times at most however often small files
    join its partition. `inputs` has a partition for each commit; there the files of one day (UTC) make a group, once it is over.

    Args:
        table: Which table.
        snapshot: Its files, as `lake.protocol.delta_tables.files_of` gives them.
        target_bytes: The largest sum of a group's files.
        today: The day that is not over.
    """
    partitions: dict[tuple[str, dt.date | None], list[tuple[str, int, dt.datetime | None]]] = defaultdict(list)
    stamps = snapshot["partition.committed_at"].to_pylist() if table is INPUTS else [None] * snapshot.num_rows
    for path, size, stamp in zip(snapshot["path"].to_pylist(), snapshot["size_bytes"].to_pylist(), stamps, strict=True):
        if size < target_bytes / 2 and (stamp is None or stamp.date() < today):
            partitions[path.rpartition("/")[0], stamp and stamp.date()].append((path, size, stamp))
    groups = []
    for (folder, _), found in sorted(partitions.items(), key=lambda item: (item[0][0], item[0][1] or dt.date.min)):
        for chosen in _fill(sorted(found), target_bytes):
            stamp = max((stamp for _, _, stamp in chosen if stamp), default=None)
            groups.append(Group(folder, tuple(path for path, _, _ in chosen), sum(size for _, size, _ in chosen), stamp))
    return groups


def _fill(found: Sequence[tuple], target_bytes: int) -> Iterator[list[tuple]]:
    """Yields runs of at least two files, each run together at most the target."""
    chosen: list[tuple] = []
    for item in found:
        if chosen and (sum(size for _, size, _ in chosen) + item[1] > target_bytes or len(chosen) == GROUP_FILES):
            if len(chosen) > 1:
                yield chosen
            chosen = []
        chosen.append(item)
    if len(chosen) > 1:
        yield chosen


def merge(lake: Lake, table: Table, group: Group, schema: pa.Schema, name: str, sink: str) -> PartFile:
    """Writes a group's rows, sorted, to a local file.

    Args:
        lake: Where the group's files lie.
        table: Whose files they are.
        group: Which.
        schema: Columns of the result; files of a former version get NULL in those that they lack.
        name: The beginning of the result's name, to which the digest of its bytes is added.
        sink: Path of the file to be written.

    Returns:
        What the committer needs to know; its path is the one that the file is to get.

    Raises:
        LakeError: A file is not sorted as ours are, or holds a column that the table has not.
        FileNotFoundError: A file of the group is gone.
    """
    sources = [_Source(f"{table.name}/{path}", schema, files.get(lake, f"{table.name}/{path}")) for path in group.paths]
    order = _order(table, sources)
    decoded = sum(source.decoded_bytes for source in sources)
    row_bytes = max(1, decoded // max(1, len(order)))
    batch_rows = max(16, min(4096, _BATCH_BYTES // row_bytes // len(sources)))
    step = max(1, _ROW_GROUP_BYTES // row_bytes)
    ends = np.cumsum([source.rows for source in sources])
    stats = Stats()
    with pq.ParquetWriter(sink, schema, **writer_options(table)) as writer:
        for start in range(0, len(order), step):
            chosen = order[start : start + step]
            ascending = np.sort(chosen)  # file by file, each file's rows in its own order: as they are read
            counts = np.bincount(np.searchsorted(ends, ascending, side="right"), minlength=len(sources))
            batches = [batch for index in np.flatnonzero(counts) for batch in sources[index].take(int(counts[index]), batch_rows)]
            rows = pa.Table.from_batches(batches, schema).take(pa.array(np.searchsorted(ascending, chosen)))
            writer.write_table(rows, row_group_size=rows.num_rows)
            stats.add(rows)
    with open(sink, "rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, _digest).hexdigest()
    path = f"{group.folder}/" if group.folder else ""
    return PartFile(table.name, f"{path}{name}-{digest}.parquet", os.path.getsize(sink), len(order), stats.as_json())


def _digest() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=8)


class _Source:
    """One file of a group: its compressed bytes, read through once, from the beginning."""

    def __init__(self, path: str, schema: pa.Schema, data: bytes) -> None:
        self.path = path
        self._schema = schema
        self._data: bytes | None = data
        metadata = pq.read_metadata(pa.BufferReader(data))
        self.rows: int = metadata.num_rows
        self.decoded_bytes: int = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
        self._next: Callable[[], pa.RecordBatch] | None = None
        self._waiting: pa.RecordBatch | None = None
        self._left = self.rows
        unknown = set(metadata.schema.to_arrow_schema().names) - set(self._schema.names)
        if unknown:
            raise LakeError(f"{path} has a column {min(unknown)}, which the table has not")

    def keys(self, columns: Sequence[str]) -> pa.Table:
        """Returns the sort columns of all rows."""
        return pq.ParquetFile(pa.BufferReader(self._data)).read(columns=list(columns), use_threads=False)

    def take(self, count: int, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Yields the next rows, in the table's schema; a file that is used up is let go."""
        if self._next is None:
            self._next = pq.ParquetFile(pa.BufferReader(self._data)).iter_batches(batch_rows, use_threads=False).__next__
            self._data = None
        self._left -= count
        while count:
            batch = self._waiting or self._next()
            yield aligned(batch.slice(0, count), self._schema)
            self._waiting = batch.slice(count) if batch.num_rows > count else None
            count -= min(count, batch.num_rows)
        if not self._left:
            self._next = None


def aligned(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Returns rows of a file in a table's schema: columns that are younger than the file are NULL."""
    columns = [
        batch.column(field.name).cast(field.type) if field.name in batch.schema.names else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.record_batch(columns, schema=schema)


def _order(table: Table, sources: Sequence[_Source]) -> np.ndarray:
    """Returns the rows of all sources, numbered one source after the other, in the order of the result.

    Raises:
        LakeError: A source is not sorted itself.
    """
    keys = pa.concat_tables([source.keys(table.sort_columns) for source in sources])
    order = keys.append_column("", pa.array(np.arange(keys.num_rows))).sort_by(
        [*((name, "ascending") for name in table.sort_columns), ("", "ascending")]
    )
    order = order.column("").to_numpy()
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    falls = np.flatnonzero(np.diff(rank) < 0) + 1  # where a row follows one that belongs after it
    starts = np.cumsum([source.rows for source in sources])
    unsorted = np.setdiff1d(falls, starts)
    if len(unsorted):
        source = sources[int(np.searchsorted(starts, unsorted[0], side="right"))]
        raise LakeError(f"{source.path} is not sorted by {', '.join(table.sort_columns)}: broadsheet did not write it")
    return order

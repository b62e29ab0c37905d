"""Keeps the rows that a batch takes out of a table because their records are read again: replay takes dead letters, reprocess
documents.

    LAKE/_plans/<batch_id>.selection     one row per record: written before the plan, gone when the batch has ended

The batch puts what became of the records in their place, in one commit a table. Every file that holds one of the rows is written
again without it, just before the commit; readers of the table see the old rows or the new ones.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from broadsheet.schemas.errors import ConflictError
from broadsheet.schemas.records import PartFile
from broadsheet.schemas.tables import Table
from broadsheet.transforms.lake.maintenance.merge_parts import aligned
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.delta_tables import files_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import Stats, writer_options
from broadsheet.transforms.lake.protocol.plans import PLANS
from broadsheet.transforms.lake.protocol.read_columns import columns_of, known_in_files
from broadsheet.transforms.lake.protocol.sealed import get_sealed, put_sealed

SCHEMA = pa.schema(
    [
        pa.field("id", pa.string()),  # of the row that goes out: its table's one key column
        pa.field("folder", pa.string()),  # of its partition
        pa.field("uri", pa.string()),
        pa.field("record", pa.int64()),
        pa.field("attempts", pa.int64()),  # how often the record was tried
        pa.field("payload", pa.binary()),  # of a record whose input is not there as it was: the record itself; else NULL
        pa.field("media_type", pa.string()),
        pa.field("charset", pa.string()),
    ]
)

_ROW_GROUP_BYTES = 64 * 1024 * 1024
"""Decoded size of a row group of a file that is written again: as in `lake.maintenance.merge_parts`."""


class Selection(NamedTuple):
    """What a batch takes out: of which table, and its rows as `SCHEMA` has them."""

    table: str
    rows: pa.Table

    @property
    def digest(self) -> str:
        """Tells a selection from others: part of its batch's identifier."""
        digest = hashlib.blake2b(digest_size=16)
        for row_id, attempts in zip(self.rows["id"].to_pylist(), self.rows["attempts"].to_pylist(), strict=True):
            digest.update(f"{row_id} {attempts}\n".encode())
        return digest.hexdigest()


def write_selection(lake: Lake, batch_id: str, rows: pa.Table) -> None:
    """Writes down what a batch is going to take out."""
    sink = io.BytesIO()
    pq.write_table(rows, sink, compression="zstd")
    put_sealed(lake, _relative(batch_id), sink.getvalue())


@lru_cache(maxsize=2)
def read_selection(lake: Lake, batch_id: str) -> pa.Table:
    """Reads it back; once a process, for every step of the batch asks for it.

    Raises:
        DamagedError: It is not what was written.
        FileNotFoundError: There is none.
    """
    return pq.read_table(pa.BufferReader(get_sealed(lake, _relative(batch_id))), schema=SCHEMA)


def forget_selection(lake: Lake, batch_id: str) -> None:
    """Removes it, if there is one."""
    files.remove(lake, _relative(batch_id))


def take_out(lake: Lake, table: Table, batch_id: str, rows: pa.Table) -> tuple[list[PartFile], list[str]]:
    """Writes the files that hold selected rows again, without them; commits nothing.

    Args:
        lake: Where.
        table: The rows' table.
        batch_id: The batch it is for; its first characters are in the new files' names.
        rows: What goes out, as `SCHEMA` has it.

    Returns:
        The new files, and the paths of those that they are to replace. A file of which nothing is left has no new one.

    Raises:
        ConflictError: The table does not hold all of the rows: another writer was first.
    """
    in_folder: dict[str, list[str]] = {}
    for path in files_of(open_table(lake, table))["path"].to_pylist():
        in_folder.setdefault(path.rpartition("/")[0], []).append(path)
    (key,) = table.key_columns
    held: dict[str, pa.Array] = {}
    for folder in sorted(pc.unique(rows["folder"]).to_pylist()):
        ids = rows.filter(pc.equal(rows["folder"], folder))["id"].combine_chunks()
        for path in sorted(in_folder.get(folder, ())):
            found = known_in_files(lake, table, [path], key, ids)
            if found:
                held[path] = pa.array(sorted(found), pa.string())
    gone = rows.num_rows - sum(len(ids) for ids in held.values())
    if gone:
        raise ConflictError(f"{gone:,} of {rows.num_rows:,} rows of {table.name} were replaced by another writer first")
    beginning = f"part-{batch_id[:12]}-rest"
    parts = [
        rewrite_without(lake, table, path, _places_of(lake, table, path, ids), f"{beginning}{index:05d}")
        for index, (path, ids) in enumerate(held.items())
    ]
    return [part for part in parts if part.rows], list(held)


def _places_of(lake: Lake, table: Table, path: str, ids: pa.Array) -> list[int]:
    """Returns the numbers of a file's rows that have one of some keys."""
    keys = columns_of(lake, table, [path], table.key_columns[:1]).column(0)
    return np.flatnonzero(pc.is_in(keys, value_set=ids).to_numpy()).tolist()


def rewrite_without(lake: Lake, table: Table, path: str, places: Sequence[int], name: str) -> PartFile:
    """Writes a file again without some of its rows; nothing is written if none is left.

    Args:
        lake: Where.
        table: Whose file it is.
        path: The file, relative to the table's folder.
        places: The numbers of the rows that go, from 0.
        name: The beginning of the new file's name, to which the digest of its bytes is added.
    """
    sink, stats, count = io.BytesIO(), Stats(), 0
    schema = table.file_schema
    with pq.ParquetWriter(sink, schema, **writer_options(table)) as writer:
        for rows in _row_groups(files.get(lake, f"{table.name}/{path}"), np.array(places, np.int64), schema):
            writer.write_table(rows, row_group_size=rows.num_rows)
            stats.add(rows)
            count += rows.num_rows
    data = sink.getvalue()
    new = f"{path.rpartition('/')[0]}/{name}-{hashlib.blake2b(data, digest_size=8).hexdigest()}.parquet"
    if count:
        files.put(lake, f"{table.name}/{new}", data, flush=False)
    return PartFile(table.name, new, len(data), count, stats.as_json())


def _row_groups(data: bytes, places: NDArray[np.int64], schema: pa.Schema) -> Iterator[pa.Table]:
    """Yields what stays of a file, a row group at a time."""
    waiting: list[pa.RecordBatch] = []
    start = 0
    for batch in pq.ParquetFile(pa.BufferReader(data)).iter_batches(4096, use_threads=False):
        stays = np.isin(np.arange(start, start + batch.num_rows), places, invert=True)
        start += batch.num_rows
        waiting.append(aligned(batch.filter(pa.array(stays)), schema))
        if sum(each.nbytes for each in waiting) >= _ROW_GROUP_BYTES:
            yield pa.Table.from_batches(waiting, schema)
            waiting = []
    rows = pa.Table.from_batches(waiting, schema)
    if rows.num_rows:
        yield rows


def _relative(batch_id: str) -> str:
    return f"{PLANS}/{batch_id}.selection"

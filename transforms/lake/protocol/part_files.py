"""Part files: the rows of one partition, sorted, in one Parquet file that is named by its content.

The same rows give the same bytes and so the same name, on whichever runner and however often; a repeated bundle writes the
same file again. Only the pyarrow version may change the bytes: constraints.txt pins it.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet.schemas.errors import LakeError
from broadsheet.schemas.records import PartFile
from broadsheet.schemas.tables import SCHEMA_VERSION, TABLES, Table, to_arrow
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.files import Lake

_FEW = 8
"""Rows up to which a file is written without dictionaries, and with its bulky columns alone compressed. Fifty columns of a value
each have nothing to share: it takes half the time (1.1 ms instead of 2.4 for a row) and the same room, from 16 rows on more."""

_STATS = tuple(column.name for table in TABLES for column in table.columns if column.in_log)
"""Columns whose smallest and largest value are written to Delta's log."""


def encode_part(table: Table, rows: pa.Table) -> bytes:
    """Returns one Parquet file as bytes, with the writer settings that all part files share.

    zstd level 3 is 3.4 times smaller than the rows at 61 MB/s; level 6 gains 3 % and halves the speed
    (docs/decisions/facts.md, Parquet 1).
    """
    sink = io.BytesIO()
    pq.write_table(rows, sink, **writer_options(table, few=rows.num_rows <= _FEW))
    return sink.getvalue()


@functools.cache
def writer_options(table: Table, few: bool = False) -> dict[str, Any]:
    """Returns the settings that all of a table's part files are written with, those of a few rows with others."""
    columns = [column for column in table.columns if column.name not in table.partition_columns]
    ordered = [column.name for column in columns if column.ordered and not pa.types.is_list(column.type)]
    repeating = [column.name for column in columns if column.repeats and pa.types.is_string(column.type)]
    bulky = [column.name for column in columns if column.bulky]
    return {
        "compression": dict.fromkeys(bulky, "zstd") if few else "zstd",
        "compression_level": dict.fromkeys(bulky, 3) if few else 3,
        "use_dictionary": False if few else repeating,
        "write_statistics": ordered,
        "version": "2.6",
        "coerce_timestamps": "us",
        "store_schema": False,
    }


def stats_columns(table: Table) -> list[str]:
    """Returns the columns whose smallest and largest value are in the log for each of a table's files."""
    return [field.name for field in table.file_schema if field.name in _STATS]


class Stats:
    """A file's statistics as Delta's log has them, gathered while its rows are written."""

    def __init__(self) -> None:
        self._rows = 0
        self._least: dict[str, Any] = {}
        self._most: dict[str, Any] = {}
        self._nulls: dict[str, int] = {}

    def add(self, rows: pa.Table) -> None:
        """Counts rows in."""
        self._rows += rows.num_rows
        for name in _STATS:
            if name in rows.column_names and rows.num_rows:
                bounds = pc.min_max(rows.column(name))
                self._nulls[name] = self._nulls.get(name, 0) + rows.column(name).null_count
                for chosen, value, better in ((self._least, bounds["min"].as_py(), min), (self._most, bounds["max"].as_py(), max)):
                    known = chosen.get(name)
                    chosen[name] = value if known is None else known if value is None else better(known, value)

    def as_json(self) -> str:
        """Returns JSON with `numRecords`, `minValues`, `maxValues` and `nullCount`."""
        found = {"numRecords": self._rows, "minValues": self._least, "maxValues": self._most, "nullCount": self._nulls}
        return json.dumps(found, sort_keys=True)


def part_stats(rows: pa.Table) -> str:
    """Returns the statistics of a file of these rows, as `Stats` has them."""
    stats = Stats()
    stats.add(rows)
    return stats.as_json()


def write_part(
    lake: Lake, table: Table, folder: str, batch_id: str, shard: int, rows: Sequence[Any], flush: bool = True
) -> PartFile:
    """Writes one partition's rows as one part file. That it is what it should be is checked when its batch is committed.

    Args:
        lake: Where.
        table: The rows' table.
        folder: The partition's folder, as `schemas.partitions.partition_path` gives it; "" for an unpartitioned table.
        batch_id: The batch it is for; its first characters are in the name.
        shard: Which shard of the partition, from 0.
        rows: The records, in any order.
        flush: As in `broadsheet.transforms.lake.protocol.files.put`; a batch flushes all its files at once before its commit.

    Returns:
        What the committer needs to know of it.

    Raises:
        LakeError: The file has another size than what was written.
    """
    arrow = to_arrow(table, rows)
    data = encode_part(table, arrow)
    digest = hashlib.blake2b(data, digest_size=8).hexdigest()
    name = f"part-{batch_id[:12]}-{shard:05d}-{digest}.parquet"
    path = f"{folder}/{name}" if folder else name
    files.put(lake, f"{table.name}/{path}", data, flush)
    return PartFile(table.name, path, len(data), arrow.num_rows, part_stats(arrow))


def check_part(lake: Lake, table: Table, part: PartFile, read_keys: bool = False) -> list[str]:
    """Checks a written part file against what is claimed of it, by its footer.

    delta-rs validates none of this: a wrong schema or a missing file commits and makes the table unreadable
    (docs/decisions/facts.md, Delta 3).
    A file that a former version wrote has that version's schema; readers see NULL in the columns that it lacks.

    Returns:
        Where `read_keys` says so the first key column of its rows, since the file is open anyway: of documents their identifiers.

    Raises:
        LakeError: Size, row count or schema differ, or the file is missing.
    """
    path = lake.path(table.name, part.path)
    size = files.size_of(lake, f"{table.name}/{part.path}")
    if size is None:
        raise LakeError(f"{path} is missing")
    if size != part.size:
        raise LakeError(f"{path} has {size} bytes, expected {part.size}")
    source = path if lake.is_local else io.BytesIO(files.get(lake, f"{table.name}/{part.path}"))
    try:
        with pq.ParquetFile(source) as file:
            rows, schema = file.metadata.num_rows, file.schema_arrow
            keys = file.read(list(table.key_columns[:1]), use_threads=False) if read_keys else None
    except (pa.ArrowInvalid, OSError) as error:
        raise LakeError(f"{path} is not a Parquet file: {error}") from error
    if rows != part.rows:
        raise LakeError(f"{path} has {rows} rows, expected {part.rows}")
    check_stats(part)
    if not any(schema.equals(table.file_schema_of(version)) for version in range(SCHEMA_VERSION, 0, -1)):
        raise LakeError(f"{path} has another schema than table {table.name} has or ever had")
    return keys.column(0).to_pylist() if keys is not None else []


def check_stats(part: PartFile) -> None:
    """Checks that a part file's statistics are statistics, and of this many rows: empty ones break every later operation.

    Raises:
        LakeError: They are not.
    """
    try:
        counted = json.loads(part.stats)["numRecords"]
    except (ValueError, TypeError, KeyError) as error:
        raise LakeError(f"{part.path}: its statistics are none: {part.stats!r:.80}") from error
    if counted != part.rows:
        raise LakeError(f"{part.path}: its statistics are of {counted} rows, expected {part.rows}")

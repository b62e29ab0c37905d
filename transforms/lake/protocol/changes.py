"""What changed in a table between two of its versions, and the rows of it, a few at a time.

    changes_since(lake, DOCUMENTS, since=12)          ─► Changes: files whose rows to load, values whose rows to compare
    read_rows(lake, DOCUMENTS, changes.fresh)         ─► chunks of rows with all columns, the partition columns among them
    read_keys(lake, DOCUMENTS, changes.kept)          ─► chunks of the keys that these values' rows have

The log says which files each commit added and removed, and whether that changed data: a compaction did not, and so loads nothing.
Removed files may be gone from the disk, too. So rows that vanished with them are not looked up in them: the keys that are left
of the partition values they had are compared with the reader's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.schemas.errors import LakeError
from broadsheet.schemas.partitions import parse_partition_path
from broadsheet.schemas.tables import Table
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.delta_tables import files_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.read_columns import filesystem_of

NOTHING = -1
"""The version of a reader that has nothing yet; a table's first version is 0."""

_ROWS = 1_000
"""Rows read at once: 5 MB of articles at the samples' 5 kB each."""

_CHUNK_BYTES = 32 << 20
"""Size of the chunks that rows are handed on in: many small files make one, so that a target has few and large inserts."""


class LiveFile(NamedTuple):
    """A file of a snapshot: its path below the table's folder, and the partition columns' values, typed as the table says."""

    path: str
    values: dict[str, Any]
    rows: int


class Changes(NamedTuple):
    """The way from one version of a table to another.

    Attributes:
        table_id: The Delta table's own identifier: no two lakes share one.
        since: The version that the reader has, `NOTHING` for none.
        until: The version this leads to.
        live: All files of that version.
        fresh: Those whose rows may be new or changed.
        scopes: Values of the first partition column some of whose rows are gone, empty if none are; `None` for any of them.
        kept: The files that hold what is left of these values.
    """

    table_id: str
    since: int
    until: int
    live: list[LiveFile]
    fresh: list[LiveFile]
    scopes: frozenset[str | None] | None
    kept: list[LiveFile]


def changes_since(lake: Lake, table: Table, since: int = NOTHING) -> Changes:
    """Returns what leads from a version to the newest one.

    Where the log no longer goes back that far, everything is fresh and everything is compared.

    Raises:
        LakeError: There is no such table, or it has no such version yet.
    """
    handle = open_table(lake, table)
    until = handle.version()
    if since > until:
        raise LakeError(f"{lake.path(table.name)} is at version {until}: there is no version {since} yet")
    live = _live_files(table, files_of(handle))
    table_id = str(handle.metadata().id)
    if since == NOTHING:
        return Changes(table_id, since, until, live, live, frozenset(), [])
    commits = _commits(lake, table, since, until)
    if commits is None:
        return Changes(table_id, since, until, live, live, None, live)
    first = table.partition_columns[0]
    paths, scopes = follow(commits, first)
    fresh = [file for file in live if file.path in paths]
    if scopes and not pa.types.is_string(table.schema.field(first).type):
        return Changes(table_id, since, until, live, fresh, None, live)
    kept = [file for file in live if file.values[first] in scopes]
    return Changes(table_id, since, until, live, fresh, frozenset(scopes), kept)


def follow(commits: Iterable[Sequence[dict[str, Any]]], scope_column: str) -> tuple[set[str], set[str | None]]:
    """Follows rows through a table's commits.

    A file that a commit removes without a change of data lives on in the files which that commit adds to the same partition: if
    it was fresh, they are.

    Args:
        commits: Each commit's actions, as the log's JSON has them, oldest first.
        scope_column: The partition column whose values identify lost rows.

    Returns:
        The paths whose rows may have changed, and the values that may have lost rows.
    """
    fresh: dict[str, dict[str, str | None]] = {}
    scopes: set[str | None] = set()
    for actions in commits:
        moved = []
        for action in (action["remove"] for action in actions if "remove" in action):
            path = unquote(action["path"])
            values = fresh.pop(path, None)
            if action.get("dataChange", True):
                scopes.add(parse_partition_path(path.rpartition("/")[0]).get(scope_column))
            elif values is not None:
                moved.append(values)
        for action in (action["add"] for action in actions if "add" in action):
            if action.get("dataChange", True) or action["partitionValues"] in moved:
                fresh[unquote(action["path"])] = action["partitionValues"]
    return set(fresh), scopes


def read_rows(lake: Lake, table: Table, chosen: Sequence[LiveFile]) -> Iterator[pa.Table]:
    """Yields the rows of files in chunks with the table's schema: columns that an old file lacks are NULL.

    Raises:
        FileNotFoundError: A file is gone: its rows have moved on to a newer version of the table.
    """
    yield from _chunks(_read(lake, table, chosen, table.schema), table.schema)


def read_keys(lake: Lake, table: Table, chosen: Sequence[LiveFile]) -> Iterator[pa.Table]:
    """Yields the key columns of files' rows in chunks; no other column is read."""
    yield from _chunks(_read(lake, table, chosen, table.key_schema), table.key_schema)


def read_scopes(table: Table, changes: Changes) -> Iterator[pa.Table]:
    """Yields the values of `changes.scopes`, if there are any, as rows of `table.scope_schema`."""
    if changes.scopes:
        yield pa.table([pa.array(sorted(changes.scopes, key=str))], schema=table.scope_schema)


def _chunks(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    chunk: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        chunk.append(batch)
        size += batch.nbytes
        if size >= _CHUNK_BYTES:
            yield pa.Table.from_batches(chunk, schema)
            chunk, size = [], 0
    if chunk:
        yield pa.Table.from_batches(chunk, schema)


def _read(lake: Lake, table: Table, chosen: Sequence[LiveFile], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    filesystem = filesystem_of(lake, table)
    for file in chosen:
        with pq.ParquetFile(file.path, filesystem=filesystem, pre_buffer=False) as parquet:
            inside = [name for name in parquet.schema_arrow.names if name in schema.names]
            for batch in parquet.iter_batches(_ROWS, columns=inside):
                yield pa.record_batch([_column(batch, file, field) for field in schema], schema=schema)


def _column(batch: pa.RecordBatch, file: LiveFile, field: pa.Field) -> pa.Array:
    if field.name in batch.schema.names:
        return batch.column(field.name).cast(field.type)
    value = pa.scalar(file.values.get(field.name), field.type)
    return pa.repeat(value, batch.num_rows)


def _live_files(table: Table, actions: pa.Table) -> list[LiveFile]:
    names = [f"partition.{name}" for name in table.partition_columns]
    columns = [actions[name].to_pylist() for name in ("path", "num_records", *names)]
    return [
        LiveFile(path, dict(zip(table.partition_columns, values, strict=True)), rows)
        for path, rows, *values in sorted(zip(*columns, strict=True), key=lambda row: row[0])
    ]


def _commits(lake: Lake, table: Table, since: int, until: int) -> list[list[dict[str, Any]]] | None:
    """Returns the actions of the commits after one version; `None` where the log has forgotten some of them."""
    commits = []
    for version in range(since + 1, until + 1):
        try:
            data = files.get(lake, f"{table.name}/_delta_log/{version:020}.json")
        except OSError:
            return None
        commits.append([json.loads(line) for line in data.decode().splitlines()])
    return commits

"""Compact: a partition's small files become one, sorted, with the same settings and in the same folder.

A round merges up to the target size (or `_ROUND_GROUPS` groups), publishes that in one commit and lets go of the lock, so that an
ingest that waits comes in between. Each round looks at the newest snapshot, so that nothing is planned on what is gone.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import duckdb
import pyarrow as pa

from broadsheet.pipelines.ingest.lake_lock import exclusive
from broadsheet.schemas.errors import ConfigError, ConflictError
from broadsheet.schemas.tables import DOCUMENTS, TABLES, Table
from broadsheet.transforms.lake.maintenance import compaction
from broadsheet.transforms.lake.maintenance.merge_parts import Group, find_groups, merge
from broadsheet.transforms.lake.maintenance.orphan_files import clear_staging, end_dead_runs
from broadsheet.transforms.lake.protocol import durable
from broadsheet.transforms.lake.protocol.delta_tables import files_of, open_table, schema_version
from broadsheet.transforms.lake.protocol.files import STAGING, Lake

_ROUND_GROUPS = 200
"""Groups per commit: some 10 ms of commit, and some 100 ms until the replaced files are gone, if they are to be removed."""

_STAGED = "compact-"


class Compacted(NamedTuple):
    """What became of a table."""

    table: str
    files: int = 0
    merged: int = 0
    bytes: int = 0
    merged_bytes: int = 0
    commits: int = 0
    needed: int = 0
    """Replaced files that were to be removed and are still there, because a batch that is under way needs them."""


def compact(
    path: str,
    target_bytes: int = 128_000_000,
    where: str | None = None,
    say: Callable[[str], None] = lambda _line: None,
    keep_replaced: bool = True,
) -> list[Compacted]:
    """Merges small files of every partition that has several; a second run finds nothing to do.

    Args:
        path: The lake.
        target_bytes: Size of a merged file; files of half of it are left alone. Peak memory is some five times as much.
        where: An SQL condition on `source` and `date`: of `documents` only these partitions, of the other tables none.
        say: Called with a line whenever another process is waited for.
        keep_replaced: Whether the replaced files stay for readers of earlier versions until vacuum removes them.

    Returns:
        What was done, per table.

    Raises:
        ConfigError: The condition cannot be understood.
        LakeError: There is no lake, or a file is not what it must be.
    """
    lake = Lake.at(path)
    done = []
    with _workspace(lake) as folder:
        for table in TABLES if where is None else (DOCUMENTS,):
            total = Compacted(table.name)
            while True:
                with exclusive(lake, lambda: say("another process is writing to this lake; waiting for it to end")):
                    _end_former(lake)
                    count = _round(lake, table, target_bytes, where, folder, keep_replaced)
                if count is None:
                    break
                total = Compacted(table.name, *(a + b for a, b in zip(total[1:], count[1:], strict=True)))
            done.append(total)
    return done


def _end_former(lake: Lake) -> None:
    """Ends what killed runs have left, so that none of their plans keeps the replaced files; their staged files go too."""
    for _ in end_dead_runs(lake):
        pass
    clear_staging(lake)


def _round(lake: Lake, table: Table, target_bytes: int, where: str | None, folder: str, keep_replaced: bool) -> Compacted | None:
    """Merges and publishes what fits one commit; `None` if nothing is left to merge."""
    handle = open_table(lake, table)
    snapshot = files_of(handle) if where is None else _chosen(files_of(handle), where)
    groups = _first(find_groups(table, snapshot, target_bytes, dt.datetime.now(dt.UTC).date()), target_bytes)
    if not groups:
        return None
    identifier = compaction.identifier_of(table, groups)
    schema = table.file_schema_of(schema_version(handle))
    merged = []
    try:
        for index, group in enumerate(groups):
            name = f"part-{identifier[:12]}-{index:05d}"
            sink = os.path.join(folder, f"{_STAGED}{name}")
            merged.append((merge(lake, table, group, schema, name, sink), sink))
        is_over = compaction.publish(lake, table, groups, merged, keep_replaced)
    except (ConflictError, FileNotFoundError):
        if open_table(lake, table).version() == handle.version():
            raise
        return Compacted(table.name)  # another compaction was first: look again
    count = sum(len(group.paths) for group in groups)
    size = sum(group.size for group in groups)
    return Compacted(table.name, count, len(merged), size, sum(part.size for part, _ in merged), 1, 0 if is_over else count)


def _first(groups: list[Group], target_bytes: int) -> list[Group]:
    """Returns the groups of one commit; those of `inputs` have a time of commit each, and so a commit each."""
    size = 0
    for index, group in enumerate(groups):
        size += group.size
        if index and (size > target_bytes or index == _ROUND_GROUPS or group.committed_at):
            return groups[:index]
    return groups


def _chosen(snapshot: pa.Table, where: str) -> pa.Table:
    """Returns the files whose partition values meet a condition.

    Raises:
        ConfigError: It is not a condition on them.
    """
    named = pa.table({"source": snapshot["partition.source"], "date": snapshot["partition.date"]})
    named = named.append_column("index", pa.array(range(named.num_rows)))
    with duckdb.connect() as connection:
        connection.register("files", named)
        try:
            rows = connection.sql(f"select index from files where {where}").to_arrow_table()
        except duckdb.Error as error:
            raise ConfigError(f"--where {where}: {str(error).partition(chr(10))[0]}") from error
    return snapshot.take(rows["index"])


@contextmanager
def _workspace(lake: Lake) -> Iterator[str]:
    """A folder for merged files that have no name yet: within the lake on a disk, so that a rename is all that is left."""
    if lake.is_local:
        durable.make_folder(lake.path(STAGING))
        yield lake.path(STAGING)
        return
    folder = tempfile.mkdtemp(prefix="broadsheet-compact-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

"""The Delta tables, and the one function through which every commit goes.

delta-rs gives all-or-nothing commits and concurrent writers; what it does not give is checked here, because a commit with a
wrong schema or partition value is accepted and makes the table unreadable for good (docs/decisions/facts.md, Delta 1 to 4).
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from broadsheet.schemas.errors import ConfigError, ConflictError, ForeignLakeError, LakeError
from broadsheet.schemas.partitions import parse_partition_path, partition_path
from broadsheet.schemas.records import PartFile
from broadsheet.schemas.tables import INPUTS, SCHEMA_VERSION, TABLES, Table
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.delta_log import (
    CHECKPOINT_COMMITS,
    DIGEST_KEY,
    NO_HOOKS,
    after_commit,
    digest_of,
    flush_entry,
)
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import check_stats, stats_columns
from broadsheet.transforms.lake.protocol.read_columns import filesystem_of

_ATTEMPTS = 100
"""Commits tried against other writers; 8 racing processes needed 25 at most (docs/decisions/facts.md, Delta 2)."""

_VERSION_KEY = "broadsheet.schemaVersion"

_STATS_KEY = "delta.dataSkippingStatsColumns"
"""Which columns have statistics. Readers that use delta-rs take a column without statistics for one without values, and find no row
of it, unless this property leaves the column out."""

_EXPIRY_KEY = "delta.setTransactionRetentionDuration"
TRANSACTION_DAYS = 7
"""How long the log knows which batches were committed. A stream with a batch every 30 s has 20,160 of them, 1.5 MB of a checkpoint.
What comes later with a manifest that old is known by its files: `lake.protocol.batches`."""

EVOLVE, FREEZE = "evolve", "freeze"
CONTRACTS = (EVOLVE, FREEZE)
"""What is to become of a lake that a former version made: columns are added, or the run is refused."""


def app_id(batch_id: str) -> str:
    """Returns the transaction identifier under which a batch commits."""
    return f"broadsheet/{batch_id}"


def create_tables(lake: Lake, contract: str = EVOLVE) -> None:
    """Creates those of the three tables that do not exist, moves the others on to today's schema; safe when several do it.

    Args:
        lake: Where.
        contract: `EVOLVE`, or `FREEZE` to refuse a lake whose schema would have to change.

    Raises:
        ConfigError: A table is of a former version, and its schema is frozen.
        LakeError: A table was made by a newer broadsheet.
        OSError: The lake cannot be written.
    """
    for table in TABLES:
        create_table(lake, table)
        _evolve(lake, table, contract)


def create_table(lake: Lake, table: Table) -> None:
    """Creates a table if it does not exist; safe when several do it."""
    while not DeltaTable.is_deltatable(lake.path(table.name)):
        try:
            DeltaTable.create(
                lake.path(table.name),
                table.schema,
                mode="ignore",
                partition_by=list(table.partition_columns),
                configuration=_properties(table),
                commit_properties=CommitProperties(max_commit_retries=0),
                post_commithook_properties=NO_HOOKS,
                raise_if_key_not_exists=False,
            )
            files.flush(lake)  # the folders too
        except CommitFailedError:
            continue  # another process created it first: look again


def _properties(table: Table) -> dict[str, str]:
    return {
        _VERSION_KEY: str(SCHEMA_VERSION),
        _STATS_KEY: ",".join(stats_columns(table)),
        _EXPIRY_KEY: f"interval {TRANSACTION_DAYS} days",
        "delta.checkpointInterval": str(CHECKPOINT_COMMITS),
    }


def _evolve(lake: Lake, table: Table, contract: str) -> None:
    """Adds the columns that a table of a former version lacks, then raises its version.

    These are two commits: delta-rs has no one for both. After a crash between them the table is of the former version and has
    columns that this version does not know, which no reader minds and no writer fills; the next run continues.
    """
    for attempt in range(_ATTEMPTS):
        handle = open_table(lake, table)
        version = schema_version(handle)
        if version == SCHEMA_VERSION and (contract == FREEZE or _EXPIRY_KEY in handle.metadata().configuration):
            return
        added = [column for column in table.columns if column.since > version]
        if contract == FREEZE:
            raise ConfigError(
                f"{lake.root} has schema version {version}, this broadsheet writes {SCHEMA_VERSION} and --contract is freeze: "
                f"go on with the broadsheet that wrote it, or leave --contract out to move the lake on"
            )
        there = {field.name for field in handle.schema().fields}
        missing = Schema.from_arrow(pa.schema([pa.field(c.name, c.type) for c in added if c.name not in there])).fields
        once = CommitProperties(max_commit_retries=0)
        try:
            if missing:
                handle.alter.add_columns(missing, commit_properties=once, post_commithook_properties=NO_HOOKS)
                flush_entry(lake, table, open_table(lake, table).version())
            handle.alter.set_table_properties(
                _properties(table), raise_if_not_exists=False, commit_properties=once, post_commithook_properties=NO_HOOKS
            )
            flush_entry(lake, table, open_table(lake, table).version())
        except CommitFailedError:
            time.sleep(min(0.01 * attempt, 0.2))  # another writer was first: look at what it did
    raise LakeError(f"{lake.path(table.name)}: other writers won {_ATTEMPTS} attempts to move its schema on")


def open_table(lake: Lake, table: Table, version: int | None = None) -> DeltaTable:
    """Opens a table, at its newest version or at a given one.

    Raises:
        ForeignLakeError: There is no such table, or a newer broadsheet made it.
        LakeError: The log of the table is damaged.
    """
    if lake.root.startswith("s3:"):  # a worker opens tables without having been through `Lake.at`
        from broadsheet.transforms.filesystems import prepare_s3  # which imports Beam

        prepare_s3()
    try:
        handle = DeltaTable(lake.path(table.name), version=version)
    except TableNotFoundError as error:
        raise ForeignLakeError(
            f"there is no lake at {lake.root}: {table.name}/ is not a Delta table; "
            f"broadsheet ingest INPUT --lake {lake.root} makes one"
        ) from error
    except DeltaError as error:
        if "Unsupported minimum" in str(error):
            raise ForeignLakeError(f"{lake.path(table.name)} was written by a newer version of Delta: upgrade deltalake") from error
        raise LakeError(f"{lake.path(table.name)} cannot be read as a Delta table: {str(error).partition(chr(10))[0]}") from error
    made_by = schema_version(handle)
    if made_by > SCHEMA_VERSION:
        raise ForeignLakeError(
            f"{lake.root} has schema version {made_by}, this broadsheet knows {SCHEMA_VERSION}: upgrade broadsheet"
        )
    return handle


def schema_version(handle: DeltaTable) -> int:
    """Returns the version of a table's schema, as its configuration says."""
    return int(handle.metadata().configuration.get(_VERSION_KEY, 1))


def dataset_of(lake: Lake, table: Table, handle: DeltaTable) -> ds.Dataset:
    """Returns a snapshot as a dataset with today's columns; those that its version lacks are NULL.

    Arrow reads a local lake itself. By default it would read through files of delta-rs, which are Python objects: if a thread of
    Arrow drops the last of them while the interpreter ends, the process aborts (docs/decisions/facts.md).
    """
    filesystem = filesystem_of(lake, table) if lake.is_local else None
    return handle.to_pyarrow_dataset(filesystem=filesystem).replace_schema(table.schema)


def commit_parts(
    lake: Lake,
    table: Table,
    parts: Sequence[PartFile],
    batch_id: str,
    metadata: Mapping[str, str],
    allowed: Callable[[DeltaTable], None] = lambda _handle: None,
) -> bool:
    """Adds part files to a table in one commit, once per batch however often it is called.

    Args:
        lake: Where.
        table: Which table.
        parts: The files, already checked by `lake.protocol.part_files.check_part`. None is a commit too: it marks the batch.
        batch_id: The batch; its transaction identifier makes a repeated commit a no-op for `TRANSACTION_DAYS`.
        metadata: What the log will say of the commit.
        allowed: Called with the handle a commit is tried on; raises to refuse it. Nobody commits between its look and ours.

    Returns:
        Whether this call committed; `False` where the batch was there already.

    Raises:
        LakeError: A part does not fit the table, or other writers won every attempt.
    """

    def add(handle: DeltaTable) -> list[AddAction | RemoveAction]:
        allowed(handle)
        now = dt.datetime.now(dt.UTC)
        return [_add_action(lake, table, part, now) for part in parts]

    return _commit(lake, table, batch_id, metadata, add)


def replace_parts(
    lake: Lake,
    table: Table,
    parts: Sequence[PartFile],
    replaced: Sequence[str],
    batch_id: str,
    metadata: Mapping[str, str],
    *,
    same_rows: bool,
    committed_at: dt.datetime | None = None,
    allowed: Callable[[DeltaTable], None] = lambda _handle: None,
) -> bool:
    """Adds part files to a table and takes others out of it in one commit, once per identifier however often it is called.

    Readers of the table see the one or the other, never both and never neither. The replaced files stay: the caller or vacuum
    removes them.

    Args:
        lake: Where.
        table: Which table.
        parts: The files that come in, already checked by `lake.protocol.part_files.check_part`; none where rows are only taken out.
        replaced: The paths of the files that go out, relative to the table's folder.
        batch_id: Makes the transaction identifier, as in `commit_parts`.
        metadata: What the log will say of the commit.
        same_rows: Whether the new files hold the rows of the old ones and nothing else. That their number is the same is checked,
            and readers of changes see none.
        committed_at: For `inputs`: when the rows were committed, where that was not now.
        allowed: As in `commit_parts`.

    Returns:
        Whether this call committed; `False` where the identifier was there already.

    Raises:
        ConflictError: A file to be replaced is not in the table any more: another writer was first; nothing was committed.
        LakeError: A part does not fit the table, rows would come or go under `same_rows`, or other writers won every attempt.
    """
    now = dt.datetime.now(dt.UTC)
    wanted = pa.array(sorted(set(replaced)), pa.string())

    def swap(handle: DeltaTable) -> list[AddAction | RemoveAction]:
        allowed(handle)
        held = files_of(handle)
        found = held.filter(pc.is_in(held["path"], value_set=wanted))
        if found.num_rows != len(wanted):
            gone = sorted(set(wanted.to_pylist()) - set(found["path"].to_pylist()))
            raise ConflictError(f"{lake.path(table.name, gone[0])} was replaced by another writer first")
        rows = pc.sum(found["num_records"]).as_py() or 0
        if same_rows and rows != sum(part.rows for part in parts):
            raise LakeError(f"{table.name}: {rows} rows would be replaced by {sum(part.rows for part in parts)}")
        adds = [_add_action(lake, table, part, committed_at or now, data_change=not same_rows) for part in parts]
        return [*adds, *_remove_actions(table, found, now, data_change=not same_rows)]

    return _commit(lake, table, batch_id, metadata, swap)


def _commit(
    lake: Lake,
    table: Table,
    batch_id: str,
    metadata: Mapping[str, str],
    make: Callable[[DeltaTable], list[AddAction | RemoveAction]],
) -> bool:
    """Commits what `make` returns for the snapshot it is given, which nobody changes between its look and the commit."""
    for attempt in range(_ATTEMPTS):
        handle = open_table(lake, table)
        if handle.transaction_version(app_id(batch_id)) is not None:
            return False
        try:
            actions = make(handle)
        except FileNotFoundError:
            if open_table(lake, table).version() == handle.version():
                raise
            continue  # a compaction removed a file while it was looked into: look at what took its place
        digest = digest_of(_logged(action) for action in actions)
        try:
            handle.create_write_transaction(
                actions,
                "append",
                handle.schema(),
                list(table.partition_columns),
                commit_properties=CommitProperties(
                    custom_metadata={**metadata, DIGEST_KEY: digest},
                    max_commit_retries=0,
                    app_transactions=[Transaction(app_id(batch_id), 1, int(time.time() * 1000))],
                ),
                post_commithook_properties=NO_HOOKS,
            )
        except CommitFailedError:
            time.sleep(min(0.01 * attempt, 0.2))  # another writer was first: look at what it did
            continue
        after_commit(lake, table, handle)
        return True
    raise LakeError(f"{lake.path(table.name)}: other writers won {_ATTEMPTS} attempts to commit batch {batch_id}")


def _logged(action: AddAction | RemoveAction) -> dict[str, Any]:
    """Returns an action as the log has it, as far as `digest_of` uses it."""
    said: dict[str, Any] = {
        "path": action.path,
        "partitionValues": action.partition_values,
        "size": action.size,
        "dataChange": action.data_change,
    }
    if isinstance(action, RemoveAction):
        return {"remove": said}
    return {"add": {**said, "stats": action.stats}}


def _remove_actions(table: Table, found: pa.Table, now: dt.datetime, data_change: bool) -> Iterator[RemoveAction]:
    """Yields the log's entries for files of a snapshot that go out."""
    milliseconds = int(now.timestamp() * 1000)
    for row in found.select(["path", "size_bytes", *(f"partition.{name}" for name in table.partition_columns)]).to_pylist():
        values = {name: log_value(row[f"partition.{name}"]) for name in table.partition_columns}
        yield RemoveAction(row["path"], data_change, milliseconds, row["size_bytes"], values)


def log_value(value: str | dt.date | None) -> str | None:
    """Returns a partition value as the log writes it."""
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, dt.date) else value


def _add_action(lake: Lake, table: Table, part: PartFile, now: dt.datetime, data_change: bool = True) -> AddAction:
    """Validates one file's place and partition values, and returns its entry for the log."""
    folder = part.path.rpartition("/")[0]
    if table is INPUTS:
        values: dict[str, str | None] = {"committed_at": log_value(now)}
        expected = ""
    else:
        try:
            values = parse_partition_path(folder)
            expected = partition_path(values)
        except ValueError as error:
            raise LakeError(f"{part.path} is not a path of table {table.name}: {error}") from error
        if tuple(values) != table.partition_columns:
            raise LakeError(f"{part.path}: table {table.name} is partitioned by {', '.join(table.partition_columns)}")
    if folder != expected or part.table != table.name:
        raise LakeError(f"{part.path} is not a path of table {table.name}")
    for field in table.schema:
        if field.name in values:
            _check_value(table, field, values[field.name])
    if files.size_of(lake, f"{table.name}/{part.path}") != part.size:
        raise LakeError(f"{lake.path(table.name, part.path)} is missing or has another size than {part.size}")
    check_stats(part)
    return AddAction(part.path, part.size, values, int(now.timestamp() * 1000), data_change, part.stats)


def _check_value(table: Table, field: pa.Field, value: str | None) -> None:
    if value is None:
        if not field.nullable:
            raise LakeError(f"{table.name}.{field.name} cannot be NULL")
        return
    if pa.types.is_date(field.type):
        try:
            plain = dt.date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise LakeError(f"{table.name}.{field.name}={value!r} is not a date") from error
        if value != plain:  # 20240514 and 2024-W20-2 are dates to Python, and to no reader of Delta
            raise LakeError(f"{table.name}.{field.name}={value!r} is not written {plain}")


def files_of(handle: DeltaTable) -> pa.Table:
    """Returns the files of a snapshot: `path` as it is on disk, `size_bytes`, `num_records` and one `partition.<column>` each."""
    actions = pa.table(handle.get_add_actions(flatten=True))
    paths = pa.array([unquote(path) for path in actions["path"].to_pylist()], pa.string())  # the log holds them as parts of URLs
    return actions.set_column(actions.schema.get_field_index("path"), "path", paths)


def known_paths(lake: Lake, table: Table) -> frozenset[str]:
    """Returns the paths of a table's files without regard to case: two sources that differ by case may share a folder.

    File systems that ignore case list such a folder by one of its names, and the log has both. Compare with `path.casefold()`.
    """
    return frozenset(path.casefold() for path in files_of(open_table(lake, table))["path"].to_pylist())

"""The SQL of a load: what engines with transactions share.

Rows are staged in a table of their own, then brought over by key. A row that is there already as it should be is left alone, so
that a load which is repeated changes nothing and says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from broadsheet.schemas.columns import Column
from broadsheet.schemas.tables import Table

LOADS = Table(
    "broadsheet_loads",
    (
        Column("load", pa.int64(), False, "The load's number, from 1 upward: the last one of a table says where it stands."),
        Column("table_name", pa.string(), False, "Which table was loaded."),
        Column("table_id", pa.string(), False, "The Delta table's identifier: no two lakes share one."),
        Column("version", pa.int64(), False, "The Delta version that the table is at since this load."),
        Column("since", pa.int64(), False, "The version it went on from; -1 for none."),
        Column("loaded_at", pa.timestamp("us", tz="UTC"), False, "When."),
        Column("rows_inserted", pa.int64(), False, "Rows that were not there before."),
        Column("rows_updated", pa.int64(), False, "Rows that were there otherwise."),
        Column("rows_deleted", pa.int64(), False, "Rows that the lake no longer has."),
    ),
    partition_columns=(),
    sort_columns=(),
    key_columns=("load",),
)
"""The load log, kept in the target: one row a load, written in the transaction that loads."""


def stage_name(table: Table) -> str:
    """Returns the name of the table that rows are staged in."""
    return f"broadsheet_stage_{table.name}"


def keys_name(table: Table) -> str:
    """Returns the name of the table that holds the keys which the lake still has."""
    return f"broadsheet_keys_{table.name}"


def scopes_name(table: Table) -> str:
    """Returns the name of the table that holds the partition values whose rows are compared with those keys."""
    return f"broadsheet_scopes_{table.name}"


def same_key(table: Table, left: str, right: str) -> str:
    """Returns the condition that two rows have one key."""
    return " and ".join(f"{left}.{name} = {right}.{name}" for name in table.key_columns)


def duplicates(table: Table) -> str:
    """Returns a query for a key that is staged twice."""
    keys = ", ".join(table.key_columns)
    return f"select {keys} from {stage_name(table)} group by {keys} having count(*) > 1 limit 1"


def delete_missing(table: Table, everywhere: bool) -> str:
    """Returns the statement that deletes rows of the scopes (or of the whole table) whose key the lake no longer has."""
    missing = f"not exists (select 1 from {keys_name(table)} k where {same_key(table, 'k', 't')})"
    if everywhere:
        return f"delete from {table.name} as t where {missing}"
    scope = table.partition_columns[0]
    return f"delete from {table.name} as t where t.{scope} in (select {scope} from {scopes_name(table)}) and {missing}"


def update_changed(table: Table) -> str:
    """Returns the statement that updates rows which are there otherwise than staged."""
    names = [column.name for column in table.columns if column.name not in table.key_columns]
    return (
        f"update {table.name} as t set {', '.join(f'{name} = s.{name}' for name in names)} "
        f"from {stage_name(table)} s where {same_key(table, 't', 's')} and ({_any_differs(names)})"
    )


def insert_new(table: Table) -> str:
    """Returns the statement that inserts rows which are not there."""
    names = ", ".join(column.name for column in table.columns)
    return (
        f"insert into {table.name} ({names}) select {names} from {stage_name(table)} s "
        f"where not exists (select 1 from {table.name} t where {same_key(table, 't', 's')})"
    )


def _any_differs(names: Sequence[str]) -> str:
    return " or ".join(f"t.{name} is distinct from s.{name}" for name in names)

"""The SQL of a load into BigQuery and Snowflake: statements of one transaction, in this order.

Not run against the real services, which are not to be had where this is tested: the statements are parsed in their dialects and, in
DuckDB's, run (tests/targets/test_cloud.py). Every statement looks at the load log itself, so that a load which another has
overtaken between its begin and its commit changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from broadsheet.pipelines.load.targets.merge import LOADS
from broadsheet.schemas.columns import Column
from broadsheet.schemas.sql.dialects import column_sql, create_table
from broadsheet.schemas.tables import Table
from broadsheet.transforms.lake.protocol.changes import Changes


def prepare(dialect: str, table: Table) -> Iterator[str]:
    """Yields what makes the log and the table, and adds the columns that it lacks; run first, since DDL ends a transaction."""
    yield create_table(dialect, LOADS)
    yield create_table(dialect, table)
    for column in table.columns:
        if column.nullable:
            yield f"alter table {table.name} add column if not exists {column_sql(dialect, column)}"


def merge(dialect: str, table: Table, changes: Changes, stage: str, keys: str, scopes: str) -> list[str]:
    """Returns the statements that bring staged rows over: log, delete, merge.

    The log comes first: it counts what the others are going to change.

    Args:
        dialect: `bigquery` or `snowflake`.
        table: Which table.
        changes: What is brought over.
        stage: The table that holds the rows.
        keys: The table that holds the keys the lake still has.
        scopes: The table that holds the partition values whose rows are compared with those keys.
    """
    names = [column.name for column in table.columns]
    same = " and ".join(f"t.{name} = s.{name}" for name in table.key_columns)
    rest = [column for column in table.columns if column.name not in table.key_columns]
    differs = f"{_image(dialect, 't', rest)} <> {_image(dialect, 's', rest)}"
    newest = f"(select coalesce(max(version), -1) from {LOADS.name} where table_name = '{table.name}') <= {changes.until}"
    gone = _gone(table, changes, keys, scopes)
    inserted = f"select count(*) from {stage} as s where not exists (select 1 from {table.name} as t where {same})"
    updated = f"select count(*) from {stage} as s join {table.name} as t on {same} where {differs}"
    deleted = f"select count(*) from {table.name} where {gone}" if gone else "select 0"
    log = (
        f"insert into {LOADS.name} ({', '.join(column.name for column in LOADS.columns)}) "
        f"select coalesce(max(load), 0) + 1, '{table.name}', '{changes.table_id}', {changes.until}, {changes.since}, "
        f"current_timestamp(), ({inserted}), ({updated}), ({deleted}) from {LOADS.name} having {newest}"
    )
    statements = [log]
    if gone:
        statements.append(f"delete from {table.name} where {gone} and {newest}")
    statements.append(
        f"merge into {table.name} as t using (select * from {stage} where {newest}) as s on {same} "
        f"when matched and {differs} then update set {', '.join(f'{column.name} = s.{column.name}' for column in rest)} "
        f"when not matched then insert ({', '.join(names)}) values ({', '.join(f's.{name}' for name in names)})"
    )
    return statements


def last_load(table: Table) -> str:
    """Returns the query for the state of a table: its Delta table, its version, and what the last load changed."""
    return (
        f"select table_id, version, rows_inserted, rows_updated, rows_deleted from {LOADS.name} "
        f"where table_name = '{table.name}' order by load desc limit 1"
    )


def _gone(table: Table, changes: Changes, keys: str, scopes: str) -> str:
    """Returns the condition of rows that the lake no longer has; "" if none are gone."""
    if changes.scopes is not None and not changes.scopes:
        return ""
    same = " and ".join(f"k.{name} = {table.name}.{name}" for name in table.key_columns)
    missing = f"not exists (select 1 from {keys} as k where {same})"
    scope = table.partition_columns[0]
    return missing if changes.scopes is None else f"{scope} in (select {scope} from {scopes}) and {missing}"


def _image(dialect: str, rows: str, columns: Sequence[Column]) -> str:
    """Returns an expression that differs where a row differs; comparing lists or NULLs themselves would not do."""
    values = ", ".join(_comparable(dialect, f"{rows}.{column.name}", column.type) for column in columns)
    return f"to_json_string(struct({values}))" if dialect == "bigquery" else f"to_json(array_construct({values}))"


def _comparable(dialect: str, name: str, type_: pa.DataType) -> str:
    return f"hex_encode({name})" if dialect == "snowflake" and pa.types.is_binary(type_) else name

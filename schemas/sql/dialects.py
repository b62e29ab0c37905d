"""Translates the tables' columns into the SQL of seven engines: one Arrow schema, and each engine's names of its types.

    >>> from broadsheet.schemas.tables import DOCUMENTS
    >>> sql_type("postgres", DOCUMENTS.schema.field("languages").type)
    'jsonb'
    >>> sql_type("clickhouse", DOCUMENTS.schema.field("title").type, nullable=True)
    'Nullable(String)'

Names are never quoted: each is a plain word that no engine reserves (tests/schemas/test_ddl.py holds that), and Snowflake
would make a quoted one another name than an unquoted one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pyarrow as pa

from broadsheet.schemas.columns import Column
from broadsheet.schemas.tables import Table


class _Types(NamedTuple):
    """An engine's names of types; `lists` and `structs` make those of lists and structs from their parts'."""

    text: str
    integer: str
    real: str
    boolean: str
    day: str
    instant: str
    binary: str
    lists: Callable[[str], str]
    structs: Callable[[list[tuple[str, str]]], str]


def _fields(shape: str, join: str = " ") -> Callable[[list[tuple[str, str]]], str]:
    return lambda fields: shape.format(", ".join(f"{name}{join}{type_}" for name, type_ in fields))


_LIST_AFTER, _LIST_OF = "{}[]".format, "array<{}>".format


def _anything(name: str) -> Callable[[Any], str]:
    return lambda _parts: name


_TYPES = {
    "duckdb": _Types("varchar", "bigint", "double", "boolean", "date", "timestamptz", "blob", _LIST_AFTER, _fields("struct({})")),
    "postgres": _Types(
        "text", "bigint", "double precision", "boolean", "date", "timestamptz", "bytea", _LIST_AFTER, _anything("jsonb")
    ),
    "clickhouse": _Types(
        "String", "Int64", "Float64", "Bool", "Date32", "DateTime64(6, 'UTC')", "String", "Array({})".format, _fields("Tuple({})")
    ),
    "bigquery": _Types("string", "int64", "float64", "bool", "date", "timestamp", "bytes", _LIST_OF, _fields("struct<{}>")),
    "snowflake": _Types(
        "varchar", "bigint", "float", "boolean", "date", "timestamp_tz(6)", "binary", _anything("array"), _anything("object")
    ),
    "spark": _Types("string", "bigint", "double", "boolean", "date", "timestamp", "binary", _LIST_OF, _fields("struct<{}>", ": ")),
    "trino": _Types(
        "varchar",
        "bigint",
        "double",
        "boolean",
        "date",
        "timestamp(6) with time zone",
        "varbinary",
        "array({})".format,
        _fields("row({})"),
    ),
}

LINE = ",\n  "
"""What sets off the columns of a statement, one a line."""

DIALECTS = tuple(_TYPES)
"""The engines whose SQL is known."""


def sql_type(dialect: str, type_: pa.DataType, nullable: bool = False) -> str:
    """Returns what an engine calls an Arrow type.

    Args:
        dialect: One of `DIALECTS`.
        type_: A type of `schemas.tables`.
        nullable: Whether values may be NULL; only ClickHouse says that in the type, and cannot say it of lists.
    """
    types = _TYPES[dialect]
    if pa.types.is_list(type_):
        if dialect == "postgres" and pa.types.is_struct(type_.value_type):
            return "jsonb"  # Postgres has arrays of composite types, but each would need a type of its own beside the table
        return types.lists(sql_type(dialect, type_.value_type))
    if pa.types.is_struct(type_):
        return types.structs([(field.name, sql_type(dialect, field.type, True)) for field in type_])
    name = _scalar(types, type_)
    return f"Nullable({name})" if nullable and dialect == "clickhouse" else name


def _scalar(types: _Types, type_: pa.DataType) -> str:
    for fits, name in (
        (pa.types.is_string, types.text),
        (pa.types.is_integer, types.integer),
        (pa.types.is_floating, types.real),
        (pa.types.is_boolean, types.boolean),
        (pa.types.is_date, types.day),
        (pa.types.is_timestamp, types.instant),
        (pa.types.is_binary, types.binary),
    ):
        if fits(type_):
            return name
    raise TypeError(f"{type_} has no name in SQL: add it to schemas/sql/dialects.py")


def column_sql(dialect: str, column: Column) -> str:
    """Returns a column as `create table` lists it."""
    type_ = sql_type(dialect, column.type, column.nullable)
    required = not column.nullable and dialect != "clickhouse" and not (dialect == "bigquery" and pa.types.is_list(column.type))
    return f"{column.name} {type_}" + (" not null" if required else "")


def create_table(dialect: str, table: Table) -> str:
    """Returns the statement that makes a table as `broadsheet load` fills it, without a semicolon."""
    lines = [column_sql(dialect, column) for column in table.columns]
    keys = ", ".join(table.key_columns)
    if dialect == "clickhouse":
        lines += ["_version Int64", "_deleted UInt8"]
    elif dialect == "postgres":
        lines.append(f"primary key ({keys})")
    elif dialect == "bigquery":
        lines.append(f"primary key ({keys}) not enforced")
    return f"create table if not exists {table.name} (\n  {LINE.join(lines)}\n){_layout(dialect, table)}"


def _layout(dialect: str, table: Table) -> str:
    """Returns how an engine lays the rows out, so that a filter on source and day reads little."""
    documents = "date" in table.partition_columns
    if dialect == "clickhouse":
        # A row's version and tombstone replace it by its sorting key, so this may hold nothing that a row can change but its key.
        # A document's source is part of what its key is the digest of.
        first = ["source"] if documents else []
        return f"\nengine = ReplacingMergeTree(_version, _deleted)\norder by ({', '.join([*first, *table.key_columns])})"
    if dialect == "bigquery" and documents:
        return "\npartition by date\ncluster by source"
    if dialect == "snowflake" and documents:
        return "\ncluster by (date, source)"
    return ""

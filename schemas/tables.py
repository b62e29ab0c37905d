"""Defines the lake's three tables: one explicit Arrow schema each, never inferred from data.

A table's columns are the fields of its record (`schemas.records`), by `schemas.columns`; the Arrow schema, the Delta table, the
SQL of warehouses, the settings of part files and the tables in docs/data-model.md all follow from them. A schema only grows, and
only by nullable columns at the end: each column says since which version it exists, so every former schema can be derived.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from broadsheet.schemas.columns import TIME, Column, columns_of
from broadsheet.schemas.records import Document, InputCounts, Reject

SCHEMA_VERSION = 4
"""Written into each table's configuration, and raised with every column that is added to any table.
`tests/schemas/test_versions.py` has the digest of each version."""


class Table(NamedTuple):
    """A table of the lake: its folder's name, its columns, how its files are laid out, and what no two rows share."""

    name: str
    columns: tuple[Column, ...]
    partition_columns: tuple[str, ...]
    sort_columns: tuple[str, ...]
    key_columns: tuple[str, ...]

    @property
    def schema(self) -> pa.Schema:
        """All columns, the partition columns among them."""
        return self.schema_of(SCHEMA_VERSION)

    @property
    def file_schema(self) -> pa.Schema:
        """The columns inside a part file: the partition columns are in its path."""
        return self.file_schema_of(SCHEMA_VERSION)

    def schema_of(self, version: int) -> pa.Schema:
        """All columns that a version had."""
        return pa.schema([pa.field(c.name, c.type, c.nullable) for c in self.columns if c.since <= version])

    def file_schema_of(self, version: int) -> pa.Schema:
        """The columns inside a part file that a version wrote."""
        return _file_schema(self, version)

    @property
    def key_schema(self) -> pa.Schema:
        """The columns that tell rows apart."""
        return pa.schema([self.schema.field(name) for name in self.key_columns])

    @property
    def scope_schema(self) -> pa.Schema:
        """The first partition column: its values identify lost rows."""
        return pa.schema([self.schema.field(self.partition_columns[0])])


@functools.cache
def _file_schema(table: Table, version: int) -> pa.Schema:
    """Returns the columns inside a part file; it takes 50 us to make, and each part file asks for it several times."""
    return pa.schema([field for field in table.schema_of(version) if field.name not in table.partition_columns])


DOCUMENTS = Table(
    "documents",
    columns_of(Document),
    partition_columns=("source", "date"),
    sort_columns=("uri", "record"),
    key_columns=("doc_id",),
)

REJECTS = Table(
    "rejects",
    columns_of(Reject),
    partition_columns=("kind",),
    sort_columns=("uri", "record"),
    key_columns=("reject_id",),
)

COMMITTED_AT = Column(
    "committed_at",
    TIME,
    False,
    "When its batch was committed. In the log only, so that a file's bytes do not depend on when it was made.",
)

INPUTS = Table(
    "inputs",
    (*columns_of(InputCounts), COMMITTED_AT),
    partition_columns=("committed_at",),
    sort_columns=("uri",),
    key_columns=("uri", "batch_id"),
)

TABLES = (DOCUMENTS, REJECTS, INPUTS)
"""In the order in which a batch commits to them: `inputs` comes last and means done."""
BY_NAME = {table.name: table for table in TABLES}


def to_arrow(table: Table, rows: Sequence[Document | Reject | Any]) -> pa.Table:
    """Returns records as an Arrow table with `file_schema`, sorted by the table's sort columns.

    Args:
        table: Which table the rows are for.
        rows: `NamedTuple`s whose fields are the table's columns; partition columns are left out.
    """
    ordered = sorted(rows, key=lambda row: tuple(getattr(row, column) for column in table.sort_columns))
    schema = table.file_schema
    arrays = [pa.array(_values(ordered, field), field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _values(rows: Iterable[Any], field: pa.Field) -> list[Any]:
    values = [getattr(row, field.name) for row in rows]
    if pa.types.is_list(field.type) and pa.types.is_struct(field.type.value_type):
        return [None if value is None else [item._asdict() for item in value] for value in values]
    if pa.types.is_string(field.type):
        return [None if value is None else storable(value) for value in values]
    if pa.types.is_list(field.type):
        return [None if value is None else [storable(item) for item in value] for value in values]
    return values


def storable(text: str) -> str:
    """Returns text that UTF-8, and so Parquet, can hold: a lone surrogate becomes U+FFFD, and a pair its character.

    JSON's escapes make such surrogates.
    """
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

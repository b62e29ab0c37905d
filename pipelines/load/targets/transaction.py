"""A load into a database with transactions: stage, compare, delete, update, insert, log, commit.

DuckDB and Postgres differ in how a connection is had, how rows are copied into the stage and where columns are listed; the rest
is the same SQL.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import pyarrow as pa

from broadsheet.pipelines.load.target import Counts, Loaded, overtaken
from broadsheet.pipelines.load.targets import merge
from broadsheet.schemas.errors import LoadError
from broadsheet.schemas.sql.dialects import column_sql, create_table, sql_type
from broadsheet.schemas.tables import Table
from broadsheet.transforms.lake.protocol.changes import Changes, read_keys, read_rows, read_scopes
from broadsheet.transforms.lake.protocol.files import Lake


class TransactionTarget(ABC):
    """A target whose every statement of a load is in one transaction."""

    dialect: str

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Begins a transaction that no other load shares, and commits it unless an error ends it."""

    @abstractmethod
    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple]:
        """Runs a statement that returns rows."""

    @abstractmethod
    def change(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Runs a statement; returns how many rows it changed."""

    @abstractmethod
    def copy(self, name: str, rows: pa.Table) -> None:
        """Appends rows to a table with the same columns."""

    @abstractmethod
    def columns(self, name: str) -> dict[str, str]:
        """Returns a table's columns and their types as the database calls them; none if there is no such table."""

    def last(self, table: Table) -> Loaded | None:
        """Returns the last load of a table, `None` if there was none or the table was dropped since."""
        if not self.columns(merge.LOADS.name) or not self.columns(table.name):
            return None
        sql = f"select table_id, version from {merge.LOADS.name} where table_name = '{table.name}' order by load desc limit 1"
        return next((Loaded(*row) for row in self.query(sql)), None)

    def apply(self, lake: Lake, table: Table, changes: Changes, planned: Loaded | None) -> Counts | None:
        """Brings a table from one version to another; see `load.target.Target`."""
        with self.transaction():
            self.change(create_table(self.dialect, merge.LOADS))
            now = self.last(table)
            if overtaken(now, changes, planned):
                return None
            self._prepare(table, is_known=now is not None)
            self._stage(merge.stage_name(table), table.schema, read_rows(lake, table, changes.fresh))
            twice = self.query(merge.duplicates(table))
            if twice:
                raise LoadError(f"{table.name} {twice[0]} occurs in the lake more than once: see `broadsheet verify`")
            deleted = self._delete(lake, table, changes)
            updated = self.change(merge.update_changed(table))
            counts = Counts(self.change(merge.insert_new(table)), updated, deleted)
            self.change(
                f"insert into {merge.LOADS.name} select coalesce(max(load), 0) + 1, '{table.name}', '{changes.table_id}', "
                f"{changes.until}, {changes.since}, now(), {counts.inserted}, {counts.updated}, {counts.deleted} "
                f"from {merge.LOADS.name}"
            )
            return counts

    def _prepare(self, table: Table, is_known: bool) -> None:
        """Makes the table, or adds the columns it lacks.

        Raises:
            LoadError: It holds rows of someone else, or a column of another type.
        """
        self._temporary(merge.stage_name(table), table.schema)
        expected = self.columns(merge.stage_name(table))
        found = self.columns(table.name)
        if not found:
            self.change(create_table(self.dialect, table))
            return
        for column in table.columns:
            if column.name not in found and column.name not in table.key_columns:
                self.change(f"alter table {table.name} add column {column_sql(self.dialect, column._replace(nullable=True))}")
            elif found.get(column.name) != expected[column.name]:
                raise LoadError(
                    f"{table.name}.{column.name} is {found.get(column.name, 'missing')} in the target, {expected[column.name]} in "
                    "the lake: rename or drop that table, or load into another schema or database"
                )
        if not is_known and self.query(f"select 1 from {table.name} limit 1"):
            raise LoadError(
                f"{table.name} holds rows in the target and {merge.LOADS.name} knows of no load: rename or drop that table, or "
                "load into another schema or database"
            )

    def _delete(self, lake: Lake, table: Table, changes: Changes) -> int:
        if changes.scopes is not None and not changes.scopes:
            return 0
        self._temporary(merge.keys_name(table), table.key_schema)
        self._stage(merge.keys_name(table), table.key_schema, read_keys(lake, table, changes.kept))
        if changes.scopes is not None:
            self._temporary(merge.scopes_name(table), table.scope_schema)
            self._stage(merge.scopes_name(table), table.scope_schema, read_scopes(table, changes))
        return self.change(merge.delete_missing(table, everywhere=changes.scopes is None))

    def _temporary(self, name: str, schema: pa.Schema) -> None:
        columns = ", ".join(f"{field.name} {sql_type(self.dialect, field.type)}" for field in schema)
        self.change(f"drop table if exists {name}")
        self.change(f"create temporary table {name} ({columns})")

    def _stage(self, name: str, schema: pa.Schema, chunks: Iterator[pa.Table]) -> None:
        for chunk in chunks:
            self.copy(name, chunk.cast(schema))

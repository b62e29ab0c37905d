"""Snowflake: `snowflake://user@account/database/schema?warehouse=loading`, the password best in SNOWFLAKE_PASSWORD.

Rows go up as Parquet to a temporary stage, from there to temporary tables, which go away with the session; then a transaction
merges them. Not run against the real service: see `load.targets.cloud`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import snowflake.connector

from broadsheet.pipelines.load.target import Counts, Loaded, overtaken, without_secrets
from broadsheet.pipelines.load.targets import cloud, merge
from broadsheet.schemas.errors import ConfigError, LoadError
from broadsheet.schemas.sql.dialects import sql_type
from broadsheet.schemas.tables import Table
from broadsheet.transforms.lake.protocol.changes import Changes, read_keys, read_rows, read_scopes
from broadsheet.transforms.lake.protocol.files import Lake


@contextmanager
def connect(url: str) -> Iterator[SnowflakeTarget]:
    """Connects to a schema.

    Raises:
        ConfigError: The URL names none.
        LoadError: The service refuses something.
    """
    parts = urlsplit(url)
    database, _, schema = parts.path.strip("/").partition("/")
    if not (parts.hostname and parts.username and database and schema):
        raise ConfigError("--to snowflake:// needs all of snowflake://USER@ACCOUNT/DATABASE/SCHEMA?warehouse=NAME")
    password = unquote(parts.password or "") or os.environ.get("SNOWFLAKE_PASSWORD")
    given = {"user": unquote(parts.username), "account": parts.hostname, "database": database, "schema": schema}
    try:
        with snowflake.connector.connect(**given, password=password, **dict(parse_qsl(parts.query))) as connection:
            yield SnowflakeTarget(connection)
    except snowflake.connector.errors.Error as error:
        raise LoadError(f"Snowflake: {without_secrets(str(error), url)}") from error


class SnowflakeTarget:
    """A schema."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def last(self, table: Table) -> Loaded | None:
        """Returns the last load of a table, `None` if there was none or the table was dropped since."""
        there = {row[1].lower() for row in self._query("show tables in schema")}
        if not {table.name, merge.LOADS.name} <= there:
            return None
        rows = self._query(cloud.last_load(table))
        return Loaded(rows[0][0], rows[0][1]) if rows else None

    def apply(self, lake: Lake, table: Table, changes: Changes, planned: Loaded | None) -> Counts | None:
        """Brings a table from one version to another; see `load.target.Target`."""
        for statement in cloud.prepare("snowflake", table):
            self._query(statement)
        if overtaken(self.last(table), changes, planned):
            return None
        stages = (merge.stage_name(table), merge.keys_name(table), merge.scopes_name(table))
        self._stage(stages[0], table.schema, read_rows(lake, table, changes.fresh))
        self._stage(stages[1], table.key_schema, read_keys(lake, table, changes.kept))
        self._stage(stages[2], table.scope_schema, read_scopes(table, changes))
        self._query("begin")
        try:
            for statement in cloud.merge("snowflake", table, changes, *stages):
                self._query(statement)
        except BaseException:
            self._query("rollback")
            raise
        self._query("commit")
        ((_, version, *counts),) = self._query(cloud.last_load(table))
        return Counts(*counts) if version == changes.until else None

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        return self._connection.cursor().execute(sql).fetchall()

    def _stage(self, name: str, schema: pa.Schema, chunks: Iterable[pa.Table]) -> None:
        """Fills a temporary table with rows."""
        columns = ", ".join(f"{field.name} {sql_type('snowflake', field.type)}" for field in schema)
        self._query(f"create or replace temporary table {name} ({columns})")
        self._query(f"create or replace temporary stage {name}_files")
        form = "file_format = (type = parquet use_logical_type = true binary_as_text = false)"
        with tempfile.TemporaryDirectory() as folder:
            for number, chunk in enumerate(chunks):
                path = os.path.join(folder, f"{number}.parquet")
                pq.write_table(chunk.cast(schema), path, compression="zstd")
                self._query(f"put 'file://{path}' @{name}_files auto_compress = false")
                os.remove(path)
        self._query(f"copy into {name} from @{name}_files {form} match_by_column_name = case_insensitive")

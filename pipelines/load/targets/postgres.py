"""Postgres: `postgresql://user@host:5432/news`, any URL that libpq knows; tables go to the first schema of the search path.

Rows travel by COPY. Lists of texts are `text[]`, lists of structs `jsonb`, times `timestamptz`. U+0000, which a Postgres text
cannot hold, becomes U+FFFD.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.pipelines.load.target import without_secrets
from broadsheet.pipelines.load.targets.transaction import TransactionTarget
from broadsheet.schemas.errors import LoadError

_LOCK = 0x62726F6164  # "broad"
"""The advisory lock that loads hold, so that two of them, in whatever tables, come one after the other."""

_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\0", "\ufffd"))
"""What COPY's text format wants escaped, the backslash first; and U+0000, which it refuses."""


@contextmanager
def connect(url: str) -> Iterator[PostgresTarget]:
    """Connects to a server.

    Raises:
        LoadError: The server cannot be reached, fails later, or the database is not encoded in UTF8.
    """
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute("set client_encoding = 'UTF8'")  # over PGCLIENTENCODING, the URL, and the database's default
            _check_encoding(connection)
            yield PostgresTarget(connection)
    except psycopg.Error as error:
        raise LoadError(f"Postgres: {without_secrets(str(error), url)}") from error


def _check_encoding(connection: psycopg.Connection) -> None:
    """Refuses a database that cannot hold every text.

    Raises:
        LoadError: Its encoding is not UTF8.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise LoadError(
            f"Postgres: database {connection.info.dbname} is encoded in {encoding}, which cannot hold every text: make one with "
            "`create database news encoding 'UTF8' template template0`"
        )


class PostgresTarget(TransactionTarget):
    """A database of a Postgres server."""

    dialect = "postgres"

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Begins a transaction and waits until no other load has one open."""
        with self._connection.transaction():
            self._connection.execute("set local client_min_messages = warning")
            self._connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
            yield

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple]:
        """Runs a statement that returns rows."""
        return self._connection.execute(sql, parameters or None).fetchall()

    def change(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Runs a statement; returns how many rows it changed."""
        return self._connection.execute(sql, parameters or None).rowcount

    def copy(self, name: str, rows: pa.Table) -> None:
        """Appends rows to a table with the same columns."""
        with self._connection.cursor().copy(f"copy {name} ({', '.join(rows.column_names)}) from stdin") as copy:
            for batch in rows.to_batches(max_chunksize=1_000):
                copy.write(copy_text(batch))

    def columns(self, name: str) -> dict[str, str]:
        """Returns a table's columns and their types."""
        sql = (
            "select attname, format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped"
        )
        return dict(self.query(sql, [name]))


def copy_text(rows: pa.RecordBatch) -> bytes:
    r"""Returns rows in COPY's text format: a line each, columns set off by tabs, NULL as \N."""
    if not rows.num_rows:
        return b""
    columns = [_texts(column) for column in rows.columns]
    lines = pc.binary_join_element_wise(*columns, "\t", null_handling="replace", null_replacement="\\N")
    return ("\n".join(lines.to_pylist()) + "\n").encode()


def _texts(column: pa.Array) -> pa.Array:
    """Returns a column's values as Postgres reads them, escaped."""
    if pa.types.is_list(column.type):
        literal = _json if pa.types.is_struct(column.type.value_type) else _array
        return _escaped(pa.array([None if value is None else literal(value) for value in column.to_pylist()], pa.string()))
    if pa.types.is_binary(column.type):
        hexes = [None if value is None else "\\x" + value.hex() for value in column.to_pylist()]
        return _escaped(pa.array(hexes, pa.string()))
    return _escaped(column) if pa.types.is_string(column.type) else column.cast(pa.string())


def _escaped(column: pa.Array) -> pa.Array:
    for character, escape in _ESCAPES:
        column = pc.replace_substring(column, character, escape)
    return column


def _json(value: list[dict[str, Any]]) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\\u0000", "\ufffd")


def _array(value: list[Any]) -> str:
    """Returns a list as Postgres writes an array: every text in quotes, so that a comma, a brace or NULL in it is text."""
    return "{" + ",".join("NULL" if item is None else _quoted(str(item)) for item in value) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

"""DuckDB: `duckdb:///folder/news.db` is the absolute path /folder/news.db, `duckdb://news.db` a relative one.

The file has one writer at a time: a second load waits for the first. Types are those of the lake, lists and structs among them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import duckdb
import pyarrow as pa

from broadsheet.pipelines.load.targets.transaction import TransactionTarget
from broadsheet.schemas.errors import ConfigError, LoadError

_PATIENCE_S = 600
"""How long a load waits for another program to let go of the file: longer than any load but a first one."""


@contextmanager
def connect(url: str) -> Iterator[DuckDBTarget]:
    """Opens the database file that a URL names, and creates it if it does not exist.

    Raises:
        ConfigError: The URL names no file.
        LoadError: The file is not a database, or another program holds it.
    """
    path = url.removeprefix("duckdb://")
    if not path:
        raise ConfigError("--to duckdb:// needs a file: duckdb:///folder/news.db")
    if ":" in path.partition("@")[0] and "@" in path.partition("/")[0]:
        raise ConfigError("--to duckdb:// names a file, which has no user and no password: duckdb:///folder/news.db")
    is_new = not os.path.exists(path)
    try:
        connection = _open(path)
        try:
            connection.execute("set timezone = 'UTC'")
            yield DuckDBTarget(connection)
            connection.execute("checkpoint")  # a disk that is full says so here, and not within `close`
        finally:
            connection.close()
    except BaseException as error:
        if is_new:
            _remove_half(path)
        if isinstance(error, duckdb.Error):
            raise LoadError(f"{path}: {' '.join(str(error).split())}") from error
        raise


def _remove_half(path: str) -> None:
    """Removes a database that a failure left in pieces, as a full disk does: no later load could open it, and nothing was in it."""
    try:
        duckdb.connect(path).close()
    except duckdb.Error:
        for name in (path, f"{path}.wal"):
            with suppress(OSError):
                os.remove(name)


def _open(path: str) -> duckdb.DuckDBPyConnection:
    waited_until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return duckdb.connect(path)
        except duckdb.IOException as error:
            if "lock" not in str(error) or time.monotonic() > waited_until:
                raise LoadError(f"{path} cannot be opened: {' '.join(str(error).split())}") from error
        except duckdb.Error as error:
            raise LoadError(f"{path} cannot be opened: {' '.join(str(error).split())}") from error
        time.sleep(0.2)


class DuckDBTarget(TransactionTarget):
    """A DuckDB database file."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Begins a transaction; the file's own lock keeps other processes out."""
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple]:
        """Runs a statement that returns rows."""
        return self._connection.execute(sql, list(parameters)).fetchall()

    def change(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Runs a statement; returns how many rows it changed."""
        rows = self.query(sql, parameters)
        return rows[0][0] if rows else 0

    def copy(self, name: str, rows: pa.Table) -> None:
        """Appends rows to a table with the same columns."""
        self._connection.register("chunk", rows)
        self._connection.execute(f"insert into {name} select * from chunk")
        self._connection.unregister("chunk")

    def columns(self, name: str) -> dict[str, str]:
        """Returns a table's columns and their types."""
        return dict(self.query("select column_name, data_type from duckdb_columns() where table_name = ?", [name]))

"""A database to load into, and its content, read without broadsheet."""

import datetime as dt
from pathlib import Path
from typing import Any, Protocol

import duckdb

from broadsheet.pipelines.load.targets.clickhouse import ClickHouseTarget


class Database(Protocol):
    """What a load goes to."""

    url: str

    def rows(self, sql: str) -> list[tuple]:
        """Returns what a query returns."""

    def run(self, sql: str) -> None:
        """Runs a statement."""


class DuckDBFile:
    """A DuckDB file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "news.db"
        self.url = f"duckdb://{self.path}"

    def rows(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("set timezone = 'UTC'")
            return connection.execute(sql).fetchall()

    def run(self, sql: str) -> None:
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(sql)


class PostgresSchema:
    """A schema of its own on a Postgres server."""

    def __init__(self, server: str, name: str) -> None:
        self._server = server
        self.url = f"{server}?options=-csearch_path%3D{name}"
        self._execute(server, f"create schema {name}")

    def rows(self, sql: str) -> list[tuple]:
        return self._execute(self.url, sql)

    def run(self, sql: str) -> None:
        self._execute(self.url, sql)

    def _execute(self, url: str, sql: str) -> list[tuple]:
        import psycopg

        with psycopg.connect(url) as connection:
            connection.execute("set timezone = 'UTC'")
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []


class ClickHouseDatabase:
    """A database of its own in a ClickHouse; queries see rows as a reader does, the newest version of each."""

    def __init__(self, server: str, name: str) -> None:
        ClickHouseTarget(server).query(f"create database {name}")
        self.url = f"{server.rpartition('/')[0]}/{name}"

    def rows(self, sql: str) -> list[tuple]:
        newest = "from (select * from documents final where _deleted = 0)"
        return [tuple(row) for row in ClickHouseTarget(self.url).query(sql.replace("from documents", newest))]

    def run(self, sql: str) -> None:
        ClickHouseTarget(self.url).query(sql)


def in_utc(value: Any) -> Any:
    """Returns a time in UTC and other values as they are, lists of them too."""
    return value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else value

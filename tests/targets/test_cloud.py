"""The SQL of a load into BigQuery and Snowflake: parsed in each dialect, and run in DuckDB's.

The services themselves are not to be had here: what is tested is what the statements say, not what the clients do.
"""

import re
from collections.abc import Iterator

import duckdb
import pytest
import sqlglot
from sqlglot import expressions

from broadsheet.pipelines.load.targets import cloud
from broadsheet.pipelines.load.targets.merge import LOADS
from broadsheet.schemas.sql.dialects import create_table
from broadsheet.schemas.tables import DOCUMENTS, TABLES, Table
from broadsheet.transforms.lake.protocol.changes import Changes

DIALECTS = ("bigquery", "snowflake")
_NARROW = Table(
    "notes",
    (DOCUMENTS.columns[0], *(c for c in DOCUMENTS.columns if c.name in ("source", "title", "authors"))),
    ("source",),
    (),
    ("doc_id",),
)


def _changes(until: int, scopes: frozenset[str | None] | None = frozenset()) -> Changes:
    return Changes("lake", 0, until, [], [], scopes, [])


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_statement_is_one_in_its_dialect(dialect: str, table: Table) -> None:
    statements = [*cloud.prepare(dialect, table), cloud.last_load(table)]
    for scopes in (frozenset(), frozenset({"a"}), None):
        statements += cloud.merge(dialect, table, _changes(3, scopes), "stage", "keys_", "scopes")
    for statement in statements:
        (tree,) = sqlglot.parse(statement, dialect=dialect)
        assert tree is not None
        assert not isinstance(tree, expressions.Command), statement


@pytest.fixture(params=DIALECTS)
def loaded(request: pytest.FixtureRequest) -> Iterator[tuple[str, duckdb.DuckDBPyConnection]]:
    with duckdb.connect() as connection:
        connection.execute(create_table("duckdb", LOADS))
        connection.execute(create_table("duckdb", _NARROW))
        for name in ("stage", "keys_", "scopes"):
            connection.execute(f"create table {name} (doc_id varchar, source varchar, title varchar, authors varchar[])")
        yield request.param, connection


def _load(loaded: tuple[str, duckdb.DuckDBPyConnection], changes: Changes, *rows: tuple[str, str]) -> tuple[int, ...]:
    """Stages rows (key and title) of the source "a", carries the statements out, and returns what the log counts."""
    dialect, connection = loaded
    connection.execute("delete from stage; delete from keys_; delete from scopes; insert into scopes (source) values ('a')")
    for key, title in rows:
        connection.execute("insert into stage values (?, 'a', ?, [?])", [key, title, title])
        connection.execute("insert into keys_ (doc_id) values (?)", [key])
    for statement in cloud.merge(dialect, _NARROW, changes, "stage", "keys_", "scopes"):
        # what DuckDB has no type for: both make a text that differs if a value does
        plain = re.sub(r"to_json(?:_string)?\((?:struct|array_construct)\(([^()]*)\)\)", r"concat_ws('|', \1)", statement)
        connection.execute(sqlglot.transpile(plain, read=dialect, write="duckdb")[0])
    (counts,) = connection.execute(
        "select rows_inserted, rows_updated, rows_deleted from broadsheet_loads order by load desc limit 1"
    ).fetchall()
    return counts


def _titles(loaded: tuple[str, duckdb.DuckDBPyConnection]) -> list[tuple[str, str]]:
    return loaded[1].execute("select doc_id, title from notes order by doc_id").fetchall()


def test_rows_are_inserted_updated_and_left_alone(loaded: tuple[str, duckdb.DuckDBPyConnection]) -> None:
    assert _load(loaded, _changes(1), ("1", "one"), ("2", "two")) == (2, 0, 0)
    assert _load(loaded, _changes(2), ("2", "zwei"), ("3", "three")) == (1, 1, 0)
    assert _load(loaded, _changes(2), ("2", "zwei"), ("3", "three")) == (0, 0, 0)
    assert _titles(loaded) == [("1", "one"), ("2", "zwei"), ("3", "three")]


@pytest.mark.parametrize("scopes", [frozenset({"a"}), None], ids=["of a source", "of all"])
def test_rows_that_the_lake_no_longer_has_are_deleted(
    loaded: tuple[str, duckdb.DuckDBPyConnection], scopes: frozenset | None
) -> None:
    _load(loaded, _changes(1), ("1", "one"), ("2", "two"))
    assert _load(loaded, _changes(2, scopes), ("2", "two")) == (0, 0, 1)
    assert _titles(loaded) == [("2", "two")]


def test_an_older_version_changes_nothing_after_a_newer_one(loaded: tuple[str, duckdb.DuckDBPyConnection]) -> None:
    _load(loaded, _changes(5), ("1", "new"))
    _load(loaded, _changes(4, None), ("1", "old"), ("2", "gone"))
    assert _titles(loaded) == [("1", "new")]
    assert loaded[1].execute("select version from broadsheet_loads").fetchall() == [(5,)]

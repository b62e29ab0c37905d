"""The SQL of seven engines: generated, parsed by sqlglot in each dialect, and run where the engine is at hand."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import sqlglot
from helpers import clickhouse, postgres
from helpers.command import broadsheet, ingest
from helpers.lakes import by_delta
from helpers.world import build
from sqlglot import expressions

from broadsheet.pipelines.load.targets.clickhouse import ClickHouseTarget
from broadsheet.pipelines.query.query import LATEST
from broadsheet.schemas.sql.ddl import script
from broadsheet.schemas.sql.dialects import DIALECTS, create_table, sql_type
from broadsheet.schemas.tables import DOCUMENTS, TABLES

_UNPARSED = ("call ", "msck repair table ")
"""Statements that sqlglot has no grammar for."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ddl")
    ingest(folder / "lake", build(folder / "inputs"))
    return folder / "lake"


@pytest.fixture(scope="module")
def clickhouse_url() -> Iterator[str]:
    with clickhouse.server() as url:
        yield url


def _statements(sql: str) -> list[str]:
    return [statement for statement in re.split(r";\n", re.sub(r"^--.*\n", "", sql, flags=re.MULTILINE)) if statement.strip()]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_command_prints_the_script_of_each_dialect(dialect: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("ddl", "--dialect", dialect) == 0
    assert capsys.readouterr().out == script(dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_statement_is_one_in_its_dialect(dialect: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="sqlglot")
    for statement in _statements(script(dialect)):
        # sqlglot knows BigQuery's external tables, and not their clause of partition columns
        plain = re.sub(r"with partition columns \([^)]*\)", "", statement) if dialect == "bigquery" else statement
        (tree,) = sqlglot.parse(plain, dialect=dialect)
        assert tree is not None
        assert not isinstance(tree, expressions.Command) or statement.strip().startswith(_UNPARSED), statement[:200]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_table_has_every_column(dialect: str) -> None:
    for table in TABLES:
        tree = sqlglot.parse_one(create_table(dialect, table), dialect=dialect)
        names = [column.name for column in tree.find_all(expressions.ColumnDef) if isinstance(column.parent, expressions.Schema)]
        assert [name for name in names if not name.startswith("_")] == [column.name for column in table.columns]


def test_a_type_without_a_name_is_an_error() -> None:
    import pyarrow as pa

    with pytest.raises(TypeError, match=r"schemas/sql/dialects\.py"):
        sql_type("duckdb", pa.duration("s"))


def test_the_command_puts_the_lake_s_folder_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("ddl", "--dialect", "spark", "--lake", "s3://bucket/lake/") == 0
    said = capsys.readouterr().out
    assert "location 's3://bucket/lake/documents'" in said
    assert "LAKE" not in said


def _check(rows_of: object, lake: Path) -> None:
    """Compares what an engine finds in the lake's files with what Delta says."""
    facts = "count(*), count(date), min(date)::varchar, count(distinct source), sum(len(authors))"
    ((count, dated, first, sources, authors),) = by_delta(lake, f"select {facts} from documents")
    assert rows_of("select count(*), count(date), min(date), count(distinct source) from documents_lake") == [  # type: ignore[operator]
        (count, dated, first, sources)
    ]
    assert rows_of("select count(*) from documents_lake where source = 'Café / Nord'") == [(1,)]  # type: ignore[operator]
    assert authors is not None
    ((rejects,),) = by_delta(lake, "select count(*) from rejects")
    assert rows_of("select count(*) from rejects_lake") == [(rejects,)]  # type: ignore[operator]


def test_duckdb_runs_its_script_loads_into_it_and_reads_the_files(lake: Path, tmp_path: Path) -> None:
    def rows(sql: str) -> list[tuple]:
        return [
            tuple(str(value) if hasattr(value, "isoformat") else value for value in row)
            for row in connection.execute(sql).fetchall()
        ]

    with duckdb.connect(str(tmp_path / "news.db")) as connection:
        connection.execute(script("duckdb", str(lake)))
        _check(rows, lake)
    assert broadsheet("load", "--lake", lake, "--to", f"duckdb://{tmp_path}/news.db") == 0
    with duckdb.connect(str(tmp_path / "news.db")) as connection:
        assert rows("select count(*) from documents_latest") == [(5,)]


@pytest.mark.service
def test_postgres_runs_its_script_and_loads_into_it(lake: Path) -> None:
    with postgres.server() as url:
        import psycopg

        with psycopg.connect(url) as connection:
            connection.execute(script("postgres"))
        assert broadsheet("load", "--lake", lake, "--to", url) == 0
        with psycopg.connect(url) as connection:
            assert connection.execute("select count(*) from documents_latest").fetchall() == [(5,)]


@pytest.mark.service
def test_clickhouse_runs_its_script_loads_into_it_and_reads_the_files(lake: Path, clickhouse_url: str) -> None:
    target = ClickHouseTarget(clickhouse_url)
    for statement in _statements(script("clickhouse", str(lake))):
        target.query(statement)
    _check(lambda sql: [tuple(row) for row in target.query(sql)], lake)
    assert broadsheet("load", "--lake", lake, "--to", clickhouse_url) == 0
    assert target.query("select count(*) from documents_latest") == [[5]]
    assert json.dumps(target.query("select distinct authors from documents_current where title = 'The Pier'")).startswith("[")


def test_the_newest_revision_of_a_page_is_shown_and_pages_without_address_are_all_shown(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(script("postgres").replace("jsonb", "varchar[]").replace("bytea", "blob"))
        rows = [
            ("1", "a", "https://a/1", "2024-01-01", "old"),
            ("2", "a", "https://a/1", "2024-01-02", "new"),
            ("3", "b", "https://a/1", "2024-01-01", "other source"),
            ("4", "a", None, None, "no address"),
            ("5", "a", None, None, "no address either"),
        ]
        columns = connection.execute(
            "select column_name, data_type from duckdb_columns() where table_name = 'documents'"
        ).fetchall()
        given = ("doc_id", "source", "canonical_url", "published_at", "title")
        filler = {"VARCHAR": "''", "VARCHAR[]": "[]", "BIGINT": "0", "DOUBLE": "0"}
        for row in rows:
            values = dict(zip(given, row, strict=True))
            texts = [
                (f"'{values[name]}'" if values[name] is not None else "null") if name in values
                else "null" if name in ("url", "modified_at", "crawled_at") else filler.get(type_, "null")
                for name, type_ in columns
            ]  # fmt: skip
            connection.execute(f"insert into documents values ({', '.join(texts)})")
        shown = connection.execute("select title from documents_latest order by doc_id").fetchall()
        connection.execute("create view again as select * from documents_latest; drop view documents_latest")
        connection.execute(LATEST)
        assert connection.execute("select title from documents_latest order by doc_id").fetchall() == shown
    assert [title for (title,) in shown] == ["new", "other source", "no address", "no address either"]


def test_no_column_has_a_name_that_would_have_to_be_quoted() -> None:
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", column.name) for table in TABLES for column in table.columns)
    assert {"order", "group", "user", "table", "select"}.isdisjoint(column.name for column in DOCUMENTS.columns)

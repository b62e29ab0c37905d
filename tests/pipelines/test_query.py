"""Query prints the rows of the lake for people, for spreadsheets and for programs."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from helpers.command import ROOT, broadsheet, ingest
from helpers.pages import dump, write

from broadsheet.schemas.tables import TABLES, Table

_SQL = "select title, date, authors, published_at from documents order by title"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("query")
    pages = {
        "a.txt": dump("The Pier"),
        "b.txt": dump("守塔人 and the Gull"),
        "c.txt": dump("The Bell", published="soon"),
        "empty.txt": "",
    }
    ingest(folder / "lake", write(folder / "source=paper.example", pages))
    return folder / "lake"


def _said(capsys: pytest.CaptureFixture[str], lake: Path, *arguments: object) -> str:
    capsys.readouterr()
    assert broadsheet("query", *arguments, "--lake", lake) == 0
    return capsys.readouterr().out


def test_a_table_is_aligned_and_whole_if_no_terminal_cuts_it(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = _said(capsys, lake, "select title, text from documents order by title").splitlines()
    assert lines[0].split() == ["title", "text"]
    assert lines[-1] == "(3 rows)"
    assert all(line.rstrip().endswith("with a drawing of them.") for line in lines[1:4])


def test_json_is_an_object_a_row(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [json.loads(line) for line in _said(capsys, lake, _SQL, "--format", "json").splitlines()]
    assert [row["title"] for row in rows] == ["The Bell", "The Pier", "守塔人 and the Gull"]
    assert [row["date"] for row in rows] == [None, "2024-05-14", "2024-05-14"]
    assert rows[1]["published_at"] == "2024-05-14 06:12:00+00:00"


def test_csv_comes_back_as_it_was(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(_said(capsys, lake, "select text from documents", "--format", "csv"))))
    assert len(rows) == 3
    assert all(row["text"].count("\n") == 4 for row in rows)


def test_all_three_tables_are_there(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "select (select count(*) from documents) d, (select count(*) from rejects) r, (select count(*) from inputs) i"
    assert json.loads(_said(capsys, lake, sql, "--format", "json")) == {"d": 3, "r": 1, "i": 4}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_are_found_by_any_of_their_columns(lake: Path, table: Table) -> None:
    dataset = DeltaTable(str(lake / table.name)).to_pyarrow_dataset()  # as others read the lake, too
    for row in dataset.to_table().to_pylist()[:1]:
        for column, value in row.items():
            if value is not None and not isinstance(value, list):
                assert dataset.count_rows(filter=ds.field(column) == value), column


def test_a_statement_that_is_none_fails_with_what_duckdb_says(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("query", "select titel from documents", "--lake", lake) == 2
    said = capsys.readouterr().err
    assert "titel" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl", "rows.parquet"])
def test_a_file_has_the_format_of_its_ending_and_every_row(lake: Path, tmp_path: Path, name: str) -> None:
    assert broadsheet("query", _SQL, "--lake", lake, "--output", tmp_path / name) == 0
    readers = {".csv": "read_csv", ".jsonl": "read_json", ".parquet": "read_parquet"}
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        rows = connection.execute(f"select title, date from {readers[Path(name).suffix]}('{tmp_path / name}')").fetchall()
    assert [title for title, _ in rows] == ["The Bell", "The Pier", "守塔人 and the Gull"]
    assert [str(day) for _, day in rows] == ["None", "2024-05-14", "2024-05-14"]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_parquet_keeps_the_types(lake: Path, tmp_path: Path) -> None:
    assert broadsheet("query", "select * from documents", "--lake", lake, "--output", tmp_path / "all.parquet") == 0
    schema = pq.read_schema(tmp_path / "all.parquet")
    assert str(schema.field("published_at").type) == "timestamp[us, tz=UTC]"
    assert str(schema.field("date").type) == "date32[day]"
    assert pa.types.is_list(schema.field("authors").type)


@pytest.mark.parametrize(
    "arguments",
    [("--format", "parquet"), ("--output", "rows.xlsx"), ("--output", "rows.csv", "--format", "table")],
    ids=["parquet without a file", "an unknown ending", "a table in a file"],
)
def test_a_format_that_does_not_fit_is_wrong_usage(
    lake: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert broadsheet("query", _SQL, "--lake", lake, *arguments) == 2
    assert capsys.readouterr().err.startswith("broadsheet: --")


def test_a_statement_that_fails_leaves_the_file_that_was_there(lake: Path, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("old")
    sql = "select 1 / (length(title) - length(title)), cast(title as integer) from documents"
    assert broadsheet("query", sql, "--lake", lake, "--output", tmp_path / "rows.csv") == 2
    assert (tmp_path / "rows.csv").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def _shell(lake: Path, typed: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "broadsheet", "shell", "--lake", str(lake)]
    return subprocess.run(command, input=typed, capture_output=True, text=True, cwd=ROOT, check=False)


def test_the_shell_runs_statement_after_statement_and_goes_on_after_an_error(lake: Path) -> None:
    done = _shell(lake, "select count(*) as found\nfrom documents;\n\nselect nonsense;\nselect 41 + 1 as answer")
    assert done.returncode == 1
    assert "nonsense" in done.stderr
    assert "Traceback" not in done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["found", "3", "(1", "answer", "42", "(1"]


def test_the_shell_is_left_by_quit(lake: Path) -> None:
    done = _shell(lake, "select 1 as one;\n.quit\nselect 2 as two;\n")
    assert done.returncode == 0
    assert "two" not in done.stdout


def test_a_reader_that_leaves_early_sees_no_message(lake: Path) -> None:
    """As `broadsheet query … | head -1` does."""
    command = [sys.executable, "-m", "broadsheet", "query", "select * from range(100000)", "--format", "csv", "--lake", str(lake)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_of_standard_output_is_a_failure(lake: Path) -> None:
    command = [sys.executable, "-m", "broadsheet", "query", "select 1", "--lake", str(lake)]
    with open("/dev/full", "w") as full:
        assert subprocess.run(command, stdout=full, stderr=subprocess.DEVNULL, check=False).returncode == 1

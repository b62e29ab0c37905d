"""The command line: what it refuses before anything is written, and how it says so."""

from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import broadsheet, finish, start
from helpers.pages import dump, write


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return write(tmp_path / "pages", {"source=quay.example/a.txt": dump("The Quay"), "notes.pdf": b"%PDF"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ingest"], "name at least one INPUT"),
        (["ingest", "{pages}"], "--lake DIR is missing"),
        (["ingest", "{pages}/nowhere", "--lake", "{lake}"], "/nowhere does not exist"),
        (["ingest", "{pages}", "{pages}/nowhere", "--lake", "{lake}"], "/nowhere does not exist"),
        (["ingest", "{pages}/*.html", "--lake", "{lake}"], "no file matches"),
        (["ingest", "{pages}/**/*.html", "--lake", "{lake}"], "no file matches"),
        (["ingest", "{empty}", "--lake", "{lake}"], "is an empty folder"),
        (["ingest", "{pages}/notes.pdf", "--lake", "{lake}"], "expected one of .txt .html .htm"),
        (["ingest", "{pages}", "--lake", "{lake}", "--batch-mv", "3"], "unknown flag --batch-mv; did you mean --batch-mb?"),
        (["ingest", "{pages}", "--lake", "{lake}", "--soruce=a"], "unknown flag --soruce; did you mean --source?"),
        (["ingest", "{pages}", "--lake", "{lake}", "--direct_num_worker=2"], "did you mean --direct_num_workers?"),
        (["ingest", "{pages}", "--lake", "{lake}", "--batch", "3"], "unknown flag --batch"),
        (["ingest", "{pages}", "--lake", "{lake}", "--batch-mb", "0"], "no number greater than 0"),
        (["ingest", "{pages}", "--lake", "{lake}", "--batch-mb", "nan"], "no number greater than 0"),
        (["ingest", "{pages}", "--lake", "{lake}", "--max-record-mb", "inf"], "no number greater than 0"),
        (["ingest", "{pages}", "--lake", "{lake}", "--batch-mb", "many"], "--batch-mb"),
        (["ingest", "{pages}", "--lake", "{lake}", "--max-reject-share", "2"], "no share from 0 to 1"),
        (["ingest", "{pages}", "--lake", "{lake}", "--config", "{pages}/none.toml"], "none.toml does not exist"),
        (["ingets", "{pages}"], "invalid choice: 'ingets'"),
        (["query", "select"], "--lake"),
        (["explain", "{pages}/nowhere.txt"], "nowhere.txt does not exist"),
        (["explain", "{pages}/notes.pdf"], "expected one of .txt .html .htm"),
    ],
    ids=lambda value: " ".join(value).replace("{pages}", "PAGES").replace("{lake}", "LAKE") if isinstance(value, list) else "",
)
def test_wrong_usage_ends_in_one_sentence_before_anything_is_written(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (tmp_path / "empty").mkdir()
    filled = [word.format(pages=pages, lake=tmp_path / "lake", empty=tmp_path / "empty") for word in arguments]
    assert broadsheet(*filled) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.startswith("broadsheet: ")
    assert said.out == ""
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("command", ["query", "verify"])
def test_a_command_without_its_lake_fails_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    words = ["select 1"] if command == "query" else []
    assert broadsheet(command, *words, "--lake", tmp_path / "nowhere") == 1
    assert capsys.readouterr().err == f"broadsheet: there is no lake at {tmp_path}/nowhere: documents/ holds no Delta table\n"


@pytest.mark.parametrize("lake", ["{file}", "{file}/lake", "/proc/lake"], ids=["a file", "below a file", "where nobody can write"])
def test_a_lake_that_cannot_be_written_fails_the_run_in_one_sentence(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], lake: str
) -> None:
    (tmp_path / "file").write_text("x")
    assert broadsheet("ingest", pages, "--lake", lake.format(file=tmp_path / "file")) == 1
    said = capsys.readouterr().err
    assert said.startswith("broadsheet: ")
    assert said.count("\n") == 1
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("batch-mb = -1", "no number greater than 0"),
        ("batch_mb = 3", "unknown key batch_mb; did you mean batch-mb?"),
        ("batch-mb 3", "is no TOML"),
        ("lake = 3", "lake"),
        ("force = 'yes'", "force"),
        ("source = ['a']", "source"),
        ("[ingest]\nforce = true", "unknown key ingest"),
        ("help = true", "unknown key help"),
    ],
    ids=lambda value: value,
)
def test_a_config_file_that_cannot_be_followed_is_refused(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], config: str, message: str
) -> None:
    (tmp_path / "run.toml").write_text(config)
    assert broadsheet("ingest", pages, "--lake", tmp_path / "lake", "--config", tmp_path / "run.toml") == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "lake").exists()


def test_a_config_file_speaks_where_the_command_line_is_silent(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(
        f'lake = "{tmp_path}/lake"\nsource = "config.example"\nmax-record-mb = 0.0001\nquiet = true\n'
    )
    assert broadsheet("ingest", pages, "--config", tmp_path / "run.toml", "--max-record-mb", "1") == 0
    assert lakes.by_delta(tmp_path / "lake", "select source, source_basis from documents") == [("config.example", "flag")]


def test_inputs_behind_a_flag_of_submit_are_told_their_place(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("submit", "prism", "--lake", "lake", pages) == 2
    assert f"unexpected argument '{pages}': inputs stand together, before the flags" in capsys.readouterr().err


def test_a_broken_table_fails_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "lake", {f"{table}/_delta_log/{0:020d}.json": "no json" for table in lakes.TABLES})
    assert broadsheet("verify", "--lake", tmp_path / "lake") == 1
    said = capsys.readouterr().err
    assert said.startswith("broadsheet: ")
    assert str(tmp_path / "lake") in said


def test_no_command_prints_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet() == 0
    said = capsys.readouterr().out
    assert all(command in said for command in ("ingest", "query", "explain", "verify"))


def test_the_exit_code_of_the_process_is_the_commands(tmp_path: Path) -> None:
    code, said = finish(start("ingest", tmp_path / "nowhere", "--lake", tmp_path / "lake"))
    assert (code, said) == (2, f"broadsheet: {tmp_path}/nowhere does not exist\n")

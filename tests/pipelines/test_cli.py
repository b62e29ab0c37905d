"""The command line: what it refuses before anything is written, and how it says so."""

import argparse
import errno
import signal
import subprocess
import sys
import time
from importlib.metadata import metadata, version
from pathlib import Path

import pytest
from deltalake.exceptions import DeltaError
from helpers import lakes
from helpers.command import broadsheet, finish, start
from helpers.pages import dump, write

from broadsheet.pipelines.cli.commands import ddl
from broadsheet.pipelines.cli.extras import EXTRAS, check_extras
from broadsheet.pipelines.cli.limit_flags import PAGE_LIMITS, READ_LIMITS, page_limits
from broadsheet.pipelines.cli.main import make_parser
from broadsheet.pipelines.cli.read_flags import read_options
from broadsheet.pipelines.observe.exit_codes import MEANINGS, exit_code
from broadsheet.schemas.errors import AlertError, ConfigError, ForeignLakeError, LakeError, RunError
from broadsheet.schemas.sql.ddl import PLACEHOLDER
from broadsheet.schemas.sql.dialects import DIALECTS
from broadsheet.transforms.limits import ResourceLimits
from broadsheet.transforms.read.reader import ReadOptions


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
        (["ingest", "{pages}", "--lake", "{lake}", "--batch-mb", "0"], "expected a number greater than 0"),
        (["ingest", "{pages}", "--lake", "{lake}", "--batch-mb", "nan"], "expected a number greater than 0"),
        (["ingest", "{pages}", "--lake", "{lake}", "--limit", "record-mb=inf"], "record-mb"),
        (["ingest", "{pages}", "--lake", "{lake}", "--batch-mb", "many"], "--batch-mb"),
        (["ingest", "{pages}", "--lake", "{lake}", "--max-reject-share", "2"], "expected a number from 0 to 1"),
        (["ingest", "{pages}", "--lake", "{lake}", "--config", "{pages}/none.toml"], "none.toml does not exist"),
        (["ingest", "{pages}", "--lake", "{lake}", "--limit", "html-tag=3"], "did you mean html-tags?"),
        (["ingest", "{pages}", "--lake", "{lake}", "--limit", "html-tags"], "NAME=VALUE"),
        (["ingest", "{pages}", "--lake", "{lake}", "--column", "txet=body"], "did you mean text?"),
        (["ingest", "{pages}", "--lake", "{lake}", "-x"], "unknown flag -x"),
        (["ingets", "{pages}"], "did you mean ingest?"),
        (["--nonsense"], "unknown flag --nonsense"),
        (["--versio"], "did you mean --version?"),
        (["-q"], "name a command"),
        (["--print-completion", "cmd"], "zsh"),
        (["query", "select 1", "--lake", "{lake}", "--formt", "csv"], "did you mean --format?"),
        (["query", "select 1", "--lake", "{lake}", "--runner=DirectRunner"], "unknown flag --runner"),
        (["replay", "--lake", "{lake}", "--from", "earliest"], "unknown flag --from"),
        (["reprocess", "--lake", "{lake}", "--where", "true", "--kafka-config", "x"], "unknown flag --kafka-config"),
        (["load", "--lake", "{lake}", "--to", "news.duckdb"], "duckdb://news.duckdb"),
        (["explain", "{pages}"], "{pages}/source=quay.example/a.txt"),
        (["explain", "{pages}/source=quay.example/a.txt", "--json", "--html"], "--html"),
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
    assert message.format(pages=pages) in said.err
    assert said.err.startswith("broadsheet: ")
    assert said.out == ""
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("command", ["query", "verify"])
def test_a_command_without_its_lake_fails_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    words = ["select 1"] if command == "query" else []
    assert broadsheet(command, *words, "--lake", tmp_path / "nowhere") == 2
    said = capsys.readouterr().err
    assert f"{tmp_path}/nowhere" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("lake", ["{file}", "{file}/lake", "/proc/lake"], ids=["a file", "below a file", "where nobody can write"])
def test_a_lake_that_cannot_be_written_fails_the_run_in_one_sentence(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], lake: str
) -> None:
    (tmp_path / "file").write_text("x")
    assert broadsheet("ingest", pages, "--lake", lake.format(file=tmp_path / "file")) in (1, 2)
    said = capsys.readouterr().err
    assert said.startswith("broadsheet: ")
    assert said.count("\n") == 1
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("batch-mb = -1", "expected a number greater than 0"),
        ("batch_mb = 3", "unknown key batch_mb; did you mean batch-mb?"),
        ("batch-mb = true", "batch-mb"),
        ("extractor = 'block'", "extractor"),
        ("[limits]\nhtml-tag = 3", "did you mean limits.html-tags?"),
        ("[limits]\nhtml-tags = 'many'", "limits.html-tags"),
        ("[columns]\ntext = 3", "columns.text"),
        ("[alerts]\nmin-document = 3", "did you mean alerts.min-documents?"),
        ("[alerts]\nmax-reject-share = 2", "alerts.max-reject-share"),
        ("batch-mb 3", "is not valid TOML"),
        ("lake = 3", "lake"),
        ("force = 'yes'", "force"),
        ("source = ['a']", "source"),
        ("[ingest]\nforce = true", "unknown key ingest.force"),
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
        f'lake = "{tmp_path}/lake"\nsource = "config.example"\nquiet = true\n[limits]\nrecord-mb = 0.0001\nhtml-tags = 9\n'
    )
    assert broadsheet("ingest", pages, "--config", tmp_path / "run.toml", "--limit", "record-mb=1") == 0
    assert lakes.by_delta(tmp_path / "lake", "select source, source_basis from documents") == [("config.example", "flag")]


def test_one_config_file_serves_ingest_and_replay(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(f'lake = "{tmp_path}/lake"\nlearn = true\n[alerts]\nmin-documents = 2\n')
    assert broadsheet("ingest", pages, "--config", tmp_path / "run.toml") == 3
    assert broadsheet("replay", "--config", tmp_path / "run.toml") == 0


@pytest.mark.parametrize(
    "order",
    [
        "ingest INPUT --lake LAKE --source a.example -q",
        "ingest --lake LAKE --source a.example -q INPUT",
        "-q ingest --lake=LAKE INPUT --source a.example",
        "ingest --lake LAKE --direct_num_workers 1 INPUT -q --source=a.example",
        "ingest -q --lake LAKE --source a.example -- INPUT",
    ],
)
def test_flags_may_come_before_and_after_inputs(pages: Path, tmp_path: Path, order: str) -> None:
    assert broadsheet(*(word.replace("INPUT", str(pages)).replace("LAKE", f"{tmp_path}/lake") for word in order.split())) == 0
    assert lakes.by_delta(tmp_path / "lake", "select source from documents") == [("a.example",)]


def test_quiet_prints_nothing_unless_something_is_wrong(pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake = tmp_path / "lake"
    for command in (("ingest", pages), ("compact",), ("verify",), ("vacuum",), ("load", "--to", f"duckdb:///{tmp_path}/news.db")):
        assert broadsheet(*command, "--lake", lake, "--quiet") == 0
        assert capsys.readouterr() == ("", "")
    part = next((lake / "documents").glob("source=*/**/*.parquet"))
    part.unlink()
    assert broadsheet("verify", "--lake", lake, "--quiet") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert part.name in said.err
    assert broadsheet("ingest", pages, "--lake", lake, "--quiet", "--min-documents", "5") == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_the_first_screen_of_ingest_has_at_most_twenty_flags() -> None:
    parser = make_parser()[1]["ingest"]
    first, all_of_them = parser.format_help(), parser.format_help(everything=True)
    flags = {action.option_strings[-1] for action in parser._actions if action.option_strings}
    assert sum(f" {flag}" in first for flag in flags) <= 20
    assert all(f" {flag}" in all_of_them for flag in flags)
    assert all(f"  {name} " in all_of_them for name in (*READ_LIMITS, *PAGE_LIMITS))


def test_limits_name_the_defaults_that_hold() -> None:
    defaults = {**READ_LIMITS, **PAGE_LIMITS}
    assert page_limits({}) == ResourceLimits()
    options = argparse.Namespace(source=None, path_template=None, url_from_path=False, limits={}, columns={})
    assert read_options(options) == ReadOptions(max_record_bytes=64_000_000, max_decompressed_bytes=1_024_000_000_000)
    assert all(name.default for name in defaults.values())


def test_the_dialects_and_folder_of_ddl_are_those_of_the_schemas() -> None:
    assert tuple(DIALECTS) == ddl.DIALECTS
    assert PLACEHOLDER == ddl.PLACEHOLDER


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("x"), 2),
        (ForeignLakeError("x"), 2),
        (PermissionError(errno.EACCES, "x"), 2),
        (OSError(errno.EROFS, "x"), 2),
        (DeltaError("Generic LocalFileSystem error: Permission denied (os error 13)"), 2),
        (OSError(errno.ENOSPC, "x"), 1),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), 1),
        (LakeError("x"), 1),
        (RunError("x"), 1),
        (AlertError("x"), 3),
        (KeyboardInterrupt(), 130),
    ],
    ids=repr,
)
def test_each_error_has_its_exit_code(error: BaseException, code: int) -> None:
    assert exit_code(error) == code
    assert code in MEANINGS


def test_an_error_that_came_of_missing_permissions_is_one_of_permissions() -> None:
    error = RunError("the batch failed")
    error.__cause__ = PermissionError(errno.EACCES, "x")
    assert exit_code(error) == 2


def test_ctrl_c_ends_in_one_line_and_130(tmp_path: Path) -> None:
    texts = {f"source=quay.example/{n}.txt": dump(f"The Quay, part {n}") for n in range(3000)}
    process = start("ingest", write(tmp_path / "many", texts), "--lake", tmp_path / "lake")
    assert process.stdout is not None
    first = process.stdout.readline()  # the inputs are known
    time.sleep(2)  # the batch is under way
    process.send_signal(signal.SIGINT)
    code, said = finish(process)
    assert code == 130, first
    assert said.count("\n") == 1, said


def test_a_missing_extra_is_named_before_anything_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(EXTRAS, "kafka", "no_such_module")
    monkeypatch.setitem(EXTRAS, "bigquery", "no_such.module")
    with pytest.raises(ConfigError, match=r"broadsheet\[kafka\]"):
        check_extras(["pages", "kafka://127.0.0.1:9/news"])
    with pytest.raises(ConfigError, match=r"broadsheet\[bigquery\]"):
        check_extras(["bigquery://project/dataset"])
    assert broadsheet("ingest", "kafka://127.0.0.1:9/news", "--lake", tmp_path / "lake") == 2
    assert not (tmp_path / "lake").exists()


def test_every_extra_of_an_address_is_one_of_setup_py() -> None:
    declared = {extra.partition(";")[0] for extra in metadata("broadsheet").get_all("Provides-Extra") or []}
    assert set(EXTRAS) <= declared


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_names_every_command(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    assert broadsheet("--print-completion", shell) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in make_parser()[1])


def test_help_imports_neither_beam_nor_arrow() -> None:
    code = ("import sys", "from broadsheet.pipelines.cli.main import main, make_parser", "make_parser()[1]['ingest'].format_help()")
    done = subprocess.run(
        [sys.executable, "-c", "; ".join((*code, "print(*sys.modules)"))], check=True, capture_output=True, text=True
    )
    assert not {"apache_beam", "pyarrow", "numpy", "rich", "deltalake", "duckdb"} & set(done.stdout.split())


def test_alerts_of_a_report_are_printed_instead_of_the_page(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert broadsheet("ingest", pages, "--lake", tmp_path / "lake", "-q") == 0
    assert broadsheet("report", "--lake", tmp_path / "lake", "--alert") == 0
    assert capsys.readouterr().out == ""


def test_version_names_what_results_depend_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("--version") == 0
    said = capsys.readouterr().out
    assert all(version(package) in said for package in ("broadsheet", "apache-beam", "pyarrow", "deltalake"))


def test_a_file_in_place_of_a_lake_is_wrong_usage(pages: Path, tmp_path: Path) -> None:
    file = tmp_path / "lake"
    file.write_text("x")
    assert broadsheet("ingest", pages, "--lake", file) == 2
    assert file.read_text() == "x"


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder that even root cannot write")
def test_a_lake_that_may_not_be_written_needs_no_retry(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("ingest", pages, "--lake", "/sys/kernel") == 2
    said = capsys.readouterr().err
    assert "/sys/kernel" in said
    assert "Errno" not in said


def test_a_query_into_a_folder_that_is_not_there_is_wrong_usage(pages: Path, tmp_path: Path) -> None:
    assert broadsheet("ingest", pages, "--lake", tmp_path / "lake", "--quiet") == 0
    assert broadsheet("query", "select 1 as n", "--lake", tmp_path / "lake", "--output", tmp_path / "none" / "n.csv") == 2
    assert not (tmp_path / "none").exists()


def test_a_broken_table_fails_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "lake", {f"{table}/_delta_log/{0:020d}.json": "no json" for table in lakes.TABLES})
    assert broadsheet("query", "select 1", "--lake", tmp_path / "lake") == 1
    said = capsys.readouterr().err
    assert said.startswith("broadsheet: ")
    assert str(tmp_path / "lake") in said
    assert broadsheet("verify", "--lake", tmp_path / "lake") == 1
    assert all(table in capsys.readouterr().out for table in lakes.TABLES[:1])


def test_no_command_prints_the_help_as_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet() == 2
    said = capsys.readouterr().err
    assert all(command in said for command in ("ingest", "query", "explain", "verify"))


def test_the_exit_code_of_the_process_is_the_commands(tmp_path: Path) -> None:
    code, said = finish(start("ingest", tmp_path / "nowhere", "--lake", tmp_path / "lake"))
    assert (code, said) == (2, f"broadsheet: {tmp_path}/nowhere does not exist\n")

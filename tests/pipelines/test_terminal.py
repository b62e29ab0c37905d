"""No command lets input give orders to the terminal, whether by a name, a title or an error."""

import json
import logging
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import ROOT, broadsheet
from helpers.lakes import data_files
from helpers.pages import dump

from broadsheet.pipelines.observe.terminal import to_json, visible

_ORDER = "\x1b[2J\x9b31m\u202e\x07[/red][bold]"
"""Clears the screen, turns red in one character, turns the direction of text, rings; and what rich would take for markup."""
_NAME = _ORDER.replace("/", "")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages") / f"source={_NAME}"
    folder.mkdir(parents=True)
    (folder / f"pier{_NAME}.txt").write_text(dump(f"The {_ORDER} Pier"))
    (folder / f"cut{_NAME}.txt.gz").write_bytes(b"\x1f\x8b\x08" + _ORDER.encode())
    (folder / f"mail{_NAME}.jsonl").write_text(json.dumps({_ORDER: _ORDER}) + f"\n{_ORDER}\n")
    (folder / f"left.out{_NAME}").write_text("x")
    return folder


@pytest.fixture(scope="module")
def lake(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake = tmp_path_factory.mktemp("lakes") / "lake"
    assert broadsheet("ingest", pages, "--lake", lake, "--quiet") == 0
    return lake


def _check(capfd: pytest.CaptureFixture[str], *words: str) -> str:
    said = "".join(capfd.readouterr())
    assert all(visible(line) == line for line in said.split("\n")), ascii(said)
    for word in words:
        assert word in said
    return said


def test_ingest_names_its_inputs_without_their_orders(pages: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("ingest", pages, "--lake", tmp_path / "lake") == 0
    _check(capfd, "left out, not a format that is read: 1 .out", "[bold]")
    assert broadsheet("ingest", pages, "--lake", tmp_path / "other", "--dry-run") == 0
    _check(capfd, "would read", "[bold]")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ingest", f"no{_NAME}.txt", "--lake", "lake"), 2),
        (("ingest", "x.txt", "--lake", "lake", f"--{_ORDER}"), 2),
        (("query", f"select {_ORDER}", "--lake"), 2),
        (("query", f"select '{_ORDER}' as \"{_ORDER}\", * from rejects", "--lake"), 0),
        (("query", "select uri, title, text from documents", "--format", "json", "--lake"), 0),
        (("verify", "--lake"), 0),
        (("status", "--lake"), 0),
        (("vacuum", "--dry-run", "--retention-days", "0", "--lake"), 0),
        (("compact", "--where", _ORDER, "--lake"), 2),
        (("status", f"no{_NAME}", "--lake"), 0),
        (("rejects", "--lake"), 0),
        (("rejects", "--list", "--lake"), 0),
        (("rejects", "--list", "--format", "json", "--lake"), 0),
        (("rejects", "--where", _ORDER, "--lake"), 2),
        (("report", "--lake"), 0),
        (("report", "--json", "--lake"), 0),
        (("load", "--to", f"nowhere{_ORDER}://x", "--lake"), 2),
        (("learn", f"no{_NAME}.txt", "--lake"), 2),
    ],
    ids=[
        *("no input", "no flag", "no SQL", "table", "json", "verify", "status", "vacuum", "compact"),
        *("status of inputs", "rejects", "list of rejects", "rejects as json", "rejects where", "report", "report as json"),
        *("load", "learn"),
    ],
)
def test_what_a_command_says_gives_no_orders(
    lake: Path, arguments: tuple[str, ...], code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    place = [lake] if arguments[-1] == "--lake" else []
    assert broadsheet(*arguments, *place) == code
    _check(capfd)


@pytest.mark.parametrize("style", [[], ["--json"], ["--html"]], ids=["terminal", "json", "html"])
def test_explain_gives_no_orders(pages: Path, style: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    for path in sorted(pages.iterdir()):
        if "left" not in path.name:
            assert broadsheet("explain", path, *style) == 0
            _check(capfd, "[bold]")


def test_verify_names_what_is_wrong_without_orders(pages: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lake = tmp_path / "lake"
    assert broadsheet("ingest", pages, "--lake", lake, "--quiet") == 0
    for name in data_files(lake):
        if name.startswith("documents"):
            (lake / name).unlink()
    (lake / "documents" / f"stray{_NAME}.parquet").write_bytes(b"x")
    capfd.readouterr()
    assert broadsheet("verify", "--lake", lake) == 1
    _check(capfd, "wrong: ", "is known to no commit")
    assert broadsheet("verify", "--repair", "--lake", lake) == 0
    _check(capfd, "is known to no commit: moved to")


@pytest.mark.parametrize("command", ["replay", "reprocess"])
def test_what_is_done_again_is_shown_without_orders(
    command: str, pages: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lake = tmp_path / "lake"
    assert broadsheet("ingest", pages, "--lake", lake, "--quiet") == 0
    capfd.readouterr()
    assert broadsheet(command, "--lake", lake, "--where", "true") == 0
    _check(capfd)
    assert broadsheet(command, "--lake", lake, "--where", _ORDER) == 2
    _check(capfd)


def test_watch_names_its_inputs_without_their_orders(pages: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ("--lake", tmp_path / "lake", "--every", "0", "--settle-time", "0", "--until-idle")
    assert broadsheet("watch", pages, *arguments) == 0
    _check(capfd)


def test_load_says_what_it_did_without_orders(lake: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("load", "--lake", lake, "--to", f"duckdb:///{tmp_path}/w{_NAME}.duckdb", "--table", "rejects") in (0, 2)
    _check(capfd)


def test_a_shell_prints_no_orders(lake: Path) -> None:
    asked = f"select uri, title from documents; select '{_ORDER}' as \"{_ORDER}\";\nselect {_ORDER};\n"
    command = [sys.executable, "-m", "broadsheet", "shell", "--lake", str(lake)]
    done = subprocess.run(command, cwd=ROOT, input=asked.encode(), capture_output=True, check=False)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 1
    assert "[bold]" in said
    assert all(visible(line) == line for line in said.split("\n")), ascii(said)


def test_csv_is_exact_in_a_file_and_harmless_on_a_terminal(lake: Path) -> None:
    command = [sys.executable, "-m", "broadsheet", "query", "select title from documents", "--format", "csv", "--lake", str(lake)]
    piped = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    ours, theirs = pty.openpty()
    with open(ours, "rb", buffering=0) as terminal:
        subprocess.run(command, cwd=ROOT, stdout=theirs, stderr=subprocess.DEVNULL, check=True)
        shown = terminal.read(10_000).decode()
        os.close(theirs)
    assert "\x9b31m" in piped
    assert all(visible(line) == line for line in shown.replace("\r", "").split("\n"))
    assert "[bold]" in shown


def _in_charset(charset: str, *arguments: object) -> bytes:
    words = [sys.executable, "-m", "broadsheet", *map(str, arguments)]
    return subprocess.run(words, cwd=ROOT, env=os.environ | {"PYTHONIOENCODING": charset}, check=True, capture_output=True).stdout


@pytest.mark.parametrize("charset", ["ascii", "latin-1", "cp1252"])
def test_a_charset_of_few_characters_ends_no_command_and_changes_no_data(lake: Path, tmp_path: Path, charset: str) -> None:
    page = tmp_path / "pier.txt"
    page.write_text(dump("Le café “Möwen” 海鸥…"), encoding="utf-8")
    assert "caf" in _in_charset(charset, "explain", page).decode(charset)
    assert "caf\\" in _in_charset("ascii", "explain", page).decode("ascii")
    assert "海鸥" in str(json.loads(_in_charset(charset, "explain", page, "--json").decode("utf-8")))
    for style in ("csv", "json"):
        assert "海鸥…" in _in_charset(charset, "query", "select '海鸥…' as name", "--lake", lake, "--format", style).decode("utf-8")
    assert _in_charset(charset, "query", "select '海鸥' as name", "--lake", lake)


def test_json_with_escapes_is_the_same_value() -> None:
    value = {"title": f"{_ORDER}\u2028\ufeff naïve 東京", "list": [1, None]}
    assert json.loads(to_json(value)) == value
    assert visible(to_json(value)) == to_json(value)


def test_a_log_line_gives_no_orders(capfd: pytest.CaptureFixture[str]) -> None:
    broadsheet("status", "--lake", "nowhere")
    record = logging.getLogRecordFactory()("beam", 40, "a.py", 1, "read %s", (_ORDER,), None)
    assert record.getMessage() == f"read {visible(_ORDER)}"
    try:
        raise ValueError(_ORDER)
    except ValueError:
        record = logging.getLogRecordFactory()("beam", 40, "a.py", 1, "failed", (), sys.exc_info())
    shown = logging.Formatter().format(record)
    assert f"ValueError: {visible(_ORDER)}" in shown
    assert all(visible(line) == line for line in shown.split("\n"))

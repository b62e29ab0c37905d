"""Which files of a folder are inputs, and what of an export a spreadsheet would run."""

import csv
import json
from pathlib import Path

import pytest
from helpers.command import broadsheet, ingest

_TEXT = "The wardens counted nine nests on the island on Monday, and more birds are expected before the end of the month."


@pytest.mark.parametrize(
    ("flags", "names"),
    [
        ([], ["a.html", "a.json", "drafts/b.html", "c.txt"]),
        (["--exclude", "*.json"], ["a.html", "drafts/b.html", "c.txt"]),
        (["--exclude", "*.json", "--exclude", "drafts/*"], ["a.html", "c.txt"]),
        (["--include", "*.html"], ["a.html", "drafts/b.html"]),
        (["--include", "*.html", "--exclude", "drafts/*"], ["a.html"]),
    ],
    ids=["all", "no JSON", "neither", "HTML", "HTML but drafts"],
)
def test_globs_say_which_files_of_a_folder_are_inputs(
    tmp_path: Path, flags: list[str], names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    pages = tmp_path / "pages"
    (pages / "drafts").mkdir(parents=True)
    for name in ("a.html", "a.json", "drafts/b.html", "c.txt"):
        (pages / name).write_text("{}" if name.endswith(".json") else f"<p>{_TEXT} {name}</p>")
    assert broadsheet("ingest", pages, "--lake", tmp_path / "lake", "--quiet", *flags) == 0
    capsys.readouterr()
    assert broadsheet("query", "select uri from inputs order by uri", "--lake", tmp_path / "lake", "--format", "json") == 0
    found = [json.loads(line)["uri"] for line in capsys.readouterr().out.splitlines()]
    assert found == sorted(str(pages / name) for name in names)


def test_a_file_that_is_named_itself_is_read_whatever_the_globs_say(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f"<p>{_TEXT}</p>")
    assert broadsheet("ingest", tmp_path / "a.html", "--lake", tmp_path / "lake", "--exclude", "*.html", "--min-documents", 1) == 0


def test_safe_csv_defuses_formulas_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(_TEXT)
    ingest(tmp_path / "lake", tmp_path / "a.txt")
    sql = """select '=HYPERLINK("x")' a, '+1' b, '@x' c, '-2' d, -2 e, 'x=1' f, chr(9) || '=1' g"""
    out = tmp_path / "out.csv"
    rows = {}
    for flags in ([], ["--safe-csv"]):
        assert broadsheet("query", sql, "--lake", tmp_path / "lake", "--output", out, *flags) == 0
        rows[len(flags)] = list(csv.reader(out.open(newline="")))[1]
    plain = ['=HYPERLINK("x")', "+1", "@x", "-2", "-2", "x=1", "\t=1"]
    assert rows[0] == plain
    assert rows[1] == [*(f"'{text}" for text in plain[:4]), "-2", "x=1", "'\t=1"]
    assert broadsheet("query", sql, "--lake", tmp_path / "lake", "--format", "json", "--safe-csv") == 2

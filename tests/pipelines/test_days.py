"""A range of days chooses inputs by their paths: by a placeholder in the input, or by a path template."""

import datetime as dt
import re
from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import broadsheet, ingest
from helpers.pages import dump, write

from broadsheet.pipelines.inputs.day_range import expand, parse_days
from broadsheet.schemas.errors import ConfigError


def test_both_ends_of_a_range_are_included() -> None:
    days = list(parse_days("2024-01-30..2024-02-01").each())
    assert days == [dt.date(2024, 1, 30), dt.date(2024, 1, 31), dt.date(2024, 2, 1)]
    assert list(parse_days("2024-02-29").each()) == [dt.date(2024, 2, 29)]


@pytest.mark.parametrize(
    "text", ["", "2024-02-30", "2024-02-01..2024-01-01", "2024-01-01...2024-01-02", "0024-01-01..2024-01-01", "yesterday"]
)
def test_what_is_not_a_range_of_days_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="--dates"):
        parse_days(text)


def test_a_placeholder_is_a_path_a_day_and_a_coarser_one_a_path_once() -> None:
    days = parse_days("2024-01-31..2024-02-01")
    assert expand("s3://crawl/{date:%Y/%m/%d}/*.warc.gz", days) == [
        "s3://crawl/2024/01/31/*.warc.gz",
        "s3://crawl/2024/02/01/*.warc.gz",
    ]
    assert expand("pages/{date}", days) == ["pages/2024-01-31", "pages/2024-02-01"]
    assert expand("pages/{date:%Y}", days) == ["pages/2024"]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    days = {f"paper.example/2024-01-0{day}/{day}.txt": dump(f"The Pier of {day}") for day in (1, 2, 3, 5)}
    return write(
        tmp_path / "pages", {**days, "paper.example/loose.txt": dump("The Gull"), "paper.example/2024-13-45/x.txt": dump("X")}
    )


def _read(lake: Path) -> set[str]:
    return {Path(uri).name for (uri,) in lakes.by_delta(lake, "select uri from inputs")}


def test_a_backfill_by_placeholder_reads_those_days_and_later_only_what_is_new(pages: Path, tmp_path: Path) -> None:
    days = f"{pages}/paper.example/{{date}}"
    ingest(tmp_path / "lake", days, "--dates", "2024-01-02..2024-01-04")
    assert _read(tmp_path / "lake") == {"2.txt", "3.txt"}
    ingest(tmp_path / "lake", days, "--dates", "2024-01-01..2024-01-31")
    assert _read(tmp_path / "lake") == {"1.txt", "2.txt", "3.txt", "5.txt"}
    assert lakes.books(tmp_path / "lake")["documents"] == 4


def test_a_backfill_by_template_leaves_files_of_other_days_and_of_none_out(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(tmp_path / "lake", pages, "--path-template", "{source}/{date}/{name}", "--dates", "2024-01-02..2024-01-04")
    assert _read(tmp_path / "lake") == {"2.txt", "3.txt"}
    assert "left out, not of these days: 4 files" in capsys.readouterr().out


def test_a_dry_run_says_what_would_be_read_and_writes_nothing(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake, days = tmp_path / "lake", f"{pages}/paper.example/{{date}}"
    assert broadsheet("ingest", days, "--dates", "2024-01-02..2024-01-04", "--lake", lake, "--dry-run") == 0
    said = capsys.readouterr().out
    assert not lake.exists()
    size = sum((pages / f"paper.example/2024-01-0{day}/{day}.txt").stat().st_size for day in (2, 3))
    assert [line.split()[-1] for line in said.splitlines() if line.startswith(("would be read", "in the lake", "batches"))] == [
        "0",
        "2",
        "1",
    ]
    assert f"{size / 1000:.1f} kB" in said
    assert f"would read {pages}/paper.example/2024-01-02/2.txt" in said
    assert "no file on 1 of the days, the first is" in said

    ingest(lake, days, "--dates", "2024-01-02")
    before = {path: path.stat().st_mtime_ns for path in lake.rglob("*")}
    capsys.readouterr()
    assert broadsheet("ingest", days, "--dates", "2024-01-02..2024-01-04", "--lake", lake, "--dry-run") == 0
    assert re.search(r"in the lake already +1$", capsys.readouterr().out, re.MULTILINE)
    assert {path: path.stat().st_mtime_ns for path in lake.rglob("*")} == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{pages}", "--dates", "2024-01-01"], "put {date} into it or --path-template"),
        (["{pages}/{date}"], "say which days by --dates"),
        (["{pages}/{date}", "--dates", "2020-01-01..2020-01-09"], "no file lies in any of the 9 paths"),
        (["-", "--dry-run"], "standard input would be used up"),
    ],
    ids=["nothing says the day", "no days", "nothing there", "standard input"],
)
def test_days_that_cannot_be_followed_are_refused_before_anything_is_written(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    filled = [word.replace("{pages}", str(pages)) for word in arguments]
    assert broadsheet("ingest", *filled, "--lake", tmp_path / "lake") == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "lake").exists()

"""The whole way, from files to a lake that is read back by Delta and by glob."""

import contextlib
import io
import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers import lakes, world
from helpers.command import broadsheet, ingest
from helpers.pages import dump, write

_ROWS = "select * from {} order by uri, record"


class Made(NamedTuple):
    """A lake that one run has made of the world, and what the run said. Tests look at it; those that change it take a copy."""

    pages: Path
    lake: Path
    said: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    pages = world.build(folder / "pages")
    with contextlib.redirect_stdout(io.StringIO()) as said:
        ingest(folder / "lake", pages)
    return Made(pages, folder / "lake", said.getvalue())


def _relative(made: Made, rows: list[tuple]) -> list[tuple]:
    return [(Path(row[0]).relative_to(made.pages).as_posix(), *row[1:]) for row in rows]


def test_every_article_is_a_row_of_its_source(made: Made) -> None:
    rows = _relative(made, lakes.by_delta(made.lake, "select uri, title, source, date::varchar, date_basis from documents"))
    assert {row[0]: row[1] for row in rows} == world.DOCUMENTS
    assert {row[0]: row[2:] for row in rows} == {
        "source=harbour.example/2024/pier.txt": ("harbour.example", "2024-05-14", "published"),
        "source=harbour.example/2024/bell.txt": ("harbour.example", None, "unknown"),
        "source=harbour.example/gull.txt.gz": ("harbour.example", "2024-05-14", "published"),
        "source=Café %2F Nord/pier.txt": ("Café / Nord", "2024-05-14", "published"),
        "loose/crab.html": ("unknown", "2024-05-14", "published"),
    }


def test_the_chrome_is_gone_and_the_article_is_whole(made: Made) -> None:
    for (text,) in lakes.by_delta(made.lake, "select text from documents"):
        assert "with a drawing of them." in text
        assert not {"Weather", "READ MORE", "Leave a Reply"} & set(text.split("\n"))
        assert "READ MORE" not in text


def test_what_is_refused_is_a_reject_with_its_reason_and_its_bytes(made: Made) -> None:
    rows = _relative(made, lakes.by_delta(made.lake, "select uri, stage, reason, kind, message, payload from rejects"))
    assert {row[0]: row[1:3] for row in rows} == world.DEAD | world.FILTERED
    assert {row[0] for row in rows if row[3] == "filtered"} == set(world.FILTERED)
    assert all(row[4] for row in rows)
    payloads = {row[0]: bytes(row[5]) for row in rows}
    assert payloads["broken/image.txt"] == (made.pages / "broken/image.txt").read_bytes()
    assert payloads["broken/cut.txt.gz"].startswith(b"Home\nNews\nWeather")


def test_every_record_is_in_the_counts_once(made: Made) -> None:
    rows = _relative(made, lakes.by_delta(made.lake, "select uri, records, documents, duplicates, filtered, dead from inputs"))
    expected = dict.fromkeys(world.DOCUMENTS, (1, 1, 0, 0, 0)) | dict.fromkeys(world.DUPLICATES, (1, 0, 1, 0, 0))
    expected |= dict.fromkeys(world.FILTERED, (1, 0, 0, 1, 0)) | dict.fromkeys(world.DEAD, (1, 0, 0, 0, 1))
    assert {row[0]: row[1:] for row in rows} == expected
    assert len(rows) == len(expected)


def test_the_run_says_what_became_of_the_records(made: Made) -> None:
    said = dict(
        line.rsplit(maxsplit=1) for line in made.said.splitlines() if line.startswith(("records", "docu", "dup", "filt", "dead"))
    )
    assert said.pop("documents/s")
    assert {name: int(count) for name, count in said.items()} == {
        "records read": 10,
        "documents": 5,
        "duplicates": 1,
        "filtered": 1,
        "dead": 3,
    }
    assert "left out, not a format that is read: 1 .pdf" in made.said


@pytest.mark.parametrize(
    ("table", "by_delta", "by_glob"),
    [
        ("documents", "* exclude (source, date), source, date", "* exclude (source, date), source, date"),
        ("rejects", "* exclude (kind), kind", "* exclude (kind), kind"),
        ("inputs", "* exclude (committed_at)", "*"),
    ],
    ids=lakes.TABLES,
)
def test_delta_and_glob_give_the_same_rows(made: Made, table: str, by_delta: str, by_glob: str) -> None:
    rows = lakes.by_delta(made.lake, f"select {by_delta} from {table} order by uri")
    assert rows
    assert lakes.by_glob(made.lake, table, f"select {by_glob} from rows order by uri") == rows


def test_a_glob_sees_days_as_dates_and_no_day_as_null(made: Made) -> None:
    assert lakes.by_glob(made.lake, "documents", "select distinct typeof(date) from rows") == [("DATE",)]
    assert lakes.by_glob(made.lake, "documents", "select count(*) from rows where date is null") == [(1,)]
    assert lakes.by_glob(made.lake, "documents", "select count(*) from rows where date between '2024-05-01' and '2024-06-01'") == [
        (4,)
    ]


def test_the_part_files_are_those_that_the_log_knows(made: Made) -> None:
    assert set(lakes.data_files(made.lake)) == lakes.committed_files(made.lake)
    assert lakes.leftovers(made.lake) == []


def test_verify_finds_nothing_wrong(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("verify", "--lake", made.lake, "--deep") == 0
    assert capsys.readouterr().out == "the lake is in order: 5 documents, 4 rejects, 10 inputs\n"


def test_a_second_run_commits_nothing(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    before = lakes.data_files(made.lake), lakes.versions(made.lake)
    ingest(made.lake, made.pages)
    assert (lakes.data_files(made.lake), lakes.versions(made.lake)) == before
    assert "nothing new: all 10 inputs" in capsys.readouterr().out


def test_two_lakes_of_the_same_pages_are_the_same_bytes(made: Made, tmp_path: Path) -> None:
    ingest(tmp_path / "other", made.pages)
    assert lakes.data_files(tmp_path / "other") == lakes.data_files(made.lake)


def test_many_small_batches_make_the_same_rows(made: Made, tmp_path: Path) -> None:
    ingest(tmp_path / "lake", made.pages, "--batch-mb", "0.02")
    assert lakes.versions(tmp_path / "lake")["inputs"] > 2
    for table in ("documents", "rejects"):
        assert lakes.by_delta(tmp_path / "lake", _ROWS.format(table)) == lakes.by_delta(made.lake, _ROWS.format(table))
    assert lakes.books(tmp_path / "lake") == lakes.books(made.lake)


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A lake after five runs: one page; another beside it; the first changed; all by force; the same words once more."""
    folder = tmp_path_factory.mktemp("changing")
    pages, lake, said = folder / "source=tide.example", folder / "lake", io.StringIO()
    with contextlib.redirect_stdout(said):
        write(pages, {"a.txt": dump("The First Tide"), "empty.txt": ""})
        ingest(lake, pages)
        write(pages, {"b.txt": dump("The Second Tide")})
        ingest(lake, pages)
        write(pages, {"a.txt": dump("The First Tide, Corrected")})
        os.utime(pages / "a.txt", ns=(0, 10**18))
        ingest(lake, pages)
        ingest(lake, pages, "--force")
        write(pages, {"0.txt": dump("The Second Tide")})
        ingest(lake, pages)
    return Made(pages, lake, said.getvalue())


def test_a_changed_file_is_a_new_row_and_the_old_one_stays(changing: Made) -> None:
    starts = lakes.by_delta(changing.lake, "select text[:26] from documents where uri like '%/a.txt' order by all")
    assert starts == [("The First Tide was the fir",), ("The First Tide, Corrected ",)]


def test_force_reads_everything_again_and_adds_no_row(changing: Made) -> None:
    assert lakes.by_delta(changing.lake, "select count(*), count(distinct doc_id) from documents") == [(3, 3)]
    assert lakes.by_delta(changing.lake, "select count(*), count(distinct reject_id) from rejects") == [(1, 1)]
    forced = lakes.by_delta(changing.lake, "select sum(documents), sum(duplicates), sum(dead) from inputs group by batch_id")
    assert Counter(forced)[(0, 2, 1)] == 1


def test_words_that_an_earlier_run_brought_in_are_a_duplicate(changing: Made) -> None:
    assert lakes.by_delta(changing.lake, "select documents, duplicates from inputs where uri like '%/0.txt'") == [(0, 1)]
    assert lakes.by_delta(changing.lake, "select uri from documents where text like 'The Second Tide was%'") == [
        (str(changing.pages / "b.txt"),)
    ]


def test_each_run_reads_only_what_is_new(changing: Made) -> None:
    reads = lakes.by_delta(changing.lake, "select parse_filename(uri), count(*) from inputs group by all order by all")
    assert reads == [("0.txt", 1), ("a.txt", 3), ("b.txt", 2), ("empty.txt", 2)]
    assert [line.rsplit(maxsplit=1)[1] for line in changing.said.splitlines() if line.startswith("records read")] == [
        "2",
        "1",
        "1",
        "3",
        "1",
    ]


def test_the_lake_is_in_order_after_many_runs(changing: Made) -> None:
    assert broadsheet("verify", "--lake", changing.lake, "--deep") == 0


def test_too_many_dead_records_fail_the_run_and_stay_in_the_lake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "pages", {"empty.txt": "", "blank.txt": " "})
    assert broadsheet("ingest", tmp_path / "pages", "--lake", tmp_path / "lake", "--max-reject-share", "0.4") == 3
    assert "50.0% of the records are dead, --max-reject-share allows 40.0%" in capsys.readouterr().err
    assert lakes.books(tmp_path / "lake") == {"records": 2, "documents": 0, "duplicates": 0, "filtered": 1, "dead": 1}


@pytest.mark.slow
def test_a_line_of_a_hundred_megabytes_is_a_dead_letter_that_keeps_its_beginning(tmp_path: Path) -> None:
    write(tmp_path / "pages", {"a.txt": dump("The Eel"), "line.txt": b"word " * 20_000_000})
    ingest(tmp_path / "lake", tmp_path / "pages")
    assert lakes.by_delta(tmp_path / "lake", "select reason, octet_length(payload) from rejects") == [
        ("record_too_large", 256 * 1024)
    ]
    assert lakes.by_delta(tmp_path / "lake", "select count(*) from documents") == [(1,)]

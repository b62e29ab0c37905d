"""A report's numbers are those of the tables, of all of a lake or of one run of it."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers import lakes
from helpers.command import broadsheet, ingest
from helpers.nights import deliver, nights
from helpers.pages import dump, write

from broadsheet.pipelines.ingest.run_history import read_runs
from broadsheet.transforms.lake.protocol.files import Lake


class Made(NamedTuple):
    """The lake of five nights, and the names of its runs."""

    lake: Path
    runs: list[str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("report")
    for night in nights(5, records=5):
        deliver(night, folder / "inbox", folder / "archive")
        ingest(folder / "lake", folder / "inbox")
    return Made(folder / "lake", [run.run_id for run in read_runs(Lake.at(str(folder / "lake")))])


def _json(capsys: pytest.CaptureFixture[str], lake: Path, *arguments: object) -> dict:
    capsys.readouterr()
    assert broadsheet("report", "--lake", lake, "--json", *arguments) == 0
    return json.loads(capsys.readouterr().out)


def test_the_numbers_are_those_of_the_tables(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    report = _json(capsys, made.lake)
    books = lakes.books(made.lake)
    assert {name: report["totals"][name] for name in books} == books
    for key, column in (("by_language", "language"), ("date_bases", "date_basis")):
        counted = dict(lakes.by_delta(made.lake, f"select {column}, count(*) from documents group by 1"))
        assert {row["name"]: row["documents"] for row in report[key]} == counted
    by_source = lakes.by_delta(
        made.lake, "select source, count(*), sum(words)::bigint from documents group by 1 order by 2 desc, 1"
    )
    assert [(row["source"], row["documents"], row["words"]) for row in report["by_source"]] == by_source
    medians = dict(lakes.by_delta(made.lake, "select source, median(1 - text_share) from documents group by 1"))
    assert {row["source"]: pytest.approx(row["median"]) for row in report["by_source"]} == medians
    dates = lakes.by_delta(made.lake, "select date::varchar, count(*) from documents group by 1 order by 1")
    assert [(row["date"], row["documents"]) for row in report["by_date"]["rows"]] == dates
    reasons = lakes.by_delta(made.lake, "select kind, stage, reason, count(*) from rejects group by all")
    assert {(row["kind"], row["stage"], row["reason"], row["records"]) for row in report["rejects"]} == set(reasons)
    assert sum(bin_["documents"] for bin_ in report["lengths"]["bins"]) == books["documents"]
    assert [run["run"] for run in report["runs"]] == made.runs
    assert sum(run["documents"] for run in report["runs"]) == books["documents"]
    assert all(run["documents_per_s"] == pytest.approx(run["documents"] / run["seconds"]) for run in report["runs"])


def test_the_time_line_counts_each_source_s_documents_per_day(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    line = _json(capsys, made.lake)["timeline"]
    counted = lakes.by_delta(made.lake, "select source, date::varchar, count(*) from documents where date is not null group by all")
    shown = [
        (row["source"], date, count)
        for row in line["rows"]
        for date, count in zip(line["dates"], row["documents"], strict=True)
        if count
    ]
    assert line["unit"] == "day"
    assert sorted(shown) == sorted(counted)


def test_confidence_is_the_median_of_what_was_judged(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    query = "select source, count(text_confidence), median(text_confidence) from documents group by 1"
    counted = {source: (judged, median) for source, judged, median in lakes.by_delta(made.lake, query)}
    for row in _json(capsys, made.lake)["by_source"]:
        judged, median = counted[row["source"]]
        assert row["judged"] == judged
        assert row["confidence"] == (None if median is None else pytest.approx(median))


@pytest.mark.parametrize("place", [1, 4])
def test_a_run_is_shown_beside_the_one_before_it(made: Made, capsys: pytest.CaptureFixture[str], place: int) -> None:
    changes = _json(capsys, made.lake, "--run", made.runs[place])["changes"]
    assert [changes["before"]["run"], changes["run"]["run"]] == made.runs[place - 1 : place + 1]
    reports = [_json(capsys, made.lake, "--run", run) for run in made.runs[place - 1 : place + 1]]
    before, now = ({row["source"]: row["documents"] for row in report["by_source"]} for report in reports)
    changed = {source for source in {*before, *now} if abs(now.get(source, 0) - before.get(source, 0)) > 1}
    assert changed <= {row["source"] for row in changes["sources"]} <= {*before, *now}


def test_the_first_run_has_nothing_to_be_compared_with(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert _json(capsys, made.lake, "--run", made.runs[0])["changes"] is None


def test_a_run_s_report_is_of_what_it_brought_and_all_runs_add_up(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    reports = [_json(capsys, made.lake, "--run", run) for run in made.runs]
    assert sum(report["totals"]["documents"] for report in reports) == lakes.books(made.lake)["documents"]
    for report in reports:
        brought = sum(row["documents"] for row in report["by_source"])
        assert brought == report["run"]["documents"] == report["totals"]["documents"]
        assert sum(row["records"] for row in report["rejects"]) == report["run"]["dead"] + report["run"]["filtered"]
    assert _json(capsys, made.lake, "--run", "last")["run"] == reports[-1]["run"]


def test_a_run_is_recognized_after_a_compaction_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        lines = [json.dumps({"text": dump(f"The Pier of {number}.{line}")}) for line in range(number + 1)]
        write(tmp_path / "source=paper.example", {f"{number}.jsonl": "\n".join(lines)})
        ingest(tmp_path / "lake", tmp_path / "source=paper.example")
    files = len(lakes.committed_files(tmp_path / "lake"))
    assert broadsheet("compact", "--lake", tmp_path / "lake") == 0
    assert len(lakes.committed_files(tmp_path / "lake")) < files
    runs = [run.run_id for run in read_runs(Lake.at(str(tmp_path / "lake")))]
    brought = [_json(capsys, tmp_path / "lake", "--run", run) for run in runs]
    assert [sum(row["documents"] for row in report["by_source"]) for report in brought] == [1, 2, 3]


@pytest.mark.parametrize(("name", "message"), [("zzz", "there is no such run"), ("0", "5 runs begin so")])
def test_a_run_that_is_none_is_refused(made: Made, capsys: pytest.CaptureFixture[str], name: str, message: str) -> None:
    assert broadsheet("report", "--lake", made.lake, "--run", name) == 2
    assert message in capsys.readouterr().err


class _Tables(HTMLParser):
    """Reads the tables of a page by their identifier, as lists of rows of texts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._rows = self.found.setdefault(dict(attrs)["id"] or "", [])
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
        self._in_cell = tag in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self._rows[-1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = False


def test_the_page_shows_the_numbers_in_tables_beside_its_plots(made: Made, tmp_path: Path) -> None:
    assert broadsheet("report", "--lake", made.lake, "--output", tmp_path / "report.html") == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    tables = _Tables()
    tables.feed(page)
    counted = lakes.by_delta(made.lake, "select source, count(*) from documents group by 1 order by 2 desc, 1")
    assert [(row[0], int(row[1])) for row in tables.found["by-source"][1:]] == counted
    assert [row[0] for row in tables.found["runs"][1:]] == made.runs[::-1]
    assert page.count("<svg") == page.count('role="img" aria-label="')
    assert "struck out" in page
    assert page.count('class="block dropped"') > 6
    assert not re.search(r"<script|<link|<img|url\(|@import|src=", page)


def test_a_page_s_words_cannot_break_out_of_the_report(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>'\"&\u202e"
    text = f"{name}\n\nThe pier of {name} was closed on Tuesday, said the harbour master, who has kept the log for thirty years.\n"
    (tmp_path / "a.txt").write_text(text)
    ingest(tmp_path / "lake", tmp_path / "a.txt", "--source", f"</style><img src=x onerror=alert(1)>{name}")
    assert broadsheet("report", "--lake", tmp_path / "lake", "--output", tmp_path / "report.html") == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<script") == page.count("<img") == page.count("\u202e") == 0
    assert page.count("</style>") == 1
    assert "&lt;script&gt;alert(1)" in page
    assert "default-src 'none'" in page


def test_a_page_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "The Pier\n\nThe harbour master closed the pier on Tuesday after divers found two cracks in it.\n"
    )
    ingest(tmp_path / "lake", tmp_path / "a.txt")
    (tmp_path / "a.txt").unlink()
    assert broadsheet("report", "--lake", tmp_path / "lake", "--output", tmp_path / "report.html") == 0
    assert "The page cannot be read any more" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_lake_without_documents_has_a_report(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    ingest(tmp_path / "lake", tmp_path / "empty.txt")
    assert broadsheet("report", "--lake", tmp_path / "lake", "--output", tmp_path / "report.html") == 0
    assert "read empty" in (tmp_path / "report.html").read_text(encoding="utf-8")

"""What a run reports to others: its exit code, its metrics, its events."""

import datetime as dt
import http.server
import json
import threading
import uuid
from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import broadsheet, ingest
from helpers.pages import dump, write
from prometheus_client.parser import text_string_to_metric_families

from broadsheet.pipelines.ingest.run_history import read_runs
from broadsheet.pipelines.observe.alerts import newest_commit, staleness
from broadsheet.transforms.lake.protocol.files import Lake


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return write(tmp_path / "pages", {"a.txt": dump("The Pier"), "b.txt": dump("The Gull"), "empty.txt": ""})


def _metrics(path: Path) -> dict[str, float]:
    found = {}
    for family in text_string_to_metric_families(path.read_text()):
        found.update({" ".join([sample.name, *sample.labels.values()]): sample.value for sample in family.samples})
    return found


@pytest.mark.parametrize(
    ("limit", "code", "message"),
    [
        (["--max-reject-share", "0.2"], 3, "33.3% of the records are dead, --max-reject-share allows 20.0%"),
        (["--max-reject-share", "0.4"], 0, ""),
        (["--min-documents", "3"], 3, "2 new documents, --min-documents expects 3"),
        (["--min-documents", "2"], 0, ""),
        (["--min-documents", "9", "--max-reject-share", "0"], 3, "; 2 new documents, --min-documents expects 9"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_crossed_limit_has_an_exit_code_of_its_own_and_the_rows_stay(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], limit: list[str], code: int, message: str
) -> None:
    metrics = tmp_path / "broadsheet.prom"
    assert broadsheet("ingest", pages, "--lake", tmp_path / "lake", "--metrics-file", metrics, *limit) == code
    said = capsys.readouterr()
    assert message in said.err
    assert "documents          2" in said.out
    assert lakes.books(tmp_path / "lake")["documents"] == 2
    assert _metrics(metrics)["broadsheet_run_exit_code"] == code


def test_a_lake_that_nothing_new_came_to_is_an_alert_after_its_time(pages: Path, tmp_path: Path) -> None:
    ingest(tmp_path / "lake", pages)
    lake = Lake.at(str(tmp_path / "lake"))
    newest = newest_commit(lake)
    assert newest is not None
    assert staleness(lake, 26, newest + dt.timedelta(hours=25.9)) is None
    assert staleness(lake, 26, newest + dt.timedelta(hours=30)) == "the newest commit is 30.0 h old, --max-age-hours allows 26"
    assert broadsheet("ingest", pages, "--lake", tmp_path / "lake", "--quiet", "--max-age-hours", "1") == 0
    assert broadsheet("ingest", pages, "--lake", tmp_path / "lake", "--quiet", "--max-age-hours", "0.0000001") == 3
    assert broadsheet("verify", "--lake", tmp_path / "lake", "--max-age-hours", "1") == 0
    assert broadsheet("verify", "--lake", tmp_path / "lake", "--max-age-hours", "0.0000001") == 3


def test_the_metrics_are_the_counts_and_the_logs(pages: Path, tmp_path: Path) -> None:
    metrics = tmp_path / "broadsheet.prom"
    ingest(tmp_path / "lake", pages, "--metrics-file", metrics)
    found = _metrics(metrics)
    books = lakes.books(tmp_path / "lake")
    assert {name: found[f"broadsheet_run_records {name}"] for name in ("documents", "duplicates", "filtered", "dead")} == {
        name: books[name] for name in ("documents", "duplicates", "filtered", "dead")
    }
    assert [found[f"broadsheet_lake_rows {table}"] for table in lakes.TABLES] == [2, 1, 3]
    ((newest,),) = lakes.by_delta(tmp_path / "lake", "select epoch(max(committed_at)) from inputs")
    assert found["broadsheet_lake_newest_commit_timestamp_seconds"] == pytest.approx(newest, abs=1e-3)
    assert found["broadsheet_run_start_time_seconds"] <= newest <= found["broadsheet_run_end_time_seconds"]


def test_a_run_that_fails_says_so_in_its_metrics_and_events(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told = ["--metrics-file", tmp_path / "m.prom", "--events", tmp_path / "events.jsonl"]
    assert broadsheet("ingest", pages, "--lake", tmp_path / "file" / "lake", *told) == 1
    assert _metrics(tmp_path / "m.prom")["broadsheet_run_exit_code"] == 1
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [event["eventType"] for event in events] == ["START", "FAIL"]
    assert "file" in events[1]["run"]["facets"]["errorMessage"]["message"]


def test_the_events_of_a_run_name_it_as_the_lake_does(pages: Path, tmp_path: Path) -> None:
    ingest(tmp_path / "lake", pages, "--events", tmp_path / "events.jsonl")
    start, end = (json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines())
    assert (start["eventType"], end["eventType"]) == ("START", "COMPLETE")
    assert [run.run_id for run in read_runs(Lake.at(str(tmp_path / "lake")))] == [end["run"]["runId"]]
    assert start["run"]["runId"] == str(uuid.UUID(end["run"]["runId"]))
    assert end["run"]["facets"]["broadsheet_books"]["documents"] == 2
    assert end["inputs"] == [{"namespace": "file", "name": str(pages)}]
    rows = {
        Path(out["name"]).name: out["outputFacets"]["outputStatistics"]["rowCount"]
        for out in end["outputs"]
        if "outputFacets" in out
    }
    assert rows == {"documents": 2, "inputs": 3}


class _Catalog(http.server.BaseHTTPRequestHandler):
    """Takes events as OpenLineage's servers do."""

    def do_POST(self) -> None:
        self.server.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("status", [201, 503])
def test_a_server_gets_the_events_and_one_that_refuses_them_stops_no_run(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), _Catalog) as server:
        server.taken, server.status = [], status  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            ingest(tmp_path / "lake", pages, "--events", f"http://127.0.0.1:{server.server_port}/api/v1/lineage")
        finally:
            server.shutdown()
            thread.join()
    assert [event["eventType"] for event in server.taken] == ["START", "COMPLETE"]  # type: ignore[attr-defined]
    assert ("503" in capsys.readouterr().err) == (status == 503)


@pytest.mark.parametrize("flag", ["--metrics-file", "--events"])
def test_a_place_without_a_folder_is_refused_before_the_run(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], flag: str
) -> None:
    assert broadsheet("ingest", pages, "--lake", tmp_path / "lake", flag, tmp_path / "nowhere" / "x") == 2
    assert "its folder does not exist" in capsys.readouterr().err
    assert not (tmp_path / "lake").exists()

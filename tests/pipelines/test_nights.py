"""A schedule over thirty nights ends where one run over everything ends, in the lake and in the warehouses that are fed from it."""

from pathlib import Path

import duckdb
import pytest
from helpers import lakes, postgres
from helpers.command import broadsheet, ingest
from helpers.nights import IDLE, SILENT_FROM, deliver, nights

from broadsheet.pipelines.ingest.run_history import read_runs
from broadsheet.transforms.lake.protocol.files import Lake

_BODIES = "select doc_id, source, text, date, language from documents order by doc_id"
_TWICE = (5, 15, 25)
"""Nights on which the schedule fires twice."""
_COMPACTED = (10, 22)


@pytest.mark.slow
@pytest.mark.service
def test_thirty_nights_end_where_one_run_over_everything_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A document is its source and its body, so the two are compared by these; which of two files with one body represents it is
    the first to arrive in the one and the first by name in the other. Of a changed file both versions are documents: the run over
    everything reads them from the archive."""
    import psycopg

    lake, inbox, archive = tmp_path / "lake", tmp_path / "inbox", tmp_path / "archive"
    counts = []
    with postgres.server() as url:
        for night in nights():
            deliver(night, inbox, archive)
            for _ in range(2 if night.number in _TWICE else 1):
                assert _nightly(lake, inbox, tmp_path, url) == 0
            counts.append(lakes.by_delta(lake, "select count(*) from documents")[0][0])
            if night.number in _COMPACTED:
                assert broadsheet("compact", "--lake", lake) == 0
        with psycopg.connect(url) as server:
            loaded = server.execute("select doc_id, source, text, date, language from documents").fetchall()
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as warehouse:
        also_loaded = warehouse.execute(_BODIES).fetchall()
    assert counts == sorted(counts)
    assert [night for night in IDLE if counts[night - 1] != counts[night - 2]] == []

    everything = lakes.by_delta(lake, _BODIES)
    ingest(tmp_path / "once", archive)
    assert everything == lakes.by_delta(tmp_path / "once", _BODIES)
    assert len({row[0] for row in everything}) == len(everything) == counts[-1]
    assert sorted(loaded) == everything
    assert also_loaded == everything
    dead = "select reason, count(*) from rejects where kind = 'dead' group by all order by all"
    assert lakes.by_delta(lake, dead) == lakes.by_delta(tmp_path / "once", dead)

    ingest(tmp_path / "newest", inbox)
    newest = set(lakes.by_delta(tmp_path / "newest", "select doc_id from documents"))
    assert newest < set(lakes.by_delta(lake, "select doc_id from documents")), "what a changed file said before is kept"

    runs = read_runs(Lake.at(str(lake)))
    assert len(runs) == 30 + len(_TWICE)
    assert [run.batches for run in runs].count(()) == len(IDLE) + len(_TWICE)
    assert broadsheet("verify", "--lake", lake, "--deep") == 0
    capsys.readouterr()
    silent = runs[SILENT_FROM - 1 + len(_TWICE)].run_id
    assert broadsheet("report", "--lake", lake, "--json", "--run", silent, "--alert") == 3
    assert "gull.example has gone silent" in capsys.readouterr().err


def _nightly(lake: Path, inbox: Path, folder: Path, url: str) -> int:
    """Runs what deploy/schedule runs, with every alert that a good night must not raise, and loads what it brought."""
    told = ["--metrics-file", folder / "broadsheet.prom", "--events", folder / "events.jsonl"]
    limits = ["--max-reject-share", "0.2", "--max-age-hours", "30"]
    return (
        broadsheet("ingest", inbox, "--lake", lake, "--quiet", *told, *limits)
        or broadsheet("load", "--lake", lake, "--to", f"duckdb:///{folder / 'warehouse.duckdb'}")
        or broadsheet("load", "--lake", lake, "--to", url)
    )

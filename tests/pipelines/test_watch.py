"""Repeated batches: what arrives is in the lake once, however the watch ends."""

import json
import os
import signal
import socket
import time
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import broadsheet, finish, ingest, start
from helpers.metrics import samples
from helpers.pages import dump, write

from broadsheet.pipelines.inputs.ledger import Ledger, as_table, find_new
from broadsheet.pipelines.inputs.match_inputs import match_inputs
from broadsheet.transforms.lake.protocol.files import Lake


def _watch(lake: Path, *arguments: object) -> int:
    return broadsheet("watch", *arguments, "--lake", lake, "--every=0", "--settle-time=0", "--source=harbour.example", "--quiet")


def _pages(*names: str) -> dict[str, str | bytes]:
    return {f"{name}.txt": dump(f"The {name}") for name in names}


def _titles(lake: Path) -> list[str]:
    return [title for (title,) in lakes.by_delta(lake, "select title from documents order by title")]


def test_what_arrives_between_turns_is_in_the_lake_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages, lake = write(tmp_path / "pages", _pages("Pier", "Bell")), tmp_path / "lake"
    assert _watch(lake, pages, "--until-idle") == 0
    write(pages, {**_pages("Gull"), ".Heron.txt": dump("The Heron"), "Crab.txt.part": dump("The Crab")})
    assert _watch(lake, pages, "--until-idle") == 0
    assert _titles(lake) == ["The Bell", "The Gull", "The Pier"]
    assert lakes.by_delta(lake, "select count(*), count(distinct uri), count(distinct batch_id) from inputs") == [(3, 3, 2)]

    (pages / ".Heron.txt").rename(pages / "Heron.txt")
    capsys.readouterr()
    assert broadsheet("status", "--lake", lake) == 0
    said = capsys.readouterr().out
    assert "last 10 minutes: 3 inputs" in said
    assert f"waiting: 1 inputs, {len(dump('The Heron').encode())} bytes, the oldest of" in said
    assert f"{pages}/Heron.txt" in said
    assert ": ended " in said
    assert broadsheet("status", "--lake", lake, "--json") == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["waiting"], status["oldest_waiting"]) == (1, f"{pages}/Heron.txt")
    assert broadsheet("verify", "--lake", lake) == 0


def test_a_poll_is_bounded_and_the_oldest_go_first(tmp_path: Path) -> None:
    pages, lake = write(tmp_path / "pages", _pages("Pier", "Bell", "Gull")), tmp_path / "lake"
    for age, name in enumerate(("Pier", "Gull", "Bell")):
        then = time.time() - 60 * age
        os.utime(pages / f"{name}.txt", (then, then))
    metrics = tmp_path / "watch.prom"
    assert _watch(lake, pages, "--batch-mb", "0.001", "--max-polls", "2", "--metrics-file", metrics) == 0
    assert _titles(lake) == ["The Bell", "The Gull"]
    metric = samples(metrics.read_text())
    assert metric["broadsheet_watch_lag_files"] == 1
    assert metric["broadsheet_watch_lag_bytes"] == len(dump("The Pier").encode())
    oldest = (pages / "Pier.txt").stat().st_mtime_ns // 1000 / 1e6
    assert metric["broadsheet_watch_oldest_waiting_timestamp_seconds"] == oldest
    assert metric['broadsheet_watch_records_total{outcome="documents"}'] == 2
    assert metric["broadsheet_watch_turns_total"] == 2


def test_a_day_of_turns_and_one_run_give_the_same_documents(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    for hour in range(3):
        write(pages, _pages(f"Pier {hour}", f"Bell {hour}") | {f"copy {hour}.txt": dump("The Pier 0") + "\n"})
        assert _watch(tmp_path / "watched", pages, "--until-idle") == 0
    ingest(tmp_path / "ingested", pages, "--source", "harbour.example")
    query = "select doc_id, text from documents order by doc_id"
    assert lakes.by_delta(tmp_path / "watched", query) == lakes.by_delta(tmp_path / "ingested", query)
    assert lakes.books(tmp_path / "watched") == lakes.books(tmp_path / "ingested")


def test_the_kept_ledger_says_what_the_table_says(tmp_path: Path) -> None:
    pages, lake = write(tmp_path / "pages", _pages("Pier")), tmp_path / "lake"
    ingest(lake, pages)
    ledger = Ledger(Lake.at(str(lake)))
    for name in ("Pier", "Bell", "Gull"):
        write(pages, _pages(name))  # the Pier again: the same bytes with another time are another input
        listed = as_table(match_inputs([str(pages)], Counter()))
        ledger.refresh()
        new = ledger.find_new(listed)["uri"].to_pylist()
        assert new == find_new(Lake.at(str(lake)), listed)["uri"].to_pylist() == [f"{pages}/{name}.txt"]
        ingest(lake, pages)
    ledger.refresh()
    assert ledger.find_new(as_table(match_inputs([str(pages)], Counter()))).num_rows == 0


def test_status_names_the_lake_if_its_input_is_absent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages, lake = write(tmp_path / "pages", _pages("Pier")), tmp_path / "lake"
    assert _watch(lake, pages, "--until-idle") == 0
    pages.rename(tmp_path / "away")
    assert broadsheet("status", "--lake", lake) == 0
    said = capsys.readouterr().out
    assert "last 10 minutes: 1 inputs" in said
    assert f"waiting: not known: {pages} does not exist" in said
    assert broadsheet("status", pages, "--lake", lake) == 2


def test_an_input_that_is_not_there_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _watch(tmp_path / "lake", tmp_path / "nowhere") == 2
    assert "nowhere does not exist" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert _watch(tmp_path / "lake", tmp_path / "empty", "--max-polls", "1") == 0


def test_a_last_poll_that_failed_is_an_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = write(tmp_path / "pages", _pages("Gull"))
    with monkeypatch.context() as patch:

        def down(*_: object, **__: object) -> None:
            raise OSError("the lake is down")

        patch.setattr("broadsheet.pipelines.watch.watch.poll_once", down)
        assert _watch(tmp_path / "lake", pages, "--max-polls", "1") == 1
    assert _watch(tmp_path / "lake", pages, "--max-polls", "1") == 0
    assert _titles(tmp_path / "lake") == ["The Gull"]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until(is_so: object, what: str, timeout_s: float = 60) -> None:
    ends = time.monotonic() + timeout_s
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < ends, f"waited in vain until {what}"
        time.sleep(0.05)


def _scrape(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        return samples(answer.read().decode())


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_it_well_and_a_failing_turn_does_not_end_it(tmp_path: Path, number: signal.Signals) -> None:
    pages, lake, port = write(tmp_path / "pages", _pages("Pier")), tmp_path / "lake", _free_port()
    process = start("watch", pages, "--lake", lake, "--every", "1s", "--metrics-port", port, "--source", "harbour.example")
    try:
        _wait_until(lambda: (lake / "_watch").exists() and _scrape(port)["broadsheet_watch_inputs_total"] == 1, "the first is in")
        pages.rename(tmp_path / "away")
        _wait_until(lambda: _scrape(port)["broadsheet_watch_failing_turns"] >= 2, "two turns have failed")
        (tmp_path / "away").rename(pages)
        write(pages, _pages("Bell"))
        _wait_until(lambda: _scrape(port)["broadsheet_watch_inputs_total"] == 2, "it is well again")
        process.send_signal(number)
        code, said = finish(process, 60)
    finally:
        process.kill()
    assert code == 0, said
    assert said.count("does not exist") == 1
    assert "recovered" in said
    assert "ended after" in said
    assert lakes.leftovers(lake) == []
    assert _titles(lake) == ["The Bell", "The Pier"]

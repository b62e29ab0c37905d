"""One pipeline that stays up: the same documents as repeated batches, each record once, even if it is killed."""

import time
from pathlib import Path

import pytest
from apache_beam.transforms.window import IntervalWindow
from helpers import lakes
from helpers.command import broadsheet, finish, ingest
from helpers.pages import dump, write
from helpers.prism import needs_prism, streaming
from helpers.rows import plan_of

from broadsheet.schemas.tables import DOCUMENTS, REJECTS
from broadsheet.transforms.lake.protocol import plans
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.stream_batches import StreamBatches, batch_of, version_of

_SOURCE = "harbour.example"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Beam's local runner ends streams early and silently loses records: name --runner=PrismRunner"),
        (["--runner=DirectRunner"], "Beam's local runner ends streams early"),
        (["--runner=SparkRunner"], "SparkRunner was not tried with streams"),
        (["kafka://localhost:9092/pages", "--runner=FlinkRunner"], "kafka://localhost:9092/pages: --unbounded is for files"),
        (["--runner=PrismRunner", "--prism_location=/nowhere/prism"], "there is no Prism at /nowhere/prism: make setup-stream"),
    ],
    ids=["the default", "direct", "untried", "topic", "no prism"],
)
def test_a_stream_is_refused_where_it_would_lose_records(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert broadsheet("watch", tmp_path, *arguments, "--lake", tmp_path / "lake", "--unbounded") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "lake").exists()


def test_a_window_is_the_batch_that_its_plan_says_until_that_has_ended(tmp_path: Path) -> None:
    lake, now, later = Lake(str(tmp_path)), IntervalWindow(30, 60), IntervalWindow(60, 90)
    windows = StreamBatches(lake, "stream")
    plans.write_plan(lake, plan_of("a", documents_version=3, rejects_version=4, window=windows.name(now)), [])
    plans.write_plan(lake, plan_of("b", window=StreamBatches(lake, "another").name(later)), [])
    plans.write_plan(lake, plan_of("c", window=None), [])
    assert (batch_of(windows, now), version_of(windows, DOCUMENTS, now), version_of(windows, REJECTS, now)) == ("a", 3, 4)
    assert (batch_of(windows, later), version_of(windows, DOCUMENTS, later)) == (None, None)
    plans.forget(lake, "a")
    assert batch_of(StreamBatches(lake, "stream"), now) is None


def _wait_for(lake: Path, inputs: int, within_s: float = 240) -> None:
    ends = time.monotonic() + within_s
    while not (lake / "inputs" / "_delta_log").exists() or lakes.by_delta(lake, "select count(*) from inputs") < [(inputs,)]:
        assert time.monotonic() < ends, f"{inputs} inputs did not come"
        time.sleep(0.2)


@needs_prism
@pytest.mark.cluster
@pytest.mark.slow
@pytest.mark.service
def test_the_files_of_a_day_give_the_same_documents_by_stream_by_turns_and_by_one_run(tmp_path: Path) -> None:
    pages, lake = tmp_path / "pages", tmp_path / "stream"
    hours: list[dict[str, str | bytes]] = [
        {
            **{f"{hour}/pier {page}.txt": dump(f"The Pier {hour} {page}") for page in range(5)},
            f"{hour}/copy.txt": dump("The Pier 0 0") + "\n",
            f"{hour}/broken.html": b"\x00\xff" * 40,
        }
        for hour in range(3)
    ]
    with streaming(write(pages, hours[0]), lake, _SOURCE) as stream:
        _wait_for(lake, 7)
        for hour, found in enumerate(hours[1:], 2):
            write(pages, found)
            turns = (
                "watch",
                pages,
                "--lake",
                tmp_path / "turns",
                "--until-idle",
                "--settle-time=0",
                "--quiet",
                "--source",
                _SOURCE,
            )
            assert broadsheet(*turns) == 0
            _wait_for(lake, 7 * hour)
        stream.terminate()
        code, said = finish(stream, 120)
        assert code == 0, said
        assert "ended after" in said
    ingest(tmp_path / "run", pages, "--source", _SOURCE)
    query = "select doc_id, text from documents order by doc_id"
    documents = lakes.by_delta(lake, query)
    assert len(documents) == 15
    for other in ("turns", "run"):
        assert lakes.by_delta(tmp_path / other, query) == documents
        assert lakes.books(tmp_path / other) == lakes.books(lake)
    assert lakes.by_delta(lake, "select count(distinct batch_id) >= 3 from inputs") == [(True,)]
    assert lakes.leftovers(lake) == []


@needs_prism
@pytest.mark.cluster
@pytest.mark.slow
@pytest.mark.service
def test_a_stream_that_is_killed_within_a_batch_reads_everything_once_when_it_is_started_again(tmp_path: Path) -> None:
    pages, lake = write(tmp_path / "pages", {f"{page}.txt": dump(f"The Pier {page}") for page in range(300)}), tmp_path / "lake"
    with streaming(pages, lake, _SOURCE):
        ends = time.monotonic() + 120
        while not any((lake / "_plans").glob("*.plan")):
            assert time.monotonic() < ends, "no batch was planned"
            time.sleep(0.01)
    assert any((lake / "_plans").glob("*.plan"))
    write(pages, {f"more {page}.txt": dump(f"The Bell {page}") for page in range(50)})
    with streaming(pages, lake, _SOURCE) as stream:
        _wait_for(lake, 350)
        stream.terminate()
        assert finish(stream, 120)[0] == 0
    lakes.assert_each_once(lake, 350)

"""What never ends, or eats all memory, costs its record and not the run."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.testing.test_pipeline import TestPipeline as BeamPipeline
from apache_beam.testing.util import assert_that, equal_to
from helpers import extractors, lakes
from helpers.html_pages import page as html_page
from helpers.pages import write

from broadsheet.pipelines.ingest.ingest import ingest
from broadsheet.pipelines.ingest.options import IngestOptions
from broadsheet.schemas.errors import NoArticleError, RecordError
from broadsheet.schemas.records import HTML, Origin, Page
from broadsheet.transforms import sandbox
from broadsheet.transforms.boilerplate.strip_boilerplate import EXTRACTORS, StripBoilerplate, strip
from broadsheet.transforms.limits import ResourceLimits
from broadsheet.transforms.read.read_records import ReadOptions
from broadsheet.transforms.record_stage import LONG
from broadsheet.transforms.versions import RuleOptions


@pytest.fixture(autouse=True)
def _extractors() -> Iterator[None]:
    before = dict(EXTRACTORS)
    extractors.register()
    yield
    sandbox.close()
    EXTRACTORS.clear()
    EXTRACTORS.update(before)


def _page(name: str, text: str) -> Page:
    return Page(Origin(name, 0), text, HTML, "utf-8", "utf-8", 0.0)


def _process_id(_record: object) -> int:
    return os.getpid()


def _refusal(extractor: str, text: str, limits: ResourceLimits) -> str:
    with pytest.raises(RecordError) as caught:
        sandbox.call(EXTRACTORS[extractor], _page("a", html_page(text)), limits)
    return caught.value.reason


def test_a_regular_expression_that_backtracks_for_years_is_abandoned() -> None:
    assert _refusal("backtrack", "<p>hang here</p>", ResourceLimits(seconds=1)) == "timeout"


def test_an_extractor_that_eats_memory_is_stopped() -> None:
    assert _refusal("hoard", "<p>eat memory</p>", ResourceLimits(worker_bytes=500_000_000)) == "too_much_memory"


def test_an_extractor_that_crashes_its_process_costs_one_record() -> None:
    assert _refusal("crash", "<p>crash here</p>", ResourceLimits()) == "worker_died"
    assert sandbox.call(EXTRACTORS["crash"], _page("a", html_page()), ResourceLimits()).text


def test_what_a_rule_refuses_is_refused_with_its_own_error() -> None:
    with pytest.raises(NoArticleError, match="white space"):
        sandbox.call(strip, _page("a", " "), ResourceLimits())


def test_processes_take_turns_at_large_records_and_not_at_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = threading.Lock()
    monkeypatch.setattr(sandbox, "_turn", turn)
    with ThreadPoolExecutor(1) as other, turn:
        large = other.submit(sandbox.call, _process_id, None, ResourceLimits(), sandbox.TURN_LENGTH + 1)
        assert sandbox.call(_process_id, None, ResourceLimits(), LONG) != os.getpid()
        assert not large.done()
        turn.release()
        assert large.result() != os.getpid()
        turn.acquire()


@pytest.mark.slow
def test_a_worker_serves_many_records_and_is_replaced_once_it_holds_much_memory() -> None:
    limits = ResourceLimits(worker_bytes=2_400_000_000)  # six records are a quarter of it; the rest is room for what libraries map
    served = []
    for _ in range(10):
        served.append(sandbox.call(_process_id, None, limits))
        sandbox.call(EXTRACTORS["hoard"], _page("a", html_page()), limits)
    assert os.getpid() not in served
    assert 1 < len(set(served)) < 10


_KILLED = """
import os, sys, threading, time
from helpers import extractors
from broadsheet.schemas.records import Origin, Page
from broadsheet.transforms import sandbox
from broadsheet.transforms.limits import ResourceLimits

page = Page(Origin("a", 0), "hang here", "text/html", sys.argv[1], "", 0.0)  # the encoding: see extractors
threading.Thread(target=sandbox.call, args=(extractors.backtrack, page, ResourceLimits(seconds=3)), daemon=True).start()
while not os.path.exists(sys.argv[1]):
    time.sleep(0.05)
os.kill(os.getpid(), 9)
"""


@pytest.mark.slow
def test_a_worker_that_hangs_ends_though_its_process_was_killed(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    told = tmp_path / "pid"
    done = subprocess.run([sys.executable, "-c", _KILLED, str(told)], env=environment, timeout=60)
    assert done.returncode == -signal.SIGKILL
    worker = Path("/proc") / told.read_text() / "stat"
    for _ in range(200):
        if not worker.exists() or worker.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.1)
    raise AssertionError("the worker is still there")


@pytest.mark.slow
def test_in_a_pipeline_the_hanging_page_is_a_dead_letter_and_the_others_are_rows(tmp_path: Path) -> None:
    texts = {"a.html": "", "b.html": "hang here", "c.html": "The heron came back to the mill pond. "}
    pages = {name: html_page(top=f"<p>{text * 5}</p>", headline=name) for name, text in texts.items()}
    options = IngestOptions(
        [str(write(tmp_path / "pages", pages))],
        str(tmp_path / "lake"),
        ReadOptions(source="paper.example"),
        RuleOptions(extractor="backtrack"),
        ResourceLimits(seconds=2),
    )
    books = ingest(options).books
    assert (books["records"], books["documents"], books["dead"]) == (3, 2, 1)
    rejects = lakes.by_delta(tmp_path / "lake", "select regexp_extract(uri, '[^/]*$'), stage, reason, message from rejects")
    assert rejects == [("b.html", "strip", "timeout", "it took longer than 2 s (--limit seconds)")]


def test_a_long_page_goes_to_a_process_of_its_own_and_comes_out_the_same() -> None:
    text = html_page("<p>" + "The tide came in, and went out again. " * (LONG // 30) + "</p>")
    assert len(text) > LONG
    with BeamPipeline() as pipeline:
        stripped = pipeline | beam.Create([_page("a", text)]) | StripBoilerplate()
        assert_that(stripped["records"], equal_to([strip(_page("a", text))]))
    assert len(sandbox._idle) == 1

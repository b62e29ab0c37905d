"""A cluster makes the same table as this process does, and goes on making it while parts of it die."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers import lakes
from helpers.cluster import Cluster, running_cluster, wait_for, why_not
from helpers.command import ROOT, broadsheet, finish, ingest, start

from benchmarks.generate import generate

pytestmark = [pytest.mark.slow, pytest.mark.service, pytest.mark.skipif(bool(why_not()), reason=why_not())]

_PATIENCE_S = 540


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("flink")) as running:
        yield running


def _assert_same(lake: Path, expected: Path) -> None:
    assert lakes.data_files(lake) == lakes.data_files(expected)
    assert lakes.committed_files(lake) == set(lakes.data_files(expected))
    assert lakes.leftovers(lake) == []
    query = "select uri, record, doc_id, title, date, source, cluster_id from documents order by all"
    assert lakes.by_delta(lake, query) == lakes.by_delta(expected, query) != []


def test_flink_makes_the_same_files_as_the_local_runner(cluster: Cluster, tmp_path: Path) -> None:
    pages = ROOT / "samples" / "pages"
    ingest(tmp_path / "local", pages)
    code, said = finish(start("submit", "flink", pages, "--lake", tmp_path / "flink", "--profile", cluster.profile), _PATIENCE_S)
    assert code == 0, said
    assert "--environment_type=PROCESS" in said
    _assert_same(tmp_path / "flink", tmp_path / "local")


def test_doctor_finds_nothing_lacking_in_a_cluster_that_works(cluster: Cluster, tmp_path: Path) -> None:
    assert broadsheet("doctor", "flink", "--profile", cluster.profile, "--lake", tmp_path / "lake") == 0


@pytest.mark.parametrize(
    "accident", [Cluster.kill_the_workers, Cluster.replace_the_taskmanager], ids=["its workers", "its taskmanager"]
)
def test_a_batch_survives_the_death_of(cluster: Cluster, tmp_path: Path, accident: Callable[[Cluster], None]) -> None:
    pages = tmp_path / "pages"
    generate(str(pages), documents=3000, partitions=20, body_bytes=1500)
    submit = ("submit", "flink", pages, "--lake", tmp_path / "flink", "--profile", cluster.profile)
    running = start(*submit)
    assert wait_for(cluster.is_at_work), finish(running)
    accident(cluster)
    code, said = finish(running, _PATIENCE_S)
    if code:  # the runner gave up: what stands in the message
        assert "run again to go on from here" in said
        code, said = finish(start(*submit), _PATIENCE_S)
    assert code == 0, said
    ingest(tmp_path / "local", pages)
    _assert_same(tmp_path / "flink", tmp_path / "local")

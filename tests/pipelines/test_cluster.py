"""A cluster makes the same table as this process does, and goes on making it while parts of it die."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers import lakes
from helpers.cluster import SPARK, Cluster, running_cluster, wait_for, why_not
from helpers.command import ROOT, broadsheet, finish, ingest, start
from helpers.prism import needs_prism

from benchmarks.generate import generate

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.service]
needs_flink = pytest.mark.skipif(bool(why_not()), reason=why_not())
needs_spark = pytest.mark.skipif(bool(why_not(SPARK)), reason=why_not(SPARK))

DOCUMENTS = int(os.environ.get("BROADSHEET_CLUSTER_DOCUMENTS", "2000"))
"""How many are generated: few enough for every change; `make test-cluster DOCUMENTS=20000` is for releases."""
_PATIENCE_S = 900 + DOCUMENTS // 10


@pytest.fixture(scope="module")
def flink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("flink")) as running:
        yield running


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The sample pages, and generated ones."""
    generated = tmp_path_factory.mktemp("pages")
    generate(str(generated), documents=DOCUMENTS, partitions=100)
    return [ROOT / "samples" / "pages", generated]


@pytest.fixture(scope="module")
def expected(pages: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake that this process makes of them, in one batch as a cluster does."""
    lake = tmp_path_factory.mktemp("expected")
    ingest(lake, *pages, "--batch-mb", 100_000)
    return lake


def _assert_same(lake: Path, expected: Path) -> None:
    assert lakes.data_files(lake) == lakes.data_files(expected)
    assert lakes.committed_files(lake) == set(lakes.data_files(expected))
    assert lakes.leftovers(lake) == []
    query = "select uri, record, doc_id, title, date, source, cluster_id from documents order by all"
    assert lakes.by_delta(lake, query) == lakes.by_delta(expected, query) != []


def _assert_submit_makes(expected: Path, pages: list[Path], lake: Path, cluster: str, *flags: object) -> str:
    code, said = finish(start("submit", cluster, *pages, "--lake", lake, *flags), _PATIENCE_S)
    assert code == 0, said
    _assert_same(lake, expected)
    return said


@needs_flink
def test_flink_makes_the_same_files_as_this_process(flink: Cluster, pages: list[Path], expected: Path, tmp_path: Path) -> None:
    said = _assert_submit_makes(expected, pages, tmp_path / "lake", "flink", "--profile", flink.profile)
    assert "--environment_type=PROCESS" in said
    assert "--parallelism=2" in said


@needs_prism
def test_prism_makes_the_same_files_as_this_process(pages: list[Path], expected: Path, tmp_path: Path) -> None:
    _assert_submit_makes(expected, pages, tmp_path / "lake", "prism")


@needs_spark
def test_spark_makes_the_same_files_as_this_process_by_its_workers_and_by_ours(
    pages: list[Path], expected: Path, tmp_path: Path
) -> None:
    with running_cluster(tmp_path / "spark", SPARK) as spark:
        assert broadsheet("doctor", "spark", "--profile", spark.profile, "--lake", tmp_path / "lake") == 0
        said = _assert_submit_makes(expected, pages, tmp_path / "lake", "spark", "--profile", spark.profile)
        assert "--environment_type=PROCESS" in said
        flags = ("--profile", spark.profile, "--environment_type=LOOPBACK")
        _assert_submit_makes(expected, pages, tmp_path / "loopback", "spark", *flags)


@needs_flink
def test_doctor_finds_nothing_lacking_in_a_cluster_that_works(flink: Cluster, tmp_path: Path) -> None:
    assert broadsheet("doctor", "flink", "--profile", flink.profile, "--lake", tmp_path / "lake") == 0


@needs_flink
@pytest.mark.parametrize(
    "accident", [Cluster.kill_the_workers, Cluster.replace_the_taskmanager], ids=["its workers", "its taskmanager"]
)
def test_a_batch_survives_the_death_of(
    flink: Cluster, pages: list[Path], expected: Path, tmp_path: Path, accident: Callable[[Cluster], None]
) -> None:
    running = start("submit", "flink", *pages, "--lake", tmp_path / "lake", "--profile", flink.profile)
    assert wait_for(lambda: flink.is_at_work() or running.poll() is not None, _PATIENCE_S), finish(running)
    assert running.poll() is None, finish(running)  # else it was over before anything died
    accident(flink)
    code, said = finish(running, 2 * _PATIENCE_S)
    assert code == 0, said
    if accident is Cluster.kill_the_workers:  # Flink alone cannot mend that
        assert "sending the job again" in said
    _assert_same(tmp_path / "lake", expected)

"""Compaction leaves few, sorted files and the same rows, once, for every reader; a plan under way keeps what it compares with."""

import datetime as dt
import threading
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from helpers import lakes
from helpers.command import broadsheet
from helpers.rows import document, input_books, plan_of

from broadsheet.pipelines.maintain import compact as compacting
from broadsheet.pipelines.maintain.compact import compact
from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.records import InputFile
from broadsheet.schemas.tables import DOCUMENTS, INPUTS
from broadsheet.transforms.lake.maintenance import compaction
from broadsheet.transforms.lake.maintenance.orphan_files import unknown_files
from broadsheet.transforms.lake.protocol import plans
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, create_tables, files_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part
from broadsheet.transforms.lake.protocol.plans import Plan
from broadsheet.transforms.lake.protocol.read_columns import known_in_files
from broadsheet.transforms.lake.protocol.replaced_files import without_replaced

BATCHES, PARTITIONS = 4, 3
COUNTS = "select count(*), count(distinct doc_id) from {}"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Documents of four batches in three partitions: twelve files of one row."""
    made = Lake.at(str(tmp_path / "lake"))
    create_tables(made)
    for number in range(BATCHES):
        _add(made, number)
    return made


def _add(lake: Lake, number: int) -> None:
    batch, parts, books = f"{number:016x}", [], []
    for partition in range(PARTITIONS):
        row = document(f"/{number}/{partition}", source=f"paper-{partition}.example")
        parts.append(write_part(lake, DOCUMENTS, partition_path({"source": row.source, "date": "2024-05-14"}), batch, 0, [row]))
        books.append(input_books(row.uri, batch, documents=1))
    commit_parts(lake, DOCUMENTS, parts, batch, {})
    commit_parts(lake, INPUTS, [write_part(lake, INPUTS, "", batch, 0, books)], batch, {})


def _plan(lake: Lake) -> Plan:
    plan = plan_of("abcdef0123456789")
    return plans.pin(lake, plan, [InputFile("/x", "1-1", 10, 1)], lambda: (open_table(lake, DOCUMENTS).version(), 0))


def test_a_partition_becomes_one_file_and_keeps_its_rows(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    root = Path(lake.root)
    before = lakes.by_delta(root, "select * from documents order by all")
    assert broadsheet("compact", "--lake", root, "--remove-replaced") == 0
    assert "documents: 12 files" in capsys.readouterr().out
    assert len(lakes.data_files(root)) == PARTITIONS + BATCHES
    assert lakes.by_delta(root, "select * from documents order by all") == before
    assert lakes.by_glob(root, "documents", COUNTS.format("rows")) == [(12, 12)]
    assert lakes.leftovers(root) == []
    assert broadsheet("verify", "--lake", root, "--deep") == 0
    versions = lakes.versions(root)
    assert broadsheet("compact", "--lake", root) == 0
    assert lakes.versions(root) == versions, "nothing is left to merge"


def test_the_version_before_a_compaction_is_read_until_vacuum(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    root, former = Path(lake.root), open_table(lake, DOCUMENTS).version()
    before = lakes.by_delta(root, "select * from documents order by all")
    assert broadsheet("compact", "--lake", root) == 0
    assert "a glob counts their rows twice" in capsys.readouterr().out
    assert lakes.leftovers(root) == sorted(lakes.replaced_files(root))
    for command in (("verify", "--deep"), ("verify", "--deep", "--repair"), ("vacuum",), ("compact",)):
        assert broadsheet(*command, "--lake", root) == 0, "what an earlier version needs is no fault, and younger than seven days"
        assert open_table(lake, DOCUMENTS, former).to_pyarrow_table().num_rows == 12
        assert lakes.by_delta(root, "select * from documents order by all") == before
    assert broadsheet("vacuum", "--lake", root, "--retention-days", "0") == 0
    assert lakes.leftovers(root) == []
    assert lakes.by_glob(root, "documents", COUNTS.format("rows")) == [(12, 12)]
    with pytest.raises(FileNotFoundError):
        open_table(lake, DOCUMENTS, former).to_pyarrow_table()


def test_replaced_files_that_the_newest_checkpoint_forgot_are_not_a_fault(lake: Lake) -> None:
    root = Path(lake.root)
    compact(lake.root)
    handle = open_table(lake, DOCUMENTS)
    handle.alter.set_table_properties({"delta.deletedFileRetentionDuration": "interval 0 seconds"})
    open_table(lake, DOCUMENTS).create_checkpoint()
    assert without_replaced(lake, DOCUMENTS, ["source=x/date=2024-05-14/part-a.parquet"]), "no commit knows this one"
    replaced = [path.removeprefix("documents/") for path in lakes.replaced_files(root) if path.startswith("documents/")]
    assert len(replaced) == 12
    assert without_replaced(lake, DOCUMENTS, replaced) == []
    assert unknown_files(lake, DOCUMENTS) == []


def test_only_the_partitions_asked_for_are_merged(lake: Lake) -> None:
    assert broadsheet("compact", "--lake", lake.root, "--where", "source = 'paper-1.example' and date < '2025-01-01'") == 0
    assert len(lakes.committed_files(Path(lake.root))) == 12 - BATCHES + 1 + BATCHES


@pytest.mark.parametrize("condition", ["title = 'x'", "source =", "1; drop table files"])
def test_a_condition_that_makes_no_sense_is_refused(lake: Lake, capsys: pytest.CaptureFixture[str], condition: str) -> None:
    assert broadsheet("compact", "--lake", lake.root, "--where", condition) == 2
    assert f"--where {condition}" in capsys.readouterr().err


def test_many_groups_are_published_in_rounds(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "_ROUND_GROUPS", 2)
    (documents, *_) = compact(lake.root)
    assert (documents.files, documents.merged, documents.commits) == (12, 3, 2)
    assert lakes.by_delta(Path(lake.root), COUNTS.format("documents")) == [(12, 12)]


def test_inputs_of_a_day_that_is_over_become_one_file_with_its_last_time(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    (last,) = lakes.by_delta(Path(lake.root), "select max(committed_at) from inputs")
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)

    class Tomorrow(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            return tomorrow

    monkeypatch.setattr("broadsheet.pipelines.maintain.compact.dt.datetime", Tomorrow)
    compact(lake.root, keep_replaced=False)
    monkeypatch.undo()
    assert len(list((Path(lake.root) / "inputs").glob("*.parquet"))) == 1
    assert lakes.by_delta(Path(lake.root), "select distinct committed_at, count(*) from inputs group by all") == [(*last, 12)]
    assert broadsheet("verify", "--lake", lake.root, "--deep") == 0


def test_what_a_batch_under_way_compares_with_stays_until_it_has_ended(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on an object store: no lock keeps a compaction from running beside an ingest."""
    monkeypatch.setattr(compaction, "_PATIENCE_S", 0)
    monkeypatch.setattr(compacting, "_end_former", lambda _lake: None)
    plan = _plan(lake)
    (documents, *_) = compact(lake.root, keep_replaced=False)
    assert (documents.files, documents.needed) == (12, 12)
    old = files_of(open_table(lake, DOCUMENTS, plan.documents_version))["path"].to_pylist()
    row = document("/0/0", source="paper-0.example")
    assert known_in_files(lake, DOCUMENTS, old, "doc_id", pa.array([row.doc_id])) == {row.doc_id}
    plans.forget(lake, plan.batch_id)
    assert [is_over for _, is_over in compaction.end_all(lake)] == [True]
    assert lakes.leftovers(Path(lake.root)) == []


def test_a_plan_written_beside_a_compaction_follows_it(lake: Lake) -> None:
    versions = iter([(4, 0), (5, 0), (5, 0)])
    plan = plans.pin(lake, plan_of("abcdef"), [], lambda: next(versions))
    assert (plan.documents_version, plans.read_plan(lake, plan.relative)) == (5, plan)


def test_two_compactions_at_once_end_as_one(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "_end_former", lambda _lake: None)
    monkeypatch.setattr(compacting, "exclusive", lambda _lake, _waiting: nullcontext())
    monkeypatch.setattr(compacting, "_workspace", lambda _lake: TemporaryDirectory(dir=lake.root))
    barrier, publish = threading.Barrier(2), compaction.publish
    first = threading.local()

    def together(*arguments: object) -> bool:
        if not getattr(first, "been", False):
            first.been = True
            barrier.wait()
        return publish(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(compaction, "publish", together)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            compact(lake.root, keep_replaced=False)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert lakes.by_delta(Path(lake.root), COUNTS.format("documents")) == [(12, 12)]
    assert lakes.by_glob(Path(lake.root), "documents", COUNTS.format("rows")) == [(12, 12)]
    assert lakes.leftovers(Path(lake.root)) == []

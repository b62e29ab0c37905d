"""Vacuum removes what no snapshot and no run needs, and nothing else; it leaves a log that opens at once."""

import os
import time
from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import broadsheet
from helpers.rows import document, input_books, plan_of

from broadsheet.pipelines.maintain.compact import compact
from broadsheet.pipelines.maintain.vacuum import vacuum
from broadsheet.schemas.records import InputFile, PartFile
from broadsheet.schemas.tables import DOCUMENTS, INPUTS
from broadsheet.transforms.lake.maintenance import compaction, orphan_files
from broadsheet.transforms.lake.protocol import plans
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, create_tables, open_table, replace_parts
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part

FOLDER = "source=paper.example/date=2024-05-14"
DAY_S = 86400.0
OLD = time.time() - 40 * DAY_S
STRANGER = f"documents/{FOLDER}/part-aaaaaaaaaaaa-00000-0.parquet"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Three files of one row, and beside them what dead runs have left, all of it forty days old."""
    made = Lake.at(str(tmp_path / "lake"))
    create_tables(made)
    for number in range(3):
        batch = f"{number:016x}"
        row = document(f"/{number}")
        commit_parts(made, DOCUMENTS, [write_part(made, DOCUMENTS, FOLDER, batch, 0, [row])], batch, {})
        books = write_part(made, INPUTS, "", batch, 0, [input_books(row.uri, batch, documents=1)])
        commit_parts(made, INPUTS, [books], batch, {})
    for name in (STRANGER, "_staging/half"):
        Path(made.path(name)).parent.mkdir(exist_ok=True)
        Path(made.path(name)).write_bytes(b"half a fi")
    for path in Path(made.root).rglob("*"):
        if path.parent.name != "_delta_log":
            os.utime(path, (OLD, OLD))
    return made


def _replace_first(lake: Lake) -> PartFile:
    (first, *_) = sorted((Path(lake.root) / "documents" / FOLDER).glob("part-0*.parquet"))
    path = f"{FOLDER}/{first.name}"
    replace_parts(lake, DOCUMENTS, [], [path], "cccc", {}, same_rows=False)
    return PartFile("documents", path, 0, 1, "")


def test_what_dead_runs_left_is_removed_and_nothing_else(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    root = Path(lake.root)
    committed = lakes.committed_files(root)
    assert broadsheet("vacuum", "--lake", root, "--dry-run") == 0
    assert capsys.readouterr().out == f"{STRANGER}\n_staging/half\nwould remove 2 files (0.0 MB)\n"
    assert (root / STRANGER).exists()
    assert broadsheet("vacuum", "--lake", root) == 0
    assert capsys.readouterr().out == "removed 2 files (0.0 MB)\n"
    assert set(lakes.data_files(root)) == committed
    assert lakes.leftovers(root) == []
    assert broadsheet("verify", "--lake", root, "--deep") == 0


def test_young_files_are_left_to_the_runs_that_may_be_writing_them(lake: Lake) -> None:
    for name in (STRANGER, "_staging/half"):
        os.utime(lake.path(name))
    assert vacuum(lake.root, 7 * DAY_S, dry_run=False).files == []
    assert len(vacuum(lake.root, 0, dry_run=False).files) == 2


def test_files_of_recent_snapshots_stay_readable(lake: Lake) -> None:
    replaced, version = _replace_first(lake), open_table(lake, DOCUMENTS).version() - 1
    vacuum(lake.root, 7 * DAY_S, dry_run=False)
    assert open_table(lake, DOCUMENTS, version).to_pyarrow_table().num_rows == 3
    vacuum(lake.root, 0, dry_run=False)
    assert not Path(lake.path("documents", replaced.path)).exists()
    assert open_table(lake, DOCUMENTS).to_pyarrow_table().num_rows == 2


def test_what_a_run_under_way_wrote_or_compares_with_stays(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on an object store: there is no lock, and a young process may be alive."""
    monkeypatch.setattr(orphan_files, "_is_locked", lambda _lake: False)
    plan = plans.pin(lake, plan_of("a" * 16), [InputFile("/x", "1-1", 10, 1)], lambda: (open_table(lake, DOCUMENTS).version(), 0))
    replaced = _replace_first(lake)
    vacuum(lake.root, 0, dry_run=False)
    assert Path(lake.path(STRANGER)).exists(), "its name begins with the batch's identifier"
    assert Path(lake.path("documents", replaced.path)).exists(), "the plan names a snapshot that holds it"
    relative = lake.path(plan.relative)
    os.utime(relative, (OLD, OLD))
    vacuum(lake.root, 0, dry_run=False)
    assert not Path(relative).exists(), "forty days later its run is dead"
    assert not Path(lake.path(STRANGER)).exists()


def test_a_lake_of_many_commits_is_opened_from_its_checkpoint(lake: Lake) -> None:
    log = Path(lake.root) / "documents" / "_delta_log"
    for path in log.iterdir():
        os.utime(path, (OLD, OLD))
    vacuum(lake.root, 7 * DAY_S, dry_run=False)
    assert [path.name for path in sorted(log.glob("*.checkpoint.parquet"))] == [f"{3:020d}.checkpoint.parquet"]
    assert [path.name for path in sorted(log.glob("*.json"))] == [f"{3:020d}.json"], "forty days old, and behind the checkpoint"
    assert lakes.by_delta(Path(lake.root), "select count(*) from documents") == [(3,)]
    assert not commit_parts(lake, DOCUMENTS, [], f"{0:016x}", {}), "what was committed is still known"


def test_a_storage_that_fails_is_one_sentence(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    version = open_table(lake, DOCUMENTS).version()
    Path(lake.path("documents", "_delta_log", f"{version:020d}.checkpoint.parquet")).mkdir()  # a file must go here
    assert broadsheet("vacuum", "--lake", lake.root) == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("broadsheet: ")
    assert "checkpoint.parquet" in said or "rename" in said


def test_vacuum_ends_a_compaction_that_was_killed_before_the_removal(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "end", lambda *_, **__: False)
    compact(lake.root, keep_replaced=False)
    monkeypatch.undo()
    assert [note.table for note in compaction.notes(lake)] == ["documents"]
    vacuum(lake.root, 7 * DAY_S, dry_run=False)
    assert lakes.leftovers(Path(lake.root)) == []


def test_without_a_lake_nothing_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("vacuum", "--lake", tmp_path / "none") == 2
    assert "there is no lake at" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()

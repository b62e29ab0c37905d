"""Each run is written down with its batches, in files that sort by time; nothing else depends on them."""

import time
import uuid
from pathlib import Path

from helpers import lakes
from helpers.command import ingest
from helpers.pages import dump, write

from broadsheet.pipelines.ingest.run_history import as_table, new_run_id, read_runs
from broadsheet.transforms.lake.protocol.files import Lake


def test_identifiers_are_uuids_of_version_7_that_sort_by_time() -> None:
    made = []
    for _ in range(3):
        made.append(new_run_id())
        time.sleep(0.002)
    assert made == sorted(set(made))
    assert {(uuid.UUID(run_id).version, uuid.UUID(run_id).variant) for run_id in made} == {(7, uuid.RFC_4122)}


def test_the_runs_know_the_batches_of_the_ledger_and_the_nights_without_any(tmp_path: Path) -> None:
    lake = Lake.at(str(tmp_path / "lake"))
    for name in ("a", "b"):
        ingest(tmp_path / "lake", write(tmp_path / "pages", {f"{name}.txt": dump(f"The Pier of {name}")}))
    ingest(tmp_path / "lake", tmp_path / "pages")
    runs = read_runs(lake)
    assert [len(run.batches) for run in runs] == [1, 1, 0]
    assert [run.matched for run in runs] == [1, 2, 2]
    assert all(run.started_at < (run.ended_at or "") for run in runs)
    ledger = lakes.by_delta(tmp_path / "lake", "select batch_id from inputs order by committed_at")
    assert [(run.batches[0].batch_id,) for run in runs[:2]] == ledger
    assert all((run.batches[0].seconds or 0) > 0 for run in runs[:2])
    assert read_runs(lake, newest=1) == runs[2:]
    assert as_table(runs)["batch_id"].null_count == 1

"""Leaders are seen from their batch's commit on, whatever was merged meanwhile."""

import os
import time
from pathlib import Path

import numpy as np
import pytest
from helpers.rows import document, plan_of

from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.lake.index.near_duplicate_index import (
    LEADERS,
    Leaders,
    merge,
    read_leaders,
    signatures_of,
    write_leaders,
)
from broadsheet.transforms.lake.protocol import plans
from broadsheet.transforms.lake.protocol.batches import discard
from broadsheet.transforms.lake.protocol.delta_tables import app_id, commit_parts, create_tables, open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part
from broadsheet.transforms.lake.protocol.plans import Plan


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake.at(str(tmp_path / "lake"))
    create_tables(made)
    return made


def _write(lake: Lake, number: int, commit: bool = True) -> str:
    """Writes a batch of one document, its leader first."""
    batch_id, row = f"{number:032x}", document(f"/{number}")
    write_leaders(lake, batch_id, Leaders(np.array([row.doc_id.encode()], "S32"), signatures_of([bytes([number]) * 128])))
    if commit:
        folder = partition_path({"source": row.source, "date": str(row.date)})
        commit_parts(lake, DOCUMENTS, [write_part(lake, DOCUMENTS, folder, batch_id, 0, [row])], batch_id, {})
    return row.doc_id


def _seen(lake: Lake, version: int) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}

    def see(leaders: Leaders) -> None:
        for doc_id, signature in zip(leaders.doc_ids.tolist(), leaders.signatures, strict=True):
            assert doc_id.decode() not in found, "seen twice"
            found[doc_id.decode()] = set(signature.tolist())

    read_leaders(lake, version, see)
    return found


def _files(lake: Lake) -> int:
    return len(list(Path(lake.path(LEADERS)).iterdir()))


def test_a_snapshot_shows_the_leaders_of_its_own_batches(lake: Lake) -> None:
    first, second = _write(lake, 1), _write(lake, 2)
    _write(lake, 3, commit=False)
    assert [_seen(lake, version) for version in range(3)] == [{}, {first: {1}}, {first: {1}, second: {2}}]


def _plan(lake: Lake, version: int) -> Plan:
    """Writes the plan of a batch that compares with a version."""
    plan = plan_of("a" * 32, documents_version=version)
    plans.write_plan(lake, plan, [])
    return plan


def test_merging_shows_every_snapshot_from_that_of_a_plan_on_the_same_as_before(lake: Lake) -> None:
    _plan(lake, 0)
    for number in range(1, 9):
        _write(lake, number)
    _write(lake, 9, commit=False)
    before = [_seen(lake, version) for version in range(9)]
    merge(lake, many=9)
    assert _files(lake) == 2, "one for what is committed, one for what is not"
    assert [_seen(lake, version) for version in range(9)] == before
    for number in range(10, 18):
        _write(lake, number)
    merge(lake, many=9)
    assert _files(lake) == 2
    assert len(_seen(lake, 16)) == 16


def test_leaders_go_with_a_batch_that_is_taken_back_and_stay_with_one_that_is_not(lake: Lake) -> None:
    kept = _write(lake, 1)
    _write(lake, 2, commit=False)
    for number in (1, 2, 3):
        discard(lake, f"{number:032x}")
    assert _files(lake) == 1
    assert set(_seen(lake, 1)) == {kept}


def test_few_files_are_left_alone(lake: Lake) -> None:
    for number in range(1, 4):
        _write(lake, number)
    merge(lake)
    assert _files(lake) == 3


def test_a_file_that_is_merged_while_others_are_read_is_found_again(lake: Lake) -> None:
    doc_ids = {_write(lake, number) for number in range(1, 9)}
    seen: set[str] = set()

    def see(leaders: Leaders) -> None:
        if not seen:
            merge(lake, many=2)
        seen.update(doc_id.decode() for doc_id in leaders.doc_ids.tolist())

    read_leaders(lake, 8, see)
    assert seen == doc_ids


def test_leaders_are_seen_after_the_log_has_forgotten_their_batch(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now - 30 * 86_400)
        doc_ids = {_write(lake, number) for number in (1, 2)}
    _write(lake, 3, commit=False)  # a worker that is alive, as far as can be known
    for path in Path(lake.path(LEADERS)).iterdir():
        if path.name != f"{3:032x}.leaders":
            os.utime(path, (now - 30 * 86_400,) * 2)
    assert open_table(lake, DOCUMENTS).transaction_version(app_id(f"{1:032x}")) is None
    assert _seen(lake, 2).keys() == doc_ids
    merge(lake, many=2)
    assert _files(lake) == 2
    assert _seen(lake, 2).keys() == doc_ids


def test_a_merge_forgets_the_batches_that_every_plan_has_seen(lake: Lake) -> None:
    first, second = _write(lake, 1), _write(lake, 2)
    plan = _plan(lake, 1)
    merge(lake, many=2)
    assert _seen(lake, 1).keys() == {first}, "the plan compares with version 1"
    assert _seen(lake, 2).keys() == {first, second}
    plans.forget(lake, plan.batch_id)
    third = _write(lake, 3)
    merge(lake, many=2)
    assert _seen(lake, 3).keys() == {first, second, third}
    (path,) = Path(lake.path(LEADERS)).iterdir()
    assert b"0" * 31 + b"1" not in path.read_bytes()


def test_an_interrupted_merge_loses_nothing(lake: Lake) -> None:
    doc_ids = [_write(lake, number) for number in range(1, 5)]
    kept = Path(lake.path(LEADERS, f"{1:032x}.leaders")).read_bytes()
    merge(lake, many=2)
    Path(lake.path(LEADERS, f"{1:032x}.leaders")).write_bytes(kept)
    seen = []
    read_leaders(lake, 4, lambda leaders: seen.extend(leaders.doc_ids.tolist()))
    assert {doc_id.decode() for doc_id in seen} == set(doc_ids)
    merge(lake, many=2)
    assert len(_seen(lake, 4)) == 4

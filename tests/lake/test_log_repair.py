"""Damaged logs: named, moved to _lost, and readable again, with what their commits said as far as anything else knows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import lakes
from helpers.rows import document

from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.lake.maintenance.log_repair import check_entry, log_faults, mend_log
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.delta_log import LOG, entry
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, create_tables, files_of, open_table, replace_parts
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part

_COMMITS = 12


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake.at(str(tmp_path / "lake"))
    create_tables(made)
    for number in range(_COMMITS):
        _commit(made, f"{number:032x}", f"a{number}")
    return made


def _commit(lake: Lake, batch: str, name: str, source: str = "x%2Fy") -> None:
    row = document(f"/pages/{name}.txt", source=source)
    folder = partition_path({"source": row.source, "date": row.date.isoformat() if row.date else None})
    commit_parts(lake, DOCUMENTS, [write_part(lake, DOCUMENTS, folder, batch, 0, [row])], batch, {})


def _path(lake: Lake, version: int) -> Path:
    return Path(lake.path(entry(DOCUMENTS, version)))


def _checkpoint(lake: Lake) -> Path:
    (found,) = Path(lake.path(DOCUMENTS.name, LOG)).glob("*.checkpoint.parquet")
    return found


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _cut_at_a_line(path: Path) -> None:
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[data.index(b'"size"') + 9] ^= 1  # still JSON
    path.write_bytes(bytes(data))


def _flip_in_the_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def test_a_sound_log_has_no_faults(lake: Lake) -> None:
    assert log_faults(lake, DOCUMENTS, deep=True) == []


def test_the_digest_of_a_commit_is_right_for_files_that_it_removes_too(lake: Lake) -> None:
    held = files_of(open_table(lake, DOCUMENTS))["path"].to_pylist()
    replace_parts(lake, DOCUMENTS, [], held[:1], "f" * 32, {}, same_rows=False)
    assert log_faults(lake, DOCUMENTS, deep=True) == []


@pytest.mark.parametrize("harm", [_empty, _zero, _cut, _cut_at_a_line, _flip, Path.unlink])
@pytest.mark.parametrize("version", [_COMMITS, _COMMITS - 1], ids=["the last entry", "the one before"])
def test_a_damaged_entry_is_named_and_replaced_by_one_that_says_nothing(
    lake: Lake, harm: Callable[[Path], None], version: int
) -> None:
    harm(_path(lake, version))
    if harm is Path.unlink and version == _COMMITS:
        return  # the log looks like that of a version before: the counts tell
    assert [fault.relative for fault in log_faults(lake, DOCUMENTS)] == [entry(DOCUMENTS, version)]
    assert any(entry(DOCUMENTS, version) in line for line in mend_log(lake, DOCUMENTS))
    assert log_faults(lake, DOCUMENTS) == []
    assert open_table(lake, DOCUMENTS).version() == _COMMITS, "no version is given twice"
    assert len(files_of(open_table(lake, DOCUMENTS))) == _COMMITS - 1
    assert harm is Path.unlink or files.size_of(lake, f"_lost/{entry(DOCUMENTS, version)}") is not None
    _commit(lake, "e" * 32, "later")
    assert len(files_of(open_table(lake, DOCUMENTS))) == _COMMITS


@pytest.mark.parametrize("harm", [_empty, _zero, _cut, Path.unlink])
def test_a_damaged_checkpoint_is_set_aside_while_the_entries_before_it_are_there(lake: Lake, harm: Callable[[Path], None]) -> None:
    before = sorted(files_of(open_table(lake, DOCUMENTS))["path"].to_pylist())
    checkpoint = _checkpoint(lake)
    harm(checkpoint)
    assert log_faults(lake, DOCUMENTS) != []
    list(mend_log(lake, DOCUMENTS))
    assert log_faults(lake, DOCUMENTS) == []
    assert sorted(files_of(open_table(lake, DOCUMENTS))["path"].to_pylist()) == before


@pytest.mark.parametrize("harm", [_empty, _zero, _flip_in_the_middle])
def test_a_damaged_hint_is_set_aside(lake: Lake, harm: Callable[[Path], None]) -> None:
    hint = Path(lake.path(DOCUMENTS.name, LOG, "_last_checkpoint"))
    harm(hint)
    list(mend_log(lake, DOCUMENTS))
    assert log_faults(lake, DOCUMENTS) == []
    assert len(files_of(open_table(lake, DOCUMENTS))) == _COMMITS


def test_the_entry_that_made_the_table_is_made_again(tmp_path: Path) -> None:
    made = Lake.at(str(tmp_path / "lake"))
    create_tables(made)
    _empty(_path(made, 0))
    list(mend_log(made, DOCUMENTS))
    _commit(made, "e" * 32, "first")
    assert lakes.by_delta(tmp_path / "lake", "select count(*) from documents") == [(1,)]


def test_an_entry_of_another_writer_is_not_taken_for_a_damaged_one() -> None:
    assert check_entry(b'{"commitInfo":{"timestamp":1,"operation":"WRITE"}}\n{"add":{"path":"a"}}\n') is None

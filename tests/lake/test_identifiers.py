"""A snapshot knows the identifiers of its own rows, whatever is written down of them."""

import shutil
from pathlib import Path

import pytest
from helpers.rows import document

from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.records import PartFile
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.lake.index.doc_id_index import IDENTIFIERS, Snapshot, merge, rebuild, write_identifiers
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, create_tables, open_table, replace_parts
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import check_part, write_part

ROWS = {number: document(f"/{number}", source=f"paper-{number % 3}.example") for number in range(1, 13)}
WANTED = {partition_path({"source": row.source}): [other.doc_id for other in ROWS.values()] for row in ROWS.values()}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake.at(str(tmp_path / "lake"))
    create_tables(made)
    return made


def _write(lake: Lake, number: int, told: bool = True, commit: bool = True) -> PartFile:
    """Writes a batch of one document."""
    row, batch_id = ROWS[number], f"{number:032x}"
    part = write_part(lake, DOCUMENTS, partition_path({"source": row.source, "date": str(row.date)}), batch_id, 0, [row])
    if told:
        write_identifiers(lake, batch_id, {part.path: check_part(lake, DOCUMENTS, part, read_keys=True)})
    if commit:
        commit_parts(lake, DOCUMENTS, [part], batch_id, {})
    return part


def _known(lake: Lake, version: int | None = None) -> set[int]:
    found = Snapshot(lake, DOCUMENTS, open_table(lake, DOCUMENTS, version).version()).known(WANTED)
    return {number for number, row in ROWS.items() if row.doc_id in found}


def _count(lake: Lake) -> int:
    return len(list(Path(lake.path(IDENTIFIERS)).iterdir()))


def test_a_snapshot_knows_its_own_rows_and_no_others(lake: Lake) -> None:
    for number in (1, 2, 4):
        _write(lake, number)
    _write(lake, 7, commit=False)
    assert [_known(lake, version) for version in range(4)] == [set(), {1}, {1, 2}, {1, 2, 4}]


def test_what_is_written_down_saves_the_look_into_a_file(lake: Lake) -> None:
    told, untold = _write(lake, 1), _write(lake, 4, told=False)
    Path(lake.path(DOCUMENTS.name, told.path)).write_bytes(b"")
    assert _known(lake) == {1, 4}
    Path(lake.path(DOCUMENTS.name, untold.path)).write_bytes(b"")
    with pytest.raises(Exception, match="Parquet"):
        _known(lake)


def test_rows_that_left_the_table_are_not_known_any_more(lake: Lake) -> None:
    gone = _write(lake, 1)
    _write(lake, 2)
    replace_parts(lake, DOCUMENTS, [], [gone.path], "taken out", {}, same_rows=False)
    assert _known(lake) == {2}
    assert _known(lake, 2) == {1, 2}


def test_without_anything_written_down_the_files_are_read(lake: Lake) -> None:
    for number in (1, 2, 3):
        _write(lake, number)
    shutil.rmtree(lake.path(IDENTIFIERS))
    assert _known(lake) == {1, 2, 3}


def test_merging_changes_no_answer_and_adds_what_was_missing(lake: Lake) -> None:
    for number in range(1, 9):
        _write(lake, number, told=number != 5)
    gone = _write(lake, 9)
    replace_parts(lake, DOCUMENTS, [], [gone.path], "taken out", {}, same_rows=False)
    merge(lake, many=9)
    assert _count(lake) == 8
    merge(lake, many=8)
    assert _count(lake) == 1
    ends = {3: 4, 8: 9, 9: 10, 10: 9}
    assert [_known(lake, version) for version in ends] == [set(range(1, end)) for end in ends.values()]
    shutil.rmtree(lake.path(DOCUMENTS.name, "source=paper-2.example"))  # of 2, 5 and 8
    assert _known(lake) == set(range(1, 9))


def test_merging_leaves_nothing_of_a_table_whose_rows_are_all_gone(lake: Lake) -> None:
    gone = [_write(lake, number).path for number in (1, 2)]
    replace_parts(lake, DOCUMENTS, [], gone, "taken out", {}, same_rows=False)
    merge(lake, many=2)
    assert _count(lake) == 0
    assert _known(lake) == set()


def test_a_file_that_was_merged_since_it_was_listed_is_not_missed(lake: Lake) -> None:
    for number in (1, 2, 3):
        _write(lake, number)
    listed = next(Path(lake.path(IDENTIFIERS)).iterdir())
    listed.unlink()
    listed.symlink_to("gone")
    assert _known(lake) == {1, 2, 3}


@pytest.fixture
def cut(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake of eight batches whose index is cut by first digit."""
    for number in range(1, 9):
        _write(lake, number)
    monkeypatch.setattr("broadsheet.transforms.lake.index.doc_id_index._LARGE", 24 * 8)
    merge(lake, many=8)
    assert _count(lake) == 16
    return lake


def test_cutting_by_first_digit_changes_no_answer_and_opens_no_part_file(cut: Lake) -> None:
    ends = {3: 4, 8: 9}
    assert [_known(cut, version) for version in ends] == [set(range(1, end)) for end in ends.values()]
    shutil.rmtree(cut.path(DOCUMENTS.name, "source=paper-2.example"))
    assert _known(cut) == set(range(1, 9))


def test_identifiers_with_one_first_digit_are_looked_up_in_their_part_of_the_index(cut: Lake) -> None:
    number = 1
    digit = ROWS[number].doc_id[0]
    for path in Path(cut.path(IDENTIFIERS)).iterdir():
        if not path.name.startswith(f"digit-{digit}-"):
            path.unlink()
    shutil.rmtree(cut.path(DOCUMENTS.name, partition_path({"source": ROWS[number].source})))
    folder = partition_path({"source": ROWS[number].source})
    snapshot = Snapshot(cut, DOCUMENTS, open_table(cut, DOCUMENTS).version())
    assert snapshot.known({folder: [ROWS[number].doc_id]}) == {ROWS[number].doc_id}


def test_a_lost_part_of_a_cut_index_is_read_from_the_files_and_written_again(cut: Lake) -> None:
    digit = ROWS[1].doc_id[0]
    next(Path(cut.path(IDENTIFIERS)).glob(f"digit-{digit}-*")).write_bytes(b"damaged")
    assert _known(cut) == set(range(1, 9))
    assert len(rebuild(cut)) == 1
    shutil.rmtree(cut.path(DOCUMENTS.name, "source=paper-1.example"))
    assert _known(cut) == set(range(1, 9))


def test_what_is_merged_after_a_cut_leaves_the_cut_files_alone(cut: Lake) -> None:
    before = {path.name for path in Path(cut.path(IDENTIFIERS)).iterdir()}
    for number in range(9, 13):
        _write(cut, number)
    merge(cut, many=4)
    assert {path.name for path in Path(cut.path(IDENTIFIERS)).iterdir()} > before
    assert _count(cut) == 17
    assert _known(cut) == set(range(1, 13))

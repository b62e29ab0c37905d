"""Small files become one sorted file: the same rows, the same bytes whichever process merges, in bounded memory; others are left
alone."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.rows import document, input_books
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.schemas.errors import LakeError
from broadsheet.schemas.records import Document, PartFile
from broadsheet.schemas.tables import DOCUMENTS, INPUTS, SCHEMA_VERSION
from broadsheet.transforms.lake.maintenance import merge_parts as merging
from broadsheet.transforms.lake.maintenance.merge_parts import Group, find_groups, merge
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import check_part, write_part

FOLDER = "source=paper.example/date=2024-05-14"
TODAY = dt.date(2024, 6, 2)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.at(str(tmp_path / "lake"))


def _files(lake: Lake, *contents: list[Document]) -> Group:
    parts = [write_part(lake, DOCUMENTS, FOLDER, f"{number:016x}", 0, rows) for number, rows in enumerate(contents)]
    return Group(FOLDER, tuple(part.path for part in parts), sum(part.size for part in parts))


def _merge(lake: Lake, group: Group) -> tuple[PartFile, pa.Table]:
    sink = f"{lake.root}/merged"
    part = merge(lake, DOCUMENTS, group, DOCUMENTS.file_schema, "part-abc-00000", sink)
    rows = pq.read_table(sink)
    Path(sink).rename(lake.path("documents", part.path))
    check_part(lake, DOCUMENTS, part)
    return part, rows


def test_rows_of_all_files_are_in_the_merged_one_in_order(lake: Lake) -> None:
    group = _files(
        lake, [document("/a"), document("/d")], [document("/b", record=1), document("/b", text="first")], [document("/c")]
    )
    part, rows = _merge(lake, group)
    assert list(zip(rows["uri"].to_pylist(), rows["record"].to_pylist(), strict=True)) == [
        ("/a", 0), ("/b", 0), ("/b", 1), ("/c", 0), ("/d", 0),
    ]  # fmt: skip
    assert rows.schema.equals(DOCUMENTS.file_schema)
    assert part.rows == 5


def test_a_merged_file_equals_that_of_a_single_batch_with_all_rows(lake: Lake) -> None:
    rows = [document(f"/{number}", text=f"Number {number} of some.") for number in range(9)]
    part, _ = _merge(lake, _files(lake, rows[::3], rows[1::3], rows[2::3]))
    written = write_part(lake, DOCUMENTS, FOLDER, "ffff", 0, rows)
    assert part.path.rpartition("-")[2] == written.path.rpartition("-")[2]
    assert part.stats == written.stats


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    contents=st.lists(st.lists(st.tuples(st.text("abcü", max_size=3), st.integers(0, 3)), max_size=12), min_size=2, max_size=6),
    rows_a_group=st.integers(1, 5),
)
def test_any_files_merge_to_their_rows_sorted_whatever_the_row_groups(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, contents: list[list[tuple[str, int]]], rows_a_group: int
) -> None:
    monkeypatch.setattr(merging, "_ROW_GROUP_BYTES", rows_a_group * 2000)  # some 2 kB of pages per row
    group = _files(
        lake,
        *([document(uri, f"{index} {uri} {record}", record=record) for uri, record in keys] for index, keys in enumerate(contents)),
    )
    _, rows = _merge(lake, group)
    expected = sorted((uri, record, f"{index} {uri} {record}") for index, keys in enumerate(contents) for uri, record in keys)
    found = list(zip(*(rows[name].to_pylist() for name in ("uri", "record", "text")), strict=True))
    assert sorted(found) == expected
    assert [row[:2] for row in found] == [row[:2] for row in expected]


def test_row_groups_are_bounded(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "_ROW_GROUP_BYTES", 40_000)
    rows = [document(f"/{number:03d}", text=f"{number} " * 1000) for number in range(40)]
    part, _ = _merge(lake, _files(lake, rows[::2], rows[1::2]))
    assert pq.ParquetFile(lake.path("documents", part.path)).num_row_groups > 2


def test_a_file_of_a_former_version_gets_null_in_what_it_lacks(lake: Lake) -> None:
    group = _files(lake, [document("/a")], [document("/b")])
    old = lake.path("documents", group.paths[0])
    pq.write_table(pq.read_table(old, partitioning=None).select(DOCUMENTS.file_schema_of(1).names), old)
    _, rows = _merge(lake, group)
    (younger, *_) = set(DOCUMENTS.file_schema.names) - set(DOCUMENTS.file_schema_of(1).names)
    assert SCHEMA_VERSION > 1
    assert rows[younger].to_pylist()[0] is None


def test_a_file_that_is_not_sorted_is_refused(lake: Lake) -> None:
    group = _files(lake, [document("/a"), document("/b")], [document("/c")])
    path = lake.path("documents", group.paths[0])
    pq.write_table(pq.read_table(path, partitioning=None).take([1, 0]), path)
    with pytest.raises(LakeError, match="is not sorted by uri, record"):
        _merge(lake, group)


def _snapshot(*found: tuple[str, int], stamps: list[dt.datetime] | None = None) -> pa.Table:
    columns = {"path": [path for path, _ in found], "size_bytes": [size for _, size in found]}
    return pa.table({**columns, **({"partition.committed_at": stamps} if stamps else {})})


def test_small_files_of_one_partition_make_a_group_up_to_the_target() -> None:
    found = [(f"source=a/date=2024-01-01/{number}", 30) for number in range(7)] + [("source=b/date=2024-01-01/0", 30)]
    groups = find_groups(DOCUMENTS, _snapshot(*found), 100, TODAY)
    assert [(group.folder, len(group.paths), group.size) for group in groups] == [
        ("source=a/date=2024-01-01", 3, 90), ("source=a/date=2024-01-01", 3, 90),
    ]  # fmt: skip


def test_files_of_half_the_target_are_left_alone() -> None:
    found = [(f"source=a/date=2024-01-01/{number}", size) for number, size in enumerate((50, 49, 49, 200))]
    (group,) = find_groups(DOCUMENTS, _snapshot(*found), 100, TODAY)
    assert group.paths == ("source=a/date=2024-01-01/1", "source=a/date=2024-01-01/2")


def test_inputs_of_one_day_make_a_group_once_the_day_is_over() -> None:
    stamps = [dt.datetime(2024, 6, day, hour, tzinfo=dt.UTC) for day, hour in ((1, 0), (1, 23), (2, 0), (2, 1), (1, 5))]
    snapshot = _snapshot(*((f"{number}", 1) for number in range(5)), stamps=stamps)
    (group,) = find_groups(INPUTS, snapshot, 100, TODAY)
    assert group == Group("", ("0", "1", "4"), 3, stamps[1])


def test_the_ledger_merges_too(lake: Lake) -> None:
    parts = [write_part(lake, INPUTS, "", f"{n:016x}", 0, [input_books(f"/{n}", f"{n:016x}", documents=1)]) for n in (1, 0)]
    sink = f"{lake.root}/merged"
    merge(lake, INPUTS, Group("", tuple(part.path for part in parts), 0), INPUTS.file_schema, "part-abc-00000", sink)
    assert pq.read_table(sink)["uri"].to_pylist() == ["/0", "/1"]

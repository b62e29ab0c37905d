"""Part files: named by content, checked before anybody hears of them."""

import datetime as dt
import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import lakes
from helpers.rows import document, input_books, reject
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.schemas.errors import LakeError
from broadsheet.schemas.records import Document, PartFile
from broadsheet.schemas.tables import DOCUMENTS, INPUTS, REJECTS, Table, to_arrow
from broadsheet.transforms.lake.maintenance.orphan_files import clear_staging
from broadsheet.transforms.lake.protocol.files import Lake, put
from broadsheet.transforms.lake.protocol.part_files import check_part, encode_part, part_stats, write_part

FOLDER = "source=paper.example/date=2024-05-14"
BATCH = "0123456789abcdef"


def _rows(count: int = 20) -> list[Document]:
    return [document(f"/pages/{number:03d}.txt", title=f"Title {number}" if number % 3 else None) for number in range(count)]


def _write(folder: Path, rows: list[Document]) -> PartFile:
    return write_part(Lake.at(str(folder)), DOCUMENTS, FOLDER, BATCH, 0, rows)


def test_the_same_rows_make_the_same_file_in_any_order(tmp_path: Path) -> None:
    rows = _rows()
    shuffled = random.Random(0).sample(rows, len(rows))
    assert _write(tmp_path / "one", rows) == _write(tmp_path / "other", shuffled)
    assert lakes.data_files(tmp_path / "one") == lakes.data_files(tmp_path / "other")


def test_writing_a_file_again_leaves_one_file(tmp_path: Path) -> None:
    assert _write(tmp_path, _rows()) == _write(tmp_path, _rows())
    assert len(lakes.data_files(tmp_path)) == 1
    assert list((tmp_path / "_staging").iterdir()) == []


def test_a_file_is_put_again_where_its_half_was_taken_for_a_dead_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace
    taken: list[str] = []

    def clear_once(source: str, target: str) -> None:
        if not taken:  # another process holds the lake's lock, and clears the staged files
            taken.extend(clear_staging(Lake.at(str(tmp_path))))
        replace(source, target)

    monkeypatch.setattr(os, "replace", clear_once)
    put(Lake.at(str(tmp_path)), "_watch/standing.json", b"{}")
    assert len(taken) == 1
    assert (tmp_path / "_watch/standing.json").read_bytes() == b"{}"


def test_other_rows_make_another_name(tmp_path: Path) -> None:
    rows = _rows()
    assert _write(tmp_path, rows).path != _write(tmp_path, [*rows[:-1], rows[-1]._replace(title="Another")]).path


@pytest.mark.parametrize(
    ("table", "rows"),
    [(DOCUMENTS, _rows()), (REJECTS, [reject(payload=bytes(range(256)))]), (INPUTS, [input_books("/pages/a.txt", BATCH, 1)])],
    ids=["documents", "rejects", "inputs"],
)
def test_rows_come_back_as_they_were_written(tmp_path: Path, table: Table, rows: list) -> None:
    part = write_part(Lake.at(str(tmp_path)), table, "", BATCH, 0, rows)
    read = pq.ParquetFile(tmp_path / table.name / part.path).read()
    assert read.equals(to_arrow(table, rows))
    assert (part.rows, part.size) == (len(rows), (tmp_path / table.name / part.path).stat().st_size)


def test_the_statistics_are_those_of_the_file(tmp_path: Path) -> None:
    rows = _rows()
    stats = json.loads(_write(tmp_path, rows).stats)
    assert stats["numRecords"] == len(rows)
    assert stats["minValues"]["doc_id"] == min(row.doc_id for row in rows)
    assert stats["maxValues"]["doc_id"] == max(row.doc_id for row in rows)
    assert stats["nullCount"]["doc_id"] == 0


def _gone(path: Path, part: PartFile) -> PartFile:
    path.unlink()
    return part


def _shorter(path: Path, part: PartFile) -> PartFile:
    path.write_bytes(path.read_bytes()[:-1])
    return part


def _no_parquet(path: Path, part: PartFile) -> PartFile:
    path.write_bytes(b"x" * part.size)
    return part


def _broken_footer(path: Path, part: PartFile) -> PartFile:
    data = path.read_bytes()
    footer = int.from_bytes(data[-8:-4], "little")
    path.write_bytes(data[: -8 - footer] + bytes(footer) + data[-8:])
    return part


def _other_schema(path: Path, part: PartFile) -> PartFile:
    rows = pq.ParquetFile(path).read()
    pq.write_table(rows.set_column(1, pa.field("record", pa.int32(), False), rows["record"].cast(pa.int32())), path)
    return part._replace(size=path.stat().st_size)


def _a_column_less(path: Path, part: PartFile) -> PartFile:
    pq.write_table(pq.ParquetFile(path).read().drop_columns(["text"]), path)
    return part._replace(size=path.stat().st_size)


def _nanoseconds(path: Path, part: PartFile) -> PartFile:
    rows = pq.ParquetFile(path).read()
    index = rows.schema.get_field_index("published_at")
    type_ = pa.timestamp("ns", tz="UTC")
    pq.write_table(rows.set_column(index, pa.field("published_at", type_), rows["published_at"].cast(type_)), path)
    return part._replace(size=path.stat().st_size)


FAULTS: dict[str, tuple[Callable[[Path, PartFile], PartFile], str]] = {
    "gone": (_gone, "is missing"),
    "cut": (_shorter, "bytes, expected"),
    "no parquet": (_no_parquet, "is not a Parquet file"),
    "a broken footer": (_broken_footer, "is not a Parquet file"),
    "another type": (_other_schema, "another schema"),
    "a column less": (_a_column_less, "another schema"),
    "times in nanoseconds": (_nanoseconds, "another schema"),
    "fewer rows": (lambda _, part: part._replace(rows=part.rows + 1), "rows, expected"),
    "statistics of another file": (lambda _, part: part._replace(stats='{"numRecords": 1}'), "statistics are of 1 rows"),
    "statistics that are none": (lambda _, part: part._replace(stats=""), "statistics"),
    "statistics that say nothing": (lambda _, part: part._replace(stats="[]"), "statistics"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_part_file_that_is_not_what_is_claimed_is_caught(tmp_path: Path, fault: str) -> None:
    part = _write(tmp_path, [row._replace(published_at=dt.datetime(2024, 5, 14, tzinfo=dt.UTC)) for row in _rows()])
    check_part(Lake.at(str(tmp_path)), DOCUMENTS, part)
    spoil, message = FAULTS[fault]
    spoiled = spoil(tmp_path / "documents" / part.path, part)
    with pytest.raises(LakeError, match=message):
        check_part(Lake.at(str(tmp_path)), DOCUMENTS, spoiled)


@given(st.lists(st.tuples(st.text(), st.text(st.characters(exclude_categories=[])), st.none() | st.text()), max_size=8))
def test_any_text_makes_a_file_and_the_same_one_again(cells: list[tuple[str, str, str | None]]) -> None:
    rows = [document(uri, text or " ", title=title) for uri, text, title in cells]
    table = to_arrow(DOCUMENTS, rows)
    data = encode_part(DOCUMENTS, table)
    assert data == encode_part(DOCUMENTS, to_arrow(DOCUMENTS, rows))
    assert pq.read_table(pa.BufferReader(data)).equals(table)
    assert json.loads(part_stats(table))["numRecords"] == len(rows)

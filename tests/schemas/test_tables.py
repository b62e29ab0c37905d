"""The tables' schemas against the records, and rows as Arrow."""

import datetime as dt
import pickle
from typing import get_args, get_origin, get_type_hints

import pyarrow as pa
import pytest

from broadsheet.schemas import errors
from broadsheet.schemas.records import Document, InputCounts, LanguageShare, Reject
from broadsheet.schemas.tables import DOCUMENTS, INPUTS, REJECTS, TABLES, Table, to_arrow

_EMPTY_DOCUMENT = Document(**dict.fromkeys(Document._fields))._replace(uri="a", record=0, authors=[], languages=[])
_ARROW = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    bytes: pa.binary(),
    dt.date: pa.date32(),
    dt.datetime: pa.timestamp("us", tz="UTC"),
}


def _arrow_type(hint: object) -> tuple[pa.DataType, bool]:
    """Returns the Arrow type of a record's field, and whether it may be NULL."""
    if type(None) in get_args(hint):
        (inner,) = set(get_args(hint)) - {type(None)}
        return _arrow_type(inner)[0], True
    if get_origin(hint) is list:
        (item,) = get_args(hint)
        if item is LanguageShare:
            fields = [pa.field(name, _arrow_type(each)[0]) for name, each in get_type_hints(LanguageShare).items()]
            return pa.list_(pa.field("element", pa.struct(fields))), False
        return pa.list_(pa.field("element", _arrow_type(item)[0])), False
    return _ARROW[hint], False  # type: ignore[index]


@pytest.mark.parametrize(("table", "record"), [(DOCUMENTS, Document), (REJECTS, Reject)], ids=["documents", "rejects"])
def test_a_table_has_the_fields_of_its_record_in_their_order(table: Table, record: type) -> None:
    assert table.schema.names == list(record._fields)


def test_the_ledger_has_the_books_and_the_time_of_their_commit() -> None:
    assert INPUTS.schema.names == [*InputCounts._fields, "committed_at"]


@pytest.mark.parametrize(
    ("table", "record"), [(DOCUMENTS, Document), (REJECTS, Reject), (INPUTS, InputCounts)], ids=["documents", "rejects", "inputs"]
)
def test_a_columns_type_is_its_fields_type(table: Table, record: type) -> None:
    for name, hint in get_type_hints(record).items():
        type_, optional = _arrow_type(hint)
        field = table.schema.field(name)
        assert field.type == type_, name
        assert not optional or field.nullable, f"{name} may be None"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_partition_columns_stand_in_the_path_and_not_in_the_file(table: Table) -> None:
    assert set(table.partition_columns) <= set(table.schema.names)
    assert set(table.file_schema.names) == set(table.schema.names) - set(table.partition_columns)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_rows_have_the_same_schema_as_many(table: Table) -> None:
    assert to_arrow(table, []).schema == table.file_schema


def test_a_row_of_nothing_but_nulls_decides_no_type() -> None:
    assert to_arrow(DOCUMENTS, [_EMPTY_DOCUMENT]).schema == DOCUMENTS.file_schema


def test_rows_are_sorted_whatever_order_they_come_in() -> None:
    rows = [_EMPTY_DOCUMENT._replace(uri=uri, record=record) for uri, record in [("b", 0), ("a", 10), ("a", 2)]]
    table = to_arrow(DOCUMENTS, rows)
    assert list(zip(table["uri"].to_pylist(), table["record"].to_pylist(), strict=True)) == [("a", 2), ("a", 10), ("b", 0)]
    assert table.equals(to_arrow(DOCUMENTS, rows[::-1]))


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    row = _EMPTY_DOCUMENT._replace(title="a\ud800b", authors=["\udfff", "Ann"])
    table = to_arrow(DOCUMENTS, [row])
    assert table["title"].to_pylist() == ["a?b"]
    assert table["authors"].to_pylist() == [["?", "Ann"]]


def test_a_time_in_another_zone_is_stored_in_utc() -> None:
    noon = dt.datetime(2024, 5, 14, 12, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30)))
    assert to_arrow(DOCUMENTS, [_EMPTY_DOCUMENT._replace(published_at=noon)])["published_at"].to_pylist() == [
        dt.datetime(2024, 5, 14, 6, 30, tzinfo=dt.UTC)
    ]


@pytest.mark.parametrize(
    "kind", [errors.UnreadableError, errors.UndecodableError, errors.NoArticleError], ids=lambda kind: kind.__name__
)
def test_a_refusal_travels_between_processes(kind: type[errors.RecordError]) -> None:
    copy = pickle.loads(pickle.dumps(kind("truncated", "it ends too soon")))
    assert (type(copy), copy.reason, copy.message) == (kind, "truncated", "it ends too soon")

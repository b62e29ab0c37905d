"""The tables' schemas against the records, and rows as Arrow."""

import datetime as dt
import pickle
from typing import Annotated, Any, NamedTuple, Optional

import pyarrow as pa
import pytest

from broadsheet.schemas import errors
from broadsheet.schemas.columns import Column, Stored, columns_of
from broadsheet.schemas.records import Document, InputCounts, LanguageShare
from broadsheet.schemas.tables import DOCUMENTS, INPUTS, TABLES, Table, to_arrow

_NOTHING: list[Any] = [None] * len(Document._fields)
_EMPTY_DOCUMENT = Document(*_NOTHING)._replace(uri="a", record=0, authors=[], languages=[])


class _Row(NamedTuple):
    name: Annotated[str, Stored("A name.", repeats=False)]
    name_basis: Annotated[Optional[str], Stored("What `{field}` was inferred from.")]
    days: Annotated[list[dt.date], Stored("Days.", since=2, nullable=True)]
    shares: Annotated[list[LanguageShare], Stored("Shares.")]


def test_a_field_says_all_that_is_to_be_said_of_its_column() -> None:
    struct = pa.struct([pa.field("language", pa.string()), pa.field("share", pa.float64())])
    assert columns_of(_Row) == (
        Column("name", pa.string(), False, "A name.", repeats=False),
        Column("name_basis", pa.string(), True, "What `name` was inferred from."),
        Column("days", pa.list_(pa.field("element", pa.date32())), True, "Days.", since=2),
        Column("shares", pa.list_(pa.field("element", struct)), False, "Shares."),
    )


@pytest.mark.parametrize(
    ("hint", "named"),
    [(str, r"Strange\.field"), (Annotated[complex, Stored("A number.")], "complex")],
    ids=["no meaning", "no Arrow type"],
)
def test_a_field_that_makes_no_column_is_an_error_that_names_it(hint: object, named: str) -> None:
    class Strange(NamedTuple):
        field: hint  # type: ignore[valid-type]

    with pytest.raises(TypeError, match=named):
        columns_of(Strange)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_basis_follows_its_column(table: Table) -> None:
    names, since = [column.name for column in table.columns], {column.name: column.since for column in table.columns}
    bases = [(at, name) for at, name in enumerate(names) if name.endswith("_basis")]
    together = [(at, name) for at, name in bases if since[name] == since.get(name.removesuffix("_basis"))]
    assert all(names[at - 1] == name.removesuffix("_basis") for at, name in together)
    assert {name for _, name in bases} - {name for _, name in together} <= {"text_basis"}  # it came later than its column


def test_the_ledger_has_the_counts_and_the_time_of_their_commit() -> None:
    assert INPUTS.schema.names == [*InputCounts._fields, "committed_at"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_partition_columns_are_in_the_path_and_not_in_the_file(table: Table) -> None:
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


def test_half_a_character_becomes_the_replacement_character_and_two_halves_the_character() -> None:
    row = _EMPTY_DOCUMENT._replace(title="a\ud800b \ud83d\ude00", authors=["\udfff", "Ann"])
    table = to_arrow(DOCUMENTS, [row])
    assert table["title"].to_pylist() == ["a\ufffdb \U0001f600"]
    assert table["authors"].to_pylist() == [["\ufffd", "Ann"]]


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

"""Derives a table's columns from the fields of its record.

    class Reject(NamedTuple):
        reason: Annotated[str, Stored("A stable name in snake_case, to count by.")]

    columns_of(Reject)[0]       # Column("reason", pa.string(), nullable=False, meaning="A stable name ...")

A field's type gives the Arrow type; `Optional` makes the column nullable. `Stored` adds what a type cannot say. So a column is
defined by one field: its name, type, nullability, meaning and treatment in files.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, NamedTuple, Optional, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

TIME = pa.timestamp("us", tz="UTC")

_ARROW = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    bytes: pa.binary(),
    dt.date: pa.date32(),
    dt.datetime: TIME,
}


class Stored(NamedTuple):
    """How a field of a record is stored in its table."""

    meaning: str
    """One phrase for the documentation. In the meaning of a `<field>_basis`, `{field}` is replaced by the field's name."""
    since: int = 1
    """The schema version that brought the column; after version 1, columns are nullable."""
    nullable: Optional[bool] = None
    """Whether the column admits NULL, if that is not what the field's type says."""
    repeats: bool = True
    """Whether values recur, so that a dictionary makes the file smaller."""
    ordered: bool = True
    """Whether the smallest and largest value of a row group help a reader to skip it; ignored for lists."""
    bulky: bool = False
    """Whether the column is worth compressing even in a file of a few rows."""
    in_log: bool = False
    """Whether a file's smallest and largest value are written to Delta's log: for short columns by which rows are looked up."""


class Column(NamedTuple):
    """One column of a table; the fields after `meaning` are those of `Stored`."""

    name: str
    type: pa.DataType
    nullable: bool
    meaning: str
    since: int = 1
    repeats: bool = True
    ordered: bool = True
    bulky: bool = False
    in_log: bool = False


def columns_of(record: type) -> tuple[Column, ...]:
    """Returns the columns of a record's table, in the order of its fields.

    Args:
        record: A `NamedTuple` whose fields are all annotated with `Stored`.

    Raises:
        TypeError: A field is not annotated with `Stored`, or its type has no Arrow type.
    """
    return tuple(_column(record, name, hint) for name, hint in get_type_hints(record, include_extras=True).items())


def _column(record: type, name: str, hint: Any) -> Column:
    stored = next((mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Stored)), None)
    if stored is None:
        raise TypeError(f"{record.__name__}.{name} has no meaning: annotate it with Annotated[type, Stored(...)]")
    type_, optional = _arrow_type(get_args(hint)[0])
    meaning = stored.meaning.replace("{field}", name.removesuffix("_basis"))
    nullable = optional if stored.nullable is None else stored.nullable
    return Column(name, type_, nullable, meaning, stored.since, stored.repeats, stored.ordered, stored.bulky, stored.in_log)


def _arrow_type(hint: Any) -> tuple[pa.DataType, bool]:
    """Returns the Arrow type of a field, and whether it may be None."""
    if get_origin(hint) is Annotated:
        return _arrow_type(get_args(hint)[0])
    if get_origin(hint) is Union:
        (inner,) = (each for each in get_args(hint) if each is not type(None))
        return _arrow_type(inner)[0], True
    if get_origin(hint) is list:
        return pa.list_(pa.field("element", _arrow_type(get_args(hint)[0])[0])), False
    if hasattr(hint, "_fields"):
        return pa.struct([pa.field(name, _arrow_type(each)[0]) for name, each in get_type_hints(hint).items()]), False
    if hint not in _ARROW:
        raise TypeError(f"{hint} has no Arrow type: add it to schemas/columns.py")
    return _ARROW[hint], False

"""Tables: CSV and TSV, Parquet, Arrow. A row is a record; which column holds what, `rows` finds out.

A table whose columns cannot be told is one dead letter that lists them. Of Parquet and Arrow files only the columns that are
wanted are read, a few rows at a time.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from schemas.errors import UnreadableError
from transforms.readers.compression import Stream
from transforms.readers.interface import Context, Found
from transforms.readers.rows import Columns, encode_text, find_columns, row_to_record

_ROWS = 64
"""Rows that are in memory at a time: of pages of the largest size allowed that is much, of pages as they are 10 MB."""
_ARROW_FILE = b"ARROW1\0\0"
_DAMAGE = (pa.ArrowException, OSError, ValueError, MemoryError)
"""What Arrow raises on damaged files; the last where it believes a length that is none."""
_DELIMITERS = ",;\t|"


def read_csv(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the rows of a table whose first line names its columns; separated by whichever sign that line has most of."""
    lines = _TextLines(stream, context.options.max_record_bytes)
    try:
        yield from _csv_rows(stream, lines, context)
    finally:
        lines.detach()


def _csv_rows(stream: Stream, lines: _TextLines, context: Context) -> Iterator[Found]:
    limit = context.options.max_record_bytes
    csv.field_size_limit(max(csv.field_size_limit(), limit + 1))  # the module's own, 131,072 characters, is less than a page
    first = next(lines, "")
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        names = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error as error:
        raise UnreadableError("bad_row", f"the first line, which names the columns, is no row: {error}") from error
    columns = find_columns(names, context.options)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except UnreadableError as error:
            yield context.dead(error.reason, f"line {reader.line_num + 2}: {error.message}")
            continue
        except csv.Error as error:
            yield context.dead("bad_row", f"the row at line {reader.line_num + 1} is no row: {error}"[:500])
            continue
        if not cells:
            continue
        where = f"the row that ends at line {reader.line_num + 1}"
        if stream.damage and len(cells) <= len(names) and not stream.peek(1):
            yield context.refused(stream.damage, encode_text("\n".join(cells))[:limit])
        elif len(cells) != len(names):
            what = f"{where} has {len(cells)} cells, the first line has {len(names)}"
            yield context.dead("bad_row", what, encode_text("\n".join(cells))[:limit])
        else:
            yield row_to_record(dict(zip(names, cells, strict=True)), columns, context)


class _TextLines:
    """Lines as text, from which `surrogateescape` gives the very bytes again, whatever their charset.

    An iterator that can raise and go on, which a generator cannot.
    """

    def __init__(self, stream: Stream, limit: int) -> None:
        self._limit = limit
        self._wide = None
        if stream.head(4).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # a spreadsheet's "Unicode text"
            self._wide = io.TextIOWrapper(stream, "utf-16", "replace", newline="")
        else:
            self._lines = stream.lines(limit)
            self._mark = codecs.BOM_UTF8

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._wide.readline(self._limit) if self._wide else self._narrow()
        if not line:
            raise StopIteration
        if len(line) >= self._limit and not line.endswith(("\n", "\r")):
            limit = f"{self._limit} bytes (--max-record-mb)"
            raise UnreadableError("record_too_large", f"a line is longer than {limit}")
        return line

    def _narrow(self) -> str:
        line = next(self._lines, b"").removeprefix(self._mark)
        self._mark = b"\0"
        return line.decode("utf-8", "surrogateescape").replace("\0", "")

    def detach(self) -> None:
        """Gives the stream back, which a text file would close."""
        if self._wide:
            self._wide.detach()


def read_parquet(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the rows of a Parquet file; a row group that is damaged is a dead letter, and the next one is read."""
    try:
        file = parquet.ParquetFile(stream.seekable_file())
    except _DAMAGE as error:
        raise UnreadableError("damaged", f"no Parquet file, or one without its end: {error}"[:500]) from error
    columns = find_columns(file.schema_arrow.names, context.options)
    for group in range(file.num_row_groups):
        done = 0
        try:
            for batch in file.iter_batches(_ROWS, [group], columns=columns.wanted):
                for found in _rows(batch, columns, context):
                    done += 1
                    yield found
        except _DAMAGE as error:
            lost = file.metadata.row_group(group).num_rows - done
            yield context.dead("damaged", f"row group {group}: {lost} rows cannot be read: {error}"[:500])


def read_arrow(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the rows of an Arrow file or stream; of a file without its end those before it."""
    try:
        schema, batches = _open_arrow(stream)
        columns = find_columns(schema.names, context.options)
        for batch in batches:
            wanted = batch.select(columns.wanted)
            wanted.validate(full=True)  # Arrow trusts the offsets in a file, and reads wherever they lead
            for start in range(0, wanted.num_rows, _ROWS):
                yield from _rows(wanted.slice(start, _ROWS), columns, context)
    except _DAMAGE as error:
        raise UnreadableError("damaged", f"no Arrow file, or damaged from here on: {error}"[:500]) from error


def _open_arrow(stream: Stream) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    if stream.head(len(_ARROW_FILE)) != _ARROW_FILE:
        reader = pa.ipc.open_stream(pa.PythonFile(stream, mode="r"))
        return reader.schema, reader
    source = stream.seekable_file()
    try:
        file = pa.ipc.open_file(pa.PythonFile(source, mode="r"))
        return file.schema, (file.get_batch(number) for number in range(file.num_record_batches))
    except _DAMAGE:
        source.seek(len(_ARROW_FILE))  # without its directory a file is a stream behind its magic bytes
        reader = pa.ipc.open_stream(pa.PythonFile(source, mode="r"))
        return reader.schema, _with_its_end_missing(reader)


def _with_its_end_missing(reader: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield from reader
    raise ValueError("it ends without its directory")


def _rows(batch: pa.RecordBatch, columns: Columns, context: Context) -> Iterator[Found]:
    names = batch.schema.names
    values = [_values(column) for column in batch.columns]
    for cells in zip(*values, strict=True):
        yield row_to_record(dict(zip(names, cells, strict=True)), columns, context)


def _values(column: pa.Array) -> list[Any]:
    """Returns a column's values; times to the microsecond, which is what Python holds."""
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        values: list[Any] = column.to_pylist()
    except (ValueError, OverflowError):  # bytes that are no UTF-8 in a column of text; years past 9999
        values = column.cast(pa.binary()).to_pylist() if pa.types.is_string(column.type) else [None] * len(column)
    return values

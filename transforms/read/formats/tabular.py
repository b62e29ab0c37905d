"""Tables: CSV and TSV, Parquet, Arrow. A row is a record; which column holds what, `rows` finds out.

A table whose columns are unknown is one dead letter that lists them. Of Parquet and Arrow files only the columns that are
wanted are read, a few rows at a time.
"""

from __future__ import annotations

import contextlib
import csv
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from broadsheet.schemas.errors import UnreadableError
from broadsheet.schemas.records import Mark, RawRecord
from broadsheet.transforms.read.compression import Stream
from broadsheet.transforms.read.formats.parquet_footer import Chunk, column_chunks
from broadsheet.transforms.read.reader import Context, Found, ReadOptions
from broadsheet.transforms.read.row_columns import Columns, encode_text, find_columns, holds_pages, row_to_record
from broadsheet.transforms.read.text_lines import TextLines

_ROWS = 64
"""Rows that are in memory at a time: of pages of the largest size allowed that is much, of pages as they are 10 MB."""
_BATCH_BYTES = 128 * 1024 * 1024
"""What they may come to where they are copies out of a dictionary."""
_STRINGS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
_ARROW_FILE = b"ARROW1\0\0"
_DAMAGE = (pa.ArrowException, OSError, ValueError, MemoryError)
"""What Arrow raises on damaged files; the last where it believes a length that is none."""
_FRAMES = (0x184D2204, 0xFD2FB528)
"""How a frame of LZ4 and one of Zstandard begin."""
_DELIMITERS = ",;\t|"
_SEPARATOR = re.compile(r'"?sep=([,;\t| :])"?', re.IGNORECASE)
"""A first line for Excel."""
_BLANK = " \t\r\n,;|\"'"


def read_csv(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the rows of a table whose first line names its columns; separated by whichever sign that line has most of."""
    limit = context.options.max_record_bytes
    with _CsvRows(stream, context) as rows:
        columns = find_columns(rows.names, context.options)
        for cells in rows:
            if isinstance(cells, UnreadableError):
                yield context.refused(cells)
                continue
            where = f"the row that ends at line {rows.line}"
            if len(cells) > len(rows.names) and not any(cells[len(rows.names) :]):
                cells = cells[: len(rows.names)]  # a delimiter after the last cell
            if stream.damage and len(cells) <= len(rows.names) and rows.lines.ended:
                yield context.refused(stream.damage, encode_text("\n".join(cells))[:limit])
            elif len(cells) != len(rows.names):
                what = f"{where} has {len(cells)} cells, the first line has {len(rows.names)}"
                yield context.dead("bad_row", what, encode_text("\n".join(cells))[:limit])
            else:
                yield row_to_record(dict(zip(rows.names, cells, strict=True)), columns, context, rows.lines.charset, where)


def mark_csv(stream: Stream, context: Context) -> Iterator[Mark]:
    """Yields where the rows of a plain file begin; only reading from the start shows which line breaks are in quotes."""
    with _CsvRows(stream, context) as rows:
        if stream.compression or rows.lines.wide:
            return
        find_columns(rows.names, context.options)  # a table without them is one dead letter
        begin = rows.place
        for record, _ in enumerate(rows):
            yield begin._replace(record=record)
            begin = rows.place


class _CsvRows:
    """The rows of a table: their cells, or what is wrong with one; blank lines are none."""

    def __init__(self, stream: Stream, context: Context) -> None:
        limit = context.options.max_record_bytes
        csv.field_size_limit(max(csv.field_size_limit(), limit + 1))  # the module's own, 131,072 characters, is less than a page
        self.lines = TextLines(stream, limit, declared=context.empty.charset)
        lines = _CsvLines(self.lines, limit)
        first, delimiter = _header(lines)
        try:
            names = next(csv.reader([first], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error as error:
            raise UnreadableError("bad_row", f"the first line, which names the columns, is not a row: {error}") from error
        self.names = [name.strip() for name in names]
        spaced = delimiter != "\t" and len(names) > 1 and first.count(f"{delimiter} ") == len(names) - 1
        if twice := [name for name, count in Counter(self.names).items() if count > 1 and name]:
            raise UnreadableError("column_twice", f"the column {ascii(twice[0])[1:-1][:80]} is named twice: rename one of them")
        if context.begin.offset:
            self.lines.go_to(context.begin)
        self._reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=spaced)

    def __enter__(self) -> _CsvRows:
        return self

    def __exit__(self, *_: object) -> None:
        self.lines.detach()

    def __iter__(self) -> Iterator[list[str] | UnreadableError]:
        while True:
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except UnreadableError as error:
                yield UnreadableError(error.reason, f"line {self.line}: {error.message}")
                continue
            except csv.Error as error:
                yield UnreadableError("bad_row", f"the row at line {self.line} is not valid: {error}"[:500])
                continue
            if cells:
                yield cells

    @property
    def line(self) -> int:
        """How many lines of the file were read."""
        return self.lines.number

    @property
    def place(self) -> Mark:
        """Where the next row begins: rows are read no further than to their ends."""
        return Mark(0, self.lines.offset, self.lines.number, charset=self.lines.charset)


def _header(lines: Iterator[str]) -> tuple[str, str]:
    """Returns the line that names the columns, and the delimiter: what `sep=` says, or the sign that the line has most of.

    Blank lines and comments (`#`) before it are passed over.
    """
    separator = ""
    for line in lines:
        told = _SEPARATOR.fullmatch(line.strip("\r\n"))
        if told:
            separator = told[1]
        elif line.strip(_BLANK) and not (line.startswith("#") and not _names_text(line, _delimiter(line))):
            return line.removeprefix("#"), separator or _delimiter(line)
    return "", separator or ","


def _delimiter(line: str) -> str:
    """Returns the sign by which a line names a column of pages, of those that it has most of."""
    usual = sorted(_DELIMITERS, key=line.count, reverse=True)
    return next((sign for sign in usual if sign in line and _names_text(line, sign)), usual[0])


def _names_text(line: str, delimiter: str) -> bool:
    """Returns whether a line names several columns, one of which holds pages; some exports put `#` before them."""
    try:
        names = next(csv.reader([line.removeprefix("#")], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return False
    return len(names) > 1 and holds_pages(names)


class _CsvLines:
    """The lines that `csv` asks for: an iterator that can raise and go on, which a generator cannot."""

    def __init__(self, lines: TextLines, limit: int) -> None:
        self._lines = lines
        self._limit = limit

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._lines.next()
        if line is None:
            raise StopIteration
        if line.cut:
            limit = f"{self._limit} bytes (--limit record-mb)"
            raise UnreadableError("record_too_large", f"a line is longer than {limit}")
        return self._lines.text(line).replace("\0", "")


def read_parquet(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the rows of a Parquet file; a row group that is damaged is a dead letter, and the next one is read.

    A row's ordinal is its number in the file, whatever could be read of the rows before it.
    """
    file, chunks = _open_parquet(stream)
    columns = find_columns(file.schema_arrow.names, context.options)
    for group in range(context.begin.part, file.num_row_groups):
        done = 0
        try:
            rows = _rows_at_once(chunks[group], columns.wanted, context.options)
        except UnreadableError as error:
            lost = file.metadata.row_group(group).num_rows
            yield context.dead(error.reason, f"row group {group}, {lost} rows: {error.message}")
            context.numbering.pass_over(lost - 1)
            continue
        try:
            for batch in file.iter_batches(rows, [group], columns=columns.wanted):
                for found in _rows(batch, columns, context):
                    done += 1
                    yield found
        except _DAMAGE as error:
            lost = file.metadata.row_group(group).num_rows - done
            yield context.dead("damaged", f"row group {group}: {lost} rows cannot be read: {error}"[:500])
            context.numbering.pass_over(lost - 1)


def mark_parquet(stream: Stream, context: Context) -> Iterator[Mark]:
    """Yields where the row groups of a plain file begin, by the file's directory alone.

    What their pages grow to it does not tell: the limits of a file hold for each of its ranges, and so for those of `mark_arrow`.
    """
    if stream.compression:
        return
    file, chunks = _open_parquet(stream)
    record = offset = 0
    for number, group in enumerate(chunks):
        yield Mark(record, offset, number)
        record += file.metadata.row_group(number).num_rows
        offset += sum(chunk.compressed for chunk in group)


def _open_parquet(stream: Stream) -> tuple[parquet.ParquetFile, list[list[Chunk]]]:
    try:
        source = stream.seekable_file()
        chunks = column_chunks(source)
        source.seek(0)
        file = parquet.ParquetFile(source)
        if len(chunks) != file.num_row_groups:
            raise ValueError("its footer is damaged")
        return file, chunks
    except _DAMAGE as error:
        raise UnreadableError("damaged", f"no Parquet file, or one without its end: {error}"[:500]) from error


def read_arrow(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the rows of an Arrow file or stream; of a file without its end those before it."""
    try:
        schema, batches = _open_arrow(stream, context)
        columns = find_columns(schema.names, context.options)
        for batch in batches:
            for rows in _slices(batch, columns):
                yield from _rows(rows, columns, context)
    except _DAMAGE as error:
        raise UnreadableError("damaged", f"no Arrow file, or damaged from here on: {error}"[:500]) from error


def mark_arrow(stream: Stream, context: Context) -> Iterator[Mark]:
    """Yields where the record batches of a plain file begin, up to the first that is damaged."""
    if stream.compression or stream.head(len(_ARROW_FILE)) != _ARROW_FILE:
        return
    source = stream.seekable_file()
    source.seek(len(_ARROW_FILE))
    _check_compressed(source, context.options)
    file = _open_arrow_file(source)
    columns = find_columns(file.schema.names, context.options)
    record = offset = 0
    for number in range(file.num_record_batches):
        yield Mark(record, offset, number)
        batch = file.get_batch(number)
        record += sum(rows.num_rows for rows in _slices(batch, columns))
        offset += batch.nbytes


def _check_compressed(source: BinaryIO, options: ReadOptions) -> None:
    """Refuses a file with batches that decompress to many times their size; Arrow would do it before anybody could look.

    A compressed buffer begins with its length as a number of eight bytes, after which a frame of LZ4 or Zstandard begins.

    Raises:
        UnreadableError: Reason `ratio_too_large`.
    """
    with contextlib.suppress(*_DAMAGE):  # of which the reader finds out by itself
        for message in pa.ipc.MessageReader.open_stream(pa.PythonFile(source, mode="r")):
            body = message.body or b""
            words = np.frombuffer(body, "<i8", len(body) // 8)
            starts = np.frombuffer(body, "<u4", len(body) // 8 * 2)[2::2]
            frames = np.flatnonzero((starts == _FRAMES[0]) | (starts == _FRAMES[1]))
            grown = int(words[frames].clip(0).astype(float).sum())
            if grown > max(options.max_ratio * len(body), 2 * options.max_record_bytes):
                what = f"a batch of {len(body)} bytes decompresses to {grown}, more than {options.max_ratio} times its size"
                raise UnreadableError("ratio_too_large", f"{what} (--limit ratio)")


def _slices(batch: pa.RecordBatch, columns: Columns) -> Iterator[pa.RecordBatch]:
    wanted = batch.select(columns.wanted)
    wanted.validate(full=True)  # Arrow trusts the offsets in a file, and reads wherever they lead
    for start in range(0, wanted.num_rows, _ROWS):
        yield wanted.slice(start, _ROWS)


def _open_arrow(stream: Stream, context: Context) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    is_file = stream.head(len(_ARROW_FILE)) == _ARROW_FILE
    source = stream.seekable_file()
    if not context.begin.part:  # a later part's file was looked at when it was parted
        source.seek(len(_ARROW_FILE) if is_file else 0)
        _check_compressed(source, context.options)
    source.seek(0)
    if not is_file:
        reader = pa.ipc.open_stream(pa.PythonFile(source, mode="r"))
        return reader.schema, reader
    try:
        file = _open_arrow_file(source)
        return file.schema, (file.get_batch(number) for number in range(context.begin.part, file.num_record_batches))
    except _DAMAGE:
        source.seek(len(_ARROW_FILE))  # without its directory a file is a stream after its magic bytes
        reader = pa.ipc.open_stream(pa.PythonFile(source, mode="r"))
        return reader.schema, _with_its_end_missing(reader)


def _open_arrow_file(source: BinaryIO) -> pa.RecordBatchFileReader:
    return pa.ipc.open_file(pa.PythonFile(source, mode="r"))


def _with_its_end_missing(reader: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield from reader
    raise ValueError("it ends without its directory")


def _rows_at_once(group: list[Chunk], wanted: list[str], options: ReadOptions) -> int:
    """Returns how many rows of a row group are read at a time: fewer where its dictionaries hold values that may be huge.

    A dictionary is written once and each row that points into it is a copy: 64 rows of 60 MB are a file of two kilobytes.

    Raises:
        UnreadableError: Reason `ratio_too_large`, for a column that decompresses to many times its size.
    """
    rows = _ROWS
    for index, chunk in enumerate(group):
        packed, size = chunk.compressed, chunk.uncompressed
        if size > max(options.max_ratio * packed, 2 * options.max_record_bytes):
            what = f"{packed} bytes of column {index} decompress to {size}, more than {options.max_ratio} times as much"
            raise UnreadableError("ratio_too_large", f"{what} (--limit ratio)")
        if chunk.path.partition(".")[0] in wanted and chunk.dictionary:
            ratio = 4 * size / max(packed, 1)  # the dictionary's may be higher
            largest = min(chunk.dictionary * ratio, size)
            rows = min(rows, max(int(_BATCH_BYTES / max(largest, 1)), 1))
    return rows


def _rows(batch: pa.RecordBatch, columns: Columns, context: Context) -> Iterator[Found]:
    """Yields the rows of a few, whose pages count as what the file grows to.

    Raises:
        UnreadableError: It has grown too large.
    """
    names = batch.schema.names
    if batch.num_rows > 1 and any(_expanded(column) > _BATCH_BYTES for column in batch.columns):
        for row in range(batch.num_rows):
            yield from _rows(batch.slice(row, 1), columns, context)
        return
    values = [_values(column) for column in batch.columns]
    del batch  # a row may have 60 MB
    for column in values:
        column.reverse()
    while values and values[0]:
        cells = {name: column.pop() for name, column in zip(names, values, strict=True)}
        found = row_to_record(cells, columns, context, where=f"row {context.numbering.next + 1}")
        cells.clear()
        record = found if isinstance(found, RawRecord) else found[0]
        if error := context.budget.grow(len(record.payload)):
            raise error
        yield found


def _expanded(column: pa.Array) -> int:
    """Returns how many bytes the rows of a column are that points into a dictionary; 0 for another, which is in memory already."""
    kind = column.type
    if not pa.types.is_dictionary(kind) or not any(is_kind(kind.value_type) for is_kind in _STRINGS):
        return 0
    lengths = pc.binary_length(column.dictionary).take(column.indices)
    return pc.sum(lengths).as_py() or 0


def _values(column: pa.Array) -> list[Any]:
    """Returns a column's values; times to the microsecond, which is what Python holds."""
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        values: list[Any] = column.to_pylist()
    except (ValueError, OverflowError):  # bytes that are not UTF-8 in a column of text; years past 9999
        values = column.cast(pa.binary()).to_pylist() if pa.types.is_string(column.type) else [None] * len(column)
    return values

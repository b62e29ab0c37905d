"""Writes the result of a query to a file: CSV, JSON lines or Parquet, a few rows at a time.

The file appears under its name when it is complete. Until then, an older file of that name stays.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TextIO

import duckdb
import pyarrow.parquet as pq

from broadsheet.pipelines.observe.terminal import to_json, visible
from broadsheet.schemas.errors import ConfigError

_ENDINGS = {".csv": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json", ".parquet": "parquet"}

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ROWS = 10_000
"""Rows held at the same time: 50 MB of articles of 5 kB, the mean of the samples."""


def style_of(path: str) -> str:
    """Returns the format that the ending of a file name means.

    Raises:
        ConfigError: It means none.
    """
    ending = os.path.splitext(path)[1].lower()
    if ending not in _ENDINGS:
        raise ConfigError(f"--output {path}: its ending does not say the format; name it {', '.join(_ENDINGS)}, or give --format")
    return _ENDINGS[ending]


def write_file(connection: duckdb.DuckDBPyConnection, sql: str, path: str, style: str) -> int:
    """Writes the rows that a statement returns to a file; returns how many there were.

    Args:
        connection: What knows the views.
        sql: The statement.
        path: The file.
        style: `csv`, `json` or `parquet`.

    Raises:
        OSError: The file cannot be written.
        ConfigError: The statement returns no rows, or the folder of the file does not exist.
    """
    if not os.path.isdir(os.path.dirname(path) or "."):
        raise ConfigError(f"--output {path}: its folder does not exist")
    part = f"{path}.part"
    try:
        if style == "parquet":
            count = _write_parquet(connection.sql(sql), part)
        else:
            count = _write_text(connection.execute(sql), part, WRITERS[style])
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.remove(part)
    return count


def fetched(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    """Yields a cursor's rows, holding a few at a time."""
    while rows := cursor.fetchmany(_ROWS):
        yield from rows


def _write_parquet(rows: duckdb.DuckDBPyRelation | None, path: str) -> int:
    if rows is None:
        raise ConfigError(f"{path.removesuffix('.part')}: the statement returns no rows")
    reader = rows.to_arrow_reader(_ROWS)
    count = 0
    with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _write_text(
    cursor: duckdb.DuckDBPyConnection, path: str, write: Callable[[TextIO, Sequence[str], Iterable[tuple]], int]
) -> int:
    names = [column[0] for column in cursor.description or []]
    with open(path, "w", encoding="utf-8", newline="") as sink:
        return write(sink, names, fetched(cursor))


def _write_csv(sink: TextIO, names: Sequence[str], rows: Iterable[tuple]) -> int:
    writer = csv.writer(sink)
    writer.writerow(names)
    count = 0
    seen = sink.isatty()  # a file keeps every character
    for count, row in enumerate(rows, 1):  # noqa: B007  (the last number is how many there were)
        writer.writerow([visible(value) if isinstance(value, str) else value for value in row] if seen else row)
    return count


def _write_json(sink: TextIO, names: Sequence[str], rows: Iterable[tuple]) -> int:
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007  (the last number is how many there were)
        sink.write(to_json(dict(zip(names, row, strict=True))) + "\n")
    return count


def _write_safe_csv(sink: TextIO, names: Sequence[str], rows: Iterable[tuple]) -> int:
    return _write_csv(sink, names, (tuple(_defused(value) for value in row) for row in rows))


def _defused(value: object) -> object:
    """Returns a text that a spreadsheet would run as a formula after an apostrophe, any other value as it is.

    Which texts these are, OWASP's page on CSV injection says.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


WRITERS = {"csv": _write_csv, "json": _write_json, "safe csv": _write_safe_csv}
"""The writers by format; each returns how many rows it wrote."""

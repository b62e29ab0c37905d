"""Queries the lake in SQL, with DuckDB over the newest snapshots of the tables."""

from __future__ import annotations

import re
import sys

import duckdb
import pyarrow.compute as pc
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from broadsheet.pipelines.ingest.run_history import as_table, read_runs
from broadsheet.pipelines.observe.terminal import visible, write_utf8
from broadsheet.pipelines.query.export import WRITERS, fetched, style_of, write_file
from broadsheet.schemas.errors import ConfigError, LakeError
from broadsheet.schemas.tables import TABLES
from broadsheet.transforms.lake.protocol.delta_tables import dataset_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake

_LEAST_WIDTH = 10
"""Characters that a column keeps on a narrow terminal: those of a date."""

_NO_WIDTH = 100_000
"""Wide enough for any row that is written to a file or a program."""


LATEST = """
create view documents_latest as
select * from documents where (source, doc_id) in (
  select (source, max_by(doc_id, {
    known_at: coalesce(greatest(crawled_at, modified_at, published_at), '-infinity'), uri: uri, record: record, doc_id: doc_id
  }))
  from documents group by source, coalesce(canonical_url, url, doc_id))
"""
"""The newest document of each address of a source: the one crawled, modified or published last; if two are equal, the one with the
larger uri and record. The keys are compared before any text is read."""

_RUNS = """
create view runs as
select any_value(run_id) as run_id, batch_id, max(committed_at) as committed_at, any_value(seconds) as seconds, count(*) as inputs,
  sum(records)::bigint as records, sum(documents)::bigint as documents, sum(duplicates)::bigint as duplicates,
  sum(filtered)::bigint as filtered, sum(dead)::bigint as dead, sum(bytes)::bigint as bytes
from inputs left join ran using (batch_id) group by batch_id
"""
"""One row per batch, with the run that made it if it is known. `max`, because a compaction gives files a new time."""


def connect(lake: Lake, sql: str = "") -> duckdb.DuckDBPyConnection:
    """Returns a connection with the views `documents`, `documents_latest`, `rejects`, `inputs`: one snapshot of each table.

    Args:
        lake: The lake.
        sql: The statement to run. The view `runs` exists only if it is named, because it reads one file per run.

    Raises:
        LakeError: There is no lake.
    """
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for table in TABLES:
        connection.register(table.name, dataset_of(lake, table, open_table(lake, table)))
    connection.execute(LATEST)
    if re.search(r"\bruns\b", sql, re.IGNORECASE):
        ran = as_table(read_runs(lake)).select(["run_id", "batch_id", "seconds"])
        connection.register("ran", ran.filter(pc.is_valid(ran["batch_id"])))
        connection.execute(_RUNS)
    return connection


def run_query(lake: str, sql: str, style: str | None, output: str | None = None, safe_csv: bool = False) -> None:
    """Prints the rows that a statement returns, or writes them to a file.

    Args:
        lake: The lake.
        sql: The statement.
        style: `table`, `csv`, `json` or `parquet`; `None` for what the file's ending says, else a table.
        output: The file; `None` for standard output.
        safe_csv: Whether texts that a spreadsheet would run as formulas are written after an apostrophe.

    Raises:
        ConfigError: DuckDB cannot make sense of the statement, or the format needs a file and there is none.
        OSError: The file cannot be written.
    """
    chosen = style or (style_of(output) if output else "table")
    if chosen == "parquet" and not output:
        raise ConfigError("--format parquet needs a file: --output FILE")
    if chosen == "table" and output:
        raise ConfigError(f"--output {output}: a file is csv, json or parquet; a table is printed")
    if safe_csv and chosen != "csv":
        raise ConfigError(f"--safe-csv is about CSV, and the format is {chosen}: give --format csv")
    chosen = "safe csv" if safe_csv else chosen
    with connect(Lake.at(lake), sql) as connection:
        try:
            if output:
                print(f"{output}: {write_file(connection, sql, output, chosen):,} rows", file=sys.stderr)
            else:
                print_rows(connection.execute(sql), chosen)
        except duckdb.Error as error:
            if _UNREADABLE in str(error):
                raise unreadable(Lake.at(lake), error) from error
            raise ConfigError(f"query: {error}") from error


_UNREADABLE = "reading the stream registered as"
"""What DuckDB says if a part file cannot be read; all its other errors are about the statement."""


def unreadable(lake: Lake, error: Exception) -> LakeError:
    """Returns the error that names a damaged part file, as the reader's error does, and the way out."""
    said = str(error).partition("\n")[0]
    return LakeError(f"{said}; to repair the lake: broadsheet verify --deep --repair --lake {lake.root}")


def print_rows(cursor: duckdb.DuckDBPyConnection, style: str) -> None:
    """Prints a cursor's rows: `csv` and `json` as they come, a `table` once all are there."""
    names = [column[0] for column in cursor.description or []]
    if style == "table":
        _print_table(names, cursor.fetchall())
    else:
        write_utf8()
        WRITERS[style](sys.stdout, names, fetched(cursor))


def _print_table(names: list[str], rows: list[tuple]) -> None:
    """Prints aligned columns: cut to fit on a terminal, whole where the output goes to a file or a program."""
    cells = [[_cell(value) for value in row] for row in rows]
    table = RichTable(box=None, header_style="bold", pad_edge=False)
    for index, name in enumerate(names):
        widest = max([cell_len(name), *(cell_len(row[index]) for row in cells)])
        table.add_column(Text(visible(name)), min_width=min(widest, _LEAST_WIDTH), no_wrap=True, overflow="ellipsis")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console = Console(file=sys.stdout, highlight=False, width=_NO_WIDTH)
    console.print(table)
    console.print(f"({len(rows):,} rows)")


def _cell(value: object) -> str:
    """Returns a value as a cell: no line breaks, no control characters."""
    text = "NULL" if value is None else str(value)
    return visible(text)

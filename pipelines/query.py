"""Query: the lake in SQL, by DuckDB over the tables' newest snapshots."""

from __future__ import annotations

import json
import sys

import duckdb
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from schemas.errors import ConfigError
from schemas.tables import TABLES
from transforms.lake.files import Lake
from transforms.lake.tables import dataset_of, open_table

_LEAST_WIDTH = 10
"""Characters that a column keeps on a narrow terminal: a date's."""

_JOINERS = "\u200c\u200d"
"""Not printable to Python, and part of how Persian, Hindi and emoji are spelt. Marks that turn the direction of text stay out."""

_NO_WIDTH = 100_000
"""Wide enough for any row that goes to a file or a program."""


def connect(lake: Lake) -> duckdb.DuckDBPyConnection:
    """Returns a connection with the views `documents`, `rejects` and `inputs`, each one snapshot of its table.

    Raises:
        LakeError: There is no lake.
    """
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for table in TABLES:
        connection.register(table.name, dataset_of(open_table(lake, table), table))
    return connection


def run_query(lake: str, sql: str, style: str) -> None:
    """Prints the rows that a statement returns.

    Raises:
        ConfigError: DuckDB cannot make sense of the statement.
    """
    with connect(Lake.at(lake)) as connection:
        try:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description or []]
            rows = cursor.fetchall()
        except duckdb.Error as error:
            raise ConfigError(f"query: {error}") from error
    _PRINTERS[style](names, rows)


def _print_table(names: list[str], rows: list[tuple]) -> None:
    """Prints aligned columns: cut to fit on a terminal, whole where the output goes to a file or a program."""
    cells = [[_cell(value) for value in row] for row in rows]
    table = RichTable(box=None, header_style="bold", pad_edge=False)
    for index, name in enumerate(names):
        widest = max([cell_len(name), *(cell_len(row[index]) for row in cells)])
        table.add_column(Text(name), min_width=min(widest, _LEAST_WIDTH), no_wrap=True, overflow="ellipsis")
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


def visible(text: str) -> str:
    """Replaces what a terminal would take for an order: input never reaches it raw."""
    return "".join(char if char.isprintable() or char in _JOINERS else " " if char in "\n\t" else "\ufffd" for char in text)


def _print_csv(names: list[str], rows: list[tuple]) -> None:
    import csv

    writer = csv.writer(sys.stdout)
    writer.writerow(names)
    writer.writerows(rows)


def _print_json(names: list[str], rows: list[tuple]) -> None:
    for row in rows:
        print(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=str))


_PRINTERS = {"table": _print_table, "csv": _print_csv, "json": _print_json}

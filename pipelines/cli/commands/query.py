"""Adds `broadsheet query`: runs SQL over the lake."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.common import add_lake


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    query = commands.add_parser(
        "query",
        help="ask the lake in SQL",
        description="Runs one SQL statement by DuckDB over the views documents, documents_latest, rejects, inputs and runs.",
    )
    query.add_argument("sql", metavar="SQL", help="one statement, in quotation marks")
    add_lake(query)
    flags = query.section("options")
    flags.add(
        "--format",
        choices=("table", "csv", "json", "parquet"),
        help="Writes rows in this form; json is one object per line",
        default_words="what --output ends in, else table",
    )
    flags.add("--output", metavar="FILE", help="Writes rows to this file", default_words="standard output")
    flags.add(
        "--safe-csv", action="store_true", help="Puts an apostrophe before texts that spreadsheets would run as formulas, in CSV"
    )
    query.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.query.query import run_query

    run_query(options.lake, options.sql, options.format, options.output, options.safe_csv)
    return 0

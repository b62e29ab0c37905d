"""`broadsheet query`: SQL over the lake."""

from __future__ import annotations

import argparse


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    query = commands.add_parser(
        "query",
        help="ask the lake in SQL",
        description="Runs one SQL statement by DuckDB over the views documents, documents_latest, rejects, inputs and runs.",
    )
    query.add_argument("sql", metavar="SQL")
    query.add_argument("--lake", metavar="DIR", required=True, help="the lake's folder")
    query.add_argument(
        "--format",
        choices=("table", "csv", "json", "parquet"),
        help="how rows are written: json is an object a line (what --output ends in, else table)",
    )
    query.add_argument("--output", metavar="FILE", help="write to this file instead of printing")
    query.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.query.query import run_query

    run_query(options.lake, options.sql, options.format, options.output)
    return 0

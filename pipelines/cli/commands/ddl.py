"""Adds `broadsheet ddl`: prints tables, external tables and views in an engine's SQL."""

from __future__ import annotations

import argparse

DIALECTS = ("duckdb", "postgres", "clickhouse", "bigquery", "snowflake", "spark", "trino")
"""A copy of the names in `schemas.sql.dialects`, because importing that module takes 0.15 s."""

PLACEHOLDER = "LAKE"
"""A copy of `schemas.sql.ddl.PLACEHOLDER`."""


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    ddl = commands.add_parser(
        "ddl",
        help="print the tables and views in a warehouse's SQL",
        description="Prints the tables that `broadsheet load` fills, views, and tables over the lake's own files, for an engine.",
    )
    flags = ddl.section("options")
    flags.add("--dialect", choices=DIALECTS, required=True, help="Writes the SQL of this engine")
    flags.add("--lake", metavar="DIR", default=PLACEHOLDER, help="Names the folder of the lake as the engine sees it")
    ddl.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.schemas.sql.ddl import script

    print(script(options.dialect, options.lake.rstrip("/")), end="")
    return 0

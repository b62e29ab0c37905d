"""`broadsheet ddl`: the tables, external tables and views in an engine's SQL."""

from __future__ import annotations

import argparse

from broadsheet.schemas.sql.ddl import PLACEHOLDER, script
from broadsheet.schemas.sql.dialects import DIALECTS


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    ddl = commands.add_parser(
        "ddl",
        help="print the tables and views in a warehouse's SQL",
        description="Prints the tables that `broadsheet load` fills, views, and tables over the lake's own files, for an engine.",
    )
    ddl.add_argument("--dialect", choices=DIALECTS, required=True, help="whose SQL")
    ddl.add_argument("--lake", metavar="DIR", default=PLACEHOLDER, help="the lake's folder as the engine sees it (LAKE)")
    ddl.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    print(script(options.dialect, options.lake.rstrip("/")), end="")
    return 0

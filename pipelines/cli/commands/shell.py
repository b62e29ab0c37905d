"""`broadsheet shell`: SQL over the lake, statement by statement."""

from __future__ import annotations

import argparse


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    shell = commands.add_parser(
        "shell",
        help="ask the lake one thing after another",
        description="Reads SQL statements, each up to a semicolon, and prints what they return, over the views of `broadsheet "
        "query`. For DuckDB's own shell, `broadsheet ddl --dialect duckdb` makes the views.",
    )
    shell.add_argument("--lake", metavar="DIR", required=True, help="the lake's folder")
    shell.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.query.shell import run_shell

    return run_shell(options.lake)

"""Adds `broadsheet shell`: runs SQL over the lake, statement by statement."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.common import add_lake


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    shell = commands.add_parser(
        "shell",
        help="ask the lake in SQL, statement by statement",
        description="Reads SQL statements, each up to a semicolon, and prints what they return, over the views of `broadsheet "
        "query`. For DuckDB's own shell, `broadsheet ddl --dialect duckdb` makes the views.",
    )
    add_lake(shell)
    shell.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.query.shell import run_shell

    return run_shell(options.lake)

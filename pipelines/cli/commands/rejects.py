"""Adds `broadsheet rejects`: counts or lists what did not become a document."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.common import add_lake
from broadsheet.pipelines.cli.parser import Parser


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    rejects = commands.add_parser(
        "rejects",
        help="count or list what did not become a document, and why",
        description="Counts the rows of `rejects` by kind, stage and reason, or lists them.",
    )
    add_lake(rejects)
    add_choice(rejects)
    flags = rejects.section("options")
    flags.add("--list", action="store_true", help="Prints one row per record instead of counts")
    flags.add("--format", choices=("table", "csv", "json"), default="table", help="Prints rows in this form")
    rejects.set_defaults(run=_run)


def add_choice(parser: Parser) -> None:
    """Adds the flags that choose rejects."""
    choice = parser.section("choice")
    choice.add("--stage", metavar="NAME", help="Takes only rejects of this stage: read, decode, strip, …", default_words="all")
    choice.add("--reason", metavar="NAME", help="Takes only rejects with this reason", default_words="all")
    choice.add(
        "--where",
        metavar="SQL",
        help="Takes only rejects that meet this condition over the columns of rejects",
        default_words="all",
    )


def condition(options: argparse.Namespace) -> str:
    """Returns the flags of `add_choice` as one condition in SQL."""
    parts = [f"{name} = '{_quoted(value)}'" for name in ("stage", "reason") if (value := getattr(options, name))]
    return " and ".join([*parts, *([f"({options.where})"] if options.where else [])]) or "true"


def _quoted(value: str) -> str:
    return value.replace("'", "''")


_COUNTS = """
select kind, stage, reason, count(*) as rows, min(attempts) as attempts_min, max(attempts) as attempts_max, min(uri) as example
from rejects where {} group by kind, stage, reason order by kind, rows desc, stage, reason
"""
_ROWS = "select kind, stage, reason, attempts, uri, record, message from rejects where {} order by kind, stage, reason, uri, record"


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.query.query import run_query

    run_query(options.lake, (_ROWS if options.list else _COUNTS).format(condition(options)), options.format)
    return 0

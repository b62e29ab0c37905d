"""`broadsheet rejects`: what did not become a document, counted or one by one."""

from __future__ import annotations

import argparse


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    rejects = commands.add_parser(
        "rejects",
        help="count or list what did not become a document, and why",
        description="Counts the rows of `rejects` by kind, stage and reason, or lists them.",
    )
    rejects.add_argument("--lake", metavar="DIR", required=True, help="the lake's folder")
    add_choice(rejects)
    rejects.add_argument("--list", action="store_true", help="one row a record, instead of counts")
    rejects.add_argument("--format", choices=("table", "csv", "json"), default="table", help="how rows are printed (table)")
    rejects.set_defaults(run=_run)


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Adds the flags that choose rejects."""
    parser.add_argument("--stage", metavar="NAME", help="only those of this stage: read, decode, strip, …")
    parser.add_argument("--reason", metavar="NAME", help="only those of this reason")
    parser.add_argument("--where", metavar="SQL", help="only those of this condition over the columns of rejects")


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

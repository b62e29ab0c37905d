"""Adds `broadsheet reprocess`: makes documents again with today's rules."""

from __future__ import annotations

import argparse
import sys

from broadsheet.pipelines.cli.commands.ingest import add_rules, rule_options
from broadsheet.pipelines.cli.common import add_runner


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    reprocess = commands.add_parser(
        "reprocess",
        help="make documents again after a rule or a model has changed",
        description="Reads the inputs of the chosen documents again and replaces their rows by those of today's rules, one batch "
        "per commit. Other rows stay. Give the same flags as the ingest that made them.",
    )
    reprocess.section("choice").add(
        "--where",
        metavar="SQL",
        required=True,
        help="Takes only documents that meet this condition over their columns: source = 'x' and date >= …",
    )
    add_rules(reprocess)
    add_runner(reprocess)
    reprocess.set_defaults(run=_run)


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    from broadsheet.pipelines.observe.progress import Progress
    from broadsheet.pipelines.reprocess.reprocess import again, report
    from broadsheet.schemas.tables import DOCUMENTS

    progress = Progress(sys.stderr, quiet=options.quiet)
    report(DOCUMENTS, again(DOCUMENTS, options.where, rule_options(options), rest, progress))
    return 0

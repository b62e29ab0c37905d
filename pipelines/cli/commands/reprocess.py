"""`broadsheet reprocess`: documents, made again by today's rules."""

from __future__ import annotations

import argparse
import sys

from broadsheet.pipelines.cli.commands.ingest import add_rules, rule_options
from broadsheet.pipelines.cli.default_runner import LOCAL_RUNNER


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    reprocess = commands.add_parser(
        "reprocess",
        help="make documents again after a rule or a model has changed",
        description="Reads the inputs of the chosen documents again and puts what today's rules make of them in their place, a "
        "batch a commit. What was not chosen stays as it is. Give the flags of the ingest that made them.",
    )
    reprocess.add_argument(
        "--where", metavar="SQL", required=True, help="which documents: a condition over their columns, source = 'x' and date >= …"
    )
    add_rules(reprocess)
    reprocess.add_argument("--runner", metavar="R", default=LOCAL_RUNNER, help="Beam's runner; by default this process")
    reprocess.set_defaults(run=_run)


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    from broadsheet.pipelines.observe.progress import Progress
    from broadsheet.pipelines.reprocess.reprocess import again, report
    from broadsheet.schemas.tables import DOCUMENTS

    progress = Progress(sys.stderr, quiet=options.quiet)
    report(DOCUMENTS, again(DOCUMENTS, options.where, rule_options(options), rest, progress))
    return 0

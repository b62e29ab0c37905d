"""Adds `broadsheet replay`: tries dead letters again with today's rules."""

from __future__ import annotations

import argparse
import sys

from broadsheet.pipelines.cli.commands.ingest import add_rules, rule_options
from broadsheet.pipelines.cli.commands.rejects import add_choice, condition
from broadsheet.pipelines.cli.common import add_runner


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    replay = commands.add_parser(
        "replay",
        help="try dead letters again, with today's rules",
        description="Reads the records of dead letters again, from their inputs or from what was kept of them, and commits the "
        "results and removes the dead letters in one step. Records that fail again stay, with one more attempt. Give the same "
        "flags as the ingest that made them.",
    )
    add_choice(replay)
    add_rules(replay)
    add_runner(replay)
    replay.set_defaults(run=_run)


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    from broadsheet.pipelines.observe.progress import Progress
    from broadsheet.pipelines.reprocess.reprocess import again, report
    from broadsheet.schemas.tables import REJECTS

    progress = Progress(sys.stderr, quiet=options.quiet)
    report(REJECTS, again(REJECTS, f"kind = 'dead' and {condition(options)}", rule_options(options), rest, progress))
    return 0

"""Adds `broadsheet vacuum`: removes files that nobody needs any more."""

from __future__ import annotations

import argparse
import math

from broadsheet.pipelines.cli.common import add_lake, add_quiet, notice


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    vacuum = commands.add_parser(
        "vacuum",
        help="remove files that nobody needs any more",
        description="Removes old files that no snapshot of the last days needs, finishes what dead runs have left, and writes "
        "checkpoints of the tables' logs. It never removes what a current run needs.",
    )
    add_lake(vacuum)
    flags = vacuum.section("options")
    flags.add(
        "--retention-days",
        type=_days,
        default=7.0,
        metavar="N",
        help="Keeps snapshots of this many days readable; 0 keeps the newest alone",
    )
    flags.add("--dry-run", action="store_true", help="Lists what would be removed and removes nothing")
    add_quiet(vacuum)
    vacuum.set_defaults(run=_run)


def _days(text: str) -> float:
    value = float(text)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number of days, 0 or more, got {text}")
    return value


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.maintain.vacuum import vacuum
    from broadsheet.pipelines.observe.terminal import say

    done = vacuum(options.lake, options.retention_days * 86400, options.dry_run, notice(options))
    if options.dry_run:
        for name in done.files:
            say(name)
    print(f"{'would remove' if options.dry_run else 'removed'} {len(done.files):,} files ({done.bytes / 1e6:,.1f} MB)")
    return 0

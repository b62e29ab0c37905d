"""`broadsheet vacuum`: away with what nobody needs."""

from __future__ import annotations

import argparse
import math
import sys


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    vacuum = commands.add_parser(
        "vacuum",
        help="remove files that nobody needs any more",
        description="Removes files that no snapshot of the last days needs and that are older than that, ends what dead runs have "
        "left, and writes checkpoints of the tables' logs. Never removes what a run under way needs.",
    )
    vacuum.add_argument("--lake", metavar="DIR", required=True, help="the lake's folder")
    vacuum.add_argument(
        "--retention-days",
        type=_days,
        default=7.0,
        metavar="N",
        help="how far back snapshots stay readable (7); 0: the newest alone",
    )
    vacuum.add_argument("--dry-run", action="store_true", help="only list what would be removed")
    vacuum.set_defaults(run=_run)


def _days(text: str) -> float:
    value = float(text)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no number of days")
    return value


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.maintain.vacuum import vacuum
    from broadsheet.pipelines.observe.terminal import say

    def told(line: str) -> None:
        say(line, sys.stderr)

    done = vacuum(options.lake, options.retention_days * 86400, options.dry_run, told)
    if options.dry_run:
        for name in done.files:
            say(name)
    print(f"{'would remove' if options.dry_run else 'removed'} {len(done.files):,} files ({done.bytes / 1e6:,.1f} MB)")
    return 0

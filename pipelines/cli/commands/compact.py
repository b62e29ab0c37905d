"""`broadsheet compact`: many small files to few."""

from __future__ import annotations

import argparse
import sys

from broadsheet.pipelines.cli.flags import positive


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    compact = commands.add_parser(
        "compact",
        help="merge the small files of each partition",
        description="Merges the small files of each partition into sorted ones, in the same folders, and removes the small ones. "
        "Readers of the tables see every row once throughout; readers by glob see rows twice for a moment. "
        "May be killed and repeated at any point.",
    )
    compact.add_argument("--lake", metavar="DIR", required=True, help="the lake's folder")
    compact.add_argument("--where", metavar="SQL", help="only documents of these partitions: a condition on source and date")
    compact.add_argument(
        "--target-mb", type=positive, default=128.0, metavar="N", help="size of a merged file; half of it is large enough (128)"
    )
    compact.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.maintain.compact import compact
    from broadsheet.pipelines.observe.terminal import say

    def told(line: str) -> None:
        say(line, sys.stderr)

    for done in compact(options.lake, int(options.target_mb * 1e6), options.where, told):
        if not done.files:
            print(f"{done.table}: nothing to merge")
            continue
        print(
            f"{done.table}: {done.files:,} files ({done.bytes / 1e6:,.1f} MB) merged to {done.merged:,} "
            f"({done.merged_bytes / 1e6:,.1f} MB) in {done.commits:,} commit{'s' if done.commits > 1 else ''}"
        )
        if done.kept:
            print(f"{done.table}: {done.kept:,} of them stay until a batch that is under way has ended: run compact again then")
    return 0

"""Adds `broadsheet compact`: merges small files into few."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.common import add_lake, add_quiet, notice
from broadsheet.pipelines.cli.values import positive


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    compact = commands.add_parser(
        "compact",
        help="merge the small files of each partition",
        description="Merges the small files of each partition into sorted ones, in the same folders. "
        "The small files stay for readers of earlier versions until vacuum removes them. "
        "Readers of the tables see every row once at any time; readers by glob count rows twice until then. "
        "You can kill and repeat it at any point.",
    )
    add_lake(compact)
    flags = compact.section("options")
    flags.add(
        "--where",
        metavar="SQL",
        help="Merges only documents of these partitions: a condition on source and date",
        default_words="all partitions",
    )
    flags.add(
        "--target-mb",
        type=positive,
        default=128.0,
        metavar="N",
        help="Merges files smaller than half of this into files of this size",
    )
    flags.add(
        "--remove-replaced",
        action="store_true",
        help="Removes the replaced files at once, so that a glob counts every row once; earlier versions cannot be read then",
        default_words="they stay until vacuum removes them",
    )
    add_quiet(compact)
    compact.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.maintain.compact import compact

    keep = not options.remove_replaced
    for done in compact(options.lake, int(options.target_mb * 1e6), options.where, notice(options), keep):
        if not done.files:
            print(f"{done.table}: nothing to merge")
            continue
        print(
            f"{done.table}: {done.files:,} files ({done.bytes / 1e6:,.1f} MB) merged to {done.merged:,} "
            f"({done.merged_bytes / 1e6:,.1f} MB) in {done.commits:,} commit{'s' if done.commits > 1 else ''}"
        )
        if done.needed:
            print(f"{done.table}: {done.needed:,} of them stay until a batch that is under way has ended: run compact again then")
        elif keep:
            print(f"{done.table}: the replaced files stay until vacuum removes them; until then a glob counts their rows twice")
    return 0

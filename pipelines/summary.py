"""What a run says at its end: the books, and how fast it was."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from pipelines.ingest import Summary
from pipelines.progress import human_bytes, human_time


def print_summary(summary: Summary, lake: str) -> None:
    """Prints the table that ends every run."""
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    if not summary.batches:
        console.print(f"nothing new: all {summary.matched:,} inputs are in {lake} as they are now")
    else:
        console.print(_table(summary))
    if summary.skipped:
        names = ", ".join(f"{count:,} {suffix}" for suffix, count in sorted(summary.skipped.items()))
        console.print(f"left out, not a format that is read: {names}")
    if summary.books["dead"]:
        console.print(f'why records are dead: broadsheet query "select stage, reason, uri, message from rejects" --lake {lake}')


def _table(summary: Summary) -> Table:
    books, seconds = summary.books, max(summary.seconds, 1e-9)
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in (
        ("records read", f"{books['records']:,}"),
        ("documents", f"{books['documents']:,}"),
        ("duplicates", f"{books['duplicates']:,}"),
        ("filtered", f"{books['filtered']:,}"),
        ("dead", f"{books['dead']:,}"),
        ("inputs", f"{books['inputs']:,}"),
        ("bytes", human_bytes(books["bytes"])),
        ("batches", f"{summary.batches:,}" + (f" ({summary.resumed} resumed)" if summary.resumed else "")),
        ("time", human_time(seconds)),
        ("documents/s", f"{books['documents'] / seconds:,.1f}"),
    ):
        table.add_row(name, value)
    return table

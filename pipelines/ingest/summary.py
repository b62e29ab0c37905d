"""Summarizes a run at its end: its counts, and how fast it was."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from broadsheet.pipelines.ingest.dry_run import Outlook
from broadsheet.pipelines.ingest.ingest import Summary
from broadsheet.pipelines.inputs.find_inputs import Inputs
from broadsheet.pipelines.observe.progress import human_bytes, human_time
from broadsheet.pipelines.observe.terminal import visible

_SHOWN = 10
"""Inputs that a dry run names: enough to see that they are the right ones."""


def print_summary(summary: Summary, lake: str) -> None:
    """Prints the table that ends every run."""
    console = Console(file=sys.stdout, highlight=False, markup=False, soft_wrap=True)
    if not summary.batches:
        matched = summary.inputs.table.num_rows
        console.print(f"nothing new: all {matched:,} inputs are in {visible(lake)} as they are now" if matched else "nothing new")
    else:
        console.print(as_columns(_figures(summary)))
    _print_left_out(console, summary.inputs)
    if summary.books["dead"]:
        console.print(
            f'why records are dead: broadsheet query "select stage, reason, uri, message from rejects" --lake {visible(lake)}'
        )


def print_outlook(outlook: Outlook) -> None:
    """Prints what a run would read."""
    console = Console(file=sys.stdout, highlight=False, markup=False, soft_wrap=True)
    inputs, new = outlook.inputs.table.num_rows, outlook.new.num_rows
    figures = {
        "inputs there are": f"{inputs:,}",
        "in the lake already": f"{inputs - new:,}",
        "would be read": f"{new:,}",
        "bytes": human_bytes(sum(outlook.new["size"].to_pylist())),
        "batches": f"{outlook.batches:,}",
    }
    console.print(as_columns(figures))
    if outlook.unfinished:
        console.print(f"batches of an interrupted run that would be finished first: {outlook.unfinished:,}")
    for uri in outlook.new["uri"].slice(0, _SHOWN).to_pylist():
        console.print(f"would read {visible(uri)}")
    if new > _SHOWN:
        console.print(f"and {new - _SHOWN:,} more")
    _print_left_out(console, outlook.inputs)


def _print_left_out(console: Console, found: Inputs) -> None:
    if found.outside:
        console.print(f"left out, not of these days: {found.outside:,} files")
    if found.empty:
        console.print(f"no file on {len(found.empty):,} of the days, the first is {found.empty[0]}")
    if found.skipped:
        names = ", ".join(f"{count:,} {suffix}" for suffix, count in sorted(found.skipped.items()))
        console.print(f"left out, not a format that is read: {visible(names)}")


def _figures(summary: Summary) -> dict[str, str]:
    books, seconds = summary.books, max(summary.seconds, 1e-9)
    return {
        "records read": f"{books['records']:,}",
        "documents": f"{books['documents']:,}",
        "duplicates": f"{books['duplicates']:,}",
        "filtered": f"{books['filtered']:,}",
        "dead": f"{books['dead']:,}",
        "inputs": f"{books['inputs']:,}",
        "bytes": human_bytes(books["bytes"]),
        "batches": f"{summary.batches:,}" + (f" ({summary.resumed} resumed)" if summary.resumed else ""),
        "time": human_time(seconds),
        "documents/s": f"{books['documents'] / seconds:,.1f}",
    }


def as_columns(figures: Mapping[str, str]) -> Table:
    """Returns figures by their names, a line each, to be printed."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in figures.items():
        table.add_row(name, value)
    return table

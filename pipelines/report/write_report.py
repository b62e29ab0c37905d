"""Report: one self-contained page on a lake, or on one run of it.

numbers    SQL over the lake ─► plain values; the only place that counts
compare    a run beside those before it ─► what looks wrong
samples    a few pages before and after stripping
charts     values ─► inline SVG
page       all of it ─► HTML
"""

from __future__ import annotations

import datetime as dt

from broadsheet.pipelines.observe import terminal
from broadsheet.pipelines.report.compare import find_changes, find_suspects
from broadsheet.pipelines.report.numbers import Row, count, opened
from broadsheet.pipelines.report.page import render
from broadsheet.pipelines.report.samples import take_samples
from broadsheet.transforms.lake.protocol.files import Lake

__all__ = ["make_report", "to_json", "to_page"]


def make_report(lake: Lake, run: str | None = None, samples: bool = True) -> Row:
    """Returns all that a report says.

    Args:
        lake: On which lake.
        run: Beginning of a run's identifier, or `last`: only what that run brought.
        samples: Whether pages are read again for samples.

    Raises:
        ConfigError: There is no such run.
        LakeError: There is no lake.
    """
    with opened(lake, run) as (connection, runs, chosen):
        return {
            "lake": lake.root,
            "made_at": dt.datetime.now(dt.UTC),
            "run": chosen,
            "runs": runs,
            "suspects": find_suspects(connection, runs, chosen),
            "changes": find_changes(connection, runs, chosen),
            **count(connection, chosen),
            "samples": take_samples(connection) if samples else [],
        }


def to_page(report: Row) -> str:
    """Returns a report as HTML."""
    return render(report)


def to_json(report: Row) -> str:
    """Returns a report as one JSON object."""
    plain = {**report, "suspects": [suspect._asdict() for suspect in report["suspects"]]}
    del plain["samples"]
    return terminal.to_json(plain, indent=1) + "\n"

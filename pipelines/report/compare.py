"""Compare: a run beside those before it, and what looks wrong.

Each rule is a threshold with a reason. They are for a schedule: with fewer than three former runs nothing is compared.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple

import duckdb

from broadsheet.pipelines.report.numbers import MOST_SOURCES, Row, rows

WINDOW = 14
"""Former runs that are looked at: two weeks of nights, so that weekends are in it twice."""

LEAST_RUNS = 3
"""Former runs below which a median says nothing."""

LEAST_RECORDS = 50
"""Records below which a share is not compared: one record in 50 is 2 %, a fifth of `JUMP`."""

JUMP = 0.10
"""Change of a share that is worth a look: ten points, by choice; the spread below keeps what always varies so much quiet."""

SPREADS = 3.0
"""And how many times the former runs' own spread (median absolute deviation, scaled to a standard deviation) it must be."""

COLLAPSE = 0.2
"""A run or a source with less than a fifth of its median, by choice: weekends are thinner, but not five times."""

OFTEN = 0.7
"""A source's absence is reported if it was in this share of former runs: five nights of seven, so weekly sources are left out."""

LEAST_DOCUMENTS = 5
"""The silence of a source is reported from so many documents per run (median) on: fewer are chance."""

SLOW = 0.5
"""Throughput below half of the median: measured speeds vary by 40 % on a shared machine."""

DEAD = 0.05
"""Dead records that are worth a look whatever was before: what docs/operations.md sets as limit."""

_SHARES = {
    "dead": "dead records",
    "filtered": "filtered records",
    "duplicates": "duplicates",
    "undated": "documents without a date of publication",
    "unknown_source": "documents of unknown source",
    "unknown_language": "documents of unknown language",
    "boilerplate": "boilerplate",
}
_OF_RECORDS = ("dead", "filtered", "duplicates")


class Suspect(NamedTuple):
    """Something that looks wrong."""

    rule: str
    """`dead`, `jump`, `silent`, `collapsed`, `small`, `slow`, `nothing`."""
    subject: str
    """The source or the share that it is about; "" for the run."""
    sentence: str


def find_suspects(connection: duckdb.DuckDBPyConnection, runs: Sequence[Row], run: Row | None = None) -> list[Suspect]:
    """Returns what looks wrong in a run, worst first.

    Args:
        connection: As `report.numbers.opened` yields it.
        runs: All runs, oldest first.
        run: Which of them; the last one if none is named.
    """
    if not runs:
        return []
    subject = run or runs[-1]
    before = [former for former in runs[: runs.index(subject)] if former["records"]][-WINDOW:]
    found = list(_of_the_run(subject, before))
    if len(before) < LEAST_RUNS or not subject["records"]:
        return found
    by_run = _by_run_and_source(connection, [subject["run"], *(former["run"] for former in before)])
    found += _silent_sources(subject, before, by_run)
    found += _jumped_shares(subject, before, by_run)
    return found


def find_changes(connection: duckdb.DuckDBPyConnection, runs: Sequence[Row], run: Row | None = None) -> Row | None:
    """Returns a run beside the one before it that read anything; `None` if there are not two.

    Args:
        connection: As `report.numbers.opened` yields it.
        runs: All runs, oldest first.
        run: Which of them; the last one if none is named.

    Returns:
        `run` and `before`, rows of `runs`, and `sources`: per source that changed its documents in both, rounded.
    """
    subject = run or (runs[-1] if runs else None)
    before = [former for former in runs[: runs.index(subject)] if former["records"]] if subject else []
    if not subject or not before:
        return None
    by_run = _by_run_and_source(connection, [subject["run"], before[-1]["run"]])
    now, then = (by_run.get(each["run"], {}) for each in (subject, before[-1]))
    counts = {source: [round(by.get(source, {}).get("documents", 0.0)) for by in (then, now)] for source in {*now, *then}}
    changed = sorted(
        ({"source": source, "before": was, "now": has} for source, (was, has) in counts.items() if was != has),
        key=lambda row: (-abs(row["now"] - row["before"]), row["source"]),
    )
    return {"run": subject, "before": before[-1], "sources": changed[:MOST_SOURCES], "sources_changed": len(changed)}


def _of_the_run(run: Row, before: Sequence[Row]) -> list[Suspect]:
    found = []
    if run["records"] >= LEAST_RECORDS and run["dead"] / run["records"] > DEAD:
        found.append(Suspect("dead", "", f"{run['dead'] / run['records']:.1%} of the records are dead, more than {DEAD:.0%}"))
    if len(before) < LEAST_RUNS:
        return found
    records = statistics.median(former["records"] for former in before)
    if not run["records"]:
        found.append(
            Suspect("nothing", "", f"nothing new was read; the {len(before)} runs before read {records:,.0f} records each")
        )
    elif records >= LEAST_RECORDS and run["records"] < COLLAPSE * records:
        found.append(Suspect("small", "", f"{run['records']:,} records were read, in the runs before {records:,.0f}"))
    speeds = [former["documents_per_s"] for former in before if former["documents_per_s"] and former["documents"] >= LEAST_RECORDS]
    if len(speeds) >= LEAST_RUNS and run["documents_per_s"] and run["documents"] >= LEAST_RECORDS:
        usual = statistics.median(speeds)
        if run["documents_per_s"] < SLOW * usual:
            found.append(Suspect("slow", "", f"{run['documents_per_s']:.1f} documents/s, in the runs before {usual:.1f}"))
    return found


def _silent_sources(run: Row, before: Sequence[Row], by_run: dict[str, dict[str, Row]]) -> list[Suspect]:
    found = []
    for source in sorted({source for former in before for source in by_run.get(former["run"], {})}):
        counts = [by_run.get(former["run"], {}).get(source, {}).get("documents", 0.0) for former in before]
        present = [
            count for count in counts if count >= 0.5
        ]  # a share of an input that was read in several runs may be less than one
        usual = statistics.median(present) if present else 0.0
        now = by_run.get(run["run"], {}).get(source, {}).get("documents", 0.0)
        if len(present) < max(OFTEN * len(before), LEAST_RUNS) or usual < LEAST_DOCUMENTS:
            continue
        if now < 0.5:
            words = f"{source} has gone silent: {len(present)} of the {len(before)} runs before brought {usual:,.0f} documents each"
            found.append(Suspect("silent", source, words))
        elif now < COLLAPSE * usual:
            found.append(Suspect("collapsed", source, f"{source} has {now:,.0f} documents, in the runs before {usual:,.0f}"))
    return found


def _jumped_shares(run: Row, before: Sequence[Row], by_run: dict[str, dict[str, Row]]) -> list[Suspect]:
    found = []
    for name, words in _SHARES.items():
        now = _share(run, by_run.get(run["run"], {}), name)
        former = [value for other in before if (value := _share(other, by_run.get(other["run"], {}), name)) is not None]
        if now is None or len(former) < LEAST_RUNS:
            continue
        usual = statistics.median(former)
        spread = 1.4826 * statistics.median(abs(value - usual) for value in former)  # the factor of a normal distribution
        if abs(now - usual) > max(JUMP, SPREADS * spread):
            found.append(Suspect("jump", name, f"{words}: {now:.0%}, in the runs before {usual:.0%}"))
    return found


def _share(run: Row, sources: dict[str, Row], name: str) -> float | None:
    """Returns a run's share of something, `None` if it has too few records for one."""
    if name in _OF_RECORDS:
        return run[name] / run["records"] if run["records"] >= LEAST_RECORDS else None
    documents = sum(row["documents"] for row in sources.values())
    if documents < LEAST_RECORDS:
        return None
    if name == "unknown_source":
        return sources.get("unknown", {}).get("documents", 0.0) / documents
    return sum(row[name] for row in sources.values()) / documents


def _by_run_and_source(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> dict[str, dict[str, Row]]:
    """Returns sums of documents by run and source.

    A document belongs to its input, and an input to the runs that read it: the counts say how many of its documents each run
    brought, so a document of an input that was read twice counts for both in that proportion.
    """
    found = rows(
        connection,
        """
        with of_uri as (
          select uri, source, count(*) n, sum(1 - text_share) boilerplate, count(*) filter (date_basis != 'published') undated,
            count(*) filter (language = 'und') unknown_language
          from documents group by uri, source),
        of_run as (select uri, run, sum(documents) brought from books group by uri, run),
        weighed as (select *, brought / nullif(sum(brought) over (partition by uri), 0) as weight from of_run)
        select run, source, sum(weight * n) documents, sum(weight * boilerplate) boilerplate, sum(weight * undated) undated,
          sum(weight * unknown_language) unknown_language
        from weighed join of_uri using (uri) where list_contains($names, run) and weight > 0 group by run, source
        """,
        names=list(names),
    )
    by_run: dict[str, dict[str, Row]] = {}
    for row in found:
        by_run.setdefault(row["run"], {})[row["source"]] = row
    return by_run

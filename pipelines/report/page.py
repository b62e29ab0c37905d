"""Page: a report's numbers as one HTML file that needs nothing else.

No script, no font, no image, and a content security policy that forbids them: names and texts come from other people's pages.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from importlib.resources import files

from broadsheet.pipelines.observe.progress import human_bytes, human_time
from broadsheet.pipelines.report import compare
from broadsheet.pipelines.report.charts import Bar, Range, Strip, bars, columns, ranges, strips
from broadsheet.pipelines.report.compare import Suspect
from broadsheet.pipelines.report.markup import card, number, plain, share, shortened, table, table_alone
from broadsheet.pipelines.report.numbers import Row
from broadsheet.pipelines.report.samples import Sample

_RUNS_SHOWN = 60
"""Runs in the plots and the table: two months of nights."""

_REASONS_SHOWN = 15
"""Reasons in the plot; its table has all of them."""

_WIDE = 1140
"""Units of a chart across the whole page, so that its letters are as large as in a column."""

_BAD = ("", "bad")
_REST = ("", "rest")

_POLICY = "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>{style}</style></head>
<body><header>{head}</header><main>{body}</main></body></html>
"""


def render(report: Row) -> str:
    """Returns the page.

    Args:
        report: `lake`, `made_at`, `run` (the one it is limited to, or `None`), `runs`, `suspects`, `samples` and all of
            `report.numbers.count`.
    """
    style = files("broadsheet.pipelines.report").joinpath("style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    drawn = (_by_source, _by_language, _rejects, _boilerplate, _confidence, _dates, _lengths, _books, _clusters, _throughput)
    cards = "".join(draw(report) for draw in drawn)
    across = f"{_suspects(report)}{_changes(report)}{_by_date(report)}{_timeline(report)}"
    body = f'{across}<div class="cards">{cards}</div>{_runs(report)}{_samples(report["samples"])}'
    title = plain(f"broadsheet: {report['lake']}")
    return _PAGE.format(policy=_POLICY.format(digest=digest), style=style, title=title, head=_head(report), body=body)


def _head(report: Row) -> str:
    totals, run = report["totals"], report["run"]
    about = f"Run {run['run']} of {_time(run['started_at'])}" if run else f"All of the lake, {_runs_of(report)}"
    records = totals["records"]
    tiles = [
        ("documents", number(totals["documents"])),
        ("sources", number(totals["sources"])),
        ("languages", number(totals["languages"])),
        ("words", number(totals["words"])),
        ("records read", number(records)),
        *((name, f"{number(totals[name])} ({share(totals[name], records)})") for name in ("duplicates", "filtered", "dead")),
        ("inputs", number(totals["inputs"])),
        ("input size", human_bytes(totals["bytes"])),
    ]
    drawn = "".join(f"<div><dt>{plain(name)}</dt><dd>{plain(value)}</dd></div>" for name, value in tiles)
    newest = f"newest commit {_time(totals['newest_commit'])}, " if totals["newest_commit"] else ""
    heading = f"{about}; {newest}report made {_time(report['made_at'])}"
    return f'<h1>{plain(report["lake"])}</h1><p class="faint">{plain(heading)}</p><dl class="tiles">{drawn}</dl>'


def _runs_of(report: Row) -> str:
    return f"{len(report['runs']):,} run{'' if len(report['runs']) == 1 else 's'}"


def _suspects(report: Row) -> str:
    found: Sequence[Suspect] = report["suspects"]
    subject = report["run"] or (report["runs"][-1] if report["runs"] else None)
    which = plain(f"the run of {_time(subject['started_at'])}" if subject else "the lake")
    heading = (
        f"A run is compared with the {compare.WINDOW} before it, where there are {compare.LEAST_RUNS}. Marked are: dead records "
        f"over {compare.DEAD:.0%}; a share that differs from the median by {compare.JUMP * 100:.0f} points and "
        f"{compare.SPREADS:g} times its usual spread; a source of {compare.OFTEN:.0%} of the runs, with "
        f"{compare.LEAST_DOCUMENTS} documents or more, that brought none, or less than {compare.COLLAPSE:.0%} of its median; a run "
        f"with less than {compare.COLLAPSE:.0%} of the records, or {compare.SLOW:.0%} of the documents a second. Shares of fewer "
        f"than {compare.LEAST_RECORDS} records are not compared."
    )
    rules = f'<details><summary>What is looked at</summary><p class="faint">{plain(heading)}</p></details>'
    if not found:
        return f'<section class="suspects none"><h2>Nothing looks wrong in {which}</h2>{rules}</section>'
    items = "".join(f'<li data-rule="{plain(item.rule)}">{plain(item.sentence)}</li>' for item in found)
    return f'<section class="suspects"><h2>What looks wrong in {which}</h2><ul>{items}</ul>{rules}</section>'


def _changes(report: Row) -> str:
    found = report["changes"]
    if not found:
        return card("What changed since the last run", "There is no earlier run to compare with.")
    before, run = found["before"], found["run"]
    names = ("inputs", "records", "documents", "duplicates", "filtered", "dead")
    cells = [[name, before[name], run[name], _difference(before[name], run[name])] for name in names]
    sources = [[row["source"], row["before"], row["now"], _difference(row["before"], row["now"])] for row in found["sources"]]
    hidden = found["sources_changed"] - len(sources)
    lead = f"The run of {_time(run['started_at'])} beside the one before it, of {_time(before['started_at'])}."
    more = f'<p class="faint">{number(hidden)} more sources changed.</p>' if hidden else ""
    heads = ["before", "now", "change"]
    by_source = table_alone("changed-sources", ["source", *heads], sources) if sources else '<p class="faint">None.</p>'
    return card(
        "What changed since the last run",
        lead,
        f'<div class="sides"><div><h3>Counts</h3>{table_alone("changes", ["count", *heads], cells)}</div>'
        f"<div><h3>Sources with more or fewer documents</h3>{by_source}{more}</div></div>",
    )


def _difference(before: int, now: int) -> str:
    return f"{now - before:+,}" if now != before else "0"


def _timeline(report: Row) -> str:
    found = report["timeline"]
    dates = [_date(date, found["unit"]) for date in found["dates"]]
    rows = [Strip(row["source"] or "all others", row["documents"]) for row in found["rows"]]
    title = f"Documents by source and {found['unit']}"
    cells = [[row.name, date, count] for row in rows for date, count in zip(dates, row.values, strict=True) if count]
    drawn = (
        f'<div class="small">{strips(title, dates, rows)}</div><div class="large">{strips(title, dates, rows, _WIDE)}</div>'
        if rows
        else ""
    )
    lead = "All rows have one scale; the number on the right is the sum."
    return card(title, lead, drawn, table("timeline", ["source", found["unit"], "documents"], cells))


def _by_date(report: Row) -> str:
    found = report["by_date"]
    rows = [Bar(_date(row["date"], found["unit"]), row["documents"], number(row["documents"])) for row in found["rows"]]
    title = f"Documents by {found['unit']}"
    undated = f"{number(found['undated'])} have no date." if found["undated"] else "Every document has a date."
    cells = [[row.name, row.value] for row in rows]
    return card(
        title, f"By publication, else by crawl. {undated}", _across(title, rows), table("by-date", ["date", "documents"], cells)
    )


def _across(title: str, rows: Sequence[Bar]) -> str:
    """Returns columns across the whole page, twice: drawn for a phone and for a desktop."""
    if not rows:
        return ""
    return f'<div class="small">{columns(title, rows)}</div><div class="large">{columns(title, rows, _WIDE)}</div>'


def _by_source(report: Row) -> str:
    rows = [
        Bar(_source(row), row["documents"], number(row["documents"]), _REST[row["source"] is None]) for row in report["by_source"]
    ]
    cells = [[_source(row), row["documents"], row["words"]] for row in report["by_source"]]
    title = "Documents by source"
    return card(title, "The largest first.", bars(title, rows), table("by-source", ["source", "documents", "words"], cells))


def _source(row: Row) -> str:
    return row["source"] if row["source"] is not None else f"{number(row['sources'])} others"


def _by_language(report: Row) -> str:
    lead = "As detected in the body; und is not known."
    return _top("Documents by language", lead, "by-language", "language", report["by_language"])


def _dates(report: Row) -> str:
    date = _top("What dates are", "Which day the column date is.", "date-bases", "date is", report["date_bases"])
    lead = "What a page's date of publication was read from."
    return date + _top("Bases of publication", lead, "published-bases", "basis", report["published_bases"])


def _top(title: str, lead: str, name: str, what: str, found: Sequence[Row]) -> str:
    rows = [
        Bar(
            "others" if row["name"] is None else row["name"], row["documents"], number(row["documents"]), _REST[row["name"] is None]
        )
        for row in found
    ]
    return card(title, lead, bars(title, rows), table(name, [what, "documents"], [[row.name, row.value] for row in rows]))


def _rejects(report: Row) -> str:
    found = report["rejects"]
    rows = [
        Bar(f"{row['stage']} {row['reason']}", row["records"], number(row["records"]), _BAD[row["kind"] == "dead"])
        for row in found[:_REASONS_SHOWN]
    ]
    names = ["kind", "stage", "reason", "records"]
    lead = "Red is dead: an error. The others were filtered by a rule." if found else "Nothing was refused."
    cells = [[row[name] for name in names] for row in found]
    return card("Rejects by reason", lead, bars("Rejects by reason", rows) if rows else "", table("rejects", names, cells))


def _boilerplate(report: Row) -> str:
    found = [row for row in report["by_source"] if row["median"] is not None]
    rows = [Range(_source(row), row["low"], row["median"], row["high"]) for row in found]
    cells = [[_source(row), *(f"{row[name]:.1%}" for name in ("low", "median", "high"))] for row in found]
    lead = "Share of a page's visible characters that are not its article: the median, and the middle half of the pages."
    names = ["source", "first quartile", "median", "third quartile"]
    return card("Boilerplate by source", lead, ranges("Boilerplate share by source", rows), table("boilerplate", names, cells))


def _confidence(report: Row) -> str:
    found = [row for row in report["by_source"] if row["confidence"] is not None]
    judged = sum(row["judged"] for row in found)
    rows = [Range(_source(row), row["confidence_low"], row["confidence"], row["confidence_high"]) for row in found]
    names = ["source", "first quartile", "median", "third quartile", "judged"]
    shown = ("confidence_low", "confidence", "confidence_high")
    cells = [[_source(row), *(f"{row[name]:.1%}" for name in shown), row["judged"]] for row in found]
    lead = (
        "Estimated probability that a body is right, the column text_confidence: the median, and the middle half of the pages. "
        f"{number(judged)} of {number(report['totals']['documents'])} documents are judged."
    )
    title = "Confidence by source"
    return card(title, lead, ranges(title, rows) if rows else "", table("confidence", names, cells))


def _lengths(report: Row) -> str:
    found = report["lengths"]
    rows = [Bar(_span(bin_), bin_["documents"], number(bin_["documents"])) for bin_ in found["bins"]]
    heading = "There are no documents."
    if found["median"] is not None:
        heading = f"Median {number(found['median'])} words; nine of ten have {number(found['low'])} to {number(found['high'])}."
    cells = [[row.name, row.value] for row in rows]
    return card("Lengths", heading, bars("Documents by words", rows), table("lengths", ["words", "documents"], cells))


def _span(bin_: Row) -> str:
    return f"{bin_['from']} to {bin_['to'] - 1}" if bin_["to"] else f"{bin_['from']} and more"


def _books(report: Row) -> str:
    totals = report["totals"]
    names = ("documents", "duplicates", "filtered", "dead")
    rows = [Bar(name, totals[name], number(totals[name]), _BAD[name == "dead"]) for name in names]
    cells = [[row.name, row.value] for row in rows]
    lead = "The books: every record is one of these. Duplicates are whole: the same source and body."
    return card("What became of the records", lead, bars("Records by outcome", rows), table("books", ["outcome", "records"], cells))


def _clusters(report: Row) -> str:
    clusters = report["clusters"]
    if clusters is None:
        return ""
    rows = [Bar(row["size"], row["clusters"], number(row["clusters"])) for row in clusters["sizes"]]
    cells = [[row["size"], row["clusters"], row["documents"]] for row in clusters["sizes"]]
    largest = [[row["title"] or row["cluster_id"], row["documents"], row["sources"]] for row in clusters["largest"]]
    heading = f"{number(clusters['documents'])} documents in {number(clusters['clusters'])} clusters of nearly the same text."
    return card(
        "Near-duplicates",
        heading,
        bars("Clusters by documents in them", rows),
        table("clusters", ["documents in it", "clusters", "documents"], cells),
        f"<h3>The largest</h3>{table_alone('largest-clusters', ['title', 'documents', 'sources'], largest)}" if largest else "",
    )


def _throughput(report: Row) -> str:
    timed = [run for run in report["runs"] if run["documents_per_s"]][-_RUNS_SHOWN:]
    if not timed:
        return card("Documents a second", "No run was timed.")
    rows = _of_runs(report, timed, lambda run: run["documents_per_s"], "{:,.1f} documents/s")
    cells = [
        [
            _time(run["started_at"])[:16],
            f"{run['documents_per_s']:,.1f}",
            human_bytes(run["bytes_per_s"]),
            human_time(run["seconds"]),
        ]
        for run in reversed(timed)
    ]
    lead = "By run, this one in another colour. A run of few documents is slow: it takes as long to start."
    drawn = columns("Documents a second by run", rows)
    return card("Documents a second", lead, drawn, table("throughput", ["run of", "documents/s", "bytes/s", "time"], cells))


def _of_runs(report: Row, runs: Sequence[Row], value: Callable[[Row], float], shown: str) -> list[Bar]:
    subject = (report["run"] or report["runs"][-1])["run"]
    return [
        Bar(_time(run["started_at"])[:16], value(run), shown.format(value(run)), "this" if run["run"] == subject else "")
        for run in runs
    ]


def _runs(report: Row) -> str:
    shown = report["runs"][-_RUNS_SHOWN:]
    counts = ("inputs", "records", "documents", "duplicates", "filtered", "dead")
    cells = [
        [run["run"], _time(run["started_at"])[:16], *(run[name] for name in counts), share(run["dead"], run["records"])]
        for run in reversed(shown)
    ]
    lead = (
        f"The last {len(shown)} of {_runs_of(report)}." if len(report["runs"]) > len(shown) else "Documents that each run brought."
    )
    drawn = _across("Documents by run", _of_runs(report, shown, lambda run: run["documents"], "{:,} documents"))
    subject = (report["run"] or shown[-1])["run"] if shown else None
    return card("Runs", lead, drawn, table("runs", ["run", "began", *counts, "dead share"], cells, subject))


def _samples(samples: Sequence[Sample]) -> str:
    drawn = "".join(map(_sample, samples)) or '<p class="faint">There are none.</p>'
    lead = (
        "Pages of the largest sources, and those of which least was kept: the page with what was dropped struck out; the article."
    )
    return card("Before and after stripping", lead, drawn)


def _sample(sample: Sample) -> str:
    before = "".join(_block(block["kept"], block["reason"], block["text"]) for block in sample.blocks)
    after = "".join(f'<div class="block kept">{plain(line)}</div>' for line in sample.text.split("\n"))
    title = shortened(sample.title or "(no title)", 90)
    stripped = f"{1 - sample.text_share:.0%}"
    note = f'<p class="faint">{plain(sample.note)}</p>' if sample.note else ""
    return (
        f'<details class="sample"><summary>{plain(sample.source)}: {plain(title)} ({stripped} boilerplate)</summary>'
        f'<p class="faint">{plain(sample.uri)} record {sample.record}</p>{note}'
        f'<div class="sides"><div><h3>Before</h3>{before}</div><div><h3>After</h3>{after}</div></div></details>'
    )


def _block(kept: bool, reason: str, text: str) -> str:
    verdict = "kept" if kept else "dropped"
    return f'<div class="block {verdict}"><small>{verdict}: {plain(reason)}</small><br><span>{plain(text)}</span></div>'


def _time(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _date(date: dt.date, unit: str) -> str:
    return date.isoformat()[: {"month": 7, "year": 4}.get(unit, 10)]

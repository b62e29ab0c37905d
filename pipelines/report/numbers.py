"""The numbers of a report: SQL over the lake, each an aggregate, so that memory is bounded by the sources and not by the rows.

What DuckDB cannot hold it spills to a temporary folder. Texts are never read here.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow.dataset as ds

from broadsheet.pipelines.ingest.run_history import as_table, read_runs
from broadsheet.pipelines.query.query import connect
from broadsheet.schemas.errors import ConfigError
from broadsheet.schemas.tables import DOCUMENTS, REJECTS, Table
from broadsheet.transforms.lake.protocol.delta_tables import dataset_of, files_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake

Row = dict[str, Any]

MOST_SOURCES = 15
"""Rows of a plot: what a phone shows without scrolling twice. The rest is one row, `others`."""

_MEMORY = "1GB"
"""What DuckDB may take before it spills: half of what a nightly run may (deploy/schedule)."""

_LENGTHS = (50, 100, 200, 400, 800, 1600, 3200)
"""Words, doubling from a brief to a long read: lengths are spread over two orders of magnitude."""

_DAILY, _WEEKLY, _MONTHLY = 92, 2 * 366, 120 * 31
"""Days up to which columns are days, weeks, months: at most about 120 columns, as many as a phone has room for."""

_RECORDS = "sum(case when reason similar to 'w?arc_.*' then regexp_extract(message, '^[0-9]+')::bigint else 1 end)"
"""Records that rows of `rejects` represent: a crawl's requests have one row per file (docs/data-model.md)."""


@contextmanager
def opened(lake: Lake, run: str | None = None) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[Row], Row | None]]:
    """Opens a lake for counting.

    Args:
        lake: Which lake.
        run: Beginning of the identifier of the one run that `d` and `r` are limited to.

    Yields:
        A connection with the views `d` (documents), `r` (rejects) and `books` (inputs, each with its run); the runs, oldest
        first; the run that was asked for.

    Raises:
        ConfigError: There is no such run, or more than one.
        LakeError: There is no lake.
    """
    with connect(lake) as connection, tempfile.TemporaryDirectory() as folder:
        connection.execute(f"set memory_limit = '{_MEMORY}'")
        connection.execute("set temp_directory = $folder", {"folder": os.path.join(folder, "spilled")})
        connection.register("ran", as_table(read_runs(lake)))
        connection.execute(
            "create view books as select i.*, coalesce(r.run_id, 'batches of ' || i.committed_at::date) as run "
            "from inputs i left join (select distinct run_id, batch_id from ran where batch_id is not null) r using (batch_id)"
        )
        runs = _runs(connection)
        chosen = _choose(runs, run) if run else None
        for name, table in (("d", DOCUMENTS), ("r", REJECTS)):
            _limit(connection, lake, name, table, chosen)
        yield connection, runs, chosen


def _runs(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Returns the runs, those without any batch too, and one a day for batches that no run was written down for."""
    return rows(
        connection,
        """
        with counted as (
          select run, count(*)::bigint inputs, count(distinct batch_id)::bigint batches, sum(bytes)::bigint bytes,
            sum(records)::bigint records, sum(documents)::bigint documents, sum(duplicates)::bigint duplicates,
            sum(filtered)::bigint filtered, sum(dead)::bigint dead, min(committed_at) first_commit, max(committed_at) last_commit
          from books group by run),
        timed as (
          select run_id run, min(started_at) started_at, max(ended_at) ended_at, sum(seconds) as seconds, max(matched) as matched
          from ran group by run_id)
        select run, coalesce(started_at, first_commit) started_at, coalesce(ended_at, last_commit) ended_at, seconds,
          coalesce(batches, 0) batches, coalesce(inputs, 0) inputs, coalesce(bytes, 0) bytes, coalesce(records, 0) records,
          coalesce(documents, 0) documents, coalesce(duplicates, 0) duplicates, coalesce(filtered, 0) filtered,
          coalesce(dead, 0) dead, documents / nullif(seconds, 0) documents_per_s, bytes / nullif(seconds, 0) bytes_per_s
        from counted full join timed using (run) order by started_at, run
        """,
    )


def _choose(runs: Sequence[Row], name: str) -> Row:
    if name in ("last", "latest") and runs:
        return runs[-1]
    found = [run for run in runs if run["run"].startswith(name)]
    if len(found) != 1:
        what = f"{len(found)} runs begin so" if found else "there is no such run"
        newest = ", ".join(run["run"] for run in runs[-3:]) or "none"
        raise ConfigError(f"--run {name}: {what}; the newest are {newest}")
    return found[0]


def _limit(connection: duckdb.DuckDBPyConnection, lake: Lake, name: str, table: Table, run: Row | None) -> None:
    """Makes a view of a table: of all of it, or of one run's rows.

    A run's rows are those of the files that are named after its batches, as long as these are all there. After a compaction their
    URIs identify them, which includes earlier rows of inputs that were read more than once.
    """
    if run is None:
        connection.execute(f"create view {name} as from {table.name}")
        return
    batches = connection.execute("select distinct batch_id from books where run = $run", {"run": run["run"]}).fetchall()
    beginnings = tuple(f"part-{batch_id[:12]}-" for (batch_id,) in batches)
    handle = open_table(lake, table)
    files = files_of(handle)
    there = sum(
        count
        for path, count in zip(files["path"].to_pylist(), files["num_records"].to_pylist(), strict=True)
        if path.rpartition("/")[2].startswith(beginnings)
    )
    if table is REJECTS or there == run["documents"]:
        dataset = dataset_of(lake, table, handle)
        chosen = [f for f in dataset.get_fragments() if f.path.rpartition("/")[2].startswith(beginnings)] if beginnings else []
        connection.register(name, ds.FileSystemDataset(chosen, dataset.schema, dataset.format, dataset.filesystem))
    else:
        uris = f"select uri from books where run = '{run['run']}'"  # ours: a UUID or a day
        connection.execute(f"create view {name} as from {table.name} where uri in ({uris})")


def count(connection: duckdb.DuckDBPyConnection, run: Row | None) -> Row:
    """Returns all that is counted, for `opened`'s views.

    Args:
        connection: As `opened` yields it.
        run: The run that the views are limited to, if any.
    """
    return {
        "totals": _totals(connection, run),
        "by_date": _by_date(connection),
        "by_source": _by_source(connection),
        "timeline": _timeline(connection),
        "by_language": _top(connection, "language"),
        "rejects": rows(
            connection,
            f"select kind, stage, reason, {_RECORDS}::bigint records, count(*)::bigint as rows from r group by 1, 2, 3 "
            "order by records desc, 1, 2, 3",
        ),
        "date_bases": _top(connection, "date_basis"),
        "published_bases": _top(connection, "coalesce(published_at_basis, 'not known')"),
        "lengths": _lengths(connection),
        "clusters": _clusters(connection),
    }


def rows(connection: duckdb.DuckDBPyConnection, query: str, **values: object) -> list[Row]:
    """Returns a query's rows by name."""
    cursor = connection.execute(query, values or None)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _totals(connection: duckdb.DuckDBPyConnection, run: Row | None) -> Row:
    (totals,) = rows(
        connection,
        """
        select count(*)::bigint documents, coalesce(sum(words), 0)::bigint words, coalesce(sum(chars), 0)::bigint chars,
          count(distinct source)::bigint sources, count(distinct language)::bigint languages, min(date) first_date,
          max(date) last_date from d
        """,
    )
    (books,) = rows(
        connection,
        """
        select count(*)::bigint inputs, coalesce(sum(records), 0)::bigint records,
          coalesce(sum(duplicates), 0)::bigint duplicates, coalesce(sum(filtered), 0)::bigint filtered,
          coalesce(sum(dead), 0)::bigint dead, coalesce(sum(bytes), 0)::bigint bytes, max(committed_at) newest_commit
        from books where $run is null or run = $run
        """,
        run=run["run"] if run else None,
    )
    return {**totals, **books}


def _unit(connection: duckdb.DuckDBPyConnection) -> tuple[str, int]:
    """Returns the unit of the columns of dates, and how many documents have no date."""
    (span,) = rows(connection, "select min(date) first, max(date) last, count(*) filter (date is null)::bigint undated from d")
    days = (span["last"] - span["first"]).days + 1 if span["first"] else 0
    unit = "day" if days <= _DAILY else "week" if days <= _WEEKLY else "month" if days <= _MONTHLY else "year"
    return unit, span["undated"]


def _by_date(connection: duckdb.DuckDBPyConnection) -> Row:
    unit, undated = _unit(connection)
    counted = rows(
        connection,
        f"select date_trunc('{unit}', date)::date as start, count(*)::bigint documents from d where date is not null "
        "group by 1 order by 1",
    )
    return {"unit": unit, "undated": undated, "rows": _without_gaps(counted, unit)}


def _timeline(connection: duckdb.DuckDBPyConnection) -> Row:
    """Returns the documents of the largest sources by date: `unit`, `dates`, and per source its counts in their order."""
    unit, _ = _unit(connection)
    counted = rows(
        connection,
        f"""
        with ranked as (select source as name, row_number() over (order by count(*) desc, source) as rank from d group by source)
        select case when rank <= $most then source end as source, date_trunc('{unit}', date)::date as start,
          count(*)::bigint documents, min(rank) as rank
        from d join ranked on source = name where date is not null group by 1, 2 order by start
        """,
        most=MOST_SOURCES,
    )
    dates = [row["date"] for row in _without_gaps(counted, unit)]
    by_source: dict[str | None, dict[dt.date, int]] = {}
    for row in sorted(counted, key=lambda row: row["rank"]):
        by_source.setdefault(row["source"], {})[row["start"]] = row["documents"]
    found = [{"source": source, "documents": [by.get(date, 0) for date in dates]} for source, by in by_source.items()]
    return {"unit": unit, "dates": dates, "rows": sorted(found, key=lambda row: row["source"] is None)}


def _without_gaps(counted: list[Row], unit: str) -> list[Row]:
    """Returns the counts with the units in between that have no document."""
    found = {row["start"]: row["documents"] for row in counted}
    filled, date = [], counted[0]["start"] if counted else None
    while date is not None and date <= counted[-1]["start"]:
        filled.append({"date": date, "documents": found.get(date, 0)})
        date = _next(date, unit)
    return filled


def _next(date: dt.date, unit: str) -> dt.date:
    if unit in ("day", "week"):
        return date + dt.timedelta(days=1 if unit == "day" else 7)
    months = date.year * 12 + date.month - 1 + (1 if unit == "month" else 12)
    return dt.date(months // 12, months % 12 + 1, 1)


def _by_source(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Returns the largest sources with quartiles of boilerplate and confidence; the others are one row with source NULL."""
    return rows(
        connection,
        """
        with ranked as (select source as name, row_number() over (order by count(*) desc, source) as rank from d group by source)
        select case when rank <= $most then source end as source, count(*)::bigint documents,
          count(distinct name)::bigint sources, sum(words)::bigint words, quantile_cont(1 - text_share, 0.25) low,
          quantile_cont(1 - text_share, 0.5) median, quantile_cont(1 - text_share, 0.75) high,
          count(text_confidence)::bigint judged, quantile_cont(text_confidence, 0.25) confidence_low,
          quantile_cont(text_confidence, 0.5) confidence, quantile_cont(text_confidence, 0.75) confidence_high
        from d join ranked on source = name group by 1 order by min(rank)
        """,
        most=MOST_SOURCES,
    )


def _top(connection: duckdb.DuckDBPyConnection, expression: str) -> list[Row]:
    """Returns how many documents have each value, the most frequent first, the rest as one row whose name is NULL."""
    return rows(
        connection,
        f"""
        with counted as (select {expression} as name, count(*) n from d group by 1),
        ranked as (select *, row_number() over (order by n desc, name) as place from counted)
        select case when place <= $most then name end as name, sum(n)::bigint documents from ranked group by 1 order by min(place)
        """,
        most=MOST_SOURCES,
    )


def _lengths(connection: duckdb.DuckDBPyConnection) -> Row:
    bounds = [0, *_LENGTHS]
    cases = " ".join(f"when words < {bound} then {index}" for index, bound in enumerate(_LENGTHS))
    counted = rows(connection, f"select case {cases} else {len(_LENGTHS)} end as place, count(*)::bigint n from d group by 1")
    found = {row["place"]: row["n"] for row in counted}
    (quantiles,) = rows(
        connection,
        "select quantile_disc(words, 0.05) low, quantile_disc(words, 0.5) median, quantile_disc(words, 0.95) high from d",
    )
    bins = [
        {"from": low, "to": high, "documents": found.get(place, 0)}
        for place, (low, high) in enumerate(zip(bounds, [*_LENGTHS, None], strict=True))
    ]
    return {**quantiles, "bins": bins}


def _clusters(connection: duckdb.DuckDBPyConnection) -> Row | None:
    """Returns the sizes of clusters of near-duplicates and the largest of them; `None` if no document has a cluster."""
    known = {column[0] for column in connection.execute("select * from d limit 0").description or []}
    if "cluster_id" not in known:
        return None
    connection.execute(
        "create or replace temp table clusters as select cluster_id, count(*)::bigint n, count(distinct source)::bigint sources, "
        "arg_min(title, doc_id) title from d where cluster_id is not null group by 1"
    )
    (totals,) = rows(connection, "select count(*)::bigint clusters, coalesce(sum(n), 0)::bigint documents from clusters")
    if not totals["documents"]:
        return None
    sizes = rows(
        connection,
        """select case when n = 1 then '1' when n = 2 then '2' when n <= 5 then '3 to 5' when n <= 10 then '6 to 10'
          else 'over 10' end size, count(*)::bigint clusters, sum(n)::bigint documents from clusters group by 1 order by min(n)""",
    )
    largest = rows(
        connection, "select cluster_id, n documents, sources, title from clusters where n > 1 order by n desc, 1 limit 5"
    )
    return {**totals, "sizes": sizes, "largest": largest}

"""Verify: the log against the files, the books against the tables, every document once.

`--repair` brings interrupted commits to their end and removes what no table knows; it never touches a committed file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import duckdb

from pipelines.lock import exclusive
from pipelines.query import connect
from pipelines.terminal import say
from schemas.errors import LakeError
from schemas.records import PartFile
from schemas.tables import TABLES, Table
from transforms.lake import Lake, compaction, files, plans
from transforms.lake.files import STAGING
from transforms.lake.leftovers import DEAD_AFTER_S, end_dead_runs, unfinished_files, unknown_files
from transforms.lake.parts import check_part
from transforms.lake.tables import files_of, open_table


def verify(path: str, deep: bool = False, repair: bool = False) -> int:
    """Checks a lake, prints what is wrong, and returns the exit code: 0 where nothing is.

    Args:
        path: The lake.
        deep: Also read every file and compare it with the digest in its name.
        repair: First mend what can be mended.

    Raises:
        LakeError: There is no lake.
    """
    lake = Lake.at(path)
    for table in TABLES:
        open_table(lake, table)
    if repair:
        with exclusive(lake, lambda: say("an ingest is writing to this lake; waiting for it to end")):
            for line in mend(lake):
                say(f"mended: {line}")
    faults = list(find_faults(lake, deep))
    for fault in faults:
        say(f"wrong: {fault}")
    if faults:
        count = f"{len(faults):,} fault{'s' if len(faults) > 1 else ''}"
        say(count + ("" if repair else "; interrupted runs are mended by --repair or by the next ingest"))
        return 1
    with connect(lake) as connection:
        counts = [f"{_row(connection, f'select count(*) from {table.name}')[0]:,} {table.name}" for table in TABLES]
    say(f"the lake is in order: {', '.join(counts)}")
    return 0


def find_faults(lake: Lake, deep: bool = False) -> Iterator[str]:
    """Yields what is wrong with a lake, one sentence each."""
    readable = True
    for table in TABLES:
        for fault in _file_faults(lake, table, deep):
            readable = False
            yield fault
        yield from (f"{table.name}/{path} is known to no commit" for path in _orphans(lake, table))
    yield from (f"batch {batch_id} was begun and not ended" for batch_id in plans.unfinished(lake))
    yield from (f"compaction {note.identifier} of {note.table} was begun and not ended" for note in compaction.notes(lake))
    yield from (f"{STAGING}/{name} was never finished" for name in files.listing(lake, STAGING))
    if readable:
        yield from _book_faults(lake)


def mend(lake: Lake) -> Iterator[str]:
    """Ends what was interrupted and removes what no table knows; yields what was done. Needs the lake's lock."""
    yield from end_dead_runs(lake)
    for table in TABLES:
        for path in unknown_files(lake, table):
            files.remove(lake, f"{table.name}/{path}")
            yield f"{table.name}/{path} removed: no commit knows it"
    for name in unfinished_files(lake, 0 if lake.is_local else DEAD_AFTER_S):
        files.remove(lake, f"{STAGING}/{name}")
        yield f"{STAGING}/{name} removed: it was never finished"


def _file_faults(lake: Lake, table: Table, deep: bool) -> Iterator[str]:
    for row in files_of(open_table(lake, table)).select(["path", "size_bytes", "num_records"]).to_pylist():
        stats = json.dumps({"numRecords": row["num_records"]})
        part = PartFile(table.name, row["path"], row["size_bytes"], row["num_records"], stats)
        try:
            check_part(lake, table, part)
        except LakeError as error:
            yield str(error)
            continue
        if deep:
            digest = hashlib.blake2b(files.get(lake, f"{table.name}/{part.path}"), digest_size=8).hexdigest()
            if not part.path.endswith(f"-{digest}.parquet"):
                yield f"{table.name}/{part.path} holds other bytes than its name says"


def _orphans(lake: Lake, table: Table) -> list[str]:
    known = set(files_of(open_table(lake, table))["path"].to_pylist())
    return [name for name in files.listing(lake, table.name) if not name.startswith("_delta_log/") and name not in known]


def _book_faults(lake: Lake) -> Iterator[str]:
    with connect(lake) as connection:
        yield from _unbalanced(connection)
        rows, booked = _row(connection, "select (select count(*) from documents), (select coalesce(sum(documents), 0) from inputs)")
        if rows != booked:
            yield f"documents has {rows:,} rows, the books say {booked:,}"
        (twice,) = _row(connection, "select count(*) from (select doc_id from documents group by doc_id having count(*) > 1)")
        if twice:
            yield f"{twice:,} documents stand in the lake more than once"


def _unbalanced(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    query = "select uri, batch_id from inputs where records != documents + duplicates + filtered + dead"
    for uri, batch_id in connection.execute(query).fetchall():
        yield f"the books of {uri} in batch {batch_id} do not balance"


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    row = connection.execute(query).fetchone()
    if row is None:
        raise LakeError(f"no answer to {query}")
    return row

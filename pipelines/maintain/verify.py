"""Verifies a lake: the log against the files, the counts against the tables, every document once.

`--repair` makes damaged logs readable, brings interrupted commits to their end, and takes lost and damaged files out of the tables,
so that the next ingest reads their inputs again. It never touches a committed file that is sound, and what no table knows is moved
to `_lost`, not removed.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from broadsheet.pipelines.ingest.lake_lock import exclusive
from broadsheet.pipelines.observe.terminal import say
from broadsheet.pipelines.query.query import connect
from broadsheet.schemas.errors import ForeignLakeError, LakeError
from broadsheet.schemas.tables import INPUTS, TABLES, Table
from broadsheet.transforms.lake.index.near_duplicate_index import LEADERS, missing_leaders
from broadsheet.transforms.lake.maintenance import compaction
from broadsheet.transforms.lake.maintenance.doubles import remove_doubles
from broadsheet.transforms.lake.maintenance.log_repair import log_faults, mend_log, tables_without_log
from broadsheet.transforms.lake.maintenance.orphan_files import clear_staging, end_dead_runs, unknown_files
from broadsheet.transforms.lake.maintenance.repair import Fault, Shortage, drop_files, file_faults, find_shortages, settle_books
from broadsheet.transforms.lake.maintenance.restore import put_back
from broadsheet.transforms.lake.maintenance.side_files import damaged_side_files, mend_indexes, mend_side_files
from broadsheet.transforms.lake.protocol import files, plans
from broadsheet.transforms.lake.protocol.delta_tables import create_table, known_paths, open_table
from broadsheet.transforms.lake.protocol.files import STAGING, Lake
from broadsheet.transforms.lake.protocol.replaced_files import left_by_commands, without_replaced


def verify(path: str, deep: bool = False, repair: bool = False) -> int:
    """Checks a lake, prints what is wrong, and returns the exit code: 0 if nothing is.

    Args:
        path: The lake.
        deep: Also read every file and compare it with the digest in its name.
        repair: First mend what can be mended.

    Raises:
        ForeignLakeError: There is no lake.
        LakeError: The log of a table cannot be mended.
    """
    lake = Lake.at(path)
    if len(tables_without_log(lake)) == len(TABLES):
        raise ForeignLakeError(f"there is no lake at {lake.root}: documents/ is not a Delta table")
    if repair:
        with exclusive(lake, lambda: say("an ingest is writing to this lake; waiting for it to end")):
            for line in mend(lake, deep):
                say(f"mended: {line}")
    faults = list(find_faults(lake, deep))
    for fault in faults:
        say(f"wrong: {fault}")
    if faults:
        count = f"{len(faults):,} fault{'s' if len(faults) > 1 else ''}"
        say(count + ("" if repair else "; --repair mends what can be (docs/operations.md)"))
        return 1
    with connect(lake) as connection:
        counts = [f"{_row(connection, f'select count(*) from {table.name}')[0]:,} {table.name}" for table in TABLES]
    say(f"the lake is in order: {', '.join(counts)}")
    return 0


def find_faults(lake: Lake, deep: bool = False) -> Iterator[str]:
    """Yields what is wrong with a lake, one sentence each."""
    unreadable = tables_without_log(lake)
    yield from (f"{table.name}/ has no log" for table in unreadable)
    for table in set(TABLES).difference(unreadable):
        faults = log_faults(lake, table, deep)
        yield from (f"{fault.relative} {fault.message}" for fault in faults)
        try:
            open_table(lake, table)
        except LakeError as error:
            unreadable.append(table)
            if not faults:
                yield str(error)
    yield from (f"{relative} is damaged" for relative in damaged_side_files(lake, deep))
    if not unreadable:
        yield from _table_faults(lake, deep)


def _table_faults(lake: Lake, deep: bool) -> Iterator[str]:
    """Yields what is wrong with a lake whose logs can be read."""
    faulty: dict[str, set[str]] = {}
    for table in TABLES:
        for fault in file_faults(lake, table, deep):
            faulty.setdefault(table.name, set()).add(fault.path)
            yield fault.message
        yield from (f"{table.name}/{path} is known to no commit" for path in _orphans(lake, table))
    yield from (f"batch {batch_id} was begun and not ended" for batch_id in plans.unfinished(lake))
    yield from (f"compaction {note.identifier} of {note.table} was begun and not ended" for note in compaction.notes(lake))
    yield from (f"{STAGING}/{name} was never finished" for name in files.listing(lake, STAGING))
    yield from (_in_words(shortage) for shortage in find_shortages(lake, faulty))
    if not faulty:
        yield from _row_faults(lake)
        missing = missing_leaders(lake) if deep else 0
        if missing:
            yield f"{missing:,} documents lead groups of near duplicates and are not in {LEADERS}/"


def _in_words(shortage: Shortage) -> str:
    if shortage.rejects:
        return f"{shortage.uri}: its {' and '.join(shortage.rejects)} records are not in rejects"
    return f"{shortage.uri}: {shortage.held:,} documents are in the lake, its counts say {shortage.booked:,}"


def mend(lake: Lake, deep: bool = False) -> Iterator[str]:
    """Mends what can be, and yields what was done. Needs the lake's lock.

    Damaged logs are made readable, what was interrupted is ended, files whose commit is lost go back to the tables that miss their
    rows, files that are gone or damaged leave the tables and their inputs are new again. What then belongs to no table is moved to
    `_lost`: it may be the only copy of something.
    """
    for table in TABLES:
        yield from mend_log(lake, table)
    for table in tables_without_log(lake):
        create_table(lake, table)
        yield f"{table.name}/ had no log: an empty table was made"
    yield from mend_side_files(lake, deep)
    yield from end_dead_runs(lake, keep=True)
    faults = {table.name: list(file_faults(lake, table, deep)) for table in TABLES}
    faulty = {name: {fault.path for fault in found} for name, found in faults.items()}
    yield from put_back(lake, faulty)
    yield from _mend_files(lake, faults, faulty)
    doubles = remove_doubles(lake)
    if doubles:
        yield f"{doubles:,} rows of documents were in the lake more than once: one copy of each is left"
    yield from mend_indexes(lake)
    for table in TABLES:
        for path in left_by_commands(lake, table):
            files.remove(lake, f"{table.name}/{path}")
            yield f"{table.name}/{path} was replaced by a command that did not end: removed"
        for path in unknown_files(lake, table):
            kept = files.set_aside(lake, f"{table.name}/{path}")
            yield f"{table.name}/{path} is known to no commit: moved to {kept}"
    yield from (f"{STAGING}/{name} removed: it was never finished" for name in clear_staging(lake))


def _mend_files(lake: Lake, faults: dict[str, list[Fault]], faulty: dict[str, set[str]]) -> Iterator[str]:
    """Takes faulty files out of the tables, the ledger first, and makes the inputs new again that have lost something."""
    shortages = find_shortages(lake, faulty)
    settle_books(lake, shortages, faulty[INPUTS.name])
    for table in TABLES:
        if faults[table.name]:
            drop_files(lake, table, sorted(faulty[table.name]))
            yield from (f"{fault.message}: taken out of {table.name}" for fault in faults[table.name])
    lost = [shortage.uri for shortage in shortages if shortage.is_lost]
    yield from (f"{uri} is new again: ingest it" for uri in lost)
    recovered = len(shortages) - len(lost)
    if recovered:
        yield f"{recovered:,} inputs have lost their counts: they are new again, and their documents are counted again"


def _orphans(lake: Lake, table: Table) -> list[str]:
    """Returns the files that no snapshot knows; what an earlier one knows is left to vacuum."""
    known = known_paths(lake, table)
    there = (name for name in files.listing(lake, table.name) if not name.startswith("_delta_log/"))
    return without_replaced(lake, table, [name for name in there if name.casefold() not in known])


def _row_faults(lake: Lake) -> Iterator[str]:
    with connect(lake) as connection:
        yield from _unbalanced(connection)
        (twice,) = _row(connection, "select count(*) from (select doc_id from documents group by doc_id having count(*) > 1)")
        if twice:
            yield f"{twice:,} documents are in the lake more than once"


def _unbalanced(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    query = "select uri, batch_id from inputs where records != documents + duplicates + filtered + dead"
    for uri, batch_id in connection.execute(query).fetchall():
        yield f"the counts of {uri} in batch {batch_id} do not add up"


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    row = connection.execute(query).fetchone()
    if row is None:
        raise LakeError(f"no answer to {query}")
    return row

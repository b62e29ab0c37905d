"""Puts part files that no commit knows back into the tables, if the counts say that their rows are missing.

A commit that is lost leaves its part files. They may be the only copy of what they hold: the inputs may be gone, and the
ledger calls them read. A file goes back as a whole: none of its rows may be in its table already, and the counts of its inputs must
miss all of them. So a file that a compaction or a reprocess replaced never comes back beside its rows.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet.schemas.errors import LakeError
from broadsheet.schemas.kafka_uris import origin_of
from broadsheet.schemas.records import PartFile
from broadsheet.schemas.tables import DOCUMENTS, INPUTS, REJECTS, Table
from broadsheet.transforms.lake.maintenance.orphan_files import unknown_files
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, files_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import check_part, part_stats
from broadsheet.transforms.lake.protocol.read_columns import columns_of, known_in_files


class _Found(NamedTuple):
    """A sound part file that no commit knows."""

    part: PartFile
    rows: pa.Table


def put_back(lake: Lake, faulty: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Commits the files that fill what the counts miss, and yields what was done; needs the lake's lock.

    Args:
        lake: Where.
        faulty: Paths of damaged and missing files by their table's name. They are not read, and their rows count as missing.
    """
    for table, missing_of in ((DOCUMENTS, _missing_documents), (REJECTS, _missing_rejects), (INPUTS, _missing_books)):
        found = list(_sound(lake, table))
        if not found:
            continue
        chosen = list(_filling(lake, table, found, missing_of(lake, faulty), _readable(lake, table, faulty)))
        if chosen:
            names = "\n".join(sorted(part.path for part in chosen))
            identifier = hashlib.blake2b(f"repair put back {names}".encode(), digest_size=16).hexdigest()
            files.flush(lake)
            commit_parts(lake, table, chosen, identifier, {"broadsheet.operation": "repair"})
            rows = sum(part.rows for part in chosen)
            yield f"{table.name}: {rows:,} rows in {len(chosen):,} files that no commit knew are back in the table"


def _sound(lake: Lake, table: Table) -> Iterator[_Found]:
    """Yields the files that no commit knows, whose bytes are what their names say."""
    for path in unknown_files(lake, table):
        data = files.get(lake, f"{table.name}/{path}")
        if not path.endswith(f"-{hashlib.blake2b(data, digest_size=8).hexdigest()}.parquet"):
            continue
        try:
            rows = pq.ParquetFile(io.BytesIO(data)).read()
            part = PartFile(table.name, path, len(data), rows.num_rows, part_stats(rows))
            check_part(lake, table, part)
        except (LakeError, pa.ArrowException, OSError, ValueError):
            continue
        yield _Found(part, rows)


def _filling(
    lake: Lake, table: Table, found: Iterable[_Found], missing: Counter[tuple[str, str]], paths: list[str]
) -> Iterator[PartFile]:
    """Yields the files all of whose rows are missing, each row once; `paths` are the files of the table that can be read."""
    taken: set[str] = set()
    for part, rows in found:
        wanted = _counts(table, part, rows)
        if not all(missing[key] >= count > 0 for key, count in wanted.items()):
            continue
        if table is not INPUTS:
            ids = rows.column(table.key_columns[0]).combine_chunks()
            if taken.intersection(ids.to_pylist()) or known_in_files(lake, table, paths, table.key_columns[0], pc.unique(ids)):
                continue
            taken.update(ids.to_pylist())
        missing.subtract(wanted)
        yield part


def _counts(table: Table, part: PartFile, rows: pa.Table) -> Mapping[tuple[str, str], int]:
    """Returns how many rows of each input a file brings; of `inputs` how many documents it has books of."""
    uris = [origin_of(uri) for uri in rows["uri"].to_pylist()]
    if table is INPUTS:
        counts: Counter[tuple[str, str]] = Counter()
        for uri, documents in zip(uris, rows["documents"].to_pylist(), strict=True):
            counts[uri, ""] += documents
        return counts
    kind = part.path.partition("/")[0].partition("=")[2] if table is REJECTS else ""
    return Counter((uri, kind) for uri in uris)


_Faulty = Mapping[str, Collection[str]]


def _missing_documents(lake: Lake, faulty: _Faulty) -> Counter[tuple[str, str]]:
    return _booked(lake, "documents", "", faulty) - _held(lake, DOCUMENTS, faulty)


def _missing_books(lake: Lake, faulty: _Faulty) -> Counter[tuple[str, str]]:
    return _held(lake, DOCUMENTS, faulty) - _booked(lake, "documents", "", faulty)


def _missing_rejects(lake: Lake, faulty: _Faulty) -> Counter[tuple[str, str]]:
    booked = _booked(lake, "filtered", "filtered", faulty) + _booked(lake, "dead", "dead", faulty)
    return booked - _held(lake, REJECTS, faulty)


def _booked(lake: Lake, column: str, kind: str, faulty: _Faulty) -> Counter[tuple[str, str]]:
    """Returns a sum of the counts for each input."""
    paths = _readable(lake, INPUTS, faulty)
    if not paths:
        return Counter()
    booked = columns_of(lake, INPUTS, paths, ("uri", column))
    with duckdb.connect() as connection:
        connection.register("booked", booked)
        rows = connection.sql(f"select uri, sum({column})::bigint from booked group by uri").fetchall()
    counts: Counter[tuple[str, str]] = Counter()
    for uri, count in rows:
        counts[origin_of(uri), kind] += count
    return counts


def _held(lake: Lake, table: Table, faulty: _Faulty) -> Counter[tuple[str, str]]:
    """Returns how many rows of each input a table has."""
    counts: Counter[tuple[str, str]] = Counter()
    for path in _readable(lake, table, faulty):
        kind = path.partition("/")[0].partition("=")[2] if table is REJECTS else ""
        counts.update((origin_of(uri), kind) for uri in columns_of(lake, table, [path], ("uri",))["uri"].to_pylist())
    return counts


def _readable(lake: Lake, table: Table, faulty: _Faulty) -> list[str]:
    """Returns the files of a table that are not faulty."""
    return [path for path in files_of(open_table(lake, table))["path"].to_pylist() if path not in faulty.get(table.name, ())]

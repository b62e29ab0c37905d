"""Repairs tables: committed files that are gone or damaged leave them, and the inputs they came from become new again.

The counts show which inputs those are: an input with fewer documents in the readable files than its counts say has lost some.
Its row of the ledger then says what is still there, under a fingerprint that no input has; so the next ingest reads it again,
and finds as duplicates what was not lost. An input's books and its rows agree at every moment after that.

The ledger is written first and the files leave the tables last. After a kill in between the same is found again, or nothing is
left to be found.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import duckdb
import pyarrow as pa

from broadsheet.schemas.errors import LakeError
from broadsheet.schemas.kafka_uris import KAFKA, origin_of
from broadsheet.schemas.records import InputCounts, PartFile
from broadsheet.schemas.tables import DOCUMENTS, INPUTS, REJECTS, Table
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, files_of, open_table, replace_parts
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import check_part, write_part
from broadsheet.transforms.lake.protocol.read_columns import columns_of

LOST = "lost"
"""The fingerprint of an input that is to be read again: sizes and times are digits."""

_ORIGIN = f"case when starts_with(uri, '{KAFKA}') then split_part(uri, '?', 1) else uri end"
"""`schemas.kafka_uris.origin_of` in SQL: the rows of a topic have their partition's URI, its counts that of a range."""

_BOOKS = tuple(name for name in InputCounts._fields)


class Fault(NamedTuple):
    """A committed file that is not what it was."""

    path: str
    message: str


class Shortage(NamedTuple):
    """An input whose books and rows differ."""

    uri: str
    booked: int
    """Documents by its counts."""
    held: int
    """Documents of it in the readable files."""
    rejects: tuple[str, ...] = ()
    """Kinds of rejects in its counts of which none is left."""

    @property
    def is_lost(self) -> bool:
        """Returns whether it has to be read again; otherwise only its counts are lost."""
        return self.held < self.booked or bool(self.rejects)


def file_faults(lake: Lake, table: Table, deep: bool) -> Iterator[Fault]:
    """Yields the committed files of a table that are gone or are not what was committed.

    Args:
        lake: Where.
        table: Which table.
        deep: Also compare each file's bytes with the digest in its name.
    """
    for row in files_of(open_table(lake, table)).select(["path", "size_bytes", "num_records"]).to_pylist():
        stats = json.dumps({"numRecords": row["num_records"]})
        part = PartFile(table.name, row["path"], row["size_bytes"], row["num_records"], stats)
        try:
            check_part(lake, table, part)
        except LakeError as error:
            yield Fault(part.path, str(error))
            continue
        if deep:
            digest = hashlib.blake2b(files.get(lake, f"{table.name}/{part.path}"), digest_size=8).hexdigest()
            if not part.path.endswith(f"-{digest}.parquet"):
                yield Fault(part.path, f"{table.name}/{part.path} holds other bytes than its name says")


def find_shortages(lake: Lake, faulty: dict[str, set[str]]) -> list[Shortage]:
    """Returns the inputs whose books and rows differ, in order, by the files that are not faulty.

    Rejects are looked at where one of their files is faulty only: a replay takes rows out of `rejects` that were booked.

    Args:
        lake: Where.
        faulty: Paths of faulty files by their table's name.
    """
    rejects = _readable(lake, REJECTS, faulty, ("uri",)) if faulty.get(REJECTS.name) else None
    with duckdb.connect() as connection:
        connection.register("held", _readable(lake, DOCUMENTS, faulty, ("uri",)))
        connection.register("booked", _readable(lake, INPUTS, faulty, ("uri", "documents", "filtered", "dead")))
        found = connection.sql(
            f"with b as (select {_ORIGIN} as uri, sum(documents)::bigint as n from booked group by all), "
            "h as (select uri, count(*) as n from held group by uri) "
            "select uri, coalesce(b.n, 0) as booked, coalesce(h.n, 0) as held from b full join h using (uri) "
            "where coalesce(b.n, 0) != coalesce(h.n, 0)"
        ).fetchall()
        shortages = {uri: Shortage(uri, booked, held) for uri, booked, held in found}
        if rejects is not None:
            connection.register("refused", rejects)
            for kind in ("filtered", "dead"):
                missing = connection.sql(
                    f"select {_ORIGIN} as uri, sum(documents)::bigint from booked group by all having sum({kind}) > 0 "
                    f"and {_ORIGIN} not in (select uri from refused where kind = '{kind}')"
                ).fetchall()
                for uri, documents in missing:
                    known = shortages.get(uri, Shortage(uri, documents, documents))
                    shortages[uri] = known._replace(rejects=(*known.rejects, kind))
    return [shortages[uri] for uri in sorted(shortages)]


def _readable(lake: Lake, table: Table, faulty: dict[str, set[str]], columns: Sequence[str]) -> pa.Table:
    """Returns columns of a table's sound files; of `rejects` also the kind, which is in the path."""
    chosen = [path for path in files_of(open_table(lake, table))["path"].to_pylist() if path not in faulty.get(table.name, ())]
    if table is not REJECTS:
        return columns_of(lake, table, chosen, columns) if chosen else _empty(table, columns)
    tables = [_empty(table, (*columns, "kind"))]
    for folder in sorted({path.partition("/")[0] for path in chosen}):
        rows = columns_of(lake, table, [path for path in chosen if path.startswith(f"{folder}/")], columns)
        tables.append(rows.append_column("kind", pa.array([folder.partition("=")[2]] * rows.num_rows, pa.string())))
    return pa.concat_tables(tables, promote_options="permissive")


def _empty(table: Table, columns: Sequence[str]) -> pa.Table:
    return pa.schema([table.schema.field(name) for name in columns]).empty_table()


def settle_books(lake: Lake, shortages: Sequence[Shortage], faulty: set[str]) -> None:
    """Corrects the ledger: inputs that lost documents or rejects are new again, and inputs that lost their counts get them.

    Args:
        lake: Where.
        shortages: The inputs whose books and rows differ.
        faulty: Paths of faulty files of `inputs`; left as they are.
    """
    lost = {shortage.uri: shortage for shortage in shortages if shortage.is_lost}
    settled: set[str] = set()
    if lost:
        snapshot = files_of(open_table(lake, INPUTS)).select(["path", "partition.committed_at"]).to_pylist()
        for row in sorted(snapshot, key=lambda row: row["path"]):
            if row["path"] in faulty:
                continue
            rows = columns_of(lake, INPUTS, [row["path"]], _BOOKS).to_pylist()
            if not any(origin_of(item["uri"]) in lost for item in rows):
                continue
            books = [_settled(InputCounts(**item), lost, settled) for item in rows]
            identifier = _identifier("ledger", [row["path"]])
            part = write_part(lake, INPUTS, "", identifier, 0, books)
            metadata = {"broadsheet.operation": "repair"}
            stamp = row["partition.committed_at"]
            replace_parts(lake, INPUTS, [part], [row["path"]], identifier, metadata, same_rows=False, committed_at=stamp)
    unbooked = [shortage for shortage in shortages if shortage.held > shortage.booked]
    if unbooked:
        identifier = _identifier("books", [f"{item.uri} {item.held} {item.booked}" for item in unbooked])
        books = [_recovered(item, identifier) for item in unbooked]
        commit_parts(
            lake, INPUTS, [write_part(lake, INPUTS, "", identifier, 0, books)], identifier, {"broadsheet.operation": "repair"}
        )


def _settled(books: InputCounts, lost: dict[str, Shortage], settled: set[str]) -> InputCounts:
    """Returns an input's books as they are, or where it lost something, of what is left; the first row of an input has it all."""
    origin = origin_of(books.uri)
    shortage = lost.get(origin)
    if shortage is None:
        return books
    documents = 0 if origin in settled else shortage.held
    settled.add(origin)
    filtered = 0 if "filtered" in shortage.rejects else books.filtered
    dead = 0 if "dead" in shortage.rejects else books.dead
    records = documents + filtered + dead
    return books._replace(fingerprint=LOST, records=records, documents=documents, duplicates=0, filtered=filtered, dead=dead)


def _recovered(shortage: Shortage, identifier: str) -> InputCounts:
    """Returns books of the documents whose books are lost."""
    documents = shortage.held - shortage.booked
    return InputCounts(shortage.uri, LOST, identifier, documents, documents, 0, 0, 0, 0)


def drop_files(lake: Lake, table: Table, paths: Sequence[str]) -> None:
    """Takes faulty files out of a table; what is left of them is kept in `_lost`."""
    replace_parts(lake, table, [], paths, _identifier("drop", paths), {"broadsheet.operation": "repair"}, same_rows=False)
    for path in paths:
        if files.size_of(lake, f"{table.name}/{path}") is not None:
            files.set_aside(lake, f"{table.name}/{path}")


def _identifier(what: str, names: Iterable[str]) -> str:
    """Returns the identifier of a repair's commit, so that the same repair is made once."""
    return hashlib.blake2b(
        "\n".join([f"repair {what}", *sorted(names)]).encode("utf-8", "surrogateescape"), digest_size=16
    ).hexdigest()

"""Removes all copies but one of documents that are in a lake more than once.

The rows are removed through the commit protocol, under a manifest of their own: what is left of the files, and books that count
each copy as the duplicate that it is. So a repair that was killed is carried on as a batch is.
"""

from __future__ import annotations

import hashlib
from collections import Counter

import duckdb
import pyarrow as pa

from broadsheet.schemas.kafka_uris import origin_of
from broadsheet.schemas.records import InputCounts
from broadsheet.schemas.tables import DOCUMENTS, INPUTS
from broadsheet.transforms.lake.protocol import files, plans
from broadsheet.transforms.lake.protocol.batches import close, finish
from broadsheet.transforms.lake.protocol.delta_tables import files_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part
from broadsheet.transforms.lake.protocol.plans import Manifest
from broadsheet.transforms.lake.protocol.read_columns import columns_of
from broadsheet.transforms.lake.protocol.rows_to_replace import rewrite_without


def remove_doubles(lake: Lake) -> int:
    """Removes all but the first copy of each document, in order of uri and record; returns how many rows that were.

    Needs the lake's lock, and files that can be read.
    """
    handle = open_table(lake, DOCUMENTS)
    paths = files_of(handle)["path"].to_pylist()
    extra = _extra_copies(lake, paths)
    if not extra.num_rows:
        return 0
    said = "\n".join(f"{row['path']} {row['place']}" for row in extra.to_pylist())
    identifier = hashlib.blake2b(f"repair doubles {handle.version()} {said}".encode(), digest_size=16).hexdigest()
    parts, replaced = [], []
    for index, path in enumerate(sorted(set(extra["path"].to_pylist()))):
        places = [row["place"] for row in extra.to_pylist() if row["path"] == path]
        part = rewrite_without(lake, DOCUMENTS, path, places, f"part-{identifier[:12]}-once{index:05d}")
        replaced.append(path)
        if part.rows:
            parts.append(part)
    books = _books(lake, Counter(origin_of(uri) for uri in extra["uri"].to_pylist()), identifier)
    parts.append(write_part(lake, INPUTS, "", identifier, 0, books))
    sums = {"inputs": len(books), "records": 0, "documents": -extra.num_rows, "duplicates": extra.num_rows}
    manifest = Manifest(
        identifier,
        handle.version(),
        sorted(parts),
        {**sums, "filtered": 0, "dead": 0, "bytes": 0},
        {DOCUMENTS.name: replaced},
    )
    files.flush(lake)
    plans.write_manifest(lake, manifest)
    close(lake, finish(lake, manifest))
    return extra.num_rows


def _extra_copies(lake: Lake, paths: list[str]) -> pa.Table:
    """Returns where the copies are that go: `path`, `place` (the row's number in its file) and `uri`."""
    found = []
    for path in sorted(paths):
        rows = columns_of(lake, DOCUMENTS, [path], ("doc_id", "uri", "record"))
        rows = rows.append_column("path", pa.array([path] * rows.num_rows, pa.string()))
        found.append(rows.append_column("place", pa.array(range(rows.num_rows), pa.int64())))
    if not found:
        return pa.table({"path": [], "place": [], "uri": []})
    with duckdb.connect() as connection:
        connection.register("held", pa.concat_tables(found))
        return connection.sql(
            "select path, place, uri from held "
            "qualify row_number() over (partition by doc_id order by uri, record, path, place) > 1 order by path, place"
        ).to_arrow_table()


def _books(lake: Lake, copies: Counter[str], identifier: str) -> list[InputCounts]:
    """Returns books that turn so many documents of each input to duplicates; an input keeps its fingerprint."""
    paths = files_of(open_table(lake, INPUTS))["path"].to_pylist()
    known: dict[str, tuple[str, str]] = {}
    if paths:
        rows = columns_of(lake, INPUTS, sorted(paths), ("uri", "fingerprint"))
        for uri, fingerprint in zip(rows["uri"].to_pylist(), rows["fingerprint"].to_pylist(), strict=True):
            known.setdefault(origin_of(uri), (uri, fingerprint))
    return [
        InputCounts(*known.get(origin, (origin, "lost")), identifier, 0, -count, count, 0, 0, 0)
        for origin, count in sorted(copies.items())
    ]

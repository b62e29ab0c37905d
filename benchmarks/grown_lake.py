"""A lake as many batches leave it, made in minutes instead of hours.

Only what the cost of a later batch can depend on is there, at its true number: files, partitions, log entries, identifiers, leaders
and the rows of the ledger. Bodies are short, since no batch reads them again.

Two layouts. *sorted*: inputs follow their sources, as where each source has its folder: a batch has few partitions. *spread*: each
batch has all partitions, as where inputs follow the crawler; there all batches' files are the first one's under other names.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator
from itertools import accumulate

import numpy as np

from benchmarks.generate import DAYS, FIRST_DAY, source_of
from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.records import TEXT, Document, InputCounts, Origin, Page, PartFile
from broadsheet.schemas.tables import DOCUMENTS, INPUTS
from broadsheet.transforms.dedup.minhash import BINS
from broadsheet.transforms.document import make_document
from broadsheet.transforms.lake.index.doc_id_index import write_identifiers
from broadsheet.transforms.lake.index.near_duplicate_index import Leaders, write_leaders
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, create_tables
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part

SORTED, SPREAD = "sorted", "spread"
_BODY = "The council agreed on Monday to mend the old bridge before winter, said the engineer. " * 4


def grow(lake: Lake, documents: int, partitions: int, batches: int, layout: str) -> None:
    """Makes the lake, batch by batch.

    Args:
        lake: Where; nothing is there yet.
        documents: How many.
        partitions: Over how many (source, day) pairs.
        batches: In how many commits.
        layout: `SORTED` or `SPREAD`.
    """
    create_tables(lake)
    model = make_document(Page(Origin("grown", 0), _BODY, TEXT, "utf-8", "utf-8", 0.0))
    size, random = documents // batches, np.random.default_rng(0)
    first: list[PartFile] = []
    for batch in range(batches):
        batch_id = hashlib.blake2b(f"grown {batch}".encode(), digest_size=16).hexdigest()
        numbers = range(batch * size, (batch + 1) * size)
        if layout == SPREAD and first:
            parts = [_link(lake, part, batch_id) for part in first]
        else:
            rows = [_row(model, number, _partition(number, documents, partitions, layout)) for number in numbers]
            parts = list(_write(lake, batch_id, rows))
            first = first or parts
        ids = np.array([_id(number) for number in numbers], "S32")
        write_identifiers(lake, batch_id, _dealt_out(parts, list(map(_id, numbers))))
        write_leaders(lake, batch_id, Leaders(ids, random.integers(0, 256, (size, BINS), np.uint8)))
        commit_parts(lake, DOCUMENTS, parts, batch_id, {})
        books = [InputCounts(f"/grown/{number:08d}.txt", f"5000-{number}", batch_id, 1, 1, 0, 0, 0, 5000) for number in numbers]
        commit_parts(lake, INPUTS, [write_part(lake, INPUTS, "", batch_id, 0, books)], batch_id, {})


def _partition(number: int, documents: int, partitions: int, layout: str) -> int:
    return number * partitions // documents if layout == SORTED else number % partitions


def _id(number: int) -> str:
    return hashlib.blake2b(str(number).encode(), digest_size=16).hexdigest()


def _row(model: Document, number: int, partition: int) -> Document:
    source, day = divmod(partition, DAYS)
    return model._replace(
        doc_id=_id(number), uri=f"/grown/{number:08d}.txt", source=source_of(source), date=FIRST_DAY + dt.timedelta(days=day)
    )


def _write(lake: Lake, batch_id: str, rows: list[Document]) -> Iterator[PartFile]:
    folder_to_rows: dict[str, list[Document]] = {}
    for row in rows:
        folder = partition_path({"source": row.source, "date": row.date.isoformat() if row.date else None})
        folder_to_rows.setdefault(folder, []).append(row)
    for folder, some in sorted(folder_to_rows.items()):
        yield write_part(lake, DOCUMENTS, folder, batch_id, 0, some)


def _dealt_out(parts: list[PartFile], ids: list[str]) -> dict[str, list[str]]:
    ends = list(accumulate(part.rows for part in parts))
    return {part.path: ids[end - part.rows : end] for part, end in zip(parts, ends, strict=True)}


def _link(lake: Lake, part: PartFile, batch_id: str) -> PartFile:
    folder, _, name = part.path.rpartition("/")
    path = f"{folder}/part-{batch_id[:12]}{name[len('part-') + 12 :]}"
    os.link(lake.path(DOCUMENTS.name, part.path), lake.path(DOCUMENTS.name, path))
    return part._replace(path=path)

"""Samples: a few pages before and after stripping, read again from where they came from.

A lake holds articles, not pages, so the page is read again; if it is gone, is on a server or has changed, the sample says so.
What is read is bounded: files, bytes and records.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any, NamedTuple, Optional

import duckdb

from broadsheet.pipelines.explain.explain import explain
from broadsheet.pipelines.inputs.match_inputs import match_inputs
from broadsheet.pipelines.report.numbers import Row, rows
from broadsheet.schemas.errors import BroadsheetError
from broadsheet.schemas.records import RawRecord
from broadsheet.transforms.read.open_input import WEB
from broadsheet.transforms.read.read_records import ReadOptions, read_records

_LARGEST, _LEAST = 4, 2
"""Samples of the largest sources, and of the pages of which least was kept: where stripping errs it is seen there."""

_MOST_BYTES = 64_000_000
_MOST_RECORDS = 20_000
"""What is read of one file: seconds, not minutes."""

_BLOCKS, _CHARACTERS = 60, 400
"""What is shown of one page: enough to judge by."""


class Sample(NamedTuple):
    """One document and the page it was taken from."""

    uri: str
    record: int
    source: str
    title: Optional[str]
    text_share: float
    text: str
    """The beginning of the body, as it is in the lake."""
    blocks: list[dict[str, Any]]
    """The page's blocks, kept or dropped and why; none where the page cannot be had."""
    note: str
    """Why there are no blocks, or what readers should know of them; "" if nothing."""


def take_samples(connection: duckdb.DuckDBPyConnection) -> list[Sample]:
    """Returns samples of the documents in `d`: always the same ones of the same documents.

    Args:
        connection: As `report.numbers.opened` yields it.
    """
    columns = "uri, record, source, title, text_share, doc_id"
    packed = "{'uri': uri, 'record': record, 'source': source, 'title': title, 'text_share': text_share, 'doc_id': doc_id}"
    largest = rows(
        connection, f"select arg_min({packed}, doc_id) s from d group by source order by count(*) desc, source limit {_LARGEST}"
    )
    least = rows(connection, f"select {columns} from d order by text_share, doc_id limit {_LEAST}")
    chosen = {row["doc_id"]: row for row in [*(row["s"] for row in largest), *least]}
    texts = rows(
        connection,
        f"select doc_id, substr(text, 1, {_BLOCKS * _CHARACTERS}) as text from d where list_contains($ids, doc_id)",
        ids=list(chosen),
    )
    by_id = {row["doc_id"]: row["text"] for row in texts}
    return [_sample(row, by_id[doc_id]) for doc_id, row in chosen.items()]


def _sample(row: Row, text: str) -> Sample:
    blocks: list[dict[str, Any]] = []
    try:
        record = _read(row["uri"], row["record"])
        note = "" if isinstance(record, RawRecord) else record
        if isinstance(record, RawRecord):
            origin = record.origin._replace(source=row["source"], source_basis="flag")
            explanation = explain(record._replace(origin=origin))
            blocks = [block for block in explanation.get("blocks", []) if block["text"].strip()]
            if not blocks or explanation["fields"]["doc_id"]["value"] != row["doc_id"]:
                note = "The page, or the rules, have changed since it was read: this is how it would be stripped now."
    except (BroadsheetError, OSError) as error:
        note = f"The page cannot be read any more: {error}"
    shown = [{**block, "text": block["text"][:_CHARACTERS]} for block in blocks[:_BLOCKS]]
    return Sample(row["uri"], row["record"], row["source"], row["title"], row["text_share"], text, shown, note)


def _read(uri: str, number: int) -> RawRecord | str:
    """Returns a record of a file, or why it is not read."""
    if uri.startswith(WEB):
        return "The page lies on a web server, which a report does not ask."
    (item,) = match_inputs([uri], Counter())
    if item.size > _MOST_BYTES or number >= _MOST_RECORDS:
        return "The page lies too deep in a large file to be read for a sample."
    for found in islice(read_records(item, ReadOptions()), number, number + 1):
        if isinstance(found, RawRecord):
            return found
    return "Its file holds no such record any more."

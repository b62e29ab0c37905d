"""Rows made by hand, for tests that need a lake and no articles."""

import datetime as dt
from typing import Any

from broadsheet.schemas.records import Document, InputCounts, Reject
from broadsheet.transforms.lake.protocol.plans import Plan
from broadsheet.transforms.write.document_row import document_id

_DAY = dt.date(2024, 5, 14)


def document(uri: str = "/pages/a.txt", text: str = "", **fields: Any) -> Document:
    """Returns a document; its body is its uri if no text is given."""
    body = text or f"The article of {uri}."
    source = fields.get("source", "paper.example")
    given = {
        "uri": uri,
        "record": 0,
        "source": source,
        "source_basis": "path",
        "date": _DAY,
        "date_basis": "published",
        "text": body,
    }
    known = {
        "doc_id": document_id(source, body),
        "authors": [],
        "captions": [],
        "tags": [],
        "languages": [],
        "language": "en",
        "language_confidence": 1.0,
        "content_type": "text/plain",
        "encoding": "utf-8",
        "encoding_basis": "utf-8",
        "replacement_share": 0.0,
        "chars": len(body),
        "words": len(body.split()),
        "text_share": 1.0,
        "rules_version": "1",
    }
    return Document(**{**dict.fromkeys(Document._fields), **known, **given, **fields})


def reject(uri: str = "/pages/b.txt", **fields: Any) -> Reject:
    """Returns a dead letter of the reader."""
    return Reject(f"{uri}-id", uri, 0, "read", "dead", "empty", "no bytes", b"", "text/plain")._replace(**fields)


def input_books(uri: str, batch_id: str, documents: int = 0, dead: int = 0) -> InputCounts:
    """Returns the counts of one input, which add up."""
    return InputCounts(uri, "10-1", batch_id, documents + dead, documents, 0, 0, dead, 10)


def plan_of(batch_id: str, **fields: Any) -> Plan:
    """Returns the plan of a batch; fields that are not given are 0 or empty."""
    nothing = {"rules_version": "1", "read_options": {}, "choices": {}}
    return Plan(**{**dict.fromkeys(Plan._fields, 0), **nothing, **fields, "batch_id": batch_id})

"""Explain: what becomes of one file, line by line and field by field.

The same functions as in the pipeline, called one after the other; nothing is written.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from typing import Any

from rich.console import Console
from rich.text import Text

from pipelines.match import match_inputs
from pipelines.query import visible
from schemas.errors import RecordError
from schemas.records import Article, Document, Metadata, RawRecord
from transforms.boilerplate import strip
from transforms.decode import decode
from transforms.document import make_row
from transforms.language import detect_language
from transforms.metadata import extract
from transforms.read import ReadOptions, read_records

_FIELDS = (
    "title", "subtitle", "authors", "published_at", "modified_at", "crawled_at", "section", "tags", "agency", "place",
    "external_id", "site_name", "canonical_url", "image",
)  # fmt: skip


def print_explanation(path: str, source: str | None, as_json: bool = False) -> None:
    """Prints what becomes of each record of a file.

    Raises:
        ConfigError: The file does not exist, or has a name that no reader knows.
    """
    for item in match_inputs([os.path.abspath(path)], Counter()):
        for found in read_records(item, ReadOptions(source=source)):
            explanation = explain(found) if isinstance(found, RawRecord) else _refused("read", *found)
            if as_json:
                print(json.dumps(explanation, ensure_ascii=False, default=str, indent=1))
            else:
                _print(explanation)


def explain(record: RawRecord) -> dict[str, Any]:
    """Returns what becomes of one record: its blocks and fields, or the stage that refuses it and why."""
    try:
        page = decode(record)
    except RecordError as error:
        return _refused("decode", record, error)
    try:
        article = detect_language(strip(page))
    except RecordError as error:
        return _refused("strip", record, error)
    metadata = extract(article)
    return _accepted(article, metadata, make_row(article, metadata))


def _refused(stage: str, record: RawRecord, error: RecordError) -> dict[str, Any]:
    return {"uri": record.uri, "record": record.record, "stage": stage, "reason": error.reason, "message": error.message}


def _accepted(article: Article, metadata: Metadata, row: Document) -> dict[str, Any]:
    words = {item.field: item.words for item in metadata.evidence}
    fields = {}
    for name in _FIELDS:
        value = getattr(row, name)
        if value not in (None, []):
            fields[name] = {"value": value, "basis": getattr(row, f"{name}_basis"), "words": words.get(name)}
    return {
        "uri": row.uri,
        "record": row.record,
        "blocks": [block._asdict() for block in article.blocks],
        "fields": fields,
        "source": {"value": row.source, "basis": row.source_basis},
        "date": {"value": row.date, "basis": row.date_basis},
        "language": {
            "value": row.language,
            "confidence": row.language_confidence,
            "agreed": row.language_agreed,
            "languages": [share._asdict() for share in row.languages],
        },
        "encoding": {"value": row.encoding, "basis": row.encoding_basis, "replacement_share": row.replacement_share},
        "doc_id": row.doc_id,
    }


def _print(explanation: dict[str, Any]) -> None:
    console = Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())
    console.print(Text(f"{visible(explanation['uri'])} record {explanation['record']}", style="bold"))
    if "reason" in explanation:
        console.print(
            Text(f"  refused by {explanation['stage']}: {explanation['reason']}: {visible(explanation['message'])}", style="red")
        )
        return
    for block in explanation["blocks"]:
        mark, style = ("+", "green") if block["kept"] else ("-", "dim")
        score = "" if block["score"] is None else f" {block['score']:.2f}"
        head = f"{block['line']:5d} {mark} {block['reason']}{score}"
        console.print(Text(f"{head:<32}{_shortened(block['text'])}", style=style), no_wrap=True)
    console.print()
    _print_field(console, "source", explanation["source"])
    _print_field(console, "date", explanation["date"])
    for name, field in explanation["fields"].items():
        _print_field(console, name, field)
    language = explanation["language"]
    shares = ", ".join(f"{share['language']} {share['share']:.0%}" for share in language["languages"][1:])
    note = f"confidence {language['confidence']:.2f}" + (f", also {shares}" if shares else "")
    _print_field(console, "language", {"value": language["value"], "basis": note})
    _print_field(console, "encoding", explanation["encoding"])
    _print_field(console, "doc_id", {"value": explanation["doc_id"], "basis": "source and normalised body"})


def _print_field(console: Console, name: str, field: dict[str, Any]) -> None:
    value = ", ".join(field["value"]) if isinstance(field["value"], list) else field["value"]
    line = Text(f"{name:>14}  {visible(str('NULL' if value is None else value))}  ")
    line.append(f"({field['basis']}{_quoted(field.get('words'))})", style="dim")
    console.print(line)


def _quoted(words: str | None) -> str:
    return f": “{_shortened(words, 80)}”" if words else ""


def _shortened(text: str, width: int = 160) -> str:
    text = visible(text)
    return text if len(text) <= width else f"{text[: width - 1]}…"

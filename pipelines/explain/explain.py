"""Shows what becomes of one file, line by line and field by field.

It calls the same functions as the pipeline, one after the other. Nothing is written.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import Any, NamedTuple

from rich.console import Console
from rich.text import Text

from broadsheet.pipelines.explain.explain_html import render_html
from broadsheet.pipelines.inputs.match_inputs import match_inputs
from broadsheet.pipelines.observe.terminal import say, to_json, visible, write_utf8
from broadsheet.schemas.errors import ConfigError, RecordError
from broadsheet.schemas.reasons import TEMPLATE
from broadsheet.schemas.records import Article, Block, Document, Metadata, RawRecord
from broadsheet.transforms.boilerplate.strip_boilerplate import EXTRACTORS
from broadsheet.transforms.boilerplate.templates.strip_with_templates import NOTHING_LEARNED, Templates, strip_templated
from broadsheet.transforms.boilerplate.templates.template_lines import Template, line_key
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.filters.screen_pages import screen
from broadsheet.transforms.lake.index.learned_templates import learned, newest
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.language.detect_language import detect_language
from broadsheet.transforms.limits import DEFAULT_LIMITS, ResourceLimits
from broadsheet.transforms.metadata.bounds import bounded
from broadsheet.transforms.metadata.extract_metadata import extract, latest_instant
from broadsheet.transforms.metadata.scored_candidates import scored_candidates
from broadsheet.transforms.read.read_records import ReadOptions, read_records
from broadsheet.transforms.write.document_row import make_row

_AGREED = {None: "", True: ", a second detector agrees", False: ", a second detector disagrees"}

_FIELDS = (
    "title", "subtitle", "authors", "published_at", "modified_at", "crawled_at", "section", "tags", "agency", "place",
    "external_id", "site_name", "canonical_url", "image",
)  # fmt: skip


MOST_CANDIDATES = 5
"""How many candidates of a field are shown, in JSON."""
NONE_CHOSEN = "none of the candidates"


class Stages(NamedTuple):
    """The options of the stages after the reader."""

    respect_opt_out: bool = False
    blocklist: frozenset[str] = frozenset()
    extractor: str = "blocks"
    language_backend: str = "fast"
    templates: Templates = NOTHING_LEARNED
    limits: ResourceLimits = DEFAULT_LIMITS


def print_explanation(path: str, options: ReadOptions, stages: Stages, style: str = "terminal", record: int | None = None) -> None:
    """Prints what becomes of each record of a file.

    Args:
        path: The file.
        options: How it is read.
        stages: The options of the stages after the reader.
        style: `terminal`, `json` (one object per record) or `html` (one page).
        record: The ordinal of the only record to explain; `None` explains all.

    Raises:
        ConfigError: The file does not exist, has a name that no reader supports, or has no such record.
    """
    explanations = []
    for item in match_inputs([os.path.abspath(path)], Counter()):
        for found in read_records(item, options):
            number = (found if isinstance(found, RawRecord) else found[0]).origin.record
            if record in (None, number):
                explanations.append(explain(found, stages) if isinstance(found, RawRecord) else _refused("read", *found))
    if not explanations and record is not None:
        raise ConfigError(f"--record {record}: {path} has no such record; they are counted from 0")
    if style in ("html", "json"):
        write_utf8()
    if style == "html":
        say(render_html(explanations))
        return
    for explanation in explanations:
        if style == "json":
            print(to_json(explanation, indent=1))
        else:
            _print(explanation)


def templates_of(lake: str | None) -> Templates:
    """Returns the templates learned in a lake, or empty ones."""
    return learned(Lake.at(lake), newest(Lake.at(lake))) if lake else NOTHING_LEARNED


def explain(record: RawRecord, stages: Stages = Stages()) -> dict[str, Any]:  # noqa: B008  (a tuple of plain values)
    """Returns what becomes of one record: its blocks and fields, or the stage that refuses it and why.

    Args:
        record: The record, as a reader gives it.
        stages: The options of the stages.
    """
    try:
        page = decode(record, stages.limits)
    except RecordError as error:
        return _refused("decode", record, error)
    try:
        screen(page, stages.respect_opt_out, lambda: stages.blocklist)
    except RecordError as error:
        return _refused("screen", record, error)
    try:
        stripped = strip_templated(page, EXTRACTORS[stages.extractor], stages.templates, stages.limits)
    except RecordError as error:
        return _refused("strip", record, error)
    article = detect_language(stripped, stages.language_backend)
    metadata = bounded(extract(article), stages.limits)
    return _accepted(article, metadata, make_row(article, metadata), stages.templates.of(metadata.source))


def _refused(stage: str, record: RawRecord, error: RecordError) -> dict[str, Any]:
    origin = record.origin
    return {"uri": origin.uri, "record": origin.record, "stage": stage, "reason": error.reason, "message": error.message}


def _accepted(article: Article, metadata: Metadata, row: Document, template: Template | None) -> dict[str, Any]:
    words = {item.field: item.words for item in metadata.evidence}
    shares = "".join(f", also {share.language} {share.share:.0%}" for share in row.languages[1:])
    confidence = f"confidence {row.language_confidence:.2f}{_AGREED[row.language_agreed]}{shares}"
    if row.declared_language_differs:
        confidence += f"; the page declares {row.declared_language}"
    fields: dict[str, dict[str, Any]] = {
        "source": {"value": row.source, "basis": row.source_basis, "words": words.get("source")},
        "date": {"value": row.date, "basis": row.date_basis, "words": words.get(f"{row.date_basis}_at")},
        "language": {"value": row.language, "basis": confidence},
        "encoding": {"value": row.encoding, "basis": row.encoding_basis},
        "doc_id": {"value": row.doc_id, "basis": "source and normalised body"},
    }
    for name in _FIELDS:
        value = getattr(row, name)
        if value not in (None, []):
            fields[name] = {"value": value, "basis": getattr(row, f"{name}_basis"), "words": words.get(name)}
    for name, candidates in scored_candidates(article, latest_instant(article.page)).items():
        shown = [candidate._asdict() for candidate in candidates[:MOST_CANDIDATES]]
        fields.setdefault(name, {"value": None, "basis": NONE_CHOSEN})["candidates"] = shown
    return {
        "uri": row.uri,
        "record": row.record,
        "blocks": [{**block._asdict(), "note": _note(block, template)} for block in article.blocks],
        "fields": fields,
        "chars": row.chars,
        "words": row.words,
        "text_share": row.text_share,
        "replacement_share": row.replacement_share,
    }


def _note(block: Block, template: Template | None) -> str | None:
    if template is None or block.reason != TEMPLATE:
        return None
    return f"in {template.lines[line_key(block.text)]} of {template.documents} pages of {template.source}"


def _print(explanation: dict[str, Any]) -> None:
    console = Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())
    shown = explanation["uri"].removeprefix(f"{os.getcwd()}/")
    console.print(Text(f"{visible(shown)} record {explanation['record']}", style="bold"))
    if "reason" in explanation:
        console.print(
            Text(f"  refused by {explanation['stage']}: {explanation['reason']}: {visible(explanation['message'])}", style="red")
        )
        return
    for block in explanation["blocks"]:
        mark, style = ("+", "green") if block["kept"] else ("-", "dim")
        score = "" if block["score"] is None else f" {block['score']:.2f}"
        note = f" ({block['note']})" if block["note"] else ""
        head = f"{block['line']:5d} {mark} {block['reason']}{score}{note}"
        console.print(Text(f"{head:<31} {_shortened(block['text'])}", style=style), no_wrap=True)
    console.print()
    for name, field in explanation["fields"].items():
        if field["basis"] != NONE_CHOSEN:
            _print_field(console, name, field)


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

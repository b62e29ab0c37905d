"""Builds the row of the `documents` table from an article and its metadata.

Decides the key of a row and its day, and counts its body. `schemas.records.Document` defines the columns.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Any

from broadsheet.schemas.partitions import safe_value
from broadsheet.schemas.reasons import CAPTION, CREDIT
from broadsheet.schemas.records import Article, Document, Language, Metadata
from broadsheet.schemas.tables import storable
from broadsheet.transforms.characters import CJK, SPACELESS
from broadsheet.transforms.dedup.minhash import normalized, signature
from broadsheet.transforms.language.identify import same
from broadsheet.transforms.metadata.dates.plausible import is_plausible
from broadsheet.transforms.versions import RULES_VERSION, model_digest

_IDEOGRAPHS = re.compile(f"[{CJK}]")
_SPACELESS = re.compile(f"[{SPACELESS}]+")
_SPACELESS_LETTERS = 5
"""Letters and marks per word in scripts that put no space between words."""
_UNKNOWN = Language("und", 0.0)


def document_id(source: str, body: str) -> str:
    """Returns the key of a document: 32 hex characters, the digest of its source and its normalised body.

    Letters and digits count, in compatibility form and lower case. White space, punctuation and quotation marks do not count,
    so a text dump and the HTML of one article have the same key.
    """
    return key_and_signature(source, body)[0]


def key_and_signature(source: str, body: str) -> tuple[str, bytes | None]:
    """Returns the key of a document and the signature of its body (`dedup.minhash`); both use the normalised body."""
    folded = normalized(body)
    return hashlib.blake2b(source.encode() + b"\0" + folded, digest_size=16).hexdigest(), signature(folded)


def count_words(body: str) -> int:
    """Counts words; each Chinese or Japanese character counts as one, and five letters of Thai, Lao, Burmese or Khmer."""
    if body.isascii():
        return len(body.split())
    spaced, ideographs = _IDEOGRAPHS.subn(" ", body)
    runs = _SPACELESS.findall(spaced)
    if runs:
        spaced = _SPACELESS.sub(" ", spaced)
    return len(spaced.split()) + ideographs + sum(-(-len(run) // _SPACELESS_LETTERS) for run in runs)


def partition_day(metadata: Metadata, crawled_at: dt.datetime | None) -> tuple[dt.date | None, str]:
    """Returns the day under which a document is filed, and its basis: `published`, `crawled` or `unknown`."""
    if metadata.published_at is not None:
        return metadata.published_at.astimezone(dt.UTC).date(), "published"
    if crawled_at is not None:
        return crawled_at.astimezone(dt.UTC).date(), "crawled"
    return None, "unknown"


_INFERRED = tuple(name for name in Metadata._fields if f"{name}_basis" in Document._fields and name != "source")
"""The columns that a rule infers from the page, each with its basis."""

_CARRIED = tuple(name for name in Document._fields if hasattr(Article, name) and name != "language")
"""The columns that come with an article: fields and properties of `Article` with the name of a column."""


def make_row(article: Article, metadata: Metadata) -> Document:
    """Returns the row of an article whose language was detected and whose metadata was extracted.

    A field of `Metadata` fills the column of its name and the `<name>_basis` beside it; a field or property of `Article` fills the
    column of its name; the rest is filled here. A column that nothing fills is a `TypeError`.
    """
    page, body = article.page, article.text
    found_at = page.origin.fetched_at or metadata.crawled_at
    metadata = _plausible(metadata, found_at or page.origin.modified_at)
    date, date_basis = partition_day(metadata, found_at)
    source = safe_value(metadata.source) or "unknown"
    language = article.language or _UNKNOWN
    declared = metadata.declared_language or page.origin.declared_language
    visible = sum(len(block.text) for block in article.blocks)
    doc_id, signed = key_and_signature(source, body)
    bases = {item.field: item.basis for item in reversed(metadata.evidence)}  # a field's first evidence counts
    values: dict[str, Any] = {name: getattr(article, name) for name in _CARRIED}
    for name in _INFERRED:
        values[name] = getattr(metadata, name)
        values[f"{name}_basis"] = bases.get(name)
    values |= {
        "doc_id": doc_id,
        "uri": page.origin.uri,
        "record": page.origin.record,
        "source": source,
        "source_basis": metadata.source_basis,
        "date": date,
        "date_basis": date_basis,
        "url": page.origin.url,
        "url_basis": (page.origin.url_basis or "container") if page.origin.url else None,
        "captions": [block.text for block in article.blocks if block.reason in (CAPTION, CREDIT)],
        "language": language.language,
        "language_confidence": language.confidence,
        "language_agreed": language.agreed,
        "languages": language.languages,
        "declared_language": declared,
        "content_type": page.media_type,
        "encoding": page.encoding,
        "encoding_basis": page.encoding_basis,
        "replacement_share": page.replacement_share,
        "chars": len(body),
        "words": count_words(body),
        "text_share": len(body) / visible if visible else 0.0,
        "rules_version": RULES_VERSION,
        "model_digest": model_digest(),
        "signature": signed,
        "cluster_id": None,
        "markdown": None,
        "declared_language_differs": not same(declared, language.language) if declared and language.language != "und" else None,
    }
    if page.origin.fetched_at is not None:
        values |= {"crawled_at": page.origin.fetched_at, "crawled_at_basis": page.origin.fetched_at_basis or "container"}
    return Document(**{name: _storable(value) for name, value in values.items()})


def _storable(value: Any) -> Any:
    """Returns a field as it can travel and be stored: half an emoji in one headline would fail its bundle for ever."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list) and any(isinstance(item, str) for item in value):
        return [storable(item) for item in value]
    return value


def _plausible(metadata: Metadata, latest: dt.datetime | None) -> Metadata:
    """Drops an impossible time of publication: the last check before a date becomes a partition."""
    published = metadata.published_at
    if published is None or is_plausible(published.date(), latest):
        return metadata
    evidence = [item for item in metadata.evidence if item.field != "published_at"]
    return metadata._replace(published_at=None, published_date=None, evidence=evidence)

"""ExtractMetadata: what a page says about its article, each field with the words that say it.

A guess is never presented as a fact: a field without evidence is `None`, a page's clock is a time of crawling and never one of
publication, and `<field>_basis` says what a value was inferred from.
"""

from __future__ import annotations

import datetime as dt
import functools

from broadsheet.schemas.records import HTML, Article, Document, Evidence, Metadata, Page
from broadsheet.schemas.tables import storable
from broadsheet.transforms.limits import DEFAULT_LIMITS, ResourceLimits
from broadsheet.transforms.metadata.bounds import bounded
from broadsheet.transforms.metadata.html.html_metadata import html_metadata
from broadsheet.transforms.metadata.source import Source, resolve_source, source_beside
from broadsheet.transforms.metadata.text.text_metadata import text_agency, text_metadata
from broadsheet.transforms.progress_counter import beat
from broadsheet.transforms.read.metadata_overrides import apply_given
from broadsheet.transforms.record_stage import RecordStage
from broadsheet.transforms.write.document_row import make_row

__all__ = ["ExtractMetadata", "extract", "extract_document", "extract_source"]

_NO_LATEST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
"""If nothing limits the age of a page, any date of this century is plausible."""


def latest_instant(page: Page) -> dt.datetime:
    """Returns the last instant a page can have been published at: its crawl, else the file's last modification."""
    return page.origin.fetched_at or page.origin.modified_at or _NO_LATEST


def extract(article: Article) -> Metadata:
    """Extracts the metadata of an article, its source included."""
    find = html_metadata if article.page.media_type == HTML else text_metadata
    metadata = apply_given(find(article, latest_instant(article.page)), article.page.origin.given)
    source = resolve_source(article.page, metadata)
    evidence = [*metadata.evidence, Evidence("source", source.basis, source.words)] if source.words else metadata.evidence
    return metadata._replace(source=source.name, source_basis=source.basis, evidence=evidence)


def extract_source(article: Article) -> Source:
    """Extracts the source of an article alone: the same as `extract` does, in a tenth of the time where HTML need not be read."""
    page = article.page
    if known := source_beside(page):
        return known
    if page.media_type == HTML:
        found = html_metadata(article, latest_instant(page))
    else:
        found = Metadata(agency=text_agency(article))
    return resolve_source(page, apply_given(found, page.origin.given))


def extract_document(article: Article, limits: ResourceLimits = DEFAULT_LIMITS, markdown: bool = False) -> Document:
    """Returns an article's row; fields beyond the limits are not known.

    Args:
        article: The article, its language detected.
        limits: The longest fields.
        markdown: Whether the row has the body as Markdown, too.
    """
    beat(len(article.page.text))
    metadata = bounded(extract(article), limits)
    page = article.page
    if page.origin.url and len(page.origin.url) > limits.field_chars:
        article = article._replace(page=page._replace(origin=page.origin._replace(url=None)))
    row = make_row(article, metadata)
    if not markdown:
        return row
    from broadsheet.transforms.write.markdown import to_markdown  # which loads two parsers that nothing else needs

    return row._replace(markdown=storable(to_markdown(article)))


class ExtractMetadata(RecordStage):
    """`Article`s to `Document`s.

    Counters: `extract/records_extracted`, `extract/records_rejected`.
    """

    name, counter_suffix, output = "extract", "extracted", Document

    def __init__(self, limits: ResourceLimits = DEFAULT_LIMITS, markdown: bool = False) -> None:
        super().__init__(limits)
        self.rule = functools.partial(extract_document, limits=limits, markdown=markdown)

"""Extracts what a plain-text dump says about its article: title, authors, dates, tags and the rest, each with the exact words.

    article = strip_text(page)
    metadata = text_metadata(article, latest=latest_instant(page))

Nothing here is guessed: a field whose words are not on the page is `None`. The page's clock is when the page was fetched and never
a date of publication; only dates from 1990 to the crawl (plus a day, for the page's own zone may be ahead) are plausible.
"""

from __future__ import annotations

import datetime as dt
from typing import Optional

from broadsheet.schemas import reasons
from broadsheet.schemas.records import Article, Evidence, Metadata
from broadsheet.transforms.metadata.text.authors import text_authors
from broadsheet.transforms.metadata.text.dump_view import shown_blocks, view
from broadsheet.transforms.metadata.text.labelled_fields import dateline, record_id, section, tags
from broadsheet.transforms.metadata.text.publication_dates import text_dates
from broadsheet.transforms.metadata.text.title import text_title


def text_agency(article: Article) -> Optional[str]:
    """Returns the agency that `text_metadata` would find, and looks for nothing else."""
    _, agency = dateline(shown_blocks(article)[0])
    return agency.value if agency else None


def text_metadata(article: Article, latest: dt.datetime) -> Metadata:
    """Reads an article's metadata from the blocks of its dump.

    Args:
        article: What `strip_text` made of the page: the reasons of the blocks say where to look.
        latest: The page was not published after this instant; the page's own clock wins if it is earlier.
    """
    evidence: list[Evidence] = []
    values: dict[str, object] = {}

    def learn(field: str, value: object, basis: str, words: str) -> None:
        values[field] = value
        evidence.append(Evidence(field, basis, words))

    page = view(article)
    clock = page.clock
    if clock is not None and clock.at is not None:
        learn("crawled_at", clock.at, "page clock", clock.words)
        latest = min(latest, clock.at)
    place_of_title, title, subtitle = text_title(page)
    if title:
        learn("title", *title)
    if subtitle:
        learn("subtitle", *subtitle)
    authors = text_authors(page, place_of_title)
    if authors:
        learn("authors", *authors)
    crawled = clock.at if clock is not None else article.page.origin.fetched_at
    published, modified = text_dates(page, place_of_title, latest, crawled)
    if published:
        learn("published_at", published.instant, published.basis, published.words)
        values["published_date"] = published.found.date
    if modified:
        learn("modified_at", modified.instant, modified.basis, modified.words)
    found_tags = tags(page.blocks) if page.has(reasons.TAGS) else None
    if found_tags:
        learn("tags", *found_tags)
    place, agency = dateline(page.blocks[page.first :])
    for field, labelled in (
        (
            "section",
            section(page.blocks, title.value if title else None) if page.has(reasons.BREADCRUMB, reasons.SECTION) else None,
        ),
        ("place", place),
        ("agency", agency),
        ("external_id", record_id(page.blocks)),
    ):
        if labelled:
            learn(field, *labelled)
    return Metadata(**values, evidence=evidence)  # type: ignore[arg-type]

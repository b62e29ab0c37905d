"""Metadata of an HTML page, each field with what it was read from.

    metadata = html_metadata(article, latest=crawled_at)
    metadata.title, metadata.basis("title")       # ("A headline", "heading")

A page says things several times and contradicts itself. The fields' own modules say whom they believe and why: `html_title`,
`html_authors`, `html_dates`; this one reads the page once, asks them, and fills in the fields nobody argues about, in the order
JSON-LD, meta elements, what readers see. `html_markup` and `html_visible` do the reading.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, Optional
from urllib.parse import urlsplit

from broadsheet.schemas import reasons
from broadsheet.schemas.records import Article, Block, Evidence, Metadata
from broadsheet.transforms.metadata.html.authors import find_authors
from broadsheet.transforms.metadata.html.date_signs import Scene, look
from broadsheet.transforms.metadata.html.fields import (
    Found,
    canonical_url,
    declared_language,
    external_id,
    image,
    publisher_names,
    section,
    site_name,
    subtitle,
    tags,
)
from broadsheet.transforms.metadata.html.json_ld import Entity, bare_url, find_article
from broadsheet.transforms.metadata.html.markup_reader import Markup, read_markup
from broadsheet.transforms.metadata.html.publication_dates import Dates, find_modified, find_published
from broadsheet.transforms.metadata.html.title import Headline, find_headline
from broadsheet.transforms.metadata.html.visible_text import Visible, anchored, foreign, read_visible
from broadsheet.transforms.metadata.text.labelled_fields import dateline

WINDOW = (2_000, 6_500)
"""Characters of markup before and after the headline that are read as readers see them. With more, no labelled page is read
better; with 5,000 after it, a few lose their byline or date."""


class Read(NamedTuple):
    """A page that was read once, for all fields to ask."""

    markup: Markup
    canonical: Optional[Found]
    address: Optional[str]
    entity: Optional[Entity]
    sites: list[str]
    """What the site calls itself."""
    headline: Optional[Headline]
    visible: Visible
    language: Optional[str]
    """As declared."""
    english: bool
    scene: Scene
    """The same, as the finders of dates look at it."""


def read(article: Article) -> Read:
    """Reads an HTML page's source."""
    page = article.page
    markup = read_markup(page.text)
    canonical = canonical_url(markup, page.origin.url)
    address = page.origin.url or (canonical.value if canonical else None)
    entity = find_article(
        markup.json_ld,
        {bare_url(url) for url in (page.origin.url, canonical.value if canonical else None) if url},
        {markup.title.lower(), (markup.meta("og:title") or "").lower()},
    )
    host = (_host(address) or "").removeprefix("www.")
    sites = [name for name in (markup.meta("og:site_name"), host, *host.split(".")[-3:-1], *publisher_names(entity)) if name]
    headline = find_headline(markup, _declared_titles(markup, entity), sites)
    visible = _read_around(markup, headline.place if headline else -1, headline.text if headline else "")
    language = declared_language(markup, entity)
    scene = look(markup, entity, visible, address, _day_first(language))
    return Read(markup, canonical, address, entity, sites, headline, visible, language, _is_english(article, language), scene)


def html_metadata(article: Article, latest: dt.datetime) -> Metadata:
    """Reads what an HTML page says about its article.

    Args:
        article: The page taken apart. Its source is read; its kept blocks, if there are any, for the dateline.
        latest: The last instant the page can have been published at (its crawl); a day is added for the zones of the world.

    Returns:
        The fields that something in the page speaks for, each with its evidence.
    """
    page = read(article)
    markup, entity, visible, headline, canonical = page.markup, page.entity, page.visible, page.headline, page.canonical
    modified = find_modified(page.scene, latest)
    published = find_published(page.scene, latest)
    authors = find_authors(markup, entity, visible, page.sites, english=page.english)
    place, agency = dateline(article.blocks or _paragraphs(visible))

    evidence: list[Evidence] = []
    values: dict[str, object] = {}

    def learn(field: str, value: object, basis: str, words: str) -> None:
        values[field] = value
        evidence.append(Evidence(field, basis, words))

    if headline:
        learn("title", headline.text, headline.basis, headline.text)
    if authors:
        learn("authors", authors.names, authors.basis, authors.words)
    if published:
        learn("published_at", _instant(published), published.basis, published.words)
        values["published_date"] = published.date
    if modified and not (published and modified.date < published.date):
        learn("modified_at", _instant(modified), modified.basis, modified.words)
    for field, found in (
        ("subtitle", subtitle(entity, visible)),
        ("section", section(markup, entity, visible)),
        ("tags", tags(markup, entity, visible)),
        ("site_name", site_name(markup, entity)),
        ("canonical_url", canonical),
        ("image", image(markup, entity, page.address)),
        ("external_id", external_id(markup, entity)),
        ("place", place),
        ("agency", agency),
    ):
        if found:
            learn(field, *found)
    return Metadata(**values, declared_language=page.language, evidence=evidence)  # type: ignore[arg-type]


def _declared_titles(markup: Markup, entity: Optional[Entity]) -> list[tuple[str, str]]:
    """Returns the head's titles, the most trusted first."""
    titles = [
        ("json-ld", entity.text("headline") if entity else None),
        ("og", markup.meta("og:title")),
        ("twitter", markup.meta("twitter:title")),
        ("title element", markup.title),
    ]
    return [(basis, text) for basis, text in titles if text]


def _read_around(markup: Markup, place: int, title: str) -> Visible:
    """Reads the markup around the headline; the whole page if the headline is nowhere."""
    body = max(0, markup.body.find("<body"))
    if place < 0:
        return anchored(read_visible(markup.body, -1, body, body + sum(WINDOW)), title)
    return anchored(read_visible(markup.body, place, max(body, place - WINDOW[0]), place + WINDOW[1]), title)


def _paragraphs(visible: Visible) -> list[Block]:
    """Returns the paragraphs after the headline as blocks, for a page whose body nobody has looked for yet."""
    lines = visible.lines[visible.anchor + 1 :] if visible.anchor >= 0 else []
    long = [line for line in lines if not foreign(line.zones, frozenset()) and len(line.text) > PARAGRAPH][:3]
    return [Block(line.text, number, True, reasons.PROSE) for number, line in enumerate(long, start=1)]


PARAGRAPH = 80
"""Characters from which a line can be an article's first paragraph, which may begin with a dateline."""


def _day_first(language: Optional[str]) -> Optional[bool]:
    """Tells whether `03/04/2021` is the third of April on a page of this language; `None`: not known.

    Only the United States and the Philippines put the month first; a page that only says `en` is American more often than not.
    """
    if not language:
        return None
    return language.lower().replace("_", "-") not in ("en", "en-us", "en-ph", "es-us", "fil")


def _is_english(article: Article, declared: Optional[str]) -> bool:
    """Tells whether an article is in English: as detected, else as declared."""
    return (article.language.language if article.language else declared or "").lower().startswith("en")


def _instant(found: Dates) -> dt.datetime:
    """Returns the instant, or, where only the day is known or no zone is named, the day's 00:00 UTC."""
    return found.at or dt.datetime.combine(found.date, dt.time(), dt.UTC)


def _host(url: Optional[str]) -> Optional[str]:
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None

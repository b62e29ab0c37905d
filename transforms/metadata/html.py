"""Metadata of an HTML page, each field with what it was read from.

    metadata = html_metadata(article, latest=crawled_at)
    metadata.title, metadata.basis("title")       # ("A headline", "heading")

A page says things several times and contradicts itself. The fields' own modules say whom they believe and why: `html_title`,
`html_authors`, `html_dates`; this one reads the page once, asks them, and fills in the fields nobody argues about.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urljoin, urlsplit

from schemas.records import Article, Evidence, Metadata
from transforms.metadata.html_jsonld import Entity, bare_url, find_article
from transforms.metadata.html_markup import Markup, read_markup
from transforms.metadata.html_title import find_headline


def html_metadata(article: Article, latest: dt.datetime) -> Metadata:
    """Reads what an HTML page says about its article.

    Args:
        article: The page taken apart; only its source is read.
        latest: The last instant the page can have been published at (its crawl); a day is added for the zones of the world.

    Returns:
        The fields that something in the page speaks for, each with its evidence.
    """
    page = article.page
    markup = read_markup(page.text)
    address = page.url or _canonical(markup, None)
    entity = find_article(markup.json_ld, {bare_url(url) for url in (page.url, address) if url}, {markup.title.lower()})
    evidence: list[Evidence] = []
    site_name = markup.meta("og:site_name", "application-name")
    headline = find_headline(markup, _declared_titles(markup, entity), _site_names(markup, address))
    if headline:
        evidence.append(Evidence("title", headline.basis, headline.text))
    return Metadata(
        title=headline.text if headline else None,
        site_name=site_name,
        canonical_url=_canonical(markup, page.url),
        evidence=evidence,
    )


def _declared_titles(markup: Markup, entity: Entity | None) -> list[tuple[str, str]]:
    """Returns the head's titles, the most trusted first."""
    titles = [
        ("json-ld", entity.text("headline") if entity else None),
        ("og", markup.meta("og:title")),
        ("twitter", markup.meta("twitter:title")),
        ("title element", markup.title),
    ]
    return [(basis, text) for basis, text in titles if text]


def _site_names(markup: Markup, address: str | None) -> list[str]:
    """Returns what the site may be called: its declared name, its host, and the host's name without its ending."""
    host = (urlsplit(address).hostname or "").removeprefix("www.") if address else ""
    return [name for name in (markup.meta("og:site_name"), host, host.rpartition(".")[0]) if name]


def _canonical(markup: Markup, base: str | None) -> str | None:
    for url in (*markup.links.get("canonical", ())[:1], markup.meta("og:url")):
        if url:
            try:
                url = urljoin(base, url) if base else url
                if urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname:
                    return url
            except ValueError:
                continue
    return None

"""HTML pages of invented sites, put together from a head and a body."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from broadsheet.schemas.records import HTML, Article, Metadata, Origin, Page
from broadsheet.transforms.metadata.html.html_metadata import html_metadata

LATEST = dt.datetime(2024, 6, 1, 12, 0, tzinfo=dt.UTC)
HEADLINE = "Harbour pier closes after cracks are found"
PROSE = (
    "<p>The harbour master of Quillan Bay closed the outer pier on Tuesday after divers found two cracks below the water line, and "
    "ferries to the islands will leave from the old coal quay until the repairs are done, which will take a month.</p>"
    "<p>The cracks were seen first by a schoolboy who was looking for crabs and who wrote to the council with a drawing of them, "
    "which now hangs in the office of the harbour master beside the tide table and a photograph of the old lighthouse.</p>"
)


def json_ld(**fields: Any) -> str:
    """Returns a JSON-LD script with one article."""
    article = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": HEADLINE, **fields}
    return f'<script type="application/ld+json">{json.dumps(article)}</script>'


def meta(**contents: str) -> str:
    """Returns meta elements; two underscores in a name become a colon."""
    return "".join(f'<meta name="{name.replace("__", ":")}" content="{content}">' for name, content in contents.items())


def page(
    head: str = "", top: str = "", below: str = "", *, headline: str = HEADLINE, lang: str = "en", title: str = HEADLINE
) -> str:
    """Returns a page: `top` is under the headline, `below` under the article."""
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>{title}</title>{head}</head><body><nav><a href="/">Home</a> '
        f'<a href="/tides">Tides</a></nav><main><article><h1>{headline}</h1>{top}{PROSE}</article>{below}</main>'
        "<footer><p>© 2023 The Quillan Lantern</p></footer></body></html>"
    )


def article(source: str, url: str | None = None) -> Article:
    """Returns a page that nobody has looked for the body of."""
    return Article(Page(Origin("memory", 0, url=url), source, HTML, "utf-8", "utf-8", 0.0), [])


def read(source: str, url: str | None = None, latest: dt.datetime = LATEST) -> Metadata:
    """Reads a page's metadata."""
    return html_metadata(article(source, url), latest)

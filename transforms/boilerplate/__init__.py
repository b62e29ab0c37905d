"""StripBoilerplate: the article, the whole article and nothing but the article, from text dumps and from HTML.

`strip` takes a page apart into blocks, each kept or dropped with its reason. Both kinds of page answer with the same blocks, so
that all later stages, and a person who reads `broadsheet explain`, need not know which it was.
"""

from __future__ import annotations

import functools

from schemas.errors import NoArticleError
from schemas.records import HTML, Article, Page
from transforms.boilerplate.html import strip_html
from transforms.boilerplate.html_trafilatura import strip_html_trafilatura
from transforms.boilerplate.text import strip_text
from transforms.stage import RecordStage

__all__ = ["EXTRACTORS", "StripBoilerplate", "strip"]


EXTRACTORS = ("blocks", "trafilatura")
"""What may take HTML apart: our own classifier of blocks, or trafilatura, slower, as a second opinion."""


def strip(page: Page, extractor: str = "blocks") -> Article:
    """Takes a page apart.

    Args:
        page: HTML or a text dump.
        extractor: One of `EXTRACTORS`, for HTML.

    Raises:
        NoArticleError: Reason `no_article`, or `empty_page` where there are no visible characters at all.
    """
    if not page.text or page.text.isspace():
        raise NoArticleError("empty_page", "the page holds nothing but white space")
    if page.media_type != HTML:
        return strip_text(page)
    return strip_html_trafilatura(page) if extractor == "trafilatura" else strip_html(page)


class StripBoilerplate(RecordStage):
    """`Page`s to `Article`s; pages without an article to the rejects, as filtered.

    Counters: `strip/records_stripped`, `strip/records_rejected`.
    """

    name, participle, output = "strip", "stripped", Article

    def __init__(self, extractor: str = "blocks") -> None:
        super().__init__()
        self.rule = functools.partial(strip, extractor=extractor)

"""StripBoilerplate: the article, the whole article and nothing but the article, from text dumps and from HTML.

`strip` takes a page apart into blocks, each kept or dropped with its reason. Both kinds of page answer with the same blocks, so
that all later stages, and a person who reads `broadsheet explain`, need not know which it was.
"""

from __future__ import annotations

from schemas.errors import NoArticleError
from schemas.records import HTML, Article, Page
from transforms.boilerplate.html import strip_html
from transforms.boilerplate.text import strip_text
from transforms.stage import RecordStage

__all__ = ["StripBoilerplate", "strip"]


def strip(page: Page) -> Article:
    """Takes a page apart.

    Raises:
        NoArticleError: Reason `no_article`, or `empty_page` where there are no visible characters at all.
    """
    if not page.text or page.text.isspace():
        raise NoArticleError("empty_page", "the page holds nothing but white space")
    return strip_html(page) if page.media_type == HTML else strip_text(page)


class StripBoilerplate(RecordStage):
    """`Page`s to `Article`s; pages without an article to the rejects, as filtered.

    Counters: `strip/records_stripped`, `strip/records_rejected`.
    """

    name, participle, rule, output = "strip", "stripped", staticmethod(strip), Article

"""StripBoilerplate: the article, the whole article and nothing but the article, from text dumps and from HTML.

`strip` takes a page apart into blocks, each kept or dropped with its reason. Both kinds of page answer with the same blocks, so
that all later stages, and a person who reads `broadsheet explain`, need not know which it was.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import HTML, Article, Page
from broadsheet.transforms.boilerplate.author_biography import without_author_biography
from broadsheet.transforms.boilerplate.crawl_debris import crawl_debris
from broadsheet.transforms.boilerplate.html.html_body import strip_html
from broadsheet.transforms.boilerplate.html.source import mend_source
from broadsheet.transforms.boilerplate.html.trafilatura_body import strip_html_trafilatura
from broadsheet.transforms.boilerplate.invisible import without_invisible
from broadsheet.transforms.boilerplate.text.text_body import strip_text
from broadsheet.transforms.limits import DEFAULT_LIMITS, ResourceLimits, check_markup
from broadsheet.transforms.record_stage import RecordStage

__all__ = ["EXTRACTORS", "Extractor", "StripBoilerplate", "strip"]

Extractor = Callable[[Page], Article]

EXTRACTORS: dict[str, Extractor] = {"blocks": strip_html, "trafilatura": strip_html_trafilatura}
"""What may take HTML apart: our own classifier of blocks, or trafilatura, slower, as a second opinion."""


def strip(page: Page, extractor: Extractor = strip_html, limits: ResourceLimits = DEFAULT_LIMITS) -> Article:
    """Takes a page apart.

    Args:
        page: HTML or a text dump.
        extractor: One of `EXTRACTORS`, for HTML.
        limits: How many tags it may have, and how deep.

    Raises:
        NoArticleError: Reason `no_article`, `too_short`, `empty_page` (no visible characters at all), or one of `crawl_debris`
            (`robots_txt`, `sitemap`, `feed`, `error_page`).
        RecordError: Reason `too_many_tags` or `html_too_deep`.
    """
    if not page.text or page.text.isspace():
        raise NoArticleError("empty_page", "the page holds nothing but white space")
    if debris := crawl_debris(page):
        raise NoArticleError(*debris)
    if page.media_type != HTML:
        return _finished(strip_text(_with_text(page, without_invisible(page.text))))
    check_markup(page.text, limits)
    return _finished(extractor(_with_text(page, mend_source(page.text))))


def _finished(article: Article) -> Article:
    blocks = without_author_biography(article.blocks)
    return article if blocks is article.blocks else article._replace(blocks=blocks)


def _with_text(page: Page, text: str) -> Page:
    """Returns a page with its text mended; all later stages read it so."""
    return page if text is page.text else page._replace(text=text)


def _is_html(page: Page) -> bool:
    return page.media_type == HTML


class StripBoilerplate(RecordStage):
    """`Page`s to `Article`s; pages without an article to the rejects, as filtered.

    Every extractor but our own works in a process that can be ended.

    Counters: `strip/records_stripped`, `strip/records_rejected`.
    """

    name, counter_suffix, output = "strip", "stripped", Article

    def __init__(self, extractor: str = "blocks", limits: ResourceLimits = DEFAULT_LIMITS) -> None:
        super().__init__(limits)
        self.rule = functools.partial(strip, extractor=EXTRACTORS[extractor], limits=limits)
        if extractor != "blocks":
            self.needs_sandbox = _is_html

"""Body extraction from HTML."""

from __future__ import annotations

from schemas.records import Article, Page
from transforms.boilerplate.html_trafilatura import strip_html_trafilatura


def strip_html(page: Page) -> Article:
    """Takes a page apart: which of its blocks are the article's body.

    Args:
        page: A page whose `text` is HTML source.

    Raises:
        NoArticleError: The page holds no article.
    """
    return strip_html_trafilatura(page)

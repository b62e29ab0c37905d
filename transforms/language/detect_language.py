"""DetectLanguage: the language of each article's body, or `und`.

Always of the body, never of the page: a thousand characters of English menu in front of a short body leave 0.5 % of the answers
right (docs/decisions/facts.md, Language detection 2).
"""

from __future__ import annotations

import functools
import re

from broadsheet.schemas.records import HTML, Article, Page
from broadsheet.transforms.language.identify import detect, load
from broadsheet.transforms.limits import DEFAULT_LIMITS, ResourceLimits
from broadsheet.transforms.record_stage import RecordStage

_HTML_LANGUAGE = re.compile(r"""<html\b[^<>]{0,2000}?\s(?:xml:)?lang\s*=\s*["']?([a-zA-Z]{2,3})(?![a-zA-Z])""", re.IGNORECASE)
_HEAD = 10_000
"""Characters of a page in which `<html>` is searched."""

__all__ = ["DetectLanguage", "detect_language", "load"]


def detect_language(article: Article, backend: str = "fast") -> Article:
    """Returns the article with its body's language, as a backend of `language.backends` names it."""
    return article._replace(language=detect(article.text, backend, declared_language(article.page)))


def declared_language(page: Page) -> str | None:
    """Returns the language that a page, or what comes with it, says it is in; `None` if neither does."""
    if page.origin.declared_language:
        return page.origin.declared_language
    found = _HTML_LANGUAGE.search(page.text, 0, _HEAD) if page.media_type == HTML else None
    return found[1] if found else None


class DetectLanguage(RecordStage):
    """`Article`s to `Article`s that know their language.

    Counters: `detect/records_detected`, `detect/records_rejected`.
    """

    name, counter_suffix, output = "detect", "detected", Article

    def __init__(self, backend: str = "fast", limits: ResourceLimits = DEFAULT_LIMITS) -> None:
        super().__init__(limits)
        self.rule = functools.partial(detect_language, backend=backend)
        self.warm_up = functools.partial(load, backend)

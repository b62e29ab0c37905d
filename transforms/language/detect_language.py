"""DetectLanguage: the language of each article's body, or `und`.

Always of the body, never of the page: a thousand characters of English menu in front of a short body leave 0.5 % of the answers
right (docs/decisions/facts.md, Language detection 2).
"""

from __future__ import annotations

import functools

from broadsheet.schemas.records import Article
from broadsheet.transforms.language.identify import detect, load
from broadsheet.transforms.limits import DEFAULT_LIMITS, ResourceLimits
from broadsheet.transforms.record_stage import RecordStage

__all__ = ["DetectLanguage", "detect_language", "load"]


def detect_language(article: Article, backend: str = "fast") -> Article:
    """Returns the article with its body's language, as a backend of `language.backends` names it."""
    return article._replace(language=detect(article.text, backend))


class DetectLanguage(RecordStage):
    """`Article`s to `Article`s that know their language.

    Counters: `detect/records_detected`, `detect/records_rejected`.
    """

    name, counter_suffix, output = "detect", "detected", Article

    def __init__(self, backend: str = "fast", limits: ResourceLimits = DEFAULT_LIMITS) -> None:
        super().__init__(limits)
        self.rule = functools.partial(detect_language, backend=backend)
        self.warm_up = functools.partial(load, backend)

"""StripWithTemplates: StripBoilerplate that knows each source's chrome.

A page's source is given, or else what its metadata says. If that is only an agency, or nothing, it is the source whose chrome the
page has. If templates of that source were learned, the lines that they know are removed from the body.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

from broadsheet.schemas.records import Article, Page
from broadsheet.transforms.boilerplate.strip_boilerplate import EXTRACTORS, Extractor, StripBoilerplate, strip
from broadsheet.transforms.boilerplate.templates.template_lines import Landmarks, Template, recognise, strip_with
from broadsheet.transforms.limits import DEFAULT_LIMITS, ResourceLimits
from broadsheet.transforms.metadata.extract_metadata import extract_source

MATCHED = "template match"
"""The basis of a source that a page was recognised by."""
_WEAK = frozenset({"agency", "unknown"})
"""Bases of a source that a page's chrome overrules: many papers print one agency's stories."""


class Templates(NamedTuple):
    """What was learned, as functions that a worker can be sent; `lake.index.learned_templates.learned` has a lake's."""

    of: Callable[[str], Template | None]
    """Source to template."""
    landmarks: Callable[[], Landmarks]
    """What sources are recognised by."""


def _no_template(_source: str) -> None:
    return None


def _no_landmarks() -> Landmarks:
    return Landmarks({}, {})


NOTHING_LEARNED = Templates(_no_template, _no_landmarks)


def strip_templated(page: Page, extractor: Extractor, templates: Templates, limits: ResourceLimits = DEFAULT_LIMITS) -> Article:
    """Takes a page apart with its source's template, if there is one.

    Args:
        page: HTML or a text dump.
        extractor: One of `boilerplate.strip_boilerplate.EXTRACTORS`.
        templates: What was learned.
        limits: As for `strip`.

    Raises:
        NoArticleError: As `strip`; also if only the source's chrome is left.
    """
    article = strip(page, extractor, limits)
    source = page.origin.source
    if not source:
        said = extract_source(article)
        source = said.name
        if said.basis in _WEAK and (matched := recognise(templates.landmarks(), article)):
            source = matched
            article = article._replace(page=page._replace(origin=page.origin._replace(source=matched, source_basis=MATCHED)))
    template = templates.of(source)
    return strip_with(template, article) if template else article


class StripWithTemplates(StripBoilerplate):
    """`Page`s to `Article`s, as `StripBoilerplate`, with learned templates.

    Args:
        extractor: One of `boilerplate.strip_boilerplate.EXTRACTORS`.
        templates: What was learned.
    """

    def __init__(self, extractor: str, templates: Templates, limits: ResourceLimits = DEFAULT_LIMITS) -> None:
        super().__init__(extractor, limits)
        self.rule = functools.partial(strip_templated, extractor=EXTRACTORS[extractor], templates=templates, limits=limits)

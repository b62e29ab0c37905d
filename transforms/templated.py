"""StripWithTemplates: StripBoilerplate that knows each source's chrome.

A page's source is what is given, else what its metadata says; where templates of that source were learned, what they know is
taken out of the body.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from schemas.records import Article, Page
from transforms.boilerplate import EXTRACTORS, Extractor, StripBoilerplate, strip
from transforms.boilerplate.templates import Template, strip_with
from transforms.limits import DEFAULT_LIMITS, Limits
from transforms.metadata import extract

TemplateOf = Callable[[str], Template | None]


def strip_templated(page: Page, extractor: Extractor, template_of: TemplateOf, limits: Limits = DEFAULT_LIMITS) -> Article:
    """Takes a page apart with its source's template, where there is one.

    Args:
        page: HTML or a text dump.
        extractor: One of `transforms.boilerplate.EXTRACTORS`.
        template_of: Source to template.
        limits: As for `strip`.

    Raises:
        NoArticleError: As `strip`; also where nothing but the source's chrome is left.
    """
    article = strip(page, extractor, limits)
    template = template_of(page.source or extract(article).source)
    return strip_with(template, article) if template else article


class StripWithTemplates(StripBoilerplate):
    """`Page`s to `Article`s, as `StripBoilerplate`, with learned templates.

    Args:
        extractor: One of `transforms.boilerplate.EXTRACTORS`.
        template_of: Source to template; `transforms.lake.templates.template_of` with a lake and a version filled in.
    """

    def __init__(self, extractor: str, template_of: TemplateOf, limits: Limits = DEFAULT_LIMITS) -> None:
        super().__init__(extractor, limits)
        self.rule = functools.partial(strip_templated, extractor=EXTRACTORS[extractor], template_of=template_of, limits=limits)

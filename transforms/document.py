"""From a page to its row, all stages in one call: for whoever has pages but no pipeline.

row = make_document(Page("page.html", 0, html, "text/html", "utf-8", "utf-8", 0.0))
"""

from __future__ import annotations

from broadsheet.schemas.records import Document, Page
from broadsheet.transforms.boilerplate.strip_boilerplate import EXTRACTORS, strip
from broadsheet.transforms.language.detect_language import detect_language
from broadsheet.transforms.metadata.extract_metadata import extract_document
from broadsheet.transforms.versions import RuleOptions

DEFAULTS = RuleOptions()


def make_document(page: Page, choices: RuleOptions = DEFAULTS) -> Document:
    """Returns a page's row, by the same functions in the same order as the pipeline.

    Args:
        page: HTML or a text dump.
        choices: Which of several rules are wanted; templates are the pipeline's and do not count here.

    Raises:
        RecordError: A stage refuses the page.
    """
    return extract_document(detect_language(strip(page, EXTRACTORS[choices.extractor]), choices.language_backend))

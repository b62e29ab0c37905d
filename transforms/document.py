"""From a page to its row, all stages in one call: for whoever has pages but no pipeline.

row = make_document(Page("page.html", 0, html, "text/html", "utf-8", "utf-8", 0.0))
"""

from __future__ import annotations

from schemas.records import Document, Page
from transforms.boilerplate import EXTRACTORS, strip
from transforms.language import detect_language
from transforms.metadata import extract_document
from transforms.rules import Choices

DEFAULTS = Choices()


def make_document(page: Page, choices: Choices = DEFAULTS) -> Document:
    """Returns a page's row, by the same functions in the same order as the pipeline.

    Args:
        page: HTML or a text dump.
        choices: Which of several rules are wanted; templates are the pipeline's and do not count here.

    Raises:
        RecordError: A stage refuses the page.
    """
    return extract_document(detect_language(strip(page, EXTRACTORS[choices.extractor]), choices.language_backend))

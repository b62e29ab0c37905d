"""Makes a row from a page, all stages in one call, for callers who have pages but no pipeline.

row = make_document(Page(Origin("page.html", 0), html, "text/html", "utf-8", "utf-8", 0.0))
"""

from __future__ import annotations

from broadsheet.schemas.records import Document, Page
from broadsheet.transforms.boilerplate.strip_boilerplate import EXTRACTORS, strip
from broadsheet.transforms.language.detect_language import detect_language
from broadsheet.transforms.metadata.extract_metadata import extract_document
from broadsheet.transforms.versions import RuleOptions

DEFAULTS = RuleOptions()


def make_document(page: Page, choices: RuleOptions = DEFAULTS) -> Document:
    """Returns the row of a page, made by the same functions in the same order as in the pipeline.

    Args:
        page: HTML or a text dump.
        choices: Which rules to use; templates belong to the pipeline and do not count here.

    Raises:
        RecordError: A stage refuses the page.
    """
    return extract_document(detect_language(strip(page, EXTRACTORS[choices.extractor]), choices.language_backend))

"""Turns raw news and web files into a clean, queryable table: the whole public API on one page.

    import broadsheet

    document = broadsheet.make_document(page)              # one page, no pipeline
    pages | broadsheet.StripBoilerplate()                  # one stage in a Beam pipeline of your own

Everything that is not named here may change in any release. A name is imported when it is first used, so that
`import broadsheet` is cheap and loads no Beam. Importing changes nothing in the process.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from broadsheet.schemas.errors import BroadsheetError, ConfigError, RecordError
    from broadsheet.schemas.records import Article, Block, Document, Origin, Page, RawRecord, Reject
    from broadsheet.transforms.boilerplate.strip_boilerplate import StripBoilerplate, strip
    from broadsheet.transforms.decode.decode_records import DecodeRecords, decode
    from broadsheet.transforms.document import make_document
    from broadsheet.transforms.filters.mask_personal_data import MaskPersonalData
    from broadsheet.transforms.filters.screen_pages import ScreenPages
    from broadsheet.transforms.language.detect_language import DetectLanguage, detect_language
    from broadsheet.transforms.limits import ResourceLimits
    from broadsheet.transforms.metadata.extract_metadata import ExtractMetadata, extract
    from broadsheet.transforms.read.read_files import ReadFiles
    from broadsheet.transforms.read.reader import ReadOptions

_MODULES = {
    "schemas.errors": ("BroadsheetError", "ConfigError", "RecordError"),
    "schemas.records": ("Article", "Block", "Document", "Origin", "Page", "RawRecord", "Reject"),
    "transforms.boilerplate.strip_boilerplate": ("StripBoilerplate", "strip"),
    "transforms.decode.decode_records": ("DecodeRecords", "decode"),
    "transforms.document": ("make_document",),
    "transforms.filters.mask_personal_data": ("MaskPersonalData",),
    "transforms.filters.screen_pages": ("ScreenPages",),
    "transforms.language.detect_language": ("DetectLanguage", "detect_language"),
    "transforms.limits": ("ResourceLimits",),
    "transforms.metadata.extract_metadata": ("ExtractMetadata", "extract"),
    "transforms.read.read_files": ("ReadFiles",),
    "transforms.read.reader": ("ReadOptions",),
}
"""The module of each public name."""

__all__ = [
    "Article",
    "Block",
    "BroadsheetError",
    "ConfigError",
    "DecodeRecords",
    "DetectLanguage",
    "Document",
    "ExtractMetadata",
    "MaskPersonalData",
    "Origin",
    "Page",
    "RawRecord",
    "ReadFiles",
    "ReadOptions",
    "RecordError",
    "Reject",
    "ResourceLimits",
    "ScreenPages",
    "StripBoilerplate",
    "__version__",
    "decode",
    "detect_language",
    "extract",
    "make_document",
    "strip",
]


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used."""
    for module, names in _MODULES.items():
        if name in names:
            logging.getLogger().addFilter(_is_news)
            try:
                value = getattr(importlib.import_module(f"{__name__}.{module}"), name)
            finally:
                logging.getLogger().removeFilter(_is_news)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _is_news(record: logging.LogRecord) -> bool:
    """Filters out what Beam says when it is imported without its extra for Google Cloud."""
    return not str(record.msg).startswith("apitools not found")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

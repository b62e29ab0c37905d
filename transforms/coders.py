"""Registers how records travel between workers: by RowCoder, compact and the same on every runner.

Importing this module registers them; each stage does, so that a pipeline made of any of them agrees on the coders. The schemas
know no Beam and cannot do it themselves.
"""

from __future__ import annotations

from apache_beam.coders import RowCoder, registry

from schemas.records import (
    Article,
    Block,
    Document,
    FileRange,
    InputBooks,
    InputFile,
    Language,
    LanguageShare,
    Mark,
    Page,
    PartFile,
    RawRecord,
    Reject,
    Skip,
)

_RECORDS = (
    LanguageShare,
    Language,
    Block,
    RawRecord,
    Page,
    Article,
    Document,
    Reject,
    Skip,
    InputFile,
    Mark,
    FileRange,
    InputBooks,
    PartFile,
)
"""Those that stand within others before them."""

for _record in _RECORDS:
    registry.register_coder(_record, RowCoder)

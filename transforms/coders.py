"""Registers how records travel between workers: pickled, which a runner in another language passes on without looking inside.

Beam's RowCoder would tell the runner a schema, and a runner in Java (Flink, Spark) then takes each row apart at every shuffle. It
gives up on what has no Java counterpart ("varint overflow": fields that may be None, lists of records). A pickle of a document is
as long as its row, and 8 us a document each way against 10 (both of 33 sample documents, 2.7 kB each).

Importing this module registers them; each stage does, so that a pipeline made of any of them agrees on the coders. The schemas
know no Beam and cannot do it themselves.
"""

from __future__ import annotations

from apache_beam.coders import PickleCoder, registry

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
    registry.register_coder(_record, PickleCoder)

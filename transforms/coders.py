"""Registers how records travel between workers: pickled, which a runner in another language passes on without looking inside.

Beam's RowCoder would tell the runner a schema, and a runner in Java (Flink, Spark) takes each row apart at each shuffle. Types that
Beam does not know become "any Python object" there, which Java reads otherwise than Python writes it: every run on Flink failed
with "varint overflow". A pickle of a document is as long as its row was, and takes 8 us each way where that took 10 (33 sample
documents of 2.7 kB).

Each composite transform calls `register_coders` when it is applied, so that a pipeline made of any of them agrees on the coders.
Importing this module changes nothing.
"""

from __future__ import annotations

from apache_beam.coders import PickleCoder, registry

from broadsheet.schemas.records import (
    Article,
    Block,
    Document,
    FileRange,
    InputCounts,
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
    InputCounts,
    PartFile,
)
"""Those that stand within others before them."""


def register_coders() -> None:
    """Tells Beam to pickle our records; calling it again changes nothing."""
    for record in _RECORDS:
        registry.register_coder(record, PickleCoder)

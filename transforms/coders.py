"""Registers how records travel between workers: pickled, so that a runner in another language passes them on unread.

Beam's RowCoder would give the runner a schema, and a runner in Java (Flink, Spark) would decode each row at each shuffle. It treats
types that Beam does not know as "any Python object", which Java reads differently from how Python writes it: every run on Flink
failed with "varint overflow". The pickle of a document is as long as its row, and takes 8 us each way instead of 10 (33 sample
documents of 2.7 kB).

Each composite transform calls `register_coders` when it is applied, so every pipeline that contains one of them agrees on the
coders. Importing this module changes nothing.
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
"""Records that are part of others come before them."""


def register_coders() -> None:
    """Makes Beam pickle our records; a second call changes nothing."""
    for record in _RECORDS:
        registry.register_coder(record, PickleCoder)

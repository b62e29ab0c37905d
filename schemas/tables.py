"""The lake's three tables: one explicit Arrow schema each, never inferred from data.

A schema only grows, and only by nullable columns at the end. `SCHEMA_VERSION` is written into each table's configuration; each
column says since which version it is there, so that every former schema can be had from this list.
The same list of columns makes the Arrow schema, the Delta table and, by a test, docs/data-model.md.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from broadsheet.schemas.records import Document, Reject

SCHEMA_VERSION = 2
"""One more with every column that is added to any table; `tests/schemas/test_versions.py` knows what each version was."""


class Column(NamedTuple):
    """One column of a table."""

    name: str
    type: pa.DataType
    nullable: bool
    meaning: str
    since: int = 1
    """The schema version that brought it; after the first, columns are nullable."""


class Table(NamedTuple):
    """A table of the lake: its folder's name, its columns, how its files are laid out, and what no two rows share."""

    name: str
    columns: tuple[Column, ...]
    partition_columns: tuple[str, ...]
    sort_columns: tuple[str, ...]
    key_columns: tuple[str, ...]

    @property
    def schema(self) -> pa.Schema:
        """All columns, the partition columns among them."""
        return self.schema_of(SCHEMA_VERSION)

    @property
    def file_schema(self) -> pa.Schema:
        """The columns inside a part file: the partition columns stand in its path."""
        return self.file_schema_of(SCHEMA_VERSION)

    def schema_of(self, version: int) -> pa.Schema:
        """All columns that a version had."""
        return pa.schema([pa.field(c.name, c.type, c.nullable) for c in self.columns if c.since <= version])

    def file_schema_of(self, version: int) -> pa.Schema:
        """The columns inside a part file that a version wrote."""
        return _file_schema(self, version)

    @property
    def key_schema(self) -> pa.Schema:
        """The columns that tell rows apart."""
        return pa.schema([self.schema.field(name) for name in self.key_columns])

    @property
    def scope_schema(self) -> pa.Schema:
        """The first partition column: lost rows are told by its values."""
        return pa.schema([self.schema.field(self.partition_columns[0])])


@functools.cache
def _file_schema(table: Table, version: int) -> pa.Schema:
    """Returns the columns inside a part file; it takes 50 us to make, and each part file asks for it several times."""
    return pa.schema([field for field in table.schema_of(version) if field.name not in table.partition_columns])


_STRING = pa.string()
_TIME = pa.timestamp("us", tz="UTC")
_STRINGS = pa.list_(pa.field("element", pa.string()))
_SHARES = pa.list_(pa.field("element", pa.struct([pa.field("language", pa.string()), pa.field("share", pa.float64())])))


def _inferred(name: str, type_: pa.DataType, meaning: str) -> tuple[Column, Column]:
    """Returns a column that was inferred from the page, and the one that says from what."""
    return Column(name, type_, True, meaning), Column(f"{name}_basis", _STRING, True, f"What `{name}` was inferred from.")


DOCUMENTS = Table(
    "documents",
    (
        Column("doc_id", _STRING, False, "Hex digest of the source and the normalised body: 32 characters, the row's key."),
        Column("uri", _STRING, False, "The input that the document was read from: a file, or a topic's partition."),
        Column("record", pa.int64(), False, "Ordinal of the record within its file, from 0; of a message its offset."),
        Column("source", _STRING, False, "The publisher, `unknown` where nothing says. Partition column."),
        Column("source_basis", _STRING, False, "What `source` was inferred from: `flag`, `path`, `url`, ..., `unknown`."),
        Column("date", pa.date32(), True, "UTC day of publication, else of the crawl, else NULL. Partition column."),
        Column("date_basis", _STRING, False, "`published`, `crawled` or `unknown`: which day `date` is."),
        *_inferred("external_id", _STRING, "The publisher's own identifier of the article."),
        *_inferred("url", _STRING, "Where the page was fetched from."),
        *_inferred("canonical_url", _STRING, "The address that the page itself calls canonical."),
        *_inferred("title", _STRING, "The headline."),
        *_inferred("subtitle", _STRING, "The line under the headline."),
        *_inferred("authors", _STRINGS, "Names of the authors, as printed."),
        Column("text", _STRING, False, "The body, one paragraph a line."),
        Column("captions", _STRINGS, False, "Captions and credits of pictures, kept apart from the body."),
        *_inferred("published_at", _TIME, "When the article was published; midnight UTC where only the day is known."),
        *_inferred("modified_at", _TIME, "When it was last changed."),
        *_inferred("crawled_at", _TIME, "When the page was fetched: by its container or by the page's own clock."),
        *_inferred("section", _STRING, "The section of the site it stands in."),
        *_inferred("tags", _STRINGS, "Its keywords."),
        *_inferred("agency", _STRING, "The news agency it was taken from."),
        *_inferred("place", _STRING, "The place in its dateline."),
        *_inferred("site_name", _STRING, "What the site calls itself."),
        *_inferred("image", _STRING, "Address of its main picture."),
        Column("language", _STRING, False, "Language of the body: ISO 639-1, BCP 47 where that is too coarse, `und` if not known."),
        Column("language_confidence", pa.float64(), False, "0 to 1."),
        Column("language_agreed", pa.bool_(), True, "Whether a second detector agreed; NULL where none was asked."),
        Column("languages", _SHARES, False, "Languages of a mixed page with their shares."),
        Column("declared_language", _STRING, True, "The language that the page declares, else its HTTP header."),
        Column("content_type", _STRING, False, "`text/html` or `text/plain`."),
        Column("encoding", _STRING, False, "The charset the bytes were decoded with."),
        Column("encoding_basis", _STRING, False, "From what: `bom`, `header`, `meta`, `utf-8`, `detected`, `lossy`, `mojibake`."),
        Column("replacement_share", pa.float64(), False, "Replacement characters made by decoding, as a share of the page's."),
        Column("chars", pa.int64(), False, "Characters of the body."),
        Column("words", pa.int64(), False, "Words of the body; a Chinese or Japanese character counts as one."),
        Column("text_share", pa.float64(), False, "The body's characters as a share of all visible ones of the page."),
        Column("rules_version", _STRING, False, "Version of the rules that made the row."),
        Column("model_digest", _STRING, True, "Hex digest of the models that made the row.", since=2),
        Column("signature", pa.binary(), True, "MinHash of the body, 128 bytes; NULL for the shortest bodies.", since=2),
        Column("cluster_id", _STRING, True, "`doc_id` of the first document that it is nearly the same as, or its own.", since=2),
        Column("declared_language_differs", pa.bool_(), True, "Whether it is another than `language`; NULL if unknown.", since=2),
    ),
    partition_columns=("source", "date"),
    sort_columns=("uri", "record"),
    key_columns=("doc_id",),
)

REJECTS = Table(
    "rejects",
    (
        Column("reject_id", _STRING, False, "Hex digest of the row: a record refused again for the same reason adds no row."),
        Column("uri", _STRING, False, "The input: a file, or a topic's partition."),
        Column("record", pa.int64(), False, "Ordinal of the record within its file, from 0; of a message its offset."),
        Column("stage", _STRING, False, "The stage that refused it."),
        Column("kind", _STRING, False, "`dead` (an error) or `filtered` (a rule). Partition column."),
        Column("reason", _STRING, False, "A stable name to count by."),
        Column("message", _STRING, False, "One sentence: what was found and what was expected."),
        Column("payload", pa.binary(), False, "The record's first 256 KiB."),
        Column("media_type", _STRING, False, "`text/html`, `text/plain` or `application/octet-stream`."),
        Column("attempts", pa.int64(), False, "How often it was tried."),
    ),
    partition_columns=("kind",),
    sort_columns=("uri", "record"),
    key_columns=("reject_id",),
)

INPUTS = Table(
    "inputs",
    (
        Column("uri", _STRING, False, "The input: a file, or a range of a topic's offsets."),
        Column(
            "fingerprint",
            _STRING,
            False,
            "Size and modification time: the input is read again when this changes. Of a range its offsets.",
        ),
        Column("batch_id", _STRING, False, "The batch that read it."),
        Column("records", pa.int64(), False, "Records read, the sum of the next four; 0 where they were read again."),
        Column(
            "documents",
            pa.int64(),
            False,
            "Records that became rows of `documents`; below 0 where some were taken out again.",
        ),
        Column("duplicates", pa.int64(), False, "Records whose document was there already."),
        Column("filtered", pa.int64(), False, "Records that a rule left out: rows of `rejects`, some of which stand for many."),
        Column("dead", pa.int64(), False, "Records that failed, rows of `rejects`."),
        Column("bytes", pa.int64(), False, "Size of the input; of a range of offsets an estimate."),
        Column(
            "committed_at",
            _TIME,
            False,
            "When its batch was committed. In the log only: files are the same whenever made.",
        ),
    ),
    partition_columns=("committed_at",),
    sort_columns=("uri",),
    key_columns=("uri", "batch_id"),
)

TABLES = (DOCUMENTS, REJECTS, INPUTS)
"""In the order in which a batch commits to them: `inputs` comes last and means done."""
BY_NAME = {table.name: table for table in TABLES}


def to_arrow(table: Table, rows: Sequence[Document | Reject | Any]) -> pa.Table:
    """Returns records as an Arrow table with `file_schema`, sorted by the table's sort columns.

    Args:
        table: Which table the rows are for.
        rows: `NamedTuple`s whose fields are the table's columns; partition columns are left out.
    """
    ordered = sorted(rows, key=lambda row: tuple(getattr(row, column) for column in table.sort_columns))
    schema = table.file_schema
    arrays = [pa.array(_values(ordered, field), field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _values(rows: Iterable[Any], field: pa.Field) -> list[Any]:
    values = [getattr(row, field.name) for row in rows]
    if pa.types.is_list(field.type) and pa.types.is_struct(field.type.value_type):
        return [None if value is None else [item._asdict() for item in value] for value in values]
    if pa.types.is_string(field.type):
        return [None if value is None else storable(value) for value in values]
    if pa.types.is_list(field.type):
        return [None if value is None else [storable(item) for item in value] for value in values]
    return values


def storable(text: str) -> str:
    """Replaces lone surrogates, which UTF-8 and so neither Parquet nor a record's coder can hold: JSON's escapes make them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")

"""What readers have in common: what the user decides, what is known of a file before it is read, and what is found in it."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple, Optional, Union

from broadsheet.schemas.errors import FilteredError, RecordError, SkippedError, UnreadableError
from broadsheet.schemas.records import Mark, Origin, RawRecord
from broadsheet.schemas.tables import storable
from broadsheet.transforms.read.metadata_overrides import from_json, to_json

Found = Union[RawRecord, tuple[RawRecord, RecordError]]
"""A record; or what there is of one, and why it is refused: dead, or filtered (`FilteredError`)."""

CONTAINER = "container"
"""The basis of what a container says of its records."""

_NEARER = ("manifest", "sidecar")
"""Bases that go over what the container says: the user wrote them for this very file."""

_LABEL_CHARS = 300
_MESSAGE_CHARS = 1000


class ReadOptions(NamedTuple):
    """What the user decides about reading. Plain values: they are written into plans."""

    source: Optional[str] = None
    """The publisher of every record, over anything else."""
    path_template: Optional[str] = None
    """What the end of a path says: `{source}/{date}/{name}`, as `read.metadata_overrides.compile_template` reads it."""
    url_from_path: bool = False
    """Whether the files are a mirror whose paths are urls."""
    max_record_bytes: int = 64 * 1024 * 1024
    """Largest record, decompressed; a longer one is a dead letter. The largest labelled page has 5 MB."""
    text_column: Optional[str] = None
    """The column, or JSON key, of the records' plain text; if it is not given, a name that is usual for it."""
    html_column: Optional[str] = None
    url_column: Optional[str] = None
    date_column: Optional[str] = None
    """The column of the day or time of publication."""
    source_column: Optional[str] = None
    id_column: Optional[str] = None
    respect_opt_out: bool = False
    """Whether responses whose headers reserve them are left out; `filters.screen_pages` asks the pages themselves."""
    max_decompressed_bytes: int = 1024**4
    """What one input may grow to, all in all: a tebibyte is two days of reading, and no file of a crawl has it."""
    max_ratio: int = 200
    """How many times its own size an input may grow to, once it is past the largest record. The sample pages grow 3 to 6 times
    one by one and 11 times as one xz; DEFLATE, which bombs are made with, reaches 1,032."""
    max_members: int = 1_000_000
    """Members of one archive, those of archives within it included; a member costs 1 kB of the directory that is kept in memory."""
    max_depth: int = 3
    """Archives within archives: a zip in a zip in a tar. Exports of exports have two; bombs are nested."""
    max_fields: int = 100_000
    """Columns of a table, and values of one JSON object, those within it included: each costs a hundred bytes of memory."""
    max_window_bytes: int = 128 * 1024 * 1024
    """Memory for the window of a zstd file, as much as the zstd program allows by itself; its longest needs 2 GB."""
    kafka_config: Optional[str] = None
    """A file of properties of Kafka's client, which every worker can open. Its path only: passwords have no place in a plan."""


class Budget:
    """What one input may still cost, however its data is packed: shared by the readers of all of its members."""

    def __init__(self, size: int, options: ReadOptions, grown: int = 0) -> None:
        """Sets the limits for an input of `size` bytes, of which `grown` decompressed ones were counted before."""
        self.grown = grown
        self._limit = min(options.max_decompressed_bytes, max(size * options.max_ratio, 2 * options.max_record_bytes))
        self._by_ratio = self._limit < options.max_decompressed_bytes
        self._options = options
        self._members = 0
        self.max_window_bytes = options.max_window_bytes

    def grow(self, count: int) -> UnreadableError | None:
        """Counts decompressed bytes; returns what is wrong once there are too many."""
        self.grown += count
        if self.grown <= self._limit:
            return None
        if self._by_ratio:
            limit = f"{self._options.max_ratio} times its size (--limit ratio)"
            return UnreadableError("ratio_too_large", f"it decompresses to more than {self._limit} bytes, {limit}")
        return UnreadableError("too_large", f"it decompresses to more than {self._limit} bytes (--limit decompressed-gb)")

    def member(self) -> None:
        """Counts a member of an archive.

        Raises:
            UnreadableError: There are too many.
        """
        if error := self.grow(0):  # of an archive that has grown too large nothing more is read
            raise error
        self._members += 1
        if self._members > self._options.max_members:
            raise UnreadableError(
                "too_many_members", f"it has more than {self._options.max_members} members (--limit archive-members)"
            )


class Numbering:
    """The ordinals of an input's records, given out in the order of the file."""

    def __init__(self, first: int = 0) -> None:
        """Begins with `first`."""
        self.next = first

    def pass_over(self, count: int) -> None:
        """Leaves out the ordinals of records that are known to be there and that nobody can read."""
        self.next += max(count, 0)


class Context(NamedTuple):
    """What is known of a file, or of an archive's member, before it is read."""

    empty: RawRecord
    """A record without payload: the input's uri, its source, what is given of it."""
    options: ReadOptions
    budget: Budget
    name: str
    """What the bytes are called, for their format and for messages: the uri, or `uri!/member`. Never a path to open."""
    numbering: Numbering
    depth: int = 0
    """How many archives are around it."""
    begin: Mark = Mark()
    """Where reading begins: within a file only if its format has a function that finds such places."""

    def found(
        self,
        payload: bytes,
        media_type: str,
        *,
        url: str | None = None,
        fetched_at: dt.datetime | None = None,
        charset: str | None = None,
        charset_basis: str | None = None,
        source: str | None = None,
        given: dict[str, Any] | None = None,
        declared_language: str | None = None,
    ) -> Found:
        """Returns a record with what the container says of it, or its dead letter if it is empty or too large.

        Args:
            payload: Its bytes, decoded as far as the container encodes them.
            media_type: `text/html` or `text/plain`.
            url: Where it was fetched from.
            fetched_at: When, in UTC.
            charset: What an HTTP header or the like declares.
            charset_basis: As in `RawRecord`.
            source: Its publisher.
            given: More fields of `read.metadata_overrides` by name, as the container has them.
            declared_language: What an HTTP header declares.
        """
        empty, base = self.empty, self.empty.origin
        url_basis, fetched_at_basis, source_basis = base.url_basis, base.fetched_at_basis, base.source_basis
        if url and url_basis not in _NEARER:
            url, url_basis = storable(url), CONTAINER
        else:
            url = base.url
        if fetched_at and fetched_at_basis not in _NEARER:
            fetched_at_basis = CONTAINER
        else:
            fetched_at = base.fetched_at
        if source and source_basis not in ("flag", *_NEARER):
            source, source_basis = storable(source), CONTAINER
        else:
            source = base.source
        charset_basis = None if empty.charset else charset_basis
        charset = empty.charset or (storable(charset) if charset else None)
        known = base.given
        if given:
            before = from_json(known)
            nearer = {field: value for field, value in before.items() if value[1] in _NEARER}
            known = to_json({**before, **{field: (value, CONTAINER) for field, value in given.items()}, **nearer})
        origin = Origin(
            base.uri,
            base.record,
            url=url,
            fetched_at=fetched_at,
            source=source,
            source_basis=source_basis,
            modified_at=base.modified_at,
            url_basis=url_basis,
            fetched_at_basis=fetched_at_basis,
            given=known,
            declared_language=declared_language,
        )
        record = RawRecord(origin, payload, media_type, charset=charset, charset_basis=charset_basis)
        if not payload:
            return record, UnreadableError("empty", f"{self.label} holds no bytes")
        if len(payload) > self.options.max_record_bytes:
            limit = f"{self.options.max_record_bytes} bytes (--limit record-mb)"
            return record, UnreadableError("record_too_large", f"{self.label}: a record is longer than {limit}")
        return record

    def dead(self, reason: str, message: str, payload: bytes = b"", media_type: str | None = None) -> tuple[RawRecord, RecordError]:
        """Returns a dead letter; the message follows the name of what was read."""
        record = self.empty._replace(payload=payload, media_type=media_type or self.empty.media_type)
        return record, UnreadableError(reason, f"{self.label}: {printable(message)}")

    def filtered(self, reason: str, message: str) -> tuple[RawRecord, RecordError]:
        """Returns a record that is left out by a rule; it keeps no payload, because nobody is going to read it again."""
        return self.empty, FilteredError(reason, f"{self.label}: {printable(message)}")

    def skipped(self, reason: str, message: str) -> tuple[RawRecord, RecordError]:
        """Returns a record that cannot be a page by its kind: counted by reason, not kept one by one."""
        return self.empty, SkippedError(reason, f"{self.label}: {printable(message)}")

    def refused(self, error: RecordError, payload: bytes = b"") -> tuple[RawRecord, RecordError]:
        """Returns what there is of a record with an error, whose message follows the name of what was read."""
        return self.empty._replace(payload=payload), type(error)(error.reason, f"{self.label}: {printable(error.message)}")

    @property
    def label(self) -> str:
        """The name as it may be shown: bounded, and without what a terminal would obey."""
        return printable(self.name if len(self.name) <= _LABEL_CHARS else f"…{self.name[-_LABEL_CHARS:]}")


def printable(text: str) -> str:
    """Returns text as it may be shown: bounded, and without what a terminal would obey."""
    text = text[:_MESSAGE_CHARS]
    return text if text.isprintable() else "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)

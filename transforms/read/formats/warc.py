"""WARC and WET: the pages of a crawl, with their urls and the times they were fetched at.

Responses, resources and conversions (the text of a WET file) that are pages become records. All else is accounted for: errors,
redirects and pictures are filtered, requests and metadata are skipped. Segments of one record are joined by `warc_segments`.

FastWARC finds the records. It does not say when a file ends too soon, and it stops at the first damage: lengths are checked here,
and after damage it is set on the next member that begins with a record. Headers that it refuses are read by `warc_loose`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import IO, BinaryIO, cast

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from broadsheet.schemas.records import Mark, RawRecord
from broadsheet.transforms.read.compression import Stream, compression_of
from broadsheet.transforms.read.formats.warc_loose import MAGIC, MaybePage, is_loose, read_loose
from broadsheet.transforms.read.formats.warc_pages import PAGES, kind_of_record, page_of_record
from broadsheet.transforms.read.formats.warc_segments import Segments
from broadsheet.transforms.read.gzip_members import find_member, gzip_members
from broadsheet.transforms.read.reader import Context, Found

_NATIVE = ("", "gzip", "zstd with dictionary", "lz4")
"""What FastWARC decompresses itself, two to three times as fast as Python's modules and member by member. Of zstd it takes
two frames for a truncated one, and knows no limit of windows."""

_BEGIN = re.compile(rb"WARC/[01]\.\d+[ \t]*\r?\n[A-Za-z]")
"""How a record begins in a plain file, at which reading can continue after damage."""

_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d{1,18})", re.IGNORECASE)
_OTHERS = ("warcinfo", "request", "metadata", "revisit")
_DAMAGE = ("truncated", "damaged")
_LOOK_BYTES = 4096
"""How much is looked at to see how a file's first headers are laid out."""
_BLANK_BYTES = 4
"""Two line ends follow a record."""
_PIECE = 1024 * 1024
_HEADERS_BYTES = 64 * 1024
"""What HTTP headers take at most beside the body: servers and clients refuse more than 8 to 64 kB."""
_OVERLAP = 64
"""A record's beginning that lies across two pieces is no longer than this."""
_TAIL_BYTES = 16 * 1024 * 1024
"""How much is read once more to see whether the end is whole: the last member of a crawl's file, not a file in one member."""


class _Forwards:
    """A stream as FastWARC needs it: it asks for the position, and then only reads."""

    def __init__(self, stream: Stream) -> None:
        self.read = stream.read

    def tell(self) -> int:
        """Returns 0: positions are those in the decompressed bytes."""
        return 0


def _is_panic(error: BaseException) -> bool:
    """Returns whether an error is a panic of Rust code, which is no `Exception` and has no name to import."""
    return type(error).__name__ == "PanicException"


class _Walk:
    """Records from a file's position up to the first damage, which is kept for the caller."""

    def __init__(self, file: IO[bytes] | _Forwards, context: Context, page: MaybePage) -> None:
        self._file = file
        self._context = context
        self._page = page
        self.position: int | None = None
        """Of the last record that was found, in the file as it lies there."""
        self.damage: str | None = None
        """Why it ended too soon."""
        self.misread: int | None = None
        """Where a record begins of whose headers FastWARC made something else."""
        self.in_member = 0
        """How many records were found at the last position: of compressed data that is where a member begins."""
        self.accounted = False
        """Whether that has its dead letter already, with what there is of the record."""
        self.over = False
        """Whether the input has used up its budget."""

    def __iter__(self) -> Iterator[Found]:
        try:
            for record in ArchiveIterator(cast(BinaryIO, self._file), parse_http=False):
                if _is_misread(record):
                    self.damage, self.misread = "its headers cannot be read", record.stream_pos
                    return
                self.in_member = self.in_member + 1 if self.position == record.stream_pos else 1
                self.position = record.stream_pos
                if found := self._read(record):
                    yield found
                if self.damage:
                    return
        except (OSError, ValueError, OverflowError) as error:
            self.damage = str(error)
        except BaseException as error:  # Rust's panics do not derive from Exception
            if not _is_panic(error):
                raise
            self.damage = "FastWARC gave up on it"

    def _read(self, record: WarcRecord) -> Found | None:
        context, limit = self._context, self._context.options.max_record_bytes + _HEADERS_BYTES
        if not kind_of_record(record) & PAGES:
            return _no_page_found(_name_of(record), f"at byte {self.position}", context)
        length = record.content_length
        if over := context.budget.grow(length):
            self.damage, self.accounted, self.over = over.message, True, True
            return context.refused(over)
        block = self._block(record, min(length, limit + 1))
        if len(block) < min(length, limit + 1):
            self.damage = self.damage or "the file ends"
            self.accounted = True
            what = f"the record at byte {self.position} has {len(block)} of {length} bytes: {self.damage}"
            return context.dead("truncated", what, block)
        return self._page(record, block, context)

    def _block(self, record: WarcRecord, size: int) -> bytes:
        """Returns a record's block; of a damaged one, what there is of it."""
        pieces: list[bytes] = []
        try:
            while size > 0 and (piece := record.reader.read(min(size, _PIECE))):
                pieces.append(piece)
                size -= len(piece)
        except (OSError, ValueError) as error:
            self.damage = str(error)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def mark_warc(stream: Stream, context: Context) -> Iterator[Mark]:
    """Yields where the records of a plain file begin, or of one that holds each in a gzip member of its own; up to the first
    that is damaged, or laid out in another way.
    """
    compression = stream.compression
    if compression not in ("", "gzip") or not (file := stream.take_file()):
        return
    grown = 0
    if compression:
        longest = context.options.max_record_bytes + 2 * _HEADERS_BYTES
        for record, member in enumerate(member for member in gzip_members(file, longest) if member.size):
            walk = _Walk(io.BytesIO(member.data), context, Segments(_no_page).page)
            if sum(1 for _ in walk) != 1 or walk.damage or not _is_whole(member.data, member.size):
                return
            yield Mark(record, member.offset, grown=grown)
            grown = context.budget.grown
    else:
        segments = Segments(_no_page)
        walk = _Walk(file, context, segments.page)
        for record, _ in enumerate(walk):
            if segments.seen:  # which are joined by one reader
                return
            yield Mark(record, walk.position or 0, grown=grown)
            grown = context.budget.grown


def _no_page(_record: WarcRecord, _block: bytes, context: Context) -> Found:
    return context.empty


def read_warc(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the records of a WARC file."""
    segments = Segments(page_of_record)
    yield from _read(stream, context, segments.page)
    yield from segments.rest(context)


def _read(stream: Stream, context: Context, page: MaybePage) -> Iterator[Found]:
    if is_loose(stream.head(_LOOK_BYTES)) and not (stream.compression == "gzip" and context.begin.offset):
        if stream.compression == "gzip" and (file := stream.take_file()):
            yield from _read_loosely(file, "gzip", 0, context, page)
        else:
            yield from read_loose(stream, context, partial(_any, page))
        return
    if stream.compression in _NATIVE and (file := stream.take_file()):
        yield from _read_and_resume(file, stream.compression, context, page)
        return
    walk = _Walk(_Forwards(stream), context, page)
    found_before = 0
    for found in walk:
        yield found
        found_before += 1
    if walk.misread is not None and (file := stream.take_file()):
        yield from islice(_read_loosely(file, stream.compression, 0, context, page), found_before, None)
    elif walk.damage and not walk.accounted:
        yield context.refused(stream.damage) if stream.damage else _damaged(walk.damage, walk.position or 0, context)


def _read_and_resume(file: IO[bytes], compression: str, context: Context, page: MaybePage) -> Iterator[Found]:
    """Yields records; after damage, which is one dead letter, it continues from the next member."""
    start: int | None = context.begin.offset
    pending: Found | None = None
    while start is not None:
        file.seek(start)
        walk = _Walk(file, context, page)
        for found in walk:
            if pending:  # this member is whole: the damage lay before it
                yield pending
                pending = None
            yield found
        last = start if walk.position is None else walk.position
        if not walk.damage and compression == "gzip" and (behind := _after_empty_member(file, last)):
            start = behind
            continue
        if not walk.damage or walk.over:
            break
        if not walk.accounted:
            # A member that fails at once may be the very one that stopped the walk before: one dead letter for both.
            pending = _damaged(walk.damage, last, context)
        if pending and (loose := _loose_at(file, compression, walk, last, context)) is not None:
            yield from _read_loosely(file, compression, loose, context, page)  # what FastWARC refused is headers, and no damage
            return
        if pending and walk.misread is not None and compression:  # within a member, which is read again
            again = _read_loosely(file, compression, last if compression == "gzip" else 0, context, page)
            yield from islice(again, walk.in_member, None)
            return
        start = _next_member(file, compression, last + 1)
        if pending and walk.position is None and start is not None:
            yield pending
            pending = None
    if pending:
        yield pending
    elif start is not None and not walk.over:
        yield from _check_end(file, compression, walk.position or start, context)


def _read_loosely(file: IO[bytes], compression: str, begin: int, context: Context, page: MaybePage) -> Iterator[Found]:
    start: int | None = begin
    while start is not None:
        file.seek(start)
        stream = Stream(file, compression, context.budget, False)
        found: Found | None = None
        for found in read_loose(stream, context, partial(_any, page)):
            yield found
        damage = stream.damage
        if damage is None:
            return
        if found is None or isinstance(found, RawRecord) or found[1].reason != damage.reason:
            yield context.refused(damage)
        if damage.reason not in _DAMAGE:  # a limit
            return
        start = _next_member(file, compression, start + stream.member + 1)


def _loose_at(file: IO[bytes], compression: str, walk: _Walk, last: int, context: Context) -> int | None:
    """Returns where the record begins whose headers stopped FastWARC; `None` if it was something else."""
    if compression not in ("", "gzip"):
        return None
    start = walk.misread
    if start is None:
        start = _next_member(file, compression, last if walk.position is None else last + 1)
    if start is None:
        return None
    file.seek(start)
    return start if is_loose(Stream(file, compression, context.budget, False).head(_LOOK_BYTES)) else None


def _is_misread(record: WarcRecord) -> bool:
    """Returns whether FastWARC took something else for a record's headers, or missed its length."""
    if record.record_type == WarcRecordType.unknown:
        kind = record.headers.get_bytes(b"WARC-Type")
        if not kind or b"\n" in kind:
            return True
    return not record.content_length and (record.headers.get_bytes(b"Content-Length") or b"").strip() != b"0"


def _name_of(record: WarcRecord) -> str:
    kind = (record.headers.get("WARC-Type") or "").strip().lower()
    return kind if kind in _OTHERS else "unknown"


def _no_page_found(kind: str, where: str, context: Context) -> Found:
    return context.skipped(f"warc_{kind}", f"a {kind} record {where}")


def _any(page: MaybePage, record: WarcRecord, block: bytes, context: Context) -> Found | None:
    """Returns what a whole record is, whatever its type; `None` for a segment that waits for others."""
    if kind_of_record(record) & PAGES:
        return page(record, block, context)
    return _no_page_found(_name_of(record), record.record_id or "without an identifier", context)


def _damaged(damage: str, position: int, context: Context) -> Found:
    return context.dead("damaged", f"damaged at or after the record at byte {position}: {damage}")


def _next_member(file: IO[bytes], compression: str, start: int) -> int | None:
    """Returns where the next member from `start` on begins that holds a record, or `None`."""
    if compression:
        return find_member(file, start, MAGIC.match) if compression == "gzip" else None
    file.seek(start)
    kept = b""
    while piece := file.read(_PIECE):
        data = kept + piece
        if found := _BEGIN.search(data):
            return start + found.start()
        kept = data[-_OVERLAP:]
        start += len(data) - len(kept)
    return None


def _after_empty_member(file: IO[bytes], start: int) -> int | None:
    """Returns where the first member after an empty one begins, which FastWARC takes for the end of the file; `None` for none."""
    empty = False
    for member in gzip_members(file, 0, start):
        if empty and member.size:
            return member.offset
        empty = not member.size
    return None


def _check_end(file: IO[bytes], compression: str, position: int, context: Context) -> Iterator[Found]:
    """Yields a dead letter if the file ends within the last record or what follows it, which FastWARC does not report."""
    file.seek(position)
    if compression_of(file.read(8)) != compression:
        position = 0  # the whole file is one member
    if file.seek(0, 2) - position > _TAIL_BYTES:
        return
    file.seek(position)
    tail = Stream(file, compression, context.budget, False)
    data = tail.read_whole(_TAIL_BYTES)
    whole = position == 0 or _is_whole(data, len(data))
    if tail.damage or not whole:
        found = str(tail.damage or "the file ends too soon")
        yield context.dead("truncated", f"damaged at or after the record at byte {position}: {found}")


def _is_whole(data: bytes, size: int) -> bool:
    """Returns whether data is one record, followed only by blank lines.

    Args:
        data: The data, or its first bytes.
        size: How many bytes there are.
    """
    head, blank, rest = data.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if not blank or not length:
        return b"\n\n" in data  # bare line feeds: nothing is known
    behind = size - len(head) - len(blank) - int(length[1])
    return behind >= 0 and not rest[int(length[1]) :].strip() and (size == len(data) or behind <= _BLANK_BYTES)

"""Reads WARC records whose headers FastWARC refuses: lines that end in a bare line feed, names in another case.

ClueWeb09 has the former, Go's libraries write `Warc-Type`. A record's headers are rewritten as the standard lays them out, and
FastWARC makes the record of them. After damage, reading goes on at the next line that begins a record.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Optional, cast

from fastwarc.warc import ArchiveIterator, WarcRecord

from broadsheet.transforms.read.compression import Stream
from broadsheet.transforms.read.reader import Context, Found

MAGIC = re.compile(rb"WARC/[01]\.\d+[ \t]*\r?\n")
"""How a record begins."""

_NAMES = {name.lower(): name for name in (b"WARC-Type", b"WARC-Target-URI", b"WARC-Date", b"Content-Type", b"Content-Length")}
"""Names that FastWARC knows in this case only, or that are asked for."""
_WHERE = re.compile(rb"\n(%b):" % b"|".join(_NAMES), re.IGNORECASE)
_HEAD_BYTES = 64 * 1024
"""What the headers of a record take at most."""
_PIECE = 1024 * 1024
MaybePage = Callable[[WarcRecord, bytes, Context], Optional[Found]]
"""What makes something of a record and its block; `None` if that takes further records."""


def is_loose(head: bytes) -> bool:
    """Returns whether the record that data begins with has headers that FastWARC does not read."""
    begin = MAGIC.match(head)
    if not begin:
        return False
    if not begin[0].endswith(b"\r\n"):
        return True
    headers = head[: head.find(b"\r\n\r\n") if b"\r\n\r\n" in head else len(head)]
    return any(name not in _NAMES.values() for name in _WHERE.findall(headers)) or _has_bare_feed(headers)


def _has_bare_feed(headers: bytes) -> bool:
    return headers.count(b"\n") != headers.count(b"\r\n")


def read_loose(stream: Stream, context: Context, page: MaybePage) -> Iterator[Found]:
    """Yields the records of a stream from a record's beginning on; such as are as the standard says, too."""
    position, lost = 0, False
    limit = context.options.max_record_bytes + _HEAD_BYTES
    while line := stream.readline(_HEAD_BYTES):
        start, position = position, position + len(line)
        if not MAGIC.match(line):
            if line.strip() and not lost:
                lost = True  # up to the next record it is one damage, and one dead letter
                yield context.dead("damaged", f"expected a record at byte {start} after the place where reading began")
            continue
        headers, size = _headers(stream)
        position += size
        length = _length(headers)
        if length is None:
            lost = True
            if not stream.peek(1):
                what = f"the file ends within the headers of the record at byte {start}"
                yield context.refused(stream.damage) if stream.damage else context.dead("truncated", what, b"\r\n".join(headers))
                return
            yield context.dead("damaged", f"the record at byte {start} has no Content-Length", b"\r\n".join(headers))
            continue
        lost = False
        block = stream.read_whole(min(length, limit + 1))
        if len(block) < min(length, limit + 1):
            what = f"the record at byte {start} has {len(block)} of {length} bytes"
            yield context.refused(stream.damage, block) if stream.damage else context.dead("truncated", what, block)
            return
        position += len(block) + (_skip(stream, length - len(block)) if len(block) > limit else 0)
        if found := _made(headers, block, context, page):
            yield found


def _made(headers: list[bytes], block: bytes, context: Context, page: MaybePage) -> Found | None:
    lines = [line for line in headers if not line.lower().startswith(b"content-length:")]
    data = b"\r\n".join([b"WARC/1.0", *lines, b"Content-Length: %d" % len(block), b"", block, b"", b""])
    try:
        for record in ArchiveIterator(cast(BinaryIO, io.BytesIO(data)), parse_http=False):
            return page(record, block, context)
    except (OSError, ValueError, OverflowError) as error:
        return context.dead("damaged", f"a record's headers cannot be read: {error}", data)
    return context.dead("damaged", "a record's headers cannot be read", data)


def _headers(stream: Stream) -> tuple[list[bytes], int]:
    """Returns a record's header lines without their ends, folded ones joined, known names in their usual case; and their size."""
    lines: list[bytes] = []
    size = 0
    while size < _HEAD_BYTES and (line := stream.readline(_HEAD_BYTES)):
        size += len(line)
        text = line.rstrip(b"\r\n")
        if not text:
            break
        if text[:1] in b" \t" and lines:
            lines[-1] += b" " + text.strip()
            continue
        name, colon, value = text.partition(b":")
        lines.append(_NAMES.get(name.strip().lower(), name.strip()) + colon + b" " + value.strip())
    return lines, size


def _length(headers: list[bytes]) -> int | None:
    for line in headers:
        name, _, value = line.partition(b":")
        if name == b"Content-Length" and re.fullmatch(rb" *\d{1,18}", value):
            return int(value)
    return None


def _skip(stream: Stream, count: int) -> int:
    left = count
    while left > 0 and (piece := stream.read1(min(left, _PIECE))):
        left -= len(piece)
    return count - left

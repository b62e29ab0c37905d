"""ARC: what crawlers wrote before WARC, and the older half of every web archive still holds.

    filedesc://crawl.arc 0.0.0.0 20030514061200 text/plain 76
    1 0 InternetArchive …
    http://paper.example/ 192.0.2.7 20030514061203 text/html 8120
    HTTP/1.1 200 OK …

A line that names url, host, time, type and length, then so many bytes, then a blank line; version 2 has five more fields before the
length. In `.arc.gz` each record is a member. Responses that are pages become records; the file's own description and what name
servers said are skipped. After a wrong length, reading continues at the next line that is such a header; after damage to a gzip
file, at the next member that begins with one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import IO, NamedTuple, Optional

from broadsheet.schemas.records import RawRecord
from broadsheet.transforms.read.compression import Stream
from broadsheet.transforms.read.gzip_members import find_member
from broadsheet.transforms.read.http_responses import charset_of, media_type_of, page_of_response, sniffed_type, uri_text
from broadsheet.transforms.read.reader import Context, Found

MAGIC = re.compile(rb"filedesc:[^ \r\n]{1,400} [0-9.]{1,15} \d{12,14} text/plain ")
"""How a file begins."""

_BEGIN = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{0,30}:[^\r\n]*? \d{12}(?:\d\d)? ")
"""How a record begins, at which reading can continue after damage."""
_DAMAGE = ("truncated", "damaged")

_FIELDS = (4, 9)
"""Spaces of a header after its URL, in version 1 and 2, counted from the end: in some files URLs contain spaces."""

_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{0,30}:")
_HEADER = re.compile(rb"([^\r\n]+) \d{1,3}(?:\.\d{1,3}){3} (\d{12}(?:\d\d)?) ([^ /]+/[^ /;]+;[^\r\n]*) (\d{1,18})")
"""A header of version 1 whose type has parameters, with spaces before them."""
_DATE = re.compile(rb"\d{12}(?:\d\d)?")
_LENGTH = re.compile(rb"\d{1,18}")
_LONGEST_HEADER = 64 * 1024
"""Bytes of a header: urls of more than 64 kB were never answered, servers refuse them from 8 kB on."""
_HEADERS_BYTES = 64 * 1024
"""What HTTP headers take at most beside the body, as in a WARC."""
_PIECE = 1024 * 1024


class _Header(NamedTuple):
    url: str
    fetched_at: Optional[dt.datetime]
    content_type: str
    length: int


def read_arc(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the records of an ARC file."""
    if stream.compression == "gzip" and (file := stream.take_file()):
        yield from _read_and_resume(file, context)
    else:
        yield from _records(stream, context)


def _read_and_resume(file: IO[bytes], context: Context) -> Iterator[Found]:
    """Yields records; after damage, which is one dead letter, it continues from the next member."""
    start: int | None = 0
    while start is not None:
        file.seek(start)
        part = Stream(file, "gzip", context.budget, False)
        found: Found | None = None
        for found in _records(part, context):
            yield found
        damage = part.damage
        if damage is None:
            return
        if found is None or isinstance(found, RawRecord) or found[1].reason not in _DAMAGE:
            yield context.refused(damage)
        if damage.reason not in _DAMAGE:  # a limit
            return
        start = find_member(file, start + part.member + 1, _BEGIN.match)


def _records(stream: Stream, context: Context) -> Iterator[Found]:
    position, lost = 0, False
    for line in iter(lambda: stream.readline(_LONGEST_HEADER), b""):
        start, position = position, position + len(line)
        header = _parse(line)
        if header is None:
            if line.strip() and not lost:
                lost = True  # up to the next header it is one damage, and one dead letter
                yield context.dead("damaged", f"at byte {start} of the decompressed file there is no header of a record")
            continue
        lost = False
        limit = context.options.max_record_bytes + _HEADERS_BYTES
        block = stream.read_whole(min(header.length, limit + 1))
        rest = _skip(stream, header.length - len(block)) if len(block) > limit else 0
        position += len(block) + rest
        if len(block) < min(header.length, limit + 1):
            if stream.damage:
                yield context.refused(stream.damage, block)
            else:
                yield context.dead("truncated", f"the record at byte {start} has {len(block)} of {header.length} bytes", block)
            return
        yield _page(header, block, context)


def _parse(line: bytes) -> _Header | None:
    """Parses a line as a header; returns `None` if it is not one."""
    line = line.rstrip(b"\r\n")
    if not _SCHEME.match(line):
        return None
    if found := _HEADER.fullmatch(line):
        url, date, content_type, length = found.groups()
        return _Header(uri_text(url), _date(date.decode()), content_type.decode("latin-1"), int(length))
    for spaces in _FIELDS:
        fields = line.rsplit(b" ", spaces)
        if len(fields) == spaces + 1 and _DATE.fullmatch(fields[2]) and _LENGTH.fullmatch(fields[-1]):
            url, content_type = uri_text(fields[0]), fields[3].decode("ascii", "replace")
            return _Header(url, _date(fields[2].decode()), content_type, int(fields[-1]))
    return None


def _date(digits: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(digits.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _skip(stream: Stream, count: int) -> int:
    """Reads past `count` bytes, and returns how many there were."""
    left = count
    while left > 0 and (piece := stream.read1(min(left, _PIECE))):
        left -= len(piece)
    return count - left


def _page(header: _Header, block: bytes, context: Context) -> Found:
    """Returns the page that a whole record holds."""
    shown = ascii(header.url)[:300]
    if header.url.startswith("filedesc:"):
        return context.skipped("arc_filedesc", f"{shown} describes the file")
    if header.url.startswith("dns:"):
        return context.skipped("arc_dns", f"{shown} is a name server's answer")
    if block.startswith(b"HTTP/"):
        return page_of_response(block, context, header.url, header.fetched_at)
    kind = media_type_of(header.content_type) or sniffed_type(header.content_type, block)
    if kind is None:
        return context.filtered("not_a_page", f"{shown} is {ascii(header.content_type)[:100]}")
    return context.found(block, kind, url=header.url, fetched_at=header.fetched_at, charset=charset_of(header.content_type))

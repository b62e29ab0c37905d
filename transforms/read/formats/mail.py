"""Mail: mailboxes, single messages, and the pages that browsers save as MHTML.

Of a message the longest HTML is the page, attached or not, else its longest text. The subject is the title, the date that of
publication. Of MHTML it is the first HTML part, with the url it was saved from. No part that names another file or url is followed.
"""

from __future__ import annotations

import base64
import codecs
import datetime as dt
import email.errors
import email.header
import email.parser
import email.utils
import re
from collections.abc import Iterator
from email.message import Message
from typing import Any, cast

from broadsheet.schemas.records import HTML, TEXT
from broadsheet.schemas.tables import storable
from broadsheet.transforms.read.compression import Stream
from broadsheet.transforms.read.formats.single_page import media_type_of
from broadsheet.transforms.read.reader import Context, Found
from broadsheet.transforms.read.text_lines import wide_charset

_FROM = re.compile(rb"From (?:.*\d{4}(?: [+-]\d{4})?(?: remote from \S+)?|[^\s@]{1,200}@\S{1,300}|-)\s*$")
"""The line before each message: sender and date. A writer of mailboxes quotes such a line within a text, as `>From`."""

_FROM_ANYWHERE = re.compile(
    rb"From (?:\S.{0,300}? )? *(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]?\d "
    rb"\d\d:\d\d(?::\d\d)? (?:\S+ )?\d{4}(?: [+-]\d{4})?(?: remote from \S+)?\s*$"
)
"""One that leaves no doubt, so that no blank line is needed before it."""
_HEADER = re.compile(rb"[!-9;-~]{1,100}[ \t]*:|>?From ")
"""How the line after it begins."""
_UTF_7 = ("utf-7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7")

_TAG = re.compile(rb"<[^<>]*>")
_WIDE_BYTES = 2048
_DEEPEST = 3
"""Messages attached to each other as files."""

_MESSAGE_ID = re.compile(r"[<>\s]")


def read_mbox(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the messages of a mailbox."""
    limit = context.options.max_record_bytes
    message: list[bytes] = []
    size = 0
    blank, first = True, True
    lines = stream.lines(limit)
    line = next(lines, b"").removeprefix(codecs.BOM_UTF8)
    while line:
        following = next(lines, b"")
        if line.startswith(b"From ") and (_FROM if blank else _FROM_ANYWHERE).match(line) and _HEADER.match(following):
            if not first or any(map(bytes.strip, message)):
                yield _message_found(b"".join(message), context)
            message, size, blank, first = [], 0, False, False
        else:
            if size <= limit:
                message.append(line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line)
                size += len(line)
            blank = line in (b"\n", b"\r\n")
        line = following
    if stream.damage:
        yield context.refused(stream.damage, b"".join(message)[:limit])
    elif message:
        yield _message_found(b"".join(message), context)


def read_message(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the page of a message that is a file of its own."""
    data = stream.read_whole(context.options.max_record_bytes + 1)
    if not stream.damage:
        yield _message_found(data, context)


def read_mhtml(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the page that a browser saved with all that belongs to it."""
    data = stream.read_whole(context.options.max_record_bytes + 1)
    if stream.damage:
        return
    message = _parse(data)
    part = _first(message, HTML)
    if part is None or len(data) > context.options.max_record_bytes:
        yield (
            context.found(data, HTML)
            if len(data) > context.options.max_record_bytes
            else context.dead("no_html_part", "none of its parts is HTML", data)
        )
        return
    url = _header(message, "Snapshot-Content-Location") or _header(part, "Content-Location")
    url = url if url and url.startswith(("http://", "https://")) else None
    fetched_at = _date(message)
    yield context.found(_body(part), HTML, url=url, fetched_at=fetched_at, charset=part.get_content_charset())


def _message_found(data: bytes, context: Context) -> Found:
    if len(data) > context.options.max_record_bytes:
        return context.found(data, TEXT)
    message = _parse(data)
    if message.get_content_maintype() == "multipart" and not message.is_multipart():
        return context.dead("damaged", "the message names a boundary that is not between its parts", data)
    parts = list(_parts(message))
    part = _longest(parts, HTML) or _longest(parts, TEXT)
    if part is None:
        return context.filtered("no_text_part", "a message without text")
    given: dict[str, Any] = {}
    if title := _header(message, "Subject"):
        given["title"] = title
    if moment := _date(message):
        given["published_at"] = moment.isoformat()
    if identifier := _header(message, "Message-ID"):
        given["external_id"] = _MESSAGE_ID.sub("", identifier)
    kind, body, charset = _kind(part) or TEXT, _body(part), part.get_content_charset()
    if charset in _UTF_7:  # which is not a charset of the web, so DecodeRecords does not know it
        body, charset = body.decode("utf-7", "replace").encode("utf-8", "replace"), "utf-8"
    return context.found(body, kind, charset=charset, given=given)


def _parse(data: bytes) -> Message:
    data = data.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")
    if wide := wide_charset(data[:_WIDE_BYTES]):
        data = data.decode(wide, "replace").lstrip("\ufeff").encode("utf-8", "replace")
    return email.parser.BytesParser().parsebytes(data)


def _first(message: Message, kind: str) -> Message | None:
    return next((part for part in _parts(message) if part.get_content_type() == kind), None)


def _longest(parts: list[Message], kind: str) -> Message | None:
    """Returns the part of a kind that has most text: the page, and not what someone wrote above it. `None` if all are blank."""
    sized = [(len(_TAG.sub(b"", _body(part)).strip()), part) for part in parts if _kind(part) == kind]
    longest = max(sized, key=lambda item: item[0], default=None)
    return longest[1] if longest and (longest[0] or kind == TEXT) else None


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """Yields the parts that are not containers, including those of forwarded and attached messages."""
    for part in message.walk():
        inner = _inner_message(part) if depth < _DEEPEST else None
        if inner is not None:
            yield from _parts(inner, depth + 1)
        elif not part.is_multipart():
            yield part


def _inner_message(part: Message) -> Message | None:
    """Returns a message that a part holds in an encoding, which the parser does not look into."""
    name = (part.get_filename() or "").lower()
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        encoding = str(part.get("Content-Transfer-Encoding") or "").strip().lower()
        if encoding != "base64" or not isinstance(inner, list) or not inner:
            return None
        try:
            return _parse(base64.b64decode(cast(Message, inner[0]).as_bytes()))
        except (ValueError, LookupError):
            return None
    if name.endswith(".eml") and not part.is_multipart():
        return _parse(_body(part))
    return None


def _kind(part: Message) -> str | None:
    """Returns the media type of a part that is a page, by its own type or by the name of the file that is attached."""
    kind = part.get_content_type()
    if kind in (HTML, TEXT):
        return HTML if kind == TEXT and media_type_of(part.get_filename() or "") == HTML else kind
    if kind == "application/xhtml+xml":
        return HTML
    return media_type_of(part.get_filename() or "") if kind == "application/octet-stream" else None


def _body(part: Message) -> bytes:
    if encoding := part.get("Content-Transfer-Encoding"):
        part.replace_header("Content-Transfer-Encoding", str(encoding).strip())
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


def _header(message: Message, name: str) -> str | None:
    """Returns a header as text: its encoded words decoded, its folded lines joined."""
    try:
        raw = message.get(name)
        text = str(email.header.make_header(email.header.decode_header(str(raw)))) if raw is not None else ""
    except (LookupError, ValueError, email.errors.MessageError):
        text = str(message.get(name) or "")
    return " ".join(storable(text).split()) or None


def _date(message: Message) -> dt.datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(str(message.get("Date") or ""))
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None

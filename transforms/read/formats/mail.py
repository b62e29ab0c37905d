"""Mail: mailboxes, single messages, and the pages that browsers save as MHTML.

Of a message the HTML part is the page, else its plain text; the subject is the title, the date that of publication. Of MHTML it is
the first HTML part, with the url it was saved from. Parts that name other files or urls are never followed.
"""

from __future__ import annotations

import codecs
import datetime as dt
import email.errors
import email.header
import email.parser
import email.utils
import re
from collections.abc import Iterator
from email.message import Message
from typing import Any

from broadsheet.schemas.records import HTML, TEXT
from broadsheet.schemas.tables import storable
from broadsheet.transforms.read.compression import Stream
from broadsheet.transforms.read.reader import Context, Found

_FROM = re.compile(rb"From \S.*\d{4}\s*$")
"""The line before each message: sender and date. One in a text would be quoted, `>From`, by whoever wrote the box."""

_FROM_ANYWHERE = re.compile(
    rb"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d(?::\d\d)? "
    rb"(?:\S+ )?\d{4}\s*$"
)
"""One that leaves no doubt, so that no blank line is needed before it."""
_UTF_7 = ("utf-7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7")

_MESSAGE_ID = re.compile(r"[<>\s]")


def read_mbox(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the messages of a mailbox."""
    limit = context.options.max_record_bytes
    message: list[bytes] = []
    size = 0
    blank = True
    for number, line in enumerate(stream.lines(limit)):
        line = line if number else line.removeprefix(codecs.BOM_UTF8)
        if line.startswith(b"From ") and (_FROM if blank else _FROM_ANYWHERE).match(line):
            if message:
                yield _message_found(b"".join(message), context)
            message, size, blank = [], 0, False
            continue
        if size <= limit:
            message.append(line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line)
            size += len(line)
        blank = line in (b"\n", b"\r\n")
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
    part = _first(message, HTML) or _first(message, HTML, attached=True) or _longest_text(message)
    if part is None:
        return context.filtered("no_text_part", "a message without text")
    given: dict[str, Any] = {}
    if title := _header(message, "Subject"):
        given["title"] = title
    if moment := _date(message):
        given["published_at"] = moment.isoformat()
    if identifier := _header(message, "Message-ID"):
        given["external_id"] = _MESSAGE_ID.sub("", identifier)
    kind = HTML if part.get_content_type() == HTML else TEXT
    body, charset = _body(part), part.get_content_charset()
    if charset in _UTF_7:  # which is no charset of the web, so Decode knows none
        body, charset = body.decode("utf-7", "replace").encode("utf-8", "replace"), "utf-8"
    return context.found(body, kind, charset=charset, given=given)


def _parse(data: bytes) -> Message:
    return email.parser.BytesParser().parsebytes(data.removeprefix(codecs.BOM_UTF8))


def _first(message: Message, kind: str, attached: bool = False) -> Message | None:
    return next(_parts(message, kind, attached), None)


def _longest_text(message: Message) -> Message | None:
    """Returns the longest text, of forwarded messages and attachments too: the page, not what someone wrote above it."""
    parts = [*_parts(message, TEXT, False), *_parts(message, TEXT, True)]
    return max(parts, key=lambda part: len(_body(part)), default=None)


def _parts(message: Message, kind: str, attached: bool) -> Iterator[Message]:
    for part in message.walk():
        is_attached = part.get_content_disposition() == "attachment"
        if not part.is_multipart() and part.get_content_type() == kind and is_attached == attached:
            yield part


def _body(part: Message) -> bytes:
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

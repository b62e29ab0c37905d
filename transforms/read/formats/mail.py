"""Mail: mailboxes, single messages, and the pages that browsers save as MHTML.

Of a message the HTML part is the page, else its plain text; the subject is the title, the date that of publication. Of MHTML it is
the first HTML part, with the url it was saved from. Parts that name other files or urls are never followed.
"""

from __future__ import annotations

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

_MESSAGE_ID = re.compile(r"[<>\s]")


def read_mbox(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the messages of a mailbox."""
    limit = context.options.max_record_bytes
    message: list[bytes] = []
    size = 0
    blank = True
    for line in stream.lines(limit):
        if blank and line.startswith(b"From ") and _FROM.match(line):
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
    part = _first(message, HTML) or _first(message, TEXT)
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
    return context.found(_body(part), kind, charset=part.get_content_charset(), given=given)


def _parse(data: bytes) -> Message:
    return email.parser.BytesParser().parsebytes(data)


def _first(message: Message, kind: str) -> Message | None:
    return next(
        (
            part
            for part in message.walk()
            if not part.is_multipart() and part.get_content_type() == kind and part.get_content_disposition() != "attachment"
        ),
        None,
    )


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

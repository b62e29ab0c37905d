"""A message of a topic to a record.

Its value is HTML, text, or a JSON object (an envelope) with the page and what is known of it:

    {"url": "https://…", "html": "<!doctype html>…", "fetched_at": "2026-01-31T06:12:00Z", "source": "harbour.example",
     "headers": {"Content-Type": "text/html; charset=utf-8"}}

The envelope's fields are those of JSON lines (`read.row_columns`); `headers` are the HTTP response's. A message's own
headers may say `content-type`, and any field of `read.metadata_overrides`. A record's ordinal is its offset.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.kafka_uris import TopicRange, parse_range
from broadsheet.schemas.records import HTML, TEXT, InputFile, Origin, RawRecord
from broadsheet.transforms.decode.charsets import valid_as_utf8
from broadsheet.transforms.filters.opt_outs import opt_out_of_headers
from broadsheet.transforms.read.formats.kafka import read_messages
from broadsheet.transforms.read.http_responses import media_type_of
from broadsheet.transforms.read.metadata_overrides import give, parse_given
from broadsheet.transforms.read.reader import Budget, Context, Found, Numbering, ReadOptions
from broadsheet.transforms.read.row_columns import Columns, find_columns, row_to_record
from broadsheet.transforms.read.text_lines import wide_charset

if TYPE_CHECKING:
    from confluent_kafka import Message

HEADER = "header"
"""The basis of what a message's own headers say."""

_CREATED, _APPENDED = 1, 2
"""Kinds of a message's time: the producer's and the broker's."""


def read_topic(item: InputFile, options: ReadOptions) -> Iterator[Found]:
    """Yields the records of a range of offsets, each with its offset as its ordinal.

    Raises:
        LostOffsetsError: The broker has deleted some of them since they were planned.
        OSError: The broker is down.
    """
    part = parse_range(item.uri)
    for message in read_messages(part, options.kafka_config):
        yield message_to_record(message, part, options)


def message_to_record(message: Message, part: TopicRange, options: ReadOptions) -> Found:
    """Returns a message's record, or why it is none."""
    value = message.value()
    origin = Origin(
        part.origin,
        message.offset(),
        source=options.source,
        source_basis="flag" if options.source else None,
        modified_at=_time_of(message),
    )
    empty = RawRecord(origin, b"", TEXT)
    name = f"{part.origin}, offset {message.offset()}"
    context = Context(empty, options, Budget(len(value or b""), options), name, Numbering())
    if value is None:
        return context.filtered("tombstone", "a message without a value, which deletes its key")
    headers = {key.lower(): (text or b"").decode() for key, text in message.headers() or [] if valid_as_utf8(text or b"")}
    try:
        context = context._replace(empty=give(empty, parse_given(headers, HEADER, name)))
        return _read_value(value, headers.get("content-type", ""), context)
    except RecordError as error:
        return context.dead(error.reason, error.message, value)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # A bug of the reader costs the message, not the run.
        return context.dead(f"crashed_{type(error).__name__}", f"the reader raised {error}"[:500], value)


def _read_value(value: bytes, content_type: str, context: Context) -> Found:
    kind = media_type_of(content_type)
    if kind is None:
        start = value[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        if start == b"{" or "json" in content_type.lower():
            return _read_envelope(value, context)
        kind = HTML if start == b"<" else TEXT
    return context.found(value, kind)


def _read_envelope(value: bytes, context: Context) -> Found:
    try:
        fields = json.loads(value.decode(wide_charset(value) or "utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return context.dead("bad_json", f"it begins like JSON and is none: {error}"[:500], value)
    if not isinstance(fields, dict):
        return context.dead("not_an_object", "it is not a JSON object of fields", value)
    headers = fields.get("headers")
    if context.options.respect_opt_out and isinstance(headers, dict):
        words = opt_out_of_headers((str(name), str(text)) for name, text in headers.items())
        if words:
            return context.filtered("opted_out", f"it was sent with {words}")
    try:
        columns = _columns(tuple(fields), context.options)
    except RecordError as error:
        return context.dead(error.reason, error.message, value)
    return row_to_record(fields, columns, context)


@lru_cache(maxsize=256)
def _columns(names: tuple[str, ...], options: ReadOptions) -> Columns:
    return find_columns(names, options)


def _time_of(message: Message) -> dt.datetime | None:
    kind, milliseconds = message.timestamp()
    if kind not in (_CREATED, _APPENDED) or milliseconds <= 0:
        return None
    try:
        return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)
    except (OverflowError, ValueError, OSError):
        return None

"""Reads JSON: one object per line, an array of objects, or one object.

A line that is not JSON is a dead letter, and the next one is read. In an array nothing shows where a broken value ends, so it is
the last one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import Mark
from broadsheet.transforms.read.compression import Stream
from broadsheet.transforms.read.reader import Context, Found, ReadOptions
from broadsheet.transforms.read.row_columns import Columns, encode_text, find_columns, row_to_record, too_many_fields
from broadsheet.transforms.read.text_lines import Line, TextLines, decode_in, text_pieces, wide_charset

_ESCAPES = 3
"""How much longer than its text a JSON string gets: six bytes, `\\u00e9`, for a character of two or three."""
_PIECE = 1024 * 1024
_HEAD_BYTES = 4096
_PARTS = (b",", b"[", b"{")
"""One of these is before each value of an array or object except the first, and one before that."""
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_MARKS = "\ufeff\x1e \t\r\n"
"""What may be before a value: a byte order mark of a file that was appended, RFC 7464's record separator, blanks."""
_BETWEEN = re.compile(r"[\s,]*")


def read_json_lines(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the objects of a file that has one a line."""
    if _begins_an_array(stream):
        yield from read_values(stream, context)
        return
    lines = _lines(stream, context)
    longest = context.options.max_record_bytes
    found_any = False
    for line in _filled(lines):
        found_any, number = True, line.number
        text = lines.text(line)
        data = line.data if isinstance(line.data, bytes) else encode_text(line.data)
        if line.cut:
            what = f"line {number} is longer than {len(data)} bytes (--limit record-mb)"
            yield context.dead("record_too_large", what, data[:longest])
            continue
        if _has_too_many_values(data, context.options):
            yield context.refused(too_many_fields(context.options), data[:longest])
            continue
        try:
            value = json.loads(text if text[0] not in _MARKS else text.lstrip(_MARKS))
        except (ValueError, RecursionError) as error:
            if stream.damage and lines.ended and not text.endswith("\n"):
                yield context.refused(stream.damage, data)
            else:
                yield context.dead("bad_json", f"line {number} is not JSON: {error}"[:500], data)
            continue
        yield _found(value, data, f"line {number}", context, lines.charset)
    lines.detach()
    if not found_any and not context.begin.part and not stream.damage:
        yield context.found(b"", context.empty.media_type)


def mark_json_lines(stream: Stream, context: Context) -> Iterator[Mark]:
    """Yields where the objects of a plain file begin."""
    if _begins_an_array(stream):
        return
    lines = _lines(stream, context)
    if not stream.compression and not lines.wide:
        charset = ""
        for record, line in enumerate(_filled(lines)):
            yield Mark(record, line.offset, line.number - 1, charset=charset)
            charset = lines.charset
    lines.detach()


def _lines(stream: Stream, context: Context) -> TextLines:
    return TextLines(stream, _ESCAPES * context.options.max_record_bytes, context.begin, context.empty.charset)


def _filled(lines: TextLines) -> Iterator[Line]:
    """Yields the lines that are not blank."""
    while line := lines.next():
        if line.cut or (line.data and not line.data.isspace()):
            yield line


def read_json(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the objects of an array, of a file with one object after the other, or of a file that is one object."""
    if _has_an_object_a_line(stream):
        yield from read_json_lines(stream, context)
    else:
        yield from read_values(stream, context)


def read_values(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the objects of an array, or of objects one after the other, however they are laid out."""
    for value, text, where in _values(stream, context):
        if isinstance(value, RecordError):
            yield context.refused(value, encode_text(text[: context.options.max_record_bytes]))
        else:
            data = encode_text(text)
            too_many = _has_too_many_values(data, context.options)
            yield context.refused(too_many_fields(context.options), data) if too_many else _found(value, data, where, context)


def mark_json(stream: Stream, context: Context) -> Iterator[Mark]:
    """Yields where the objects of a plain file begin that has one a line; an array is not split."""
    if _has_an_object_a_line(stream):
        yield from mark_json_lines(stream, context)


def _begins_an_array(stream: Stream) -> bool:
    """Returns whether a file that is named like one of JSON lines is an array, or an object over several lines."""
    first = _head(stream).partition("\n")[0].strip()
    return first in ("[", "{") or (first.startswith("[") and not _is_json(first))


def _head(stream: Stream) -> str:
    data = stream.head(_HEAD_BYTES)
    wide = wide_charset(data)
    return (data.decode(wide, "ignore") if wide else decode_in(data, "utf-8")).lstrip(_MARKS)


def _has_an_object_a_line(stream: Stream) -> bool:
    head = _head(stream)
    return head.startswith("{") and "\n" in head and _is_json(head.partition("\n")[0])


def _values(stream: Stream, context: Context) -> Iterator[tuple[Any, str, str]]:
    """Yields values with their text and place, decoded piece by piece; an error as the last value."""
    limit = _ESCAPES * context.options.max_record_bytes
    data = text_pieces(stream, context.empty.charset)
    parse = json.JSONDecoder().raw_decode
    text, at, passed, ended = "", 0, 0, False
    wanted = 1
    opened = False
    while True:
        if not ended and len(text) - at < wanted:
            pieces = [text[at:]]
            passed, at, have = passed + at, 0, len(pieces[0])
            while not ended and have < wanted:
                piece = next(data, None)
                ended = piece is None
                pieces.append(piece or "")
                have += len(pieces[-1])
            text = "".join(pieces)
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        if not opened:
            opened = True
            if text.startswith("[", at):
                at += 1
                continue
        if text.startswith("]", at):
            at += 1
            continue
        if at == len(text):
            if ended:
                return
            continue
        try:
            value, end = parse(text, at)
            if end == len(text) and not ended:
                raise ValueError("a number may go on")
        except (ValueError, RecursionError) as error:
            rest = text[at:]
            too_many = _has_too_many_values(rest.encode("utf-8", "replace"), context.options)
            if not (too_many or ended) and len(rest) < limit:
                wanted = 2 * len(rest) + _PIECE
                continue
            broken = stream.damage or RecordError("bad_json", f"no JSON from character {passed + at} on: {error}"[:500])
            yield too_many_fields(context.options) if too_many else broken, rest, ""
            return
        yield value, text[at:end], f"the value at character {passed + at}"
        at, wanted = end, 1


def _found(value: Any, text: bytes, where: str, context: Context, charset: str = "") -> Found:
    if not isinstance(value, dict):
        return context.dead("not_an_object", f"{where} is not a JSON object of fields", text)
    try:
        columns = _columns(tuple(value), context.options)
    except RecordError as error:
        return context.dead(error.reason, f"{where}: {error.message}", text)
    return row_to_record(value, columns, context, charset, where)


@lru_cache(maxsize=256)
def _columns(names: tuple[str, ...], options: ReadOptions) -> Columns:
    return find_columns(names, options)


def _has_too_many_values(text: bytes, options: ReadOptions) -> bool:
    """Returns whether JSON, of which nothing is built yet, has more values than are allowed; commas within strings do not count."""
    if len(text) <= options.max_fields or sum(map(text.count, _PARTS)) <= options.max_fields:
        return False
    bare = _STRING.sub(b"", text)
    return sum(map(bare.count, _PARTS)) > options.max_fields


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True

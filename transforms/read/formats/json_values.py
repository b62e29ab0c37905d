"""JSON: one object a line, or an array of them, or one.

A line that is no JSON is a dead letter and the next one is read. In an array nothing tells where a broken value ends, so that is
the last one.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import Mark
from broadsheet.transforms.read.compression import Stream
from broadsheet.transforms.read.reader import Context, Found, ReadOptions
from broadsheet.transforms.read.row_columns import Columns, find_columns, row_to_record, too_many_fields

_ESCAPES = 3
"""How much longer than its text a JSON string gets: six bytes, `\\u00e9`, for a character of two or three."""
_PIECE = 1024 * 1024
_PARTS = (b",", b"[", b"{")
"""One of these stands before each value of an array or object but the first, and one before that."""
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_BETWEEN = re.compile(r"[\s,]*")


def read_json_lines(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the objects of a file that has one a line."""
    number = 0
    for number, _, line, cut in _lines(stream, context):
        if cut:
            what = f"line {number} is longer than {len(line)} bytes (--max-record-mb)"
            yield context.dead("record_too_large", what, line[: context.options.max_record_bytes])
            continue
        if _has_too_many_values(line, context.options):
            yield context.refused(too_many_fields(context.options), line[: context.options.max_record_bytes])
            continue
        try:
            value = _parse(line)
        except (ValueError, RecursionError) as error:
            if stream.damage and not line.endswith(b"\n"):
                yield context.refused(stream.damage, line)
            else:
                yield context.dead("bad_json", f"line {number} is no JSON: {error}"[:500], line)
            continue
        yield _found(value, line, f"line {number}", context)
    if not number and not context.begin.part and not stream.damage:
        yield context.found(b"", context.empty.media_type)


def mark_json_lines(stream: Stream, context: Context) -> Iterator[Mark]:
    """Yields where the objects of a plain file begin."""
    if not stream.compression:
        for record, (number, offset, _, _) in enumerate(_lines(stream, context)):
            yield Mark(record, offset, number - 1)


def _lines(stream: Stream, context: Context) -> Iterator[tuple[int, int, bytes, bool]]:
    """Yields number, from 1, offset and bytes of the lines that are not blank, and whether it is the first bytes of one only."""
    limit = _ESCAPES * context.options.max_record_bytes
    number, offset = context.begin.part, context.begin.offset
    stream.go_to(offset)
    while line := stream.readline(limit):
        number += 1
        cut = len(line) == limit and not line.endswith(b"\n")
        size = len(line) + (stream.skip_line() if cut else 0)
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if cut or (line and not line.isspace()):
            yield number, offset, line, cut
        offset += size


def read_json(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the objects of an array, of a file of objects one behind the other, or of a file that is one."""
    if _has_an_object_a_line(stream):
        yield from read_json_lines(stream, context)
        return
    for value, text, where in _values(stream, context):
        if isinstance(value, RecordError):
            yield context.refused(value, text[: context.options.max_record_bytes].encode("utf-8", "replace"))
        else:
            data = text.encode("utf-8", "replace")
            too_many = _has_too_many_values(data, context.options)
            yield context.refused(too_many_fields(context.options), data) if too_many else _found(value, data, where, context)


def mark_json(stream: Stream, context: Context) -> Iterator[Mark]:
    """Yields where the objects of a plain file begin that has one a line; an array is not split."""
    if _has_an_object_a_line(stream):
        yield from mark_json_lines(stream, context)


def _has_an_object_a_line(stream: Stream) -> bool:
    head = stream.head(4096).removeprefix(codecs.BOM_UTF8).lstrip()
    return head.startswith(b"{") and b"\n" in head and _is_json(head.partition(b"\n")[0])


def _values(stream: Stream, context: Context) -> Iterator[tuple[Any, str, str]]:
    """Yields values with their text and place, decoded piece by piece; an error as the last value."""
    limit = _ESCAPES * context.options.max_record_bytes
    decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
    parse = json.JSONDecoder().raw_decode
    text, at, passed, ended = "", 0, 0, False
    wanted = 1
    opened = False
    while True:
        if not ended and len(text) - at < wanted:
            pieces = [text[at:]]
            passed, at, have = passed + at, 0, len(pieces[0])
            while not ended and have < wanted:
                data = stream.read(_PIECE)
                ended = not data
                pieces.append(decoder.decode(data, ended))
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


def _found(value: Any, text: bytes, where: str, context: Context) -> Found:
    if not isinstance(value, dict):
        return context.dead("not_an_object", f"{where} is no JSON object of fields", text)
    try:
        columns = _columns(tuple(value), context.options)
    except RecordError as error:
        return context.dead(error.reason, f"{where}: {error.message}", text)
    return row_to_record(value, columns, context)


@lru_cache(maxsize=256)
def _columns(names: tuple[str, ...], options: ReadOptions) -> Columns:
    return find_columns(names, options)


def _has_too_many_values(text: bytes, options: ReadOptions) -> bool:
    """Returns whether JSON, of which nothing is built yet, has more values than are allowed; commas within strings do not count."""
    if len(text) <= options.max_fields or sum(map(text.count, _PARTS)) <= options.max_fields:
        return False
    bare = _STRING.sub(b"", text)
    return sum(map(bare.count, _PARTS)) > options.max_fields


def _parse(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return json.loads(line.decode("utf-8", "surrogateescape"))


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True

"""The formats that are read: one line each.

A file's name says what it is, and its first bytes may overrule that: on the web a name says little, and a magic number is not an
accident.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple, Optional

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import TEXT, Mark, RawRecord
from broadsheet.transforms.plugins import plugins
from broadsheet.transforms.read.compression import Stream, compression_of
from broadsheet.transforms.read.formats import arc, archives, feeds, json_values, mail, single_page, tabular, warc, warc_loose
from broadsheet.transforms.read.page_kinds import xml_kind
from broadsheet.transforms.read.reader import Context, Found

COMPRESSED = (".gz", ".bz2", ".xz", ".zst", ".lz4")
"""Suffixes that say how a file is compressed; only names need them."""

_PLUGINS = "broadsheet.formats"

_FEED = ".rss"
"""What a file is whose name says nothing and whose root element is that of a feed: feeds are often saved from `/feed`."""

_HEAD_BYTES = 512
"""How much of a file its format is recognised by: tar's magic ends at 262, a WARC's version line at 10."""


class Format(NamedTuple):
    """A format and how it is read."""

    name: str
    suffixes: tuple[str, ...]
    magic: Optional[re.Pattern[bytes]]
    """What the decompressed bytes begin with, where that alone is proof; a name is not needed then."""
    read: Callable[[Stream, Context], Iterator[Found]]
    mark: Optional[Callable[[Stream, Context], Iterator[Mark]]] = None
    """Yields where the reader may begin, in the order of the file, each with what the reader would know there: `read` continues
    from `context.begin` as if it had come there by itself. It may end early, and does so if it is not sure. `None`: files of this
    format are never split."""


def _read_zip(stream: Stream, context: Context) -> Iterator[Found]:
    return archives.read_zip(stream, context, read_stream, page_type)


def _read_tar(stream: Stream, context: Context) -> Iterator[Found]:
    return archives.read_tar(stream, context, read_stream)


FORMATS = (
    Format("page", single_page.SUFFIXES, None, single_page.read_page),
    Format("WARC", (".warc", ".wet"), warc_loose.MAGIC, warc.read_warc, warc.mark_warc),
    Format("ARC", (".arc",), arc.MAGIC, arc.read_arc),
    Format("JSON lines", (".jsonl", ".ndjson", ".jl"), None, json_values.read_json_lines, json_values.mark_json_lines),
    Format("JSON", (".json",), None, json_values.read_json, json_values.mark_json),
    Format("table", (".csv", ".tsv"), None, tabular.read_csv, tabular.mark_csv),
    Format("Parquet", (".parquet", ".pq"), re.compile(rb"PAR1[\x00-\x1f\x80-\xff]"), tabular.read_parquet, tabular.mark_parquet),
    Format("Arrow", (".arrow", ".feather", ".ipc", ".arrows"), re.compile(rb"ARROW1\0\0"), tabular.read_arrow, tabular.mark_arrow),
    Format("zip", (".zip",), re.compile(rb"PK\x03\x04|PK\x05\x06\0\0"), _read_zip),
    Format("tar", (".tar", ".tgz", ".tbz2", ".txz", ".tzst"), re.compile(rb"(?s:.{257})ustar[\x00 ]"), _read_tar),
    Format("mailbox", (".mbox",), None, mail.read_mbox),
    Format("message", (".eml",), None, mail.read_message),
    Format("feed", (".rss", ".atom", ".rdf", ".xml"), None, feeds.read_feed),
    Format("MHTML", (".mhtml", ".mht"), None, mail.read_mhtml),
)


def formats() -> tuple[Format, ...]:
    """Returns the formats: our own, then those of installed packages, which name them as entry points of `broadsheet.formats`.

    Raises:
        ConfigError: An entry point cannot be loaded, or is not a `Format`.
    """
    return (*FORMATS, *_plugged_in())


@cache
def _plugged_in() -> tuple[Format, ...]:
    return tuple(plugin for _, plugin in plugins(_PLUGINS, Format))


def format_of(name: str) -> Format | None:
    """Returns the format that a name means, apart from its compression's suffix; `None` for one that is not read."""
    name = _bare(name)
    return next((kind for kind in formats() if name.endswith(kind.suffixes)), None)


def sniffed_suffix(head: bytes) -> str | None:
    """Returns a suffix of the format that decompressed bytes prove to be, `None` where they prove nothing."""
    return next((kind.suffixes[0] for kind in formats() if kind.magic and kind.magic.match(head)), None)


def known_suffixes() -> str:
    """Returns the suffixes of all formats, for messages."""
    return " ".join(suffix for kind in formats() for suffix in kind.suffixes)


def media_type(name: str) -> str | None:
    """Returns the media type of a page's name, apart from its compression's suffix; `None` for what is not a page."""
    return single_page.media_type_of(_bare(name))


def page_type(name: str, data: bytes) -> str | None:
    """Returns the media type of data that is a page by its name, and nothing else by its first bytes; else `None`."""
    kind = single_page.media_type_of(name)
    return kind if kind and not compression_of(data) and not sniffed_suffix(data[:_HEAD_BYTES]) else None


def _bare(name: str) -> str:
    """Returns a name in lower case without its compression's suffix; of a url without its query."""
    name = name.lower()
    if name.startswith(("http://", "https://")):
        name = name.partition("?")[0]
    for suffix in COMPRESSED:
        name = name.removesuffix(suffix)
    return name


def read_stream(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields what is found in a file or member, by the reader of its format.

    What is wrong with the whole stream and not with one record is the last thing that is yielded, once.
    """
    head = stream.head(_HEAD_BYTES)
    kind = _recognise(head, context)
    context = context._replace(empty=context.empty._replace(media_type=media_type(context.name) or TEXT))
    if not head and not stream.damage:
        yield context.found(b"", context.empty.media_type)
        return
    if kind is None:
        yield context.filtered("unknown_format", "its name and its first bytes are of nothing that is read")
        return
    last: Found | None = None
    try:
        for last in kind.read(stream, context):
            yield last
    except RecordError as error:
        yield context.refused(error)
        return
    except RecursionError:
        yield context.dead("too_deep", "it is nested more deeply than its reader can go")
        return
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # A bug of the reader, or of a parser that it uses, costs the file and not the run.
        yield context.dead(f"crashed_{type(error).__name__}", f"the {kind.name} reader raised {error}"[:500])
        return
    if stream.damage and (last is None or isinstance(last, RawRecord) or last[1].reason != stream.damage.reason):
        yield context.refused(stream.damage)


def mark_stream(stream: Stream, context: Context) -> Iterator[Mark]:
    """Yields where `read_stream` may begin in a file, in the order of the file; nothing if that is only its start."""
    kind = _recognise(stream.head(_HEAD_BYTES), context)
    if kind and kind.mark:
        yield from kind.mark(stream, context)


def _recognise(head: bytes, context: Context) -> Format | None:
    proven = next((kind for kind in formats() if kind.magic and kind.magic.match(head)), None)
    return proven or format_of(context.name) or (format_of(_FEED) if xml_kind(head.lstrip()) else None)

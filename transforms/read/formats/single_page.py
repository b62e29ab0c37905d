"""Pages: a file, or a member of an archive, that is one record."""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.schemas.records import HTML, TEXT
from broadsheet.transforms.read.compression import Stream
from broadsheet.transforms.read.reader import Context, Found

_MEDIA_TYPES = {
    ".txt": TEXT,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".shtml": HTML,
}
SUFFIXES = tuple(_MEDIA_TYPES)


def media_type_of(name: str) -> str | None:
    """Returns the media type of a name by its suffix, in any case; `None` for any other."""
    name = name.lower()
    return next((kind for suffix, kind in _MEDIA_TYPES.items() if name.endswith(suffix)), None)


def read_page(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the whole stream as one record."""
    data = stream.read_whole(context.options.max_record_bytes + 1)
    if stream.damage and len(data) <= context.options.max_record_bytes:
        yield context.refused(stream.damage, data)
    else:
        yield context.found(data, context.empty.media_type)

"""Reads out of a page's bytes what its head says: title, description, declared types; resolves character references."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator

from broadsheet.transforms.boilerplate.html.byte_search import places_of


def resolve_entities(text: str) -> str:
    """Resolves character references; numbers too long to be one are none (Python refuses to read them)."""
    return entities.unescape(_LONG_NUMBER.sub(" ", text)) if "&" in text else text


_LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{8,}")


def title_of(source: bytes) -> str:
    """Returns the words of a `<title>` element, at most 1,000 characters of them."""
    words = source[source.find(b">") + 1 :][:4000].decode("utf-8", "replace")
    return " ".join(resolve_entities(words).split())[:1000]


def description_of(data: bytes) -> str:
    """Returns the longest description in the page's `<meta>` elements, of the first eight places that could be one."""
    longest = b""
    place = data.find(b"description")
    for _ in range(8):
        if place < 0:
            break
        begin = data.rfind(b"<", max(place - 2000, 0), place)
        if begin >= 0 and data[begin + 1 : begin + 5].lower() == b"meta":
            found = _CONTENT.search(data, begin, begin + 4000)
            longest = max(longest, (found[1] or found[2] or b"") if found else b"", key=len)
        place = data.find(b"description", place + 11)
    return resolve_entities(longest.decode("utf-8", "replace")).lower()


_CONTENT = re.compile(rb"content\s{0,4}=\s{0,4}(?:\"([^\"<>]{0,1000})|'([^'<>]{0,1000}))", re.IGNORECASE)


def declared_types(data: bytes) -> Iterator[str]:
    """Yields what a page says that it is, in JSON-LD (`@type`) and in `og:type`, lower case."""
    for literal, at, pattern in ((b'"@type"', 1, _TYPE), (b"og:type", 1, _OG_TYPE)):
        for place in places_of(data, literal, at).tolist():
            if found := pattern.match(data, place):
                yield found[1].decode("utf-8", "replace").lower()


_TYPE = re.compile(rb'"@type"\s{0,4}:\s{0,4}\[?\s{0,4}"(\w{3,40})"')
_OG_TYPE = re.compile(rb"og:type[\"']?\s{1,4}content\s{0,2}=\s{0,2}[\"']?([\w.:]{3,30})")

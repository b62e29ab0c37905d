"""Mends HTML source before it is taken apart, so that body and metadata read the same words.

    html = mend_source("<ruby>港町<rt>みなとまち</rt></ruby>")     # "<ruby>港町</ruby>"

What is removed here is not part of the words: readings over Chinese characters (`<rt>`), soft hyphens and zero-width characters,
badges ("Live") that come before a sentence. Entities that a template escaped twice (`&amp;quot;`) are mended. Every step begins
with a search for a literal, so that a page without the thing costs that search alone.
"""

from __future__ import annotations

import re

from broadsheet.transforms.boilerplate.html.byte_search import places_of
from broadsheet.transforms.boilerplate.invisible import without_invisible
from broadsheet.transforms.latest_utf8 import utf8_of

_ENTITY = re.compile(
    r"&(?:amp;(?=(?:quot|apos|nbsp|[lr][sd]quo|[lr]aquo|[nm]dash|hellip|amp|euro|szlig|[a-zA-Z](?:acute|grave|uml|circ|tilde|cedil)"
    r"|#(?:39|34|160|8\d{3}|x27|x22|x20[0-9a-fA-F]{2}));)"
    r"|(?:shy|ZeroWidthSpace|NoBreak|zwn?j|#(?:0*173|0*820[345]|0*8288|0*65279|[xX]0*(?:[aA][dD]|200[b-dB-D]|2060|[fF][eE][fF]{2})));?)"
)
"""Entities escaped twice, and those of invisible characters. `&amp;lt;` is neither: a page that teaches HTML means it."""

_CHARACTERS = {"shy": "", "NoBreak": "", "ZeroWidthSpace": "\u200b", "zwj": "\u200d", "zwnj": "\u200c"}

_READING = re.compile(r"<r[tp](?=[\s>])[^>]{0,200}>", re.IGNORECASE)
_READING_ENDS = re.compile(r"</r[tp]\s{0,9}>|(?=<r[tpb][\s>]|<rtc[\s>]|</ruby|</rtc)", re.IGNORECASE)
_READING_CHARS = 400
"""A reading has a few characters; one that does not end within so many is left as it is."""

_BADGE = re.compile(
    r"<(span|b|strong|em|i|small)\s[^<>]{0,300}>[^<>]{1,16}</\1\s{0,4}>(?=\s{0,40}(?:<[^<>/]{1,200}>)?[^\s<])", re.IGNORECASE
)
_BEGINS_BLOCK = re.compile(r"<(?:p|h[1-6]|div|li)\b[^<>]{0,300}>\s{0,40}$", re.IGNORECASE)
_BLOCK_TAG = 400
"""Characters; a tag before a badge is looked for in so many."""


def mend_source(html: str) -> str:
    """Returns a page's source without readings, invisible characters and badges; takes time linear in it.

    Args:
        html: The page's source, of any length and quality.
    """
    if _ENTITY.search(html):
        literal = "<pre" in html or "<code" in html
        html = _ENTITY.sub(lambda found: _character(found[0], literal), html)
    html = without_invisible(html)
    data = utf8_of(html)
    if len(places_of(data, b"<ruby", 0)):
        html = _without_readings(html)
    if len(places_of(data, b"badge", 2)):
        html = _without_badges(html)
    return html


def _without_badges(html: str) -> str:
    """Drops badges at the beginning of a block of text, which a style sheet sets apart from the sentence after them."""
    pieces, done = [], 0
    place = html.find("badge")
    while place >= 0:
        begin = html.rfind("<", max(place - _BLOCK_TAG, 0), place)
        found = _BADGE.match(html, begin) if begin >= done else None
        if found and found.end() > place and _BEGINS_BLOCK.search(html[max(begin - _BLOCK_TAG, 0) : begin]):
            pieces.append(html[done:begin])
            done = found.end()
        place = html.find("badge", place + 5)
    return "".join([*pieces, html[done:]])


def _character(entity: str, literal: bool) -> str:
    """Returns what an entity of `_ENTITY` becomes.

    Args:
        entity: The match.
        literal: Whether the page shows source code, where an entity that is escaped twice is meant so.
    """
    if entity == "&amp;":
        return entity if literal else "&"
    name = entity[1:].rstrip(";")
    if not name.startswith("#"):
        return _CHARACTERS[name]
    return chr(int(name[2:], 16) if name[1] in "xX" else int(name[1:]))


def _without_readings(html: str) -> str:
    pieces, done = [], 0
    for found in _READING.finditer(html):
        if found.start() < done:
            continue
        ends = _READING_ENDS.search(html, found.end(), found.end() + _READING_CHARS)
        pieces.append(html[done : found.start()])
        done = ends.end() if ends else found.end()
    return "".join([*pieces, html[done:]])

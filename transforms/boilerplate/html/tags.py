"""The tags of a page, found as positions in its bytes.

    data = page_bytes(html)
    tags = find_tags(data)

No tree is built: most of what an extractor costs is building one and walking it, and boxes follow from the order of their
tags. What browsers do not show is passed over here, so that it never becomes text: scripts, styles, templates, comments, `hidden`
elements and those of `display: none`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.transforms.boilerplate.html.byte_search import WordSearch, places_of
from broadsheet.transforms.latest_utf8 import utf8_of

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

BOXES = (
    "div", "section", "article", "main", "aside", "nav", "header", "footer", "form", "figure", "figcaption", "blockquote", "ul",
    "ol", "table", "td", "dl", "details", "button", "dialog",
)  # fmt: skip
"""Elements that hold blocks; their order numbers them, from 1."""

BREAKS = (
    "p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "tr", "dt", "dd", "pre", "address", "center", "fieldset", "legend",
    "label", "summary", "option", "caption", "tbody", "thead", "body", "html", "head", "video", "audio", "input",
    "noindex",
)  # fmt: skip
"""Elements that end a line but hold no boxes worth a level in the tree."""

UNSEEN = (
    "script",
    "style",
    "template",
    "svg",
    "noscript",
    "textarea",
    "select",
    "iframe",
    "title",
    "math",
    "object",
    "noframes",
    "xmp",
    "map",
)
"""Elements whose content no reader sees as text of the page; everything between them and their end tag is skipped."""

_ALIASES = {"th": "td", "menu": "ul", "amp-img": "br"}

_NAMES = ("", *BOXES, *BREAKS, *UNSEEN, "a", "!")
TAG = {name: number for number, name in enumerate(_NAMES)}
"""Numbers of the elements that this module distinguishes; 0 is every other one, which is within a line (`b`, `span`, ...)."""
_A, _COMMENT = TAG["a"], TAG["!"]
_SELF_CLOSING = frozenset({TAG["svg"], TAG["math"]})
LAST_BOX, LAST_BREAK = len(BOXES), len(BOXES) + len(BREAKS)


def _key(name: str) -> int:
    """The first eight letters of an element's name as one number, to compare names by."""
    return int.from_bytes(name.encode()[:8].ljust(8, b"\0"), "little")


_KEYED = sorted({**{_key(name): TAG[name] for name in _NAMES[1:-1]}, **{_key(a): TAG[b] for a, b in _ALIASES.items()}}.items())
_KEYS = np.array([key for key, _ in _KEYED], np.uint64)
_KEY_TAGS = np.array([tag for _, tag in _KEYED], np.int64)

_SHIFT = np.uint64(64 - 12)
_FACTOR = next(
    factor
    for factor in (np.uint64(0x9E3779B97F4A7C15 + 2 * tried) for tried in range(1000))
    if len(np.unique(_KEYS * factor >> _SHIFT)) == len(_KEYS)
)
_PLACES = np.zeros(1 << 12, np.int64)
_PLACES[_KEYS * _FACTOR >> _SHIFT] = np.arange(len(_KEYS))
"""Where in `_KEYS` a name can only be, by twelve bits of a product: a factor by which no two of the names share them. A page's
names are looked up so in a fifth of the time that a binary search takes."""

_IN_NAMES = b"abcdefghijklmnopqrstuvwxyz0123456789-:_"
_NAME_BYTES = bytes(ord(chr(byte).lower()) if byte < 128 and chr(byte).lower().encode() in _IN_NAMES else 0 for byte in range(256))
_OPENS_TAG = np.zeros(256, bool)
_OPENS_TAG[[*b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/!?"]] = True
_WHOLE_TAG = re.compile(rb"<(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+>")
"""A tag up to the `>` outside of its quoted values; as in browsers, a quote means nothing but after `=`."""


NAMED_WORDS = {
    "article": ("article", "content", "story", "post", "entry", "text", "body", "main"),
    "comment": ("comment", "disqus", "reply", "forum"),
    "picture": ("caption", "figure", "image", "photo", "img", "gallery", "media", "video"),
    "lead": ("lead", "intro", "summary", "teaser", "abstract", "desc"),
    "caption": ("caption",),
    "share": ("share", "social"),
    "crumb": ("crumb",),
    "tags": ("tags", "keyword"),
    "related": ("related", "recommend", "similar"),
    "byline": ("byline", "author"),
}
"""What authors of pages call boxes, in groups; English words, because those names are English nearly everywhere. Eight more groups
(navigation, advertisements, dates, ...) were tried as features and changed no figure by more than its noise."""
NAMED = {name: 1 << bit for bit, name in enumerate(NAMED_WORDS)}


class Tags(NamedTuple):
    """The tags of a page, in order; the first is a made-up one before the page."""

    start: Ints
    """Where each begins, as an offset in the page's bytes."""
    end: Ints
    """Where its last byte is; for an unseen element the last byte of its content."""
    tag: Ints
    """Its number in `TAG`."""
    closing: Flags


def page_bytes(html: str) -> bytes:
    """Encodes a page, with a `>` before it that makes a first tag, and eight zero bytes after it, beyond which no name is read."""
    return b">" + utf8_of(html) + b"\0" * 8


def find_tags(data: bytes, hidden_too: bool = False) -> Tags:
    """Finds the tags that shape the page.

    Args:
        data: What `page_bytes` makes of the page.
        hidden_too: Whether hidden elements and `<noscript>` count as text of the page.
    """
    codes = np.frombuffer(data, np.uint8)
    start = np.flatnonzero(codes[:-8] == ord("<"))
    second = codes[start + 1]
    opens = _OPENS_TAG[second]
    start = np.concatenate(([0], start[opens]))
    second = np.concatenate(([0], second[opens]))
    closers = np.concatenate((np.flatnonzero(codes == ord(">")), [len(data) - 9]))
    end = closers[np.searchsorted(closers[:-1], start)]
    closing = second == ord("/")
    keys = _name_keys(data, start + 1 + closing)
    place = _PLACES[keys * _FACTOR >> _SHIFT]
    tag = _KEY_TAGS[place] * (_KEYS[place] == keys)
    tag[second == ord("!")] = _COMMENT
    tag[0] = TAG["html"]
    if hidden_too:
        tag[tag == TAG["noscript"]] = 0
    valid = _pass_over(data, codes, start, end, tag, closing)
    start, end, tag, closing, keys = start[valid], end[valid], tag[valid], closing[valid], keys[valid]
    display = places_of(data, b"display", 5)
    inline = [place for place in display.tolist() if _DISPLAY_INLINE.match(data, place)]
    if inline:
        _pass_inline(inline, start, end, tag, closing, keys)
    if not hidden_too and (hidden := _hidden(data, display, start, end, tag, closing)):
        valid = _drop_hidden(hidden, start, end, tag, closing, keys)
        start, end, tag, closing = start[valid], end[valid], tag[valid], closing[valid]
    return Tags(start, end, tag, closing)


def _pass_inline(at: list[int], start: Ints, end: Ints, tag: Ints, closing: Flags, keys: NDArray[np.uint64]) -> None:
    """Makes boxes that are within a line (`style="display:inline"`) elements of the line, in place."""
    index = np.searchsorted(start, at) - 1
    inside = (at < end[index]) & ~closing[index] & (tag[index] == TAG["div"])
    names, closes = keys.tolist(), closing.tolist()
    for opening in sorted(set(index[inside].tolist()))[:_MOST_INLINE]:
        if closer := _matching(names, closes, opening):
            tag[[opening, closer]] = 0


_DISPLAY_INLINE = re.compile(rb"display\s{0,4}:\s{0,4}inline(?=\s{0,4}[;\"'!])")
_MOST_INLINE = 100
"""A page has a few such boxes; each costs a walk over the tags up to its end."""


def _name_keys(data: bytes, at: Ints) -> NDArray[np.uint64]:
    """Reads the eight bytes at each place as one number, in lower case and without what follows the name: comparable to `_key`."""
    names = np.frombuffer(_eights(data)[at].tobytes().translate(_NAME_BYTES), "<u8")
    zeros = (names - _ONES) & ~names & _HIGHS
    return names & ((zeros & -zeros) - np.uint64(1))


def _eights(data: bytes) -> NDArray[np.uint64]:
    """The eight bytes at each place of a page as one number, as a view."""
    return np.ndarray(len(data) - 7, "<u8", data, strides=(1,))


_FOUR, _SEVEN = np.uint64((1 << 32) - 1), np.uint64((1 << 56) - 1)
"""Of eight bytes the first four, the first seven."""

_ONES, _HIGHS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
"""For the old trick that finds the first zero byte of a word, which is where the name ends."""


def _pass_over(data: bytes, codes: NDArray[np.uint8], start: Ints, end: Ints, tag: Ints, closing: Flags) -> Flags:
    """Extends unseen elements to their end tags and tags to the `>` that is outside quotes.

    Args:
        data: The page's bytes.
        codes: The same.
        start: Where each `<` is.
        end: Where the next `>` is; changed in place.
        tag: Each tag's number.
        closing: Whether it is an end tag.

    Returns:
        Which tags are outside of what was skipped.
    """
    quotes = np.flatnonzero((codes == ord('"')) | (codes == ord("'")))
    seen = np.concatenate(([0], np.cumsum(np.where(codes[quotes] == ord('"'), 1, 1 << 32))))  # two counts in one number
    within = seen[np.searchsorted(quotes, end)] - seen[np.searchsorted(quotes, start)]
    odd = ((within | within >> 32) & 1) > 0
    unseen = (tag > LAST_BREAK) & (tag != _A)
    special = np.flatnonzero((odd | unseen) & ~closing)
    passed: list[int] = []
    passed_to: list[int] = []
    end_tags: dict[int, list[int]] = {}
    last_comment = data.rfind(b"-->") - 1
    done, budget = (
        0,
        4 * len(data),
    )  # a quote that never closes may be looked at again by each tag before it: bounded to keep time linear
    columns = (special, start[special], end[special], tag[special], odd[special], unseen[special])
    for index, begin, stop, number, is_odd, is_unseen in zip(*(column.tolist() for column in columns), strict=True):
        if begin < done:
            continue
        if is_odd and budget > 0:
            whole = _WHOLE_TAG.match(data, begin, begin + _LONGEST_TAG)
            stop = whole.end() - 1 if whole else stop
            budget -= stop - begin if whole else _LONGEST_TAG
        if number == _COMMENT:
            if begin < last_comment and data.startswith(b"<!--", begin):
                stop = data.find(b"-->", begin + 2) + 2
        elif (
            is_unseen
            and not (data[stop - 1 : stop] == b"/" and number in _SELF_CLOSING)
            and not _is_shadow(data, begin, stop, number)
        ):
            if number not in end_tags:
                end_tags[number] = start[closing & (tag == number)].tolist()
            following = bisect_left(end_tags[number], stop)
            stop = end_tags[number][following] - 1 if following < len(end_tags[number]) else stop
        done = stop
        passed.append(index)
        passed_to.append(stop)
    if not passed:
        return np.ones(len(start), bool)
    end[passed] = passed_to
    begun = np.zeros(len(start), np.int64)
    begun[passed] = 1
    region = np.cumsum(begun) - 1
    return (region < 0) | (start > np.array(passed_to)[region]) | (begun > 0)


def _is_shadow(data: bytes, begin: int, stop: int, number: int) -> bool:
    """Whether a tag is a `<template>` that browsers show at once: the declarative shadow tree of the element around it."""
    return number == TAG["template"] and b"shadowroot" in data[begin:stop].lower()


_LONGEST_TAG = 65536
"""Bytes; values with whole JSON documents in them stay below it on the labelled pages."""


def _hidden(data: bytes, display: Ints, start: Ints, end: Ints, tag: Ints, closing: Flags) -> list[int]:
    """Returns the indices of start tags that say they are not shown; `display` is where that word is."""
    at = _hiding_words(data, display)
    index = np.searchsorted(start, at) - 1
    inside = (at < end[index]) & ~closing[index] & ((tag[index] <= LAST_BREAK) | (tag[index] == _A))
    candidates = sorted(set(index[inside].tolist()))
    return [
        candidate
        for candidate in candidates
        if candidate and tag[candidate] not in _SHOWN and _says_hidden(data[start[candidate] : end[candidate] + 1])
    ]


def _hiding_words(data: bytes, display: Ints) -> Ints:
    """Finds `display:none`, `display: none` and ` hidden`: by two letters, then by eight at once."""
    codes = np.frombuffer(data, np.uint8)
    eights = _eights(data)
    display = display[display < len(data) - 15]
    display = display[eights[display] == _DISPLAY]
    value = display + 8
    value += codes[value] == ord(" ")
    display = display[(eights[value] & _FOUR) == _NONE]
    hidden = np.flatnonzero((codes[:-8] == ord(" ")) & (codes[1:-7] == ord("h")))
    hidden = hidden[(eights[hidden] & _SEVEN) == _HIDDEN_WORD]
    return np.concatenate((display, hidden))


_DISPLAY, _NONE, _HIDDEN_WORD = _key("display:"), _key("none"), _key(" hidden")


_SHOWN = frozenset({TAG["html"], TAG["body"], TAG["head"], TAG["input"], TAG["br"], TAG["hr"]})
"""Elements that hide nothing though they say so: whole pages are hidden until a script shows them, and the rest hold no text."""


def _says_hidden(source: bytes) -> bool:
    """Whether a start tag has the attribute `hidden`, or a style that hides it; a class of that name does not count."""
    if _STREAMED.search(source):
        return False
    for name, quoted, single, bare in _ATTRIBUTE.findall(source):
        value = quoted or single or bare
        if name.lower() == b"style" and _DISPLAY_NONE.search(value):
            return True
        if name.lower() == b"hidden" and value.lower() in _HIDDEN_VALUES:
            return True
    return False


_ATTRIBUTE = re.compile(rb"\s([a-zA-Z-]{1,20})(?:\s{0,4}=\s{0,4}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?(?=[\s>/])")
_DISPLAY_NONE = re.compile(rb"display\s{0,4}:\s{0,4}none", re.IGNORECASE)
_HIDDEN_VALUES = (b"", b"hidden", b"true")
_STREAMED = re.compile(rb"\sid=\"S:[0-9a-f]+\"")
"""What React streams to a page: hidden until its script, a moment later, moves it into sight."""


def _drop_hidden(hidden: list[int], start: Ints, end: Ints, tag: Ints, closing: Flags, keys: NDArray[np.uint64]) -> Flags:
    """Extends hidden elements to their end tags (`end` is changed in place); returns which tags are outside them."""
    valid = np.ones(len(start), bool)
    names, closes, numbers = keys.tolist(), closing.tolist(), tag.tolist()
    unclosed: set[int] = set()
    done = 0
    for index in hidden:
        name = names[index]
        if index < done or name in unclosed:
            continue
        if numbers[index] == TAG["p"]:
            stop = next(
                (
                    other
                    for other in range(index + 1, len(names))
                    if 0 < numbers[other] <= LAST_BREAK and numbers[other] != TAG["br"]
                ),
                0,
            )
        else:
            stop = _matching(names, closes, index)
        if not stop:
            unclosed.add(name)
            continue
        end[index] = start[stop] - 1
        valid[index + 1 : stop] = False
        done = stop
    return valid


def _matching(names: list[int], closes: list[bool], index: int) -> int:
    """Returns the index of the end tag of the element that begins at `index`, 0 if it has none."""
    name, level = names[index], 0
    for other in range(index, len(names)):
        if names[other] == name:
            level += -1 if closes[other] else 1
            if not level:
                return other
    return 0


def names_given(data: bytes, tags: Tags) -> Ints:
    """Says of each start tag which groups of `NAMED` its attributes speak of."""
    bits = np.zeros(len(tags.tag), np.int64)
    length = tags.end - tags.start
    chosen = np.flatnonzero((length > 8) & (length < 2000) & (tags.tag > 0) & (tags.tag <= LAST_BREAK) & ~tags.closing)
    if not len(chosen):
        return bits
    given = [data[start:end] for start, end in zip((tags.start[chosen] + 4).tolist(), tags.end[chosen].tolist(), strict=True)]
    number_of = {source: number for number, source in enumerate(dict.fromkeys(given))}
    after = np.cumsum([len(source) + 1 for source in number_of])
    sources = b" ".join(number_of).lower()
    spoken = np.zeros(len(number_of) + 1, np.int64)
    places, words = NAMED_SEARCH.search(sources)
    np.bitwise_or.at(spoken, np.searchsorted(after, places, "right"), _NAMED_BITS[words])
    bits[chosen] = spoken[[number_of[source] for source in given]]
    return bits


NAMED_SEARCH = WordSearch([word.encode() for words in NAMED_WORDS.values() for word in words])
_NAMED_BITS = np.array([NAMED[name] for name, words in NAMED_WORDS.items() for _ in words], np.int64)
"""Of each word of `NAMED_SEARCH` the group it is in."""

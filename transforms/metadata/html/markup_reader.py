"""Reads what metadata needs out of a page's HTML source, without building a tree.

    markup = read_markup(page.text)
    markup.metas["og:title"]      # ["A headline"]
    markup.json_ld                # the raw text of each <script type="application/ld+json">
    markup.body                   # the source without scripts, styles, comments and drawings

A tree would cost more than everything else here together: a page of 176 kB (the mean of the labelled pages) has 1,400 tags, and an
lxml parse of it takes 6 ms, while the goal for all metadata is 2 ms. So one pass of `str.find` and small regular expressions cuts
the source into the parts that later modules ask about. Each pattern starts at a `<` and never runs past the next one, or past the
end of the tag before: time is linear in the page, whatever the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_OPAQUE = re.compile(r"<(script|style|template|svg|textarea|select|!--|SCRIPT|STYLE|Script|Style)([^<>]*+)>?")
_CLOSERS = {
    name: re.compile(rf"</{name}[^<>]*+>", re.IGNORECASE) for name in ("script", "style", "template", "svg", "textarea", "select")
}
_HEAD_TAG = re.compile(r"<(meta|link|title|html|META|LINK|TITLE|HTML|Meta|Link|Title)(?=[\s/>])")
_ATTRIBUTE = re.compile(r"""(?<![-\w:.@])([a-zA-Z_:@][-\w:.]*+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++))""")
_INVISIBLE = "\u200b\ufeff\u00ad"
"""No white space by Unicode, yet nothing to see: a zero-width space, a byte order mark, a soft hyphen."""
_QUOTED = r"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+[^<>]*+"""
"""A tag's attributes: a `>` within quotes does not end the tag, a `<` does always, so that no quote can swallow the page."""
TAG = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)({_QUOTED})>")
"""An opening or closing tag: slash, name, attributes."""
INLINE = frozenset(
    ["a", "abbr", "acronym", "address", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
     "ins", "kbd", "label", "link", "mark", "meta", "q", "rb", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
     "sup", "time", "tt", "u", "var", "wbr"]
)  # fmt: skip
"""Tags that do not end a line. `address` is a block in browsers, but bylines wrap a name in it within a line."""

LONGEST_TAG = 20_000
"""Characters of a meta or link tag that are read. Open Graph descriptions hold whole articles at times (11,000 characters on a
labelled page); a quote that is never closed must not swallow the page."""


class Markup(NamedTuple):
    """A page's source, taken apart."""

    metas: dict[str, list[str]]
    """`<meta>` contents by name, property, itemprop or http-equiv in lower case, in page order."""
    links: dict[str, list[str]]
    """`href`s of `<link>`s to the page's own address by each word of `rel` in lower case."""
    title: str
    """Text of the first `<title>`, empty if there is none."""
    language: str | None
    """`lang` (or `xml:lang`) of `<html>`."""
    json_ld: list[str]
    scripts: list[str]
    """Raw texts of inline scripts of other types, in page order: state that a browser would draw the page from."""
    body: str
    """The source without what nobody sees."""

    def meta(self, *names: str) -> str | None:
        """Returns the first content that is not blank, by the order of the names."""
        for name in names:
            for content in self.metas.get(name, ()):
                if content:
                    return content
        return None


def read_markup(source: str) -> Markup:
    """Takes a page apart; any string is a page."""
    body, json_ld, scripts = _cut_opaque(source)
    metas: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    title, language = "", None
    for name, start, end in _head_tags(body):
        if name == "title":
            if not title:
                title = plain_text(TAG.sub(" ", body[end : _find(body, "</", end)]))
            continue
        tag = body[start:end]
        if name == "link" and "canonical" not in tag and "CANONICAL" not in tag:
            continue  # style sheets, icons, feeds: half of all attributes
        found = attributes(tag)
        if name == "meta":
            content = found.get("content", found.get("value"))
            for key in ("property", "name", "itemprop", "http-equiv"):
                if content is not None and found.get(key):
                    for word in found[key].lower().split():
                        metas.setdefault(word, []).append(content)
                    break
        elif name == "link" and found.get("href"):
            for word in found.get("rel", found.get("itemprop", "")).lower().split():
                links.setdefault(word, []).append(found["href"])
        elif name == "html" and language is None:
            language = found.get("lang") or found.get("xml:lang") or None
    return Markup(metas, links, title, language, json_ld, scripts, body)


def attributes(tag: str) -> dict[str, str]:
    """Returns a tag's attributes by name in lower case, entities resolved, white space folded; the first of a name counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(tag):
        found.setdefault(name.lower(), plain_text(double or single or bare))
    return found


def plain_text(text: str) -> str:
    """Resolves entities (also those escaped twice) and folds white space and invisible characters."""
    if "&" in text:
        text = html.unescape(text)
        if "&" in text:
            text = html.unescape(text)
    if not text.isascii():
        for invisible in _INVISIBLE:
            text = text.replace(invisible, "")
    return " ".join(text.split())


def without_tags(source: str) -> str:
    """Returns the text of a piece of markup, every tag read as a space."""
    return plain_text(TAG.sub(" ", source))


def line_text(source: str) -> str:
    """Returns the text of a piece of markup as a browser joins it: words may run through inline tags, other tags part them."""
    return plain_text(TAG.sub(lambda tag: "" if tag[2].lower() in INLINE else " ", source))


def _find(text: str, needle: str, start: int) -> int:
    place = text.find(needle, start)
    return len(text) if place < 0 else place


def _cut_opaque(source: str) -> tuple[str, list[str], list[str]]:
    """Returns the source without opaque elements, the JSON-LD texts and the other inline scripts."""
    kept, json_ld, scripts = [], [], []
    place = 0
    while found := _OPAQUE.search(source, place):
        kept.append(source[place : found.start()])
        name = found[1].lower()
        if name == "!--":
            place = _find(source, "-->", found.start() + 4) + 3
        else:
            closer = None if found[0].endswith("/>") and name == "svg" else _CLOSERS[name].search(source, found.end())
            if name == "script":
                text = source[found.end() : closer.start() if closer else len(source)]
                if "ld+json" in found[2].lower():
                    json_ld.append(text)
                elif text.strip():
                    scripts.append(text)
            if found[0].endswith("/>") and name == "svg":
                place = found.end()
            else:
                place = closer.end() if closer else len(source)
        kept.append(" ")
    kept.append(source[place:])
    return "".join(kept), json_ld, scripts


def _head_tags(body: str) -> Iterator[tuple[str, int, int]]:
    """Yields (name, start, end) of each head tag; a `>` within quotes does not end a tag."""
    place = 0
    while found := _HEAD_TAG.search(body, place):
        end = body.find(">", found.end())
        if end < 0:
            return
        quotes = body.count('"', found.end(), end)
        while quotes % 2 and end - found.end() < LONGEST_TAG:
            further = body.find(">", end + 1)
            if further < 0 or body.find("<meta", end, further) >= 0 or body.find("<link", end, further) >= 0:
                break
            quotes += body.count('"', end, further)
            end = further
        place = end + 1
        yield found[1].lower(), found.start(), place

"""Reads feeds: RSS 0.9 to 2.0, Atom, and sitemaps of news.

Each entry gives its address, title, times, authors and tags. If the feed has its full text, that is the page: `content:encoded`,
Atom's `content`, or a description that is long and does not break off. An entry without it is filtered as `summary_only`, with its
address, title and time in the message. A sitemap without news is filtered as a whole.

Entities that a feed defines itself are never expanded, and nothing outside it is opened.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from broadsheet.schemas.records import HTML, TEXT
from broadsheet.schemas.tables import storable
from broadsheet.transforms.decode.charsets import python_codec
from broadsheet.transforms.read.compression import Stream
from broadsheet.transforms.read.page_kinds import HEAD_BYTES, xml_kind
from broadsheet.transforms.read.reader import Context, Found
from broadsheet.transforms.read.row_columns import parse_time
from broadsheet.transforms.read.text_lines import charset_of_lines, decode_in, wide_charset

_ENTRIES = ("item", "entry", "url")
_ENTRY_END = re.compile(rb"</(?:[\w.-]{1,40}:)?(?:item|entry|url)\s*>")
_ROOT_END = re.compile(
    rb"(?:</(?:[\w.-]{1,40}:)?(?:rss|feed|RDF|urlset|sitemapindex)\s*>|/>)(?:\s|<!--.{0,2000}?-->)*\Z", re.DOTALL
)
_TAIL_BYTES = 8192
_DECLARED = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_TAG = re.compile(r"<[^<>]*>")
_CUT = re.compile(
    r"(?:\.\.\.|…|\[(?:\.\.\.|…|&hellip;)\]|(?:read|continue|weiter)\s?\w{0,12} more|read more|continue reading|weiterlesen)\W*\Z",
    re.I,
)
"""How a text ends that breaks off."""
_LONG_CHARS = 1000
"""Characters of a description that is the text itself: RSS calls it a synopsis, and many feeds put everything into it."""
_ENTRY_START = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry|url)[\s>]")
_ROOT_START = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:rss|feed|RDF|urlset)\b[^<>]{0,5000}>")

_LINKS = ("link", "loc")
_TIMES = ("pubDate", "published", "issued", "publication_date", "date")
_CHANGES = ("updated", "modified", "lastmod")
_IDS = ("guid", "id")
_FULL = ("encoded", "content")
_SHORT = ("description", "summary")


def read_feed(stream: Stream, context: Context) -> Iterator[Found]:
    """Yields the entries of a feed; of one that is damaged those before the damage, and a dead letter."""
    limit = context.options.max_record_bytes
    data = stream.read_whole(limit + 1)
    if len(data) > limit:
        yield context.dead("record_too_large", f"a feed is longer than {limit} bytes (--limit record-mb)", data[:limit])
        return
    data = _in_utf8(data, context.empty.charset)
    kind = xml_kind(data[:HEAD_BYTES].lstrip())
    if kind is None:
        yield context.filtered("unknown_format", "it is XML, and not a feed or a sitemap")
        return
    ends = [found.end() for found in _ENTRY_END.finditer(data)]
    whole = not stream.damage and bool(_ROOT_END.search(data[-_TAIL_BYTES:]))
    end = len(data) if whole else max(ends, default=0)
    reader = _Feed(data[:end], context)
    count = 0
    for found in reader.entries():
        count += 1
        yield found
    if not count and whole:
        yield context.filtered(kind, f"the {kind} has no entries" + (" of news" if kind == "sitemap" else ""))
    if stream.damage:
        yield context.refused(stream.damage, data[end:])
    elif not whole:
        yield context.dead("truncated", f"the feed ends within its entry {count + 1} or before its end", data[end:])
    elif reader.lost:
        yield context.dead("damaged", f"after {count} entries the feed cannot be read: {reader.lost}"[:500], data)


class _Feed:
    """The entries of a feed, whose elements are forgotten as soon as they are read."""

    def __init__(self, data: bytes, context: Context) -> None:
        self._data = data
        self._context = context
        self._base = ""
        self._language: str | None = None
        self.lost = ""
        """Why there is no more, if that was not the end."""

    def entries(self) -> Iterator[Found]:
        """Yields the entries: of XML that is as it should be in one pass, and from the first fault on one by one."""
        done = 0
        try:
            for element in self._elements(self._data, recover=False):
                done += 1
                if found := self._entry(element):
                    yield found
        except (etree.XMLSyntaxError, ValueError) as error:
            starts = [found.start() for found in _ENTRY_START.finditer(self._data)]
            root = _ROOT_START.search(self._data)
            if not self._base and starts:  # the fault lies before the first entry
                list(self._elements(self._data[: starts[0]], recover=True))
            for start, end in pairwise([*starts[done:], len(self._data)]):
                for element in islice(self._elements((root[0] if root else b"<rss>") + self._data[start:end], recover=True), 1):
                    done += 1
                    if found := self._entry(element):
                        yield found
            if done < len(_ENTRY_END.findall(self._data)):
                self.lost = str(error)

    def _elements(self, data: bytes, recover: bool) -> Iterator[Any]:
        """Yields the outermost entries of XML, and forgets each after it."""
        depth = 0
        for event, element in etree.iterparse(
            io.BytesIO(data),
            events=("start", "end"),
            encoding="utf-8",
            recover=recover,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        ):
            name = _name(element)
            if event == "start":
                depth += name in _ENTRIES
            elif name in _ENTRIES:
                depth -= 1
                if not depth:
                    yield element
                    _forget(element)
            elif not depth:
                self._learn(name, element)

    def _learn(self, name: str, element: Any) -> None:
        """Notes what the feed says of all its entries."""
        if name == "language":
            self._language = _text(element)[:40] or None
        elif name == "link" and not self._base:
            self._base = element.get("href") or _text(element)

    def _entry(self, element: Any) -> Found | None:
        """Returns what an entry is; `None` for an address of a sitemap without news."""
        parts: dict[str, Any] = {}
        for child in _children(element):
            parts.setdefault(_name(child), child)
        if "news" in parts:
            parts.update({_name(child): child for child in _children(parts["news"]) if _name(child) not in ("link", "loc")})
        elif _name(element) == "url":
            return None
        url = self._url(element)
        given = _given(element, parts)
        body, kind = _body(parts)
        if body is None:
            what = ", ".join(filter(None, (url, given.get("title"), given.get("published_at"))))
            return self._context.filtered("summary_only", f"{ascii(what)[1:-1]}: the feed does not have its full text"[:900])
        language = element.get("{http://www.w3.org/XML/1998/namespace}lang") or self._language
        return self._context.found(
            storable(body).encode("utf-8"), kind, url=url, charset="utf-8", given=given, declared_language=language
        )

    def _url(self, element: Any) -> str | None:
        """Returns the address of an entry's page: its link to itself, or an identifier that is one."""
        links = [child for child in _children(element) if _name(child) in _LINKS]
        found = [child.get("href") or _text(child) for child in links if child.get("rel", "alternate") == "alternate"]
        found += [_text(child) for child in _children(element) if _name(child) == "guid" and child.get("isPermaLink") != "false"]
        for url in filter(None, found):
            try:
                address = urljoin(self._base, url)
                if urlsplit(address).scheme in ("http", "https"):
                    return address
            except ValueError:
                continue
        return None


def _in_utf8(data: bytes, declared: str | None) -> bytes:
    """Returns a feed in UTF-8, by its mark, its declaration or its bytes."""
    if wide := wide_charset(data[:2048]):
        text = data.decode(wide, "replace").lstrip("\ufeff")
    else:
        label = _DECLARED.match(data)
        charset = declared or (label[1].decode() if label else "utf-8")
        try:
            text = data.decode(python_codec(charset))
        except (LookupError, UnicodeDecodeError):
            text = decode_in(data, charset_of_lines(data.split(b"\n"), declared))
        text = text.removeprefix("\ufeff")
    return storable(text).encode("utf-8")


def _given(element: Any, parts: dict[str, Any]) -> dict[str, Any]:
    """Returns what an entry says of its page."""
    given: dict[str, Any] = {}
    if title := (_plain(parts["title"]) if "title" in parts else ""):
        given["title"] = title
    for field, names in (("published_at", _TIMES), ("modified_at", _CHANGES)):
        moments = (parse_time(_text(parts[name])) for name in names if name in parts)
        if moment := next(filter(None, moments), None):
            given[field] = moment.isoformat()
    authors = [_text(child) for child in _children(element) if _name(child) == "creator"]
    for child in _children(element):
        if _name(child) == "author":
            authors += [_text(item) for item in _children(child) if _name(item) == "name"] or [_text(child)]
    tags = [child.get("term") or _text(child) for child in _children(element) if _name(child) == "category"]
    tags += _text(parts["keywords"]).split(",") if "keywords" in parts else []
    for field, values in (("authors", authors), ("tags", tags)):
        if kept := list(dict.fromkeys(filter(None, (value.strip() for value in values)))):
            given[field] = kept
    if identifier := next((_text(parts[name]) for name in _IDS if name in parts), ""):
        given["external_id"] = identifier
    return {field: storable(value) if isinstance(value, str) else list(map(storable, value)) for field, value in given.items()}


def _body(parts: dict[str, Any]) -> tuple[str | None, str]:
    """Returns an entry's full text and its media type, `None` if it has none."""
    for names, least in ((_FULL, 1), (_SHORT, _LONG_CHARS)):
        for name in names:
            element = parts.get(name)
            if element is None or element.get("src") or element.get("url"):
                continue
            body, kind = _markup(element)
            words = " ".join(html.unescape(_TAG.sub(" ", body)).split()) if kind == HTML else body.strip()
            if len(words) >= least and not _CUT.search(words[-60:]):
                return body, kind
    return None, TEXT


def _markup(element: Any) -> tuple[str, str]:
    """Returns what an element holds, and its media type: RSS has HTML, Atom says what it has."""
    kind = (element.get("type") or ("text" if _space(element).endswith("/Atom") else "html")).lower()
    if "xhtml" in kind or kind.endswith("xml"):
        for item in element.iter(etree.Element):
            item.tag = _name(item)
        inner = "".join(etree.tostring(child, method="html", encoding="unicode") for child in _children(element))
        return (element.text or "") + inner, HTML
    return _text(element, strip=False), TEXT if kind in ("text", "text/plain") else HTML


def _plain(element: Any) -> str:
    """Returns a title, which may be HTML, as text."""
    text = _text(element)
    if "html" in (element.get("type") or "") or "<" in text:
        text = _TAG.sub("", text)
    return " ".join(html.unescape(text).split())


def _text(element: Any, strip: bool = True) -> str:
    pieces = [element.text or ""]
    for child in element:
        pieces.append(html.unescape(child.text or "") if child.tag is etree.Entity else _text(child, strip=False))
        pieces.append(child.tail or "")
    text = "".join(pieces)
    return text.strip() if strip else text


def _children(element: Any) -> list[Any]:
    return [child for child in element if isinstance(child.tag, str)]


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _space(element: Any) -> str:
    return element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""


def _forget(element: Any) -> None:
    """Frees an element and those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]

"""HTTP responses as crawlers keep them: status, headers, body.

Bodies are taken out of their chunks and decompressed within the limits of a record. Some crawlers keep the headers of the wire and
the body without its encoding: a body that does not begin like its header says is taken as it is.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, Optional

from fastwarc.stream_io import BrotliReader, ChunkedReader, ZstdReader
from fastwarc.warc import HeaderMap

from broadsheet.schemas.records import HTML, TEXT
from broadsheet.transforms.filters.opt_outs import opt_out_of_headers
from broadsheet.transforms.read.page_kinds import kind_of
from broadsheet.transforms.read.reader import Context, Found

_MEDIA_TYPES = {"text/html": HTML, "application/xhtml+xml": HTML, "application/vnd.wap.xhtml+xml": HTML, "text/plain": TEXT}
_UNKNOWN = {"", "*/*", "unknown/unknown", "application/unknown"}
"""What WHATWG's MIME sniffing standard (7) takes for no type at all; "" is what does not parse. Such bodies are sniffed."""
_MAYBE_HTML = {"application/xml", "text/xml", "application/octet-stream", "application/http"}
"""Media types of crawlers and careless servers: what begins like HTML is a page."""

_OTHERS = {
    **dict.fromkeys(("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"), "feed"),
    **dict.fromkeys(("application/json", "text/json", "application/ld+json"), "json"),
    "text/css": "style_sheet",
}
"""Media types of what a crawl often has besides pages, each with the reason to filter it."""

_TYPE = re.compile(r"[\t\n\r ]*([!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+)[\t\n\r ]*(?:;|$)")
"""The standard's "parse a MIME type" as far as the essence."""
_PARTS = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*"?)+')
"""What commas separate in a header that was sent several times; those in quotes are text."""

_HTML_HEAD = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_HTML_HEAD_BYTES = 1445
"""How much the standard looks at."""
_SNIFFED_HTML = re.compile(
    rb"[\t\n\f\r ]*<(?:(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[ >]|!--)",
    re.IGNORECASE,
)
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_WIDE = (b"\xfe\xff", b"\xff\xfe")
_NO_TEXT = re.compile(rb"%PDF-|%!PS-Adobe-|[\t\n\f\r ]*<\?xml|GIF8[79]a|BM|Rar ")
"""Magic numbers of the standard without a binary byte among them."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]{1,40})", re.IGNORECASE)
_ENCODED = re.compile(rb"^(?:content|transfer)-encoding\b", re.IGNORECASE | re.MULTILINE)
_TYPES = re.compile(rb"^content-type:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_LANGUAGE = re.compile(rb"^content-language:[ \t]*([a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
"""One language: a list of them is about a page's readers and says nothing about its text (RFC 9110, 8.5)."""
_HEAD_END = re.compile(rb"\n\r?\n")
_BARE_FEED = re.compile(rb"\r?\n")
_PAST_ASCII = re.compile(rb"[\x80-\xff]")
_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,8}[ \t]*(?:;[^\r\n]*)?\r?\n")
_PIECE = 256 * 1024


class _Body(NamedTuple):
    data: bytes
    cut: Optional[str] = None
    """Why it ends too soon."""


def _whole() -> bool:
    """Says that a body should be whole."""
    return False


def page_of_response(
    block: bytes, context: Context, url: str | None, fetched_at: dt.datetime | None, is_cut: Callable[[], bool] = _whole
) -> Found:
    """Returns the page of an HTTP response.

    Args:
        block: Status line, headers, body.
        context: The file that contains it.
        url: Where it was fetched from.
        fetched_at: When.
        is_cut: Whether the crawler says that it kept the beginning only; then what there is of it is the record.
    """
    headers = HeaderMap()
    size = 0
    if block.startswith(b"HTTP/"):
        end = _HEAD_END.search(block)
        head = block[: end.end()] if end else block
        if head.count(b"\n") != head.count(b"\r\n"):  # bare line feeds, which RFC 9112 (2.2) asks to be read
            head = _BARE_FEED.sub(b"\r\n", head)
        try:
            headers.parse(io.BytesIO(head), True)
            size = end.end() if end else len(block)
        except (OSError, ValueError):
            headers = HeaderMap()
    body = block[size:]
    status = headers.status_code
    if status is not None and not 200 <= status < 300:
        return context.filtered("http_status", f"{_shown(url)} was answered with status {status}")
    content_type = headers.get("Content-Type") or ""
    kind = media_type_of(content_type)
    if kind is None and block.count(b"\n", 0, size) > 1 and len(_TYPES.findall(block, 0, size)) > 1:
        content_type = ", ".join(line.decode("latin-1") for line in _TYPES.findall(block, 0, size))
        kind = media_type_of(content_type)
    if kind is None and not is_vague(content_type):
        return context.filtered(_OTHERS.get(_essence(content_type), "not_a_page"), f"{_shown(url)} is {_shown(content_type)}")
    if context.options.respect_opt_out and (words := opt_out_of_headers(headers.items())):
        return context.filtered("opted_out", f"{_shown(url)} was sent with {words}")
    encoded = _ENCODED.search(block, 0, size)  # to look for two headers that few have costs as much as all else here
    decoded = _decoded(body, headers, context.options.max_record_bytes + 1) if encoded else _Body(body)
    kind = kind or sniffed_type(content_type, decoded.data)
    if kind is None:
        reason = kind_of(decoded.data, url) or "not_a_page"
        return context.filtered(reason, f"{_shown(url)} is {_shown(content_type) or 'of no declared type'} and no text")
    if other := kind_of(decoded.data, url):
        return context.filtered(other, f"{_shown(url)} is served as {_shown(content_type) or 'no type'} and is not a page")
    if decoded.cut and not is_cut():
        return context.dead("truncated", f"the body of {_shown(url)} {decoded.cut}", decoded.data, kind)
    language = _LANGUAGE.search(block, 0, size)
    return context.found(
        decoded.data,
        kind,
        url=url,
        fetched_at=fetched_at,
        charset=charset_of(content_type),
        declared_language=language[1].decode() if language else None,
    )


def uri_text(uri: bytes) -> str:
    """Returns an address as text; of one that is not UTF-8 the bytes past ASCII are percent-encoded."""
    try:
        return uri.decode("utf-8")
    except UnicodeDecodeError:
        return _PAST_ASCII.sub(lambda byte: b"%%%02X" % byte[0][0], uri).decode("ascii")


@lru_cache(maxsize=256)
def media_type_of(content_type: str) -> str | None:
    """Returns `text/html` or `text/plain` for a Content-Type of a page, `None` for any other."""
    return _MEDIA_TYPES.get(_essence(content_type))


def is_vague(content_type: str) -> bool:
    """Returns whether a Content-Type says nothing about what the body is."""
    return _essence(content_type) in _UNKNOWN | _MAYBE_HTML


def sniffed_type(content_type: str, data: bytes) -> str | None:
    """Returns the media type of a page whose Content-Type says nothing, by its first bytes; `None` for what is not a page.

    Follows "identifying a resource with an unknown MIME type" of https://mimesniff.spec.whatwg.org/ (7.1).
    """
    if _HTML_HEAD.search(data[:_HTML_HEAD_BYTES]):
        return HTML
    if _essence(content_type) not in _UNKNOWN:
        return None
    head = data[:_HTML_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf")
    if _SNIFFED_HTML.match(head):
        return HTML
    if head.startswith(_WIDE):
        return TEXT
    return None if not head or _NO_TEXT.match(head) or _BINARY.search(head) else TEXT


def looks_like_html(data: bytes) -> bool:
    """Returns whether data begins like a page."""
    return bool(_HTML_HEAD.search(data[:_HTML_HEAD_BYTES]))


@lru_cache(maxsize=256)
def charset_of(content_type: str) -> str | None:
    """Returns the charset that a Content-Type names."""
    found = _CHARSET.search(content_type)
    return found[1] if found else None


def _essence(content_type: str) -> str:
    """Returns type and subtype as the Fetch standard extracts them from the values of a header; "" if none parses."""
    simple = content_type.partition(";")[0].strip().lower()
    if simple in _MEDIA_TYPES and "," not in content_type:  # nearly always
        return simple
    found = ""
    for part in _PARTS.findall(content_type):
        parsed = _TYPE.match(part)
        if parsed and parsed[1] != "*/*":
            found = parsed[1].lower()
    return found


def _shown(text: str | None) -> str:
    return ascii(text)[1:-1][:300] if text else ""


def _decoded(body: bytes, headers: HeaderMap, limit: int) -> _Body:
    """Returns a body without its transfer and content encodings, `limit` bytes at most."""
    cut = None
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower() and _CHUNK.match(body):
        body, cut = _read(ChunkedReader(io.BytesIO(body)), len(body))
    for encoding in reversed((headers.get("Content-Encoding") or "").lower().split(",")):
        decoder = _DECODERS.get(encoding.strip())
        if decoder:
            decoded = decoder(body, limit)
            if decoded.data:  # nothing at all: the body is as it is
                body, cut = decoded.data, decoded.cut or cut
    return _Body(body, cut)


def _read(reader: Any, limit: int) -> _Body:
    pieces: list[bytes] = []
    try:
        while limit > 0 and (piece := reader.read(min(_PIECE, limit))):
            pieces.append(piece)
            limit -= len(piece)
    except (OSError, ValueError, EOFError) as error:
        return _Body(b"".join(pieces), f"is damaged: {error}")
    return _Body(b"".join(pieces))


def _inflate(body: bytes, limit: int, wbits: int) -> _Body:
    inflater = zlib.decompressobj(wbits=wbits)
    pieces: list[bytes] = []
    left = limit
    for start in range(0, len(body), _PIECE):
        data = body[start : start + _PIECE]
        while data and left > 0:
            try:
                piece = inflater.decompress(data, left)
            except zlib.error as error:
                return _Body(b"".join(pieces), f"is damaged: {error}")
            pieces.append(piece)
            left -= len(piece)
            data = inflater.unconsumed_tail
        if inflater.eof or left <= 0:
            return _Body(b"".join(pieces))
    return _Body(b"".join(pieces), "ends too soon")


def _gunzip(body: bytes, limit: int) -> _Body:
    return _inflate(body, limit, 31) if body.startswith(b"\x1f\x8b") else _Body(b"")


def _deflated(body: bytes, limit: int) -> _Body:
    """Zlib's format by the standard, a bare stream by the habit of some servers."""
    zlibbed = _inflate(body, limit, 15)
    return zlibbed if zlibbed.data else _inflate(body, limit, -15)


def _unbrotli(body: bytes, limit: int) -> _Body:
    return _Body(b"") if looks_like_html(body) else _read(BrotliReader(io.BytesIO(body)), limit)


def _unzstd(body: bytes, limit: int) -> _Body:
    return _read(ZstdReader(io.BytesIO(body)), limit) if body.startswith(b"\x28\xb5\x2f\xfd") else _Body(b"")


_DECODERS: dict[str, Callable[[bytes, int], _Body]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _deflated,
    "br": _unbrotli,
    "zstd": _unzstd,
}

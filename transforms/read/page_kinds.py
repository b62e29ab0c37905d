"""Recognises what a crawl holds besides pages, whatever type its server declares: robots.txt, feeds, sitemaps, JSON, style sheets.

Only what leaves no doubt counts: a page that is filtered by mistake is lost, one of these that gets through is a short document.
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from broadsheet.transforms.read.text_lines import wide_charset

HEAD_BYTES = 4096
"""Bytes in which a document shows what it is."""
_XML = re.compile(
    rb"(?>\s|<\?[^>]{0,500}\?>|<!--.{0,2000}?-->|<!DOCTYPE\s[^>\[]{0,300}(?:\[[^\]]{0,3000}\]\s*)?>)*+<(?:\w{1,20}:)?(rss|feed|RDF|urlset|sitemapindex|opml)[\s>/]",
    re.DOTALL,
)
"""The root element of a feed or sitemap, after declarations and comments."""
_SITEMAPS = (b"urlset", b"sitemapindex")
_ROBOTS = re.compile(rb"(?>\s|#[^\n]*\n)*+(?:user-agent|disallow|allow|sitemap|crawl-delay|host)[ \t]*:", re.IGNORECASE)
_COMMENTS = re.compile(rb"(?>\s|#[^\n]*+(?:\n|\Z))*+")
_CALL = re.compile(rb"(?:\)\]\}'?,?|[A-Za-z_$][\w.$]{0,100}\()\s*([\[{].*[\]}])\s*\)?;?", re.DOTALL)
"""JSON in a call (JSONP), or after what keeps it from being run as a script."""
_CALL_BYTES = 120
_CALL_BEGINS = frozenset(bytes([byte]) for byte in range(128) if chr(byte).isalpha() or chr(byte) in "_$")
_WIDE_BYTES = 256
_RULE = re.compile(
    rb"""(?>\s|/\*.{0,2000}?\*/|@charset\s"[^"]{1,40}";|@import\s[^;{}]{1,300};|@layer\s[^;{}]{1,300};)*+"""
    rb"(?:@(?:-[a-z]{1,10}-)?(?:media|font-face|supports|keyframes|layer|page|container|property|namespace)\b[^{}<]{0,300}\{"
    rb"|[.\#a-zA-Z*:\[][^{}<;]{0,500}\{(?>\s|/\*.{0,500}?\*/)*+(?:(?:--)?[a-zA-Z_*-][\w-]{1,60}\s*:[^{}<>]{1,500}[;}]|\}))",
    re.DOTALL,
)
"""The first rule of a style sheet: a selector and a declaration, or an at-rule."""
_BRACKETS = ((b"{", b"}"), (b"[", b"]"))


def kind_of(data: bytes, url: str | None) -> str | None:
    """Returns what a response is if it is surely no page, as a reason to filter it; else `None`.

    Args:
        data: Its body.
        url: Where it was fetched from.
    """
    if b"\0" in data[:_WIDE_BYTES] and (wide := wide_charset(data[:_WIDE_BYTES])):
        data = data.decode(wide, "ignore").lstrip("\ufeff").encode("utf-8", "ignore")
    head = data[:HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    first = head[:1]
    if first == b"<":
        return xml_kind(head)
    if first in (b"{", b"[") and _is_json(data):
        return "json"
    if _is_robots(head, url):
        return "robots_txt"
    if first == b")" or (first in _CALL_BEGINS and head[:_CALL_BYTES].find(b"(") > 0):
        call = _CALL.fullmatch(data.strip())
        if call and _is_json(call[1]):
            return "json"
    return "style_sheet" if is_style_sheet(data, head) else None


def is_style_sheet(data: bytes, head: bytes) -> bool:
    """Returns whether a document is rules of style to its end; an article may begin with one."""
    return b"{" in head and data.rstrip().endswith((b"}", b"*/")) and bool(_RULE.match(head))


def xml_kind(head: bytes) -> str | None:
    """Returns `sitemap` or `feed` if that is the root element of a document, which begins at `head`; else `None`."""
    found = _XML.match(head)
    return ("sitemap" if found[1] in _SITEMAPS else "feed") if found else None


def _is_robots(head: bytes, url: str | None) -> bool:
    try:
        path = urlsplit(url or "").path
    except ValueError:
        return False
    return path.lower().endswith("/robots.txt") and (not head or bool(_ROBOTS.match(head)) or bool(_COMMENTS.fullmatch(head)))


def _is_json(data: bytes) -> bool:
    text = data.strip(b"\xef\xbb\xbf \t\r\n")
    if not any(text.startswith(begin) and text.endswith(end) for begin, end in _BRACKETS):
        return False
    try:
        json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        lines = text.splitlines()
        return len(lines) > 1 and all(line.startswith(b"{") and _is_json(line) for line in lines if line.strip())
    return True

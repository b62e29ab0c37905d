"""Recognises what a crawl holds besides pages, whatever type its server declares: robots.txt, feeds, sitemaps, JSON, style sheets.

Only what leaves no doubt counts: a page that is filtered by mistake is lost, one of these that gets through is a short document.
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

HEAD_BYTES = 4096
"""Bytes in which a document shows what it is."""
_XML = re.compile(
    rb"(?>\s|<\?[^>]{0,500}\?>|<!--.{0,2000}?-->|<!DOCTYPE\s[^>\[]{0,300}>)*+<(?:\w{1,20}:)?(rss|feed|RDF|urlset|sitemapindex|opml)[\s>/]",
    re.DOTALL,
)
"""The root element of a feed or sitemap, after declarations and comments."""
_SITEMAPS = (b"urlset", b"sitemapindex")
_ROBOTS = re.compile(rb"(?>\s|#[^\n]*\n)*+(?:user-agent|disallow|allow|sitemap|crawl-delay|host)[ \t]*:", re.IGNORECASE)
_RULE = re.compile(
    rb"""(?>\s|/\*.{0,2000}?\*/|@charset\s"[^"]{1,40}";|@import\s[^;{}]{1,300};)*+"""
    rb"(?:@(?:media|font-face|supports|keyframes)\b[^{}<>]{0,300}\{|[.\#a-zA-Z*:\[][^{}<>;\n]{0,300}\{\s*(?:--)?[a-z-]{2,40}\s*:[^{}<>]{1,500}[;}])",
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
    head = data[:HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    first = head[:1]
    if first == b"<":
        return xml_kind(head)
    if first in (b"{", b"["):
        return "json" if _is_json(data) else None
    if _is_robots(head, url):
        return "robots_txt"
    return "style_sheet" if b"{" in head and _RULE.match(head) else None


def xml_kind(head: bytes) -> str | None:
    """Returns `sitemap` or `feed` if that is the root element of a document, which begins at `head`; else `None`."""
    found = _XML.match(head)
    return ("sitemap" if found[1] in _SITEMAPS else "feed") if found else None


def _is_robots(head: bytes, url: str | None) -> bool:
    try:
        path = urlsplit(url or "").path
    except ValueError:
        return False
    return path.lower() == "/robots.txt" and (not head or bool(_ROBOTS.match(head)))


def _is_json(data: bytes) -> bool:
    text = data.strip(b"\xef\xbb\xbf \t\r\n")
    if not any(text.startswith(begin) and text.endswith(end) for begin, end in _BRACKETS):
        return False
    try:
        json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return False
    return True

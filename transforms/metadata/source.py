"""Names the publisher of a page: the `source` that partitions the table.

    resolve_source(page, metadata)   -> ("example.org", "url", "https://news.example.org/a/story")

In this order, and the basis tells which it was:

| basis | what speaks |
|---|---|
| `flag`, `path`, ... | who gave `page.source`: always believed; `template match`: its learned chrome (`strip_with_templates`) |
| `url` | the registered domain of the address the page was fetched from |
| `canonical` | the registered domain of the address the page calls its own |
| `site name` | what the page's head calls the site |
| `text` | words in which a site speaks of itself: "Comment via ...", "Support ... on Patreon", "© 2021 ..." |
| `agency` | the agency of the dateline or byline |
| `unknown` | nothing |

A site's own words outrank the agency, because papers print agencies' stories under the agency's name. A phrase like "said to
Example News" is on other papers' pages as well and proves nothing. Names are lower-cased: two spellings are one partition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

import tldextract

from broadsheet.schemas.records import HTML, Metadata, Page

UNKNOWN = "unknown"
LONGEST_NAME = 80
"""Characters of a site's name; the longest of the labelled pages (a city library's) has 61. A longer one is a sentence."""

_domain_of = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
"""The public suffix list as shipped, never the network. With its private part: `alice.github.io` is Alice, not GitHub."""

_NAME = r"(?P<name>[^\W\d_][\w'’&.-]*+(?:[ ][^\W\d_][\w'’&.-]*+){0,5})"
_SPEAKS = [
    re.compile(rf"comment\svia\s(?!facebook|disqus|google|twitter){_NAME}\s*$", re.IGNORECASE),
    re.compile(rf"\bsupport\s{_NAME}\s(?:on|via|through)\s(?:patreon|paypal|ko-fi|steady|donorbox)\b", re.IGNORECASE),
    re.compile(
        rf"\bnot\s(?:necessarily\s)?(?:represent|reflect)\s(?:those|the\s(?:views?|opinions?|positions?|stance)(?:\sor\s\w+)?)\sof\s{_NAME}",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:©|\(c\)|\bcopyright)\s*(?:©|\(c\))?\s*(?:\d{{4}}\s?[-–]\s?)?(?:19|20)\d\d,?\s(?:by\s)?{_NAME}", re.IGNORECASE),
]
"""Words that only a site's own pages carry. A copyright needs its year: without one it is a photographer's."""
_TRAILING = re.compile(
    r"(?:[\s.,-]|\s(?:all|alle|tous|todos|rights?|inc|ltd|llc|gmbh|co|or|and|its|nor|the|website|editors?|staff)\b)+$",
    re.IGNORECASE,
)
_NO_NAME = frozenset(
    ["the author", "the authors", "the publisher", "the editor", "this site", "this website", "the website", "us", "our", "its",
     "all", "any", "the site", "author", "wordpress", "powered", "all rights reserved", "your"]
)  # fmt: skip
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff/\\]+")
_SPOKEN = ("comment", "support", "represent", "reflect", "©", "(c)", "copyright")
"""One of these each pattern of `_SPEAKS` holds. Looking for them in the whole page and for the patterns on their lines takes a
twentieth of the time that looking for the patterns on each line takes."""
_LINE = range(8, 401)
"""Characters of a line that may be a note of this kind."""


class Source(NamedTuple):
    """The publisher of a page, what it was read from, and the words: `unknown` and no words if nothing says."""

    name: str
    basis: str
    words: str


def resolve_source(page: Page, metadata: Metadata) -> Source:
    """Returns the publisher of a page."""
    if known := source_beside(page):
        return known
    if metadata.canonical_url and (domain := registered_domain(metadata.canonical_url)):
        return Source(domain, "canonical", metadata.canonical_url)
    if metadata.site_name and (name := safe_name(metadata.site_name)):
        return Source(name, "site name", metadata.site_name)
    if said := name_in_text(page.text, tags=page.media_type == HTML):
        return Source(said[0], "text", said[1])
    if metadata.agency and (name := safe_name(metadata.agency)):
        return Source(name, "agency", metadata.agency)
    return Source(UNKNOWN, UNKNOWN, "")


def source_beside(page: Page) -> Source | None:
    """Returns the publisher that the user or the address names; `None` if neither does."""
    if page.origin.source:
        return Source(page.origin.source, page.origin.source_basis or "given", page.origin.source)
    if page.origin.url and (domain := registered_domain(page.origin.url)):
        return Source(domain, "url", page.origin.url)
    return None


@lru_cache(maxsize=8192)
def registered_domain(url: str) -> str | None:
    """Returns the part of an address that somebody registered, in lower case; an IP address whole.

    An ending that the list does not know counts as one label, as the list's own rules have it.
    """
    try:
        host = (urlsplit(url if "//" in url else "//" + url).hostname or "").strip(".")
    except ValueError:
        return None
    if not host or _UNSAFE.search(host) or " " in host:
        return None
    parts = _domain_of(host)
    if parts.suffix:
        return (parts.top_domain_under_public_suffix or host).lower()
    if parts.ipv4 or parts.ipv6 or host == "localhost":
        return host.lower()
    return ".".join(host.lower().split(".")[-2:]) if "." in host else None


def safe_name(name: str) -> str | None:
    """Returns a name as a partition value: one line, lower case, without characters that a path cannot have; `None` if nothing is
    left.
    """
    safe = " ".join(_UNSAFE.sub(" ", name).split()).strip(" .").lower()
    return safe if 0 < len(safe) <= LONGEST_NAME and any(character.isalnum() for character in safe) else None


def name_in_text(text: str, *, tags: bool = False) -> tuple[str, str] | None:
    """Returns what a site calls itself in its pages' own words, and the words; `None` if it does not.

    Every line is looked at on its own and lines longer than a note of this kind are not looked at at all.

    Args:
        text: A page.
        tags: Whether it is HTML, so that a tag ends a line, and what is within a tag is not words.
    """
    silent = 0  # where the last script ends
    for start, line in _spoken(text, tags):
        for pattern in _SPEAKS:
            for found in pattern.finditer(line):
                if tags and start >= silent and text.rfind("<script", silent, start) > text.rfind("</script", silent, start):
                    silent = _found(text, "</script", start)
                if start < silent:
                    continue
                name = _TRAILING.sub("", found["name"].split(". ")[0])
                if name[:1].isupper() and name.lower() not in _NO_NAME and (safe := safe_name(name)):
                    return safe, found[0]
    return None


def _spoken(text: str, tags: bool) -> Iterator[tuple[int, str]]:
    """Yields the lines with one of `_SPOKEN` and where each begins, in page order."""
    small = text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")  # ASCII alone: places stay
    end = -1
    for hit in sorted(_hits(small)):
        if hit < end:
            continue
        start = text.rfind("\n", 0, hit) + 1
        end = _found(text, "\n", hit)
        if tags:
            start, end = max(start, text.rfind(">", start, hit) + 1), min(end, _found(text, "<", hit))
            if text.find("<", start, hit) >= 0:  # within a tag
                end = hit
                continue
        if end - start in _LINE:
            yield start, text[start:end]


def _hits(small: str) -> Iterator[int]:
    for word in _SPOKEN:
        hit = small.find(word)
        while hit >= 0:
            yield hit
            hit = small.find(word, hit + 1)


def _found(text: str, mark: str, start: int) -> int:
    place = text.find(mark, start)
    return len(text) if place < 0 else place

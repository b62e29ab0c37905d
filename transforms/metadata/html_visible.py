"""Walks once over a page's visible markup: its lines of text, and the elements whose names speak of metadata.

    page = read_visible(markup.body)
    page.lines                  # runs of text between block tags, each with its zone and heading level
    page.elements               # headings, <time>s, author, date and title elements, with the text they hold

The walk keeps an approximate stack of open elements (a closing tag closes the nearest open element of its name), because a byline
means one thing under a headline and another thing in a comment, a list of related headlines or a footer: the *zone*.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from transforms.metadata.html_markup import INLINE, TAG, plain_text

_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
_NAMED = re.compile(
    r"""(?:class|id|itemprop|rel|role|data-testid|data-qa)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)

AUTHOR, DATE, TITLE, SECTION, TAGS, SUBTITLE = "author", "date", "title", "section", "tags", "subtitle"
COMMENTS, RELATED, CHROME = "comments", "related", "chrome"

_B, _E = "(?<![a-z])", "(?![a-z])"
_WORDS = {
    AUTHOR: re.compile(
        rf"auth?or(?!i[zs])|byline|by-line|{_B}by{_E}|writer|redakteur|verfasser|journalist|reporter|{_B}vcard|{_B}fn{_E}|creator|"
        r"kirjoittaja|redacteur|signature|contributor"
    ),
    DATE: re.compile(
        rf"date(?!p)|datum|datepub|fecha|time(?!line|r)|publi(?:sh|c|e)|posted|updated|modified|created|{_B}day{_E}|pubdate|meta{_E}|"
        rf"byline|dateline|{_B}data(?![a-z-])"
    ),
    TITLE: re.compile(
        r"(?:entry|post|article|page|news|story|content|single|node|blog)[-_]*(?:main[-_]*)?(?:title|headline|heading|header)|headline|"
        rf"p-name|{_B}title{_E}|titel|titulo|titre"
    ),
    SUBTITLE: re.compile(
        rf"sub[-_]?(?:title|headline|head)|standfirst|{_B}(?:dek|deck|lead|lede|teaser-text|vorspann|summary|intro|chapo){_E}"
    ),
    SECTION: re.compile(
        rf"{_B}(?:category|categories|cat-links|kicker|section-?name|rubrik|rubric|eyebrow|topic-?label|dachzeile){_E}"
    ),
    TAGS: re.compile(rf"{_B}(?:tags?|tags?-?(?:links?|list|cloud)|post-tags|entry-tags|keywords|schlagworte?){_E}"),
}
_ZONES = {
    COMMENTS: re.compile(
        rf"comment|kommentar|disqus|respond{_E}|discussion|{_B}reply|replies|trackback|pingback|leserbrief|review-?list"
    ),
    RELATED: re.compile(
        r"relat(?!iv)|recommend|popular|trending|most-?read|latest|recent|teaser(?!-text)|read-?(?:more|next)|up-?next|also-?like|"
        rf"more-?(?:from|stories|news|posts)|sidebar|{_B}widget{_E}(?!-)|promo|carousel|slider|swiper|listing|archive|{_B}feed{_E}|further|"
        rf"prev(?:ious)?-?post|next-?post|post-?navigation|nav-?links|{_B}cards?{_E}|upsell|meistgelesen|mehr-zum|weitere|{_B}aside{_E}"
    ),
    CHROME: re.compile(
        rf"{_B}(?:nav|navbar|navigation|menu|footer|foot|topbar|masthead|breadcrumbs?|cookie|consent|banner|colophon|sitemap|search|"
        rf"login|newsletter|subscribe|share|sharing|social){_E}"
    ),
}
_ZONE_TAGS = {"nav": CHROME, "footer": CHROME, "aside": RELATED, "form": CHROME}

_AUTHOR_LINK = re.compile(
    r"""/(?:authors?|autor(?:en|es|i)?|auteurs?|autore|redakteure?|journalist\w*|writers?|contributors?|reporters?|profile|"""
    r"""people|by|staff|experts?)/[^"'/]""",
    re.IGNORECASE,
)
_WHOLE = frozenset(["html", "body", "main"])
"""Tags whose class words speak of the whole page (`single-post has-sidebar`), never of a zone."""
_SPEAKING = frozenset(["h1", "h2", "time"])
_NOTHING: frozenset[str] = frozenset()
_REACH = 40
"""Open elements a closing tag may close at once; more than that is a stray closing tag."""
BREAK = " | "
LONGEST_TEXT = 400
"""Characters kept of an element's text. The longest title of the labelled pages has 234, the longest list of authors 150."""

SHORTEST_MATCH = 12
"""Letters of a line that is a part of the title: shorter ones are words of a menu."""

DEPTH = 400
"""Open elements that are remembered: browsers stop at 512, labelled pages nest 60 deep at most."""


class Zone(NamedTuple):
    """A part of the page that is about something else than the article."""

    number: int
    """The ordinal of the tag that opened it."""
    kind: str
    """`comments`, `related` or `chrome`."""


class Element(NamedTuple):
    """An element whose tag or names speak of metadata."""

    tag: str
    kinds: frozenset[str]
    """What its names speak of: `author`, `date`, `title`, ...; from its class, id, itemprop, rel and test ids."""
    names: str
    """Class, id and the like in lower case."""
    attributes: str
    """The raw attributes of its tag."""
    zones: tuple[Zone, ...]
    line: int
    """Index of the line it begins in."""
    text: str
    """Its text on one line; blocks within it are separated by ` | `."""


class Line(NamedTuple):
    """A run of text between block tags."""

    text: str
    zones: tuple[Zone, ...]
    heading: int
    """1 to 6 within `<h1>` to `<h6>`, else 0."""


class Visible(NamedTuple):
    """What a reader sees, in page order."""

    lines: list[Line]
    elements: list[Element]
    anchor: int
    """Index of the headline's line, or -1."""


class _Open(NamedTuple):
    tag: str
    zones: tuple[Zone, ...]
    element: int
    """Its place in the list of elements, or -1."""
    piece: int
    """How many pieces of text came before it."""


class _Draft(NamedTuple):
    tag: str
    kinds: frozenset[str]
    names: str
    attributes: str
    zones: tuple[Zone, ...]
    line: int


@lru_cache(maxsize=65_536)
def _word(word: str) -> tuple[frozenset[str], str]:
    """Returns what one name speaks of, and the zone it opens."""
    kinds = frozenset(kind for kind, words in _WORDS.items() if words.search(word))
    zone = next((zone for zone, words in _ZONES.items() if words.search(word)), "")
    return kinds, zone


@lru_cache(maxsize=8_192)
def _names(raw: str) -> tuple[str, frozenset[str], str]:
    """Returns the names of a tag, what they speak of, and the zone they open."""
    names = " ".join(double or single or bare for double, single, bare in _NAMED.findall(raw)).lower()[:LONGEST_TEXT]
    kinds, zone = _NOTHING, ""
    for word in names.split():
        found, opens = _word(word)
        kinds = kinds | found if found else kinds
        zone = zone or opens
    return names, kinds, zone


def read_visible(body: str, headline: int = -1, start: int = 0, stop: int | None = None) -> Visible:  # noqa: C901 - one loop, measured: taking it apart costs a third of its speed
    """Walks over markup without scripts and styles, as `read_markup` leaves it."""
    pieces: list[str] = []
    lines: list[Line] = []
    drafts: list[_Draft] = []
    spans: list[tuple[int, int]] = []
    stack: list[_Open] = [_Open("", (), -1, 0)]
    zones: tuple[Zone, ...] = ()
    stop = len(body) if stop is None else stop
    heading, begun, place, count, fresh, anchor = 0, 0, start, 0, False, -1
    for found in TAG.finditer(body, start, stop):
        if found.start() > place:
            text = body[place : found.start()]
            if text.isspace():
                pieces.append(" ")
            else:
                pieces.append(text)
                fresh = True
        place = found.end()
        closing, tag, raw = found.groups()
        tag = tag.lower()
        if tag not in INLINE:
            if fresh:
                if text := plain_text("".join(pieces[begun:])):
                    lines.append(Line(text, zones, heading))
                fresh = False
                pieces.append(BREAK)
                begun = len(pieces)
            if anchor < 0 <= headline <= found.start():
                anchor = len(lines)
            if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
                heading = 0 if closing else int(tag[1])
        if closing:
            for depth in range(len(stack) - 1, max(0, len(stack) - _REACH), -1):
                if stack[depth].tag == tag:
                    for item in stack[depth:]:
                        if item.element >= 0:
                            spans[item.element] = (item.piece, len(pieces))
                    del stack[depth:]
                    zones = stack[-1].zones
                    break
            continue
        count += 1
        names, kinds, zone = _names(raw) if "=" in raw else ("", _NOTHING, "")
        if tag == "a" and AUTHOR not in kinds and _AUTHOR_LINK.search(raw):
            names, kinds = names + " author-link", kinds | {AUTHOR}
        if tag in _WHOLE or (AUTHOR in kinds and zone != COMMENTS):
            zone = ""
        inner = zones
        if zone := zone or (AUTHOR not in kinds and _ZONE_TAGS.get(tag)) or "":
            inner = (*zones, Zone(count, zone))
        element = -1
        if kinds or tag in _SPEAKING:
            element = len(drafts)
            drafts.append(_Draft(tag, kinds, names, raw, inner, len(lines)))
            spans.append((len(pieces), len(pieces)))
        if tag not in _VOID and not raw.endswith("/") and len(stack) < DEPTH:
            stack.append(_Open(tag, inner, element, len(pieces)))
            zones = inner
    pieces.append(body[place:stop])
    if text := plain_text("".join(pieces[begun:])):
        lines.append(Line(text, zones, heading))
    for item in stack:
        if item.element >= 0:
            spans[item.element] = (item.piece, len(pieces))
    elements = [Element(*draft, text=_element_text(pieces, start, end)) for draft, (start, end) in zip(drafts, spans, strict=True)]
    return Visible(lines, elements, anchor)


def _element_text(pieces: list[str], start: int, end: int) -> str:
    """Returns the first characters of an element's text; its inline elements are set apart by spaces, its blocks by `BREAK`."""
    chosen, length = [], 0
    for piece in pieces[start : min(end, start + LONGEST_TEXT)]:
        chosen.append(piece)
        length += len(piece) if piece not in (" ", BREAK) else 0
        if length > LONGEST_TEXT:
            break
    return plain_text(" ".join(chosen))[: LONGEST_TEXT + 1].strip("| ")


def anchored(visible: Visible, title: str) -> Visible:
    """Returns the page with its headline's line looked up by its words, where the markup did not tell it."""
    wanted = _letters(title)
    if visible.anchor >= 0 or not wanted:
        return visible
    folded = [_letters(line.text) if len(line.text) < LONGEST_TEXT else "" for line in visible.lines]
    same = next((i for i, text in enumerate(folded) if text == wanted), -1)
    if same < 0:
        same = next((i for i, text in enumerate(folded) if len(text) >= SHORTEST_MATCH and (text in wanted or wanted in text)), -1)
    return visible._replace(anchor=same)


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def origin_of(visible: Visible) -> frozenset[Zone]:
    """Returns the zones the headline stands in: those are no zones for its article, whatever they are called."""
    return frozenset(visible.lines[visible.anchor].zones) if 0 <= visible.anchor < len(visible.lines) else frozenset()


def foreign(zones: tuple[Zone, ...], origin: frozenset[Zone], *kinds: str) -> bool:
    """Tells whether something stands in a zone that the headline is not in, of these kinds or of any."""
    return any(zone not in origin and (not kinds or zone.kind in kinds) for zone in zones)

"""Walks once over a page's visible markup: its lines of text, and the elements whose names speak of metadata.

    page = read_visible(markup.body)
    page.lines                  # runs of text between block tags, each with its zone and heading level
    page.elements               # headings, <time>s, author, date and title elements, with the text they hold

The walk keeps an approximate stack of open elements (a closing tag closes the nearest open element of its name), because a byline
means one thing under a headline and another thing in a comment, a list of related headlines or a footer: the *zone*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from broadsheet.transforms.metadata.html.markup_reader import INLINE, TAG, plain_text

_SILENT = frozenset(["img", "br", "input", "path", "source", "iframe", "hr", "col", "option", "picture"])
"""Tags without text, whose names do not matter."""
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
_NAMED = re.compile(r"""\s(?:class|id|itemprop|rel|role|data-testid|data-qa)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")

AUTHOR, DATE, TITLE, SECTION, TAGS, SUBTITLE = "author", "date", "title", "section", "tags", "subtitle"
COMMENTS, RELATED, CHROME = "comments", "related", "chrome"
QUOTED, ITEM, CELL = "quoted", "item", "cell"
"""Parts of an article in which dates and names are of something else: captions, quotes, embedded posts, fact boxes; entries of
lists; cells of tables."""
ELSEWHERE = (COMMENTS, RELATED, CHROME)

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
        rf"comment(?!ar[yi])|kommentar|disqus|respond{_E}|discussion|{_B}reply|replies|trackback|pingback|leserbrief|review-?list|"
        r"customer-?review|reviews?-?(?:item|card|content|body|author)|testimonial"
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
    QUOTED: re.compile(
        rf"{_B}(?:caption|figcaption|wp-caption(?:-text)?|pull-?quote|quote|blockquote|embed|oembed|tweet|twitter-tweet|instagram-media|"
        rf"info-?box|fact-?box|ticker){_E}"
    ),
}
_ZONE_TAGS = {
    "nav": CHROME, "footer": CHROME, "aside": RELATED, "form": CHROME, "figure": QUOTED, "figcaption": QUOTED, "blockquote": QUOTED,
    "li": ITEM, "td": CELL, "th": CELL, "dd": CELL, "dt": CELL,
}  # fmt: skip

_AUTHOR_LINK = re.compile(
    r"""/(?:authors?|autor(?:en|es|i)?|auteurs?|autore|redakteure?|journalist\w*|writers?|contributors?|reporters?|profile|"""
    r"""people|by|staff|experts?)/[^"'/]""",
    re.IGNORECASE,
)
_WHOLE = frozenset(["html", "body", "main"])
"""Tags whose class words speak of the whole page (`single-post has-sidebar`), never of a zone."""
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_SPEAKING = frozenset(["h1", "h2", "time"])
_NOTHING: frozenset[str] = frozenset()
_REACH = 40
"""Open elements a closing tag may close at once; more than that is a stray closing tag."""
BREAK = " | "
LONGEST_TEXT = 400
"""Characters kept of an element's text. The longest title of the labelled pages has 234, the longest list of authors 150."""

SHORTEST_MATCH = 12
"""Letters of a line that is a part of the title: shorter ones are words of a menu."""

SPOT, MAX_SPOTS = 800, 8
"""Characters of markup that are read after a word that may begin a byline, and how many such places are looked at."""
AUTHOR_SPOTS = (
    "uthor",
    "utor",
    "uteur",
    "yline",
    "ritten by",
    "schrieben von",
    "edakteur",
    "责任编辑",
    ">Von ",
    ">Von:",
    ">By ",
    ">By:",
    ">Par ",
    ">Por ",
)
"""What such a place carries, without the first letter, which may be a capital. `str.find` takes 0.03 ms a word and page, a regular
expression for all of them 5 ms."""
DATE_SPOTS = ("<time", "ublish", "osted on", "ubliziert", "eröffentlicht", "ate-time", "-date", '"date', "atum")
CHANGE_SPOTS = ("pdated", "ktualisiert", "odified", "last edited", "zuletzt", "ctualizad", "ggiornat", "is à jour", "ijgewerkt")
ABOVE = 12_000
"""Characters of markup above what was read already where the article may have begun: beyond, it is the menu."""
_AFTER_ARTICLE = ('id="comments"', 'id="respond"', 'class="comment', 'id="disqus_thread"', "<footer", 'id="kommentare"')

DEPTH = 400
"""Open elements that are remembered: browsers stop at 512, labelled pages nest 60 deep at most."""


class Zone(NamedTuple):
    """A part of the page that is about something else than the article."""

    number: int
    """The ordinal of the tag that opened it."""
    kind: str
    """`comments`, `related`, `chrome`, `quoted`, `item` or `cell`."""


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
    begin: int
    """Where in the markup the reading began."""
    end: int
    """Where it stopped."""


class _Draft(NamedTuple):
    tag: str
    kinds: frozenset[str]
    names: str
    attributes: str
    zones: tuple[Zone, ...]
    line: int


_ANY = re.compile("|".join(f"(?:{words.pattern})" for words in (*_WORDS.values(), *_ZONES.values())))
"""Finds out at once that a word speaks of nothing, as nine of ten do."""


@lru_cache(maxsize=65_536)
def _word(word: str) -> tuple[frozenset[str], str]:
    """Returns what one name speaks of, and the zone it opens."""
    if not _ANY.search(word):
        return _NOTHING, ""
    kinds = frozenset(kind for kind, words in _WORDS.items() if words.search(word))
    zone = next((zone for zone, words in _ZONES.items() if words.search(word)), "")
    return kinds, zone


@lru_cache(maxsize=8_192)
def _names(raw: str) -> tuple[str, frozenset[str], str]:
    """Returns the names of a tag, what they speak of, and the zone they open."""
    names = " ".join([double or single or bare for double, single, bare in _NAMED.findall(raw.lower())])[:LONGEST_TEXT]
    kinds, zone = _NOTHING, ""
    for word in names.split():
        found, opens = _word(word)
        kinds = kinds | found if found else kinds
        zone = zone or opens
    return names, kinds, zone


def read_visible(body: str, headline: int = -1, start: int = 0, stop: int | None = None) -> Visible:  # noqa: C901 - one loop, measured: taking it apart costs a third of its speed
    """Walks over markup without scripts and styles, as `read_markup` leaves it."""
    stop = len(body) if stop is None else min(stop, len(body))
    first = place = max(0, body.find("<", start, stop))
    pieces: list[str] = []
    lines: list[Line] = []
    drafts: list[_Draft] = []
    spans: list[tuple[int, int]] = []
    stack: list[tuple[str, tuple[Zone, ...], int, int]] = [("", (), -1, 0)]  # tag, zones, draft or -1, pieces before it
    zones: tuple[Zone, ...] = ()
    heading, begun, count, fresh, anchor = 0, 0, 0, False, -1
    for found in TAG.finditer(body, place, stop):
        begin = found.start()
        if begin > place:
            text = body[place:begin]
            if text.isspace():
                pieces.append(" ")
            else:
                pieces.append(text)
                fresh = True
        place = found.end()
        closing, tag, raw = found.groups()
        if not tag.islower():
            tag = tag.lower()
        if tag not in INLINE:
            if anchor < 0 <= headline < begin:
                anchor = len(lines)  # the line that ends here holds it
            if fresh:
                if text := plain_text("".join(pieces[begun:])):
                    lines.append(Line(text, zones, heading))
                fresh = False
                pieces.append(BREAK)
                begun = len(pieces)
            if anchor < 0 and headline == begin:
                anchor = len(lines)
            if tag in _HEADINGS:
                heading = 0 if closing else int(tag[1])
        if closing:
            for depth in range(len(stack) - 1, max(0, len(stack) - _REACH), -1):
                if stack[depth][0] == tag:
                    for _, _, draft, piece in stack[depth:]:
                        if draft >= 0:
                            spans[draft] = (piece, len(pieces))
                    del stack[depth:]
                    zones = stack[-1][1]
                    break
            continue
        count += 1
        inner, draft = zones, -1
        if "=" in raw and tag not in _SILENT:
            names, kinds, zone = _names(raw)
            if tag == "a" and AUTHOR not in kinds and _AUTHOR_LINK.search(raw):
                names, kinds = names + " author-link", kinds | {AUTHOR}
            if tag in _WHOLE or (AUTHOR in kinds and zone != COMMENTS):
                zone = ""
        else:
            names, kinds, zone = "", _NOTHING, ""
        if zone := zone or (AUTHOR not in kinds and _ZONE_TAGS.get(tag)) or "":
            inner = (*zones, Zone(count, zone))
        if kinds or tag in _SPEAKING:
            draft = len(drafts)
            drafts.append(_Draft(tag, kinds, names, raw, inner, len(lines)))
            spans.append((len(pieces), len(pieces)))
        if tag not in _VOID and raw[-1:] != "/" and len(stack) < DEPTH:
            stack.append((tag, inner, draft, len(pieces)))
            zones = inner
    pieces.append(body[place:stop])
    if text := plain_text("".join(pieces[begun:])):
        lines.append(Line(text, zones, heading))
    for _, _, draft, piece in stack:
        if draft >= 0:
            spans[draft] = (piece, len(pieces))
    elements = [Element(*draft, text=_element_text(pieces, begin, end)) for draft, (begin, end) in zip(drafts, spans, strict=True)]
    return Visible(lines, elements, anchor if anchor < len(lines) else -1, first, stop)


def _element_text(pieces: list[str], start: int, end: int) -> str:
    """Returns the first characters of an element's text; its inline elements are set apart by spaces, its blocks by `BREAK`."""
    chosen, length = [], 0
    for piece in pieces[start : min(end, start + LONGEST_TEXT)]:
        chosen.append(piece)
        length += len(piece) if piece not in (" ", BREAK) else 0
        if length > LONGEST_TEXT:
            break
    return plain_text(" ".join(chosen))[: LONGEST_TEXT + 1].strip("| ")


def read_spots(body: str, near: Visible, words: tuple[str, ...]) -> Visible:
    """Reads only the places in which the rest of the article may name its author or its date: a box, a signature, a label.

    Walking over everything costs 6 ms per page; looking for the few words such a place can carry and walking over those costs 0.2.
    The article ends where the comments or the page's foot begin.

    Args:
        body: The markup.
        near: What was read already.
        words: `AUTHOR_SPOTS`, `DATE_SPOTS` or `CHANGE_SPOTS`.

    Returns:
        The text of these places, those after `near` first.
    """
    return _read_spots(body, near.begin, near.end, words)


@lru_cache(maxsize=2)
def _read_spots(body: str, begun: int, ended: int, words: tuple[str, ...]) -> Visible:
    """As `read_spots`; remembered, since two finders of dates ask one after the other. `begun` and `ended` are those of `near`."""
    end = _end_of_article(body, ended)
    lines: list[Line] = []
    elements: list[Element] = []
    for start, stop in ((ended, end), (max(0, begun - ABOVE), begun)):
        place = start
        hits = sorted(hit for word in words for hit in islice(_places(body, word, start, stop), MAX_SPOTS))
        for hit in hits[:MAX_SPOTS]:
            begin = body.rfind("<", start, hit + 1)
            if hit < place or begin < 0:
                continue
            spot = read_visible(body, -1, begin, min(stop, hit + SPOT))
            place = spot.end
            base = len(lines)
            lines += spot.lines
            elements += [element._replace(line=element.line + base) for element in spot.elements]
    return Visible(lines, elements, -1, begun, end)


@lru_cache(maxsize=2)
def _end_of_article(body: str, start: int) -> int:
    """Returns where the comments or the page's foot begin; remembered, since authors and dates ask one after the other."""
    return min((place for mark in _AFTER_ARTICLE if (place := body.find(mark, start)) >= 0), default=len(body))


def _places(text: str, word: str, start: int, end: int) -> Iterator[int]:
    while (start := text.find(word, start, end)) >= 0:
        yield start
        start += len(word)


def shows(body: str, text: str, start: int, end: int) -> bool:
    """Returns whether a short text is in a piece of markup as text, not in an attribute and not within a paragraph."""
    for _ in range(MAX_SPOTS):
        start = body.find(text, start, end)
        if start < 0:
            return False
        opened, closed = body.rfind("<", 0, start), body.rfind(">", 0, start)
        if closed > opened and body.find("<", start, closed + LONGEST_TEXT) >= 0:
            return True
        start += len(text)
    return False


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
    """Returns the zones of the headline: for its article they do not count as zones, whatever they are called."""
    return frozenset(visible.lines[visible.anchor].zones) if 0 <= visible.anchor < len(visible.lines) else frozenset()


def foreign(zones: tuple[Zone, ...], origin: frozenset[Zone], *kinds: str) -> bool:
    """Returns whether something is in a zone that the headline is not in, of these kinds or outside the article (`ELSEWHERE`)."""
    return any(zone not in origin and zone.kind in (kinds or ELSEWHERE) for zone in zones)

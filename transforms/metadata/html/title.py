"""Finds a page's headline: the heading that the page's head confirms.

A page names its article several times: in headings, `<title>`, Open Graph, Twitter cards, JSON-LD. The head's versions carry the
site's name, are cut short or are written for search engines; the heading is what readers see, but a page has many headings, and its
first one is often the site's name. So the two sides check each other, in this order:

1. an `<h1>` that agrees with a title in the head (the longest agreement, then the first);
2. an `<h2>` to `<h4>` that does;
3. the head's own title, without the site's name: JSON-LD and Open Graph before Twitter before `<title>`;
4. an `<h1>` alone.

On the labelled pages (tf and tj together, 632 titles) the label is an `<h1>` in 501, another heading only in 51.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from broadsheet.transforms.characters import CJK
from broadsheet.transforms.metadata.html.markup_reader import TAG, Markup, line_text, plain_text

MAX_HEADINGS = 200
"""Headings that are looked at; the labelled page with the most has 151."""
LONGEST_HEADING = 3_000
"""Characters of markup a heading may take; the labelled pages' longest headline takes 1,900 (a button and an icon within it)."""
AGREES = 0.8
"""Share of common words from which two titles are one: a loose match of the benchmark: a word more or less counts."""

LONGEST_TITLE = 1_000
"""Characters of a title that are compared; the longest labelled title has 234."""
PHRASE = 3
"""Words that make a heading a phrase, and letters beyond which a shared word means something: "Page" is not a headline."""

MAX_PARTS = 6
"""Pieces of a heading that are looked at: kicker, headline, date, category and what parts them."""

_KICKER = re.compile(r"\s*(?::| [-–—|] )\s*")
_NO_TITLES = frozenset(
    ["", "home", "homepage", "startseite", "start", "index", "blog", "news", "untitled", "untitleddocument", "accueil"]
)
_HEADING = re.compile(r"<h([1-4])(?=[\s>])", re.IGNORECASE)
MASTHEAD = 20_000
"""Characters of markup from the page's beginning in which a link to the site's first page may be."""
_HOME = re.compile(r"""<a\b[^<>]*?\shref=["']?(?:https?://[^/"'<>\s]{1,100})?/(?:["'][^<>]*|\s[^<>]*)?>""", re.IGNORECASE)
"""A link to a site's first page."""
_ALT = re.compile(r"""\salt\s*=\s*["']([^"'<>]{2,80})["']""", re.IGNORECASE)
_HEADING_END = re.compile(r"</h[1-6]\s*+>", re.IGNORECASE)
_WORD = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")
_SEPARATOR = re.compile(
    r"\s+(?:[|–—·»«•›/\\~]|-{1,2}|::?|//)\s+|\s*[|»«｜]\s*|(?<=\w)_(?=\w)|(?<=[^\x00-\u2fff])[-—](?=[^\x00-\u2fff])"
)


class Headline(NamedTuple):
    """A title, what it was read from, and its place in the markup (-1 if it is not there)."""

    text: str
    basis: str
    place: int


class _Heading(NamedTuple):
    level: int
    text: str
    parts: tuple[str, ...]
    place: int


def find_headline(markup: Markup, declared: list[tuple[str, str]], site_names: list[str]) -> Headline | None:
    """Returns the page's headline.

    Args:
        markup: The page.
        declared: Titles from the page's head as (basis, text), the most trusted first; the basis of `<title>` is `title element`.
        site_names: What the site calls itself; a title that is one of them is none.
    """
    sites = {_compact(name) for name in (*site_names, *_home_names(markup, declared))} - {""}
    no_titles = sites | _NO_TITLES
    cut = [(basis, text[:LONGEST_TITLE]) for basis, text in declared]
    known = [(basis, text) for basis, text in cut if _compact(text) not in no_titles]
    first = [heading for heading in _headings(markup.body, "1") if _compact(heading.text) not in no_titles]
    found = _agreeing(first, known, 0.0)
    if not found:
        others = [heading for heading in _headings(markup.body, "234") if _compact(heading.text) not in no_titles]
        found = _agreeing(others, known, AGREES) or _agreeing(first, known, -1.0) or _lone(first, known)
    if found:
        return _without_kicker(found, known, sites)
    for basis, text in known:
        title = without_site(text, sites)
        if basis == "title element":
            title = _segment_shown(markup.body, title) or title
        return Headline(title, basis, _place_of(markup.body, title))
    if first or others:
        heading = (first or others)[0]
        return Headline(heading.text, "heading", heading.place)
    return None


def _agreeing(headings: list[_Heading], known: list[tuple[str, str]], least: float) -> _Heading | None:
    """Returns the heading that agrees best with a title in the head, the first of several; `None` below `AGREES` and `least`.

    A heading that is a later part of `<title>` is worth less than nothing: that is where the site's name or section is.
    """
    best: tuple[float, _Heading] | None = None
    words = [_words(text) for _, text in known]
    sites = {part for basis, text in known if basis == "title element" for part in later_parts(text.casefold())}
    for heading in headings:
        own = _words(heading.text)
        fit = max((_agreement(own, other) for other in words), default=0.0)
        score = fit - (1.5 if heading.text.casefold() in sites else 0.0)
        if fit >= AGREES and score >= least and (best is None or score > best[0]):
            best = score, heading
    return best[1] if best else None


def _lone(first: list[_Heading], known: list[tuple[str, str]]) -> _Heading | None:
    """Returns the page's only `<h1>` if it is a phrase and shares a word with a title: one is for readers, one for engines."""
    if len({heading.text for heading in first}) != 1:
        return None
    own = _words(first[0].text)
    shared = {word for _, text in known for word in _words(text)} & set(own)
    return first[0] if len(own) >= PHRASE and any(len(word) > PHRASE for word in shared) else None


def without_site(title: str, sites: set[str]) -> str:
    """Takes the site's name off a title's end or beginning.

    A part between separators goes if it is the site's name. If the site's name is unknown the title stays whole, because what
    follows a dash may be part of the headline.
    """
    parts = [(found.start(), found.end()) for found in _SEPARATOR.finditer(title[:LONGEST_TITLE])]
    for start, end in parts:
        if _compact(title[end:]) in sites:
            return title[:start].strip()
    for start, end in reversed(parts):
        if _compact(title[:start]) in sites:
            return title[end:].strip()
    return title


def title_words(text: str) -> str:
    """Returns the words of a text in lower case, without punctuation."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _compact(text: str) -> str:
    """Returns the letters and digits of a text in lower case: sites write their name with and without spaces."""
    return title_words(text).replace(" ", "")


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text[:LONGEST_TITLE]).casefold())


def _agreement(own: list[str], other: list[str]) -> float:
    """Returns how much of a heading is in a declared title, 0 to 1.

    All of a heading's words must be found for full marks; a heading that is a small part of the declared title (a section's name in
    `<title>`) loses by the share it leaves out.
    """
    if not own or not other:
        return 0.0
    rest = list(other)
    common = 0
    for word in own:
        if word in rest:
            rest.remove(word)
            common += 1
    of_own, of_other = common / len(own), common / len(other)
    if of_own == 1 or of_other == 1:
        return 0.8 + 0.2 * min(of_own, of_other) if common > 1 or len(other) == 1 else 0.0
    return 2 * common / (len(own) + len(other))


def _headings(body: str, levels: str) -> Iterator[_Heading]:
    for number, found in enumerate(_HEADING.finditer(body)):
        if number == MAX_HEADINGS:
            return
        if found[1] not in levels:
            continue
        begin = body.find(">", found.end()) + 1
        end = _HEADING_END.search(body, begin, begin + LONGEST_HEADING)
        if not begin or not end:
            continue
        source = body[found.start() : end.start()]
        text = line_text(source)
        if text:
            parts = tuple(part for piece in TAG.sub("\0", source).split("\0") if (part := plain_text(piece)))
            yield _Heading(int(found[1]), text, parts, found.start())


def _home_names(markup: Markup, declared: list[tuple[str, str]]) -> Iterator[str]:
    """Yields what the links to the site's first page say if a title has it as a part: the site's name."""
    split = [_SEPARATOR.split(text[:LONGEST_TITLE]) for _, text in declared]
    parts = {_compact(part) for pieces in split if len(pieces) > 1 for part in pieces}
    if not parts:
        return
    begin = max(0, markup.body.find("<body"))
    for number, found in enumerate(_HOME.finditer(markup.body, begin, begin + MASTHEAD)):
        if number == MAX_PARTS:
            return
        end = markup.body.find("</a", found.end(), found.end() + LONGEST_HEADING)
        source = markup.body[found.end() : max(end, found.end())]
        for name in (plain_text(TAG.sub(" ", source)), *(plain_text(alt) for alt in _ALT.findall(source))):
            if _compact(name) in parts:
                yield name


def _without_kicker(heading: _Heading, known: list[tuple[str, str]], sites: set[str]) -> Headline:
    """Takes what a heading's markup sets apart (a kicker above it, a date, a lead) off where a title in the head does without it.

    A kicker also goes where the head has it as a part of its own: `<span>Election</span> <span>A close race</span>` and
    `Election: A close race`.
    """
    parts = heading.parts[:MAX_PARTS]
    titles = {title_words(title) for _, text in known for title in (text, without_site(text, sites))}
    for length in range(len(parts) - 1, 0, -1):
        for begin in range(len(parts) - length + 1):
            chosen = " ".join(parts[begin : begin + length])
            if title_words(chosen) in titles:
                return Headline(chosen, "heading", heading.place)
    if len(parts) > 1:
        kicker, rest = title_words(parts[0]), " ".join(parts[1:]).lstrip(":|–—- ")
        for _, text in known:
            for separator in _KICKER.finditer(text[:LONGEST_TITLE]):
                if title_words(text[: separator.start()]) == kicker and title_words(rest).startswith(
                    title_words(text[separator.end() :])[:20]
                ):
                    return Headline(rest, "heading", heading.place)
    return Headline(heading.text, "heading", heading.place)


def later_parts(title: str) -> Iterator[str]:
    """Yields what is between and after the separators of a `<title>`: the site's name and section, if anything."""
    title = title[:LONGEST_TITLE]
    for part in _SEPARATOR.finditer(title):
        rest = title[part.end() :].strip()
        yield rest
        yield _SEPARATOR.split(rest, maxsplit=1)[0].strip()


def _segment_shown(body: str, title: str) -> str | None:
    """Returns the longest part of a `<title>` that an element of the page shows on its own."""
    parts = [part for part in _SEPARATOR.split(title) if part and len(_words(part)) > 1][:MAX_PARTS]
    shown = [part for part in parts if re.search(rf">\s*+{re.escape(part)}\s*+<", body)]
    return max(shown, key=len, default=None) or (max(parts, key=len, default=None) if title[:1] > "\u2fff" else None)


def _place_of(body: str, text: str) -> int:
    place = body.find(">" + text, max(0, body.find("<body"))) if text else -1
    return body.rfind("<", 0, place) if place >= 0 else -1

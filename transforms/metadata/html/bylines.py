"""Finds the byline that readers see: at the headline first, then anywhere in the article.

    byline_at_headline(visible, sites)      # "By Ines Moreau", an element called author, "5 March 2021 | Ines Moreau", ...
    byline_elsewhere(visible, origin, sites)

A page shows many names: those of commentators, of photographers, of people in the story, of other articles' authors. So a name
counts by what calls it the author's: an element's name, words that introduce a byline, a label, the date beside it. A name
alone on a line counts only directly at the headline, and only if it begins with a first name that is common somewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from broadsheet.transforms.metadata.dates.date_words import MONTHS, without_accents
from broadsheet.transforms.metadata.east_asian_bylines import east_asian_byline, may_name_writers
from broadsheet.transforms.metadata.html.visible_text import (
    AUTHOR,
    BREAK,
    COMMENTS,
    RELATED,
    Element,
    Line,
    Visible,
    Zone,
    foreign,
    origin_of,
)
from broadsheet.transforms.metadata.names import (
    byline_names,
    has_first_name,
    is_introduced,
    is_introduction,
    is_name,
    is_person,
    without_place,
)
from broadsheet.transforms.metadata.offices import name_before_office
from broadsheet.transforms.metadata.text.label_words import WEEKDAYS


class Authors(NamedTuple):
    """Names, what they were read from, and the words."""

    names: list[str]
    basis: str
    words: str


BEFORE, AFTER = 4, 8
"""Lines before and after the headline's in which a byline belongs to it, whatever its box: on the labelled pages with a visible
byline, nine of ten are between the third line before and the sixth after."""
ALONE = (1, 2)
"""Lines before and after the headline's in which a name alone is its author's."""
PROSE = 200
"""Characters from which a line is prose: after it, a line of two capitals is a heading, not a byline."""
LONGEST_LINE = 120
SIGNATURE = 60
"""Characters of a byline below an article: it names one or two people and says nothing of them."""
LONGEST_ELEMENT = 200
"""Characters of an author element: the labelled pages' longest list of authors has 150."""

BESIDE = 3
"""Lines between the elements of an article's authors."""
LISTED = 3
"""Authors of different articles from which a page is a list of them: an article's own authors are beside each other."""
_CUSTOMER = re.compile(r"^[^\W\d_]+\s[A-Z]\.?$")
"""How shops shorten the names of those who review their goods ("Tom K.")."""
_IS_AUTHOR = re.compile(
    r"(?<![a-z])(?:author|autor|authors|fn|byline|p-author|writer|reporter|creator|redakteur|author-link)(?![a-z])|"
    r"author[-_]*(?:name|link|url)|by-?author"
)
_NO_AUTHOR = re.compile(
    r"comment|avatar|image|img|photo|desc|social|follow|related|more|count|theme|reading|licen[sc]e|copyright|credit|caption"
)
_DATED = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|\b\d{1,2}[./]\d{1,2}[./]|\bmin(?:utes?)?\b|\bago\b|\bvor \d|\d\s?(?:Uhr|am|pm)\b", re.IGNORECASE
)
_DIGIT = re.compile(r"(?<!\w)\d")
_BREAK = re.compile(r"\s[-–—|•·∙]\s")
_DATE_WORDS = frozenset(
    """
    on am um le el il den vom in im at à posted published updated modified created veröffentlicht aktualisiert publié publicado
    """.split()
)
"""Words that lead to a date after a byline."""
_AFTER_DATE = re.compile(r"\d[^\W\d_]{0,3}\s(?:(?:Uhr|GMT|[ap]m)\s)?(?=(?:by|von|par|por|di|door)\s[^\W\d_])", re.IGNORECASE)
"""Where a byline begins after a date ("03/01/2017 by ...", "13:30 Uhr von ...")."""
_CREDIT = re.compile(
    r"©|\(c\)|foto|photo|bild|quelle|source|credit|image|getty|illustration|review|rezens|fact.check", re.IGNORECASE
)
_LABELLED = re.compile(
    r"^\s*(?:autor(?:in|en|s)?|authors?|auteure?s?|autore|автор|text|texte|texto|written by|geschrieben von|écrit par|escrito por|"
    r"verfasst von|作者|责任编辑|szerző|yazar)\s*(?::|：|by\b|(?<=by)|(?<=von)|(?<=por)|(?<=par))\s*\S",
    re.IGNORECASE,
)
_AND = re.compile(r",?\s(?:and|und|et|y|och|og|&)\s")
_PARTS = re.compile(r"\s[-–—|•·∙/]\s|[|•·∙]")


def without_dates(text: str) -> str:
    """Cuts what follows the names of a byline: its date with the words that lead to it, and everything after a dash or a bar."""
    broken = _BREAK.search(text)
    text = text[: broken.start()] if broken else text
    digit = _DIGIT.search(text)
    if not digit:
        return text
    words = _GLUED_MONTH.sub("", text[: digit.start()].rstrip()).split(" ")
    while words and _leads_to_date(words[-1]):
        words.pop()
    return " ".join(words)


def _leads_to_date(word: str) -> bool:
    """Tells whether a word before a number is a part of a date: a month, a weekday, "on"."""
    folded = without_accents(word.strip(".,:;()"))
    return (
        not folded
        or folded in MONTHS
        or folded in WEEKDAYS
        or (folded[:3] in _SHORT_DAYS and len(folded) <= 4)
        or folded in _DATE_WORDS
    )


_GLUED_MONTH = re.compile(
    r"(?<=[a-zà-ÿ])(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?$"
)
"""A month that is glued to the name before it ("Ann HolmDec 05, 2023")."""
_SHORT_DAYS = frozenset("mon tue wed thu fri sat sun".split())


def _east_asian(lines: Iterable[Line]) -> Iterator[Authors]:
    """Yields the names that Chinese, Japanese and Korean lines call the writers', the surest first."""
    found = []
    for line in lines:
        text = line.text if len(line.text) <= LONGEST_LINE else line.text[-LONGEST_LINE // 4 :]
        if may_name_writers(text) and (byline := east_asian_byline(text)):
            found.append((byline[1], Authors(byline[0], "byline", text)))
    yield from (authors for _, authors in sorted(found, key=lambda item: item[0]))


def byline_at_headline(visible: Visible, sites: list[str]) -> Authors | None:
    """Returns the byline at the headline, the surest kind first; `None` if none is there."""
    anchor = visible.anchor
    if anchor < 0:
        return None
    first = max(0, anchor - BEFORE)
    last, prose = anchor, 0
    while last < len(visible.lines) - 1 and last < anchor + AFTER and prose < 2:
        last += 1
        prose += len(visible.lines[last].text) > PROSE
    near = [element for element in visible.elements if first <= element.line <= last]
    order = sorted((i for i in range(first, last + 1) if i != anchor), key=lambda i: abs(i - anchor) + (0.5 if i < anchor else 0))
    lines = [visible.lines[i] for i in order if len(visible.lines[i].text) <= LONGEST_LINE]
    return (
        _best_element(visible, near, sites)
        or next(_introduced(lines, sites), None)
        or next(_east_asian(lines), None)
        or next(_below_introduction(visible.lines, range(first, last), sites), None)
        or next(_before_office(lines), None)
        or next(_beside_date(lines, sites), None)
        or next(_alone(visible, sites), None)
    )


def byline_elsewhere(visible: Visible, origin: frozenset[Zone], sites: list[str]) -> Authors | None:
    """Returns what calls itself the author's name outside comments and related articles: a label, a box."""
    for line in visible.lines:
        if len(line.text) <= LONGEST_LINE and _LABELLED.match(line.text) and not foreign(line.zones, origin, COMMENTS, RELATED):
            names = byline_names(without_dates(line.text))
            if names:
                return Authors(names, "byline", line.text)
    here = [line for line in visible.lines if not foreign(line.zones, origin)]
    signed = (
        next(_east_asian(here), None)
        or next(_signed(here, sites), None)
        or next(_below_introduction(here, _labels(here), sites), None)
    )
    if signed:
        return signed
    own = [
        element
        for element in visible.elements
        if not element.names.endswith("author-link") and not foreign(element.zones, origin, COMMENTS, RELATED)
    ]
    return _best_element(visible, own, sites, listed=True)


def _labels(lines: list[Line]) -> list[int]:
    """Returns where a line ends in a colon: without one "Authors" is a menu's word."""
    return [i for i, line in enumerate(lines[:-1]) if line.text.endswith((":", "："))]


def _introduced(lines: list[Line], sites: list[str]) -> Iterator[Authors]:
    """Yields the names of lines that begin like a byline ("By ...", "Von ..."), also after a date."""
    for line in lines:
        after = _AFTER_DATE.search(line.text)
        text = line.text[after.end() :] if after else line.text
        text = _PARTS.split(text)[0]  # "Story by Ines Moreau | Photos by Ann Holm"
        if is_introduced(text) and not _CREDIT.search(text):
            names = _own_last(without_dates(text), sites)
            if names:
                yield Authors(names, "byline", line.text)


def _before_office(lines: list[Line]) -> Iterator[Authors]:
    """Yields the name of a line that says what its bearer does for the paper ("Ines Moreau, Staff Writer")."""
    for line in lines:
        if not line.heading and len(line.text) <= LONGEST_LINE and (name := name_before_office(line.text)):
            yield Authors([name], "byline", line.text)


def _signed(lines: list[Line], sites: list[str]) -> Iterator[Authors]:
    """Yields the names of lines that are a byline and nothing else ("Von Ines Moreau"), as papers put below an article."""
    for line in lines:
        if len(line.text) <= SIGNATURE and not line.heading and is_introduced(line.text) and not _CREDIT.search(line.text):
            names = byline_names(line.text, sites)
            if names and all(is_person(name) for name in names) and line.text.rstrip(" .").endswith(names[-1]):
                yield Authors(names, "byline", line.text)


def _below_introduction(lines: list[Line], places: Iterable[int], sites: list[str]) -> Iterator[Authors]:
    """Yields the names of lines above which an introduction is alone ("Text:", "Von")."""
    for i in places:
        if is_introduction(lines[i].text) and len(lines[i + 1].text) <= LONGEST_LINE and not lines[i + 1].heading:
            names = [name for name in byline_names(without_dates(lines[i + 1].text), sites) if is_person(name)]
            if names:
                yield Authors(names, "byline", f"{lines[i].text} {lines[i + 1].text}")


def _beside_date(lines: list[Line], sites: list[str]) -> Iterator[Authors]:
    """Yields the one name of a line with a date ("5 March 2021 | Ines Moreau | 3 min")."""
    for line in lines:
        if line.heading or _CREDIT.search(line.text) or not _DATED.search(line.text):
            continue
        parts = [without_dates(part) for part in _PARTS.split(line.text)]
        names = [name for part in parts for name in byline_names(part, sites) if is_person(name)]
        if len(names) == 1 and has_first_name(names[0]):
            yield Authors(names, "beside date", line.text)


def _alone(visible: Visible, sites: list[str]) -> Iterator[Authors]:
    """Yields the name, or names, that are all of a line right at the headline."""
    anchor, origin = visible.anchor, origin_of(visible)
    pictures = {
        element.line
        for element in visible.elements
        if element.text and AUTHOR in element.kinds and _NO_AUTHOR.search(element.names)
    }
    for i in sorted(
        range(max(0, anchor - ALONE[0]), min(len(visible.lines), anchor + ALONE[1] + 1)), key=lambda i: abs(i - anchor)
    ):
        line = visible.lines[i]
        if i == anchor or i in pictures or line.heading or foreign(line.zones, origin, COMMENTS, RELATED):
            continue
        names = byline_names(line.text, sites) if len(line.text) <= LONGEST_LINE else []
        if (
            ", ".join(names) == _AND.sub(", ", without_place(line.text))
            and all(map(is_person, names))
            and any(map(has_first_name, names))
        ):
            yield Authors(names, "name at headline", line.text)


def _own_last(text: str, sites: list[str]) -> list[str]:
    """Reads a byline; the site's own name counts if nobody else is named, and words introduce it or it is like a person's."""
    names = byline_names(text, sites, single=True)
    if names:
        return names
    introduced = is_introduced(text)
    return [name for name in byline_names(text, single=True) if introduced or is_person(name)]


def _first_words(text: str) -> str:
    """Returns what a box has before the biography: its first block, and the second if the first introduces it."""
    if len(text) <= LONGEST_LINE:
        return text
    first, _, rest = text.partition(BREAK)
    return f"{first} {rest.partition(BREAK)[0]}" if is_introduction(first) else first


def _best_element(visible: Visible, elements: list[Element], sites: list[str], *, listed: bool = False) -> Authors | None:
    """Returns the names of the author element nearest to the headline, and of its like beside it.

    Args:
        visible: What readers see.
        elements: Those that may be chosen.
        sites: What the site calls itself.
        listed: Whether a page on which many are named is a list of articles, which has no author.
    """
    found: list[tuple[int, Element, list[str]]] = []
    headline = visible.lines[visible.anchor].text if visible.anchor >= 0 else ""
    for element in elements:
        if AUTHOR not in element.kinds or element.tag in ("meta", "img", "link", "input") or len(element.text) < 2:
            continue
        sure = bool(_IS_AUTHOR.search(element.names))
        if not sure or _NO_AUTHOR.search(element.names):
            continue
        text = _first_words(element.text)
        if len(text) > LONGEST_ELEMENT or (len(text) > LONGEST_LINE and not is_introduced(text)):
            continue
        text = without_dates(text) if not text[:1].isdigit() else text
        if (names := _own_last(text, sites)) and not any(name in headline for name in names):
            distance = element.line - visible.anchor
            found.append((distance if distance >= 0 else 2 - 2 * distance, element, names))
    inner = [item for item in found if not any(len(o[1].text) < len(item[1].text) and o[1].text in item[1].text for o in found)]
    if not inner:
        return None
    inner.sort(key=lambda item: item[0])
    _, first, names = inner[0]
    if all(_CUSTOMER.match(name) for name in names):
        return None
    apart = {tuple(more): element.line for _, element, more in reversed(inner) if element.names == first.names}
    if listed and sum(abs(line - first.line) > BESIDE for line in apart.values()) >= LISTED - 1:
        return None
    for _, element, more in inner[1:]:
        if abs(element.line - first.line) <= BESIDE and element.names == first.names:
            names = names + [name for name in more if name not in names and is_name(name)]
    return Authors(names, "author element", first.text)

"""Finds who wrote an article: what the page's head declares, checked against the byline that readers see.

Heads lie about authors more than about anything else. They name the site, the one who pressed the button, the plug-in's author,
or nobody. So a declared author counts only where the page shows the name: of the labelled German and English pages with a declared
author that is nowhere to be seen, 2 declare the right one, 18 a wrong one, and 22 have none at all. In this order:

1. declared names (JSON-LD, then meta) that the page shows, made longer by a byline that holds them and more;
2. names in elements that call themselves author, near the headline first;
3. a line near the headline that begins like a byline ("By ...", "Von ...").
"""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.metadata.html_jsonld import Entity
from transforms.metadata.html_markup import Markup
from transforms.metadata.html_visible import (
    AUTHOR,
    AUTHOR_SPOTS,
    COMMENTS,
    RELATED,
    Element,
    Visible,
    Zone,
    foreign,
    origin_of,
    read_spots,
    shows,
)
from transforms.metadata.names import byline_names, is_introduced, is_person


class Authors(NamedTuple):
    """Names, what they were read from, and the words."""

    names: list[str]
    basis: str
    words: str


BEFORE, AFTER = 4, 8
"""Lines before and behind the headline's where a byline belongs to it whatever it stands in: on the labelled pages with a visible
byline nine of ten stand between the third line before and the sixth behind."""
PROSE = 200
"""Characters from which a line is prose: behind it a line of two capitals is a heading, not a byline."""
LONGEST_LINE = 120

_IS_AUTHOR = re.compile(
    r"(?<![a-z])(?:author|autor|authors|fn|byline|p-author|writer|reporter|creator|redakteur|author-link)(?![a-z])|author[-_]*(?:name|link|url)|by-?author"
)
_NO_AUTHOR = re.compile(r"comment|avatar|image|img|photo|desc|social|follow|related|more|count|theme|reading")
_DATED = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|\b\d{1,2}[./]\d{1,2}[./]|\bmin(?:utes?)?\b|\bago\b|\bvor \d|\d\s?(?:Uhr|am|pm)\b", re.IGNORECASE
)
_DATE_WORDS = re.compile(
    r"(?:\b(?:on|am|le|el|il|den|vom|in|im|posted|published|updated|veröffentlicht)\b[\s:]*)?(?:\b[^\W\d]{3,10}\.?,?\s)?(?<!\w)\d.*|\s[-–—|•·∙]\s.*",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"©|\(c\)|foto|photo|bild|quelle|source|credit|image|getty|illustration|review|rezens|fact.check", re.IGNORECASE
)
_LABELLED = re.compile(
    r"^\s*(?:autor(?:in|en|s)?|authors?|auteure?s?|autore|автор|text|texte|texto|written by|geschrieben von|écrit par|escrito por|"
    r"verfasst von|作者|责任编辑|szerző|yazar)\s*(?::|：|by\b|(?<=by)|(?<=von)|(?<=por)|(?<=par))\s*\S",
    re.IGNORECASE,
)


def find_authors(markup: Markup, entity: Entity | None, visible: Visible, sites: list[str]) -> Authors | None:
    """Returns an article's authors, `None` where nothing on the page says who they are.

    Args:
        markup: The page.
        entity: The page's article in JSON-LD.
        visible: What readers see.
        sites: What the site calls itself.
    """
    origin = origin_of(visible)
    byline = _byline_at_headline(visible, sites) or _labelled_line(visible, origin) or _author_element(visible, origin, sites)
    far = None
    if byline is None:
        far = read_spots(markup.body, visible, AUTHOR_SPOTS)
        byline = _labelled_line(far, origin) or _author_element(far, origin, sites)
    seen = [line.text for line in visible.lines if len(line.text) <= PROSE and not foreign(line.zones, origin)]
    seen += [item.text for item in visible.elements if AUTHOR in item.kinds and not foreign(item.zones, origin, COMMENTS)]
    shown = "\n".join(seen)
    for basis, texts in _declared(markup, entity):
        names: list[str] = []
        for text in texts:
            found = byline_names(text, sites, single=True, whole=True)
            names += [name for name in found if name not in names]
        if names and not all(name in shown for name in names) and far is None:
            far = read_spots(markup.body, visible, AUTHOR_SPOTS)
        if names and all(name in shown or (far and shows(markup.body, name, visible.end, far.end)) for name in names):
            return byline if byline and set(byline.names) > set(names) else Authors(names, basis, "; ".join(texts))
    return byline


def _declared(markup: Markup, entity: Entity | None) -> list[tuple[str, list[str]]]:
    """Returns what the head says, the most trusted first."""
    declared: list[tuple[str, list[str]]] = []
    if entity:
        people = [person for key in ("author", "creator") for person in entity.entities(key)]
        declared.append(("json-ld", [name for person in people if (name := person.text("name"))]))
    for key in _META:
        texts = [text for text in markup.metas.get(key, ()) if text and "//" not in text]
        if texts:
            declared.append(("meta", list(dict.fromkeys(texts))))
    return declared


_META = ("author", "parsely-author", "sailthru.author", "article:author_name", "og:article:author", "article:author", "dc.creator",
         "dcterms.creator", "citation_author", "authors", "byl", "twitter:data1")  # fmt: skip


def _byline_at_headline(visible: Visible, sites: list[str]) -> Authors | None:
    """Returns the byline that stands at the headline: in an element called author, behind "By", or beside the date."""
    anchor = visible.anchor
    if anchor < 0:
        return None
    first = max(0, anchor - BEFORE)
    last, prose = anchor, 0
    while last < len(visible.lines) - 1 and last < anchor + AFTER and prose < 2:
        last += 1
        prose += len(visible.lines[last].text) > PROSE
    near = [element for element in visible.elements if first <= element.line <= last]
    if found := _best_element(near, sites, anchor):
        return found
    order = sorted(range(first, last + 1), key=lambda i: abs(i - anchor) + (0.5 if i < anchor else 0))
    for i in order:
        text = visible.lines[i].text
        if i != anchor and len(text) <= LONGEST_LINE and is_introduced(text) and not _CREDIT.search(text):
            names = _own_last(_DATE_WORDS.sub(" ", text), sites)
            if names:
                return Authors(names, "byline", text)
    for i in order:
        text = visible.lines[i].text
        if i == anchor or len(text) > LONGEST_LINE or visible.lines[i].heading or _CREDIT.search(text):
            continue
        if _DATED.search(text):
            names = [
                name for part in _PARTS.split(text) for name in byline_names(_DATE_WORDS.sub(" ", part), sites) if is_person(name)
            ]
            if len(names) == 1:
                return Authors(names, "beside date", text)
    return None


def _own_last(text: str, sites: list[str]) -> list[str]:
    """Reads a byline; the site's own name counts where nobody else is named, and words introduce it or it is like a person's."""
    names = byline_names(text, sites, single=True)
    if names:
        return names
    introduced = is_introduced(text)
    return [name for name in byline_names(text, single=True) if introduced or is_person(name)]


def _labelled_line(visible: Visible, origin: frozenset[Zone]) -> Authors | None:
    """Returns the names behind "Author:" and the like on a line of their own, anywhere but in comments and related articles."""
    for line in visible.lines:
        if len(line.text) <= LONGEST_LINE and _LABELLED.match(line.text) and not foreign(line.zones, origin, COMMENTS, RELATED):
            names = byline_names(_DATE_WORDS.sub(" ", line.text))
            if names:
                return Authors(names, "byline", line.text)
    return None


_PARTS = re.compile(r"\s[-–—|•·∙/]\s|[|•·∙]")


def _author_element(visible: Visible, origin: frozenset[Zone], sites: list[str]) -> Authors | None:
    """Returns the names in elements called author anywhere in the article: a box below it, mostly."""
    own = [
        element
        for element in visible.elements
        if not element.names.endswith("author-link") and not foreign(element.zones, origin, COMMENTS, RELATED)
    ]
    return _best_element(own, sites, visible.anchor)


def _best_element(elements: list[Element], sites: list[str], anchor: int) -> Authors | None:
    """Returns the names of the author element nearest to the headline, and of its like beside it."""
    found: list[tuple[int, Element, list[str]]] = []
    for element in elements:
        if AUTHOR not in element.kinds or element.tag in ("meta", "img", "link", "input") or not 2 <= len(element.text) <= 200:
            continue
        sure = bool(_IS_AUTHOR.search(element.names))
        if not sure or _NO_AUTHOR.search(element.names) or (len(element.text) > LONGEST_LINE and not is_introduced(element.text)):
            continue
        text = _DATE_WORDS.sub(" ", element.text) if not element.text[:1].isdigit() else element.text
        if names := _own_last(text, sites):
            distance = element.line - anchor
            found.append((distance if distance >= 0 else 2 - 2 * distance, element, names))
    inner = [item for item in found if not any(len(o[1].text) < len(item[1].text) and o[1].text in item[1].text for o in found)]
    if not inner:
        return None
    inner.sort(key=lambda item: item[0])
    _, first, names = inner[0]
    for _, element, more in inner[1:]:
        if abs(element.line - first.line) <= 3 and element.names == first.names:
            names = names + [name for name in more if name not in names]
    return Authors(names, "author element", first.text)

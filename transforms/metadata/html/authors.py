"""Finds who wrote an article: what the page's head declares, checked against the byline that readers see.

Heads lie about authors more than about anything else. They name the site, the one who pressed the button, the plug-in's author,
or nobody. So a declared author counts where the page shows the name. Of 31 labelled pages that declare a person whom they show
nowhere, the English ones are right in 10 of 11; of the 20 others, German mostly, 6 are right and 10 have no author. In this order:

1. declared names (JSON-LD, then meta) that the page shows, made longer by a byline that holds them and more;
2. the byline at the headline, or what calls itself the author elsewhere (`html_bylines`);
3. on English pages a declared person who is not shown;
4. the site's own name if it is a person's: many blogs have their author's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.transforms.metadata.html.bylines import PROSE, Authors, byline_at_headline, byline_elsewhere
from broadsheet.transforms.metadata.html.json_ld import Entity
from broadsheet.transforms.metadata.html.markup_reader import Markup, plain_text
from broadsheet.transforms.metadata.html.title import later_parts
from broadsheet.transforms.metadata.html.visible_text import (
    AUTHOR,
    AUTHOR_SPOTS,
    COMMENTS,
    Visible,
    foreign,
    origin_of,
    read_spots,
    shows,
)
from broadsheet.transforms.metadata.names import byline_names, has_first_name, is_person, without_degree

_META = ("author", "parsely-author", "sailthru.author", "article:author_name", "og:article:author", "article:author", "dc.creator",
         "dcterms.creator", "citation_author", "authors", "byl", "twitter:data1")  # fmt: skip

FOOT = 3_000
"""Characters of markup at a page's end in which it may name its owner."""
_IN_PARENTHESES = re.compile(r"\(([^()]{5,40})\)\s*$")
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|\bcopyright)\s*(?:(?:19|20)\d\d\s?[-–,]?\s?){0,2}(?:by\s)?([^\W\d_][\w'’-]*(?:\s[^\W\d_][\w'’-]*){1,2})",
    re.IGNORECASE,
)


def find_authors(
    markup: Markup, entity: Entity | None, visible: Visible, sites: list[str], english: bool = False
) -> Authors | None:
    """Returns an article's authors, `None` if nothing on the page says who they are.

    Args:
        markup: The page.
        entity: The page's article in JSON-LD.
        visible: What readers see.
        sites: What the site calls itself.
        english: Whether the page is in English.
    """
    origin = origin_of(visible)
    byline = byline_at_headline(visible, sites)
    seen = [line.text for line in visible.lines if len(line.text) <= PROSE and not foreign(line.zones, origin)]
    seen += [item.text for item in visible.elements if AUTHOR in item.kinds and not foreign(item.zones, origin, COMMENTS)]
    shown = "\n".join(seen)
    declared = list(_declared(markup, entity, sites))
    for candidate in declared:
        if all(name in shown for name in candidate.names):
            return byline if byline and _outweighs(byline, candidate, declared) else candidate
    byline = byline or byline_elsewhere(visible, origin, sites)
    if declared or not byline:
        far = read_spots(markup.body, visible, AUTHOR_SPOTS)
        byline = byline or byline_elsewhere(far, origin, sites)
        for candidate in declared:
            if all(name in shown or shows(markup.body, name, visible.end, far.end) for name in candidate.names):
                return byline if byline and _outweighs(byline, candidate, declared) else candidate
    unshown = (candidate for candidate in declared if english and all(is_person(name) for name in candidate.names))
    return byline or next(unshown, None) or _site_of_a_person(markup, sites)


def _outweighs(byline: Authors, candidate: Authors, declared: list[Authors]) -> bool:
    """Tells whether a byline says more than a declared candidate, or whether another part of the head agrees with the byline only:
    some heads also name editors and photographers.
    """
    if _holds(byline.names, candidate.names):
        return True
    names = set(byline.names)
    return names < set(candidate.names) and any(set(other.names) == names for other in declared)


def _holds(more: list[str], names: list[str]) -> bool:
    """Tells whether a byline names all these people and more of them, or more of their names ("Nils", "Nils Holm")."""
    return set(more) != set(names) and all(any(f"{name} " in f"{other} " for other in more) for name in names)


def _names(texts: list[str], sites: list[str]) -> list[str]:
    """Returns declared names, each once; a site's own name only if it is a person's and nobody else is declared."""
    found = dict.fromkeys(name for text in texts for name in byline_names(text, sites, single=True, whole=True))
    return list(found) or [text for text in dict.fromkeys(texts) if has_first_name(text)]


def _site_of_a_person(markup: Markup, sites: list[str]) -> Authors | None:
    """Returns the person whose name the site carries."""
    own = without_degree(markup.meta("og:site_name") or "")
    hosts = "".join(sites).lower()
    ending = _IN_PARENTHESES.findall(markup.title[-FOOT:]) + _COPYRIGHT.findall(plain_text(markup.body[-FOOT:]))
    parts = (without_degree(part) for part in (*later_parts(markup.title), *ending))
    named = (part for part in parts if any(len(word) > 3 and word in hosts for word in part.lower().split()))
    found = next((name for name in (own, *named) if has_first_name(name)), None)
    return Authors([found], "site name", found) if found else None


def _declared(markup: Markup, entity: Entity | None, sites: list[str]) -> Iterator[Authors]:
    """Yields what the head says, the most trusted first."""
    if entity:
        people = [person for key in ("author", "creator") for person in entity.entities(key)]
        texts = [name for person in people for name in person.texts("name")]
        if names := _names(texts, sites):
            yield Authors(names, "json-ld", "; ".join(texts))
    for key in _META:
        texts = [text for text in dict.fromkeys(markup.metas.get(key, ())) if text and "//" not in text]
        if names := _names(texts, sites):
            yield Authors(names, "meta", "; ".join(texts))

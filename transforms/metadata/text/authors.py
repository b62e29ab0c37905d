"""Who a dump says wrote its article.

Candidates are the names that the lines near the article give (`text_bylines`). Most lines that look like a name are not the
author's (menus are full of two capitalised words), so the place of a name decides: `candidate_ranker` weighs it against *nobody
is named*.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

from broadsheet.schemas import reasons
from broadsheet.transforms.metadata.dates.date_words import without_accents
from broadsheet.transforms.metadata.names import is_person
from broadsheet.transforms.metadata.text.bylines import (
    ALONE,
    BOX,
    INSIDE,
    INTRODUCED,
    LABEL_CHARS,
    LABELLED,
    WORD_ALONE,
    author_boxes,
    names_on,
)
from broadsheet.transforms.metadata.text.candidate_ranker import Features, ranker
from broadsheet.transforms.metadata.text.dump_view import REASON_NUMBER, View, bucket, line_words
from broadsheet.transforms.metadata.text.first_names import FIRST_NAMES

_LOOKS = 5
"""Names that get a closer look, of the 20 that a page has to offer on average."""

GLANCE_SLOTS = (
    "kind", "distance", "below_title", "reason", "behind", "names", "words", "dated", "run", "length", "share", "above", "below",
    "position", "kept_below", "label", "same_line_date", "first_name",
)  # fmt: skip
"""What is known of a name at a glance; see `_glance`."""

SLOTS = (
    *GLANCE_SLOTS, "copies", "introduced_copies", "in_body", "indent", "capitals", "earlier", "lowered", "lines", "glued",
    "person",
)  # fmt: skip
"""What is known of it after a closer look; see `_look`."""

_WORD_REACH = 8
"""Lines above the body or below the title where one word alone may be a name ("uriebe"): those elsewhere are a quarter of all names
that a page has to offer, and with them fewer authors are found (cross-validated tf 0.633 instead of 0.637)."""

_LINE_CHARS = 160
"""No byline is longer: the labelled ones on a line of their own have at most 118 characters."""

_AROUND_TITLE = (4, 12)
_AROUND_FIRST = (10, 2)
_AROUND_LAST = (2, 8)
"""Lines before and after the title, the body's first line and its last where names are looked for; 96 % of those that are found
are there."""

_NO_AUTHORS = frozenset(
    REASON_NUMBER[reason]
    for reason in (
        reasons.NAVIGATION,
        reasons.SHARE,
        reasons.OUTSIDE,
        reasons.COMMENT_FORM,
        reasons.READ_MORE,
        reasons.CREDIT,
        reasons.NEWSLETTER,
        reasons.TITLE,
        reasons.DUPLICATE_TITLE,
        reasons.BREADCRUMB,
        reasons.PAGE_CLOCK,
    )
)
"""What says itself that it is something else: one in seven of the lines looked at, and none of the 471 that name an author."""

_DISTANCES: list[float] = [-60, -20, -6, -3, -1, 0, 1, 2, 3, 4, 6, 9, 14, 21]
_TITLE_DISTANCES: list[float] = [-6, -3, -2, -1, 0, 1, 2, 3, 4, 5, 7, 10, 15]

_BYLINE = REASON_NUMBER[reasons.BYLINE]

_BASES = {LABELLED: "label", BOX: "author box", ALONE: "name line", WORD_ALONE: "name line"}
"""What a kind is called as evidence; a byline else."""


class Byline(NamedTuple):
    """Names on a line."""

    line: int
    names: list[str]
    kind: int


def glances(page: View, title: Optional[int]) -> tuple[list[Byline], list[Features]]:
    """Returns the names that may be the authors', and what a glance at each shows."""
    found: list[Byline] = []
    for index in _indexes(page, title):
        near = -_WORD_REACH <= index - page.first <= 0 or (title is not None and 0 < index - title <= _WORD_REACH)
        found += [Byline(index, names, kind) for names, kind in names_on(page, index) if names and (near or kind != WORD_ALONE)]
    return found, [_glance(page, title, item) for item in found]


def candidates(page: View, title: Optional[int]) -> tuple[list[Byline], list[Features]]:
    """Returns the likeliest names, as many as `_LOOKS`, and what a closer look at each shows."""
    everyone, shown = glances(page, title)
    introduced: dict[str, int] = {}
    for item in everyone:
        if item.kind in (INSIDE, INTRODUCED, LABELLED, BOX):
            for name in item.names:
                introduced[name] = introduced.get(name, 0) + 1
    chosen = ranker("authors_glance", GLANCE_SLOTS).best(shown, _LOOKS)
    found = [everyone[number] for number in chosen]
    earlier = [len([1 for other in everyone if other.line < item.line]) for item in found]
    return found, [
        shown[number] + _look(page, item, introduced.get(item.names[0], 0), before)
        for number, item, before in zip(chosen, found, earlier, strict=True)
    ]


def _indexes(page: View, title: Optional[int]) -> list[int]:
    """The lines near the title and the body's ends, and all that begin as a byline does."""
    size = len(page.blocks)
    near: set[int] = set()
    for middle, (before, after) in ((title, _AROUND_TITLE), (page.first, _AROUND_FIRST), (page.last, _AROUND_LAST)):
        if middle is not None:
            near.update(range(max(0, middle - before), min(size, middle + after + 1)))
    near.update([index for index, kind in enumerate(page.kinds) if kind == _BYLINE])
    near.update(author_boxes(page))
    kinds = page.kinds
    return sorted(
        [
            index
            for index in near
            if kinds[index] not in _NO_AUTHORS and len(page.blocks[index].text) <= _LINE_CHARS and index != title
        ]
    )


def _glance(page: View, title: Optional[int], item: Byline) -> Features:
    index, names, kind = item
    block = page.blocks[index]
    above = page.blocks[index - 1] if index else None
    below = page.blocks[index + 1] if index + 1 < len(page.blocks) else None
    timed = page.timed
    size = len(timed)
    return (
        kind,
        bucket(_DISTANCES, page.first - index),
        bucket(_TITLE_DISTANCES, index - title) if title is not None else 14,
        page.kinds[index],
        bucket([1, 2, 4, 8], index - page.last),
        min(len(names), 4),
        min(names[0].count(" ") + 1, 5),
        (1 if index > 1 and timed[index - 2] else 0)
        + (2 if index and timed[index - 1] else 0)
        + (4 if index + 1 < size and timed[index + 1] else 0)
        + (8 if index + 2 < size and timed[index + 2] else 0),
        bucket([1, 2, 4, 8], page.run[index] + page.below[index]),
        bucket([12, 20, 30, 50, 80], len(block.text)),
        bucket([0.3, 0.5, 0.7, 0.9], sum(map(len, names)) / len(block.text)),
        page.kinds[index - 1],
        page.kinds[index + 1],
        bucket([1, 3, 6, 12, 30, 80], index),
        int(below is not None and below.kept),
        int(above is not None and len(above.text) < LABEL_CHARS and above.text.endswith(":")),
        int(timed[index]),
        _known(names[0]),
    )


def _look(page: View, item: Byline, introduced: int, earlier: int) -> Features:
    name = item.names[0]
    words = line_words(name).split()
    initials = [word[0] for word in page.blocks[item.line].text.split() if word[0].isalpha()]
    capitals = len([1 for initial in initials if initial.isupper()])
    lines, everywhere = page.copies(name)
    return (
        bucket([2, 3, 5], everywhere),
        bucket([1, 2, 3], introduced),
        int(page.body_words.issuperset(words)),
        bucket([1, 3, 5], page.indent(item.line)),
        bucket([0.5, 0.8, 0.99], capitals / max(1, len(initials))),
        bucket([1, 2, 4, 8], earlier),
        len([1 for word in words[:3] if f" {word}" in page.joined]),
        bucket([1, 2, 3], lines),
        int(_GLUED_NAME.search(name) is not None),
        int(is_person(name)),
    )


_GLUED_NAME = re.compile(r"(?<!Mc)(?<!Mac)(?<!De)(?<!Di)(?<!Le)(?<!La)(?<!Du)(?<!Van)(?<=[a-zäöüß])[A-Z]|[A-Z]{3}[a-z]")


def _known(name: str) -> int:
    """Whether a name's first word is a common first name, or another of its words."""
    words = [without_accents(word) for word in name.replace("-", " ").split()[:4]]
    return 2 if words and words[0] in FIRST_NAMES else 1 if any(word in FIRST_NAMES for word in words) else 0


def text_authors(page: View, title: Optional[int]) -> Optional[tuple[list[str], str, str]]:
    """Returns the authors' names, the basis and their line; `None` if nobody is named."""
    found, features = candidates(page, title)
    best = ranker("authors", SLOTS).choose(features)
    if best is None:
        return None
    index, names, kind = found[best]
    return list(names), _BASES.get(kind, "byline"), page.blocks[index].text

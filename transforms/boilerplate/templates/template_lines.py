"""Learns templates: lines in many documents of one source are its chrome, whatever they look like.

    sketch = add_page(new_sketch(), article)      # for each page of a source, on any worker, in any order
    template = Template.of(merge([sketch, …]))    # what is chrome there, and in how many pages it occurs
    strip_with(template, article)                 # removes it from a page
    recognise(landmarks(templates), article)      # whose chrome a page has that does not say whose it is

A sentence that a source merely reuses is not chrome. A line must be in `LEAST_DOCUMENTS` documents. One that is mostly inside
bodies (a paragraph of background that each follow-up repeats) must also be in `INSIDE_SHARE` of all. On the 337 labelled dumps of
sites with five pages and more the learned judge of lines comes to an F1 of 0.924 without templates and of 0.937 with them (models
of the cross-validation; `python -m benchmarks.templates` measures it); the rules alone once came to 0.795 and 0.899.

Sketches are bounded (Misra and Gries' heavy hitters): rare lines are forgotten, counts may come out too low, never too high.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.reasons import KEPT, MODEL, NAVIGATION, OUTSIDE, RELATED, SHORT, TEMPLATE
from broadsheet.schemas.records import Article

LEAST_DOCUMENTS = 3
"""Two pages share lines by chance: at 2 the recall of bodies fell by a point, at 4 precision did (see the module's docstring)."""

INSIDE_SHARE = 0.3
"""Share of a source's documents that a line which is mostly inside bodies must be in."""

_INSIDE_CHARS = 200
_INSIDE_LENGTH = 80
"""A line is inside a body if it is kept, has a sentence's length, and at least so many kept characters before and after it."""

SKETCH_LINES = 4_000
"""Lines a sketch remembers of one source: 0.6 MB. Pages have some 50 lines of chrome, and sites a few dozen layouts."""

_KEY_CHARS = 120
_NUMBER = re.compile(r"\d+")
_NO_WORD = re.compile(r"\W+")
_UNDECIDED = KEPT | {MODEL, NAVIGATION, OUTSIDE, SHORT}
"""Reasons a template may overrule: what a rule has named (a clock, a byline, a tag line) stays what it is, metadata reads it."""
_MARKING = _UNDECIDED | {RELATED}
"""Reasons of lines that a source can be recognised by."""


class Sketch(NamedTuple):
    """What is known of one source's lines so far."""

    documents: int
    lines: dict[str, tuple[int, int]]
    """A line's key to the number of documents with it, and the number of those that have it inside the body."""


class Template(NamedTuple):
    """The chrome of one source."""

    source: str
    documents: int
    """How many of its documents it was learned from."""
    lines: dict[str, int]
    """A line's key to the number of documents with it."""

    @staticmethod
    def of(source: str, sketch: Sketch) -> Template:
        """Returns the lines of a sketch that are chrome."""
        return Template(
            source, sketch.documents, {key: count[0] for key, count in sketch.lines.items() if _is_chrome(count, sketch)}
        )


def line_key(text: str) -> str:
    """Returns what a line is known by: its words in lower case, every number as 0. "" for no words."""
    folded = _NO_WORD.sub(" ", _NUMBER.sub("0", text.casefold())).strip()
    if len(folded) <= _KEY_CHARS:
        return folded
    return folded[:_KEY_CHARS] + hashlib.blake2b(folded.encode("utf-8", "replace"), digest_size=8).hexdigest()


def new_sketch() -> Sketch:
    """Returns a sketch of nothing."""
    return Sketch(0, {})


def page_lines(article: Article) -> list[tuple[str, bool]]:
    """Returns the keys of a page's lines, each once, and whether it is inside the body."""
    total = sum(len(block.text) for block in article.blocks if block.kept)
    before = 0
    lines: dict[str, bool] = {}
    for block in article.blocks:
        key = line_key(block.text)
        length = len(block.text)
        inside = block.kept and length >= _INSIDE_LENGTH and before >= _INSIDE_CHARS and total - before - length >= _INSIDE_CHARS
        before += length if block.kept else 0
        if key:
            lines[key] = lines.get(key, False) or inside
    return sorted(lines.items())


def add_page(sketch: Sketch, lines: Iterable[tuple[str, bool]]) -> Sketch:
    """Returns a sketch with one more page, given by its `page_lines`; the sketch passed in is used up."""
    counts = sketch.lines
    for key, inside in lines:
        documents, insides = counts.get(key, (0, 0))
        counts[key] = documents + 1, insides + inside
    return _bounded(Sketch(sketch.documents + 1, counts))


def merge(sketches: Iterable[Sketch]) -> Sketch:
    """Returns the sketch of all pages of several sketches."""
    total, merged = 0, dict[str, tuple[int, int]]()
    for sketch in sketches:
        total += sketch.documents
        for key, (documents, insides) in sketch.lines.items():
            known = merged.get(key, (0, 0))
            merged[key] = known[0] + documents, known[1] + insides
    return _bounded(Sketch(total, merged))


def _bounded(sketch: Sketch) -> Sketch:
    """Forgets the rarest lines once there are twice as many as are to be remembered, and lowers the other counts by theirs."""
    if len(sketch.lines) <= 2 * SKETCH_LINES:
        return sketch
    cut = sorted((count[0] for count in sketch.lines.values()), reverse=True)[SKETCH_LINES]
    kept = {key: (documents - cut, max(0, insides - cut)) for key, (documents, insides) in sketch.lines.items() if documents > cut}
    return Sketch(sketch.documents, kept)


def _is_chrome(count: tuple[int, int], sketch: Sketch) -> bool:
    documents, insides = count
    if documents < LEAST_DOCUMENTS:
        return False
    return insides * 2 < documents or documents >= INSIDE_SHARE * sketch.documents


class Landmarks(NamedTuple):
    """Lines that one source alone has, and has on most of its pages."""

    owners: dict[str, str]
    """A line's key to its source."""
    sizes: dict[str, int]
    """How many each source has."""


LEAST_LANDMARKS, LANDMARK_SHARE = 4, 0.3
"""How many of a source's landmarks, and what share of them, a page must have to be taken for one of its pages.

Templates of 22 labelled sites, learned from every other page, recognise 111 of the 136 others and take 2 for a sister site's; of
1,112 pages of other sites they claim 15, of which 12 are from other hosts of the same two publishers. With three lines it is 112,
and 17 strangers."""
_LANDMARK_WORDS = 2
"""A line of one word ("Home", "Sport") is nobody's own."""


def landmarks(templates: Iterable[Template]) -> Landmarks:
    """Returns what sources can be recognised by: lines on half of one's pages and in no other's template."""
    holders: Counter[str] = Counter()
    owners: dict[str, str] = {}
    for template in templates:
        holders.update(template.lines.keys())
        owners |= {key: template.source for key, count in template.lines.items() if 2 * count >= template.documents}
    owners = {key: source for key, source in owners.items() if holders[key] == 1 and key.count(" ") >= _LANDMARK_WORDS - 1}
    return Landmarks(owners, dict(Counter(owners.values())))


def recognise(known: Landmarks, article: Article) -> str | None:
    """Returns the source whose landmarks a page has, `None` if it has too few of any source's.

    What a rule has named ("Leave a Reply", "Share this") is on everybody's pages and does not count.
    """
    if not known.owners:
        return None
    keys = {line_key(block.text) for block in article.blocks if block.reason in _MARKING}
    found = Counter(known.owners[key] for key in keys if key in known.owners)
    source, count = max(found.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return source if count >= max(LEAST_LANDMARKS, LANDMARK_SHARE * known.sizes.get(source, 0)) else None


def strip_with(template: Template, article: Article) -> Article:
    """Takes what a source's template knows out of an article's body.

    The rest is not judged again. With its chrome named or cut out a dump looks like no page that the judge has learned from: of the
    1.2 points that dropping alone brings (see the module's docstring), judging again lost 0.6 to 1.7 (more in docs/decisions/0008).

    Args:
        template: The chrome of the page's source.
        article: The page, taken apart without.

    Raises:
        NoArticleError: Nothing but chrome is left.
    """
    blocks = [
        block._replace(kept=False, reason=TEMPLATE)
        if block.reason in _UNDECIDED and line_key(block.text) in template.lines
        else block
        for block in article.blocks
    ]
    if not any(block.kept for block in blocks):
        raise NoArticleError("no_article", f"all that reads as an article on this page is on other pages of {template.source} too")
    return article._replace(blocks=blocks)

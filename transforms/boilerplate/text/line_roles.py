"""Names lines whose role depends on their position: titles, subheads, captions, related headlines.

Called with the body known. Metadata rules read title, subtitle, section, byline and captions from what is named here.
"""

from __future__ import annotations

import re

from broadsheet.schemas import reasons
from broadsheet.transforms.boilerplate.text.line_rules import fold_line
from broadsheet.transforms.boilerplate.text.list_runs import CELL
from broadsheet.transforms.characters import SENTENCE_ENDS

_CLOSING = "\"'”’»」』)）]】*"

PROSE_WORDS = 8
"""Lines of fewer words are not prose: the median subhead and menu entry of the labelled dumps has 3, the median headline 9."""

_TITLE_WORDS = (3, 30)
"""A title has so many words: 99 % of the labelled titles do."""

_TITLE_LINES = 25
"""A title is at most so many lines before the body: 97 % of the labelled ones that are before it."""

_SECTION_WORDS = 3
_GROWS = 3
"""Case folding makes at most so many characters of one ("ΐ"): a line that folds as the title does has a third of its length at
least. Lines of twice its length and more are not asked."""
SUBHEAD_WORDS = 14
"""Longer lines are not subheads: of the labelled bodies' lines without a full stop between two that have one 93 % are as short."""
_SUBTITLE_WORDS = 8
_SUBTITLE_MOST = 40
_FOOTNOTE_MARKS = "*†‡"
_FOOTNOTE = re.compile(rf"[{_FOOTNOTE_MARKS}]\s?\w")
_BULLET = re.compile(r"^(?:[•‣▪◦●■·*–—-]\s|\d{1,2}[.)]\s)")
_CRUMB_END = re.compile(r"\s[/>»›|]\s")


def roles(lines: list[str], sizes: list[float], named: list[str | None], body: list[bool], title: int | None = None) -> list[str]:
    """Gives each line its reason.

    Args:
        lines: The lines of a page, none empty.
        sizes: Their lengths in words.
        named: For each the reason a rule gave, or `None`.
        body: For each whether it is body; at least one is.
        title: Which line is the title, if that is known; otherwise it is looked for.

    Returns:
        One reason per line, one of `reasons.KEPT` if `body` says so. Exceptions are the title, and a first line that is the
        subtitle: it follows the title at once and is not a sentence.
    """
    first = body.index(True)
    last = len(body) - 1 - body[::-1].index(True)
    if title is None:
        title = find_title(lines, sizes, named, first)
    same = fold_line(lines[title]) if title is not None else ""
    alike = range(-(-len(same) // _GROWS), 2 * len(same))
    verdicts = []
    for index, line in enumerate(lines):
        reason = named[index]
        size = sizes[index]
        if index == title:
            verdicts.append(reasons.TITLE)
        elif body[index]:
            subtitle = index == first and title == first - 1 and first < last and size <= _SUBTITLE_MOST and not ends_sentence(line)
            verdicts.append(reasons.SUBTITLE if subtitle else _kept(line, size))
        elif reason is not None:
            verdicts.append(reason)
        elif len(line) in alike and _may_begin(same, line) and fold_line(line) == same:
            verdicts.append(reasons.DUPLICATE_TITLE)
        elif index < first:
            verdicts.append(_before(line, size, title is not None and index > title))
        elif index > last:
            verdicts.append(_after(line, size))
        else:
            verdicts.append(reasons.MODEL if size >= PROSE_WORDS else reasons.SHORT)
    return verdicts


def _may_begin(folded: str, line: str) -> bool:
    """Whether folding a line, which takes time, can give what is asked for, by its first letter."""
    first = line[0].casefold()
    return first[0] == folded[0] or not first.isalpha()


def ends_sentence(line: str) -> bool:
    """Whether a line's last character, closing quotes and brackets aside, ends a sentence."""
    bare = line.rstrip(_CLOSING)
    return bool(bare) and bare[-1] in SENTENCE_ENDS


def find_title(lines: list[str], sizes: list[float], named: list[str | None], first: int) -> int | None:
    """Finds the title before the body: what a breadcrumb ends with or what occurs twice, else the headline next to the body.

    A headline that has another one between itself and the body, longer than itself, is the title of that subtitle.

    Args:
        lines: The lines of a page, none empty.
        sizes: Their lengths in words.
        named: For each the reason a rule gave, or `None`.
        first: The body's first line.
    """
    low, high = _TITLE_WORDS
    candidates = [
        index
        for index in range(max(0, first - _TITLE_LINES), first)
        if named[index] is None and low <= sizes[index] <= high and lines[index][-1] not in ".。:：,;"
    ]
    if not candidates:
        return None
    folded = {index: fold_line(lines[index]) for index in candidates}
    ends = {fold_line(_CRUMB_END.split(lines[index])[-1]) for index in range(first) if named[index] == reasons.BREADCRUMB}
    for index in reversed(candidates):
        if folded[index] in ends:
            return index
    seen: dict[str, int] = {}
    for index in candidates:
        if folded[index] in seen:
            return seen[folded[index]]
        seen[folded[index]] = index
    nearest = candidates[-1]
    above = candidates[-2] if len(candidates) > 1 else None
    if above == nearest - 1 and sizes[nearest] >= max(_SUBTITLE_WORDS, 1.3 * sizes[above]):
        return above
    return nearest


def _before(line: str, size: float, after_title: bool) -> str:
    """A line between the page's top and the body."""
    if after_title:
        if size >= _SUBTITLE_WORDS:
            return reasons.SUBTITLE
        if size <= _SECTION_WORDS:
            return reasons.SECTION
    return _around(line, size)


def _after(line: str, size: float) -> str:
    """A line between the body and the page's end."""
    return reasons.DISCLAIMER if line[0] in _FOOTNOTE_MARKS and _FOOTNOTE.match(line) else _around(line, size)


def _around(line: str, size: float) -> str:
    if size <= _TITLE_WORDS[0]:
        return reasons.SHORT
    if not ends_sentence(line):
        return reasons.RELATED
    return reasons.OUTSIDE if size >= PROSE_WORDS else reasons.SHORT


def _kept(line: str, size: float) -> str:
    if _BULLET.match(line):
        return reasons.LIST_ITEM
    if CELL in line or line.count("|") >= 2:
        return reasons.TABLE
    return reasons.SUBHEAD if size <= SUBHEAD_WORDS and not ends_sentence(line) else reasons.PROSE

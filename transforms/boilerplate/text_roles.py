"""The roles of lines whose meaning lies in where they stand: titles, subheads, captions, related headlines.

Called with the body known. Metadata rules read title, subtitle, section, byline and captions from what is named here.
"""

from __future__ import annotations

import re

from schemas import reasons
from transforms.boilerplate.text_prose import ends_sentence, is_prose, words
from transforms.boilerplate.text_rules import fold

_TITLE_WORDS = (3, 30)
"""A title has so many words: 99 % of the labelled titles do."""

_TITLE_LINES = 25
"""A title stands at most so many lines before the body: 97 % of the labelled ones that stand before it."""

_SECTION_WORDS = 3
_SUBHEAD_WORDS = 14
_SUBTITLE_WORDS = 8
_SUBTITLE_MOST = 40
_FOOTNOTE = re.compile(r"^[*†‡]\s?\w")
_BULLET = re.compile(r"^(?:[•‣▪◦●■·*–—-]\s|\d{1,2}[.)]\s)")
_CRUMB_END = re.compile(r"\s[/>»›|]\s")


def roles(lines: list[str], named: list[str | None], body: list[bool]) -> list[str]:
    """Gives each line its reason.

    Args:
        lines: The lines of a page, none empty.
        named: For each the reason a rule gave, or `None`.
        body: For each whether it is body; at least one is.

    Returns:
        A reason a line, one of `reasons.KEPT` where `body` says so, but for a first line that turns out to be the subtitle: it
        follows the title at once and is no sentence.
    """
    first = body.index(True)
    last = len(body) - 1 - body[::-1].index(True)
    title = find_title(lines, named, first)
    same = fold(lines[title]) if title is not None else None
    verdicts = []
    for index, line in enumerate(lines):
        reason = named[index]
        if index == first and title == first - 1 and not ends_sentence(line) and words(line) <= _SUBTITLE_MOST and first < last:
            verdicts.append(reasons.SUBTITLE)
        elif body[index]:
            verdicts.append(_kept(line))
        elif index == title:
            verdicts.append(reasons.TITLE)
        elif reason is not None:
            verdicts.append(reason)
        elif same and fold(line) == same:
            verdicts.append(reasons.DUPLICATE_TITLE)
        elif index < first:
            verdicts.append(_before(line, index, title, first))
        elif index > last:
            verdicts.append(_after(line))
        else:
            verdicts.append(reasons.OUTSIDE if is_prose(line) else reasons.SHORT)
    return verdicts


def find_title(lines: list[str], named: list[str | None], first: int) -> int | None:
    """Finds the title before the body: what a breadcrumb ends with or what stands twice, else the headline next to the body.

    A headline that has another one between itself and the body, longer than itself, is the title of that subtitle.

    Args:
        lines: The lines of a page, none empty.
        named: For each the reason a rule gave, or `None`.
        first: The body's first line.
    """
    candidates = [index for index in range(max(0, first - _TITLE_LINES), first) if named[index] is None and _is_title(lines[index])]
    if not candidates:
        return None
    folded = {index: fold(lines[index]) for index in candidates}
    crumbs = [lines[index] for index in range(first) if named[index] == reasons.BREADCRUMB]
    ends = {fold(_CRUMB_END.split(crumb)[-1]) for crumb in crumbs}
    for index in reversed(candidates):
        if folded[index] in ends:
            return index
    seen: dict[str, int] = {}
    for index in candidates:
        if folded[index] in seen:
            return seen[folded[index]]
        seen[folded[index]] = index
    nearest = candidates[-1]
    if len(candidates) > 1:
        other = candidates[-2]
        if nearest - other == 1 and words(lines[nearest]) > 1.3 * words(lines[other]) and words(lines[nearest]) >= _SUBTITLE_WORDS:
            return other
    return nearest


def _is_title(line: str) -> bool:
    low, high = _TITLE_WORDS
    return low <= words(line) <= high and line[-1] not in ".。:：,;"


def _is_headline(line: str) -> bool:
    return words(line) >= _TITLE_WORDS[0] + 1 and not ends_sentence(line)


def _before(line: str, index: int, title: int | None, first: int) -> str:
    """A line between the page's top and the body."""
    if title is not None and index > title:
        if words(line) >= _SUBTITLE_WORDS:
            return reasons.SUBTITLE
        if words(line) <= _SECTION_WORDS and index < first:
            return reasons.SECTION
    if is_prose(line):
        return reasons.OUTSIDE
    return reasons.RELATED if _is_headline(line) else reasons.SHORT


def _after(line: str) -> str:
    """A line between the body and the page's end."""
    if _FOOTNOTE.match(line):
        return reasons.DISCLAIMER
    if _is_headline(line):
        return reasons.RELATED
    return reasons.OUTSIDE if is_prose(line) else reasons.SHORT


def _kept(line: str) -> str:
    if _BULLET.match(line):
        return reasons.LIST_ITEM
    if line.count("|") >= 2 or line.count("\t"):
        return reasons.TABLE
    return reasons.SUBHEAD if words(line) <= _SUBHEAD_WORDS and not ends_sentence(line) else reasons.PROSE

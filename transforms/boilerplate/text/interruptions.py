"""Names the lines that interrupt a body: the same short line again and again.

    apart = name_interruptions(lines, named, at)     # fills `named`; the page is judged without these lines

The networks know an article by its run of prose. A marker ("Advertisement") after each paragraph leaves no run, and they lose
lines of the body beside it. No subhead is there three times, so a short line that is repeated between paragraphs is a marker, or
the caption of a picture that the page shows again.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np

from broadsheet.schemas import reasons
from broadsheet.transforms.boilerplate.text.chrome_words import INTERRUPTIONS
from broadsheet.transforms.boilerplate.text.features import Lines
from broadsheet.transforms.boilerplate.text.line_rules import fold_line

_LEAST_TIMES = 3
_MOST_WORDS = 16
_CAPTION_WORDS = 4
"""A line of fewer words may be a speaker's name in an interview. It goes only if it is between paragraphs twice in a row, which no
speaker is."""

_SHARE = 0.7
"""So much of a line's occurrences is between paragraphs: menus and feeds repeat lines too."""

_PARAGRAPH_CHARS = 60
_PARAGRAPH_WORDS = 9
_GAP_LINES = 6
"""Paragraphs are less than so many lines apart."""

_OF_ITEMS = (reasons.READ_MORE, reasons.DATE_LINE)
"""Lines that end or begin the items of a list, whose leads look like paragraphs."""


_MARKERS = frozenset(map(fold_line, INTERRUPTIONS))
_MARKER_CHARS = max(map(len, _MARKERS)) + 10


def name_interruptions(lines: list[str], named: list[str | None], at: Lines) -> set[int]:
    """Names the lines of a page that interrupt its paragraphs, and finds those that the judge should not see.

    Args:
        lines: The lines of a page, none empty.
        named: For each the reason a rule gave, or `None`; filled in place.
        at: The lines as arrays.

    Returns:
        Markers of ads and players, and short lines that are between paragraphs at least three times.
    """
    found = {
        index
        for index, reason in enumerate(named)
        if reason == reasons.NAVIGATION and len(lines[index]) <= _MARKER_CHARS and fold_line(lines[index]) in _MARKERS
    }
    repeated = _repeated(lines, named, at)
    if repeated:
        for index, line in enumerate(lines):
            if line in repeated and named[index] not in _OF_ITEMS:
                named[index] = named[index] or reasons.NAVIGATION
                found.add(index)
    return found


def _repeated(lines: list[str], named: list[str | None], at: Lines) -> set[str]:
    """Returns the short lines that are between paragraphs again and again."""
    times = Counter(lines)
    if max(times.values()) < _LEAST_TIMES:
        return set()
    often = {
        line
        for line, count in times.items()
        if count >= _LEAST_TIMES and len(line) < 2 * _PARAGRAPH_CHARS and line.count(" ") < _MOST_WORDS and line[-1] not in ":："
    }
    gaps = _gaps(lines, named, at)
    between = Counter(line for gap in gaps for line in gap & often)
    in_a_row = Counter(line for above, below in pairwise(gaps) for line in above & below & often)
    return {
        line
        for line, count in between.items()
        if count >= max(_LEAST_TIMES, _SHARE * times[line])
        and (line.count(" ") + 1 >= _CAPTION_WORDS or in_a_row[line] + 1 >= max(_LEAST_TIMES, _SHARE * count))
    }


def _gaps(lines: list[str], named: list[str | None], at: Lines) -> list[set[str]]:
    """Returns what is between each two paragraphs of a page that have a few short lines between them."""
    prose = np.flatnonzero((at.words >= _PARAGRAPH_WORDS) & (at.sentences > 0)).tolist()
    return [
        {lines[index] for index in range(above + 1, below) if named[index] not in _OF_ITEMS}
        for above, below in pairwise(prose)
        if 1 < below - above <= _GAP_LINES
    ]

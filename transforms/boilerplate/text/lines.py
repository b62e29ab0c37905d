r"""Splits a text dump into the lines that its page had.

A dump is a page's visible text, one block of markup per line. Two things obscure the lines that the rules need. White space
(indentation, no-break spaces, form feeds) is folded. Lines that a converter broke, at each text node or at a column, are joined
again:

    >>> [line.text for line in split("The envoy said to\nSputnik\non Thursday that talks went well.\n\nMore news")]
    ['The envoy said to Sputnik on Thursday that talks went well.', '', 'More news']

Nothing is lost: the lines cover the input from its first to its last line, blank ones included.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import accumulate, compress, count, pairwise, repeat
from typing import NamedTuple

from broadsheet.transforms.characters import SENTENCE_ENDS

TERMINAL = SENTENCE_ENDS + ":;：；|»”\"')）」』】"
"""What a line ends with when it is not broken: sentence ends of Latin, Arabic, Devanagari and CJK script, and closing marks."""

_CONTINUATION = ",.;:)!?%’”»،؛。，、；："
"""No line begins with these unless it was cut off the one before."""

_PROSE_WORDS = 8
"""A joined run must come to this many words and end as a sentence does, and one of its pieces must have `_PIECE_WORDS`: menus in
lower case ("home / news / about us") stay apart. Without the last two, 1,090 lines of the labelled dumps would be joined instead
of 150, and nearly all of the rest are menus, tag lists or source code."""

_PIECE_WORDS = 5

CODE = frozenset("{}=;<>[]_#")
"""Marks of source code, whose line breaks mean something."""

_NAME_WORDS = 4
"""A linked name in mid-sentence ("said to / Sputnik / on Thursday") has at most so many words."""

_WRAP_COLUMNS = range(40, 101)
"""Widths of text wrapped by hand or by a mail program: 65 to 80 columns, with a margin."""


_PAGE_COLUMNS = 120
_OVERLONG = 0.02
"""A page may have been wrapped as a whole if no more than this share of its lines (addresses, words without blanks) is longer than
`_PAGE_COLUMNS`; mail and terminals wrap at 60 to 100."""

_NEAR = 8
_CLOSE_LINES = 4
_FULL_LINES = 8
_FULL_SHARE = 0.25
"""A page was wrapped at a column if at least this many lines are full, so that the next word would not have fitted, and this share
of the lines below them begins without a capital (German nouns have one). None of the 1,850 labelled dumps, which were not
wrapped, has such lines; wrapped at 72 characters, all but 35 of those whose script has blanks have."""

_PIECE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+")
"""What a line can be broken before: a word, or a single CJK character."""


class Line(NamedTuple):
    """One line of a page, perhaps joined from several of the input."""

    text: str
    """White space folded; empty for a run of blank lines."""
    first: int
    """The number of its first input line, from 1."""
    covers: int
    """How many input lines it covers."""
    indented: bool = False
    """Whether its first input line begins with two blanks or more, as list items do in many converters' dumps."""


_line: Callable[[tuple[object, ...]], Line] = partial(tuple.__new__, Line)
"""Makes a `Line` of all its fields in half the time that its class takes: a dump has hundreds."""


def split(text: str) -> list[Line]:
    """Cuts a dump into lines, joins broken ones and gathers each run of blank ones.

    Takes time linear in the text. What they cover adds up to the number of input lines, where a line ends with a line
    feed, a carriage return or both, and a line feed at the very end opens no further line.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    raw = text.split("\n")
    if len(raw) > 1 and not raw[-1]:
        raw.pop()
    folded = list(map(" ".join, map(str.split, raw)))
    if "\t" in text:
        _part_cells(raw, folded)
    indents = [line[:2].isspace() for line in raw]
    if sum(map(_PAGE_COLUMNS.__lt__, map(len, folded))) <= _OVERLONG * len(folded) and (joined := _unwrap(folded, indents)):
        return joined
    cut = [bool(line) and (line[0].islower() or line[0] in _CONTINUATION) for line in folded]
    lines: list[Line] = []
    done = 0
    for index in compress(range(1, len(folded)), cut[1:]):
        if index < done or not folded[index - 1]:
            continue
        start, end = index - 1, index + 1
        while start and folded[start - 1]:
            start -= 1
        while end < len(folded) and folded[end]:
            end += 1
        _add_apart(lines, folded, indents, done, start)
        lines += _join(folded[start:end], cut[start:end], indents[start:end], start + 1)
        done = end
    _add_apart(lines, folded, indents, done, len(folded))
    return lines


def _part_cells(raw: list[str], folded: list[str]) -> None:
    """Joins the cells of a table's rows, which tabs part, by " | ": lines below each other with as many cells."""
    cells = [[" ".join(cell.split()) for cell in line.split("\t") if cell.strip()] if "\t" in line else [] for line in raw]
    counts = [0, *map(len, cells), 0]
    for index, row in enumerate(cells):
        if len(row) > 1 and len(row) in (counts[index], counts[index + 2]):
            folded[index] = " | ".join(row)


def _unwrap(folded: list[str], indents: list[bool]) -> list[Line] | None:
    """Joins the lines of a page that was wrapped at a column as a whole, `None` if it was not.

    A wrapped line is full: the first word of the next one would have crossed the column. Blank lines are not needed.
    """
    column = _column(folded)
    if column is None:
        return None
    full = [
        column < 2 * len(line) <= 2 * column and bool(after) and len(line) + _need(line, after) > column
        for line, after in pairwise([*folded, ""])
    ]
    below = [after for is_full, after in zip(full, folded[1:], strict=False) if is_full]
    cut = sum(not after[0].isupper() for after in below)
    if len(below) < _FULL_LINES or cut < _FULL_SHARE * len(below):
        return None
    lines: list[Line] = []
    start = 0
    for index, goes_on in enumerate(full):
        if goes_on:
            continue
        if not folded[start]:
            _add_blank(lines, start + 1)
        else:
            lines.append(Line(_glue(folded[start : index + 1]), start + 1, index + 1 - start, indents[start]))
        start = index + 1
    return lines


def _column(folded: list[str]) -> int | None:
    """The column that a page may have been wrapped at: many lines that go on below end shortly before it, few after it."""
    lengths = [0] * (_PAGE_COLUMNS + 1 + _NEAR)
    for line, after in pairwise(folded):
        if after and len(line) <= _PAGE_COLUMNS and not after[0].isupper():
            lengths[len(line)] += 1
    total = [0, *accumulate(lengths)]
    best, most = None, _CLOSE_LINES - 1
    for column in range(_WRAP_COLUMNS.start, _PAGE_COLUMNS + 1):
        before, behind = total[column + 1] - total[column + 1 - _NEAR], total[column + 1 + _NEAR] - total[column + 1]
        if lengths[column] and before - 2 * behind > most:
            best, most = column, before - 2 * behind
    return best


def _add_blank(lines: list[Line], number: int) -> None:
    """Adds a blank line, to the run of blank ones above it if there is one."""
    if lines and not lines[-1].text:
        lines[-1] = lines[-1]._replace(covers=lines[-1].covers + 1)
    else:
        lines.append(Line("", number, 1))


def _need(line: str, after: str) -> int:
    """How many characters the first word of the next line would have added to this one."""
    found = _PIECE.match(after)
    length = found.end() if found else 0
    return length + (not _is_wide(line[-1]))


def _glue(pieces: list[str]) -> str:
    """Joins the pieces of a paragraph, without a blank after a CJK character."""
    joined = pieces[0]
    if any(_is_wide(piece[-1]) for piece in pieces):
        for piece in pieces[1:]:
            joined += piece if _is_wide(joined[-1]) else f" {piece}"
        return joined
    return " ".join(pieces)


def _is_wide(char: str) -> bool:
    return "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff00" <= char <= "\uffef"


def _add_apart(lines: list[Line], folded: list[str], indents: list[bool], start: int, end: int) -> None:
    """Adds a range of the input's lines each by itself, and runs of blank ones as one."""
    blank = 0
    for number, (text, indented) in enumerate(zip(folded[start:end], indents[start:end], strict=True), start + 1):
        if not text:
            blank += 1
            continue
        if blank:
            lines.append(_line(("", number - blank, blank, False)))
            blank = 0
        lines.append(_line((text, number, 1, indented)))
    if blank:
        lines.append(_line(("", end - blank + 1, blank, False)))


def _join(paragraph: list[str], cut: list[bool], indents: list[bool], first: int) -> list[Line]:
    """Joins the broken lines of one paragraph, a run of lines without a blank one.

    Args:
        paragraph: Its lines, white space folded.
        cut: For each whether it begins as no line does.
        indents: For each whether it is indented.
        first: The number of the first line.
    """
    if _is_wrapped(paragraph, cut):
        return [Line(" ".join(paragraph), first, len(paragraph), indents[0])]
    starts = [0]
    for index in range(1, len(paragraph)):
        broken = cut[index] or (index + 1 < len(paragraph) and cut[index + 1] and _is_name(paragraph[index]))
        if not broken or paragraph[index - 1][-1] in TERMINAL:
            starts.append(index)
    apart = list(map(Line, paragraph, count(first), repeat(1), indents))
    lines = []
    for start, end in pairwise([*starts, len(paragraph)]):
        if end - start > 1 and _is_prose(joined := " ".join(paragraph[start:end]), paragraph[start:end]):
            lines.append(Line(joined, first + start, end - start, indents[start]))
        else:
            lines += apart[start:end]
    return lines


def _is_name(line: str) -> bool:
    """Whether a line may be a name that was linked in mid-sentence."""
    return line.count(" ") < _NAME_WORDS and line[-1] not in TERMINAL


def _is_prose(joined: str, pieces: list[str]) -> bool:
    """Whether joined pieces read as running text."""
    return (
        joined[-1] in TERMINAL
        and joined.count(" ") + 1 >= _PROSE_WORDS
        and max(piece.count(" ") for piece in pieces) + 1 >= _PIECE_WORDS
        and CODE.isdisjoint(joined)
    )


def _is_wrapped(paragraph: list[str], cut: list[bool]) -> bool:
    """Whether a paragraph was wrapped at a column: even lines, of which at least half begin in mid-sentence."""
    widths = [len(line) for line in paragraph[:-1]]
    widest = max(widths)
    if len(paragraph) < 3 or widest not in _WRAP_COLUMNS or len(paragraph[-1]) > widest:
        return False
    return min(widths) >= 0.7 * widest and 2 * sum(cut[1:]) >= len(paragraph) - 1 and CODE.isdisjoint("".join(paragraph))

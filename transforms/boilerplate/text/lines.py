r"""A text dump cut into the lines its page had.

A dump is a page's visible text, one block of markup a line. Two things stand between that and the lines the rules want to see:
white space (indentation, no-break spaces, form feeds), which is folded, and lines that were broken, because some converters put
one text node on a line or wrap at a column. Those are joined again:

    >>> [line.text for line in split("The envoy told\nSputnik\non Thursday that talks went well.\n\nMore news")]
    ['The envoy told Sputnik on Thursday that talks went well.', '', 'More news']

Nothing is lost: the lines cover the input from its first to its last line, blank ones included.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import compress, count, pairwise, repeat
from typing import NamedTuple

TERMINAL = ".!?…:;。！？：；؟۔।|»”\"')）」』】"
"""What a line ends with when it is not broken: sentence ends of Latin, Arabic, Devanagari and CJK script, and closing marks."""

_CONTINUATION = ",.;:)!?%’”»،؛。，、；："
"""No line begins with these unless it was cut off the one before."""

_PROSE_WORDS = 8
"""A joined run must come to this many words and end as a sentence does, and one of its pieces must have `_PIECE_WORDS`: menus in
lower case ("home / news / about us") stay apart. Without the last two, 1,090 lines of the labelled dumps would be joined instead
of 150, and nearly all of the rest are menus, tag lists or source code."""

_PIECE_WORDS = 5

_CODE = frozenset("{}=;<>[]_#")
"""Marks of source code, whose line breaks mean something."""

_NAME_WORDS = 4
"""A linked name in mid-sentence ("told / Sputnik / on Thursday") has at most so many words."""

_WRAP_COLUMNS = range(40, 101)
"""Widths of text wrapped by hand or by a mail program: 65 to 80 columns, with a margin."""


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
    indents = [line[:2].isspace() for line in raw]
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
        and _CODE.isdisjoint(joined)
    )


def _is_wrapped(paragraph: list[str], cut: list[bool]) -> bool:
    """Whether a paragraph was wrapped at a column: even lines, of which at least half begin in mid-sentence."""
    widths = [len(line) for line in paragraph[:-1]]
    widest = max(widths)
    if len(paragraph) < 3 or widest not in _WRAP_COLUMNS or len(paragraph[-1]) > widest:
        return False
    return min(widths) >= 0.7 * widest and 2 * sum(cut[1:]) >= len(paragraph) - 1 and _CODE.isdisjoint("".join(paragraph))

"""A dump as the metadata rules look at it: its lines in a row, and what each knows of its neighbours.

Made once an article. Everything here costs time in proportion to the page, and nothing looks further than `_HEAD` and `_BODY` allow.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from typing import NamedTuple

from schemas import reasons
from schemas.records import Article, Block

WORD = re.compile(r"[^\W_]+")
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
LOWER = re.compile(r"\b[^\W\d_A-ZÄÖÜ][^\W\d_]+\b")
MENU_LINES = 80
"""Lines from the top whose words count as the page's: menus and footers repeat themselves."""

TIME_LIKE = re.compile(r"(?:19|20)\d\d|\d{1,2}[./]\d{1,2}[./]\d\d|\d{1,2}:\d\d")
"""What nearly every date or time has in it: a cheap look before an exact one."""

LINE_CHARS = 250
"""Lines longer than this are neither titles nor bylines: the longest title of the labelled pages has 213 characters."""

_LEAD_CHARS = 800
_BODY_CHARS = 4000
"""How much of the body is looked at for the words of a title: its lead, and about as much as a news article has."""


class View(NamedTuple):
    """The lines of a page that show something."""

    blocks: list[Block]
    folds: list[str]
    """The words of each line, case folded; empty for a long line."""
    first: int
    """Index of the body's first line."""
    last: int
    """Index of the body's last line."""
    counts: Counter[str]
    """How often each folded line stands on the page."""
    everything: str
    """All folded lines, to look for a title within other lines."""
    lead_words: frozenset[str]
    body_words: frozenset[str]
    lower_words: frozenset[str]
    """Words that stand on the page without a capital: a name's seldom do."""
    run: list[int]
    """How many lines stand right above, without a blank line between."""
    below: list[int]
    """How many stand right below."""
    indents: list[int]
    """Blanks before each line."""
    timed: list[bool]
    """Whether a short line has something like a date or time in it."""


def view(article: Article) -> View:
    """Looks at an article's blocks."""
    blocks = [block for block in article.blocks if block.text]
    kept = [index for index, block in enumerate(blocks) if block.kept]
    first, last = (kept[0], kept[-1]) if kept else (len(blocks), len(blocks) - 1)
    folds = [fold(block.text) if len(block.text) <= LINE_CHARS else "" for block in blocks]
    run = [0] * len(blocks)
    for index in range(1, len(blocks)):
        above = blocks[index - 1]
        run[index] = run[index - 1] + 1 if blocks[index].line == above.line + above.lines else 0
    below = [0] * len(blocks)
    for index in range(len(blocks) - 2, -1, -1):
        below[index] = below[index + 1] + 1 if run[index + 1] else 0
    lines = article.page.text.split("\n")
    body = " ".join(blocks[index].text[:_BODY_CHARS] for index in kept[:60])[:_BODY_CHARS]
    return View(
        blocks=blocks,
        folds=folds,
        first=first,
        last=last,
        counts=Counter(folds),
        everything="\0".join(folds),
        lead_words=frozenset(tokens(body[:_LEAD_CHARS])),
        body_words=frozenset(tokens(body)),
        lower_words=frozenset(LOWER.findall(body) + [word for block in blocks[:MENU_LINES] for word in LOWER.findall(block.text[:LINE_CHARS])]),
        run=run,
        below=below,
        indents=[_indent(lines, block.line) for block in blocks],
        timed=[len(block.text) < 120 and TIME_LIKE.search(block.text) is not None for block in blocks],
    )


def fold(text: str) -> str:
    """Returns the words of a line, case folded, single spaces between: two lines that fold alike say the same."""
    return " ".join(WORD.findall(text.casefold()))


def tokens(text: str) -> list[str]:
    """Returns words, case folded; of scripts that write without spaces, pairs of characters."""
    found: list[str] = []
    for word in WORD.findall(text.casefold()):
        if CJK.match(word):
            found.extend(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            found.append(word)
    return found


def bucket(value: float, edges: list[float]) -> int:
    """Returns how many edges a value has reached: a number made into one of `len(edges) + 1` kinds."""
    return bisect_right(edges, value)


def _indent(lines: list[str], number: int) -> int:
    line = lines[number - 1] if number <= len(lines) else ""
    return len(line[:16]) - len(line[:16].lstrip())


REASONS = (
    *sorted(reasons.KEPT),
    *sorted(reasons.DROPPED),
)
"""All reasons in a fixed order: what a line is, as a number."""

REASON_NUMBER = {reason: number for number, reason in enumerate(REASONS, start=1)}
"""0 is no line at all."""

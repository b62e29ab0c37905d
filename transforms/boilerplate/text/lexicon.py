"""Knows which words are typical of articles and which of chrome, from labelled pages.

Every word, pair of words and short whole line that several sites have in common has a leaning: how much more often it is in
bodies than around them, counted by site, so that no site's own words get in. "subscribe", "Datenschutz" and "читайте также" lean
one way, "said" and "的" the other. A word is known by its hash alone; the tables are two bytes a cell, whatever the languages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from broadsheet.transforms.boilerplate.text.features import Lines

CELL_BITS = 17
"""Cells of the tables: 2 ** 17, five for each entry learned."""

STEP = 16.0
"""Leanings are stored in steps of a sixteenth, from -8 to 8."""

_PAIR = np.uint64(0xD6E8FEB86659FD93)
_LINE = np.uint64(0xA0761D6478BD642F)

LINE_TOKENS = 6
"""Lines of at most so many tokens are looked up whole."""


def entries(at: Lines) -> tuple[NDArray[np.uint64], NDArray[np.int64], int]:
    """Hashes of a page's words, of its pairs of words within a line, and of its short lines.

    Returns:
        The hashes, the line of each, and how many of them are words (the first ones); pairs follow, one less, then short lines.
    """
    one = at.token_hash
    two = (one[:-1] * _PAIR + one[1:]) * _LINE
    same = at.token_line[:-1] == at.token_line[1:]
    two = np.where(same, two, np.uint64(0))
    sums = np.zeros(len(one) + 1, np.uint64)
    np.cumsum(one, out=sums[1:])
    short = np.flatnonzero((at.tokens > 0) & (at.tokens <= LINE_TOKENS))
    starts, sizes = at.token_start[short], at.tokens[short].astype(np.int64)
    whole = (sums[starts + sizes] - sums[starts]) * _PAIR + sizes.astype(np.uint64) * _LINE
    return np.concatenate((one, two, whole)), np.concatenate((at.token_line, at.token_line[:-1], short)), len(one)


def address(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """The cell of each hash, and the byte that tells it from others of that cell."""
    return (hashes >> np.uint64(64 - CELL_BITS)).astype(np.int64), ((hashes >> np.uint64(32)) & np.uint64(0xFF)).astype(np.uint8)


class Lexicon:
    """Leanings by hash.

    Args:
        leanings: int8 [2 ** CELL_BITS], in sixteenths; 0 for an empty cell.
        checks: uint8 [2 ** CELL_BITS].
    """

    def __init__(self, leanings: NDArray[np.int8], checks: NDArray[np.uint8]) -> None:
        self._leanings = leanings.astype(np.float32) / np.float32(STEP)
        self._checks = checks

    def look_up(self, hashes: NDArray[np.uint64]) -> NDArray[np.float32]:
        """The leaning of each hash: positive for bodies, 0 for what is not known."""
        cell, check = address(hashes)
        return np.where(self._checks[cell] == check, self._leanings[cell], np.float32(0))

    def columns(self, at: Lines) -> Iterator[tuple[str, NDArray]]:
        """Features of a page's lines; see `leaning_columns`."""
        hashes, line, tokens = entries(at) if len(at.token_hash) else (at.token_hash, at.token_line, 0)
        return leaning_columns(self.look_up(hashes), line, tokens, at)


def leaning_columns(
    leanings: NDArray[np.float32], line: NDArray[np.int64], tokens: int, at: Lines
) -> Iterator[tuple[str, NDArray]]:
    """Mean leaning of a line's words, of its pairs, its most chrome-like entry, its leaning as a whole, and how much is known."""
    n = at.n
    some = np.maximum(at.tokens, 1)
    if not tokens:
        for name in ("words lean", "pairs lean", "lowest lean", "highest lean", "first leans", "line leans", "known"):
            yield name, np.zeros(n)
        return
    one, two, whole = leanings[:tokens], leanings[tokens : 2 * tokens - 1], leanings[2 * tokens - 1 :]
    yield "words lean", np.bincount(line[:tokens], one, minlength=n) / some
    yield "pairs lean", np.bincount(line[tokens : 2 * tokens - 1], two, minlength=n) / some
    filled = np.flatnonzero(at.tokens)
    starts = at.token_start[filled]
    both = one.copy()
    both[:-1] = np.minimum(one[:-1], two)
    for name, values in (
        ("lowest lean", np.minimum.reduceat(both, starts)),
        ("highest lean", np.maximum.reduceat(one, starts)),
        ("first leans", one[starts]),
    ):
        column = np.zeros(n, np.float32)
        column[filled] = values
        yield name, column
    column = np.zeros(n, np.float32)
    column[line[2 * tokens - 1 :]] = whole
    yield "line leans", column
    yield "known", np.bincount(line[:tokens], one != 0, minlength=n) / some

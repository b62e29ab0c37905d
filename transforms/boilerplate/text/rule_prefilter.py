"""Finds the lines of a page that the rules of `line_rules` may name, by arrays of the whole page.

A rule costs some microseconds per line, and on most lines has nothing to say. Each asks for something that arrays show at
once: a digit, a mark, a first word of the lists in `chrome_words`. The result is never a verdict; a line too many only costs
time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from broadsheet.transforms.boilerplate.text.chrome_words import CREDIT_WORDS, HOME_WORDS, INSIDE, STARTS, WHOLE
from broadsheet.transforms.boilerplate.text.features import (
    BAR,
    BRACKET,
    CJK,
    CLASSES,
    COLON,
    COMMA,
    DIGIT,
    LETTER,
    LOWER,
    UNSPACED,
    UPPER,
    Lines,
)

Hashes = NDArray[np.uint64]

TAG_COMMAS = 2
"""A tag line has so many commas at least."""


def suspects(at: Lines) -> NDArray[np.bool_]:
    """Lines that a rule may speak of: they have digits, marks that rules ask for, or begin with a rule's word or no word at all."""
    counts = at.counts
    marked = (counts[:, [DIGIT, BAR, BRACKET, COLON]].any(1)) | (counts[:, COMMA] >= TAG_COMMAS)
    found: NDArray[np.bool_] = marked | ~_WORD_KINDS[at.first]
    worded = np.flatnonzero(at.tokens)
    found[worded[_FIRST_WORDS.among(at.token_hash[at.token_start[worded]])]] = True
    found[at.token_line[_AGENCY_WORDS.among(at.token_hash)]] = True
    return found


def inside_begins(at: Lines) -> NDArray[np.int64]:
    """Tokens at which an entry of `INSIDE` may begin: its first two are there, or its only one."""
    hashes = at.token_hash
    pairs = _INSIDE_PAIRS.among(hashes[:-1] * _STEP + hashes[1:])
    return np.concatenate((np.flatnonzero(pairs), np.flatnonzero(_INSIDE_WORDS.among(hashes))))


def _hashes(entries: Iterable[str]) -> list[Hashes]:
    """Returns the hashes of each entry's tokens, with either Greek sigma at a word's end: capitals have but one."""
    spelt = dict.fromkeys(each for entry in entries for each in (re.sub(r"σ\b", "ς", entry), entry.replace("ς", "σ")))
    at = Lines(list(spelt))
    return np.split(at.token_hash, at.token_start[1:])


class HashSet:
    """A set of hashes, asked for thousands at once: only the few whose first bits are known are looked up."""

    _SHIFT = np.uint64(50)

    def __init__(self, hashes: Iterable[np.uint64]) -> None:
        self._sorted = np.unique(np.array(list(hashes), np.uint64))
        self._first_bits = np.zeros(1 << 14, bool)
        self._first_bits[self._sorted >> self._SHIFT] = True

    def among(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Which of the hashes are in the set."""
        found = self._first_bits[hashes >> self._SHIFT]
        maybe = np.flatnonzero(found)
        near = np.minimum(np.searchsorted(self._sorted, hashes[maybe]), len(self._sorted) - 1)
        found[maybe] = self._sorted[near] == hashes[maybe]
        return found


_WORD_KINDS = np.isin(np.arange(CLASSES), (LOWER, UPPER, LETTER, CJK, UNSPACED))
_STEP = np.uint64(0x9FB21C651E98DF25)
_LISTS = [*WHOLE.values(), *STARTS.values(), HOME_WORDS, CREDIT_WORDS]
_FIRST_WORDS = HashSet(hashes[0] for hashes in _hashes(entry for entries in _LISTS for entry in entries))
_AGENCY_WORDS = HashSet(hashes[0] for hashes in _hashes(("ap", "reuters", "getty", "shutterstock")))
_INSIDE_HASHES = _hashes(entry for entries in INSIDE.values() for entry in entries)
_INSIDE_PAIRS = HashSet(pair for hashes in _INSIDE_HASHES for pair in hashes[:1] * _STEP + hashes[1:2])
_INSIDE_WORDS = HashSet(hashes[0] for hashes in _INSIDE_HASHES if len(hashes) == 1)

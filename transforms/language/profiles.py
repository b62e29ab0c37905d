"""Reads langdetect's profiles into one numpy table, and looks up a text's n-grams in it.

langdetect recognizes a language by how often its sequences of one to three letters occur, and looks up a text's sequences at
random, one by one. This module looks up the same sequences all at once: one table turns characters into small numbers, sequences
become numbers in base K, and a hash table built for these keys gives their rows.

    profiles = read()
    rows = profiles.rows("Ein kurzer Satz.")     # langdetect's n-grams, in langdetect's order
    profiles.probabilities[rows]                 # how often each language uses each of them

The profiles are read from the installed langdetect (Apache-2.0), which takes a sixth of a second; we ship no copy that could
become outdated.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any, NamedTuple

import numpy as np
from langdetect.detector import Detector
from langdetect.detector_factory import PROFILES_DIRECTORY
from langdetect.utils.ngram import NGram
from numpy.typing import NDArray

Rows = NDArray[np.int32]
Keys = NDArray[np.uint64]

LONGEST = NGram.N_GRAM

_BMP = 0x10000
_UPPER = 1 << 15
_SLOT_BITS = np.uint64(18)
"""Three slots per n-gram: 74,760 of the 87,599 n-grams have their own slot or are the most frequent in it."""
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""Fibonacci hashing: the top bits of the product with 2**64 over the golden ratio."""
_ROW_BITS = np.uint64(17)
_ROW_MASK = np.uint64((1 << 17) - 1)

_PART = "\0"
"""Occurs in no n-gram, and sorts before every character that does."""

_TONE_MARKS = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


class Profiles(NamedTuple):
    """The n-grams of all languages.

    Row 0 is for every n-gram that no language has; rows 1 to K-1 are the single characters.
    """

    languages: list[str]
    """langdetect's names in order: the columns."""
    probabilities: NDArray[np.float32]
    """(rows, languages): how often a language uses the n-gram, among its n-grams of that length."""
    lengths: NDArray[np.int8]
    """For each row how many characters its n-gram has; 0 for row 0."""
    characters: NDArray[np.uint16]
    """For each code point of the BMP, and one more for all beyond, its character's row, plus `_UPPER` for a capital."""
    space: int
    base: int
    """K."""
    slots: Keys
    """A hash table; an entry is an n-gram's key and row in one number, so that one access fetches both."""
    others: Keys
    """The entries that found no slot, sorted, and one more than any key can be."""

    def rows(self, text: str) -> Rows:
        """Returns the rows of a text's n-grams in langdetect's order: letter by letter, short ones first; 0 for unknown ones."""
        marked = self.characters[_codes(_cleaned(text))]
        spaces = (marked & (_UPPER - 1)) == self.space
        kept = ~spaces  # the first space of a run is kept, except at the start
        kept[1:] |= ~spaces[:-1]
        marked = np.concatenate((np.array([0, self.space], dtype=np.uint16), marked[kept]))
        return self._sequences(marked)

    def _sequences(self, marked: NDArray[np.uint16]) -> Rows:
        """Looks up the n-grams that end at each character. The first two characters are only context."""
        chars = (marked & (_UPPER - 1)).astype(np.uint64)
        upper = marked >= _UPPER
        base = np.uint64(self.base)
        before, last, this = chars[:-2], chars[1:-1], chars[2:]
        known = (last != 0) & (this != 0)
        pairs = last * base + this
        keys = np.empty((len(this), LONGEST - 1), dtype=np.uint64)
        keys[:, 0] = pairs * known
        keys[:, 1] = (before * (base * base) + pairs) * (known & (before != 0) & (last != self.space))
        rows = np.empty((len(this), LONGEST), dtype=np.int32)
        rows[:, 0] = this * (this != self.space)
        rows[:, 1:] = self._looked_up(keys.ravel()).reshape(keys.shape)
        rows[upper[2:] & upper[1:-1]] = 0  # langdetect leaves out what ends within a word in capitals
        return rows.ravel()

    def _looked_up(self, keys: Keys) -> Rows:
        entries = self.slots[_hash(keys)]
        missed = np.flatnonzero((entries != 0) & ((entries >> _ROW_BITS) != keys))
        wanted = keys[missed]
        found = self.others[np.searchsorted(self.others, wanted << _ROW_BITS)]
        entries[missed] = found * ((found >> _ROW_BITS) == wanted)
        return (entries & _ROW_MASK).astype(np.int32)


def read() -> Profiles:
    """Reads the installed langdetect's profiles."""
    names = sorted(name for name in os.listdir(PROFILES_DIRECTORY) if not name.startswith("."))
    loaded = [_read_profile(name) for name in names]
    grams, ends = _laid_out([list(profile["freq"]) for profile in loaded])
    alphabet, letters = np.unique(grams, return_inverse=True)  # the first is the separator of the n-grams
    base = len(alphabet)
    found, sizes = _keys(letters, ends, base)
    keys, rows = np.unique(np.concatenate((np.arange(base, dtype=np.uint64), found)), return_inverse=True)
    probabilities = np.zeros((len(keys), len(names)), dtype=np.float32)
    lengths = np.zeros(len(keys), dtype=np.int8)
    lengths[1:base] = 1
    start, rows = 0, rows[base:]
    for column, profile in enumerate(loaded):
        counts = np.fromiter(profile["freq"].values(), np.float64)
        here = slice(start, start := start + len(counts))
        short = sizes[here] <= LONGEST  # langdetect, too, skips the few longer ones
        row, size = rows[here][short], sizes[here][short]
        probabilities[row, column] = counts[short] / np.array(profile["n_words"])[size - 1]
        lengths[row] = size
    slots, others = _hashed(keys, probabilities.sum(axis=1))
    characters = {chr(code): row for row, code in enumerate(alphabet.tolist())}
    return Profiles(
        languages=[profile["name"] for profile in loaded],
        probabilities=probabilities,
        lengths=lengths,
        characters=_characters(characters),
        space=characters[" "],
        base=base,
        slots=slots,
        others=others,
    )


def _read_profile(name: str) -> dict[str, Any]:
    with open(os.path.join(PROFILES_DIRECTORY, name), encoding="utf-8") as file:
        return json.load(file)


def _laid_out(profiles: list[list[str]]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Returns the code points of all profiles' n-grams, with a zero after each, and the positions of the zeros."""
    text = "".join(f"{_PART.join(grams)}{_PART}" for grams in profiles)
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    return codes, np.flatnonzero(codes == 0)


def _keys(letters: NDArray[np.int64], ends: NDArray[np.int64], base: int) -> tuple[Keys, NDArray[np.int64]]:
    """Returns n-grams as numbers in base K, 0 for those that are too long, and how many characters each has."""
    sizes = np.diff(ends, prepend=-1) - 1
    keys = np.zeros(len(ends), dtype=np.uint64)
    for place in range(LONGEST, 0, -1):  # counted from the end
        there = sizes >= place
        keys[there] = keys[there] * np.uint64(base) + letters[ends[there] - place].astype(np.uint64)
    keys[sizes > LONGEST] = 0
    return keys, sizes


def _hashed(keys: Keys, frequencies: NDArray[np.float32]) -> tuple[Keys, Keys]:
    """Gives each slot to the most frequent n-gram that hashes to it, and sorts the others."""
    entries = (keys << _ROW_BITS) | np.arange(len(keys), dtype=np.uint64)
    waiting = 1 + np.argsort(-frequencies[1:], kind="stable")
    taken, first = np.unique(_hash(keys[waiting]), return_index=True)
    slots = np.zeros(1 << int(_SLOT_BITS), dtype=np.uint64)
    slots[taken] = entries[waiting[first]]
    others = np.sort(entries[np.delete(waiting, first)])
    return slots, np.append(others, np.uint64(0xFFFFFFFFFFFFFFFF))


def _hash(keys: Keys) -> Keys:
    return (keys * _MULTIPLIER) >> (np.uint64(64) - _SLOT_BITS)


def _characters(rows: dict[str, int]) -> NDArray[np.uint16]:
    table = np.zeros(_BMP + 1, dtype=np.uint16)
    for code in range(_BMP):
        normal = NGram.normalize(chr(code))
        table[code] = rows.get(normal, 0) + (_UPPER if normal.isupper() else 0)
    return table


def _codes(text: str) -> NDArray[np.uint32]:
    """Returns code points, with one for all beyond the BMP; like langdetect, drops Latin letters if they are less than a third."""
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32), _BMP)
    latin = (codes - 0x41) <= 0x39
    other = codes >= 0x300  # Vietnamese letters, too: langdetect means to except them, but compares a block's number with its name
    return codes[~latin] if 2 * np.count_nonzero(latin) < np.count_nonzero(other) else codes


def _cleaned(text: str) -> str:
    """Removes what langdetect removes before it counts, URLs and mail addresses, and composes tone marks."""
    if "://" in text:
        text = Detector.URL_RE.sub(" ", text)
    if "@" in text:
        text = Detector.MAIL_RE.sub(" ", text)
    if not text.isascii() and _TONE_MARKS.search(text):
        text = NGram.normalize_vi(text)
    return text

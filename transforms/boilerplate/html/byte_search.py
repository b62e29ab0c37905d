"""Searches a page's bytes for words by arrays, a few times as fast as `bytes.find`.

places_of(data, b"badge", at=2)                     # where the word begins, by its rare letters "dg"
grams_of(data)[gram_hashes(b"newsletter")].all()    # False: the word is not there; True: it may be
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def places_of(data: bytes, word: bytes, at: int) -> NDArray[np.int64]:
    """Returns where a word begins, by two of its letters that hardly ever follow each other: a few times as fast as `find`.

    Args:
        data: The bytes that are searched.
        word: The word.
        at: The index in it of the two letters.
    """
    pair, pairs = np.uint16(int.from_bytes(word[at : at + 2], "little")), max(len(data) - 1, 0)
    halves = [
        np.flatnonzero(np.ndarray((pairs + 1 - odd) // 2, "<u2", data, offset=odd if pairs else 0) == pair) * 2 + odd
        for odd in (0, 1)
    ]
    begins = (np.concatenate(halves) - at).tolist()
    return np.array(sorted(place for place in begins if place >= 0 and data.startswith(word, place)), np.int64)


_FACTOR, _SHIFT = np.uint32(0x9E3779B1), np.uint32(16)
"""Knuth's multiplicative hash, of which the upper half counts."""


def gram_hashes(data: bytes) -> NDArray[np.uint32]:
    """Returns a number below 65,536 for every four bytes in a row; of fewer bytes, none."""
    fours = np.ndarray(max(len(data) - 3, 0), "<u4", data + bytes(4), strides=(1,))
    return fours * _FACTOR >> _SHIFT


def grams_of(data: bytes) -> NDArray[np.bool_]:
    """Returns which hashes of `gram_hashes` the bytes have: a stem whose hashes are not all among them is not there."""
    found = np.zeros(1 << 16, bool)
    found[gram_hashes(data)] = True
    return found

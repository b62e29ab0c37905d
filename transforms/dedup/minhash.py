"""Computes the signature of a body: 128 bytes. Two signatures share about as many bytes as the bodies share text.

    likeness(signature(one), signature(other))      # 1.0 for the same words, about 0.5 if half of the text differs

It is a MinHash by one permutation [1]. Every shingle of `RUN` bytes of the normalised body is hashed. The highest bits of a hash
choose one of 128 bins, and the lowest byte of the smallest hash in each bin is kept [2]. Shingles of bytes need no words, so
Chinese and Thai are treated like English: twelve bytes are twelve Latin letters, six Cyrillic ones or four Chinese characters.

In numpy it takes 36 us for a body of 3,400 letters; datasketch 1.6.5, a MinHash of 128 values over the same shingles, takes 6,500
us.

[1] Li, Owen, Zhang: One Permutation Hashing, 2012; empty bins by rotation: Shrivastava, Li, 2014.
[2] Li, König: b-Bit Minwise Hashing, 2010.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

BINS = 128
"""Number of bins. The standard error of a similarity of 0.5 is 0.044 with 128 bins, and 0.063 with 64."""
RUN = 12
"""Bytes per shingle. A longer shingle separates stories of one template; a shorter one tolerates more small changes
(docs/decisions/0009 compares 8, 12 and 16)."""
SHORTEST = 240
"""Shortest normalised body with a signature, in bytes: two per bin. Shorter ones are as often cookie notices as news."""

_NO_WORD = re.compile(r"\W")
_ASCII_NO_WORD = bytes(code for code in range(128) if not (chr(code).isalnum() or chr(code) == "_"))

_SPREAD = np.uint64(0xBF58476D1CE4E5B9)
_FINISH = np.uint64(0x94D049BB133111EB)
_JOINS = tuple(np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93))
"""Odd constants of splitmix64 and xxHash64, one for each doubling of the shingle."""
_EDGES = np.arange(BINS, dtype=np.uint64) << np.uint64(57)
_BORROWED = 37
"""Added for each bin that a value is borrowed over, so that two gaps that borrow from one bin do not agree because of that."""
_BY_CHANCE = 1 / 256
"""Chance that one byte of two different bodies agrees."""


def normalized(body: str) -> bytes:
    """Returns the letters and digits of a body, in compatibility form and lower case, as UTF-8; nothing else counts."""
    if body.isascii():
        return body.lower().encode().translate(None, _ASCII_NO_WORD)
    small = unicodedata.normalize("NFKC", body).casefold()
    letters = small.encode("utf-8", "replace").translate(None, _ASCII_NO_WORD).decode()
    for mark in set(
        _NO_WORD.findall(letters)
    ):  # few different characters (quotation marks, dashes): half the time of one substitution
        letters = letters.replace(mark, "")
    return letters.encode()


def signature(folded: bytes) -> bytes | None:
    """Returns the signature of a body.

    Args:
        folded: The body as `normalized` returns it.

    Returns:
        `BINS` bytes; `None` if the body is too short to be similar to another by more than chance.
    """
    if len(folded) < SHORTEST:
        return None
    hashes = _run_hashes(np.frombuffer(folded, np.uint8).astype(np.uint64))
    hashes.sort()
    starts = np.searchsorted(hashes, _EDGES)
    filled = starts < np.append(starts[1:], len(hashes))
    values = hashes[np.minimum(starts, len(hashes) - 1)].astype(np.uint8)
    if not filled.all():
        full, empty = np.flatnonzero(filled), np.flatnonzero(~filled)
        lender = full[np.searchsorted(full, empty) % len(full)]
        values[empty] = (values[lender] + (lender - empty) % BINS * _BORROWED).astype(np.uint8)
    return values.tobytes()


def _run_hashes(letters: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Returns a hash of each shingle. Shingles are doubled until they are long enough, so twelve bytes take four steps."""
    hashes, length = (letters + np.uint64(1)) * _SPREAD, 1
    for odd in _JOINS:
        step = min(length, RUN - length)
        hashes = hashes[:-step] * odd + hashes[step:]
        hashes ^= hashes >> np.uint64(29)
        length += step
    hashes *= _FINISH
    hashes ^= hashes >> np.uint64(32)
    return hashes


def likeness(one: bytes, other: bytes) -> float:
    """Returns the share of shingles that two bodies have in common, estimated from their signatures: 0 to 1."""
    equal = np.count_nonzero(np.frombuffer(one, np.uint8) == np.frombuffer(other, np.uint8))
    return max(0.0, (int(equal) / BINS - _BY_CHANCE) / (1 - _BY_CHANCE))

"""Builds tables of the basic plane's 65,536 characters, with a few array operations per class instead of a call per character.

Each function returns which characters have a property, as an array with one value per code point. `numpy.select` makes a table of
them; its first condition that holds wins:

    table = np.select([characters_in(".!?"), characters_of("Lu", "Lt")], [END, UPPER], OTHER)
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

PLANE = 0x10000
"""Code points of the basic plane."""

Chosen = NDArray[np.bool_]


@functools.cache
def plane() -> list[str]:
    """Returns the characters of the basic plane."""
    return [chr(code) for code in range(PLANE)]


def characters_that(test: Callable[[str], bool]) -> Chosen:
    """Returns which characters pass a test that is one call of C, such as `str.isspace`."""
    return np.fromiter(map(test, plane()), np.bool_, PLANE)


def characters_of(*categories: str) -> Chosen:
    """Returns which characters belong to Unicode's general categories, given by their two letters or the first one."""
    names, numbers = _categories()
    return np.array([name.startswith(categories) for name in names])[numbers]


def characters_between(ranges: tuple[tuple[int, int], ...]) -> Chosen:
    """Returns which characters are in one of the ranges of code points; both ends of a range belong to it."""
    chosen = np.zeros(PLANE, np.bool_)
    for low, high in ranges:
        chosen[low : high + 1] = True
    return chosen


def characters_in(characters: str) -> Chosen:
    """Returns which characters are those of a string."""
    chosen = np.zeros(PLANE, np.bool_)
    chosen[[ord(character) for character in characters]] = True
    return chosen


@functools.cache
def _categories() -> tuple[list[str], NDArray[np.intp]]:
    found = list(map(unicodedata.category, plane()))
    names = sorted(set(found))
    number = {name: place for place, name in enumerate(names)}
    return names, np.fromiter(map(number.__getitem__, found), np.intp, PLANE)

"""Classifies characters as far as telling prose from chrome needs it: one table for all scripts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from broadsheet.transforms.character_tables import characters_between, characters_in, characters_of, characters_that
from broadsheet.transforms.characters import CJK_RANGES, SENTENCE_ENDS, SPACELESS_RANGES

GAP, LOWER, UPPER, LETTER, DIGIT, CJK, END, COMMA, BAR, QUOTE, OTHER, COLON, SPACELESS = range(13)
"""No ink; letters of a script with case; letters of one without, and marks; decimal digits; Chinese and Japanese characters; ends
of sentences; commas; signs that separate the items of a menu; quotation marks; other ink; colons; letters and marks of the
South-East Asian scripts (Thai, Lao, Burmese, Khmer), which put no space between words."""

SPACELESS_WORDS = 0.1875
"""Words that a character of these scripts counts for: a word has some five letters and marks (and 3/16 is exact in binary)."""


_CLASSES = np.select(
    [
        characters_that(str.isspace) | characters_of("Cc", "Cf", "Cs") | characters_in("\u3000"),
        characters_between(CJK_RANGES),
        characters_between(SPACELESS_RANGES) & characters_of("Lo", "Lm", "Mn", "Mc"),
        characters_of("Ll"),
        characters_of("Lu", "Lt"),
        characters_of("Nd"),
        characters_that(str.isalnum) | characters_of("Mn", "Mc") | characters_in("_"),
        characters_in(SENTENCE_ENDS),
        characters_in(",，、;；،"),
        characters_in("|»›>/•·©@#"),
        characters_in("\"“”«»„「」『』‘’'"),
        characters_in(":："),
    ],
    [GAP, CJK, SPACELESS, LOWER, UPPER, DIGIT, LETTER, END, COMMA, BAR, QUOTE, COLON],
    OTHER,
).astype(np.uint8)
_CLASSES[65535] = OTHER


def character_classes(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Looks up what characters are; those beyond the basic plane (emoji, rare ideographs) count as other ink.

    Args:
        codes: Code points.
    """
    return _CLASSES.take(codes, mode="clip")

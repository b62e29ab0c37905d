"""Classifies characters as far as telling prose from chrome needs it: one table for all scripts."""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray

from broadsheet.transforms.characters import CJK_RANGES, SENTENCE_ENDS, SPACELESS_RANGES, is_in

GAP, LOWER, UPPER, LETTER, DIGIT, CJK, END, COMMA, BAR, QUOTE, OTHER, COLON, SPACELESS = range(13)
"""No ink; letters of a script with case; letters of one without, and marks; decimal digits; Chinese and Japanese characters; ends
of sentences; commas; signs that separate the items of a menu; quotation marks; other ink; colons; letters and marks of the
South-East Asian scripts (Thai, Lao, Burmese, Khmer), which put no space between words."""

SPACELESS_WORDS = 0.1875
"""Words that a character of these scripts counts for: a word has some five letters and marks (and 3/16 is exact in binary)."""


def _class(code: int) -> int:
    character = chr(code)
    category = unicodedata.category(character)
    if character.isspace() or category in ("Cc", "Cf", "Cs") or code == 0x3000:
        return GAP
    if is_in(code, CJK_RANGES):
        return CJK
    if is_in(code, SPACELESS_RANGES) and category in ("Lo", "Lm", "Mn", "Mc"):
        return SPACELESS
    if category == "Ll":
        return LOWER
    if category in ("Lu", "Lt"):
        return UPPER
    if category == "Nd":
        return DIGIT
    if character.isalnum() or category in ("Mn", "Mc") or character == "_":
        return LETTER
    if character in SENTENCE_ENDS:
        return END
    if character in ",，、;；،":
        return COMMA
    if character in "|»›>/•·©@#":
        return BAR
    if character in "\"“”«»„「」『』‘’'":
        return QUOTE
    return COLON if character in ":：" else OTHER


_CLASSES = np.array([_class(code) for code in range(65536)], np.uint8)
_CLASSES[65535] = OTHER


def character_classes(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Looks up what characters are; those beyond the basic plane (emoji, rare ideographs) count as other ink.

    Args:
        codes: Code points.
    """
    return _CLASSES.take(codes, mode="clip")

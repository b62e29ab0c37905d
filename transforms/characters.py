"""Names the classes of characters that rules for several scripts share.

A class is a string for a regular expression's brackets or a tuple of code point ranges; both ends of a range belong to it.
"""

from __future__ import annotations

CJK_RANGES = ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))
"""Kana and Chinese characters: they put no space between words, and 1.6 of them make a word."""

SPACELESS_RANGES = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F))
"""Thai and Lao, Burmese, Khmer, and the extensions of Burmese: they put no space between words, and some five letters and marks
make a word."""

SENTENCE_ENDS = ".!?…。！？؟۔।።။៕"
"""What ends a sentence in Latin and Cyrillic, Chinese and Japanese, Arabic, Urdu, Devanagari, Ethiopic, Burmese and Khmer."""


def _brackets(ranges: tuple[tuple[int, int], ...]) -> str:
    return "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges)


CJK = _brackets(CJK_RANGES)
SPACELESS = _brackets(SPACELESS_RANGES)

"""Removes characters that no reader sees: soft hyphens, zero-width spaces, stray joiners.

    without_invisible("Förder\u00adprodukte")      # "Förderprodukte"

They only say where a line may break, and they split words for a program that searches. Two kinds stay. Joiners (ZWJ, ZWNJ) are
part of the spelling in Arabic and Indic scripts and of emoji; between letters of other scripts they are debris. The zero-width
space separates the words of Khmer, Lao, Burmese and Thai.
"""

from __future__ import annotations

import re

SOFT_HYPHEN, ZERO_WIDTH_SPACE, ZWNJ, ZWJ = "\u00ad", "\u200b", "\u200c", "\u200d"
_ALWAYS = (SOFT_HYPHEN, "\u2060", "\ufeff")
"""Soft hyphen, word joiner, byte order mark."""

_SPACELESS = "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"
_JOINING = "\u0590-\u08ff\u0900-\u0dff" + _SPACELESS + "\u1800-\u18af\u1b00-\u1bff\ua880-\ua8ff\ufb50-\ufdff\ufe70-\ufefc"
"""Hebrew to Syriac, Indic scripts and those of South-East Asia, Mongolian, presentation forms."""
_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"

_SPACE_KEPT, _JOINER_KEPT = re.compile(f"[{_SPACELESS}]"), re.compile(f"[{_JOINING}{_EMOJI}]")
_JOINERS = re.compile(f"[{ZWNJ}{ZWJ}]")


def without_invisible(text: str) -> str:
    """Returns a text without characters that no reader sees; linear in it.

    A search for one character is much faster than a pattern, and nearly every page has none of them.
    """
    if text.isascii():
        return text
    for character in _ALWAYS:
        if character in text:
            text = text.replace(character, "")
    if ZERO_WIDTH_SPACE in text:
        text = re.sub(ZERO_WIDTH_SPACE, _space, text)
    if ZWNJ in text or ZWJ in text:
        text = _JOINERS.sub(_joiner, text)
    return text


def _space(found: re.Match[str]) -> str:
    """Keeps a zero-width space between two letters of a script that separates its words so."""
    text, place = found.string, found.start()
    return found[0] if _SPACE_KEPT.match(text, place + 1) and place and _SPACE_KEPT.match(text, place - 1) else ""


def _joiner(found: re.Match[str]) -> str:
    """Keeps a joiner after a letter of a script that is spelled with joiners, and within emoji."""
    return found[0] if found.start() and _JOINER_KEPT.match(found.string, found.start() - 1) else ""

"""Finds the languages that a text's letters alone decide, before any n-grams are counted.

Some scripts belong to one language: a text in Georgian letters is in Georgian. langdetect has profiles for 54 languages and is
always certain: it calls Georgian and Armenian Estonian, and Traditional Chinese Korean, with full confidence. So the letters are
counted first.

    census = take("საქართველოს მთავრობა")
    census.letters           # 19
    ruled(census)            # 'ka'

A character's script is read from its Unicode name (`GEORGIAN LETTER AN`). Whether a Chinese character is Traditional or Simplified
follows from the charsets made for them: Big5 and GB 2312.
"""

from __future__ import annotations

import functools
import unicodedata
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NO_PROFILE = {
    "GEORGIAN": "ka", "ARMENIAN": "hy", "ETHIOPIC": "am", "MYANMAR": "my", "KHMER": "km", "LAO": "lo", "SINHALA": "si",
    "TIBETAN": "bo", "THAANA": "dv", "ORIYA": "or", "MONGOLIAN": "mn", "CANADIAN": "iu", "CHEROKEE": "chr", "YI": "ii",
    "NKO": "nqo", "TIFINAGH": "zgh", "SYRIAC": "syr", "OL": "sat", "MEETEI": "mni", "JAVANESE": "jv", "BALINESE": "ban",
    "SUNDANESE": "su",
}  # fmt: skip
"""Scripts that no profile of langdetect has, by the first word of their characters' names, with the language most printed in
each."""

SHARED = frozenset({"LATIN", "CYRILLIC", "ARABIC", "DEVANAGARI", "HEBREW", "BENGALI"})
"""Scripts that several languages share, so that a few letters do not decide."""

PROFILED = SHARED | {"GREEK", "THAI", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "GUJARATI", "GURMUKHI", "EAST ASIAN"}
"""Scripts that langdetect has profiles for. Hangul, kana and Chinese characters mix in one text and count as one script."""

_HAN, _TRADITIONAL, _SIMPLIFIED, _SHINJITAI = "HAN", "TRADITIONAL", "SIMPLIFIED", "SHINJITAI"
_KANA = ("HIRAGANA", "KATAKANA")
_EAST_ASIAN = (_HAN, _TRADITIONAL, _SIMPLIFIED, _SHINJITAI, *_KANA, "HANGUL", "BOPOMOFO")

_SYLLABARY_SHARE = 0.05
"""Below this share of the East Asian letters, kana or Hangul are a quoted name; Japanese and Korean texts have 28 % and more."""

_SHINJITAI_SHARE = 0.05
"""Characters that only Japan writes, among the ideographs: from this share on a text without kana is Japanese. Of 244 labelled
articles in Chinese none has more than 3.5 % (old variants); the Japanese texts of dev.lang have 7 % in the middle."""

_DISTINCT_AMONG = 64
"""Letters that `Census.distinct` considers, so that it costs nothing: a line of prose has twenty different ones."""

_BMP = 0x10000
_NAMED_ALIKE = ((0x3400, 0x4DC0), (0x4E00, 0x9FFD), (0xAC00, 0xD7A4))
"""Blocks whose characters all have the script of the first: Chinese characters and Hangul syllables (38,761 of the BMP's letters).
The second ends where it did in Unicode 12, so that the table is the same as one of looked-up names with any Python."""
_NAMED_SINGLY = (range(0x3401), range(0x4DC0, 0x4E01), range(0x9FFD, 0xAC01), range(0xD7A4, _BMP))
"""The other characters of the BMP, and the first of each of these blocks."""
_UPPER = 128


class Census(NamedTuple):
    """The letters of a text, counted."""

    scripts: dict[str, int]
    """Letters and vowel signs by script."""
    letters: int
    uppers: int
    """How many letters are capitals."""
    distinct: int
    """How many different letters are among the first `_DISTINCT_AMONG`."""

    @property
    def script(self) -> str:
        """The script of most letters, the first by name if several are equal; "" if there are no letters."""
        east = sum(self.scripts.get(name, 0) for name in _EAST_ASIAN)
        counts = {name: count for name, count in self.scripts.items() if name not in _EAST_ASIAN}
        if east:
            counts["EAST ASIAN"] = east
        return min(counts, key=lambda name: (-counts[name], name), default="")


def take(text: str) -> Census:
    """Counts a text's letters. Characters beyond the BMP (emoji, historic scripts, rare ideographs) do not count as letters."""
    table, names = _table()
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32), _BMP)
    kinds = table[codes]
    counts = np.bincount(kinds, minlength=2 * _UPPER)
    uppers = counts[_UPPER:]
    by_number = counts[:_UPPER] + uppers
    scripts = {names[number]: int(by_number[number]) for number in np.flatnonzero(by_number).tolist() if number}
    distinct = set(codes[kinds != 0][:_DISTINCT_AMONG].tolist())
    return Census(scripts, sum(scripts.values()), int(uppers.sum()), len(distinct))


def ruled(census: Census) -> str | None:
    """Returns the language that the letters alone decide, or `None` if a detector must decide.

    Returns:
        A language, or `und` for an unknown script.
    """
    script = census.script
    if script == "EAST ASIAN":
        return _chinese(census.scripts)
    if script in PROFILED:
        return None
    return NO_PROFILE.get(script, "und")


def _chinese(counts: dict[str, int]) -> str | None:
    """Returns `zh` (Simplified), `zh-Hant` (Traditional) or `ja`; `None` if kana or Hangul make a detector necessary."""
    east = sum(counts.get(name, 0) for name in _EAST_ASIAN)
    syllables = sum(counts.get(name, 0) for name in (*_KANA, "HANGUL"))
    if syllables >= _SYLLABARY_SHARE * east:
        return None
    traditional, simplified, shinjitai = (counts.get(name, 0) for name in (_TRADITIONAL, _SIMPLIFIED, _SHINJITAI))
    if shinjitai >= _SHINJITAI_SHARE * east:
        return "ja"
    return "zh-Hant" if traditional > simplified else "zh"


@functools.cache
def _table() -> tuple[NDArray[np.uint8], list[str]]:
    """Returns each code point's script as a number (0 for none, plus `_UPPER` for a capital), and the scripts' names."""
    numbers = {"": 0}
    table = np.zeros(_BMP + 1, dtype=np.uint8)
    for code in (code for codes in _NAMED_SINGLY for code in codes):
        char = chr(code)
        script = _script(char)
        table[code] = numbers.setdefault(script, len(numbers)) + (_UPPER if script and char.isupper() else 0)
    for low, high in _NAMED_ALIKE:
        table[low:high] = table[low]
    for name, chars in _chinese_charsets().items():
        table[[ord(char) for char in chars]] = numbers.setdefault(name, len(numbers))
    return table, list(numbers)


def _script(char: str) -> str:
    category = unicodedata.category(char)
    if category[0] not in "LM" or category == "Lm":
        return ""
    words = unicodedata.name(char, "").split(" ")
    word = words[1] if words[0] in ("FULLWIDTH", "HALFWIDTH") else words[0]
    if word in ("COMBINING", "VARIATION"):  # marks of any script
        return ""
    return _HAN if word == "CJK" else word


def _chinese_charsets() -> dict[str, set[str]]:
    ideographs = "".join(chr(code) for code in range(0x4E00, 0xA000))
    big5, gb2312, jis = (set(ideographs.encode(name, "ignore").decode(name)) for name in ("big5", "gb2312", "iso2022_jp"))
    return {_TRADITIONAL: big5 - gb2312, _SIMPLIFIED: gb2312 - big5, _SHINJITAI: jis - big5 - gb2312}

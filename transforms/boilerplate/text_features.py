"""What the classifier sees of a dump: some dozens of numbers a line, for the whole page at once.

All of a page's lines are looked at as one array of code points. A table gives each its class; sums by line give the line's
make-up (`_Lines`), hashes of its words give what the page repeats, and comparisons with the page's own prose make the numbers
mean the same in any language and on any site: nothing here knows a word, only letters, marks, cases, lengths and repetition.
Words enter through `named`, the verdicts of `text_rules`.

    columns = features(["Home", "A road reopens", "The council voted on Tuesday to …"], named, gaps)    # float32 [3, WIDTH]
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from schemas import reasons
from transforms.boilerplate.lines import Line

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# Classes of characters; every code point has one.
OTHER, SPACE, LOWER, UPPER, LETTER, CJK, DIGIT, END, COMMA, COLON, QUOTE, BRACKET, BAR, MARK, DASH, BREAK = range(16)
CLASSES = 16

_MARKS = {
    END: ".!?…。！？؟۔।",
    COMMA: ",،、，",
    COLON: ":;：；؛",
    QUOTE: "\"'“”«»„「」『』‘’‹›",
    BRACKET: "()[]{}（）【】",
    BAR: "|/\\>•·●■▪»›→©®™@#_=+*&%$€£",
    DASH: "-–—―",
}
_CJK_RANGES = ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))


def _class_of(code: int) -> int:
    char = chr(code)
    if code == 10:
        return BREAK
    for kind, chars in _MARKS.items():
        if char in chars:
            return kind
    if any(low <= code <= high for low, high in _CJK_RANGES):
        return CJK
    category = unicodedata.category(char)
    if category in ("Mn", "Mc"):
        return MARK
    if category in ("Lu", "Lt"):
        return UPPER
    if category == "Ll":
        return LOWER
    if category.startswith("L"):
        return LETTER
    if category.startswith("N"):
        return DIGIT
    return SPACE if char.isspace() or code < 32 else OTHER


_TABLE: NDArray[np.uint8] = np.array([_class_of(code) for code in range(0x10000)], dtype=np.uint8)
"""The class of each code point of the basic plane; others are looked up as its last, `OTHER`."""

_LOWERED = np.array([ord(low) if len(low := chr(code).lower()) == 1 else code for code in range(0x10000)], dtype=np.uint64)
"""The small letter of each code point of the basic plane."""

_IN_WORD = np.array([kind in (LOWER, UPPER, LETTER, DIGIT, MARK) for kind in range(CLASSES)])

CJK_WORD = 0.6
"""Words a CJK character counts for: Chinese words of running text are 1.6 to 1.7 characters long."""

_PROSE_WORDS = 9.0
_REACH = 60
"""Distances are cut here: the labelled bodies' longest gap between two lines of prose that both belong has 41 lines."""

GROUPS: tuple[tuple[str, ...], ...] = (
    (reasons.READ_MORE,),
    (reasons.RELATED,),
    (reasons.SHARE, reasons.NAVIGATION),
    (reasons.COMMENT_FORM,),
    (reasons.NEWSLETTER, reasons.DISCLAIMER, reasons.SOURCE_LINK),
    (reasons.CAPTION, reasons.CREDIT),
    (reasons.BYLINE, reasons.DATE_LINE, reasons.PAGE_CLOCK, reasons.RECORD_ID),
    (reasons.TAGS,),
    (reasons.BREADCRUMB,),
    (reasons.RESIDUE, reasons.PAGE_GENERATION),
)
"""Reasons of rules that count as one kind of evidence."""

_GROUP_OF = {reason: index for index, group in enumerate(GROUPS) for reason in group}


_POWERS = np.array([pow(6364136223846793005, power + 1, 2**64) for power in range(32)], dtype=np.uint64)
"""Powers of a multiplier of full period: the weights of a word's characters in its hash."""

_STIR = np.uint64(0x9E3779B97F4A7C15)

_HASH_BITS = 13
"""Words of one page are counted in 2 ** 13 cells: a page of 2,000 different words shares one cell in eight, a menu's few none."""


class Lines:
    """A page's lines as arrays: what each is made of.

    Attributes:
        n: Number of lines.
        counts: Characters by line and class.
        words: Words by line, CJK characters counting as parts of one.
        tokens: Words and CJK characters by line, as a plain count.
        token_line: The line of each token.
        token_hash: 64 bits for each token, the same for the same letters in whatever case.
    """

    def __init__(self, lines: list[str]) -> None:
        codes = np.frombuffer(("\n".join(lines) + "\n").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        low = np.minimum(codes, 0xFFFF)
        kinds = _TABLE[low]
        self.n = n = len(lines)
        ends = np.flatnonzero(kinds == BREAK)
        starts = np.empty_like(ends)
        starts[0] = 0
        starts[1:] = ends[:-1] + 1
        line_of = np.repeat(np.arange(n), ends - starts + 1)
        cells = np.bincount(line_of * CLASSES + kinds, minlength=n * CLASSES)
        self.counts = cells.reshape(n, CLASSES).astype(np.float32)

        word = _IN_WORD[kinds]
        cjk = kinds == CJK
        begins = word.copy()
        begins[1:] &= ~word[:-1]
        begins |= cjk
        at = np.flatnonzero(begins)
        self.token_line = line_of[at]
        self.tokens = np.bincount(self.token_line, minlength=n).astype(np.float32)
        self.words = self.tokens - np.float32(1 - CJK_WORD) * self.counts[:, CJK]
        begin_kinds = kinds[at]
        self.capitals = np.bincount(self.token_line, begin_kinds == UPPER, minlength=n).astype(np.float32)
        self.small = np.bincount(self.token_line, begin_kinds == LOWER, minlength=n).astype(np.float32)
        self.token_hash = _hashes(low, at, word | cjk)

        after = np.append(kinds[1:], np.uint8(BREAK))
        stops = np.flatnonzero((kinds == END) & ~_IN_WORD[after] & (after != END))
        self.sentences = np.bincount(line_of[stops], minlength=n).astype(np.float32)
        self.first = kinds[starts]
        last = np.maximum(ends - 1, starts)
        self.closing = kinds[last]
        for _ in range(2):  # a quote and a bracket may follow the full stop
            inner = (kinds[last] == QUOTE) | (kinds[last] == BRACKET)
            last = np.maximum(last - inner, starts)
        self.last = kinds[last]
        code = codes[last]
        self.ellipsis = (code == 0x2026) | ((code == 46) & (codes[np.maximum(last - 1, 0)] == 46))
        self.question = (code == 63) | (code == 0xFF1F)


def _hashes(low: NDArray[np.uint32], at: Ints, word: NDArray[np.bool_]) -> NDArray[np.uint64]:
    if not len(at):
        return np.zeros(0, np.uint64)
    begin = np.zeros(len(low), np.int64)
    begin[at] = at
    offset = (np.arange(len(low)) - np.maximum.accumulate(begin)) & 31
    return np.add.reduceat(_LOWERED[low] * _POWERS[offset] * word, at) * _STIR


class _Columns:
    """Columns of float32 under their names."""

    def __init__(self, rows: int) -> None:
        self.names: list[str] = []
        self.table = np.empty((rows, 128), np.float32)

    def add(self, name: str, values: NDArray | float) -> None:
        self.table[:, len(self.names)] = values
        self.names.append(name)


def _make_up(add: Callable[[str, NDArray | float], None], at: Lines, gaps: Floats) -> None:
    """What a line is made of, whatever stands around it."""
    words, counts = at.words, at.counts
    some = np.maximum(words, 1)
    visible = np.maximum(counts.sum(1) - counts[:, SPACE] - counts[:, BREAK], 1)
    letters = counts[:, LOWER] + counts[:, UPPER] + counts[:, LETTER] + counts[:, CJK]
    add("words", np.minimum(words, 100) / 50)
    add("log words", np.log1p(words) / 2)
    add("few words", np.maximum(0, 4 - words) / 4)
    add("word length", np.minimum(letters / some, 15) / 8)
    shares = counts / visible[:, None]
    for name, kind in _SHARES:
        add(name + " share", shares[:, kind])
    add("commas", np.minimum(counts[:, COMMA], 8) / 4)
    add("quotes", np.minimum(counts[:, QUOTE], 6) / 4)
    add("capital share", at.capitals / np.maximum(at.capitals + at.small, 1))
    add("small share", at.small / some)
    add("sentences", np.minimum(at.sentences, 6) / 3)
    for name, kind in _ENDINGS:
        add("ends " + name, at.last == kind)
    add("ends quote", at.closing == QUOTE)
    add("ellipsis", at.ellipsis)
    add("question", at.question)
    for name, kind in _BEGINNINGS:
        add("begins " + name, at.first == kind)
    for index, name in enumerate(("gap before", "gap after", "indented", "joined")):
        add(name, gaps[:, index])


_SHARES = (
    ("upper", UPPER), ("digit", DIGIT), ("bar", BAR), ("other", OTHER), ("bracket", BRACKET), ("colon", COLON), ("dash", DASH),
    ("quote", QUOTE), ("comma", COMMA),
)  # fmt: skip
_ENDINGS = (("sentence", END), ("bar", BAR), ("dash", DASH), ("colon", COLON), ("digit", DIGIT), ("comma", COMMA))
_BEGINNINGS = (
    ("upper", UPPER),
    ("lower", LOWER),
    ("digit", DIGIT),
    ("bar", BAR),
    ("dash", DASH),
    ("quote", QUOTE),
    ("other", OTHER),
)


def _repetition(add: Callable[[str, NDArray | float], None], at: Lines, lines: list[str], good: NDArray[np.bool_]) -> None:
    """What the page says more than once: whole lines, and the words of its prose.

    Words that stand in many of its prose lines are its language's small words; the other words of its prose are its topic.
    """
    seen: dict[str, int] = {}
    for line in lines:
        seen[line] = seen.get(line, 0) + 1
    add("repeats", np.minimum(np.array([seen[line] for line in lines]) - 1, 3) / 2)
    cell = (at.token_hash >> np.uint64(64 - _HASH_BITS)).astype(np.int64)
    size = 1 << _HASH_BITS
    in_good = good[at.token_line]
    prose = np.bincount(cell[in_good], minlength=size)
    total = np.bincount(cell, minlength=size)
    common = prose >= max(4.0, 0.006 * float(in_good.sum()))
    some = np.maximum(at.tokens, 1)
    for name, flags in (
        ("common", common[cell]),
        ("rare", total[cell] == 1),
        ("in prose", prose[cell] > in_good),
        ("topic", (prose[cell] > in_good) & ~common[cell]),
    ):
        add(name, np.bincount(at.token_line, flags, minlength=at.n) / some)


def _surroundings(
    add: Callable[[str, NDArray | float], None], at: Lines, good: NDArray[np.bool_], known: NDArray[np.bool_]
) -> None:
    """Where a line stands: by the densest run of prose, by the next prose, in what company, on what kind of page."""
    n, words = at.n, at.words
    place = np.arange(n)
    weight = np.where(good, np.minimum(words, 60), 0.0)
    start, end = _run(np.where(known, -12.0, np.where(good, np.minimum(words, 40), -4.0)))
    add("in run", (place >= start) & (place < end))
    add("from run start", np.clip(place - start, -20, 20) / 10)
    add("from run end", np.clip(place - end + 1, -20, 20) / 10)
    add("run far", np.log1p(np.maximum(0, np.maximum(start - place, place - end + 1))) / 3)

    summed = np.concatenate(([0.0], np.cumsum(weight)))
    total = max(float(summed[-1]), 1.0)
    add("prose before", summed[:-1] / total)
    hits = np.flatnonzero(good)
    ahead = behind = np.full(n, _REACH)
    if len(hits):
        upcoming = np.searchsorted(hits, place, "left")
        ahead = np.where(upcoming < len(hits), hits[np.minimum(upcoming, len(hits) - 1)] - place, _REACH)
        past = np.searchsorted(hits, place, "right") - 1
        behind = np.where(past >= 0, place - hits[np.maximum(past, 0)], _REACH)
    add("prose ahead", np.log1p(np.minimum(ahead, _REACH)) / 2)
    add("prose behind", np.log1p(np.minimum(behind, _REACH)) / 2)

    company = np.zeros((n + 1, 5))
    np.cumsum(
        np.stack(
            (np.minimum(words, 60) / 20, weight / 20, known, at.capitals / np.maximum(at.capitals + at.small, 1), at.last == END), 1
        ),
        axis=0,
        out=company[1:],
    )
    for reach in (3, 10, 30):
        left, right = np.maximum(place - reach, 0), np.minimum(place + reach + 1, n)
        means = (company[right] - company[left]) / (right - left)[:, None]
        for index, name in enumerate(("words", "prose", "named", "capital", "end")):
            add(f"{name} around {reach}", means[:, index])

    long = np.sort(words[good]) if len(hits) else np.zeros(1)
    usual = float(long[len(long) // 2])
    letters = max(float(at.counts[:, [LOWER, UPPER, LETTER, CJK]].sum()), 1.0)
    add("to usual", np.minimum(words / max(usual, 8.0), 3))
    add("place", place / max(n - 1, 1))
    add("top", np.minimum(place, 40) / 20)
    add("lines", np.log1p(n) / 4)
    add("prose", np.log1p(total) / 5)
    add("prose share", float(summed[-1]) / max(float(words.sum()), 1.0))
    add("run share", float(summed[end] - summed[start]) / total)
    add("usual", usual / 50)
    add("cjk", float(at.counts[:, CJK].sum()) / letters)
    add("case", float(at.counts[:, [LOWER, UPPER]].sum()) / letters)
    add("page named", float(known.mean()))


def _run(value: NDArray[np.float64]) -> tuple[int, int]:
    """The run of lines with the largest sum, as a half-open range."""
    total = np.concatenate(([0.0], np.cumsum(value)))
    low = np.minimum.accumulate(total)
    end = int(np.argmax(total[1:] - low[:-1])) + 1
    return int(np.argmin(total[:end])), end


def layout(lines: list[Line]) -> Floats:
    """What the dump's blanks say of each line that has text: a blank line before, one after, indented, joined of several."""
    flags = bytearray()
    blank_before = True
    for line in lines:
        if line.text:
            flags += _FLAGS[blank_before + 4 * line.indented + 8 * (line.covers > 1)]
            blank_before = False
        else:
            if flags:
                flags[-3] = 1
            blank_before = True
    if flags:
        flags[-3] = 1
    return np.frombuffer(bytes(flags), np.uint8).reshape(-1, 4).astype(np.float32)


_FLAGS = [bytes((code & 1, code >> 1 & 1, code >> 2 & 1, code >> 3 & 1)) for code in range(16)]


def features(lines: list[str], named: list[str | None], gaps: Floats, at: Lines | None = None) -> tuple[Floats, list[str]]:
    """Describes each line of a page.

    Args:
        lines: The lines, none empty.
        named: For each the reason a rule gave, or `None`.
        gaps: float32 [n, 4]: what `layout` says.
        at: The lines as arrays, where they have been made already.

    Returns:
        float32 [n, width], and the columns' names.
    """
    at = at or Lines(lines)
    columns = _Columns(at.n)
    add = columns.add
    _make_up(add, at, gaps)
    group = np.zeros((at.n, len(GROUPS)), np.float32)
    for index, reason in enumerate(named):
        if reason is not None:
            group[index, _GROUP_OF[reason]] = 1
    for index, members in enumerate(GROUPS):
        add("named " + members[0], group[:, index])
    known = np.asarray(group.any(1), dtype=bool)
    good = (at.words >= _PROSE_WORDS) & ((at.last == END) | (at.sentences > 0)) & ~known
    add("good", good)
    _repetition(add, at, lines, good)
    _surroundings(add, at, good, known)
    add("gaps", float(gaps[:, 0].mean()))
    return columns.table[:, : len(columns.names)], columns.names

"""What the classifier sees of a dump: some dozens of numbers per line, for the whole page at once.

All of a page's lines are looked at as one array of code points. A table gives each its class; sums by line give the line's
make-up (`_Lines`), hashes of its words give what the page repeats, and comparisons with the page's own prose make the numbers
mean the same in any language and on any site: nothing here knows a word, only letters, marks, cases, lengths and repetition.
Words enter through `named`, the verdicts of `line_rules`.

    columns = features(["Home", "A road reopens", "The council voted on Tuesday to …"], named, gaps)    # float32 [3, WIDTH]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from broadsheet.schemas import reasons
from broadsheet.transforms.boilerplate.text.lines import Line
from broadsheet.transforms.character_tables import characters_between, characters_in, characters_of, characters_that, plane
from broadsheet.transforms.characters import CJK_RANGES, SENTENCE_ENDS, SPACELESS_RANGES

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# Classes of characters; every code point has one.
OTHER, SPACE, LOWER, UPPER, LETTER, CJK, DIGIT, END, COMMA, COLON, QUOTE, BRACKET, BAR, MARK, DASH, BREAK, UNSPACED = range(17)
CLASSES = 17

_MARKS = {
    END: SENTENCE_ENDS,
    COMMA: ",،、，၊",
    COLON: ":;：；؛",
    QUOTE: "\"'“”«»„「」『』‘’‹›",
    BRACKET: "()[]{}（）【】",
    BAR: "|/\\>•·●■▪»›→©®™@#_=+*&%$€£",
    DASH: "-–—―",
}


_LETTERS = characters_of("L")
_TABLE: NDArray[np.uint8] = np.select(
    [
        characters_in("\n"),
        *map(characters_in, _MARKS.values()),
        characters_between(CJK_RANGES),
        characters_of("Mn", "Mc"),
        characters_of("Lu", "Lt"),
        characters_of("Ll"),
        _LETTERS & characters_between(SPACELESS_RANGES),
        _LETTERS,
        characters_of("N"),
        characters_that(str.isspace) | characters_between(((0, 31),)),
    ],
    [BREAK, *_MARKS, CJK, MARK, UPPER, LOWER, UNSPACED, LETTER, DIGIT, SPACE],
    OTHER,
).astype(np.uint8)
"""The class of each code point of the basic plane; others are looked up as its last, `OTHER`."""

_IN_WORD = np.array([kind in (LOWER, UPPER, LETTER, DIGIT, MARK) for kind in range(CLASSES)])

_LOWERED = [ord(low) if len(low) == 1 else code for code, low in enumerate(map(str.lower, plane()))]
_LETTER = np.where(_IN_WORD[_TABLE] | (_TABLE == CJK) | (_TABLE == UNSPACED), np.array(_LOWERED, np.uint64), np.uint64(0))
"""The small letter of each code point of the basic plane; 0 for what is not in a word."""

CJK_WORD = 0.6
"""Words a CJK character counts for: Chinese words of running text are 1.6 to 1.7 characters long."""

UNSPACED_WORD = 0.28
"""Words a letter of a script without blanks counts for, vowel signs not counted: Thai words have 4 letters, Khmer words 3."""

_PROSE_WORDS = 9.0
_LONG_PROSE_WORDS = 14.0
"""Thai and Lao have no full stop: a line that ends in a letter of such a script is prose from so many words on."""
_REACH = 60
"""Distances are cut here: the labelled bodies' longest gap between two lines of prose that both belong has 41 lines."""

GROUPS: tuple[tuple[str, ...], ...] = (
    (reasons.READ_MORE,),
    (reasons.RELATED,),
    (reasons.SHARE, reasons.NAVIGATION),
    (reasons.COMMENT_FORM, reasons.COMMENT),
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
        token_start: Where each line's tokens begin among all; of a line without any, where they would.
        token_hash: 64 bits for each token, the same for the same letters in whatever case.
    """

    def __init__(self, lines: list[str]) -> None:
        codes = np.frombuffer(("\n".join(lines) + "\n").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        low = np.minimum(codes, 0xFFFF).astype(np.intp)
        kinds = _TABLE[low]
        self.n = n = len(lines)
        ends = np.flatnonzero(kinds == BREAK)
        starts = np.empty_like(ends)
        starts[0] = 0
        starts[1:] = ends[:-1] + 1
        cells_of = np.repeat(np.arange(0, n * CLASSES, CLASSES), ends - starts + 1)
        self.counts = _tally(cells_of + kinds, n).astype(np.float32)

        word = _IN_WORD[kinds]
        begins = word.copy()
        begins[1:] &= ~word[:-1]
        begins |= (kinds == CJK) | (kinds == UNSPACED)
        at = np.flatnonzero(begins)
        begin_cells = cells_of[at]
        self.token_line = begin_cells // CLASSES
        initials = _tally(begin_cells + kinds[at], n)
        tokens = initials.sum(1)
        self.token_start = np.cumsum(tokens) - tokens
        self.tokens = tokens.astype(np.float32)
        self.words = (
            self.tokens - np.float32(1 - CJK_WORD) * self.counts[:, CJK] - np.float32(1 - UNSPACED_WORD) * self.counts[:, UNSPACED]
        )
        capitals, self.small = initials[:, UPPER].astype(np.float32), initials[:, LOWER].astype(np.float32)
        self.capital_share = capitals / np.maximum(capitals + self.small, 1)
        self.token_hash = _hashes(low, at)

        stops = np.flatnonzero(kinds == END)
        after = kinds[stops + 1]  # the last character of all is a line feed
        stops = stops[~_IN_WORD[after] & (after != END)]
        self.sentences = np.bincount(cells_of[stops] // CLASSES, minlength=n).astype(np.float32)
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


def _tally(cells: Ints, n: int) -> Ints:
    """Counts by line and class; a cell is a line's number times `CLASSES`, plus the class."""
    return np.bincount(cells, minlength=n * CLASSES).reshape(n, CLASSES)


def _hashes(low: NDArray[np.intp], at: Ints) -> NDArray[np.uint64]:
    """The hash of each token: its letters', each weighted by its place in the token."""
    if not len(at):
        return np.zeros(0, np.uint64)
    low = low[at[0] :]
    lengths = np.diff(at, append=at[0] + len(low))
    place = (np.arange(len(low)) - np.repeat(at - at[0], lengths)) & 31
    return np.add.reduceat(_LETTER[low] * _POWERS[place], at - at[0]) * _STIR


class _Columns:
    """Columns of float32 under their names."""

    def __init__(self, rows: int) -> None:
        self.names: list[str] = []
        self.table = np.empty((rows, 128), np.float32)

    def add(self, name: str, values: NDArray | float) -> None:
        """Adds a column, with one value per line or one for all."""
        self.table[:, len(self.names)] = values
        self.names.append(name)

    def add_all(self, names: Sequence[str], values: NDArray | Sequence[float]) -> None:
        """Adds a column for each name: a row's array is quicker written than many columns'."""
        self.table[:, len(self.names) : len(self.names) + len(names)] = values
        self.names.extend(names)


def _make_up(columns: _Columns, at: Lines, gaps: Floats) -> None:
    """Adds what a line is made of, whatever is around it."""
    words, counts = at.words, at.counts
    some = np.maximum(words, 1)
    visible = np.maximum(counts.sum(1) - counts[:, SPACE] - counts[:, BREAK], 1)
    letters = counts[:, LOWER] + counts[:, UPPER] + counts[:, LETTER] + counts[:, CJK] + counts[:, UNSPACED]
    add, add_all = columns.add, columns.add_all
    add("words", np.minimum(words, 100) / 50)
    add("log words", np.log1p(words) / 2)
    add("few words", np.maximum(0, 4 - words) / 4)
    add("word length", np.minimum(letters / some, 15) / 8)
    add_all(_SHARES, counts[:, _SHARE_KINDS] / visible[:, None])
    add("commas", np.minimum(counts[:, COMMA], 8) / 4)
    add("quotes", np.minimum(counts[:, QUOTE], 6) / 4)
    add("capital share", at.capital_share)
    add("small share", at.small / some)
    add("sentences", np.minimum(at.sentences, 6) / 3)
    add_all(_ENDINGS, at.last[:, None] == _ENDING_KINDS)
    add("ends quote", at.closing == QUOTE)
    add("ellipsis", at.ellipsis)
    add("question", at.question)
    add_all(_BEGINNINGS, at.first[:, None] == _BEGINNING_KINDS)
    add_all(("gap before", "gap after", "indented", "joined"), gaps)


_SHARE_KINDS = [UPPER, DIGIT, BAR, OTHER, BRACKET, COLON, DASH, QUOTE, COMMA]
_SHARES = [f"{name} share" for name in ("upper", "digit", "bar", "other", "bracket", "colon", "dash", "quote", "comma")]
_ENDING_KINDS = np.array([END, BAR, DASH, COLON, DIGIT, COMMA], np.uint8)
_ENDINGS = [f"ends {name}" for name in ("sentence", "bar", "dash", "colon", "digit", "comma")]
_BEGINNING_KINDS = np.array([UPPER, LOWER, DIGIT, BAR, DASH, QUOTE, OTHER], np.uint8)
_BEGINNINGS = [f"begins {name}" for name in ("upper", "lower", "digit", "bar", "dash", "quote", "other")]


def _repetition(columns: _Columns, at: Lines, lines: list[str], good: NDArray[np.bool_]) -> None:
    """What the page says more than once: whole lines, and the words of its prose.

    Words in many of its prose lines are its language's small words; the other words of its prose are its topic.
    """
    times = np.fromiter(map(Counter(lines).__getitem__, lines), np.int64, at.n)
    columns.add("repeats", np.minimum(times - 1, 3) / 2)
    cell = (at.token_hash >> np.uint64(64 - _HASH_BITS)).astype(np.int64)
    size = 1 << _HASH_BITS
    in_good = good[at.token_line]
    prose = np.bincount(cell[in_good], minlength=size)
    total = np.bincount(cell, minlength=size)
    in_prose = prose[cell]
    common = in_prose >= max(4.0, 0.006 * float(in_good.sum()))
    again = in_prose > in_good
    some = np.maximum(at.tokens, 1)
    for name, flags in (
        ("common", common),
        ("rare", total[cell] == 1),
        ("in prose", again),
        ("topic", again & ~common),
    ):
        columns.add(name, np.bincount(at.token_line, flags, minlength=at.n) / some)


def _surroundings(columns: _Columns, at: Lines, good: NDArray[np.bool_], known: NDArray[np.bool_]) -> None:
    """Adds the position of a line: by the densest run of prose and the next prose, its neighbours, the kind of page."""
    n, words = at.n, at.words
    add = columns.add
    place = np.arange(n)
    weight = np.where(good, np.minimum(words, 60), 0.0)
    start, end = _run(np.where(known, -12.0, np.where(good, np.minimum(words, 40), -4.0)))
    add("in run", (place >= start) & (place < end))
    add("from run start", np.minimum(np.maximum(place - start, -20), 20) / 10)
    add("from run end", np.minimum(np.maximum(place - end + 1, -20), 20) / 10)
    add("run far", np.log1p(np.maximum(0, np.maximum(start - place, place - end + 1))) / 3)

    summed = np.concatenate(([0.0], np.cumsum(weight)))
    total = max(float(summed[-1]), 1.0)
    add("prose before", summed[:-1] / total)
    ahead = np.minimum.accumulate(np.where(good, place, n + _REACH)[::-1])[::-1] - place
    behind = place - np.maximum.accumulate(np.where(good, place, -_REACH))
    add("prose ahead", np.log1p(np.minimum(ahead, _REACH)) / 2)
    add("prose behind", np.log1p(np.minimum(behind, _REACH)) / 2)

    company = np.zeros((n + 1, 5))
    for column, values in enumerate((np.minimum(words, 60) / 20, weight / 20, known, at.capital_share, at.last == END)):
        company[1:, column] = values
    np.cumsum(company, axis=0, out=company)
    left, right = np.maximum(place[:, None] - _REACHES, 0), np.minimum(place[:, None] + _REACHES + 1, n)
    means = (company[right] - company[left]) / (right - left)[:, :, None]
    columns.add_all(_COMPANY, means.reshape(n, -1))

    long = np.sort(words[good])
    usual = float(long[len(long) // 2]) if len(long) else 0.0
    made_of = at.counts.sum(0, dtype=np.float64)
    letters = max(float(made_of[[LOWER, UPPER, LETTER, CJK, UNSPACED]].sum()), 1.0)
    add("to usual", np.minimum(words / max(usual, 8.0), 3))
    add("place", place / max(n - 1, 1))
    add("top", np.minimum(place, 40) / 20)
    whole_page = {
        "lines": np.log1p(n) / 4,
        "prose": np.log1p(total) / 5,
        "prose share": float(summed[-1]) / max(float(words.sum()), 1.0),
        "run share": float(summed[end] - summed[start]) / total,
        "usual": usual / 50,
        "cjk": float(made_of[CJK] + made_of[UNSPACED]) / letters,
        "case": float(made_of[LOWER] + made_of[UPPER]) / letters,
        "page named": float(known.mean()),
    }
    columns.add_all([*whole_page], [*whole_page.values()])


_REACHES = np.array([3, 10, 30])
_COMPANY = [f"{name} around {reach}" for reach in _REACHES for name in ("words", "prose", "named", "capital", "end")]


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
    for text, _, covers, indented in lines:
        if text:
            flags += _FLAGS[blank_before + 4 * indented + 8 * (covers > 1)]
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
        at: The lines as arrays, if they exist already.

    Returns:
        float32 [n, width], and the columns' names.
    """
    at = at or Lines(lines)
    columns = _Columns(at.n)
    _make_up(columns, at, gaps)
    group = np.zeros((at.n, len(GROUPS)), np.float32)
    for index, reason in enumerate(named):
        if reason is not None:
            group[index, _GROUP_OF[reason]] = 1
    columns.add_all([f"named {members[0]}" for members in GROUPS], group)
    known = np.asarray(group.any(1), dtype=bool)
    unspaced = (at.counts[:, UNSPACED] > 0) & (at.words >= _LONG_PROSE_WORDS)
    good = (at.words >= _PROSE_WORDS) & ((at.last == END) | (at.sentences > 0) | unspaced) & ~known
    columns.add("good", good)
    _repetition(columns, at, lines, good)
    _surroundings(columns, at, good, known)
    columns.add("gaps", float(gaps[:, 0].mean()))
    return columns.table[:, : len(columns.names)], columns.names

"""A dump as the metadata rules look at it: its lines in a row, and what each knows of its neighbours.

Made once an article, in time proportional to the page. Most of what can be asked of a line is asked of few lines, so a view holds
the page as one string beside its lines: a search through it is one call instead of one a line.
"""

from __future__ import annotations

import re
import string
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import compress, repeat
from typing import NamedTuple, Optional

from broadsheet.schemas import reasons
from broadsheet.schemas.records import Article, Block
from broadsheet.transforms.metadata.dates.prose_dates import DIGITS, FoundDate, find_dates
from broadsheet.transforms.metadata.text.label_words import INTRODUCTIONS
from broadsheet.transforms.metadata.text.labelled_fields import crawl_clock

WORD = re.compile(
    r"[^\s!-/:-@\[-`{-~\x80-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\u060c\u061b\u061f\u06d4\u0964\u0965\u2000-\u206f\u2190-\u2bff\u3000-\u3020"
    r"\u30fb\uff00-\uff0f\uff1a-\uff20]+"
)
"""What is between blanks and punctuation. Not `\\w`: that ends a word of an Indian script at each vowel sign."""
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_CJK_LEADS = tuple(bytes([lead]) for lead in range(0xE3, 0xEE))
"""What those begin with in UTF-8."""
_NO_MARKS = str.maketrans(dict.fromkeys(string.punctuation, " "))
"""What `WORD` does to ASCII, six times as fast."""
_OTHER_DIGITS = re.compile(
    r"[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0a66-\u0a6f\u0ae6-\u0aef\u0be6-\u0bef\u0c66-\u0c6f\u0ce6-\u0cef\u0d66-\u0d6f\u0e50-\u0e59\uff10-\uff19]"
)
_OTHER_LEADS = (b"\xd9", b"\xdb", b"\xe0", b"\xef\xbc")
"""What these begin with in UTF-8: Arabic, Persian, Indian and Thai, full width."""
_TIME_LIKE = re.compile(r"[0-9](?:(?<=1)[349][0-9]{2}|(?<=2)[05][0-9]{2}|[0-9]?(?:[./-][0-9]{1,2}[./-][0-9]{2}|:[0-9]{2}))")
_ERA_LIKE = re.compile(r"[令平昭民二][和成国國〇零]")
"""What every date and time has in it: a cheap look before an exact one. It begins with a set of characters, which `re`
searches fast."""

LINE_CHARS = 250
"""Lines longer than this are neither titles nor bylines: the longest title of the labelled pages has 213 characters."""

_LEAD_CHARS = 800
_BODY_CHARS = 2500
"""How much of the body is looked at for the words of a title: its lead, and what most news articles have."""

_SHOWN_CHARS = 400
"""How much of a line the page's one string holds: datelines and bylines are in its beginning."""


class View(NamedTuple):
    """The lines of a page that show something."""

    blocks: list[Block]
    clock: Optional[FoundDate]
    """The clock the page showed when it was fetched."""
    raw: list[str]
    """The page's own lines, with their white space."""
    first: int
    """Index of the body's first line."""
    last: int
    """Index of the body's last line."""
    joined: str
    """All lines, cut to `_SHOWN_CHARS`, one below the other."""
    lowered: str
    """The same, case folded."""
    folded: list[str]
    """The lines of `lowered`."""
    lines: Counter[str]
    """How often each of them is there."""
    lead_words: frozenset[str]
    body_words: frozenset[str]
    run: list[int]
    """How many lines are directly above, without a blank line between."""
    below: list[int]
    """How many are directly below."""
    timed: list[bool]
    """Whether a line has something like a date or time in it."""
    kinds: list[int]
    """The numbers of the lines' reasons, and a 0 for the line after the last, which is also the one before the first."""
    dated: list[int]
    """1 for a byline or a date line, 2 for another line that is `timed`, 0 else; then `AHEAD` zeros."""

    day_first: Optional[bool]
    """How the page writes 03/04/2021; `None` if it does not show."""
    found_dates: dict[int, list[FoundDate]]
    """The dates of the lines that were asked for; see `dates`."""

    def dates(self, index: int) -> list[FoundDate]:
        """Returns the dates in a line's beginning."""
        if index not in self.found_dates:
            self.found_dates[index] = find_dates(self.blocks[index].text[:_SHOWN_CHARS], day_first=self.day_first)
        return self.found_dates[index]

    def has(self, *why: str) -> bool:
        """Whether any line has one of some reasons."""
        return not {REASON_NUMBER[reason] for reason in why}.isdisjoint(self.kinds)

    def announced(self, index: int) -> bool:
        """Whether a line begins with a word that may introduce a name; see `INTRODUCTIONS`."""
        text = self.folded[index]
        return not text[0].isascii() or text.split(" ", 1)[0].rstrip(":：|") in INTRODUCTIONS

    def starting(self, heads: tuple[str, ...]) -> list[int]:
        """Returns the lines that begin with one of some strings, which are case folded."""
        return [index for index, text in enumerate(self.folded) if text.startswith(heads)]

    def indent(self, index: int) -> int:
        """Returns the blanks before a line, 16 at most."""
        number = self.blocks[index].line
        head = self.raw[number - 1][:16] if number <= len(self.raw) else ""
        return len(head) - len(head.lstrip())

    def copies(self, text: str) -> tuple[int, int]:
        """Returns how many lines consist of a text, and how often it is on the page in all (within lines, too)."""
        key = text[:_SHOWN_CHARS].casefold()
        return self.lines[key], self.lowered.count(key)


def shown_blocks(article: Article) -> tuple[list[Block], Optional[FoundDate]]:
    """Returns the blocks that show something, and the clock that one of them is, which is not body."""
    blocks = [block for block in article.blocks if block.text]
    line, clock = crawl_clock(blocks)
    if clock is not None:
        blocks[line] = blocks[line]._replace(kept=False, reason=reasons.PAGE_CLOCK)
    return blocks, clock


def view(article: Article) -> View:
    """Looks at an article's blocks."""
    blocks, clock = shown_blocks(article)
    texts, numbers, are_kept, why, spans, *_ = zip(*blocks, strict=True) if blocks else ((),) * len(Block._fields)
    kept = list(compress(range(len(blocks)), are_kept))
    first, last = (kept[0], kept[-1]) if kept else (len(blocks), len(blocks) - 1)
    run, below = _runs(numbers, spans)
    shown = [text[:_SHOWN_CHARS] for text in texts]
    joined = "\n".join(shown)
    folded = [text.casefold() for text in shown]
    lowered = "\n".join(folded)
    timed = _timed(shown, joined)
    kinds = list(map(REASON_NUMBER.get, why, repeat(0)))
    body = " ".join([texts[index][:_BODY_CHARS] for index in kept[:60]])[:_BODY_CHARS]
    cut = max(body.rfind(" ", 0, _LEAD_CHARS), 0) or _LEAD_CHARS
    lead_words = frozenset(tokens(body[:cut]))
    body_words = lead_words.union(tokens(body[cut:]))
    return View(
        blocks=blocks,
        clock=clock,
        raw=article.page.text.split("\n"),
        first=first,
        last=last,
        joined=joined,
        lowered=lowered,
        folded=folded,
        lines=Counter(folded),
        lead_words=lead_words,
        body_words=body_words,
        run=run,
        below=below,
        timed=timed,
        kinds=[*kinds, 0],
        dated=[1 if kind in _DATED else 2 * time for kind, time in zip(kinds, timed, strict=True)] + [0] * AHEAD,
        day_first=_day_first(shown, timed, body_words),
        found_dates={},
    )


def _runs(numbers: Sequence[int], spans: Sequence[int]) -> tuple[list[int], list[int]]:
    """Returns how many lines are above and below each without a blank line between, from their numbers and how many lines they
    cover.
    """
    run, length = [], 0
    expected = -1
    for number, span in zip(numbers, spans, strict=True):
        length = length + 1 if number == expected else 0
        run.append(length)
        expected = number + span
    below, length = [], 0
    for follows in reversed(run[1:]):
        below.append(length)
        length = length + 1 if follows else 0
    if run:
        below.append(length)
    return run, below[::-1]


def _has_other_digits(text: str) -> bool:
    """Whether a text has digits that are not ASCII's: a search for the bytes that those begin with says *no* for most pages."""
    if text.isascii():
        return False
    data = text.encode("utf-8", "replace")
    return any(lead in data for lead in _OTHER_LEADS) and _OTHER_DIGITS.search(text) is not None


def _timed(shown: list[str], joined: str) -> list[bool]:
    """Which lines have something like a date or time in them."""
    timed = [False] * len(shown)
    plain = joined.translate(DIGITS) if _has_other_digits(joined) else joined
    for pattern in (_TIME_LIKE, _ERA_LIKE) if "年" in plain else (_TIME_LIKE,):
        line, place = 0, 0
        for found in pattern.finditer(plain):
            begin = found.start()
            line += plain.count("\n", place, begin)
            place = begin
            timed[line] = True
    return timed


_SLASHED = re.compile(r"(?<![\d/.-])(\d{1,2})([/-])(\d{1,2})\2(?:19|20)?\d\d(?![\d/-])")
_AMERICAN = re.compile(r"\d\s?[AP]M\b|\b[ECMP][SD]?T\b")


_ENGLISH = frozenset({"the", "and", "of", "that", "with"})
_ENGLISH_WORDS = 3
"""So many of these an English body has: 528 of 530 labelled ones, and 5 of 773 in other languages."""


def _day_first(shown: list[str], timed: list[bool], body_words: frozenset[str]) -> Optional[bool]:
    """How the page writes 03/04/2021.

    As its other dates do; month first beside American clocks; day first where the body has words and is not in English, which is
    the one language of two minds; else `None`.
    """
    month_first = False
    for text in compress(shown, timed):
        if "/" not in text and "-" not in text:
            continue
        for found in _SLASHED.finditer(text):
            if int(found[1]) > 12:
                return True
            if int(found[3]) > 12 or _AMERICAN.search(text):
                month_first = True
    if month_first:
        return False
    return None if not body_words or len(_ENGLISH & body_words) >= _ENGLISH_WORDS else True


def line_words(text: str) -> str:
    """Returns the words of a line, case folded, single spaces between: two lines that fold alike say the same."""
    return " ".join(WORD.findall(text.casefold()))


def tokens(text: str) -> list[str]:
    """Returns words, case folded; of scripts that write without spaces, pairs of characters."""
    if text.isascii():
        return text.lower().translate(_NO_MARKS).split()
    words = WORD.findall(text.casefold())
    data = text.encode("utf-8", "replace")
    if not any(lead in data for lead in _CJK_LEADS) or not CJK.search(text):
        return words
    found: list[str] = []
    for word in words:
        if CJK.match(word):
            found.extend(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            found.append(word)
    return found


bucket = bisect_right
"""`bucket(edges, value)`: how many edges a value has reached: a number made into one of `len(edges) + 1` kinds."""

REASONS = (
    reasons.LIST_ITEM, reasons.PROSE, reasons.QUOTE, reasons.SUBHEAD, reasons.TABLE, reasons.BREADCRUMB, reasons.BYLINE,
    reasons.CAPTION, reasons.COMMENT, reasons.COMMENT_FORM, reasons.CREDIT, reasons.DATE_LINE, reasons.DISCLAIMER,
    reasons.DUPLICATE_TITLE, reasons.EMPTY, reasons.MODEL, reasons.NAVIGATION, reasons.NEWSLETTER, reasons.OUTSIDE,
    reasons.PAGE_CLOCK, reasons.PAGE_GENERATION, reasons.READ_MORE, reasons.RECORD_ID, reasons.RELATED, reasons.RESIDUE,
    reasons.SECTION, reasons.SHARE, reasons.SHORT, reasons.SOURCE_LINK, reasons.SUBTITLE, reasons.TAGS, reasons.TEMPLATE,
    reasons.TITLE, reasons.BIOGRAPHY,
)  # fmt: skip
"""What a line is, as a number: the tables in `text_weights.json` know reasons by their place here, so new ones go to the end."""

REASON_NUMBER = {reason: number for number, reason in enumerate(REASONS, start=1)}
"""0 means no line, or a reason that the tables do not know."""

_DATED = frozenset({REASON_NUMBER[reasons.BYLINE], REASON_NUMBER[reasons.DATE_LINE]})
AHEAD = 3
"""Lines that are looked ahead or back for a date."""

"""When a dump says its article was published and changed.

A page is full of dates: of the day it was fetched, of other articles, of comments, of what the article tells about. Each becomes a
candidate, described by where it stands (under the title, in a list, far below), by the words before it and by the page's other
dates; `text_rank` weighs them against *none of these*.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import compress
from typing import NamedTuple, Optional

from broadsheet.schemas import reasons
from broadsheet.transforms.metadata.dates.find_dates import FoundDate, relative_date
from broadsheet.transforms.metadata.dates.plausible import is_plausible
from broadsheet.transforms.metadata.names import is_introduced
from broadsheet.transforms.metadata.text.candidate_ranker import Features, ranker
from broadsheet.transforms.metadata.text.dump_view import CJK, View, bucket
from broadsheet.transforms.metadata.text.label_words import BEFORE_DATES, MODIFIED, NOT_OURS, PUBLISHED, TODAY

MAX_DATES = 60
"""Dates looked at on a page, from the top: 99 % of the labelled dates are among the first 42."""

_TOLD_CHARS = 120
_DATELINE = 60
"""In a line of more than `_TOLD_CHARS` characters (a sentence: bylines and date lines of the labelled pages are shorter) a
date is what the article tells about, unless a label says otherwise or it opens the article, in its first `_DATELINE` characters."""

SLOTS = (
    "distance", "below_title", "reason", "length", "share", "label", "label_above", "clock", "month_word", "earlier", "copies",
    "newer", "rivals", "byline", "position", "behind", "run", "start", "age", "title_above", "candidates", "same_line",
    "kept_label", "label_shape", "home",
)  # fmt: skip
"""What is known of a date; see `_features`."""

_DISTANCES: list[float] = [-40, -10, -3, -1, 0, 1, 2, 3, 4, 6, 9, 14, 21, 41]
_TITLE_DISTANCES: list[float] = [-20, -6, -3, -2, -1, 0, 1, 2, 3, 4, 6, 9, 15, 30]
_NEAR = 6
"""Lines around a date in which another one makes both look like a list's. An article's date of change stands nearer, on its own
line or the next."""


_LIST = 4
"""So many dates at even distances are a list's. With 5, and with 4 right below the title too, a page or two of the labelled ones
fall (tj's precision 0.950 instead of 0.956)."""
_STEPS = (1, 2, 3, 4)
"""Lines from one entry of a list to the next: date, headline, teaser, "read more"."""
_UNDER_TITLE = 4

_NO_DATES = frozenset({reasons.PAGE_CLOCK, reasons.CAPTION, reasons.CREDIT, reasons.COMMENT})
"""Whose dates are of something else: the fetch, a picture, a reader's words."""


class DateOf(NamedTuple):
    """A date of the article, how it was found, and the words: the whole line, label and all, where that is short."""

    found: FoundDate
    basis: str
    words: str

    @property
    def instant(self) -> dt.datetime:
        """The instant, or, where only the day is known or no zone is named, the day's 00:00 UTC."""
        return self.found.at or dt.datetime.combine(self.found.date, dt.time(), dt.UTC)


class Candidate(NamedTuple):
    """A date, the line it stands on, and what the words before it say."""

    line: int
    found: FoundDate
    label: int


_BYLINE_CHARS = 120
"""No labelled byline is longer."""

_LABEL_CHARS = 32
"""Characters before a date in which its label stands: "Zuletzt aktualisiert am Freitag, den " has 36, nearly all have fewer
than 20."""

PUBLISHED_LABEL, MODIFIED_LABEL, OTHER_LABEL, WEAK_LABEL = 1, 2, 3, 4


def _kinds() -> dict[str, int]:
    kinds: dict[str, int] = {}
    for words, label in (
        (BEFORE_DATES, WEAK_LABEL),
        (PUBLISHED, PUBLISHED_LABEL),
        (MODIFIED, MODIFIED_LABEL),
        (NOT_OURS, OTHER_LABEL),
    ):
        kinds.update((" ".join(_WORD.findall(word.casefold())) or word, label) for word in words)
    return kinds


_WORD = re.compile(r"[^\W\d_]+|©")
_KINDS = _kinds()
_UNSPACED = {word: label for word, label in _KINDS.items() if CJK.match(word)}
"""Labels of scripts that write without spaces."""
_STRONGEST = (OTHER_LABEL, MODIFIED_LABEL, PUBLISHED_LABEL, WEAK_LABEL)
_LONGEST = max(word.count(" ") for word in _KINDS) + 1


def label_of(words: str) -> int:
    """What the words right before a date say: 1 published, 2 changed, 3 something else's date, 4 only "on" or "date", 0 nothing."""
    parts = _WORD.findall(words.casefold().replace("(c)", "©"))
    if parts and parts[-1] in TODAY:
        return OTHER_LABEL
    found = {
        _KINDS.get(" ".join(parts[begin:end]), 0)
        for begin in range(len(parts))
        for end in range(begin + 1, min(begin + _LONGEST, len(parts)) + 1)
    }
    if not words.isascii():
        found.update(label for word, label in _UNSPACED.items() if word in words)
    return next((label for label in _STRONGEST if label in found), 0)


_PICTURES = frozenset(
    """
    photo photograph photographed image picture pictured foto fotografía fotografia imagen immagine imagem bild aufnahme archivbild
    fotografie zdjęcie zdjęciu fotoğraf görsel фото фотография снимок снимке صورة تصویر तस्वीर handout footage
    """.split()
)
_PICTURE_CHARS = 60
"""Characters before a date in which its picture is named ("In this handout image released by the mine on", 45); half of them
behind."""


def _is_pictured(text: str, date: FoundDate) -> bool:
    """Whether a date is a picture's: "In this handout image released August 17, 2023, ..." in a line that is a sentence."""
    if len(text) <= _PICTURE_CHARS:
        return False
    before = text[max(0, date.span[0] - _PICTURE_CHARS) : date.span[0]]
    after = text[date.span[1] : date.span[1] + _PICTURE_CHARS // 2]
    if before.rstrip().endswith((":", "|")):
        return False
    return not _PICTURES.isdisjoint(_WORD.findall(before.casefold())) or bool(_FILE_PHOTO.match(after))


_FILE_PHOTO = re.compile(r",?\s(?:file\s|handout\s|archive\s)?(?:photo|image|picture)\b", re.IGNORECASE)


def _is_hidden(date: FoundDate, following: FoundDate) -> bool:
    """Whether a date is a machine's that readers do not see, glued to the one they see: "2022-12-07T10:10:52+01:0025. Mai 2022".

    Themes of blogs hide the time of the last change so, and show the date of publication.
    """
    return date.span[1] == following.span[0] and _MACHINE.match(date.words) is not None


_MACHINE = re.compile(r"\d{4}-\d\d-\d\dT")


def _without_lists(found: list[Candidate], title: Optional[int]) -> list[Candidate]:
    """Leaves out the dates of a list of other articles: those without a label on lines that stand at even distances.

    Right below the title (and on it) they are kept: there the article's own date may be the first of a list's.
    """
    days = {item.line: item.found.date for item in found}
    return [
        item
        for item in found
        if item.label in (PUBLISHED_LABEL, MODIFIED_LABEL)
        or (title is not None and 0 <= item.line - title <= _UNDER_TITLE)
        or _row(days, item.line) < _LIST
    ]


def _row(days: dict[int, dt.date], line: int) -> int:
    """How many dated lines stand in a row at even distances, this one among them, each with another date than the next."""
    longest = 1
    for step in _STEPS:
        length = 1
        for way in (step, -step):
            at = line + way
            while at in days and days[at] != days[at - way]:
                length += 1
                at += way
        longest = max(longest, length)
    return longest


def candidates(page: View, title: Optional[int], latest: dt.datetime) -> tuple[list[Candidate], list[Features]]:
    """Returns the dates that may be the article's, and what is known of each."""
    found: list[Candidate] = []
    for index in compress(range(len(page.blocks)), page.timed):
        block = page.blocks[index]
        if block.reason in _NO_DATES or (block.reason == reasons.RELATED and index > page.last):
            continue
        text = block.text
        if block.kept and index > page.first + 1 and len(text) > _TOLD_CHARS:
            continue
        end = 0
        dates = page.dates(index)
        for number, date in enumerate(dates, start=1):
            hidden = number < len(dates) and _is_hidden(date, dates[number])
            words = text[max(end, date.span[0] - _LABEL_CHARS) : date.span[0]]
            label = OTHER_LABEL if hidden or _is_pictured(text, date) else label_of(words)
            end = date.span[1]
            told = (
                len(text) > _TOLD_CHARS
                and label not in ((PUBLISHED_LABEL,) if block.kept else (PUBLISHED_LABEL, MODIFIED_LABEL))
                and date.span[0] > _DATELINE
            )
            undecided = date.ambiguous and page.day_first is None and date.date.day != date.date.month
            if is_plausible(date.date, latest) and label != OTHER_LABEL and not told and not undecided:
                found.append(Candidate(index, date, label))
        if len(found) >= MAX_DATES:
            break
    found = _without_lists(found, title)
    days = [item.found.date for item in found]
    return found, [_features(page, title, found, days, number) for number in range(len(found))]


def _features(page: View, title: Optional[int], found: list[Candidate], days: list[dt.date], number: int) -> Features:
    index, date, label = found[number]
    block = page.blocks[index]
    words = len(date.words)
    above = page.blocks[index - 1].text if index else ""
    same_line = {item.found.date for item in found if item.line == index} - {date.date}
    rivals = {item.found.date for item in found if 0 < abs(item.line - index) <= _NEAR} - {date.date}
    return (
        bucket(_DISTANCES, page.first - index),
        bucket(_TITLE_DISTANCES, index - title) if title is not None else 15,
        page.kinds[index],
        bucket([12, 20, 30, 45, 70, 110, 200], len(block.text)),
        bucket([0.1, 0.3, 0.5, 0.7, 0.9], words / max(1, len(block.text))),
        label,
        label_of(above) if len(above) < 40 else 0,
        1 + (date.at is not None) if date.time else 0,
        int(date.month_word),
        bucket([1, 2, 4, 8], sum(item.line < index and (title is None or item.line > title) for item in found)),
        bucket([2, 3, 5], days.count(date.date)),
        bucket([1, 2, 4, 8], len({day for day in days if day > date.date})),
        bucket([1, 2, 3, 5], len(rivals)),
        _byline(page, index),
        bucket([1, 3, 6, 12, 30, 80], index),
        bucket([1, 2, 4, 8, 20, 60], index - page.last),
        bucket([1, 2, 4, 8], page.run[index] + page.below[index]),
        int(date.span[0] == 0),
        bucket([1, 2, 8, 31, 366, 1500], (max(days) - date.date).days),
        int(title is not None and 0 <= index - title <= 12 and all(not item.kept for item in page.blocks[title + 1 : index + 1])),
        bucket([2, 3, 5, 10, 20, 40], len(found)),
        1 + (min(same_line) < date.date) if same_line else 0,
        1 + label if block.kept else 0,
        3 * label + bucket([40, 90], len(block.text)),
        2 * (page.first - 10 <= index <= page.first) + (page.run[index] + page.below[index] <= 2),
    )


def _byline(page: View, index: int) -> int:
    """Where a byline stands: 1 on this line, 2 on the one above, 3 on the one below, 0 nowhere near."""
    for kind, step in ((1, 0), (2, -1), (3, 1)):
        if 0 <= index + step < len(page.blocks):
            block = page.blocks[index + step]
            if block.reason == reasons.BYLINE or (
                page.announced(index + step) and len(block.text) < _BYLINE_CHARS and is_introduced(block.text)
            ):
                return kind
    return 0


def text_dates(
    page: View, title: Optional[int], latest: dt.datetime, crawled: Optional[dt.datetime]
) -> tuple[Optional[DateOf], Optional[DateOf]]:
    """Returns the dates of publication and of the last change, each `None` where the page does not say.

    Args:
        page: The page's lines.
        title: Which of them is the title.
        latest: No article is younger than this (and a day).
        crawled: When the page was fetched, where that is known: only then "2 hours ago" means a time.
    """
    found, features = candidates(page, title, latest)
    best = ranker("date", SLOTS).choose(features)
    if best is None:
        return (_relative(page, title, crawled), None) if crawled is not None else (None, None)
    chosen = found[best]
    modified = next(
        (
            item
            for item in found
            if item.label == MODIFIED_LABEL and abs(item.line - chosen.line) <= 2 and item.found.date >= chosen.found.date
        ),
        None,
    )
    published = DateOf(chosen.found, _basis(page, chosen), _words(page, chosen))
    changed = DateOf(modified.found, "label", _words(page, modified)) if modified else None
    return published, changed


def _words(page: View, item: Candidate) -> str:
    line = page.blocks[item.line].text
    return line if len(line) <= _BYLINE_CHARS else item.found.words


def _basis(page: View, item: Candidate) -> str:
    block = page.blocks[item.line]
    if item.label == PUBLISHED_LABEL:
        return "label"
    if item.label == MODIFIED_LABEL:
        return "label of a change"
    if block.reason == reasons.BYLINE:
        return "byline"
    return "dateline" if block.kept else "date line"


def _relative(page: View, title: Optional[int], crawled: dt.datetime) -> Optional[DateOf]:
    """Reads "2 hours ago" in the few lines under the title."""
    if title is None:
        return None
    for block in page.blocks[title + 1 : title + 1 + _NEAR]:
        if block.kept:
            break
        found = relative_date(block.text, crawled) if len(block.text) < 120 else None
        if found:
            return DateOf(found, "relative to the crawl", block.text)
    return None

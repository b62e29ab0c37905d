"""When a dump says its article was published and changed.

A page is full of dates: of the day it was fetched, of other articles, of comments, of what the article is about. Each becomes a
candidate, described by its place (under the title, in a list, far below), by the words before it and by the page's other
dates; `candidate_ranker` weighs them against *none of these*.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import compress
from typing import NamedTuple, Optional

from broadsheet.schemas import reasons
from broadsheet.transforms.metadata.dates.date_labels import CHANGED, LINE, OTHER, PUBLISHED, UNKNOWN, read_line
from broadsheet.transforms.metadata.dates.find_dates import FoundDate, relative_date
from broadsheet.transforms.metadata.dates.plausible import is_plausible
from broadsheet.transforms.metadata.names import is_introduced
from broadsheet.transforms.metadata.text.candidate_ranker import Features, ranker
from broadsheet.transforms.metadata.text.dump_view import View, bucket

MAX_DATES = 60
"""Dates looked at on a page, from the top: 99 % of the labelled dates are among the first 42."""

_SHOWN_CHARS = 400
"""Characters of a line's beginning that are read for dates."""

SLOTS = (
    "distance", "below_title", "reason", "length", "share", "label", "apart", "clock", "month_word", "earlier", "copies",
    "newer", "rivals", "byline", "position", "behind", "run", "start", "age", "title_above", "candidates", "same_line",
    "kept_label", "label_shape", "home",
)  # fmt: skip
"""What is known of a date; see `_features`."""

_DISTANCES: list[float] = [-40, -10, -3, -1, 0, 1, 2, 3, 4, 6, 9, 14, 21, 41]
_TITLE_DISTANCES: list[float] = [-20, -6, -3, -2, -1, 0, 1, 2, 3, 4, 6, 9, 15, 30]
_NEAR = 6
"""Lines around a date in which another one makes both look like a list's. An article's date of change is nearer, on its own
line or the next."""


_BESIDE = 2
"""Lines from the date of publication to that of a change."""
_LIST = 4
"""So many dates at even distances are a list's. With 5, and with 4 right below the title too, a page or two of the labelled ones
fall (tj's precision 0.950 instead of 0.956)."""
_STEPS = (1, 2, 3, 4)
"""Lines from one entry of a list to the next: date, headline, teaser, "read more"."""
_UNDER_TITLE = 4

_NO_DATES = frozenset({reasons.PAGE_CLOCK, reasons.CAPTION, reasons.CREDIT, reasons.COMMENT})
"""Whose dates are of something else: the fetch, a picture, a reader's words."""


class DateOf(NamedTuple):
    """A date of the article, how it was found, and the words: the whole line, label included, if that is short."""

    found: FoundDate
    basis: str
    words: str

    @property
    def instant(self) -> dt.datetime:
        """The instant, or, where only the day is known or no zone is named, the day's 00:00 UTC."""
        return self.found.at or dt.datetime.combine(self.found.date, dt.time(), dt.UTC)


class Candidate(NamedTuple):
    """A date, its line, and how it is given there."""

    line: int
    found: FoundDate
    label: int
    apart: bool


_BYLINE_CHARS = 120
"""No labelled byline is longer."""


def _is_hidden(date: FoundDate, following: FoundDate) -> bool:
    """Whether a date is a machine's that readers do not see, glued to the one they see: "2022-12-07T10:10:52+01:0025. Mai 2022".

    Themes of blogs hide the time of the last change so, and show the date of publication.
    """
    return date.span[1] == following.span[0] and _MACHINE.match(date.words) is not None


_MACHINE = re.compile(r"\d{4}-\d\d-\d\dT")


def _without_lists(found: list[Candidate], title: Optional[int]) -> list[Candidate]:
    """Leaves out the dates of a list of other articles: those without a label on lines at even distances.

    Right below the title (and on it) they are kept: there the article's own date may be the first of a list's.
    """
    days = {item.line: item.found.date for item in found}
    return [
        item
        for item in found
        if item.label == PUBLISHED
        or (title is not None and 0 <= item.line - title <= _UNDER_TITLE)
        or _row(days, item.line) < _LIST
    ]


def _row(days: dict[int, dt.date], line: int) -> int:
    """Returns how many dated lines are in a row at even distances, this one among them, each with another date than the next."""
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
    found = _without_lists(_read(page, latest)[0], title)
    days = [item.found.date for item in found]
    return found, [_features(page, title, found, days, number) for number in range(len(found))]


def _read(page: View, latest: dt.datetime) -> tuple[list[Candidate], list[Candidate]]:
    """Returns the dates that may be the article's publication's, and those that are called its changes'."""
    found: list[Candidate] = []
    changes: list[Candidate] = []
    for index in compress(range(len(page.blocks)), page.timed):
        block = page.blocks[index]
        if block.reason in _NO_DATES or (block.reason == reasons.RELATED and index > page.last):
            continue
        if block.kept and index > page.first + 1 and len(block.text) > LINE:
            continue
        above = page.blocks[index - 1].text if index else ""
        dates = page.dates(index)
        for number, item in enumerate(read_line(block.text[:_SHOWN_CHARS], above=above, dates=dates), start=1):
            date = item.found
            hidden = number < len(dates) and _is_hidden(date, dates[number])
            undecided = date.ambiguous and page.day_first is None and date.date.day != date.date.month
            if item.label in (OTHER, UNKNOWN) or hidden or undecided or not is_plausible(date.date, latest):
                continue
            glued = not block.kept and date.span[0] > 0 and block.text[-1] not in ".!?。"
            if item.apart or (glued and item.label != CHANGED):
                (changes if item.label == CHANGED else found).append(Candidate(index, date, item.label, item.apart))
        if len(found) >= MAX_DATES:
            break
    return found, changes


def _features(page: View, title: Optional[int], found: list[Candidate], days: list[dt.date], number: int) -> Features:
    index, date, label, apart = found[number]
    block = page.blocks[index]
    words = len(date.words)
    same_line = {item.found.date for item in found if item.line == index} - {date.date}
    rivals = {item.found.date for item in found if 0 < abs(item.line - index) <= _NEAR} - {date.date}
    return (
        bucket(_DISTANCES, page.first - index),
        bucket(_TITLE_DISTANCES, index - title) if title is not None else 15,
        page.kinds[index],
        bucket([12, 20, 30, 45, 70, 110, 200], len(block.text)),
        bucket([0.1, 0.3, 0.5, 0.7, 0.9], words / max(1, len(block.text))),
        label,
        int(apart),
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
    """Returns the place of a byline: 1 on this line, 2 on the one above, 3 on the one below, 0 nowhere near."""
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
        crawled: When the page was fetched, if that is known: only then "2 hours ago" means a time.
    """
    found, features = candidates(page, title, latest)
    best = ranker("date", SLOTS).choose(features)
    chosen = found[best] if best is not None else None
    changed = _change(page, title, latest, chosen)
    if chosen is None:
        return (_relative(page, title, crawled) if crawled is not None and changed is None else None), changed
    return DateOf(chosen.found, _basis(page, chosen), _words(page, chosen)), changed


def _change(page: View, title: Optional[int], latest: dt.datetime, chosen: Optional[Candidate]) -> Optional[DateOf]:
    """Returns the date of the last change: it is beside the date of publication, or, if there is none, under the title."""
    for item in _read(page, latest)[1]:
        beside = chosen is not None and abs(item.line - chosen.line) <= _BESIDE and item.found.date >= chosen.found.date
        alone = chosen is None and (title is None or -_BESIDE <= item.line - title <= _NEAR)
        if beside or alone:
            return DateOf(item.found, "label", _words(page, item))
    return None


def _words(page: View, item: Candidate) -> str:
    line = page.blocks[item.line].text
    return line if len(line) <= _BYLINE_CHARS else item.found.words


def _basis(page: View, item: Candidate) -> str:
    block = page.blocks[item.line]
    if item.label == PUBLISHED:
        return "label"
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

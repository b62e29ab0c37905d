"""Finds when an article was published: every sign speaks for a day, and the day with the most to say for it is the article's.

A page dates itself in many places that do not agree: its head, its address, the line below the headline. `ORDER` is the one table
of these kinds of signs, the most telling first; the docs print it, `explain` shows it, and `candidates` goes through it. Each
kind that names a day adds its weight to it once, however often it does, and so does what is known of the day beside (whether it
is declared as the last change's, whether the address has an earlier one). The day with the highest sum is the article's if that
is more than the weight of *none of them*: so the declared date wins unless several independent signs contradict it, and a page
that shows only the date of an event has none.

The weights are `html_weights.json`, learned by `python -m benchmarks.train_html_metadata` from all labelled sets, with a penalty
and checked on sets that were left out. A date before 1990 or after the page can have been published is passed over.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from broadsheet.transforms.metadata.dates.date_labels import PUBLISHED
from broadsheet.transforms.metadata.dates.plausible import is_plausible
from broadsheet.transforms.metadata.html import date_signs as signs
from broadsheet.transforms.metadata.html.date_signs import IN_BOX, Scene, Sign
from broadsheet.transforms.metadata.text.candidate_ranker import Features, ranker
from broadsheet.transforms.metadata.text.dump_view import bucket


class Kind(NamedTuple):
    """A kind of sign."""

    rank: int
    basis: str
    """What `published_at_basis` says if it is the first kind that names the day."""
    find: Callable[[Scene], Iterator[Sign]]
    """Its docstring says what the sign is."""
    declared: bool = False
    """Whether it is written for machines."""


ORDER = (
    Kind(1, "json-ld", signs.json_ld, declared=True),
    Kind(2, "meta", signs.meta_published, declared=True),
    Kind(3, "microdata", signs.microdata, declared=True),
    Kind(4, "label", signs.labelled),
    Kind(5, "url", signs.url_day),
    Kind(6, "time element", signs.time_element),
    Kind(7, "date element", signs.date_element),
    Kind(8, "line", signs.date_line),
    Kind(9, "meta", signs.meta_date, declared=True),
    Kind(10, "json-ld", signs.json_ld_created, declared=True),
    Kind(11, "script", signs.script, declared=True),
    Kind(12, "label", signs.labelled_elsewhere),
    Kind(13, "date element", signs.element_elsewhere),
)
"""What speaks for a day, the most telling first."""
FAR = 12
"""The rank from which a kind is asked only if the kinds before it leave the page undated: it is looked for in the whole page."""

SLOTS = (*(kind.find.__name__ for kind in ORDER), "changed", "shift", "address", "rivals", "clock", "only", "agree", "month")
"""What is known of a day: for each kind whether it names it (of shown ones: where), and the rest as `_features` says."""

_ASIDE = 45
"""Days by which a shown day may follow the declared one and be the article's: a journal's issue follows the first version by
weeks (35 days on a labelled page); what lies further ahead is an event's."""
AHEAD = 6
"""What `_shift` says of a day that lies ahead of the declared one by more than `_ASIDE`."""
_YEAR = 365
MOVED = 5
"""What `_address` says of a day more than a `_YEAR` after the one in the address: the page was moved to another system."""


UNRIVALLED = 5
"""What `_rivals` says of a day that declared signs agree on: what else is shown counts less against it."""
MOST_AGREE = 3
"""Kinds of declared signs that agree on a day: with more it is as sure."""
MONTHS = 12
_MONTH_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])/(?!\d\d?/)")
_SLASHED = re.compile(r"(?<!\d)\d\d?([/.-])\d\d?\1\d{2,4}(?!\d)")
"""A date in numbers with the year last, whose day and month could be exchanged."""
_ZONES = (dt.timedelta(hours=-12), dt.timedelta(hours=14))
"""How far the clocks of the world's zones are from UTC."""
_ZONE_STEP = dt.timedelta(minutes=30)
"""The zones' clocks differ by multiples of it, except for two or three."""


class Dates(NamedTuple):
    """When an article was published."""

    date: dt.date
    """The day in the page's own zone."""
    at: dt.datetime | None
    """The instant in UTC, if the page gives time and zone."""
    basis: str
    words: str


class Day(NamedTuple):
    """A day that may be the article's, and the signs that name it, in the order of `ORDER`."""

    date: dt.date
    signs: list[tuple[Kind, Sign]]

    @property
    def dates(self) -> Dates:
        """The day with the basis of its first sign and the instant of the first that knows it."""
        at = next((sign.found.at for _, sign in self.signs if sign.found.at is not None), None)
        kind, sign = self.signs[0]
        return Dates(self.date, at, kind.basis, sign.words)


def find_published(scene: Scene, latest: dt.datetime) -> Dates | None:
    """Returns when the article was published, `None` if nothing on the page says so.

    Args:
        scene: The page.
        latest: The last instant it can have been published at; a day is added for the zones of the world.
    """
    table = ranker("html_date", SLOTS)
    for far in (False, True):
        days, features = candidates(scene, latest, far=far)
        best = table.choose(features)
        if best is not None:
            return _in_its_zone(days[best], days)
    return None


def find_modified(scene: Scene, latest: dt.datetime) -> Dates | None:
    """Returns when the article was changed last, as JSON-LD, meta elements or a line near the headline ("Updated: ...") say."""
    for basis, sign in signs.changes(scene):
        if _is_plausible(sign, latest):
            return Dates(sign.found.date, sign.found.at, basis, sign.words)
    return None


def candidates(scene: Scene, latest: dt.datetime, *, far: bool) -> tuple[list[Day], list[Features]]:
    """Returns the days that signs name, and what is known of each.

    Args:
        scene: The page.
        latest: See `find_published`.
        far: Whether the kinds from `FAR` on are asked, too.
    """
    return weighed(scene, named(scene, latest, [kind for kind in ORDER if far or kind.rank < FAR]))


def named(scene: Scene, latest: dt.datetime, kinds: Iterable[Kind]) -> list[tuple[Kind, Sign]]:
    """Returns the plausible signs of some kinds; shown dates are read with day and month in the declared one's order."""
    found = [(kind, sign) for kind in kinds for sign in kind.find(scene)]
    known = {sign.found.date for kind, sign in found if kind.declared or kind.basis == "url"}
    ordered = ((kind, _in_order(sign, known)) for kind, sign in found)
    return [(kind, sign) for kind, sign in ordered if _is_plausible(sign, latest)]


def _in_order(sign: Sign, known: Collection[dt.date]) -> Sign:
    """Exchanges day and month of a date in numbers that only so is one of the `known` days ("06/01/2026" on an English page)."""
    found = sign.found
    if found.date in known:
        return sign._replace(found=found._replace(ambiguous=False))
    if not known or found.month_word or found.date.day > MONTHS or not _SLASHED.search(found.words):
        return sign
    other = found.date.replace(month=found.date.day, day=found.date.month)
    if other not in known:
        return sign
    # The instant was made of the other day.
    return sign._replace(found=found._replace(date=other, at=None, ambiguous=False))


def weighed(scene: Scene, found: Iterable[tuple[Kind, Sign]]) -> tuple[list[Day], list[Features]]:
    """Returns the days that some signs name, and what is known of each."""
    by_day: dict[dt.date, list[tuple[Kind, Sign]]] = {}
    for kind, sign in found:
        by_day.setdefault(sign.found.date, []).append((kind, sign))
    days = [Day(date, by_kind) for date, by_kind in by_day.items()]
    changed = {sign.found.date for _, sign in signs.changes(scene)}
    return days, [_features(day, days, changed, scene.url) for day in days]


def _is_plausible(sign: Sign, latest: dt.datetime) -> bool:
    return is_plausible(sign.found.date, latest) and not sign.found.ambiguous


def _features(day: Day, days: list[Day], changed: set[dt.date], url: str | None) -> Features:
    by_kind = [0] * len(ORDER)
    for kind, sign in day.signs:
        value = sign.place or 1
        at = kind.rank - 1
        by_kind[at] = min(by_kind[at], value) if by_kind[at] else value
    return (
        *by_kind,
        _changed(day, days, changed),
        _shift(day, days),
        _address(day, days),
        _rivals(day, days, changed),
        int(any(sign.found.time is not None for _, sign in day.signs)),
        _only(day, days, changed),
        0 if _address(day, days) == MOVED else min(MOST_AGREE, _agreeing(day)),
        _month(day, url),
    )


def _declared(days: list[Day]) -> tuple[dt.date, Sign] | None:
    """Returns the first declared day."""
    first = min(
        ((kind.rank, day.date, sign) for day in days for kind, sign in day.signs if kind.declared),
        key=lambda item: item[0],
        default=None,
    )
    return (first[1], first[2]) if first else None


def _rivals(day: Day, days: list[Day], changed: set[dt.date]) -> int:
    """How many other days are shown, in kinds, `UNRIVALLED` if two declared signs agree on this one; the days of changes, those far
    ahead and, if two declared signs agree, those far away that nothing calls published are other things'.
    """
    agreed = _agreeing(day) > 1
    shown = [
        other
        for other in days
        if other is not day
        and other.date not in changed
        and _is_shown(other)
        and _shift(other, days) != AHEAD
        and _address(other, days) != MOVED
        and not (agreed and not _is_called(other) and abs((other.date - day.date).days) > _ASIDE)
    ]
    return UNRIVALLED if shown and agreed else bucket([1, 2, 3, 5], len(shown))


def _agreeing(day: Day) -> int:
    """How many kinds of declared signs name a day, the address among them."""
    return sum(kind.declared or kind.basis == "url" for kind in {kind for kind, _ in day.signs})


def _is_shown(day: Day) -> bool:
    """Tells whether readers see a day around the headline, outside the page's boxes."""
    return any(sign.place not in (0, IN_BOX) for _, sign in day.signs)


def _is_called(day: Day) -> bool:
    """Tells whether words or names call a day the publication's."""
    return any(sign.label == PUBLISHED for _, sign in day.signs)


def _only(day: Day, days: list[Day], changed: set[dt.date]) -> int:
    """Whether a day is the only one that readers see around the headline: 1 it is, 2 it is and another one is declared, 3 it is a
    change's besides, 4 nothing calls it published and it is far from the declared one, on which two signs agree.
    """
    if not _is_shown(day) or any(_is_shown(other) for other in days if other is not day):
        return 0
    declared = _declared(days)
    if declared is None or declared[0] == day.date:
        return 1
    if day.date in changed:
        return 3
    agreed = any(other.date == declared[0] and _agreeing(other) > 1 for other in days)
    return 4 if agreed and not _is_called(day) and abs((day.date - declared[0]).days) > _ASIDE else 2


def _changed(day: Day, days: list[Day], changed: set[dt.date]) -> int:
    """Whether a day is that of a change: 1 it is, 2 it is and lies before the declared one, as the changes of a draft do, 3 it is
    the declared one, too, as on a page that was not changed.
    """
    declared = _declared(days)
    if day.date not in changed or (declared and _is_same_instant(day, declared[1])):
        return 0
    if declared is None:
        return 1
    return 2 if day.date < declared[0] else 3 if day.date == declared[0] else 1


def _shift(day: Day, days: list[Day]) -> int:
    """How a day lies to the declared one: 1 the same, 2 the next or last day of an instant that names no zone of the page, 3 and 4
    before, 5 and 6 after it by less or more than `_ASIDE`, 7 with day and month exchanged, 8 the declared instant in another zone;
    0 if none is declared.
    """
    declared = _declared(days)
    if declared is None:
        return 0
    date, sign = declared
    apart = (day.date - date).days
    if apart == 0:
        return 1
    if _address(Day(date, []), days) == MOVED:
        return 0  # the page was moved to another system, which says nothing of the other days
    if _is_same_instant(day, sign):
        return 8
    if abs(apart) == 1 and not _is_local(sign):
        return 2
    if (day.date.day, day.date.month, day.date.year) == (date.month, date.day, date.year):
        return 7
    return (3 if apart < 0 else 5) + (abs(apart) > _ASIDE)


def _is_same_instant(day: Day, declared: Sign) -> bool:
    """Tells whether a day's clock is the declared instant's in another zone ("5:06pm PT" and "01:06:51Z" of the next day)."""
    at = declared.found.at
    if at is None or abs((day.date - declared.found.date).days) != 1:
        return False
    for _, sign in day.signs:
        if sign.found.time is not None:
            apart = dt.datetime.combine(day.date, sign.found.time.replace(second=0, microsecond=0), dt.UTC) - at.replace(
                second=0, microsecond=0
            )
            if _ZONES[0] <= apart <= _ZONES[1] and not apart % _ZONE_STEP:
                return True
    return False


def _is_local(sign: Sign) -> bool:
    """Tells whether a declared time has the offset of the page's own zone, so that its day is the readers'."""
    found = sign.found
    return (
        found.at is not None
        and found.time is not None
        and found.at.time().replace(microsecond=0) != found.time.replace(microsecond=0)
    )


def _address(day: Day, days: list[Day]) -> int:
    """How a day lies to the address's: 1 the same, 2 near it, 3 before, 4 after, 5 more than a year after; 0: it has none."""
    url = next((other.date for other in days if any(kind.basis == "url" for kind, _ in other.signs)), None)
    if url is None:
        return 0
    apart = (day.date - url).days
    if apart == 0:
        return 1
    return 2 if abs(apart) <= 1 else 3 if apart < 0 else 4 if apart <= _YEAR else MOVED


def _month(day: Day, url: str | None) -> int:
    """Whether the address names a month and no day ("/2021/03/pier"): 1 the day's, 2 an earlier one, 3 a later one, 0 none."""
    found = _MONTH_IN_URL.search(url or "")
    if not found:
        return 0
    apart = (day.date.year - int(found[1])) * MONTHS + day.date.month - int(found[2])
    return 1 if apart == 0 else 2 if apart > 0 else 3


def _in_its_zone(day: Day, days: list[Day]) -> Dates:
    """Returns a chosen day's dates; a shown day takes the declared instant if they are a day apart, as zones put them."""
    dates = day.dates
    declared = _declared(days)
    if dates.at is None and declared and declared[1].found.at and abs((declared[0] - day.date).days) <= 1:
        return dates._replace(at=declared[1].found.at)
    return dates

"""The time of day beside a date, and the zone beside the time.

    " at 4:11 am EST"   " - 14.30 Uhr"   ", 14h30"   " 오후 3:20"   "0612 GMT "   "05:17 (GMT+3), "

A zone is minutes east of Greenwich. American zones that name no season (`ET`) depend on the day and are resolved by `instant`.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple, Optional

from broadsheet.transforms.metadata.dates.date_words import AMERICAN_ZONES, ZONES


class Zone(NamedTuple):
    """A zone's distance from Greenwich."""

    minutes: int
    """East of Greenwich; of an American zone its winter time."""
    american: bool = False
    """Whether summer time has to be added by the day."""


class Clock(NamedTuple):
    """A time of day and its place."""

    time: dt.time
    zone: Optional[Zone]
    start: int
    end: int


_OFFSET = r"[+−-](?:1[0-4]|0?\d)(?::?[0-5]\d)?(?!\d)"
_ZONE = (
    rf"(?P<zone>(?:GMT|UTC)\s?(?:{_OFFSET})?|[+−-]\d{{2}}:?\d{{2}}(?!\d)|МСК|[A-Z]{{1,4}}T|MEZ|MESZ|UT|WIB|WITA|Z)(?![A-Za-z\d])"
)
_MERIDIEM = r"(?P<{0}>上午|下午|午前|午後|凌晨|早上|晚上|中午|오전|오후)"
_TIME = (
    rf"(?:{_MERIDIEM.format('early')}\s?)?(?P<hour>[01]?\d|2[0-4])(?!\d)"
    r"(?:\s?(?:[:.h時时点點시ʰ]|\sh\s)\s?(?P<minute>[0-5]\d)(?!\d)(?:[분分])?(?::(?P<second>[0-5]\d)(?!\d)(?:[.,]\d{1,6})?)?)?"
    r"(?:\s?(?P<meridiem>[ap]\.?\s?m\.?|[πμ]\.?\s?μ\.?)(?![^\W\d_]))?"
    r"(?:\s?(?P<hours>Uhr|uur|hrs?|hod|óra|ч|год|h|시|時|时|点)(?![^\W\d_]))?"
)
_MILITARY = r"(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)"
_AFTER = re.compile(
    r"(?:T|\s?\.?(?:[,;|·•@–—/-]|\(|\sd\.,?|г\.?,?|р\.?,?|г\.\s?в|年?)?\s{0,2}"
    r"(?:(?:at|um|à|às|as|a las|alle ore|alle|ore|om|kl\.?|klo|klokken|o godz\.|godz\.|o|ob|u|в|о|у|στις|ώρα|saat|lúc|pukul|jam|"
    r"الساعة|ساعت|בשעה|time|hora|hour)[\s:]{1,2})?)"
    rf"{_TIME}(?:\s?\(?{_ZONE}\)?)?",
    re.IGNORECASE,
)
_AFTER_MACHINE = re.compile(
    r"[T ](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d):(?P<second>[0-5]\d)(?P<zone>[+-](?:0\d|1[0-4]):[0-5]\d|Z(?![^\W\d_]))?"
    r"(?=\d{1,2}\.\s?[^\W_]|(?![A-Z]{2})[^\W\d_]{3})"
)
"""A machine's time has a fixed length, so that it ends where a dump glued the next date to it ("T10:10:52+01:0025. Dezember")."""
_AFTER_MILITARY = re.compile(rf"[\s,]{{1,2}}{_MILITARY}\s?(?:hrs?\s?)?\(?{_ZONE}\)?")
_BEFORE = re.compile(
    rf"(?<![\d:.,]){_TIME}(?:\s?\(?{_ZONE}\)?)?\s?(?:[,;|·•–—/-]|on|am|del?|le|el|στις)?\s{{0,2}}(?:{{day}})?$".replace(
        "{day}", r"[^\W\d_]{2,12},?\s"
    ),
    re.IGNORECASE,
)
_BEFORE_MILITARY = re.compile(rf"(?<![\d:.,]){_MILITARY}\s?(?:hrs?\s?)?\(?{_ZONE}\)?[\s,]{{0,2}}(?:on\s)?$")
_ZONE_ONLY = re.compile(rf"\s?\(?{_ZONE}\)?")
_AFTERNOON = frozenset({"下午", "午後", "오후", "晚上"})


def clock_after(plain: str, position: int) -> Optional[Clock]:
    """Reads the time that begins at a position, after a comma, a dash or a small word."""
    for pattern in (_AFTER_MACHINE, _AFTER, _AFTER_MILITARY):
        found = pattern.match(plain, position, min(len(plain), position + 64))
        clock = found and _clock(found, 0)
        if clock:
            return clock
    return None


def clock_before(plain: str, low: int, position: int) -> Optional[Clock]:
    """Reads the time that ends right before a position, at most a weekday between them."""
    window = plain[low:position]
    for pattern in (_BEFORE, _BEFORE_MILITARY):
        found = pattern.search(window)
        clock = found and _clock(found, low)
        if clock:
            return clock
    return None


def zone_at(plain: str, position: int) -> tuple[Optional[Zone], int]:
    """Reads a zone alone at a position ("14:30 5 March 2021 GMT"), and says where it ends."""
    found = _ZONE_ONLY.match(plain, position, min(len(plain), position + 16))
    zone = found and zone_named(found["zone"])
    return (zone, found.end()) if found and zone else (None, position)


def zone_named(words: str) -> Optional[Zone]:
    """Returns the zone of `GMT`, `UTC+05:30`, `+0100`, `EST`, `ET`; `None` for any other word."""
    name = words.strip().replace("−", "-")
    if name.upper() in ZONES:
        return Zone(ZONES[name.upper()]) if name.isupper() else None
    if name in AMERICAN_ZONES:
        return Zone(AMERICAN_ZONES[name], american=True)
    found = re.fullmatch(r"(?:GMT|UTC|UT|Z)?\s?([+-])(\d{1,2}):?(\d\d)?", name, re.IGNORECASE)
    if not found:
        return None
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return Zone(-minutes if found[1] == "-" else minutes) if minutes <= 14 * 60 else None


def instant(date: dt.date, time: Optional[dt.time], zone: Optional[Zone]) -> Optional[dt.datetime]:
    """Returns the instant of a wall clock in a zone, in UTC; `None` where the time or the zone is not known."""
    if time is None or zone is None:
        return None
    minutes = zone.minutes + (60 if zone.american and _american_summer(date) else 0)
    try:
        return dt.datetime.combine(date, time, dt.UTC) - dt.timedelta(minutes=minutes)
    except OverflowError:
        return None


def _american_summer(date: dt.date) -> bool:
    """Summer time from the second Sunday of March to the first of November (law of 2007), the first day whole."""
    march, november = dt.date(date.year, 3, 8), dt.date(date.year, 11, 1)
    begins = march + dt.timedelta((6 - march.weekday()) % 7)
    ends = november + dt.timedelta((6 - november.weekday()) % 7)
    return begins <= date < ends


def _clock(found: re.Match[str], low: int) -> Optional[Clock]:
    """Makes a clock of a match; a bare number is an hour only if a word says so."""
    groups = found.groupdict()
    meridiem = (groups.get("meridiem") or "").lower().replace(".", "").replace(" ", "")
    early = groups.get("early")
    if groups["minute"] is None and not (meridiem or early or groups.get("hours")):
        return None
    hour, minute, second = int(groups["hour"]), int(groups["minute"] or 0), int(groups.get("second") or 0)
    if meridiem in ("pm", "μμ") or early in _AFTERNOON:
        hour += 12 if hour < 12 else 0
    elif (meridiem in ("am", "πμ") or early in ("上午", "午前", "凌晨", "오전")) and hour == 12:
        hour = 0
    if hour > 23:
        return None
    zone = zone_named(groups["zone"]) if groups.get("zone") else None
    end = found.end() if zone or not groups.get("zone") else found.start("zone")
    return Clock(dt.time(hour, minute, second), zone, low + found.start("early" if early else "hour"), low + end)

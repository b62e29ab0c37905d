"""Dates that lean on the moment a page was fetched: the clock it showed, and "2 hours ago"."""

from __future__ import annotations

import datetime as dt
import re
from typing import Optional

from broadsheet.transforms.metadata.dates.date_words import AGO_AFTER, AGO_BEFORE, AGO_UNITS, without_accents
from broadsheet.transforms.metadata.dates.prose_dates import DIGITS, WORD, FoundDate, resolve
from broadsheet.transforms.metadata.dates.time_of_day import Zone, instant

_CLOCK = re.compile(
    rf"\W{{0,3}}(?P<time>(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d))\s?(?P<zone>GMT|UTC)\s{{0,2}}"
    rf"(?:(?P<sign>[+-])(?P<offset>\d{{2,6}})|(?P<glued>(?<=GMT|UTC)\d{{1,2}}))\s{{0,2}}(?P<words>{WORD}),?\s(?P<year>\d{{4}})(?!\d)"
)


def page_clock(text: str) -> Optional[FoundDate]:
    """Reads the clock a page showed when it was fetched, as it comes out of a dump: its parts glued together.

    `05:17 GMT +323 February 2019` is 05:17 in GMT+3 on the 23rd; `18:59 GMT24 June 2021` is 18:59 in GMT. Where the digits can
    be parted in two ways (`+112 June`: GMT+1 on the 12th or GMT+11 on the 2nd) there is no answer.
    """
    found = _CLOCK.match(text[:80].translate(DIGITS))
    if not found:
        return None
    year = int(found["year"])
    partings = [(0, found["glued"])] if found["glued"] else _partings(found["sign"], found["offset"])
    readings = []
    for minutes, day in partings:
        resolved = resolve(found["words"], int(day), year)
        if resolved and not (len(day) == 2 and day[0] == "0" and len(partings) > 1):
            readings.append((minutes, *resolved))
    if len(readings) != 1:
        return None
    minutes, date, calendar = readings[0]
    time = dt.time(int(found["hour"]), int(found["minute"]))
    span = (found.start("time"), found.end())
    return FoundDate(date, time, instant(date, time, Zone(minutes)), text[slice(*span)], span, calendar, month_word=True)


def _partings(sign: str, digits: str) -> list[tuple[int, str]]:
    """Parts `323` into an offset of -12 to +14 hours (or `53024`: with minutes, :30 or :45) and a day of one or two digits."""
    found = []
    for at in range(max(1, len(digits) - 2), len(digits)):
        offset, day = digits[:at], digits[at:]
        hours, minutes = (int(offset), 0) if at <= 2 else (int(offset[:-2]), int(offset[-2:]))
        if hours <= 14 and minutes in (0, 30, 45) and 1 <= int(day) <= 31 and (at <= 2 or minutes):
            found.append(((hours * 60 + minutes) * (-1 if sign == "-" else 1), day))
    return found


_RELATIVE = re.compile(
    rf"(?:(?P<before>(?:il y a|{WORD}))\s)?(?<!\d)(?P<number>\d{{1,3}})\s?(?P<unit>{WORD})\.?(?:\s(?P<after>{WORD}(?:\s{WORD})?))?"
)
_CJK_RELATIVE = re.compile(r"(?<!\d)(?P<number>\d{1,3})\s?(?P<unit>分钟|分鐘|分|小时|小時|時間|天|日|분|시간|일)\s?[之以]?[前전]")
_CJK_UNITS = {
    "分钟": "minute",
    "分鐘": "minute",
    "分": "minute",
    "小时": "hour",
    "小時": "hour",
    "時間": "hour",
    "天": "day",
    "日": "day",
    "분": "minute",
    "시간": "hour",
    "일": "day",
}


def relative_date(text: str, now: dt.datetime) -> Optional[FoundDate]:
    """Reads "2 hours ago", "vor 3 Tagen", "3 часа назад", "2시간 전" against a known time.

    Weeks, months and years ago name no day and give `None`.

    Args:
        text: A short line; only its first 120 characters are looked at.
        now: When the page was fetched, in UTC.
    """
    plain = text[:120].translate(DIGITS)
    unit = None
    found = _CJK_RELATIVE.search(plain)
    if found:
        unit = _CJK_UNITS[found["unit"]]
    else:
        for found in _RELATIVE.finditer(plain):
            unit = AGO_UNITS.get(without_accents(found["unit"]))
            before = without_accents((found["before"] or "").replace(" ", "_"))
            after = without_accents(found["after"] or "").split()
            marked = before in AGO_BEFORE or bool(after and (after[0] in AGO_AFTER or "_".join(after[:2]) in AGO_AFTER))
            if unit and marked:
                break
            unit = None
    if not found or not unit:
        return None
    delta = dt.timedelta(**{unit + "s": int(found["number"])})
    at = now - delta
    exact = unit != "day"
    return FoundDate(
        at.date(), at.time() if exact else None, at if exact else None, text[slice(*found.span())].strip(), found.span()
    )

"""Other calendars than the Gregorian, turned into days of it.

Only the years in which web pages were written are covered; everything else is `None`, never a guess. The ranges of years of the
calendars do not meet (`calendar_of`), so that a bare `1442/07/05` differs from a bare `1400/01/15`.
"""

from __future__ import annotations

import datetime as dt
from typing import Optional

BUDDHIST_OFFSET = 543
"""Thailand's year 2564 is 2021; months and days are the Gregorian ones."""

_HIJRI_FIRST_YEAR = 1411
_HIJRI_FIRST_DAY = dt.date(1990, 7, 23)
_HIJRI_MONTHS = (
    0x2DA, 0x5D9, 0xDB2, 0xBA4, 0xB4A, 0xA55, 0x2B5, 0x575, 0xB6A, 0xBD2,
    0xBC4, 0xB89, 0xA95, 0x52D, 0x5AD, 0xB6A, 0x6D4, 0xDC9, 0xD92, 0xAA6,
    0x956, 0x2AE, 0x56D, 0x36A, 0xB55, 0xAAA, 0x94D, 0x49D, 0x95D, 0x2BA,
    0x5B5, 0x5AA, 0xD55, 0xA9A, 0x92E, 0x26E, 0x55D, 0xADA, 0x6D4, 0x6A5,
)  # fmt: skip
"""Months of 30 days (a set bit, the first month lowest) and of 29 in the Umm al-Qura calendar of Saudi Arabia, 1411 to 1450.

The lengths are astronomical and follow no formula; they were checked against the PyPI package hijridate 2.6. Other countries see
it a day earlier or later, which is why a Gregorian date beside a Hijri one should win (`find_dates` returns both)."""

_PERSIAN_FIRST_YEAR = 1369
_PERSIAN_FIRST_DAY = dt.date(1990, 3, 21)
_PERSIAN_LAST_YEAR = 1410


def calendar_of(year: int) -> Optional[str]:
    """Returns the calendar whose year this must be on a web page, or `None`.

    Persian 1369 to 1410 is 1990 to 2032, Hijri 1411 to 1450 is 1990 to 2029, Buddhist 2533 to 2599 is 1990 to 2056.
    """
    if 1900 <= year <= 2100:
        return "gregorian"
    if _PERSIAN_FIRST_YEAR <= year <= _PERSIAN_LAST_YEAR:
        return "persian"
    if _HIJRI_FIRST_YEAR <= year < _HIJRI_FIRST_YEAR + len(_HIJRI_MONTHS):
        return "hijri"
    if 2533 <= year <= 2599:
        return "buddhist"
    return None


def gregorian(calendar: str, year: int, month: int, day: int) -> Optional[dt.date]:
    """Returns the Gregorian day of a date in another calendar, `None` where the calendar has no such day."""
    if calendar == "buddhist":
        calendar, year = "gregorian", year - BUDDHIST_OFFSET
    if calendar == "gregorian":
        try:
            return dt.date(year, month, day)
        except ValueError:
            return None
    if not (1 <= month <= 12 and day >= 1):
        return None
    if calendar == "persian":
        return _persian(year, month, day)
    if calendar == "hijri":
        return _hijri(year, month, day)
    return None


def _persian_leap(year: int) -> bool:
    """The 33-year rule: exact from 1244 to 1472 of the Persian calendar (checked against PyPI's convertdate from 1360 to 1419)."""
    return (year * 8 + 29) % 33 < 8


def _persian(year: int, month: int, day: int) -> Optional[dt.date]:
    length = 31 if month <= 6 else 30 if month <= 11 or _persian_leap(year) else 29
    if not (_PERSIAN_FIRST_YEAR <= year <= _PERSIAN_LAST_YEAR and day <= length):
        return None
    days = sum(366 if _persian_leap(y) else 365 for y in range(_PERSIAN_FIRST_YEAR, year))
    return _PERSIAN_FIRST_DAY + dt.timedelta(days + 31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1)


def _hijri(year: int, month: int, day: int) -> Optional[dt.date]:
    index = year - _HIJRI_FIRST_YEAR
    if not (0 <= index < len(_HIJRI_MONTHS) and day <= 29 + (_HIJRI_MONTHS[index] >> (month - 1) & 1)):
        return None
    days = sum(12 * 29 + bits.bit_count() for bits in _HIJRI_MONTHS[:index])
    days += sum(29 + (_HIJRI_MONTHS[index] >> m & 1) for m in range(month - 1))
    return _HIJRI_FIRST_DAY + dt.timedelta(days + day - 1)

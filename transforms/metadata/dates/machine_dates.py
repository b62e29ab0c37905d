"""Dates that machines write into pages: ISO 8601 and RFC 2822."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from typing import Optional

from broadsheet.transforms.metadata.dates.calendars import gregorian
from broadsheet.transforms.metadata.dates.prose_dates import FoundDate
from broadsheet.transforms.metadata.dates.time_of_day import instant, zone_named

_ISO = re.compile(
    r"\s{0,9}(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)"
    r"(?:[T\s_]{1,2}(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d{1,9})?)?\s?(?P<zone>Z|(?:GMT|UTC)?\s?[+-]\d\d:?(?:\d\d)?|[A-Z]{2,4})?)?",
)
_RFC = re.compile(r"\s{0,9}(?:[A-Za-z]{3,9},?\s)?\d{1,2}\s[A-Za-z]{3,9}\s\d{4}\s\d{1,2}:\d\d")


def parse_timestamp(text: str) -> Optional[FoundDate]:
    """Reads what machines write into pages: ISO 8601 (dates, times, offsets, compact forms) and RFC 2822.

    Returns:
        The first date of the text if it begins with one in these forms. `at` is `None` if no zone is given, because
        `2021-03-05T23:30` is not an instant.
    """
    head = text[:80]
    found = _ISO.match(head)
    if found:
        date = gregorian("gregorian", int(found["year"]), int(found["month"]), int(found["day"]))
        if date is None or (found["hour"] is None and head[found.end() : found.end() + 1].isdigit()):
            return None
        time = None
        if found["hour"] and int(found["hour"]) < 24 and int(found["minute"]) < 60 and int(found["second"] or 0) < 61:
            time = dt.time(int(found["hour"]), int(found["minute"]), min(int(found["second"] or 0), 59))
        zone = zone_named(found["zone"]) if found["zone"] else None
        return FoundDate(date, time, instant(date, time, zone), found[0].strip(), found.span())
    if _RFC.match(head):
        try:
            value = parsedate_to_datetime(head.strip())
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        known = value.tzinfo is not None
        at = value.astimezone(dt.UTC) if known else None
        return FoundDate(value.date(), value.time(), at, head.strip(), (0, len(head)), month_word=True)
    return None

"""Dates in what people and machines write.

    find_dates("Published: 0612 GMT December 28, 2016")   -> [FoundDate(date(2016, 12, 28), time(6, 12), 06:12 UTC, ...)]
    find_dates("5 بهمن 1399 - 14:30")                     -> [FoundDate(date(2021, 1, 24), time(14, 30), None, ...)]
    page_clock("05:17 GMT +323 February 2019")            -> 02:17 UTC on 23 February 2019
    parse_timestamp("2021-03-05T14:30:00+01:00")          -> 13:30 UTC
    relative_date("2 hours ago", crawled_at)              -> two hours before

A date needs its year: every search starts at something that looks like one and looks at the few words around it, so that a text
without years costs one pass of one regular expression, and no input makes the search go back and forth.

Three things are kept apart. `date` is the day as the page writes it. `time` is the page's wall clock. `at` is an instant, and
is only there when the page names the zone. A day and month that could be exchanged (`03/04/2021`) are marked `ambiguous`: the
caller knows more about the page and decides.
"""

from __future__ import annotations

from broadsheet.transforms.metadata.dates.machine_dates import parse_timestamp
from broadsheet.transforms.metadata.dates.prose_dates import FoundDate, find_dates
from broadsheet.transforms.metadata.dates.relative_dates import page_clock, relative_date

__all__ = ["FoundDate", "find_dates", "page_clock", "parse_timestamp", "relative_date"]

"""Says which days a page can have been published on."""

from __future__ import annotations

import datetime as dt

EARLIEST = dt.date(1990, 1, 1)
"""The year of the first web page. An earlier day is a birthday, a clock that was never set (1970-01-01) or a misreading."""


def is_plausible(day: dt.date, latest: dt.datetime) -> bool:
    """Says whether a day lies between `EARLIEST` and a day after `latest`, for the page's own zone may be ahead of UTC."""
    return EARLIEST <= day <= (latest + dt.timedelta(days=1)).date()

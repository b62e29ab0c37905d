"""Says which days a page can have been published on."""

from __future__ import annotations

import datetime as dt

EARLIEST = dt.date(1990, 1, 1)
"""The year of the first web page. An earlier day is a birthday, a clock that was never set (1970-01-01) or a misreading."""


def is_plausible(day: dt.date, latest: dt.datetime | None) -> bool:
    """Says whether a day lies between `EARLIEST` and a day after `latest`, for the page's own zone may be ahead of UTC.

    Args:
        day: The day.
        latest: When the page was there at the latest; `None` if that is not known.
    """
    return day >= EARLIEST and (latest is None or day <= (latest + dt.timedelta(days=1)).date())

"""When a dump says its article was published and changed."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple, Optional

from schemas import reasons
from schemas.records import Article
from transforms.metadata.dates import FoundDate, find_dates

EARLIEST = dt.date(1990, 1, 1)
"""Nothing was published on the web before."""

_MODIFIED = re.compile(
    r"\b(?:updated?|modified|aktualisiert|geändert|mis à jour|actualizado|bijgewerkt)\b", re.IGNORECASE
)


class DateOf(NamedTuple):
    """A date of the article."""

    found: FoundDate
    basis: str

    @property
    def instant(self) -> dt.datetime:
        """The instant, or, where only the day or no zone is known, the day's 00:00 UTC."""
        return self.found.at or dt.datetime.combine(self.found.date, dt.time(), dt.UTC)


def plausible(found: FoundDate, latest: dt.datetime) -> bool:
    """Whether an article can have been published then: not before the web, not more than a day after `latest`."""
    return EARLIEST <= found.date <= (latest + dt.timedelta(days=1)).date()


def text_dates(article: Article, latest: dt.datetime, crawled: Optional[dt.datetime]) -> tuple[Optional[DateOf], Optional[DateOf]]:
    """Returns the dates of publication and of the last change, each `None` where the page does not say."""
    published = modified = None
    for block in article.blocks:
        if block.reason != reasons.DATE_LINE:
            continue
        for found in find_dates(block.text):
            if not plausible(found, latest):
                continue
            if _MODIFIED.search(block.text):
                modified = modified or DateOf(found, "date line")
            else:
                published = published or DateOf(found, "date line")
    return published, modified

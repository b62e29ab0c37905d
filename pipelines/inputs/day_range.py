"""Days: a range of days, and which inputs are of it, for backfills and for schedules that read one day.

Two ways to say where a day's files lie. A placeholder in an input, `crawl/{date:%Y/%m/%d}/`, becomes one path a day: nothing
else is listed, which counts on an object store. Or `--path-template '{source}/{date}/{name}'` says which part of a path is the
day: all is listed, and files of other days are left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from broadsheet.schemas.errors import ConfigError
from broadsheet.schemas.records import InputFile
from broadsheet.transforms.read.metadata_overrides import compile_template

_PLACEHOLDER = re.compile(r"\{date(?::([^{}]*))?\}")
_PLAIN = "%Y-%m-%d"

_MOST = 36_600
"""Days of a century: more is a misspelt year."""


class Days(NamedTuple):
    """A range of days, both ends included."""

    first: dt.date
    last: dt.date

    def each(self) -> Iterator[dt.date]:
        """Yields the days."""
        return (self.first + dt.timedelta(number) for number in range((self.last - self.first).days + 1))

    def hold(self, day: dt.date) -> bool:
        """Whether a day is one of them."""
        return self.first <= day <= self.last


def parse_days(text: str) -> Days:
    """Reads `2024-01-01..2024-02-01`, both ends included, or one day.

    Raises:
        ConfigError: It is not a range of days.
    """
    first, dots, last = text.partition("..")
    try:
        days = Days(dt.date.fromisoformat(first.strip()), dt.date.fromisoformat((last if dots else first).strip()))
    except ValueError as error:
        raise ConfigError(f"--dates {text}: expected a day or a range of days, 2024-01-01..2024-02-01") from error
    if days.first > days.last or (days.last - days.first).days >= _MOST:
        raise ConfigError(f"--dates {text}: the first day must not be after the last, nor a century before it")
    return days


def has_placeholder(path: str) -> bool:
    """Returns whether an input is a pattern with one path per day."""
    return _PLACEHOLDER.search(path) is not None


def expand(path: str, days: Days) -> list[str]:
    """Returns an input's paths on each of the days; formats coarser than a day give a path once.

    Args:
        path: With `{date}`, which is written 2024-01-31, or `{date:FORMAT}` in the words of strftime.
        days: Which days.
    """
    return list(dict.fromkeys(_on_day(path, day) for day in days.each()))


def _on_day(path: str, day: dt.date) -> str:
    return _PLACEHOLDER.sub(lambda found: day.strftime(found[1] or _PLAIN), path)


def check_days(paths: Iterable[str], days: Days | None, path_template: str | None) -> None:
    """Refuses inputs whose days nothing says, before anything is listed.

    Raises:
        ConfigError: A placeholder without days, or days without a placeholder or template.
    """
    for path in paths:
        if days is None and has_placeholder(path):
            raise ConfigError(f"{path} has one path per day: say which days by --dates 2024-01-01..2024-02-01")
        if days is not None and not has_placeholder(path) and "{date}" not in (path_template or ""):
            raise ConfigError(
                f"--dates: nothing says of which day the files in {path} are: put {{date}} into it or --path-template"
            )


def of_days(items: Iterable[InputFile], days: Days, path_template: str, left_out: Counter[str]) -> Iterator[InputFile]:
    """Yields the inputs whose path names one of the days.

    Args:
        items: Inputs.
        days: Which days.
        path_template: As for `read.metadata_overrides.compile_template`, with `{date}`.
        left_out: Gets a count of the others, `files`.
    """
    pattern = compile_template(path_template)
    for item in items:
        found = pattern.search(item.uri)
        if found and _is_of(found["date"], days):
            yield item
        else:
            left_out["files"] += 1


def _is_of(text: str, days: Days) -> bool:
    try:
        return days.hold(dt.date.fromisoformat(text))
    except ValueError:  # 2024-13-45 has a day's form
        return False

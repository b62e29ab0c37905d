"""Dates in prose, found around their years; `metadata.dates.find_dates` tells the story."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import NamedTuple, Optional

from broadsheet.transforms.metadata.dates.calendars import calendar_of, gregorian
from broadsheet.transforms.metadata.dates.date_words import CROATIAN, ERAS, FILLERS, MONTHS, without_accents
from broadsheet.transforms.metadata.dates.time_of_day import clock_after, clock_before, instant, zone_at


class FoundDate(NamedTuple):
    """A date some words speak of."""

    date: dt.date
    """The day in the page's own zone."""
    time: Optional[dt.time]
    """The time of day in the page's own zone, if it is beside the date."""
    at: Optional[dt.datetime]
    """The instant in UTC, where time and zone are known."""
    words: str
    """The very words, time and zone included."""
    span: tuple[int, int]
    """Their place in the text."""
    calendar: str = "gregorian"
    """The calendar it was written in: `gregorian`, `buddhist`, `persian`, `hijri`."""
    ambiguous: bool = False
    """Whether day and month could be exchanged; `date` has the day first then, unless the caller said otherwise."""
    month_word: bool = False
    """Whether the month was a word."""


MAX_YEARS = 200
"""How many year-like numbers of one text are looked at. The labelled pages' longest line holds 61; a text with more is a table."""

_WINDOW = 48
"""Characters before and after a year that can belong to its date: "Wednesday the 21st day of September," has 38."""

DIGITS = str.maketrans(
    {
        chr(zero + value): str(value)
        for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xFF10)
        for value in range(10)
    }
    | {"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2011": "-", "／": "/", "：": ":", "．": ".", "ـ": " "}
)
"""Digits of other scripts and the spaces of typesetters, character for character, so that positions stay."""

# What a dump glues to a year: a clock ("Apr 28 20232:23 PM") or the next date ("27 abril, 202226 abril, 2022").
_YEAR = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d|1[34]\d\d|25\d\d)"
    r"(?:(?!\d)|(?<=[^\d.,:/-]\s....)(?=\d{1,2}[.:\s])|(?<=[./\s-]....)(?=[012]?\d:\d\d)|(?<=,\s....)(?=[0-3]?\d\.?\s[^\W\d_]{3}))"
    r"|(?<![\w.,:/-])(?P<short>\d{1,2}([./-])\d{1,2}\3\d\d)(?![\d./:%-]|,\d)"
    r"|(?P<era>令和|平成|昭和|民國|民国)"
    r"|(?P<chinese>[二一][〇零○九][〇零○一二三四五六七八九]{2})年"
)
WORD = r"[^\s\d!-/:-@\[-`{-~«»“”„·•|–—،年月日]{1,24}"
_SEP = r"[\s.,،'’/-]{0,3}"
_DAY = r"(?<![\d.,:])(?P<day>\d{1,2})(?:st|nd|rd|th|er|re|º|ª|°|-?[гоейй]{1,2}|ης|η|[ae]|\.?an|\.)?"
_DIGIT = re.compile(r"\d")
_DAY_WORDS = re.compile(rf"{_DAY}{_SEP}(?P<words>(?:{WORD}{_SEP}){{1,4}})$")
_WORDS_DAY = re.compile(
    rf"(?P<words>{WORD}(?:\.{WORD})?\.?(?:\s{WORD})?)[\s.,-]{{0,3}}{_DAY}[\s.,،-]{{0,3}}(?P<filler>(?:{WORD}[\s,]{{1,2}})?)$"
)
_YEAR_DAY_WORD = re.compile(rf"(?P<filler>{_SEP}{WORD}){_SEP}(?P<day>\d{{1,2}}){_SEP}(?P<words>{WORD})")
_YEAR_WORDS_DAY = re.compile(rf"(?P<words>(?:{_SEP}{WORD}){{1,3}}){_SEP}(?P<day>\d{{1,2}})(?!\d|[:.]\d)")
_CLOCK_BEFORE_YEAR = re.compile(r"\d\d:\d\d(?::\d\d)?\s(?:[A-Z]{3,4}\s|[+-]\d{4}\s)?$")
"""The clock in the middle of what Unix' date prints ("Fri Mar  5 14:30:00 CET 2021")."""
_GLUED = re.compile(r"^.*(?:[^\W\d_A-Z](?=[A-Z])|[A-Z](?=[A-Z][a-z]))")
"""What a dump glued to a month ("EditorialNovember 22, 2018", "ANNE HOLMJune 11, 2019")."""
_NUMERIC_BEFORE = re.compile(r"(?<![\d.,/:-])(?P<a>\d{1,2})\s?(?P<sep>[./-]|\s-\s)\s?(?P<b>\d{1,2})\.?\s?(?:[./-]|(?<=\.)|\s-)\s?$")
_NUMERIC_AFTER = re.compile(r"\s?(?P<sep>[./-])\s?(?P<a>\d{1,2})\s?(?P=sep)\s?(?P<b>\d{1,2})(?![\d/-]|\.\d)")
_SPACED_AFTER = re.compile(r"\s(?P<a>0[1-9]|1[0-2])\s(?P<b>0[1-9]|[12]\d|3[01])(?![\w./-])(?!\s\d+(?![\d:.]))")
"""Lithuania's short form, "2018 01 18"; more numbers after it make it a telephone's."""
_CJK_AFTER = re.compile(r"\s?[年년]\s?(?P<a>\d{1,2})\s?[月월]\s?(?P<b>\d{1,2})\s?[日일号號]")
_VIETNAMESE = re.compile(r"(?<!\d)(?P<a>\d{1,2})\s(?:tháng|thg)\s?(?P<b>\d{1,2})\s?(?:,|năm|/)?\s?(?:năm\s)?$", re.IGNORECASE)
_ERA = re.compile(r"\s?(?P<year>\d{1,3}|元)\s?年\s?(?P<a>\d{1,2})\s?月\s?(?P<b>\d{1,2})\s?日")
_CHINESE = re.compile(r"年(?P<a>[一二三四五六七八九十]{1,2})月(?P<b>[一二三四五六七八九十]{1,3})[日号號]")
_SHORT = re.compile(r"(?P<a>\d{1,2})(?P<sep>[./-])(?P<b>\d{1,2})[./-](?P<year>\d\d)")


def find_dates(text: str, *, day_first: Optional[bool] = None) -> list[FoundDate]:
    """Finds the dates of a text, in their order.

    Args:
        text: Words of any length; of a text with more than `MAX_YEARS` years only the first are looked at.
        day_first: How the page writes `03/04/2021`. `None`: not known; such dates come back `ambiguous`.

    Returns:
        Dates with a day, a month and a year. Words that share a year give one date. The year is 1900 to 2100.
    """
    plain = text if text.isascii() else text.translate(DIGITS)
    found: list[FoundDate] = []
    end = 0
    for number, year in enumerate(_YEAR.finditer(plain)):
        if number == MAX_YEARS:
            break
        if year.start() < end:
            continue
        day = next((day for day in _readings(plain, year, end, day_first) if day is not None), None)
        if day is not None:
            item = _with_clock(text, plain, day, end)
            found.append(item)
            end = item.span[1]
    return found


class _Day(NamedTuple):
    date: dt.date
    start: int
    end: int
    calendar: str = "gregorian"
    ambiguous: bool = False
    month_word: bool = False


def _readings(plain: str, year: re.Match[str], floor: int, day_first: Optional[bool]) -> Iterator[Optional[_Day]]:
    """Tries the ways a date can be written around one year, the surest first; nothing before `floor` may be used."""
    if year["short"]:
        yield _short(year, day_first)
        return
    if year["era"]:
        yield _numbers(_ERA.match(plain, year.end()), year.start(), ERAS[year["era"]])
        return
    if year["chinese"]:
        yield _chinese(plain, year)
        return
    value, start, end = int(year["year"]), year.start(), year.end()
    low = max(floor, start - _WINDOW)
    before = plain[low:start]
    after = plain[end : end + _WINDOW]
    yield _year_first(after, start, end, value)
    numeric = _NUMERIC_BEFORE.search(before[-14:])
    if numeric:
        yield _day_and_month(value, numeric, start - len(before[-14:]) + numeric.start(), end, day_first)
    vietnamese = _VIETNAMESE.search(before[-24:])
    if vietnamese:
        date = gregorian("gregorian", value, int(vietnamese["b"]), int(vietnamese["a"]))
        yield _Day(date, start - len(before[-24:]) + vietnamese.start(), end) if date else None
    yield _word_first(before, low, end, value)
    yield _word_after(after, start, end, value)


def _year_first(after: str, start: int, end: int, value: int) -> Optional[_Day]:
    """`2021-03-05`, `2021/3/5`, `2021. 03. 05.`, `2021 03 05`, `2021年3月5日`, `1400/01/15`."""
    found = _CJK_AFTER.match(after) or _NUMERIC_AFTER.match(after) or _SPACED_AFTER.match(after)
    calendar = calendar_of(value)
    if not found or not calendar:
        return None
    date = gregorian(calendar, value, int(found["a"]), int(found["b"]))
    return _Day(date, start, end + found.end(), calendar) if date else None


def _day_and_month(year: int, found: re.Match[str], start: int, end: int, day_first: Optional[bool]) -> Optional[_Day]:
    """Two numbers before a year: dots mean day first; with slashes and hyphens both orders are in use."""
    calendar = calendar_of(year)
    if not calendar:
        return None
    a, b = int(found["a"]), int(found["b"])
    dayfirst, monthfirst = gregorian(calendar, year, b, a), gregorian(calendar, year, a, b)
    if "." in found["sep"] or calendar != "gregorian":
        date = dayfirst or monthfirst
        return _Day(date, start, end, calendar) if date else None
    if dayfirst and monthfirst and dayfirst != monthfirst and day_first is None:
        return _Day(dayfirst, start, end, calendar, ambiguous=True)
    date = (monthfirst or dayfirst) if day_first is False else (dayfirst or monthfirst)
    return _Day(date, start, end, calendar) if date else None


def _short(year: re.Match[str], day_first: Optional[bool]) -> Optional[_Day]:
    """`05.03.21`: two digits are a year of this century up to 69, as POSIX has it."""
    found = _SHORT.match(year["short"])
    if not found:
        return None
    value = int(found["year"])
    return _day_and_month(value + (2000 if value < 69 else 1900), found, year.start(), year.end(), day_first)


def _numbers(found: Optional[re.Match[str]], start: int, offset: int) -> Optional[_Day]:
    if not found:
        return None
    year = 1 if found["year"] == "元" else int(found["year"])
    date = gregorian("gregorian", offset + year, int(found["a"]), int(found["b"]))
    return _Day(date, start, found.end()) if date else None


def _chinese(plain: str, year: re.Match[str]) -> Optional[_Day]:
    """`二〇二一年三月五日`."""
    found = _CHINESE.match(plain, year.end() - 1)
    if not found:
        return None
    values = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
    number = int("".join(str(values[character]) for character in year["chinese"]))

    def small(word: str) -> int:
        tens, ten, ones = word.rpartition("十")
        return (values.get(tens, 1) * 10 if ten else 0) + values.get(ones, 0)

    date = gregorian("gregorian", number, small(found["a"]), small(found["b"]))
    return _Day(date, year.start(), found.end()) if date else None


def _month(words: str) -> Optional[tuple[str, int, str]]:
    """Returns calendar, number and folded name of the one month among some words, `None` unless all others are fillers.

    A month may be named twice: Arabic papers write both its names ("آذار/مارس").
    """
    parts = [
        part
        for part in (without_accents(part.strip(".,،'’-/")) for part in words.replace("-", " ").replace("/", " ").split())
        if part
    ]
    pairs = [" ".join(parts[i : i + 2]) for i in range(len(parts) - 1)]
    for width, names in ((2, pairs), (1, parts)):
        for i, name in enumerate(names):
            if name in MONTHS and all(
                part in FILLERS or MONTHS.get(part) == MONTHS[name] for part in parts[:i] + parts[i + width :]
            ):
                return (*MONTHS[name], name)
    return None


def resolve(words: str, day: int, year: int, croatian: bool = False) -> Optional[tuple[dt.date, str]]:
    month = _month(words)
    if not month:
        return None
    calendar, number, name = month
    if calendar == "gregorian" and calendar_of(year) == "buddhist":
        calendar = "buddhist"
    if croatian and name in CROATIAN:
        number = 10
    date = gregorian(calendar, year, number, day)
    return (date, calendar) if date and 1900 <= date.year <= 2100 else None


def _word_first(before: str, low: int, end: int, value: int) -> Optional[_Day]:
    """`5 March 2021`, `5. března 2021`, `5 de marzo de 2021`, `March 5th, 2021`, `marzo 5 de 2021`."""
    if not _DIGIT.search(before):
        return None
    before = _CLOCK_BEFORE_YEAR.sub("", before)
    found = _DAY_WORDS.search(before)
    if found:
        dotted = before[found.end("day") : found.end("day") + 1] == "."
        resolved = resolve(found["words"], int(found["day"]), value, croatian=dotted)
        if resolved:
            return _Day(resolved[0], low + found.start(), end, resolved[1], month_word=True)
    for found in _WORDS_DAY.finditer(before):
        last = found["words"].split()[-1]
        for words in dict.fromkeys((found["words"], last, _GLUED.sub("", last))):
            if not found["filler"] or without_accents(found["filler"].strip(" ,")) in FILLERS:
                resolved = resolve(words, int(found["day"]), value)
                if resolved:
                    return _Day(resolved[0], low + found.start() + found["words"].rindex(words), end, resolved[1], month_word=True)
    return None


def _word_after(after: str, start: int, end: int, value: int) -> Optional[_Day]:
    """`2021. március 5.`, `2021 m. kovo 5 d.`, `2021 March 5`, `2021. gada 5. martā`."""
    if not _DIGIT.search(after):
        return None
    found = _YEAR_WORDS_DAY.match(after)
    if found:
        resolved = resolve(found["words"], int(found["day"]), value)
        if resolved:
            return _Day(resolved[0], start, end + found.end(), resolved[1], month_word=True)
    found = _YEAR_DAY_WORD.match(after)
    if found and without_accents(found["filler"].strip(" .,-/")) in FILLERS:
        resolved = resolve(found["words"], int(found["day"]), value)
        if resolved:
            return _Day(resolved[0], start, end + found.end(), resolved[1], month_word=True)
    return None


def _with_clock(text: str, plain: str, day: _Day, floor: int) -> FoundDate:
    """Adds the time and the zone directly after or before a date."""
    start, end, time, zone = day.start, day.end, None, None
    clock = clock_after(plain, end)
    if clock:
        time, zone, end = clock.time, clock.zone, clock.end
    else:
        clock = clock_before(plain, max(floor, start - _WINDOW), start)
        if clock:
            time, zone, start = clock.time, clock.zone, clock.start
            if zone is None:
                zone, end = zone_at(plain, end)
    return FoundDate(
        day.date,
        time,
        instant(day.date, time, zone),
        text[start:end].strip(),
        (start, end),
        day.calendar,
        day.ambiguous,
        day.month_word,
    )

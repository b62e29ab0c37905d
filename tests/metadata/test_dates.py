"""What dates in prose mean, in many languages and calendars, and what is not a date."""

from __future__ import annotations

import datetime as dt

import pytest
from helpers.runaway import no_runaway
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.transforms.metadata.dates.calendars import calendar_of, gregorian
from broadsheet.transforms.metadata.dates.date_words import GREGORIAN, MONTHS, _forms
from broadsheet.transforms.metadata.dates.find_dates import find_dates, page_clock, parse_timestamp, relative_date

MARCH_5 = dt.date(2021, 3, 5)
NOW = dt.datetime(2021, 3, 5, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Posted on March 5th, 2021 in Harbour news"),
        ("en", "Friday the 5th of March, 2021"),
        ("de", "Freitag, 5. März 2021"),
        ("de-AT", "05.03.2021"),
        ("fr", "Publié le vendredi 5 mars 2021"),
        ("es", "5 de marzo de 2021"),
        ("es-CO", "marzo 5 de 2021"),
        ("it", "venerdì 5 marzo 2021"),
        ("pt", "5 de março de 2021"),
        ("ca", "5 de març del 2021"),
        ("gl", "5 de marzo do 2021"),
        ("ro", "5 martie 2021"),
        ("nl", "5 maart 2021"),
        ("af", "5 Maart 2021"),
        ("sv", "den 5 mars 2021"),
        ("da", "5. marts 2021"),
        ("no", "5. mars 2021"),
        ("is", "5. mars 2021"),
        ("fi", "5. maaliskuuta 2021"),
        ("et", "5. märts 2021"),
        ("lv", "2021. gada 5. martā"),
        ("lt", "2021 m. kovo 5 d."),
        ("pl", "5 marca 2021"),
        ("cs", "5. března 2021"),
        ("sk", "5. marca 2021"),
        ("sl", "5. marec 2021"),
        ("hr", "5. ožujka 2021."),
        ("sr", "5. марта 2021."),
        ("mk", "5 март 2021"),
        ("bg", "5 март 2021 г."),
        ("ru", "5 марта 2021 года"),
        ("uk", "5 березня 2021 року"),
        ("be", "5 сакавіка 2021"),
        ("el", "Παρασκευή 5 Μαρτίου 2021"),
        ("hu", "2021. március 5."),
        ("sq", "5 Mars 2021"),
        ("tr", "5 Mart 2021 Cuma"),
        ("az", "5 mart 2021"),
        ("kk", "2021 жылғы 5 наурыз"),
        ("ky", "2021-жылдын 5-марты"),
        ("eu", "2021eko martxoaren 5a"),
        ("cy", "5 Mawrth 2021"),
        ("id", "Jumat, 5 Maret 2021"),
        ("ms", "5 Mac 2021"),
        ("tl", "Marso 5, 2021"),
        ("sw", "5 Machi 2021"),
        ("vi", "ngày 5 tháng 3 năm 2021"),
        ("th", "5 มี.ค. 2564"),
        ("hi", "५ मार्च २०२१"),
        ("mr", "5 मार्च 2021"),
        ("bn", "৫ মার্চ ২০২১"),
        ("ta", "5 மார்ச் 2021"),
        ("te", "5 మార్చి 2021"),
        ("ur", "5 مارچ 2021"),
        ("fa", "۱۵ اسفند ۱۳۹۹"),
        ("ar", "الجمعة 5 مارس 2021"),
        ("ar-SY", "5 آذار 2021"),
        ("he", "5 במרץ 2021"),
        ("ka", "5 მარტი 2021"),
        ("hy", "5 մարտի 2021"),
        ("ja", "2021年3月5日(金)"),
        ("zh", "2021年03月05日"),
        ("zh-numerals", "二〇二一年三月五日"),
        ("ko", "2021년 3월 5일"),
    ],
)
def test_a_date_is_read_in(language: str, words: str) -> None:
    assert [found.date for found in find_dates(words)] == [MARCH_5], language


@pytest.mark.parametrize(
    ("words", "calendar", "day"),
    [
        ("5 رجب 1442 هـ", "hijri", dt.date(2021, 2, 17)),
        ("١٧ ربيع الأول ١٤٤٣", "hijri", dt.date(2021, 10, 23)),
        ("1442/07/05", "hijri", dt.date(2021, 2, 17)),
        ("۱ فروردین ۱۴۰۰", "persian", dt.date(2021, 3, 21)),
        ("۱۴۰۰/۱۲/۲۹", "persian", dt.date(2022, 3, 20)),
        ("30 اسفند 1403", "persian", dt.date(2025, 3, 20)),
        ("20 มกราคม 2565", "buddhist", dt.date(2022, 1, 20)),
        ("20/01/2565", "buddhist", dt.date(2022, 1, 20)),
        ("令和3年3月5日", "gregorian", MARCH_5),
        ("令和元年5月1日", "gregorian", dt.date(2019, 5, 1)),
        ("平成30年12月31日", "gregorian", dt.date(2018, 12, 31)),
        ("民國110年3月5日", "gregorian", MARCH_5),
    ],
)
def test_other_calendars_become_gregorian_days(words: str, calendar: str, day: dt.date) -> None:
    (found,) = find_dates(words)
    assert (found.calendar, found.date) == (calendar, day)


def test_days_that_a_calendar_does_not_have_are_none() -> None:
    assert gregorian("persian", 1400, 12, 30) is None
    assert gregorian("hijri", 1442, 1, 31) is None
    assert gregorian("gregorian", 2021, 2, 29) is None
    assert gregorian("hijri", 1399, 1, 1) is None
    assert calendar_of(1700) is None


@pytest.mark.parametrize(
    ("words", "clock", "utc"),
    [
        ("Published: 0612 GMT December 28, 2016", dt.time(6, 12), dt.datetime(2016, 12, 28, 6, 12)),
        ("March 5, 2021 5 PM EST", dt.time(17), dt.datetime(2021, 3, 5, 22)),
        ("Mar 05, 2021 10:15 AM ET", dt.time(10, 15), dt.datetime(2021, 3, 5, 15, 15)),
        ("Jul 05, 2021 10:15 AM ET", dt.time(10, 15), dt.datetime(2021, 7, 5, 14, 15)),
        ("10:15 IST, 12 March 2021", dt.time(10, 15), dt.datetime(2021, 3, 12, 4, 45)),
        ("5/13/2021 | 00:30 GMT+7", dt.time(0, 30), dt.datetime(2021, 5, 12, 17, 30)),
        ("5. März 2021, 14.30 Uhr MEZ", dt.time(14, 30), dt.datetime(2021, 3, 5, 13, 30)),
        ("5 марта 2021, 14:30 МСК", dt.time(14, 30), dt.datetime(2021, 3, 5, 11, 30)),
        ("2021-03-05T14:30:00+05:30", dt.time(14, 30), dt.datetime(2021, 3, 5, 9)),
        ("5 mars 2021 kl. 14.30", dt.time(14, 30), None),
        ("5 de março de 2021 às 14h30", dt.time(14, 30), None),
        ("2021년 3월 5일 오후 3:20", dt.time(15, 20), None),
        ("2021年3月5日 下午3点20分", dt.time(15, 20), None),
        ("5 Μαρτίου 2021, 10:30 μ.μ.", dt.time(22, 30), None),
        ("March 5, 2021 at 12:05 am", dt.time(0, 5), None),
        ("5 March 2021", None, None),
    ],
)
def test_time_and_zone_beside_a_date_make_an_instant_only_together(
    words: str, clock: dt.time | None, utc: dt.datetime | None
) -> None:
    (found,) = find_dates(words)
    assert found.time == clock
    assert found.at == (utc and utc.replace(tzinfo=dt.UTC))


def test_a_date_keeps_its_very_words() -> None:
    (found,) = find_dates("Von Ilse Brandt  |  5. März 2021, 14.30 Uhr  |  3 Kommentare")
    assert found.words == "5. März 2021, 14.30 Uhr"
    assert found.month_word


def test_day_and_month_that_could_be_exchanged_are_marked() -> None:
    (found,) = find_dates("03/04/2021")
    assert found.ambiguous
    assert find_dates("03/04/2021", day_first=False)[0].date == dt.date(2021, 3, 4)
    assert find_dates("03/04/2021", day_first=True)[0].date == dt.date(2021, 4, 3)
    assert not find_dates("03/25/2021")[0].ambiguous
    assert not find_dates("03.04.2021")[0].ambiguous


def test_croatian_and_polish_october_and_november_part_at_the_dot() -> None:
    assert find_dates("5. listopada 2021.")[0].date == dt.date(2021, 10, 5)
    assert find_dates("5 listopada 2021")[0].date == dt.date(2021, 11, 5)


@pytest.mark.parametrize(
    "words",
    [
        "© 2019 Harbour Mail",
        "v1.2.20",
        "10.0.0.12",
        "2019-2021",
        "In 2015, 40 ships",
        "31.02.2021",
        "may 2021",
        "tel. 030-12-2021-5",
        "1,5 2020",
        "",
    ],
)
def test_what_is_not_a_date(words: str) -> None:
    assert find_dates(words) == []


def test_a_line_with_two_dates_gives_both_in_order() -> None:
    days = [found.date for found in find_dates("Erstellt: 01.02.2020 10:15 | Aktualisiert: 3. Februar 2020")]
    assert days == [dt.date(2020, 2, 1), dt.date(2020, 2, 3)]


@pytest.mark.parametrize(
    "words",
    [
        "5. März 20215. März 2021 Ilse Brandt",
        "5 mars 20215 mars 2021décryptage",
        "EditorialMarch 5, 2021",
        "5 de marzo de 202119:32",
        "Fri Mar 05 14:30:00 CET 2021",
        "05.03.202107:00",
    ],
)
def test_words_that_a_dump_glued_together_are_parted(words: str) -> None:
    assert {found.date for found in find_dates(words)} == {MARCH_5}


@pytest.mark.parametrize(
    "words",
    [
        "Ines Moreau2021-03-05T10:10:52+01:0005. März 2021|",
        "Ines Moreau2021-03-05T10:10:52+01:00März 5th, 2021|",
        "2021-03-05 10:10:5205.03.2021 10:10",
    ],
    ids=["day first", "month first", "no zone"],
)
def test_a_machines_time_ends_where_the_readers_date_begins(words: str) -> None:
    machine, shown = find_dates(words)
    assert machine.date == shown.date == MARCH_5
    assert machine.time == dt.time(10, 10, 52)
    assert machine.span[1] == shown.span[0]


@pytest.mark.parametrize("zone", ["CET", " CET", "Z", "+01:00"])
def test_a_zone_after_a_machines_time_stays_with_it(zone: str) -> None:
    (found,) = find_dates(f"2021-03-05T10:10:52{zone} | News")
    assert found.at is not None


def test_a_dotted_date_with_a_month_past_twelve_has_the_month_first() -> None:
    assert find_dates("01.21.2020 07:00 AM")[0].date == dt.date(2020, 1, 21)


def test_no_month_name_means_two_months() -> None:
    lines = [line.split(" ", 1) for line in GREGORIAN.strip().splitlines()]
    assert all(len(months.split()) == 12 for _, months in lines)
    assert {
        language: form for language, months in lines for form, number in _forms(months).items() if MONTHS[form][1] != number
    } == {}
    assert len({language for language, _ in lines}) >= 50


@pytest.mark.parametrize(
    ("words", "utc"),
    [
        ("05:17 GMT +323 February 2019", dt.datetime(2019, 2, 23, 2, 17)),
        ("18:59 GMT24 June 2021", dt.datetime(2021, 6, 24, 18, 59)),
        ("18:59 GMT -524 June 2021", dt.datetime(2021, 6, 24, 23, 59)),
        ("08:00 GMT +1103 June 2021", dt.datetime(2021, 6, 2, 21, 0)),
        ("10:10 GMT +53024 June 2021", dt.datetime(2021, 6, 24, 4, 40)),
    ],
)
def test_the_glued_clock_of_a_page_is_parted(words: str, utc: dt.datetime) -> None:
    found = page_clock(words)
    assert found is not None
    assert found.at == utc.replace(tzinfo=dt.UTC)


@pytest.mark.parametrize("words", ["10:10 GMT +112 June 2021", "0612 GMT December 28, 2016", "10:10 GMT 24 June 2021", "10:10", ""])
def test_a_clock_that_reads_in_two_ways_or_is_not_glued_is_none(words: str) -> None:
    assert page_clock(words) is None


@pytest.mark.parametrize(
    ("words", "utc"),
    [
        ("2021-03-05T14:30:00+01:00", dt.datetime(2021, 3, 5, 13, 30)),
        ("2021-03-05T14:30:00.000Z", dt.datetime(2021, 3, 5, 14, 30)),
        ("20210305T101112Z", dt.datetime(2021, 3, 5, 10, 11, 12)),
        ("2021-03-05 14:30 EST", dt.datetime(2021, 3, 5, 19, 30)),
        ("Fri, 05 Mar 2021 23:11:12 -0500", dt.datetime(2021, 3, 6, 4, 11, 12)),
        ("2021-03-05T14:30", None),
        ("2021-03-05", None),
        ("20210305", None),
    ],
)
def test_machine_dates_are_read_and_know_no_zone_that_is_not_there(words: str, utc: dt.datetime | None) -> None:
    found = parse_timestamp(words)
    assert found is not None
    assert found.date == MARCH_5
    assert found.at == (utc and utc.replace(tzinfo=dt.UTC))


@pytest.mark.parametrize("words", ["2021-13-05", "202103051", "yesterday", "", "Fri, 99 Mar 2021 10:00:00 GMT"])
def test_machine_dates_that_are_none(words: str) -> None:
    assert parse_timestamp(words) is None


@pytest.mark.parametrize(
    ("words", "ago"),
    [
        ("Updated 2 hours ago", dt.timedelta(hours=2)),
        ("vor 3 Stunden", dt.timedelta(hours=3)),
        ("il y a 20 minutes", dt.timedelta(minutes=20)),
        ("hace 2 horas", dt.timedelta(hours=2)),
        ("3 часа назад", dt.timedelta(hours=3)),
        ("2 saat önce", dt.timedelta(hours=2)),
        ("3 uur geleden", dt.timedelta(hours=3)),
        ("2시간 전", dt.timedelta(hours=2)),
        ("15分钟前", dt.timedelta(minutes=15)),
        ("منذ 4 ساعات", dt.timedelta(hours=4)),
    ],
)
def test_relative_times_lean_on_the_crawl(words: str, ago: dt.timedelta) -> None:
    found = relative_date(words, NOW)
    assert found is not None
    assert found.at == NOW - ago


def test_days_ago_name_a_day_and_months_ago_name_none() -> None:
    found = relative_date("hace 3 días", NOW)
    assert found is not None
    assert (found.date, found.time, found.at) == (dt.date(2021, 3, 2), None, None)
    for words in ("vor 5 Monaten", "2 years ago", "for 3 days", "30 minutes", "3 weeks ago"):
        assert relative_date(words, NOW) is None


@pytest.mark.parametrize(
    "hostile",
    [
        "2020 " * 200_000,
        "1" * 1_000_000,
        " " * 1_000_000,
        "5. " * 300_000 + "2021",
        "März " * 200_000,
        "12:" * 300_000,
        "\ud800\x002021" * 100_000,
    ],
    ids=["years", "digits", "spaces", "days", "months", "colons", "surrogates"],
)
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    with no_runaway():
        find_dates(hostile)
        page_clock(hostile)
        parse_timestamp(hostile)
        relative_date(hostile, NOW)


@given(st.text())
def test_any_text_gives_dates_within_it(text: str) -> None:
    end = 0
    for found in find_dates(text):
        assert end <= found.span[0] < found.span[1] <= len(text)
        assert found.words == text[slice(*found.span)].strip()
        end = found.span[1]


@given(st.dates(dt.date(1990, 1, 1), dt.date(2098, 12, 31)))
def test_a_written_day_is_read_back(day: dt.date) -> None:
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%Y年%m月%d日"):
        assert [found.date for found in find_dates(day.strftime(form))] == [day]

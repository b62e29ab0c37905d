"""What single lines of a dump say: labels, datelines, numbers, names, dates; and what hostile dumps do not do."""

from __future__ import annotations

import datetime as dt

import pytest
from helpers.runaway import no_runaway
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.schemas import reasons
from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import TEXT, Article, Block, Metadata, Origin, Page
from broadsheet.transforms.boilerplate.text.text_body import strip_text
from broadsheet.transforms.metadata.dates.date_labels import CHANGED, OTHER, PUBLISHED, WEAK, label_of
from broadsheet.transforms.metadata.text.bylines import BOX, INSIDE, INTRODUCED, LABELLED, names_on
from broadsheet.transforms.metadata.text.dump_view import line_words, tokens, view
from broadsheet.transforms.metadata.text.labelled_fields import crawl_clock, dateline, record_id, section, tags
from broadsheet.transforms.metadata.text.publication_dates import candidates, text_dates
from broadsheet.transforms.metadata.text.text_metadata import text_metadata
from broadsheet.transforms.metadata.text.title import clean_title

NOW = dt.datetime(2022, 6, 1, 12, 0, tzinfo=dt.UTC)
ENGLISH = "The keeper of the lamp and the keeper of the bell are the same man, and that has been so with all of them since 1840."
GERMAN = (
    "Der Wärter der Lampe und der Wärter der Glocke sind ein und derselbe Mann, und das ist hier seit jeher der Brauch gewesen."
)


def blocks(*lines: tuple[str, str]) -> list[Block]:
    return [Block(text, number, reason in reasons.KEPT, reason) for number, (reason, text) in enumerate(lines, start=1)]


def article(*lines: tuple[str, str]) -> Article:
    text = "\n".join(text for _, text in lines)
    return Article(Page(Origin("dump", 0), text, TEXT, "utf-8", "utf-8", 0.0), blocks(*lines))


def names(line: str, above: str = "Harbour news today") -> list[tuple[list[str], int]]:
    return names_on(view(article((reasons.SHORT, above), (reasons.SHORT, line), (reasons.PROSE, ENGLISH))), 1)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Tags: eels, Marrow Fen, lamps", ["eels", "Marrow Fen", "lamps"]),
        ("Schlagworte: Torfbahn, Ehrenamt", ["Torfbahn", "Ehrenamt"]),
        ("Теги: ледокол, рыбаки", ["ледокол", "рыбаки"]),
        ("标签：邮路 | 山村", ["邮路", "山村"]),
        ("الكلمات الدلالية: الميناء، الصيادون", ["الميناء", "الصيادون"]),
        ("Filed under: Fens, Courts", ["Fens", "Courts"]),
    ],
)
def test_a_tag_line_is_taken_apart_after_its_label(line: str, expected: list[str]) -> None:
    found = tags(blocks((reasons.PROSE, ENGLISH), (reasons.TAGS, line)))
    assert found == (expected, "label", line)


def test_tags_below_a_label_of_their_own_are_collected_to_the_end_of_the_run() -> None:
    found = tags(blocks((reasons.PROSE, ENGLISH), (reasons.TAGS, "Tags:"), (reasons.TAGS, "eels"), (reasons.TAGS, "lamps")))
    assert found is not None
    assert found[0] == ["eels", "lamps"]


def test_a_bare_list_before_the_article_is_the_menu_and_no_tags() -> None:
    assert tags(blocks((reasons.TAGS, "News, Sport, Opinion"), (reasons.PROSE, ENGLISH))) is None


@pytest.mark.parametrize(
    ("head", "place", "agency"),
    [
        ("MOSSWICK (Northline) - ", "MOSSWICK", "Northline"),
        ("(Fenwire) – ", None, "Fenwire"),
        ("Bad Torfingen (mna/lnw) - ", "Bad Torfingen", "mna/lnw"),
        ("GREAT WENDING, Fenshire (FP) — ", "GREAT WENDING, Fenshire", "FP"),
        ("ОЗЁРСК, 14 февраля. /СевИнформ/. ", "ОЗЁРСК", "СевИнформ"),
        ("NEW QUAY -- ", "NEW QUAY", None),
        ("", None, None),
    ],
)
def test_a_dateline_names_place_and_agency(head: str, place: str | None, agency: str | None) -> None:
    found = dateline(blocks((reasons.PROSE, head + ENGLISH)))
    assert [item.value if item else None for item in found] == [place, agency]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("News ID: 174210", "174210"),
        ("Article No. 55-1203", None),
        ("Article No.: 55-1203", "55-1203"),
        ("Haber No: 90452", "90452"),
        ("شناسه خبر: ۹۰۴۱۷", "90417"),
        ("کد خبر: ۵۵۲۱۰", "55210"),
        ("رقم الخبر: 8812", "8812"),
        ("新闻编号：20201118", "20201118"),
        ("ID новости: 7731", "7731"),
        ("Phone: 555 174210", None),
        ("News: 174210 readers", None),
    ],
)
def test_a_record_number_needs_its_label(line: str, number: str | None) -> None:
    found = record_id(blocks((reasons.SHORT, line), (reasons.PROSE, ENGLISH)))
    assert (found.value if found else None) == number


def test_the_last_crumb_that_is_not_the_title_is_the_section() -> None:
    crumbs = (reasons.BREADCRUMB, "Home > News > Fens > Eels win back their night")
    found = section(blocks(crumbs, (reasons.PROSE, ENGLISH)), "Eels win back their night")
    assert found is not None
    assert found.value == "Fens"


def test_the_clock_is_found_where_the_boilerplate_rules_named_its_line_otherwise() -> None:
    index, clock = crawl_clock(blocks((reasons.RELATED, "Listen"), (reasons.RELATED, "05:51 GMT +308 April 2022")))
    assert index == 1
    assert clock is not None
    assert clock.at == dt.datetime(2022, 4, 8, 2, 51, tzinfo=dt.UTC)


def test_the_clock_is_neither_title_nor_date_of_publication() -> None:
    metadata = text_metadata(article((reasons.TITLE, "05:51 GMT +308 April 2022"), (reasons.PROSE, ENGLISH)), NOW)
    assert (metadata.title, metadata.published_at) == (None, None)
    assert metadata.crawled_at == dt.datetime(2022, 4, 8, 2, 51, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("Published: ", PUBLISHED),
        ("Veröffentlicht am Freitag, den ", PUBLISHED),
        ("发布时间：", PUBLISHED),
        ("تاریخ انتشار: ", PUBLISHED),
        ("Last updated ", CHANGED),
        ("Обновлено: ", CHANGED),
        ("최종 수정 ", CHANGED),
        ("Copyright (c) ", OTHER),
        ("Registriert: ", OTHER),
        ("today ", OTHER),
        ("by Fenland Today on ", WEAK),
        ("Par Nicolas C. le ", WEAK),
        ("eels of ", 0),
    ],
)
def test_the_words_before_a_date_say_whose_it_is(words: str, label: int) -> None:
    assert label_of(words) == label


def published(*lines: tuple[str, str], latest: dt.datetime = NOW, crawled: dt.datetime | None = None) -> dt.date | None:
    found, _ = text_dates(view(article(*lines)), 0, latest, crawled)
    return found.found.date if found else None


TITLE = (reasons.TITLE, "Eel catchers win back their night")
BODY = ((reasons.PROSE, ENGLISH), (reasons.PROSE, ENGLISH))


def test_the_date_under_the_title_is_the_date_of_publication() -> None:
    assert published(TITLE, (reasons.DATE_LINE, "14 March 2021"), *BODY) == dt.date(2021, 3, 14)


@pytest.mark.parametrize(
    "line",
    ["2 June 2022", "1 June 2022"],
    ids=["a day ahead, for the page's own zone", "the day itself"],
)
def test_a_date_up_to_a_day_after_the_latest_is_plausible(line: str) -> None:
    assert published(TITLE, (reasons.DATE_LINE, line), *BODY) is not None


@pytest.mark.parametrize("line", ["3 June 2022", "31 December 1989"], ids=["after the crawl", "before the web"])
def test_an_implausible_date_is_none(line: str) -> None:
    assert published(TITLE, (reasons.DATE_LINE, line), *BODY) is None


@pytest.mark.parametrize(
    "line",
    [
        (reasons.CAPTION, "The lamp of Marrow Fen, 9 March 2021"),
        (reasons.COMMENT, "Jack Warbler, 9 March 2021"),
        (
            reasons.PROSE,
            "In this handout image released March 9, 2021 by the guild, two eel catchers stand beside the lamp of Marrow Fen.",
        ),
        (reasons.SHORT, "In this March 9, 2021, file photo, two eel catchers stand beside the lamp of Marrow Fen at dusk."),
        (reasons.SHORT, "© 9 March 2021 The Marrow Fen Lantern"),
        (reasons.SHORT, "Copyright 2021 The Marrow Fen Lantern"),
        (reasons.SHORT, "Today is 9 March 2021"),
        (reasons.PAGE_CLOCK, "05:51 GMT +39 March 2021"),
        (reasons.SHORT, "Event date: 9 March 2021"),
        (reasons.SHORT, "Member since 9 March 2021"),
    ],
    ids=[
        "caption",
        "comment",
        "handout",
        "file photo",
        "copyright's date",
        "copyright's year",
        "today",
        "page clock",
        "event",
        "member",
    ],
)
def test_the_date_of_something_else_is_not_the_articles(line: tuple[str, str]) -> None:
    assert published(TITLE, line, *BODY) is None


def test_the_date_of_a_related_headline_is_not_the_articles() -> None:
    related = [(reasons.RELATED, f"Eel catchers elect warden {number} - {number} March 2021") for number in (3, 4, 5)]
    assert published(TITLE, *BODY, *related) is None


def test_a_machines_time_that_readers_do_not_see_is_not_the_articles() -> None:
    hidden = (reasons.DATE_LINE, "Ines Moreau2021-03-09T10:10:52+01:0014. März 2021|")
    assert published(TITLE, hidden, *BODY) == dt.date(2021, 3, 14)
    alone = (reasons.DATE_LINE, "Ines Moreau 2021-03-09T10:10:52+01:00")
    assert published(TITLE, alone, *BODY) == dt.date(2021, 3, 9)


def test_dates_at_even_distances_are_a_lists() -> None:
    entries = [
        line
        for number in range(9, 3, -1)
        for line in ((reasons.SHORT, f"{number}. März 2021"), (reasons.SHORT, f"Torfbahn meldet Fahrgast {number}"))
    ]
    found, _ = candidates(view(article(*entries, TITLE, (reasons.SHORT, "mh 2. März 2021"), *BODY)), len(entries), NOW)
    assert [item.found.date.day for item in found] == [2]
    three, _ = candidates(view(article(*entries[:6], TITLE, *BODY)), 6, NOW)
    assert [item.found.date.day for item in three] == [9, 8, 7]


def test_slashed_dates_are_day_first_where_the_body_is_not_english() -> None:
    line = (reasons.DATE_LINE, "03/05/2021")
    assert published(TITLE, line, (reasons.PROSE, GERMAN), (reasons.PROSE, GERMAN)) == dt.date(2021, 5, 3)
    assert published(TITLE, line, *BODY) is None
    assert published(TITLE, line, *BODY, (reasons.RELATED, "04/23/2021")) == dt.date(2021, 3, 5)


def test_hours_ago_need_a_crawl_time() -> None:
    lines = (TITLE, (reasons.SHORT, "2 hours ago"), *BODY)
    assert published(*lines) is None
    assert published(*lines, crawled=dt.datetime(2022, 5, 31, 1, 0, tzinfo=dt.UTC)) == dt.date(2022, 5, 30)


@pytest.mark.parametrize(
    ("line", "expected", "kind"),
    [
        ("By Philippa Thornegate and Desmond Okoro", ["Philippa Thornegate", "Desmond Okoro"], INTRODUCED),
        ("Von Friedhelm Aschendorf, 23.09.2022", ["Friedhelm Aschendorf"], INTRODUCED),
        ("ByPhilippa Thornegate", ["Philippa Thornegate"], INSIDE),
        ("Por Remedios Villacorta rvilla@faro.example", ["Remedios Villacorta"], INTRODUCED),
        ("2020年11月18日 来源：云溪晚报 作者：陆青禾", ["陆青禾"], LABELLED),
        ("文・早川みずほ", ["早川みずほ"], LABELLED),
        ("About Philippa Thornegate", ["Philippa Thornegate"], BOX),
    ],
)
def test_a_name_is_read_after_what_introduces_it(line: str, expected: list[str], kind: int) -> None:
    assert names(line) == [(expected, kind)]


def test_the_line_below_a_label_is_a_name() -> None:
    assert names("Tine", above="Author:") == [(["Tine"], LABELLED)]


@pytest.mark.parametrize(
    "line",
    ["© Northline Photo / Edda Marrow", "Foto: Edda Marrow", "Middle East", "Related Topics", "来源：云溪晚报", "Freitag"],
)
def test_credits_sections_and_sources_name_no_author(line: str) -> None:
    assert [found for found, _ in names(line) if found] == []


def test_a_date_or_label_glued_to_a_headline_comes_off() -> None:
    assert clean_title("14.03.2021 Eel catchers win back their night") == "Eel catchers win back their night"
    assert clean_title("Titel: Torfbahn fährt wieder") == "Torfbahn fährt wieder"
    assert clean_title("2021 was a year of eels") == "2021 was a year of eels"


def test_words_of_indian_scripts_are_whole() -> None:
    assert tokens("सोनपारा की तैरती पाठशाला।") == ["सोनपारा", "की", "तैरती", "पाठशाला"]
    assert line_words("„Eels“ – won!") == "eels won"


HOSTILE = {
    "one line": "By Ann Lee 3 May 2021 " * 40_000,
    "many lines": "By Ann Lee, 3 May 2021\n" * 20_000,
    "no spaces": "x" * 1_000_000,
    "digits": "2021" * 100_000,
    "slashes": "1/2/" * 100_000,
    "brackets": "(" * 300_000,
    "controls": "\x00\ud800 2021-05-03\n" * 20_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_dumps_take_linear_time(text: str) -> None:
    lines = [Block(line[:1_000_000], number, number % 7 == 3, reasons.PROSE if number % 7 == 3 else reasons.SHORT)
             for number, line in enumerate(text.split("\n"), start=1)]  # fmt: skip
    with no_runaway():
        text_metadata(Article(Page(Origin("dump", 0), text, TEXT, "utf-8", "utf-8", 0.0), lines), NOW)


LINES = st.lists(
    st.sampled_from([ENGLISH, "By Ann Lee", "3 May 2021", "", "Tags: eels, fens", "Home > News"]) | st.text(max_size=60),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_every_field_quotes_the_page_and_is_the_same_twice(lines: list[str]) -> None:
    page = Page(Origin("dump", 0), "\n".join(lines), TEXT, "utf-8", "utf-8", 0.0)

    def read() -> tuple[Article, Metadata] | None:
        try:
            stripped = strip_text(page)
        except NoArticleError:
            return None
        return stripped, text_metadata(stripped, NOW)

    result = read()
    assert result == read()
    if result:
        stripped, metadata = result
        shown = " ".join(block.text for block in stripped.blocks)
        assert all(item.words in shown for item in metadata.evidence)


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (["Last updated: 28 December 2021"], None),
        (["Zuletzt aktualisiert: 28. Dezember 2021"], None),
        (["Last updated: 28 December 2021", "First published: 3 May 2019"], dt.date(2019, 5, 3)),
        (["Received: 2 August 2020", "Accepted: 16 December 2020", "Published: 2 January 2021"], dt.date(2021, 1, 2)),
        (["Closing date", "2 March 2021", "Posted", "2 January 2021"], dt.date(2021, 1, 2)),
        (["Recorded on 2 August 2020", "Published on 2 January 2021"], dt.date(2021, 1, 2)),
        (["28 November 2021 Ferry strike enters its third week"], None),
        (["The storm of January 12, 2005, took the roof off the upper loft and left the stones open to the rain."], None),
    ],
    ids=["updated", "German updated", "both", "journal", "closing date", "recorded", "ticker", "sentence"],
)
def test_a_dump_is_dated_by_what_is_called_its_publication(lines: list[str], day: dt.date | None) -> None:
    head = [("title", "Eel catchers win back their night"), *(("short", line) for line in lines)]
    assert published(*head, *[("prose", ENGLISH)] * 3) == day

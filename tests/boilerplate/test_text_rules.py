import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.schemas import reasons
from broadsheet.transforms.boilerplate.text.line_rules import chrome, fold_line
from broadsheet.transforms.boilerplate.text.lines import split

LINES = {
    reasons.PAGE_CLOCK: ["05:17 GMT +323 February 2019", "18:59 GMT24 June 2021", "7:03 UTC +11 May 2030"],
    reasons.RECORD_ID: ["News ID: 174677", "Article ID 99-1203", "Номер новости: 5512"],
    reasons.BREADCRUMB: [
        "Home / World / Ferry back in service",
        "Startseite > Region > Fähre",
        "Главная » Новости » Паром",
        "首页 > 新闻 > 国际",
    ],
    reasons.READ_MORE: [
        "READ MORE: Ferry Out of Service for Eleven Days, Harbour Office Says in Statement on Monday Night",
        "Related: Storm breaks ferry ramp",
        "Lire aussi : Le bac est de retour",
        "Читайте также: Паром вернулся",
        "Διαβάστε επίσης: Το πλοίο επέστρεψε",
        "Leggi anche: Il traghetto è tornato",
        "اقرأ أيضا: عودة العبارة",
        "Lees ook: De veerboot vaart weer",
        "LEE MÁS: El transbordador vuelve a navegar",
        "यह भी पढ़ें: नौका फिर चली",
    ],
    reasons.CREDIT: ["© AP Photo / Mara Lindqvist", "Foto: Jens Okoro/dpa", "Фото: Ирина Лескова", "Photo: Mara Lindqvist"],
    reasons.CAPTION: [
        "In this June 3, 2031, file photo, the ferry lies at its quay in Eastholm.",
        "RTX9K2AB From left: the master and the mate.",
        "The welders at the ramp on the last day of the repair, seen from the mole. Photograph: Ada Quill/Eastholm Courier",
        "The ferry at her quay (Foto: Jens Okoro)",
        "Паром у причала в понедельник. Фото: Ирина Лескова",
    ],
    reasons.TAGS: [
        "ferry, Eastholm, storm, harbour office",
        "League of Islands, Mara Lindqvist, Eastholm, North Sound",
        "Tags: ferry storm",
    ],
    reasons.SHARE: ["Get short URL", "0 140", "Partager", "Compartir", "分享到", "Teilen", "Udostępnij"],
    reasons.COMMENT_FORM: [
        "Leave a Reply",
        "Your email address will not be published.",
        "Captcha refresh",
        "Security Key:",
        "Notify of",
        "发表评论",
    ],
    reasons.PAGE_GENERATION: ["Page Generated in 2/1850 sec", "Page rendered in 0.31 seconds"],
    reasons.NEWSLETTER: ["Help us grow. Support The Courier on Patreon!", "Suscríbete a nuestro boletín"],
    reasons.DISCLAIMER: [
        "The views expressed here do not necessarily reflect those of The Courier.",
        "Все права защищены",
        "版权所有 东岛日报",
    ],
    reasons.SOURCE_LINK: ["Source link", "Quelle", "阅读原文"],
    reasons.DATE_LINE: [
        "Published: 0612 GMT December 28, 2016",
        "12. März 2031, 14:05 Uhr",
        "2031年3月12日 14:05",
        "Обновлено 12 марта 2031 в 14:05",
        "12/03/2031",
    ],
    reasons.BYLINE: ["By Mara Lindqvist", "Von Jens Okoro", "作者：林小梅", "Автор: Ирина Лескова"],
    reasons.RESIDUE: ["[19659008]", "</span> <span class=", "var _gaq = _gaq || [];", "$(document).ready(function() {"],
    reasons.NAVIGATION: ["Listen Live", "Impressum", "Αρχική", "الرئيسية"],
    reasons.RELATED: ["You may also like", "Meistgelesen", "相关新闻", "Самое читаемое"],
}

BODY = [
    "By the time the storm was over, the ramp had gone and the ferry lay on her side in the mud.",
    "Subscribe to the idea that ferries matter and you will understand the island, said the master.",
    "Tags of rust hung from the ramp, the welders said, and the bolts had gone.",
    "On 12 March 2031 the ferry sailed again.",
    "Related parties, creditors, banks and islanders had met before.",
    "Von der Insel kam keine Antwort, sagte der Hafenmeister am Montag.",
    "Two shifts a day",
    "港务局星期一说，渡轮停航十一天之后恢复航行。",
    "Home is where the ferry goes.",
    "The ferry, the ramp and the quay were repaired.",
    "The master kept one picture: a ferry in the mud, with the whole of the island behind her.",
    "She gave the town hall a photograph / drawing of the ramp as it had been.",
]


@pytest.mark.parametrize(("reason", "line"), [(reason, line) for reason, lines in LINES.items() for line in lines])
def test_a_line_that_says_what_it_is_is_named(reason: str, line: str) -> None:
    assert chrome(line) == reason


@pytest.mark.parametrize("line", BODY)
def test_no_rule_takes_a_sentence_for_chrome(line: str) -> None:
    assert chrome(line) is None


@given(st.text(st.characters(codec="ascii")))
def test_ascii_is_folded_as_any_other_text(text: str) -> None:
    assert fold_line(text + " É") == f"{fold_line(text)} é".strip()


def test_broken_lines_of_one_sentence_are_joined() -> None:
    lines = split("The harbour master told\nThe Courier\non Monday that the ferry\n, once mended,\nwould sail.\nHome")
    assert [(line.text, line.first, line.covers) for line in lines] == [
        ("The harbour master told The Courier on Monday that the ferry , once mended, would sail.", 1, 5),
        ("Home", 6, 1),
    ]


def test_lines_wrapped_at_a_column_are_joined() -> None:
    wrapped = (
        "The ferry between Eastholm and the mainland sailed again on\n"
        "Monday, eleven days after a storm had broken its ramp and\n"
        "left the island without bread, post and petrol for a week."
    )
    assert [line.text for line in split(wrapped)] == [wrapped.replace("\n", " ")]


PARAGRAPHS = (
    "The ferry between Eastholm and the mainland sailed again on Monday, eleven days after a storm had broken its ramp.",
    "Welders had worked through four nights, the master said, and the last bolts had come by helicopter with the midwife.",
    "Nobody had counted on the tide. It rose a hand higher than the tables said, and the ramp was tested before it was painted.",
)

KOREAN = ("배가 월요일에 다시 떠났다고 선장이 말했다 " * 9,) * 3


@pytest.mark.parametrize("columns", [60, 72, 90])
@pytest.mark.parametrize(
    "paragraphs",
    [
        PARAGRAPHS,
        tuple(text.replace("e", "é").replace("T", "Ť") for text in PARAGRAPHS),
        ("배가 월요일에 다시 떠났다고 선장이 말했다 " * 9,) * 3,
    ],
    ids=["english", "accents", "korean"],
)
def test_a_page_wrapped_as_a_whole_is_unwrapped_without_blank_lines(paragraphs: tuple[str, ...], columns: int) -> None:
    menu = ["Home", "News", "Sport", "Harbour office"]
    body = [line for text in (*paragraphs, *paragraphs) for line in textwrap.wrap(text, columns, break_on_hyphens=False)]
    found = [line.text for line in split("\n".join([*menu, *body, *menu]))]
    assert found[: len(menu)] == menu
    assert " ".join(found) == " ".join([*menu, *body, *menu])
    assert len(found) <= 2 * len(menu) + 2 * len(paragraphs)


def test_cells_that_tabs_part_are_joined_by_bars() -> None:
    rows = "Day\tSacks\tHours\nTuesday\t11\t3.5\n\tWednesday\t 9\t3.0\nA tab\there is none of it.\nHome"
    assert [line.text for line in split(rows)] == [
        "Day | Sacks | Hours",
        "Tuesday | 11 | 3.5",
        "Wednesday | 9 | 3.0",
        "A tab here is none of it.",
        "Home",
    ]


@pytest.mark.parametrize(
    "menu", ["home\nnews\nsport\nweather\nabout us", "if ready:\nstart(engine);\nreturn result;"], ids=["menu", "code"]
)
def test_entries_and_code_stay_apart(menu: str) -> None:
    assert [line.text for line in split(menu)] == menu.split("\n")


def test_a_run_of_blank_lines_is_one_line() -> None:
    assert [(line.text, line.first, line.covers) for line in split("\n \n\t\nEnd\n\n")] == [("", 1, 3), ("End", 4, 1), ("", 5, 1)]

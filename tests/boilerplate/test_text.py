import contextlib
from pathlib import Path

import pytest
from helpers.runaway import no_runaway
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.schemas import reasons
from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import TEXT, Article, Origin, Page
from broadsheet.transforms.boilerplate.text.text_body import strip_text

GOLDEN = Path(__file__).parent.parent / "golden"
PARAGRAPH = "The council voted on Tuesday to reopen the old quarry road, which had been closed since the landslide of last spring."

MORE = (
    "Masons had rebuilt the wall above it stone by stone, the mayor said, and the last of the nets was hung in the rain on Monday.",
    "Lorries will have to wait until May, when the bridge at the lower end of the valley has been tested for heavier loads.",
)


def page(text: str) -> Page:
    return Page(Origin("memory", 0), text, TEXT, "utf-8", "utf-8", 0.0)


def reasons_of(article: Article) -> dict[str, str]:
    return {block.text: block.reason for block in article.blocks}


def golden(name: str) -> tuple[Page, list[tuple[str, str]]]:
    text = (GOLDEN / name / "page.txt").read_text("utf-8")
    expected = (GOLDEN / name / "expected.tsv").read_text("utf-8").splitlines()
    return page(text), [(reason, line) for reason, _, line in (row.partition("\t") for row in expected)]


@pytest.mark.parametrize("case", sorted(path.name for path in GOLDEN.glob("text_*")))
def test_each_line_of_a_golden_page_has_its_reason(case: str) -> None:
    source, expected = golden(case)
    assert [(block.reason, block.text) for block in strip_text(source).blocks if block.text] == expected


def test_blocks_cover_every_line_once_and_in_order() -> None:
    text = f"Menu\r\n\r\n\r\nA road reopens\r\n\r\n{PARAGRAPH}\r\n{PARAGRAPH}\r\n\r\n"
    covered: list[int] = []
    for block in strip_text(page(text)).blocks:
        covered.extend(range(block.line, block.line + block.lines))
    assert covered == list(range(1, 9))


def test_kept_blocks_are_the_body() -> None:
    article = strip_text(page(f"A road reopens\n\n{PARAGRAPH}\n\nREAD MORE: Quarry road closed\n\n{PARAGRAPH}\n"))
    assert article.text == f"{PARAGRAPH}\n{PARAGRAPH}"
    assert all((block.reason in reasons.KEPT) == block.kept for block in article.blocks)


def test_a_link_to_another_article_inside_the_body_is_dropped() -> None:
    article = strip_text(page(f"{PARAGRAPH}\n\nLesen Sie auch: Die Straße bleibt zu\n\n{PARAGRAPH}\n"))
    assert reasons_of(article)["Lesen Sie auch: Die Straße bleibt zu"] == reasons.READ_MORE


@pytest.mark.parametrize(
    "text",
    ["Home\nNews\nSport\nWeather\nContact us\n© 2031 The Quarry Post", "Log in\nUser name\nPassword\nForgot password?", "/ad"],
    ids=["menu", "form", "marker"],
)
def test_a_page_without_prose_is_refused(text: str) -> None:
    with pytest.raises(NoArticleError) as refusal:
        strip_text(page(text))
    assert refusal.value.reason == "no_article"


@pytest.mark.parametrize("text", ["", "\n\n", " \t \n\u00a0"], ids=["nothing", "line feeds", "blanks"])
def test_a_page_without_text_is_refused_as_empty(text: str) -> None:
    with pytest.raises(NoArticleError) as refusal:
        strip_text(page(text))
    assert refusal.value.reason == "empty_page"


ALPHABET = st.sampled_from(
    [*"aZ0 .,:/|©\n\r\t<{[\"'", "\x00", "\ud800", "\u3000", "中", "。", "ع", "é", " READ MORE ", " the road was open. "]
)


@given(st.lists(ALPHABET, max_size=400).map("".join))
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    try:
        blocks = strip_text(page(text)).blocks
    except NoArticleError:
        return
    assert [block.line for block in blocks[1:]] == [block.line + block.lines for block in blocks[:-1]]
    assert all(block.reason in reasons.KEPT | reasons.DROPPED for block in blocks)


HOSTILE = {
    "one line": "word " * 200_000,
    "one word": "x" * 1_000_000,
    "no spaces": "这是没有空格的一行" * 110_000,
    "many lines": "a\n" * 200_000,
    "many short sentences": "It is so.\n" * 100_000,
    "blank lines": "\n" * 500_000 + PARAGRAPH,
    "separators": "/ > » | : , " * 80_000,
    "brackets": "<" * 500_000 + "[" * 500_000,
    "nulls": "\x00" * 1_000_000,
    "surrogates": "\ud800" * 500_000,
    "digits": "12:30 " * 160_000,
    "broken lines": "told\n" * 200_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_of_nonsense_takes_no_quadratic_time(text: str) -> None:
    with no_runaway(), contextlib.suppress(NoArticleError):
        strip_text(page(text))


MENU = "Home\nNews\nSport\nWeather\nContact us"
FOOT = "Share this\nMost read\nNew timetable for the island bus\nTerms\n© 2031 The Quarry Post"


@pytest.mark.parametrize(
    ("title", "paragraphs"),
    [
        (
            "采石场旧路恢复通车",
            [
                "市议会周二投票决定，重新开放去年春天山体滑坡以来一直封闭的采石场旧路，并为全部修缮工程支付费用。",
                "市长表示，石匠们已经一块一块地重新砌好了路旁的挡墙，最后一张防护网在周一的大雨中挂好。",
                "重型卡车必须等到五月，届时山谷下游的那座桥将完成更大载重的测试，之后才能通行。",
            ],
        ),
        (
            "إعادة فتح طريق المحجر القديم",
            [
                "صوّت المجلس البلدي يوم الثلاثاء على إعادة فتح طريق المحجر القديم، المغلق منذ انهيار الأرض في الربيع الماضي.",
                "وقال رئيس البلدية إن البنائين أعادوا بناء الجدار فوق الطريق حجرا حجرا، وإن آخر الشباك عُلّقت تحت المطر يوم الاثنين.",
                "وسيكون على الشاحنات أن تنتظر حتى شهر مايو، حين ينتهي اختبار الجسر عند الطرف الأسفل من الوادي لأحمال أثقل.",
            ],
        ),
    ],
    ids=["Chinese", "Arabic"],
)
def test_other_scripts_come_out_whole(title: str, paragraphs: list[str]) -> None:
    dump = "\n\n".join([MENU, title, *paragraphs, FOOT])
    assert strip_text(page(dump)).text.splitlines() == paragraphs


def test_two_articles_on_one_page_give_one_of_them_or_both() -> None:
    story = "\n\n".join(["A road reopens", PARAGRAPH, *MORE])
    text = strip_text(page("\n\n".join([MENU, story, FOOT, story.replace("road", "lighthouse"), FOOT]))).text
    assert PARAGRAPH in text or PARAGRAPH.replace("road", "lighthouse") in text
    assert "Contact us" not in text
    assert "Most read" not in text


def test_an_article_on_one_line_is_kept() -> None:
    line = " ".join([PARAGRAPH, *MORE])
    assert strip_text(page(line)).text == line


def test_an_article_of_a_megabyte_and_of_thousands_of_lines_is_kept_without_its_chrome() -> None:
    paragraphs = [sentence.replace("Lorries", f"Lorry {number}") for number in range(3_000) for sentence in (PARAGRAPH, *MORE)]
    text = strip_text(page("\n\n".join([MENU, "A road reopens", *paragraphs, FOOT]))).text
    assert len(text) > 900_000
    assert "Contact us" not in text
    assert "Terms" not in text


def test_the_order_of_pages_changes_nothing() -> None:
    pages = [golden(path.name)[0] for path in sorted(GOLDEN.glob("text_*"))]
    forwards = [strip_text(each) for each in pages]
    backwards = [strip_text(each) for each in reversed(pages)]
    assert forwards == backwards[::-1]


def test_a_teaser_far_from_the_article_is_dropped() -> None:
    teaser = (
        "Divers have replaced the last of forty piles under the grain quay of Port Varra, and farmers send their lorries again."
    )
    menu = "\n".join(f"Harbour {number}" for number in range(40))
    article = strip_text(page("\n\n".join(["A road reopens", PARAGRAPH, *MORE, menu, teaser])))
    assert teaser not in article.text


def test_a_short_line_between_two_paragraphs_is_a_subhead() -> None:
    article = strip_text(page(f"A road reopens\n\n{PARAGRAPH}\n\n{MORE[0]}\n\nEleven weeks of repairs\n\n{MORE[1]}\n"))
    assert reasons_of(article)["Eleven weeks of repairs"] == reasons.SUBHEAD


@pytest.mark.parametrize(
    "text",
    [
        "The ferry across the sound was stopped as ice had damaged its rudder. Passengers took a boat that has no cabin at all",
        "Le conseil a voté hier la rénovation de l'école, qui durera un an. Les élèves et leurs maîtres iront au village voisin",
        "港町の時計塔で四十年ぶりに鐘が鳴った。修理を手がけたのは地元の高校生たちだった",
    ],
    ids=["English", "French", "Japanese"],
)
def test_a_page_that_is_a_short_text_and_nothing_else_is_kept_whole(text: str) -> None:
    assert strip_text(page(text)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Please enable JavaScript to view this page, because the comments and the videos on it are loaded by a script of the site.",
        "This site uses cookies to improve your experience. By continuing you agree to our use of cookies and privacy policy.",
        "Home News Sport Weather Contact",
    ],
    ids=["a script", "cookies", "a menu"],
)
def test_a_note_instead_of_a_page_is_refused(text: str) -> None:
    with pytest.raises(NoArticleError):
        strip_text(page(text))

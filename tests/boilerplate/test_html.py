import concurrent.futures
import contextlib
import random

import numpy as np
import pytest

from broadsheet.schemas import reasons
from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import HTML, Article, Origin, Page
from broadsheet.transforms.boilerplate.html.html_body import strip_html
from broadsheet.transforms.boilerplate.html.model import PART, load, scores_of

CHROME = """<header><a href="/">Eastholm Courier</a><nav><ul><li><a href="/harbour">Harbour</a></li>
<li><a href="/council">Council</a></li>
<li><a href="/weather">Weather</a></li></ul></nav></header>"""
FOOT = """<aside class="related"><h3>Most read</h3><ul><li><a href="/1">Lighthouse keeper retires after forty years</a></li>
<li><a href="/2">New timetable for the island bus</a></li></ul></aside>
<footer><p>Copyright Eastholm Courier. <a href="/terms">Terms</a></p></footer>"""
BODY = """<p>The ferry between Eastholm and the mainland sailed again on Monday, eleven days after a storm had broken its ramp.</p>
<h2>Two shifts a day</h2>
<p>Welders from the yard worked in two shifts, the harbour office said, and the last bolts were tightened on Sunday night. The ferry
had been tied up since the eleventh, and islanders had crossed in fishing boats.</p>
<ul><li>The first boat leaves at six in the morning, the harbour office said.</li><li>Lorries above twelve tonnes must wait until
Thursday.</li></ul>
<blockquote><p>We had not expected to see her out there before the end of the month, said the ferry's master, Ada
Holm.</p></blockquote>
<figure><img src="f.jpg"><figcaption>The ferry leaving the harbour on Monday. Photo: Nils Aker</figcaption></figure>
<p>The council will pay for the repair, which cost some ninety thousand crowns, and has asked the yard for a second ramp as a
spare. A decision on that is expected before the winter.</p>"""
STORY = f"""<html><head><title>Ferry back in service - Eastholm Courier</title>
<meta name="description" content="The ferry between Eastholm and the mainland sailed again on Monday."></head><body>{CHROME}
<main><article><h1>Ferry back in service</h1><div class="body">{BODY}</div></article></main>{FOOT}</body></html>"""
MENU = f"<html><head><title>Eastholm Courier</title></head><body>{CHROME}{FOOT}</body></html>"


def page(html: str) -> Page:
    return Page(Origin("memory", 0), html, HTML, "utf-8", "utf-8", 0.0)


def kept(article: Article) -> list[str]:
    return [block.text for block in article.blocks if block.kept]


def reason_of(article: Article, start: str) -> str:
    return next(block.reason for block in article.blocks if block.text.startswith(start))


def test_the_body_is_kept_and_the_chrome_is_dropped() -> None:
    article = strip_html(page(STORY))
    assert kept(article)[0].startswith("The ferry between Eastholm")
    assert kept(article)[-1].endswith("expected before the winter.")
    assert not {"Harbour", "Most read", "Lighthouse keeper retires after forty years", "Terms"} & set(kept(article))


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("The ferry between", reasons.PROSE),
        ("Two shifts a day", reasons.SUBHEAD),
        ("The first boat", reasons.LIST_ITEM),
        ("We had not expected", reasons.QUOTE),
        ("The ferry leaving", reasons.CAPTION),
        ("Ferry back in service", reasons.TITLE),
        ("Harbour", reasons.NAVIGATION),
        ("Lighthouse keeper", reasons.RELATED),
    ],
)
def test_every_block_is_named_by_its_markup(start: str, reason: str) -> None:
    assert reason_of(strip_html(page(STORY)), start) == reason


def test_captions_are_kept_apart_from_the_body() -> None:
    article = strip_html(page(STORY))
    assert "Nils Aker" not in article.text
    assert [block.text for block in article.blocks if block.reason == reasons.CAPTION] == [
        "The ferry leaving the harbour on Monday. Photo: Nils Aker"
    ]


def test_a_row_of_a_data_table_is_one_block() -> None:
    head = "<tr><th>Boat</th><th>Leaves at</th></tr>"
    table = f"<table>{head}<tr><td>Morning ferry to the mainland</td><td>six in the morning</td></tr></table>"
    after = "<p>The ferry keeps that timetable until the winter, the office said.</p>"
    article = strip_html(page(STORY.replace("<figure>", table + after + "<figure>")))
    rows = [block for block in article.blocks if block.reason == reasons.TABLE]
    assert all(" | " in row.text and row.lines == 2 for row in rows)
    assert [block.line for block in article.blocks] == sorted({block.line for block in article.blocks})


@pytest.mark.parametrize(
    "html", ["", " ", "<html></html>", "<script>x()</script>", MENU], ids=["empty", "blank", "shell", "script", "menu"]
)
def test_a_page_without_an_article_is_refused(html: str) -> None:
    with pytest.raises(NoArticleError):
        strip_html(page(html))


@pytest.mark.parametrize(
    ("title", "paragraphs"),
    [
        (
            "渡轮恢复通航",
            [
                "东岛与大陆之间的渡轮周一恢复通航，此前一场风暴损坏了它的跳板，停航十一天。",
                "港务局表示，船厂的焊工分两班作业，最后的螺栓于周日晚间拧紧。",
                "市议会将支付修理费用，并已要求船厂再造一块备用跳板。",
            ],
        ),
        (
            "عودة العبّارة إلى الخدمة",
            [
                "عادت العبّارة بين الجزيرة والبر الرئيسي إلى الإبحار يوم الاثنين، بعد أحد عشر يوما من عاصفة كسرت منصتها.",
                "وقال مكتب الميناء إن عمال اللحام عملوا في نوبتين، وإن آخر البراغي شُدّت مساء الأحد.",
                "وسيدفع المجلس البلدي تكاليف الإصلاح، وطلب من الحوض منصة ثانية احتياطية للعبّارة.",
            ],
        ),
        (
            "Паром снова в строю",
            [
                "Паром между островом и материком снова вышел в рейс в понедельник, через одиннадцать дней после шторма.",
                "Сварщики верфи работали в две смены, сообщили в управлении порта, и последние болты затянули в воскресенье.",
                "Ремонт парома оплатит городской совет, который заказал верфи второй трап про запас.",
            ],
        ),
    ],
    ids=["Chinese", "Arabic", "Russian"],
)
def test_other_scripts_come_out_whole(title: str, paragraphs: list[str]) -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    html = f"<title>{title}</title>{CHROME}<div class=content><h1>{title}</h1>{body}</div>{FOOT}"
    assert kept(strip_html(page(html))) == paragraphs


@pytest.mark.parametrize("count", [50, 4_000])
def test_a_long_article_is_kept_as_a_short_one_is(count: int) -> None:
    words = (
        "ferry",
        "harbour",
        "welder",
        "winter",
        "council",
        "ramp",
        "storm",
        "bolt",
        "yard",
        "boat",
        "island",
        "office",
        "night",
    )
    chance = random.Random(7)
    paragraphs = [f"The {' of the '.join(chance.choices(words, k=chance.randint(6, 14)))} was mended." for _ in range(count)]
    html = f"<title>Ferry back in service</title>{CHROME}<div class=content><h1>Ferry back in service</h1>{{}}</div>{FOOT}"
    article = strip_html(page(html.format("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs))))
    assert len(kept(article)) >= 0.97 * count
    assert "New timetable" not in article.text


def test_two_articles_on_one_page_give_one_of_them_or_both() -> None:
    other = STORY.replace("ferry", "lighthouse").replace("Ferry", "Lighthouse")
    assert "Eastholm and the mainland" in strip_html(page(STORY + other)).text


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + STORY,
        STORY.replace("ferry", "fer\x00ry \ud800"),
        "x" * 1_000_000,
        "<p>" + "One more sentence about the ferry. " * 30_000,
        "<p>A block of a few words.</p>" * 200_000,
        "<p>" + "船" * 1_000_000,
        "<td>" * 50_000 + "a cell",
        STORY[: len(STORY) // 2],
    ],
    ids=["deep", "controls", "one word", "one paragraph", "200,000 blocks", "no spaces", "cells", "cut"],
)
def test_hostile_html_gives_an_article_or_no_article(html: str) -> None:
    with contextlib.suppress(NoArticleError):
        assert strip_html(page(html)).text


def test_verdicts_are_the_same_in_any_order_and_thread() -> None:
    pages = [page(STORY.replace("ferry", word)) for word in ("ferry", "tram", "lift", "bus")] + [page(STORY + MENU)]
    alone = [strip_html(one) for one in pages]
    shuffled = pages * 5
    random.Random(7).shuffle(shuffled)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert all(article == alone[pages.index(article.page)] for article in pool.map(strip_html, shuffled))


def test_a_page_of_many_blocks_is_judged_as_its_parts_are() -> None:
    network = load()
    chance = np.random.default_rng(1)
    values = chance.normal(network.centre, 1, (2 * PART + 3, len(network.centre))).astype(np.float32)
    scores = scores_of(network, values)
    places = [0, PART - 1, PART, 2 * PART, 2 * PART + 2]
    assert scores.shape == (2 * PART + 3,)
    assert scores[places].tolist() == scores_of(network, values[places]).tolist()

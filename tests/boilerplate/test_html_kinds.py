# ruff: noqa: E501, ISC004 - a page is easier to read in one line
"""Kinds of page that a reader has no trouble with: what belongs to the article is kept whole, what does not is left out."""

from typing import Any

import pytest

from broadsheet.schemas import reasons
from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import HTML, TEXT, Article, Origin, Page
from broadsheet.transforms.boilerplate.html.blocks import split_html
from broadsheet.transforms.boilerplate.html.reader_comments import reader_comments
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.write.document_row import count_words

MENU = "<header><a href='/'>The Oarsby Post</a><nav><ul><li><a href='/n'>News</a></li><li><a href='/s'>Sport</a></li></ul></nav></header>"
FOOT = "<footer><ul><li><a href='/about'>About us</a></li><li><a href='/terms'>Terms</a></li></ul><p>© Oarsby Media</p></footer>"
LEAD = "<p>The lock at Oarsby was opened again on Friday, two years after a barge had torn one of its gates off its hinges.</p>"
MIDDLE = (
    "<p>Divers needed eleven weeks to lift the gate, the canal company said, and a foundry in the north cast the new hinges.</p>"
)
LAST = "<p>The first boat through was a dredger, which will now clear the basin before the hire boats come back at Easter.</p>"
SENTENCES = ["torn one of its gates", "lift the gate", "clear the basin"]


def page_of(body: str, before: str = "", after: str = "") -> Page:
    html = (
        f"<html><head><title>Oarsby lock opens again | The Oarsby Post</title></head><body>{before}{MENU}"
        f"<main><article><h1>Oarsby lock opens again</h1>{body}</article></main>{after}{FOOT}</body></html>"
    )
    return Page(Origin("memory", 0), html, HTML, "utf-8", "utf-8", 0.0)


def article(body: str, before: str = "", after: str = "") -> Article:
    return strip(page_of(body, before, after))


def lines(body: str, before: str = "", after: str = "") -> list[str]:
    return article(body, before, after).text.split("\n")


# --- tables ----------------------------------------------------------------------------------------------------------------------

TABLES = {
    "headed": (
        "<table><thead><tr><th>Day</th><th>Boats</th><th>Wait</th></tr></thead><tbody><tr><td>Friday</td><td>14</td><td>0.5 h</td></tr>"
        "<tr><td>Saturday</td><td>31</td><td>2 h</td></tr></tbody></table>",
        ["Day | Boats | Wait", "Friday | 14 | 0.5 h", "Saturday | 31 | 2 h"],
    ),
    "facts": (
        "<table><tr><th>Built</th><td>1794, of oak and sandstone</td></tr><tr><th>Rise</th><td>2.4 m</td></tr></table>",
        ["Built | 1794, of oak and sandstone", "Rise | 2.4 m"],
    ),
    "corner left empty": (
        "<table><tr><td></td><td>2024</td><td>2025</td></tr><tr><td>Boats</td><td>812</td><td>0</td></tr></table>",
        ["2024 | 2025", "Boats | 812 | 0"],
    ),
    "lists in cells": (
        "<table><tr><td>Saturday</td><td><ul><li>10:00 - 13:00</li><li>14:00 - 17:00</li></ul></td></tr>"
        "<tr><td>Sunday</td><td><ul><li>Closed</li></ul></td></tr></table>",
        ["Saturday | 10:00 - 13:00 14:00 - 17:00", "Sunday | Closed"],
    ),
    "in a box": (
        "<div class='x'><div><table><tr><td>Wagenau</td><td>3</td></tr><tr><td>Limmer</td><td>7</td></tr></table></div></div>",
        ["Wagenau | 3", "Limmer | 7"],
    ),
}


@pytest.mark.parametrize(("table", "rows"), TABLES.values(), ids=TABLES.keys())
@pytest.mark.parametrize("place", ["middle", "end"])
def test_a_table_of_the_article_is_kept_whole_one_row_per_line(table: Any, rows: Any, place: str) -> None:
    body = LEAD + MIDDLE + (table + LAST if place == "middle" else LAST + table)
    kept = lines(body)
    assert [line for line in kept if line in rows] == rows
    assert len(kept) == 3 + len(rows)


def test_a_table_beside_the_article_is_left_out_whole() -> None:
    table = "<table><tr><td>Oarsby Rovers</td><td>31</td></tr><tr><td>Limmer United</td><td>29</td></tr></table>"
    assert lines(LEAD + MIDDLE + LAST, after=f"<aside><h3>Standings</h3>{table}</aside>") == lines(LEAD + MIDDLE + LAST)


def test_a_table_that_lays_out_the_page_is_not_joined() -> None:
    html = f"<table><tr><td><ul><li><a href='/a'>News</a></li></ul></td><td>{LEAD}{MIDDLE}{LAST}</td></tr></table>"
    kept = strip(Page(Origin("memory", 0), f"<title>Oarsby lock opens again</title>{html}", HTML, "utf-8", "utf-8", 0.0)).text
    assert len(kept.split("\n")) == 3
    assert " | " not in kept


# --- lists -----------------------------------------------------------------------------------------------------------------------

LISTS = {
    "short": ("<p>Still to be bought:</p><ul><li>Rope</li><li>Two anchors</li><li>Tar</li></ul>", ["Rope", "Two anchors", "Tar"]),
    "nested": (
        "<p>The rules for the basin are these:</p><ol><li>Boats wait on the east side.<ul><li>Engines off</li><li>Lines ready</li></ul></li>"
        "<li>One boat at a time.</li></ol>",
        ["Engines off", "Lines ready", "One boat at a time."],
    ),
    "definitions": (
        "<p>The words that boatmen use:</p><dl><dt>Paddle</dt><dd>A shutter that lets water in.</dd><dt>Pound</dt><dd>The water between locks.</dd></dl>",
        ["Paddle", "A shutter that lets water in.", "Pound", "The water between locks."],
    ),
    "opening hours": (
        "<p>The towpath café is open as follows:</p><ul><li>Mon-Fri: 9-17</li><li>Sat: 9-20</li><li>Sun: closed</li></ul>",
        ["Mon-Fri: 9-17", "Sat: 9-20", "Sun: closed"],
    ),
}


@pytest.mark.parametrize(("listed", "items"), LISTS.values(), ids=LISTS.keys())
def test_a_list_of_the_article_is_kept_whole(listed: str, items: Any) -> None:
    kept = lines(LEAD + MIDDLE + listed + LAST)
    assert [line for line in kept if line in items] == items
    assert kept[-1].startswith("The first boat")


def test_questions_and_answers_are_kept() -> None:
    questions = [("Who paid?", "The canal company did."), ("Is it safe?", "An engineer says so."), ("How long?", "Two years.")]
    body = "".join(f"<h3>{question}</h3><p>{answer}</p>" for question, answer in questions)
    kept = lines(LEAD + MIDDLE + body + LAST)
    assert [line for pair in questions for line in pair] == kept[2:-1]


@pytest.mark.parametrize("tag", ["ul", "div"], ids=["list", "boxes"])
def test_links_to_other_articles_between_two_paragraphs_are_left_out(tag: str) -> None:
    inner = "li" if tag == "ul" else "div"
    links = "".join(
        f"<{inner}><a href='/{number}'>{headline}</a></{inner}>"
        for number, headline in enumerate(
            ["Swans count falls for a third year in a row", "Ferry keeper retires after forty years at the rope"]
        )
    )
    kept = "\n".join(lines(LEAD + MIDDLE + f"<div class='q7'><p>You may also like</p><{tag}>{links}</{tag}></div>" + LAST))
    assert all(sentence in kept for sentence in SENTENCES)
    assert "Swans" not in kept
    assert "Ferry keeper" not in kept


# --- live blogs ------------------------------------------------------------------------------------------------------------------

ENTRIES = [
    (
        "15:10",
        "The gate is closed",
        "The keeper closed the new gate at ten past three, and it held to the cheers of some two hundred people.",
    ),
    ("14:50", "", "A drizzle has set in."),
    (
        "14:20",
        "Band arrives",
        "The brass band of the boatyard has arrived and is playing on the deck of the dredger until the water is level.",
    ),
    (
        "13:45",
        "",
        "The mayor spoke for eleven minutes and thanked the divers, who had lifted the old gate in the cold of last February.",
    ),
    (
        "13:00",
        "Good afternoon",
        "Welcome to the lock, where the first boat in two years is expected to pass this afternoon at about four.",
    ),
]


@pytest.mark.parametrize("tag", ["article", "div", "section"])
@pytest.mark.parametrize("heading", ["h2", "h3"])
def test_all_entries_of_a_live_blog_are_kept_in_order(tag: str, heading: str) -> None:
    body = "".join(
        f"<{tag} class='entry'><header><time>{clock}</time>{f'<{heading}>{head}</{heading}>' if head else ''}</header><div><p>{text}</p></div>"
        f"<footer><button>Share</button></footer></{tag}>"
        for clock, head, text in ENTRIES
    )
    kept = lines("<p>The lock opens again: follow it here.</p>" + body)
    assert [line for line in kept if line in [text for *_, text in ENTRIES]] == [text for *_, text in ENTRIES]
    assert "Share" not in kept


# --- what the site says of itself, and what readers say ----------------------------------------------------------------------------

CONSENT = {
    "English, with cookies named once": [
        "We and our 311 partners store and access information on your device, such as cookies, to process personal data.",
        "You may accept or manage your choices below, including your right to object where legitimate interest is used.",
        "With your permission we and our partners may use precise geolocation data and identify devices by scanning them.",
        "Your preferences apply to this website only, and you can withdraw your consent at any time on our privacy page.",
    ],
    "English": [
        "This website stores cookies on your device. They are used to remember you and to count how often a page was read.",
        "Some of our partners use cookies of their own to show you advertising that fits what you have read elsewhere.",
        "You can withdraw your consent whenever you like, by the link at the foot of each page, and the cookies are then deleted.",
    ],
    "German": [
        "Diese Website speichert Cookies auf Ihrem Gerät, um Sie wiederzuerkennen und um zu zählen, wie oft eine Seite gelesen wird.",
        "Einige unserer Partner setzen eigene Cookies ein, um Ihnen Werbung zu zeigen, die zu dem passt, was Sie anderswo gelesen haben.",
        "Ihre Einwilligung können Sie jederzeit über den Link am Fuß jeder Seite widerrufen; die Daten werden dann gelöscht.",
    ],
    "Russian": [
        "Этот сайт сохраняет на вашем устройстве файлы cookie, чтобы узнавать вас и считать, как часто читают страницу.",
        "Наши партнёры используют собственные файлы cookie, чтобы показывать вам рекламу по вашим интересам.",
        "Вы можете в любой момент отозвать согласие по ссылке внизу каждой страницы сайта.",
    ],
    "Japanese": [
        "当サイトは、利用者を識別し、ページが何回読まれたかを数えるために、お使いの端末にクッキーを保存します。",
        "一部の提携先は独自のクッキーを使用し、これまでにお読みになった内容に合わせた広告を表示することがあります。",
        "同意は各ページの下部にあるリンクからいつでも撤回でき、その場合クッキーは削除されます。",
    ],
}  # fmt: skip
BOXES = {
    "named": "<div id='cookie-consent' role='dialog'>{}<button>OK</button></div>",
    "nameless": "<div class='a7'>{}</div>",
    "dialog": "<dialog open>{}<button>OK</button></dialog>",
    "form": "<section><form>{}<button>OK</button></form></section>",
}


@pytest.mark.parametrize("texts", CONSENT.values(), ids=CONSENT.keys())
@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES.keys())
@pytest.mark.parametrize("place", ["before", "after"])
def test_a_consent_dialog_changes_nothing_even_if_it_is_longer_than_the_article(texts: Any, box: Any, place: str) -> None:
    dialog = box.format("<h2>…</h2>" + "".join(f"<p>{text}</p>" for text in texts * 2))
    assert lines(LEAD + MIDDLE, **{place: dialog}) == lines(LEAD + MIDDLE)


def test_a_dialog_is_named_in_what_explain_shows() -> None:
    dialog = BOXES["nameless"].format("".join(f"<p>{text}</p>" for text in CONSENT["English"]))
    named = [block.reason for block in article(LEAD + MIDDLE, before=dialog).blocks if "device" in block.text]
    assert named == [reasons.DISCLAIMER]


def test_an_article_about_cookies_is_kept() -> None:
    body = "".join(f"<p>{text}</p>" for text in CONSENT["English"])
    html = f"<title>What cookies are for | The Oarsby Post</title>{MENU}<main><h1>What cookies are for</h1><div>{body}</div></main>{FOOT}"
    assert len(strip(Page(Origin("memory", 0), html, HTML, "utf-8", "utf-8", 0.0)).text.split("\n")) == 3


OFFERS = {
    "English": "<h3>Read on</h3><p>This story is for subscribers only. Get four weeks for £1 and cancel whenever you like.</p>"
    "<ul><li>Unlimited access to every story on all of your devices</li></ul><p>Already a subscriber? <a href='/l'>Sign in</a></p>",
    "German": "<h3>Weiterlesen</h3><p>Dieser Artikel ist nur für Abonnenten. Testen Sie das Abonnement einen Monat lang kostenlos.</p>"
    "<p>Sie haben schon ein Abonnement? <a href='/l'>Jetzt anmelden</a></p>",
}


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS.keys())
def test_an_offer_to_subscribe_is_not_part_of_the_article(offer: str) -> None:
    assert lines(LEAD + MIDDLE + f"<div class='q'>{offer}</div>") == lines(LEAD + MIDDLE)


COMMENTS = [
    "I walked past that lock every day on my way to school, and never once did I see it open for anybody. Good to see it mended.",
    "My grandfather kept it until the war and always said that the lower gate would go first. I hope they listened to somebody.",
    "Two years for one gate! The whole canal took them four to dig, by hand, and nobody had a crane or a computer in those days.",
]


@pytest.mark.parametrize("answer", ["Reply", "Antworten", "Répondre", "返信"])
@pytest.mark.parametrize("place", ["in the article", "after it"])
def test_reader_comments_are_left_out_whatever_their_boxes_are_called(answer: str, place: str) -> None:
    entries = "".join(
        f"<div class='b{n}'><span>lorna{n}</span><p>{text}</p><a href='#'>{answer}</a></div>" for n, text in enumerate(COMMENTS)
    )
    box = f"<div class='u3'><h3>3</h3>{entries}</div>"
    expected = lines(LEAD + MIDDLE)
    assert (lines(LEAD + MIDDLE + box) if place == "in the article" else lines(LEAD + MIDDLE, after=box)) == expected


def test_posts_of_a_forum_are_not_taken_for_comments() -> None:
    posts = "".join(
        f"<div class='p'><b>lorna{n}</b><div>{text}</div><a href='#'>Reply</a></div>" for n, text in enumerate(COMMENTS)
    )
    assert reader_comments(split_html(f"<title>Oarsby lock</title>{MENU}<main><h1>Oarsby lock</h1>{posts}</main>{FOOT}")) == {}


# --- what the page has but does not show -------------------------------------------------------------------------------------------

WHOLE = LEAD + MIDDLE + LAST
PLAIN = ["The lock at Oarsby was opened", "Divers needed eleven weeks", "The first boat through was"]
UNSEEN = {
    "noscript": (f"<div id='app'></div><noscript>{WHOLE}</noscript>", "hidden"),
    "hidden": (f"<div class='paywall' hidden>{WHOLE}</div>", "hidden"),
    "first lines shown": (f"{LEAD}<div class='paywall' style='display:none'>{MIDDLE}{LAST}{MIDDLE.replace('eleven', 'twelve')}</div>", "hidden"),
    "JSON-LD": (
        '<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "'
        + WHOLE.replace("</p><p>", "\\n").replace("<p>", "").replace("</p>", "")
        + '"}</script>',
        "json-ld",
    ),
    "JSON-LD with line breaks": (
        '<script type="application/ld+json">{"articleBody": "'
        + WHOLE.replace("</p><p>", "\n").replace("<p>", "").replace("</p>", "")
        + '"}</script>',
        "json-ld",
    ),
    "shadow tree": (f"<my-story><template shadowrootmode='open'>{WHOLE}</template></my-story>", "visible"),
    "shown": (WHOLE, "visible"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "basis"), UNSEEN.values(), ids=UNSEEN.keys())
def test_a_body_that_the_page_does_not_show_is_found_and_its_basis_named(body: str, basis: str) -> None:
    found = article(body)
    assert found.text_basis == basis
    assert all(any(line.startswith(start) for line in found.text.split("\n")) for start in PLAIN)


def test_what_is_hidden_beside_a_whole_article_stays_out() -> None:
    terms = "".join(
        f"<p>You must not use this website in way number {n}, under terms that we may change at any time.</p>" for n in range(9)
    )
    assert lines(WHOLE, after=f"<div style='display:none'>{terms}</div>") == lines(WHOLE)


# --- the words themselves ----------------------------------------------------------------------------------------------------------

WORDS = {
    "soft hyphen": ("<p>Das Schleu\u00adsentor von Oarsby wurde am Frei&shy;tag nach zwei Jahren wieder ge&#173;öffnet, sagte der Wärter.</p>", "Schleusentor von Oarsby wurde am Freitag nach zwei Jahren wieder geöffnet"),
    "zero-width space": ("<p>The lock\u200bkeeper said on Friday that the water&#8203;gate had held, &#x200B;and that boats could pass again.</p>", "The lockkeeper said on Friday that the watergate had held, and that boats"),
    "stray joiner": ("<p>The lock\u200dkeeper said on Friday that the gate&zwnj;had held, and that the boats could all pass again.</p>", "The lockkeeper said on Friday that the gatehad held"),
    "escaped twice": ("<p>&amp;quot;It held,&amp;quot; said the keeper of the lock at Oarsby &amp;amp; Limmer, who had slept badly for a week.</p>", '"It held," said the keeper of the lock at Oarsby & Limmer'),
    "badge": ("<p class='sum'><span class='badge'>Live</span><span>Boats are passing the lock at Oarsby again this week, and the whole village is there.</span></p>", "\nBoats are passing the lock"),
    "box in a line": ("<p>The company sold shares in the canal at £<div style='display:inline;'><span>5.22</span></div> each in 2019, it said.</p>", "at £5.22 each in 2019"),
    "reading": ("<p><ruby>運河<rp>(</rp><rt>うんが</rt><rp>)</rp></ruby>の<ruby>水門<rt>すいもん</ruby>が金曜日に二年ぶりに開いた、と<ruby>会社<rt>かいしゃ</rt></ruby>は述べた。</p>", "運河の水門が金曜日に二年ぶりに開いた、と会社は述べた。"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), WORDS.values(), ids=WORDS.keys())
def test_words_come_out_as_a_reader_sees_them(source: str, expected: str) -> None:
    assert expected in "\n" + article(LEAD + source + MIDDLE).text


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم قایق را از دریچه بگذرانم و او می\u200cگوید که آب هنوز پایین است و باید بمانیم.",
        "👩\u200d🔧 The keeper mended the gate on her own, said the company.",
    ],
    ids=["Persian", "emoji"],
)
def test_joiners_stay_in_words_that_need_them(text: str) -> None:
    assert text in article(f"{LEAD}<p>{text}</p>{MIDDLE}").text


@pytest.mark.parametrize("word", ["ruby", "shy"])
def test_source_code_keeps_its_entities(word: str) -> None:
    body = f"{LEAD}<p>In HTML the keeper of a page writes <code>&amp;amp;</code> for an ampersand, and {word} is another matter.</p>{MIDDLE}"
    assert "writes &amp; for" in article(body).text


SPACELESS = {
    "Thai": "ประตูน้ำโอร์สบีเปิดอีกครั้งเมื่อวันศุกร์ หลังจากเรือบรรทุกสินค้าชนประตูจนหลุดเมื่อสองปีก่อน บริษัทคลองกล่าวว่านักดำน้ำใช้เวลาสิบเอ็ดสัปดาห์ในการยกประตูขึ้นจากน้ำ",
    "Khmer": "ទ្វារទឹកនៅអូសប៊ីបានបើកឡើងវិញកាលពីថ្ងៃសុក្រ ពីរឆ្នាំបន្ទាប់ពីទូកដឹកទំនិញមួយបានបុកទ្វារឱ្យរលុះ ក្រុមហ៊ុនប្រឡាយបាននិយាយថាអ្នកមុជទឹកត្រូវការពេលដប់មួយសប្តាហ៍។",
    "Burmese": "အော့စ်ဘီရေတံခါးကို သောကြာနေ့က ပြန်လည်ဖွင့်လှစ်ခဲ့ပြီး လွန်ခဲ့သောနှစ်နှစ်က သင်္ဘောတစ်စင်းက တံခါးကို တိုက်မိခဲ့သည်ဟု တူးမြောင်းကုမ္ပဏီက ပြောကြားခဲ့သည်။",
    "Lao": "ປະຕູນ້ຳໂອສບີໄດ້ເປີດອີກຄັ້ງໃນວັນສຸກ ສອງປີຫຼັງຈາກເຮືອບັນທຸກໄດ້ຕຳປະຕູຈົນຫຼຸດອອກ ບໍລິສັດຄອງກ່າວວ່ານັກດຳນ້ຳໃຊ້ເວລາສິບເອັດອາທິດເພື່ອຍົກປະຕູຂຶ້ນ",
}


@pytest.mark.parametrize("text", SPACELESS.values(), ids=SPACELESS.keys())
def test_scripts_without_spaces_are_prose(text: str) -> None:
    html = (
        f"<title>{text[:20]}</title>{MENU}<main><h1>{text[:20]}</h1><div>"
        + "".join(f"<p>{text}{n}</p>" for n in range(3))
        + f"</div></main>{FOOT}"
    )
    kept = strip(Page(Origin("memory", 0), html, HTML, "utf-8", "utf-8", 0.0)).text.split("\n")
    assert kept == [f"{text}{n}" for n in range(3)]
    assert 15 <= count_words(text) <= 60


# --- what is not a page of text ----------------------------------------------------------------------------------------------------

DEBRIS = {
    "robots.txt": ("User-agent: *\nDisallow: /admin\nDisallow: /search\n\nSitemap: https://oarsby.example/sitemap.xml\n", TEXT, "robots_txt"),
    "sitemap": ("<?xml version='1.0'?><urlset xmlns='x'><url><loc>https://oarsby.example/1</loc></url></urlset>", HTML, "sitemap"),
    "feed": ("<?xml version='1.0'?><rss version='2.0'><channel><title>The Oarsby Post</title></channel></rss>", HTML, "feed"),
    "not found": (f"<title>404 Not Found</title>{MENU}<h1>Not Found</h1><p>The page that you are looking for is no longer here, sorry.</p>", HTML, "error_page"),
    "named by its site": (f"<title>Page not found - The Oarsby Post</title>{MENU}<p>We could not find the page that you asked for today.</p>", HTML, "error_page"),
    "in its heading": (f"<title>The Oarsby Post</title>{MENU}<h1>Seite nicht gefunden</h1><p>Die Seite, die Sie suchen, gibt es leider nicht mehr.</p>", HTML, "error_page"),
    "a check of the browser": ("<title>Just a moment...</title><p>Enable JavaScript and cookies to continue to the page you asked for.</p>", HTML, "error_page"),
    "a server's words": ("502 Bad Gateway\nnginx/1.18.0", TEXT, "error_page"),
    "one word": ("<html><body><p>OK</p></body></html>", HTML, "too_short"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "media_type", "reason"), DEBRIS.values(), ids=DEBRIS.keys())
def test_what_a_crawl_brings_home_is_filtered_with_its_reason(text: str, media_type: str, reason: str) -> None:
    with pytest.raises(NoArticleError) as error:
        strip(Page(Origin("memory", 0), text, media_type, "utf-8", "utf-8", 0.0))
    assert error.value.reason in (reason, "no_article" if reason == "too_short" else reason)


@pytest.mark.parametrize("title", ["404 days without a boat", "500 people at the lock", "Access denied: how a canal was closed"])
def test_a_headline_with_such_words_is_an_article(title: str) -> None:
    html = f"<title>{title}</title>{MENU}<main><h1>{title}</h1>{WHOLE}</main>{FOOT}"
    assert "Divers needed" in strip(Page(Origin("memory", 0), html, HTML, "utf-8", "utf-8", 0.0)).text


# --- pages as a whole --------------------------------------------------------------------------------------------------------------

LONGER = WHOLE + "".join(
    f"<p>On day {day} of the work the keeper counted {40 - day} boats that waited in the basin, and wrote their names into a book.</p>"
    for day in range(1, 12)
)
LIVE = "".join(
    f"<div class='entry'><header><time>{clock}</time></header><div><p>{text}</p></div></div>" for clock, _, text in ENTRIES
)


def test_an_article_is_named_one_and_its_body_trusted() -> None:
    found = article(LONGER)
    assert found.page_type == "article"
    assert found.page_type_score is not None
    assert found.page_type_score > 0.5
    assert found.text_confidence is not None
    assert found.text_confidence > 0.7


def test_a_live_blog_is_named_one() -> None:
    assert article("<p>The lock opens again: follow it here.</p>" + LIVE).page_type == "live_blog"


CHANGES = {
    "advertisement lines": lambda html: html.replace("</p><p>", "</p><div>Advertisement</div><p>"),
    "two lines": lambda html: html.replace("</p><p>", "</p><p>Anzeige</p><p>Weiterlesen</p><p>"),
    "boxes for paragraphs": lambda html: html.replace("<p>", "<div>").replace("</p>", "</div>"),
    "related headlines": lambda html: html.replace("</p><p>", "</p><div><p>Related</p><a href='/x'>Swans count falls again in the north</a></div><p>", 1),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_no_reader_notices_changes_no_body(change: Any) -> None:
    assert lines(change(LONGER)) == lines(LONGER)


@pytest.mark.parametrize("tag", ["article", "section", "div"])
def test_the_next_article_on_the_page_is_not_part_of_the_first(tag: str) -> None:
    years = "".join(
        f"<p>The count of swans on the upper pond fell in year {year} too, said the warden of the park.</p>" for year in range(4)
    )
    assert lines(LONGER, after=f"<{tag}><h2>Swans count falls again</h2>{years}</{tag}>") == lines(LONGER)

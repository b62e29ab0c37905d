"""Which of a page's many dates is its publication's."""

from __future__ import annotations

import datetime as dt

import pytest
from helpers.html_pages import LATEST, article, json_ld, meta, page, read

from broadsheet.transforms.metadata.html import publication_dates as html_dates
from broadsheet.transforms.metadata.scored_candidates import scored_candidates
from broadsheet.transforms.metadata.text.candidate_ranker import ranker

UTC = dt.UTC


def published(source: str, url: str | None = None, latest: dt.datetime | None = None) -> tuple[str | None, str | None]:
    found = read(source, url, latest) if latest else read(source, url)
    return (found.published_date.isoformat() if found.published_date else None), found.basis("published_at")


@pytest.mark.parametrize(
    ("source", "url", "expected"),
    [
        (page(json_ld(datePublished="2021-03-05T09:30:00+01:00")), None, ("2021-03-05", "json-ld")),
        (page(meta(article__published_time="2021-03-05T09:30:00Z")), None, ("2021-03-05", "meta")),
        (page(top='<span itemprop="datePublished" content="2021-03-05">last spring</span>'), None, ("2021-03-05", "microdata")),
        (page(top='<time datetime="2021-03-05" pubdate>5 March</time>'), None, ("2021-03-05", "microdata")),
        (page(), "https://lantern.example/2021/03/05/pier", ("2021-03-05", "url")),
        (page(), "https://lantern.example/news/2021/3/5/pier", ("2021-03-05", "url")),
        (page(), "https://lantern.example/2021-03-05-pier.html", ("2021-03-05", "url")),
        (page(top='<time datetime="2021-03-05">5 March</time>'), None, ("2021-03-05", "time element")),
        (page(top='<div class="post-date">March 5, 2021</div>'), None, ("2021-03-05", "label")),
        (page(top='<div class="date">March 5, 2021</div>'), None, ("2021-03-05", "date element")),
        (page(top="<p>Friday, March 5, 2021</p>"), None, ("2021-03-05", "line")),
        (page(below="<p>Published on 5 March 2021</p>"), None, ("2021-03-05", "label")),
        (page(json_ld(dateCreated="2021-03-05")), None, ("2021-03-05", "json-ld")),
        (page('<script>var state = {"datePublished":"2021-03-05T10:00:00Z"}</script>'), None, ("2021-03-05", "script")),
        (page(below="<p>Last updated: 5 March 2021</p>"), None, (None, None)),
        (page(), None, (None, None)),
    ],
    ids=["json-ld", "meta", "itemprop", "pubdate", "url", "url with single digits", "url with dashes", "time", "post-date",
         "date element", "line", "said published", "created", "script", "last change", "nothing"],
)  # fmt: skip
def test_each_kind_of_date_is_read_with_its_basis(source: str, url: str | None, expected: tuple[str | None, str | None]) -> None:
    assert published(source, url) == expected


@pytest.mark.parametrize(
    ("source", "url", "day"),
    [
        (page(json_ld(datePublished="2021-03-05") + meta(date="2021-04-01")), None, "2021-03-05"),
        (page(meta(article__published_time="2021-03-05"), top='<time datetime="2021-03-05T08:00">'), None, "2021-03-05"),
        (page(meta(date="2021-03-05")), "https://lantern.example/2021/01/02/pier", "2021-03-05"),
        (page(top='<p class="date">5 March 2021</p>'), "https://lantern.example/2021/03/06/pier", "2021-03-05"),
    ],
    ids=["json-ld before meta", "meta before time", "meta before url", "what is shown before the next day in the url"],
)
def test_of_two_dates_the_more_trusted_one_is_taken(source: str, url: str | None, day: str) -> None:
    assert published(source, url)[0] == day


def test_the_day_printed_at_the_headline_corrects_a_declared_one_that_was_renewed() -> None:
    found = published(page(json_ld(datePublished="2023-11-02T08:00:00Z"), top='<time datetime="2021-03-05">5 March 2021</time>'))
    assert found == ("2021-03-05", "time element")


def test_a_declared_instant_in_utc_has_the_day_that_readers_saw() -> None:
    found = read(page(json_ld(datePublished="2021-03-05T23:30:00Z"), top="<p>March 6, 2021</p>"))
    assert found.published_date == dt.date(2021, 3, 6)
    assert found.published_at == dt.datetime(2021, 3, 5, 23, 30, tzinfo=UTC)


def test_what_is_called_an_update_corrects_no_declared_date() -> None:
    source = page(json_ld(datePublished="2021-03-05"), top="<p>Updated: April 9, 2023</p>")
    found = read(source)
    assert found.published_date == dt.date(2021, 3, 5)
    assert found.modified_at == dt.datetime(2023, 4, 9, tzinfo=UTC)
    assert found.basis("modified_at") == "label"


def test_a_page_that_was_moved_keeps_the_day_in_its_address() -> None:
    moved = page(json_ld(datePublished="2021-03-05"))
    assert published(moved, "https://lantern.example/2017/7/12/pier") == ("2017-07-12", "url")
    assert published(moved, "https://lantern.example/2021/2/27/pier") == ("2021-03-05", "json-ld")


def test_an_event_ahead_corrects_no_declared_date() -> None:
    assert published(page(json_ld(datePublished="2021-03-05"), top="<p>Saturday, June 12, 2021</p>"))[0] == "2021-03-05"


def test_a_change_before_the_publication_is_the_drafts() -> None:
    head = json_ld(datePublished="2021-03-05", dateModified="2021-03-01")
    found = read(page(head, top='<span class="date">2021-03-01</span>'))
    assert found.published_date == dt.date(2021, 3, 5)
    assert found.modified_at is None


@pytest.mark.parametrize(
    ("source", "day"),
    [
        (page(top="<p>© 2019 Harbour Press, 4 May 2019</p>"), None),
        (
            page(below='<div id="comments"><div class="comment"><time datetime="2022-01-01">1 Jan</time><p>Nice.</p></div></div>'),
            None,
        ),
        (page(below='<aside class="related"><h3>Herons return</h3><time datetime="2022-01-01">1 Jan 2022</time></aside>'), None),
        (page(top='<p class="event-date">Event: 4 May 2022</p>'), None),
        (page(below="<p>Posted 3 May 2022 by a reader</p>".join(['<section class="comments">', "</section>"])), None),
    ],
    ids=["copyright", "comment", "related headline", "event", "comment's line"],
)
def test_dates_of_other_things_are_not_publication(source: str, day: str | None) -> None:
    assert published(source)[0] == day


@pytest.mark.parametrize(
    "stamp", ["1970-01-01T00:00:00Z", "1989-12-31", "2024-06-03T00:00:00Z", "2099-01-01", "0000-00-00", "soon"]
)
def test_an_implausible_date_is_passed_over_for_the_next(stamp: str) -> None:
    assert published(page(json_ld(datePublished=stamp) + meta(date="2021-03-05"))) == ("2021-03-05", "meta")


def test_a_page_may_be_a_day_ahead_of_its_crawl() -> None:
    assert published(page(json_ld(datePublished="2024-06-02T01:00:00+14:00")))[0] == "2024-06-02"


@pytest.mark.parametrize(
    ("stamp", "instant"),
    [
        ("2021-03-05T23:30:00-05:00", dt.datetime(2021, 3, 6, 4, 30, tzinfo=UTC)),
        ("2021-03-05T00:15:00+0530", dt.datetime(2021, 3, 4, 18, 45, tzinfo=UTC)),
        ("2021-03-05 10:00:00 EST", dt.datetime(2021, 3, 5, 15, 0, tzinfo=UTC)),
        ("Fri, 05 Mar 2021 10:00:00 GMT", dt.datetime(2021, 3, 5, 10, 0, tzinfo=UTC)),
    ],
)
def test_offsets_and_zones_make_the_instant_and_the_day_stays_the_pages(stamp: str, instant: dt.datetime) -> None:
    found = read(page(json_ld(datePublished=stamp)))
    assert found.published_at == instant
    assert found.published_date == dt.date(2021, 3, 5)


@pytest.mark.parametrize("stamp", ["2021-03-05", "2021-03-05T23:30:00"])
def test_without_a_zone_only_the_day_is_known(stamp: str) -> None:
    found = read(page(json_ld(datePublished=stamp)))
    assert found.published_at == dt.datetime(2021, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "lang", "day"),
    [
        ("03/04/2021", "en-US", "2021-03-04"),
        ("03/04/2021", "en-GB", "2021-04-03"),
        ("03/04/2021", "fr", "2021-04-03"),
        ("03-04-2021", "en", "2021-04-03"),
        ("25/04/2021", "en-US", "2021-04-25"),
    ],
)
def test_the_pages_language_tells_day_from_month(words: str, lang: str, day: str) -> None:
    assert published(page(top=f'<p class="date">{words}</p>', lang=lang))[0] == day


def test_an_ambiguous_date_is_none_if_no_language_is_declared() -> None:
    assert published(page(top='<p class="date">03/04/2021</p>', lang=""))[0] is None


def test_a_paragraph_may_begin_with_its_date() -> None:
    opening = "QUILLAN BAY, March 5, 2021 – The council met for the third time in a week to talk about the pier and the ferries."
    assert published(page(top=f"<p>{opening}</p>")) == ("2021-03-05", "line")


def test_the_same_page_has_the_same_date_whatever_is_around_it() -> None:
    source = page(json_ld(datePublished="2021-03-05T09:30:00Z"))
    assert read(source) == read(source)
    assert read(source).evidence[0].words


DECLARED = json_ld(datePublished="2024-03-14T09:15:00+00:00")


@pytest.mark.parametrize(
    "top",
    [
        "<figure><img src='/m.jpg'><figcaption>In this Feb. 22, 2015, file photo, divers look for cracks.</figcaption></figure>",
        "<p class='standfirst'>Thirteen years after the storm of 9 February 2011 the outer pier is closed again.</p>",
        "<blockquote>I saw the first one on 3 May 1994.</blockquote>",
        "<ul><li>Built in 1789, closed on 3 May 1994</li><li>Opened again in 1996</li></ul>",
        "<table><tr><td>Last dive</td><td>3 May 1994</td></tr><tr><td>Depth</td><td>12 m</td></tr></table>",
        "<p><a href='/x'>From our archive, 3 May 1994: the first crack</a></p>",
        "<p>The next public dive is on Saturday 30 March 2024, from ten until the tide turns.</p>",
        "<p>The pier that was closed on 3 May 1994 is closed again.</p>",
        "<div class='tweet'><p>The pier is shut.</p><a href='/t'>March 1, 2024</a></div>",
        "<h2>The storm of 9 February 2011</h2>",
        "<p class='byline'>By Ines Moreau | <time>2 hours ago</time></p><p>The pier closed on 3 May 1994 is closed again.</p>",
    ],
    ids=["caption", "standfirst", "quote", "list", "table", "archive link", "event", "short lead", "embed", "subhead", "relative"],
)
def test_what_names_another_day_never_overrides_a_declared_date(top: str) -> None:
    assert published(page(DECLARED, top=top)) == ("2024-03-14", "json-ld")
    assert published(page(top=top))[0] is None


ELEMENTS = (
    "<p>Updated <time datetime='2023-12-28'>28 December 2023</time> · "
    "First published <time datetime='2019-05-03'>3 May 2019</time></p>"
)
SPANS = "<p><span>Aktualisiert: 28.12.2023, 10:40 Uhr</span> <span>Veröffentlicht: 03.05.2019, 09:00 Uhr</span></p>"
JOURNAL = "<ul><li>Received: 2 August 2022</li><li>Accepted: 16 December 2022</li><li>Published: 2 January 2023</li></ul>"


@pytest.mark.parametrize(
    ("top", "day"),
    [
        ("<p>Updated 28 December 2023 · First published 3 May 2019</p>", "2019-05-03"),
        (ELEMENTS, "2019-05-03"),
        (SPANS, "2019-05-03"),
        (JOURNAL, "2023-01-02"),
        ("<p>Received 2 August 2022; accepted 16 December 2022; published online 2 January 2023</p>", "2023-01-02"),
        ("<p>Recorded on 2 August 2022</p><p>Published on 2 January 2023</p>", "2023-01-02"),
        ("<dl><dt>Closing date</dt><dd>2 March 2023</dd><dt>Posted</dt><dd>2 January 2023</dd></dl>", "2023-01-02"),
        ("<p>Incident date: 2 August 2022</p><p>Release date: 2 January 2023</p>", "2023-01-02"),
    ],
    ids=["one line", "time elements", "German spans", "journal list", "journal line", "recorded", "closing date", "incident"],
)
def test_of_labelled_dates_the_publications_is_taken(top: str, day: str) -> None:
    assert published(page(top=top))[0] == day


@pytest.mark.parametrize(
    "words",
    ["Last updated: 28 December 2023", "Zuletzt aktualisiert: 28. Dezember 2023", "Last edited on 28 December 2023 at 14:02"],
)
def test_a_page_that_only_says_when_it_was_changed_has_no_date_of_publication(words: str) -> None:
    found = read(page(top=f"<p>{words}</p>"))
    assert found.published_at is None
    assert found.modified_at
    assert found.modified_at.date() == dt.date(2023, 12, 28)


@pytest.mark.parametrize("name", ["date", "dc.date", "DC.date.issued", "citation_publication_date", "parsely-pub-date", "pubdate"])
def test_a_date_in_prose_does_not_outweigh_a_meta_element(name: str) -> None:
    source = page(
        f'<meta name="{name}" content="2024-03-14">', top="<p>The pier that was closed on 3 May 1994 is closed again.</p>"
    )
    assert published(source) == ("2024-03-14", "meta")


def test_the_json_ld_of_another_article_dates_no_page() -> None:
    other = json_ld(headline="Ferry strike enters its third week", url="https://lantern.example/a1", datePublished="2024-01-02")
    assert published(page(other)) == (None, None)


def test_the_order_of_evidence_names_each_kind_once_and_has_a_weight_for_it() -> None:
    table = ranker("html_date", html_dates.SLOTS)
    assert [kind.rank for kind in html_dates.ORDER] == list(range(1, len(html_dates.ORDER) + 1))
    assert len({kind.find for kind in html_dates.ORDER}) == len(html_dates.ORDER)
    assert all(kind.find.__doc__ for kind in html_dates.ORDER)
    assert all(any(table.tables[kind.rank - 1]) for kind in html_dates.ORDER)


def test_each_candidate_is_explained_with_its_score_and_its_signs() -> None:
    source = page(DECLARED, top="<p class='byline'>14 March 2024</p><p>Saturday, June 12, 2021</p>")
    found = scored_candidates(article(source), LATEST)["published_at"]
    assert (found[0].value, found[0].signs) == ("2024-03-14", "json-ld, date element, line")
    assert found[0].score > 0 > found[-1].score


@pytest.mark.parametrize(
    ("stamp", "shown", "day"),
    [
        ("2023-12-24T01:06:00+00:00", "Dec 23, 2023 5:06pm PT", "2023-12-23"),
        ("2019-06-13T01:29:53Z", "June 12, 2019 at 7:29 pm", "2019-06-12"),
        ("2022-05-04T00:44:52.000Z", "3 May 2022 21:44", "2022-05-03"),
    ],
    ids=["zone named", "no zone named", "day first"],
)
def test_the_declared_instant_shown_in_the_readers_zone_has_the_readers_day(stamp: str, shown: str, day: str) -> None:
    head = json_ld(datePublished=stamp, dateModified=stamp) + meta(article__modified_time=f"{day}T21:30:00")
    found = read(page(head, top=f"<p>{shown}</p>"))
    assert str(found.published_date) == day
    assert found.published_at == dt.datetime.fromisoformat(stamp)


def test_a_shown_date_in_numbers_is_read_in_the_order_that_makes_it_the_declared_one() -> None:
    head = json_ld(datePublished="2026-01-06T13:55:27+01:00")
    top = "<p>Published on 06/01/2026 - 13:55 GMT+1 • Updated 14:20</p>"
    latest = dt.datetime(2026, 6, 2, tzinfo=UTC)
    assert published(page(head, top=top), "https://lantern.example/2026/01/06/pier", latest)[0] == "2026-01-06"


@pytest.mark.parametrize("box", ["teaser", "sidebar", "promo"])
def test_a_date_right_below_the_headline_counts_whatever_its_box_is_called(box: str) -> None:
    assert published(page(top=f'<div class="{box}"><span>By Ann Holm</span> <span>5 March 2021</span></div>'))[0] == "2021-03-05"


@pytest.mark.parametrize(
    "words",
    [
        "This entry was posted on Friday, 5 March 2021 at 09:30 and is filed under Harbour.",
        "Dieser Beitrag wurde am Freitag, 5. März 2021 um 09:30 Uhr veröffentlicht und unter Hafen abgelegt.",
        "Dieser Artikel wurde am 5. März 2021 um 09:30 von Ann geschrieben und unter dem Stichwort Hafen abgelegt.",
    ],
    ids=["English", "German", "German, with a name"],
)
def test_a_sentence_about_the_article_itself_says_its_date(words: str) -> None:
    assert published(page(below=f"<p>{words}</p>"))[0] == "2021-03-05"


def test_three_declared_signs_that_agree_outweigh_a_date_below_a_teaser() -> None:
    head = json_ld(datePublished="2025-01-05T14:44:14Z") + meta(article__published_time="2025-01-05T14:44:14Z")
    latest = dt.datetime(2025, 2, 1, tzinfo=UTC)
    # The teaser has no box of its own.
    below = '<div>Herons return</div><div>Ann Holm <time datetime="2024-11-20">20 November 2024</time></div>'
    found = published(page(head, top=below), "https://lantern.example/2025/01/05/pier", latest)
    assert found == ("2025-01-05", "json-ld")


def test_the_month_in_the_address_decides_between_two_days() -> None:
    top = "<p>14 January 2021</p>"
    head = json_ld(datePublished="2021-03-05") + meta(article__published_time="2021-03-05")
    assert published(page(head, top=top), "https://lantern.example/2021/03/pier.html")[0] == "2021-03-05"


def test_a_products_release_date_does_not_outweigh_two_declared_signs() -> None:
    head = json_ld(datePublished="2023-12-19") + meta(article__published_time="2023-12-19")
    assert published(page(head, top="<p>Release date Sep 8, 2023</p>"))[0] == "2023-12-19"


def test_the_sites_address_may_come_before_the_date() -> None:
    assert published(page(top="<p>http://lantern.example 2005-04-25 08:24:06 来源: 灯塔日报 评论 0 条</p>"))[0] == "2005-04-25"

"""Which of a page's many dates is its publication's."""

from __future__ import annotations

import datetime as dt

import pytest
from helpers.html_pages import json_ld, meta, page, read

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
        (page(top='<div class="post-date">March 5, 2021</div>'), None, ("2021-03-05", "date element")),
        (page(top="<p>Friday, March 5, 2021</p>"), None, ("2021-03-05", "line")),
        (page(below="<p>Published on 5 March 2021</p>"), None, ("2021-03-05", "line")),
        (page(json_ld(dateCreated="2021-03-05")), None, ("2021-03-05", "json-ld")),
        (page('<script>var state = {"datePublished":"2021-03-05T10:00:00Z"}</script>'), None, ("2021-03-05", "script")),
        (page(below="<p>Last updated: 5 March 2021</p>"), None, ("2021-03-05", "change")),
        (page(), None, (None, None)),
    ],
    ids=["json-ld", "meta", "itemprop", "pubdate", "url", "url with single digits", "url with dashes", "time", "date element",
         "line", "said published", "created", "script", "last change", "nothing"],
)  # fmt: skip
def test_each_kind_of_date_is_read_with_its_basis(source: str, url: str | None, expected: tuple[str | None, str | None]) -> None:
    assert published(source, url) == expected


@pytest.mark.parametrize(
    ("source", "url", "day"),
    [
        (page(json_ld(datePublished="2021-03-05") + meta(date="2021-04-01")), None, "2021-03-05"),
        (page(meta(article__published_time="2021-03-05"), top='<time datetime="2021-03-05T08:00">'), None, "2021-03-05"),
        (page(meta(date="2021-03-05")), "https://lantern.example/2021/01/02/pier", "2021-03-05"),
        (page(top='<p class="date">5 March 2021</p>'), "https://lantern.example/2021/03/06/pier", "2021-03-06"),
    ],
    ids=["json-ld before meta", "meta before time", "meta before url", "url before what is shown"],
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
def test_dates_of_other_things_are_no_publication(source: str, day: str | None) -> None:
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


def test_a_date_that_could_be_two_is_none_where_no_language_is_declared() -> None:
    assert published(page(top='<p class="date">03/04/2021</p>', lang=""))[0] is None


def test_a_paragraph_may_begin_with_its_date() -> None:
    opening = "QUILLAN BAY, March 5, 2021 – The council met for the third time in a week to talk about the pier and the ferries."
    assert published(page(top=f"<p>{opening}</p>")) == ("2021-03-05", "line")


def test_the_same_page_has_the_same_date_whatever_is_around_it() -> None:
    source = page(json_ld(datePublished="2021-03-05T09:30:00Z"))
    assert read(source) == read(source)
    assert read(source).evidence[0].words

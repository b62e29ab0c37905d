"""The fields nobody argues about, and that every one of them says where it is from."""

from __future__ import annotations

import pytest
from helpers.html_pages import HEADLINE, json_ld, meta, page, read

URL = "https://www.lantern.example/news/pier?ref=1"


def prop(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


@pytest.mark.parametrize(
    ("field", "source", "value", "basis"),
    [
        ("subtitle", page(top='<p class="standfirst">Ferries will leave from the old coal quay for a month</p>'),
         "Ferries will leave from the old coal quay for a month", "subtitle element"),
        ("subtitle", page(json_ld(alternativeHeadline="Ferries leave from the coal quay")),
         "Ferries leave from the coal quay", "json-ld"),
        ("section", page(json_ld(articleSection="Harbour")), "Harbour", "json-ld"),
        ("section", page(prop("article:section", "Harbour")), "Harbour", "meta"),
        ("section", page(top='<a class="category" href="/h">Harbour</a>'), "Harbour", "section element"),
        ("tags", page(json_ld(keywords=["pier", "ferries", "Pier"])), ["pier", "ferries"], "json-ld"),
        ("tags", page(prop("article:tag", "pier") + prop("article:tag", "ferries")), ["pier", "ferries"], "meta"),
        ("tags", page(meta(keywords="pier, ferries")), ["pier", "ferries"], "meta"),
        ("tags", page(top='<ul class="tags"><li><a class="tag" href="/t/1">pier</a></li></ul>'), ["pier"], "tag links"),
        ("site_name", page(prop("og:site_name", "The Quillan Lantern")), "The Quillan Lantern", "og"),
        ("site_name", page(json_ld(publisher={"name": "The Quillan Lantern"})), "The Quillan Lantern", "json-ld"),
        ("site_name", page(meta(**{"application-name": "Lantern"})), "Lantern", "meta"),
        ("canonical_url", page('<link rel="canonical" href="/news/pier">'), "https://www.lantern.example/news/pier", "link"),
        ("canonical_url", page(prop("og:url", "https://lantern.example/p")), "https://lantern.example/p", "og"),
        ("image", page(prop("og:image", "/i/pier.jpg")), "https://www.lantern.example/i/pier.jpg", "og"),
        ("image", page(meta(twitter__image="https://i.example/p.jpg")), "https://i.example/p.jpg", "twitter"),
        ("image", page(json_ld(image={"@type": "ImageObject", "url": "https://i.example/p.jpg"})),
         "https://i.example/p.jpg", "json-ld"),
        ("external_id", page(meta(article_id="QL-174677")), "QL-174677", "meta"),
        ("external_id", page(json_ld(identifier={"@type": "PropertyValue", "value": "174677"})), "174677", "json-ld"),
        ("modified_at", page(json_ld(datePublished="2021-03-05", dateModified="2021-03-06T10:00:00Z")), None, "json-ld"),
    ],
)  # fmt: skip
def test_each_field_is_read_with_its_basis(field: str, source: str, value: object, basis: str) -> None:
    found = read(source, URL)
    assert found.basis(field) == basis
    assert value is None or getattr(found, field) == value


def test_a_page_that_says_nothing_has_no_fields_but_its_title() -> None:
    found = read(page())
    assert [item.field for item in found.evidence] == ["title"]
    assert (found.section, found.tags, found.site_name, found.image, found.agency) == (None, [], None, None, None)


@pytest.mark.parametrize(
    ("head", "language"),
    [
        ("", "en"),
        ('<meta property="og:locale" content="en_GB">', "en"),
        ('<meta http-equiv="content-language" content="de">', "en"),
    ],
)
def test_the_html_elements_language_is_declared_first(head: str, language: str) -> None:
    assert read(page(head)).declared_language == language


def test_a_locale_is_declared_where_the_html_element_is_silent() -> None:
    assert read(page('<meta property="og:locale" content="pt_BR">', lang="")).declared_language == "pt-BR"


def test_two_canonical_addresses_are_none() -> None:
    head = '<link rel="canonical" href="/a"><link rel="canonical" href="/b">'
    assert read(page(head), URL).canonical_url is None


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://[broken", "data:text/html,x", ""])
def test_what_is_not_a_web_address_cannot_be_canonical(address: str) -> None:
    assert read(page(f'<link rel="canonical" href="{address}">'), URL).canonical_url is None


@pytest.mark.parametrize("section", ["Home", "News", "x" * 61, "https://lantern.example/"])
def test_a_section_that_says_nothing_is_none(section: str) -> None:
    assert read(page(json_ld(articleSection=section))).section is None


def test_a_dateline_names_place_and_agency() -> None:
    opening = (
        "<p>QUILLAN BAY (Reuters) - The council met for the third time in a week to talk about the pier, the quay and ferries.</p>"
    )
    found = read(page(top=opening))
    assert (found.place, found.agency) == ("QUILLAN BAY", "Reuters")


def test_every_field_quotes_words_of_the_page() -> None:
    source = page(json_ld(author="Ines Moreau", datePublished="2021-03-05", articleSection="Harbour", keywords="pier, quay"),
                  top="<p>By Ines Moreau</p>")  # fmt: skip
    for item in read(source, URL).evidence:
        assert all(word in source for word in item.words.split()), item
    assert read(source, URL).basis("title") == "heading"
    assert read(source, URL).title == HEADLINE


@pytest.mark.parametrize(
    ("keywords", "tags"),
    [
        (["pier", "8f507083-bac4-423a-9015-2eb31e1bce50", "Category: News", "NLP Entity Tokens: Quillan"], ["pier"]),
        (["WC: 1000-1999", "RSBI:HARBOUR-LAW", "_commerce", "editors_pick", "Mission:Impossible"], ["Mission:Impossible"]),
        ("Ships, Quays, & Harbours", ["Ships, Quays, & Harbours"]),
        ("Ships, Quays, Harbours", ["Ships", "Quays", "Harbours"]),
        (["SPD", "EU", "Tariffs"], ["SPD", "EU", "Tariffs"]),
        (["AER", "AERO", "AIRL08", "CRSH", "GEN", "INDG", "pier"], []),
    ],
    ids=["identifiers and classes", "codes and flags", "one tag with commas", "a list", "parties", "a newswire's codes"],
)
def test_what_systems_put_among_the_tags_for_themselves_is_left_out(keywords: list[str] | str, tags: list[str]) -> None:
    assert read(page(json_ld(keywords=keywords))).tags == tags

"""Reading HTML source without a tree: what is cut, what is kept, and what it costs."""

from __future__ import annotations

import pytest
from helpers.html_pages import HEADLINE, PROSE, json_ld, page, read
from helpers.runaway import no_runaway
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.transforms.metadata.html.json_ld import bare_url, find_article
from broadsheet.transforms.metadata.html.markup_reader import attributes, line_text, plain_text, read_markup
from broadsheet.transforms.metadata.html.visible_text import read_visible


def test_scripts_styles_comments_and_drawings_are_nobodys_text() -> None:
    hidden = (
        "<script>var x = '<p>b</p>'</script><style>p{}</style><!-- <p>c</p> --><svg><title>d</title></svg><template>e</template>"
    )
    source = f"<p>a</p>{hidden}"
    assert [line.text for line in read_visible(read_markup(source).body).lines] == ["a"]


def test_a_quote_that_is_never_closed_swallows_no_more_than_its_tag() -> None:
    markup = read_markup('<meta name="a" content="open><meta name="b" content="x"><title>T</title><p>text</p>')
    assert markup.title == "T"
    assert markup.meta("b") == "x"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("a=\"1\" B='2' c=3", {"a": "1", "b": "2", "c": "3"}),
        ('a="x > y"', {"a": "x > y"}),
        ('a="1" a="2"', {"a": "1"}),
        ('a="&quot;x&quot; &amp;amp; y"', {"a": '"x" & y'}),
        ("a = '1\n 2'", {"a": "1 2"}),
        ('data-a="1" v-bind:b="2" @c="3"', {"data-a": "1", "v-bind:b": "2", "@c": "3"}),
    ],
)
def test_attributes_of_any_spelling_are_read(tag: str, expected: dict[str, str]) -> None:
    assert attributes(tag) == expected


def test_words_run_through_inline_tags_and_other_tags_part_them() -> None:
    assert line_text("fe<b>rr</b>y<div>pier</div>quay") == "ferry pier quay"


def test_invisible_characters_and_entities_are_folded() -> None:
    assert plain_text(" a\u200b \ufeff&nbsp;b&shy;c ") == "a bc"


@pytest.mark.parametrize(
    "script",
    [
        '{"@type":"NewsArticle","headline":"H","datePublished":"2021-03-05",}',
        '<!--{"@type":"NewsArticle","headline":"H","datePublished":"2021-03-05"}-->',
        '//<![CDATA[\n{"@type":"NewsArticle","headline":"H","datePublished":"2021-03-05"}\n//]]>',
        '{"@type":"NewsArticle","headline":"H","datePublished":"2021-03-05","description":"two\nlines"}',
        "{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;headline&quot;:&quot;H&quot;,&quot;datePublished&quot;:&quot;2021-03-05&quot;}",
        '{"@type":"Organization","name":"L"}{"@type":"NewsArticle","headline":"H","datePublished":"2021-03-05"}',
        '[{"@type":"BreadcrumbList"},{"@type":["Article","NewsArticle"],"headline":["H"],"datePublished":"2021-03-05"}]',
        '{"@graph":[{"@type":"WebPage","name":"L"},{"@type":"https://schema.org/Article","headline":"H","datePublished":"2021-03-05"}]}',
    ],
    ids=["trailing comma", "comment", "CDATA", "line break", "entities", "two values", "list", "graph"],
)
def test_json_ld_is_read_with_common_damage(script: str) -> None:
    entity = find_article([script])
    assert entity is not None
    assert (entity.text("headline"), entity.text("datePublished")) == ("H", "2021-03-05")


def test_an_article_in_a_list_of_others_is_not_the_pages() -> None:
    listed = '{"@type":"ItemList","itemListElement":[{"@type":"Article","headline":"Other","datePublished":"2020-01-01"}]}'
    assert find_article([listed]) is None


def test_of_several_articles_the_one_that_names_the_page_is_taken() -> None:
    other = '{"@type":"Article","headline":"Other","url":"https://l.example/other","datePublished":"2020-01-01"}'
    own = '{"@type":"Article","headline":"Own","url":"https://www.l.example/own?x=1","datePublished":"2021-01-01"}'
    entity = find_article([other, own], urls={bare_url("http://l.example/own/")})
    assert entity is not None
    assert entity.text("headline") == "Own"


def test_an_entity_named_by_id_is_looked_up_in_the_whole_page() -> None:
    article = '{"@type":"Article","headline":"H","author":{"@id":"#ines"}}'
    entity = find_article([article, '{"@type":"Person","@id":"#ines","name":"Ines Moreau"}'])
    assert entity is not None
    assert [person.text("name") for person in entity.entities("author")] == ["Ines Moreau"]


@pytest.mark.parametrize("script", ["", "{", "null", "[" * 5_000, '{"a":' * 5_000, "{}" * 5_000, '"x"', "\x00\ud800"])
def test_broken_json_ld_is_nothing(script: str) -> None:
    assert find_article([script]) is None


HOSTILE = {
    "no tags": "a" * 1_000_000,
    "open tags": "<div" * 200_000,
    "attributes": "<a " + "x=" * 300_000 + ">",
    "quotes": '<meta content="' * 60_000,
    "nested": "<div class='author'>" * 50_000 + "By Ines Moreau",
    "lines": "<p>x</p>\n" * 110_000,
    "headings": "<h1>x</h1>" * 100_000,
    "heading without end": "<h1>" + "x" * 1_000_000,
    "spaces": "<p>" + " " * 1_000_000,
    "entities": "&amp;" * 200_000,
    "comments": "<!--" * 250_000,
    "scripts": "<script>" * 120_000,
    "json-ld": '<script type="application/ld+json">' + '{"a":[' * 150_000,
    "many json-ld": json_ld(author="x") * 3_000,
    "names": "<p class=author>" + "Ines Moreau, " * 80_000,
    "dates": "<h1>x</h1><p class=date>" + "2021-03-05 " * 90_000,
    "years": "<h1>x</h1>" + "<p>5.3.2021</p>" * 70_000,
    "separators": "<title>" + "a | " * 250_000 + "</title>",
    "byline words": "<h1>x</h1>" + "<p>von by par por</p>" * 50_000,
    "title many times": f"<title>{HEADLINE}</title>" + f"<h2>{HEADLINE}</h2>" * 20_000,
    "NULs": "\x00" * 1_000_000,
    "lone surrogates": "<h1>\ud800</h1>" + "\udfff" * 500_000,
    "right to left": "<p>\u202e" + "א" * 500_000,
    "tags": '<meta name="keywords" content="' + "a," * 400_000 + '">',
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_meant_to_hurt_takes_linear_time(source: str) -> None:
    with no_runaway():
        read(source, "https://lantern.example/2021/03/05/x")


@given(st.text(alphabet=st.sampled_from("<>/=\"' &;!-abh1pmetascriptimed20.:,|–\n\ud800\x00é作"), max_size=300))
def test_any_string_is_a_page(source: str) -> None:
    found = read(source)
    assert {item.field for item in found.evidence} >= ({"title"} if found.title else set())


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_page_says_it_is_read_the_same_twice(title: str, name: str) -> None:
    source = page(json_ld(author=name, datePublished=title), top=f"<p>By {name}</p>", headline=title, title=title)
    assert read(source) == read(source)


def test_what_is_far_below_costs_and_counts_nothing() -> None:
    assert read(page(below=PROSE * 500)).title == HEADLINE


def test_a_word_with_a_reading_stays_in_its_line() -> None:
    assert line_text("<h1><ruby>港町</ruby>の<ruby><rb>潮汐</rb></ruby>水車</h1>") == "港町の潮汐水車"

"""Who wrote an article, and who is only named on its page."""

from __future__ import annotations

import pytest
from helpers.html_pages import json_ld, meta, page, read


def authors(source: str, url: str | None = "https://lantern.example/pier") -> tuple[list[str], str | None]:
    found = read(source, url)
    return found.authors, found.basis("authors")


INES = {"@type": "Person", "name": "Ines Moreau"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (page(json_ld(author=INES), top="<p>Ines Moreau</p>"), (["Ines Moreau"], "json-ld")),
        (page(json_ld(author=[INES, {"name": "Li Reyes"}]), top="<p>Ines Moreau, Li Reyes</p>"),
         (["Ines Moreau", "Li Reyes"], "json-ld")),
        (page(json_ld(author="Ines Moreau"), top="<p>Ines Moreau</p>"), (["Ines Moreau"], "json-ld")),
        (page(meta(author="Ines Moreau"), top="<p>Ines Moreau</p>"), (["Ines Moreau"], "meta")),
        (page(top='<span class="author-name">Ines Moreau</span>'), (["Ines Moreau"], "author element")),
        (page(top='<a rel="author" href="/a/7">Ines Moreau</a>'), (["Ines Moreau"], "author element")),
        (page(top='<span itemprop="author">Ines Moreau</span>'), (["Ines Moreau"], "author element")),
        (page(top="<p>By Ines Moreau and Li Reyes</p>"), (["Ines Moreau", "Li Reyes"], "byline")),
        (page(top="<p>Von Ines Moreau</p>", lang="de"), (["Ines Moreau"], "byline")),
        (page(top="<p>03/05/2021 by Ines Moreau, Harbour Correspondent</p>"), (["Ines Moreau"], "byline")),
        (page(top="<p>Words:</p><p>Ines Moreau</p>".replace("Words", "Text & Photos")), (["Ines Moreau"], "byline")),
        (page(top="<p>March 5, 2021 | Ines Moreau | 3 min read</p>"), (["Ines Moreau"], "beside date")),
        (page(top="<p>Ines Moreau</p>"), (["Ines Moreau"], "name at headline")),
        (page(top="<p>Wenzo Quill, Ines Moreau and Li Reyes</p>"),
         (["Wenzo Quill", "Ines Moreau", "Li Reyes"], "name at headline")),
        (page(below="<p>Author: Ines Moreau</p>"), (["Ines Moreau"], "byline")),
        (page(below="<p><em>Von Ines Moreau</em></p>", lang="de"), (["Ines Moreau"], "byline")),
        (page(below="<b>Von:</b><br><br>Ines Moreau/DPA", lang="de"), (["Ines Moreau"], "byline")),
        (page(below='<div class="author-box"><b>Ines Moreau</b><p>has kept the tide tables for thirty years.</p></div>'),
         (["Ines Moreau"], "author element")),
    ],
    ids=["json-ld", "two in json-ld", "json-ld string", "meta", "class", "rel", "itemprop", "by", "von", "behind a date",
         "below an introduction", "beside a date", "alone at the headline",
         "several alone", "label below", "signature",
         "label above a name", "box below"],
)  # fmt: skip
def test_each_kind_of_byline_is_read_with_its_basis(source: str, expected: tuple[list[str], str]) -> None:
    assert authors(source) == expected


@pytest.mark.parametrize(
    "declared",
    [
        "admin",
        "Staff",
        "Redaktion",
        "The Quillan Lantern",
        "lantern.example",
        "https://lantern.example/author/ines",
        "ines@lantern.example",
    ],
)
def test_what_heads_declare_that_is_not_a_person_is_not_an_author(declared: str) -> None:
    head = json_ld(author={"name": declared}, publisher={"name": "The Quillan Lantern"}) + meta(author=declared)
    assert authors(page(head, top=f"<p>{declared}</p>")) == ([], None)


def test_a_declared_person_who_is_not_shown_counts_on_english_pages_only() -> None:
    assert authors(page(json_ld(author=INES))) == (["Ines Moreau"], "json-ld")
    assert authors(page(json_ld(author=INES), lang="de")) == ([], None)


def test_a_byline_that_names_more_than_the_head_is_believed() -> None:
    names, basis = authors(page(json_ld(author=INES), top="<p>By Ines Moreau and Li Reyes</p>"))
    assert (names, basis) == (["Ines Moreau", "Li Reyes"], "byline")


def test_a_byline_that_says_more_of_a_name_than_the_head_is_believed() -> None:
    assert authors(page(json_ld(author="Nils"), top="<p>A column by Nils Holm</p>".replace("A column by", "By")))[0] == [
        "Nils Holm"
    ]


@pytest.mark.parametrize(
    "other",
    [
        '<figure><img src="p.jpg"><figcaption>© Meridian Photo / Ingrid Talvasson</figcaption></figure>',
        "<p>Photo: Ingrid Talvasson</p>",
        '<span class="photo-author">Ingrid Talvasson</span>',
        '<a class="license-author" href="/l">Ingrid Talvasson</a>',
        '<span class="image-copyright author">Ingrid Talvasson</span>',
        "<p>Reviewed by Ingrid Talvasson</p>",
    ],
    ids=["credit", "photo label", "photo element", "licence", "copyright", "reviewer"],
)
def test_who_took_the_picture_or_reviewed_the_story_did_not_write_it(other: str) -> None:
    assert authors(page(top=other)) == ([], None)
    assert authors(page(top=other + "<p>By Ines Moreau</p>"))[0] == ["Ines Moreau"]


@pytest.mark.parametrize(
    "below",
    [
        '<div id="comments"><div class="comment"><span class="comment-author fn">Bernd Sauer</span><p>Nice.</p></div></div>',
        '<aside class="related-posts"><h3>Herons return</h3><span class="author">Bernd Sauer</span></aside>',
        '<section class="comments"><p>Author: Bernd Sauer</p></section>',
    ],
    ids=["comment", "related article", "label in a comment"],
)
def test_authors_of_other_things_are_none(below: str) -> None:
    assert authors(page(below=below)) == ([], None)


def test_a_person_in_the_headline_is_its_subject() -> None:
    headline = "Odile Marchetti keeps the log of the harbour"
    assert authors(page(top='<span class="author">Odile Marchetti</span>', headline=headline, title=headline)) == ([], None)


def test_a_blog_that_carries_a_persons_name_is_written_by_that_person() -> None:
    blog = page('<meta property="og:site_name" content="Derek Holm">')
    assert authors(blog) == (["Derek Holm"], "site name")
    assert authors(page(title="Pier – Dr. Derek Holm"), "https://derek-holm.example/pier") == (["Derek Holm"], "site name")
    assert authors(page(title="Pier – Derek Holm")) == ([], None)


def test_months_are_first_names_where_a_surname_follows() -> None:
    assert authors(page(top="<p>By April Sandoval and Jan Brandt</p>"))[0] == ["April Sandoval", "Jan Brandt"]


def test_a_name_written_twice_for_screen_readers_is_one() -> None:
    assert authors(page(top='<p class="author">Ines Moreau <span class="sr-only">Ines Moreau</span></p>'))[0] == ["Ines Moreau"]


def test_nothing_on_the_page_gives_no_author() -> None:
    assert authors(page()) == ([], None)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("By Anne Hathersage 14 March 2024", ["Anne Hathersage"]),
        ("By Anne Hathersage, 14.03.2024", ["Anne Hathersage"]),
        ("By Anne Marie Hathersage, 14 March 2024", ["Anne Marie Hathersage"]),
        ("By Anne Hathersage, Wei Zhang, 14 March 2024", ["Anne Hathersage", "Wei Zhang"]),
        ("By Anne Hathersage and Wei Zhang, March 14, 2024 at 9:15 a.m.", ["Anne Hathersage", "Wei Zhang"]),
        ("14 March 2024 by Anne Hathersage", ["Anne Hathersage"]),
        ("Anne Hathersage in Garrow and Ines Moreau in London", ["Anne Hathersage", "Ines Moreau"]),
    ],
)
@pytest.mark.parametrize("element", ["p", "p class='byline'", "p class='meta'"])
def test_a_date_beside_a_byline_takes_no_name_with_it(words: str, names: list[str], element: str) -> None:
    assert read(page(top=f"<{element}>{words}</p>")).authors == names


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (page(top="<p>By The Associated Press</p>"), ["The Associated Press"]),
        (page(top="<p>By Ann Holm and Ines Moreau, Quillan Times</p>"), ["Ann Holm", "Ines Moreau"]),
        (page(top="<p>Byby Ann Holm</p>"), ["Ann Holm"]),
        (page(top="<p>by Ann HolmAnn Holm</p>"), ["Ann Holm"]),
        (page(top="<p>By Ann HolmDec 05, 2023</p>"), ["Ann Holm"]),
        (page(top='<p class="byline">Ann Lauren Holm MS</p>'), ["Ann Lauren Holm"]),
    ],
    ids=["agency", "paper after a person", "by twice", "name twice", "month glued to the name", "degree"],
)
def test_what_is_beside_a_name_is_left_out_and_an_agency_alone_is_named(source: str, names: list[str]) -> None:
    assert read(source).authors == names


def test_a_byline_on_which_a_part_of_the_head_agrees_leaves_out_editors() -> None:
    people = [{"@type": "Person", "name": name} for name in ("Ann Holm", "Jens Marlo")]
    head = json_ld(author=people) + meta(author="Ann Holm")
    assert read(page(head, top="<p>By Ann Holm</p><p>Edited by Jens Marlo</p>")).authors == ["Ann Holm"]
    alone = json_ld(author=people)
    assert read(page(alone, top="<p>By Ann Holm</p><p>Jens Marlo</p>")).authors == ["Ann Holm", "Jens Marlo"]


def test_a_list_of_articles_and_a_shops_reviews_have_no_author() -> None:
    teasers = "".join(
        f"<div><h3>The {what} is closed</h3><p>It is not known when it opens.</p><p>Ask the harbour.</p>"
        f'<span class="author">{name}</span></div>'
        for what, name in (("mill", "Ann Holm"), ("quay", "Ines Moreau"), ("pier", "Jens Marlo"), ("tower", "Nils Brandt"))
    )
    assert read(page(below=teasers)).authors == []
    reviews = "".join(f'<div><span class="author">{name}</span><p>Fits well.</p></div>' for name in ("Tom K.", "Amy S."))
    assert read(page(below=reviews)).authors == []

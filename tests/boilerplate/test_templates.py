"""Lines that many pages of a source share are its chrome; sentences that follow-ups repeat are not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.reasons import PAGE_CLOCK, PROSE, SHARE, SHORT, TEMPLATE
from broadsheet.schemas.records import TEXT, Article, Block, Origin, Page
from broadsheet.transforms.boilerplate.templates import template_lines
from broadsheet.transforms.boilerplate.templates.template_lines import (
    Sketch,
    Template,
    add_page,
    landmarks,
    line_key,
    merge,
    new_sketch,
    page_lines,
    recognise,
    strip_with,
)

PROMISE = "Readers like you keep the Quillan Mercury afloat, and we thank every one of you with all our heart for it."
BACKGROUND = "The pier was built in 1911 by the Marchetti brothers, who had never seen a drawing and never needed one either."


def article(*blocks: tuple[str, bool, str], media_type: str = TEXT) -> Article:
    page = Page(Origin("u", 0), "\n".join(text for text, _, _ in blocks), media_type, "utf-8", "utf-8", 0.0)
    return Article(page, [Block(text, line, kept, reason) for line, (text, kept, reason) in enumerate(blocks, start=1)])


def prose(number: int) -> tuple[str, bool, str]:
    return f"{'abcdefghij'[number]} " * 120 + ".", True, PROSE


def sketch_of(pages: list[Article]) -> Sketch:
    sketch = new_sketch()
    for page in pages:
        sketch = add_page(sketch, page_lines(page))
    return sketch


def test_numbers_and_punctuation_do_not_tell_lines_apart() -> None:
    assert line_key("12 Comments »") == line_key("3 comments") == "0 comments"
    assert line_key("— | —") == ""
    assert len(line_key("x" * 10_000)) < 200


def test_a_line_of_three_documents_is_chrome_and_one_of_two_is_not() -> None:
    pages = [article((PROMISE, True, PROSE), prose(n)) for n in range(3)]
    assert Template.of("q", sketch_of(pages)).lines == {line_key(PROMISE): 3}
    assert Template.of("q", sketch_of(pages[:2])).lines == {}


def test_a_paragraph_inside_bodies_is_chrome_only_where_many_pages_have_it() -> None:
    with_it = [article(prose(n), (BACKGROUND, True, PROSE), prose(n + 1)) for n in range(3)]
    without = [article((f"{name * 40}", True, PROSE)) for name in ("ka ", "lo ", "mi ", "nu ", "pe ", "ra ", "so ", "tu ")]
    assert line_key(BACKGROUND) not in Template.of("q", sketch_of(with_it + without)).lines
    assert line_key(BACKGROUND) in Template.of("q", sketch_of(with_it)).lines


@given(
    st.lists(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans()), unique_by=lambda line: line[0]), max_size=12),
    st.integers(0, 12),
)
def test_merging_sketches_is_the_same_as_one_sketch_of_all(pages: Any, cut: int) -> None:
    def sketch(part: Any) -> Any:
        made = new_sketch()
        for lines in part:
            made = add_page(made, lines)
        return made

    assert merge([sketch(pages[:cut]), sketch(pages[cut:])]) == sketch(pages)


def test_a_sketch_stays_bounded_and_never_counts_too_high(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_lines, "SKETCH_LINES", 10)
    sketch = new_sketch()
    for page in range(200):
        sketch = add_page(sketch, [("chrome", False), *((f"line {page} {n}", False) for n in range(5))])
    assert len(sketch.lines) <= 20
    assert 100 < sketch.lines["chrome"][0] <= 200


def test_chrome_is_dropped_and_what_a_rule_has_named_stays_what_it_is() -> None:
    first = article((PROMISE, True, PROSE), ("05:17 GMT", False, PAGE_CLOCK), prose(1), ("Share", False, SHORT))
    stripped = strip_with(Template("q", 9, {line_key(PROMISE): 9, line_key("05:17 GMT"): 9, "share": 9}), first)
    assert [(block.line, block.reason) for block in stripped.blocks] == [(1, TEMPLATE), (2, PAGE_CLOCK), (3, PROSE), (4, TEMPLATE)]
    assert stripped.blocks[0].text == PROMISE


def test_a_page_without_its_sources_chrome_is_left_as_it_is() -> None:
    first = article(prose(1), prose(2))
    assert strip_with(Template("q", 9, {line_key(PROMISE): 9}), first) == first


def test_a_page_of_nothing_but_chrome_has_no_article() -> None:
    first = article((PROMISE, True, PROSE))
    with pytest.raises(NoArticleError, match="other pages of q"):
        strip_with(Template("q", 9, {line_key(PROMISE): 9}), first)


CHROME = ("Quillan Mercury online", "Tide tables today", "Letters to us", "Advertise with us", "Sign up now", "Home")


def chrome_page(number: int, *lines: str) -> Article:
    return article(prose(number), *((line, False, SHORT) for line in lines))


def template(source: str, *lines: str) -> Template:
    return Template.of(source, sketch_of([chrome_page(number, *lines) for number in range(4)]))


def test_a_page_is_recognised_by_the_lines_that_one_source_alone_has() -> None:
    known = landmarks([template("mercury", *CHROME), template("gazette", *CHROME[3:], "Gazette of the isles")])
    assert set(known.owners.values()) == {"mercury", "gazette"}
    assert line_key("Advertise with us") not in known.owners
    assert recognise(known, chrome_page(7, *CHROME)) is None  # three of its own are too few
    long = landmarks([template("mercury", *CHROME), template("gazette", "Gazette of the isles")])
    assert recognise(long, chrome_page(7, *CHROME)) == "mercury"
    assert recognise(long, chrome_page(7, "Home", "Sport", "Gazette of the isles")) is None


def test_a_few_of_many_landmarks_do_not_make_a_page_a_sources() -> None:
    many = [
        f"{word} of Quillan"
        for word in ("Tides", "Ferries", "Letters", "Crabs", "Nets", "Gulls", "Quays", "Boats", "Bells", "Fogs", "Inns")
    ]
    known = landmarks([template("mercury", *many)])
    assert recognise(known, chrome_page(7, *many[:3])) is None
    assert recognise(known, chrome_page(7, *many[:4])) == "mercury"
    wide = landmarks([template("mercury", *many, *(f"{line}, continued" for line in many))])
    assert recognise(wide, chrome_page(7, *many[:6])) is None
    assert recognise(wide, chrome_page(7, *many[:7])) == "mercury"


def test_lines_that_a_rule_names_are_nobodys_landmarks() -> None:
    known = landmarks([template("mercury", *CHROME)])
    named = article(prose(7), *((line, False, SHARE) for line in CHROME))
    assert recognise(known, named) is None

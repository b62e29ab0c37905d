"""What one record may cost after it was read."""

import json

import pytest
from helpers.html_pages import json_ld, page
from helpers.runaway import no_runaway

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import HTML, TEXT, Document, Origin, Page, RawRecord
from broadsheet.transforms.boilerplate.strip_boilerplate import EXTRACTORS, strip
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.language.detect_language import detect_language
from broadsheet.transforms.limits import ResourceLimits, check_markup, depth_of
from broadsheet.transforms.metadata.extract_metadata import extract_document
from broadsheet.transforms.read.metadata_overrides import to_json


def _page(html: str, **fields: str) -> Page:
    return Page(Origin("a", 0, **fields), html, HTML, "utf-8", "utf-8", 0.0)  # type: ignore[arg-type]


def _row(head: str, limits: ResourceLimits, **fields: str) -> Document:
    return extract_document(detect_language(strip(_page(page(head), **fields))), limits)


@pytest.mark.parametrize(
    ("html", "depth"),
    [
        ("", 0),
        ("a < b, c <3 d", 0),
        ("<div><p>One<p>Two<br><img src=a></div>", 1),
        ("<div><span><b>deep</b></span></div><div>flat</div>", 3),
        ("</div></div><div>", 1),
        ("<ul><li>One<ul><li>Two</ul></ul>", 2),
        ("<DIV>" * 7, 7),
        ("<p>" * 7 + "<br>" * 7, 0),
    ],
)
def test_the_depth_of_a_page_is_what_is_open_at_once(html: str, depth: int) -> None:
    assert depth_of(html) == depth


@pytest.mark.parametrize("extractor", EXTRACTORS)
@pytest.mark.parametrize(
    ("html", "limits", "reason"),
    [
        ("<div>" * 10_000_000, ResourceLimits(), "too_many_tags"),
        ("<b>" * 900_000, ResourceLimits(), "html_too_deep"),
        ("<div>" * 11, ResourceLimits(html_depth=10), "html_too_deep"),
        ("<br>" * 11, ResourceLimits(html_tags=10), "too_many_tags"),
    ],
    ids=["ten million tags", "900,000 deep", "11 deep", "11 tags"],
)
def test_markup_beyond_the_limits_is_refused_before_anything_is_built_of_it(
    extractor: str, html: str, limits: ResourceLimits, reason: str
) -> None:
    with no_runaway():
        with pytest.raises(RecordError) as refused:
            strip(_page(html), EXTRACTORS[extractor], limits)
        assert refused.value.reason == reason
        assert "--limit html-" in refused.value.message


@pytest.mark.parametrize("media_type", [TEXT, HTML])
def test_a_page_of_too_many_characters_is_refused_when_it_is_decoded(media_type: str) -> None:
    data = "Möwe".encode() * 10  # characters count, not bytes
    assert len(decode(RawRecord(Origin("a", 0), data, media_type), ResourceLimits(chars=40)).text) == 40
    with pytest.raises(RecordError) as refused:
        decode(RawRecord(Origin("a", 0), data, media_type), ResourceLimits(chars=39))
    assert (refused.value.reason, refused.value.message) == (
        "text_too_long",
        "the page has 40 characters, --limit page-chars allows 39",
    )


def test_what_keeps_to_the_limits_is_left_alone() -> None:
    check_markup("<div>" * 10 + "</div>" * 10 + "<br>" * 80, ResourceLimits(html_tags=100, html_depth=10))


def test_a_title_of_a_megabyte_is_not_a_title() -> None:
    row = _row(json_ld(headline="x" * 1_000_000), ResourceLimits())
    assert row.title is None or len(row.title) < 1000
    for title in ("x" * 21, "x" * 20):
        row = _row("", ResourceLimits(field_chars=20), given=to_json({"title": (title, "manifest")}))
        assert (row.title, row.title_basis) == ((title, "manifest") if len(title) == 20 else (None, None))


def test_a_page_with_ten_thousand_authors_names_none() -> None:
    authors = [{"@type": "Person", "name": f"Ann {'Abcdefghij'[number % 10]}. Other"} for number in range(10_000)]
    row = _row(json_ld(author=authors), ResourceLimits())
    assert (row.authors, row.authors_basis) == ([], None)
    assert row.text


@pytest.mark.parametrize("field", ["authors", "tags"])
def test_a_list_beyond_the_limit_is_not_known_and_none_is_cut(field: str) -> None:
    for count in (1001, 1000):
        row = _row("", ResourceLimits(), given=json.dumps({field: [[f"n{number}" for number in range(count)], "manifest"]}))
        assert len(getattr(row, field)) == (0 if count == 1001 else 1000)
        assert getattr(row, f"{field}_basis") == (None if count == 1001 else "manifest")


def test_a_tag_that_is_too_long_is_left_out_and_the_others_stay() -> None:
    given = to_json({"tags": (["harbour", "x" * 21, "crabs"], "manifest")})
    row = _row("", ResourceLimits(field_chars=20), given=given)
    assert (row.tags, row.tags_basis) == (["harbour", "crabs"], "manifest")


def test_an_address_that_is_too_long_is_not_known() -> None:
    row = _row("", ResourceLimits(), url="https://paper.example/" + "x" * 30_000, url_basis="container")
    assert (row.url, row.url_basis) == (None, None)


@pytest.mark.parametrize("field", ["title", "subtitle", "section", "agency", "place", "site_name", "image", "external_id"])
def test_no_field_that_is_given_goes_beyond_the_limit(field: str) -> None:
    row = _row("", ResourceLimits(), given=json.dumps({field: ["x" * 20_001, "sidecar"]}))
    assert getattr(row, field) is None
    assert getattr(row, f"{field}_basis") is None

"""What the user gives beside a file: parsed, ranked, and put over what the page says."""

import datetime as dt
from typing import Any

import pytest

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import Evidence, Metadata, Origin, RawRecord
from broadsheet.transforms.read.metadata_overrides import (
    apply_given,
    compile_template,
    from_json,
    give,
    given_by_path,
    parse_given,
    to_json,
)


def test_times_are_kept_in_utc_and_bare_ones_are_taken_for_utc() -> None:
    given = parse_given({"published_at": "2024-03-04T10:00:00+02:00", "modified_at": "2024-03-05"}, "sidecar", "x.json")
    assert given["published_at"] == ("2024-03-04T08:00:00+00:00", "sidecar")
    assert given["modified_at"] == ("2024-03-05T00:00:00+00:00", "sidecar")


def test_lists_may_be_one_string_with_semicolons() -> None:
    assert parse_given({"authors": "Ada Quill; Bo Reed ;"}, "manifest", "m.csv")["authors"] == (
        ["Ada Quill", "Bo Reed"],
        "manifest",
    )


def test_keys_that_are_not_fields_are_left_alone() -> None:
    assert parse_given({"colour": "green", "title": ""}, "manifest", "m.csv") == {}


@pytest.mark.parametrize("values", [{"published_at": "last Tuesday"}, {"title": {"en": "No"}}], ids=["no time", "no text"])
def test_a_value_that_does_not_fit_is_refused_with_its_place(values: Any) -> None:
    with pytest.raises(RecordError, match=r"page\.txt\.json") as caught:
        parse_given(values, "sidecar", "page.txt.json")
    assert caught.value.reason == "bad_sidecar"


def test_given_fields_travel_as_json() -> None:
    given = parse_given({"title": "Où", "tags": ["a"]}, "manifest", "m")
    assert from_json(to_json(given)) == given
    assert to_json({}) == ""


def test_the_flag_goes_over_a_given_source() -> None:
    record = RawRecord(Origin("u", 0, source="flagged", source_basis="flag"), b"", "text/plain")
    assert give(record, {"source": ("other", "manifest")}).origin.source == "flagged"
    of_path = record._replace(origin=record.origin._replace(source_basis="path"))
    assert give(of_path, {"source": ("other", "manifest")}).origin.source == "other"


def test_given_metadata_replaces_the_pages_own_with_its_evidence() -> None:
    page = Metadata(title="From the page", section="Town", evidence=[Evidence("title", "heading", "From the page")])
    given = to_json(parse_given({"title": "Given", "published_at": "2024-03-04"}, "manifest", "m"))
    metadata = apply_given(page, given)
    assert (metadata.title, metadata.basis("title"), metadata.section) == ("Given", "manifest", "Town")
    assert metadata.published_at == dt.datetime(2024, 3, 4, tzinfo=dt.UTC)
    assert len([item for item in metadata.evidence if item.field == "title"]) == 1


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("/in/acme/2024-03-05/a.txt", {"source": ("acme", "path"), "fetched_at": ("2024-03-05T00:00:00+00:00", "path")}),
        ("/in/ac%C3%A9/20240305/a.txt", {"source": ("acé", "path"), "fetched_at": ("2024-03-05T00:00:00+00:00", "path")}),
        ("/in/acme/march/a.txt", {}),
    ],
    ids=["fits", "escaped and compact", "no date, no fit"],
)
def test_a_path_template_reads_the_end_of_a_path(uri: str, expected: dict[str, tuple[str, str]]) -> None:
    assert given_by_path(uri, compile_template("{source}/{date}/{name}"), url_from_path=False) == expected


@pytest.mark.parametrize("template", ["{sorce}/{name}", "{source}/{source}", "{name}", "plain"])
def test_a_template_without_fields_or_with_unknown_ones_is_refused(template: Any) -> None:
    with pytest.raises(ValueError, match=r"field|fields"):
        compile_template(template)


@pytest.mark.parametrize(
    ("uri", "url"),
    [
        ("/mirror/www.news.example/a/b.html", "http://www.news.example/a/b.html"),
        ("/mirror/www.news.example/a/index.html.gz", "http://www.news.example/a/"),
        ("s3://bucket.name/news.example/x.htm", "http://bucket.name/news.example/x.htm"),
        ("/mirror/v1.2/page.html", None),
    ],
    ids=["page", "folder index", "the first host wins", "no host"],
)
def test_a_mirrors_paths_are_urls(uri: str, url: str) -> None:
    assert given_by_path(uri, None, url_from_path=True).get("url", (None,))[0] == url


def test_a_mirror_of_a_server_without_a_name_has_its_address_and_port() -> None:
    given = given_by_path("/mirrors/127.0.0.1:8080/news/index.html", None, True)
    assert given["url"] == ("http://127.0.0.1:8080/news/", "path")

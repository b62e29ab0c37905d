"""Columns by whatever names and with whatever values exports have them."""

import datetime as dt
import json
import logging
from pathlib import Path

import pytest
from helpers.reading import dead, messages, payloads, read, records

from broadsheet.transforms.read.metadata_overrides import from_json
from broadsheet.transforms.read.read_records import ReadOptions


@pytest.mark.parametrize(
    "names",
    [
        ("Title", "Authors", "Section", "Site Name", "Canonical URL", "Text"),
        ("TITLE", "AUTHORS", "SECTION", "SITE_NAME", "CANONICAL_URL", "TEXT"),
        ("title", "authors", "section", "siteName", "canonicalUrl", "text"),
        ("Ｔｉｔｌｅ", "ａｕｔｈｏｒｓ", "section ", "site-name", "canonical url", " Text"),
    ],
    ids=["capitals and spaces", "all capitals", "camel case", "full width"],
)
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_names_match_whatever_their_case_width_and_marks(tmp_path: Path, names: tuple[str, ...], kind: str) -> None:
    values = ("A Heron", "A. Ames;B. Byrne", "Nature", "The Marsh", "https://a.example/x", "words")
    rows = {"csv": ",".join(names) + "\n" + ",".join(values), "jsonl": json.dumps(dict(zip(names, values, strict=True)))}
    (record,) = records(read(tmp_path, f"a.{kind}", rows[kind].encode()))
    assert {field: value for field, (value, _) in from_json(record.given).items()} == {
        "title": "A Heron",
        "authors": ["A. Ames", "B. Byrne"],
        "section": "Nature",
        "site_name": "The Marsh",
        "canonical_url": "https://a.example/x",
    }
    assert record.payload == b"words"


def test_a_column_that_the_user_names_matches_likewise(tmp_path: Path) -> None:
    assert payloads(read(tmp_path, "a.csv", b"My Story,n\nwords,1\n", ReadOptions(text_column="my_story"))) == [b"words"]


def test_a_column_that_looks_like_a_field_and_is_not_read_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for name in ("a.csv", "b.csv"):
            read(tmp_path, name, b"text,Tittle,price\nwords,A Heron,3\n")
    assert [line.getMessage() for line in caplog.records] == ["column Tittle is not read; a column named title would be"]


@pytest.mark.parametrize(
    "head",
    [
        "sep=;\r\nid;title;text\r\n", '"sep=;"\nid;title;text\n', "\n\nid;title;text\n",
        "# made on Monday, by hand\n# twice\nid;title;text\n",
        " id ; title ;text \n", "#id;title;text\n", ";;\nid;title;text\n", "\ufeffsep=;\nid;title;text\n",
    ],
    ids=["sep", "sep in quotes", "blank lines", "comments", "blanks", "names in a comment", "an empty row", "a mark and sep"],
)  # fmt: skip
def test_what_is_before_and_around_a_csvs_names_does_not_matter(tmp_path: Path, head: str) -> None:
    (record,) = records(read(tmp_path, "a.csv", f"{head}7;A, B, and C;words\n".encode()))
    assert (record.payload, from_json(record.given)["title"][0], from_json(record.given)["external_id"][0]) == (
        b"words",
        "A, B, and C",
        "7",
    )


def test_a_column_named_twice_is_an_error_with_its_name(tmp_path: Path) -> None:
    found = read(tmp_path, "a.csv", b"text,title,title\nwords,a,b\n")
    assert dead(found) == ["column_twice"]
    assert "title" in messages(found)


_MOMENT = dt.datetime(2024, 5, 14, 6, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "value",
    [
        "1715667120", "1715667120000", " 1715667120.0 ", 1715667120000000, 1715667120000000000, 20240514061200, "20240514061200",
        {"$date": "2024-05-14T06:12:00Z"}, {"$date": 1715667120000}, {"$date": {"$numberLong": "1715667120000"}},
    ],
    ids=str,
)  # fmt: skip
def test_moments_are_read_as_exports_write_them(tmp_path: Path, value: object) -> None:
    row = {"text": "words", "published_at": value, "crawl_date": value, "modified_at": value}
    (record,) = records(read(tmp_path, "a.jsonl", json.dumps(row).encode()))
    given = from_json(record.given)
    assert record.fetched_at == _MOMENT
    assert (given["published_at"][0], given["modified_at"][0]) == (_MOMENT.isoformat(),) * 2


@pytest.mark.parametrize("value", ["20240514", 20240514, "2024-05-14"])
def test_a_day_is_not_a_number_of_seconds(tmp_path: Path, value: object) -> None:
    (record,) = records(read(tmp_path, "a.jsonl", json.dumps({"text": "words", "date": value}).encode()))
    assert from_json(record.given)["published_at"][0] == "2024-05-14T00:00:00+00:00"


@pytest.mark.parametrize("value", [2024, "2024", 7, "0", {"$date": None}, {"day": 1}])
def test_what_may_not_be_a_moment_is_left_to_the_page(tmp_path: Path, value: object) -> None:
    (record,) = records(read(tmp_path, "a.jsonl", json.dumps({"text": "words", "date": value}).encode()))
    assert record.given == ""


@pytest.mark.parametrize(
    ("name", "data", "where"),
    [
        ("a.csv", b"id,text\n1,one\n2,\n", "line 3"),
        ("a.jsonl", b'{"text": "one"}\n{"text": null}\n', "line 2"),
        ("a.json", b'[{"text": "one"},{"text": ""}]', "character 17"),
    ],
)
def test_a_row_without_text_is_named(tmp_path: Path, name: str, data: bytes, where: str) -> None:
    found = read(tmp_path, name, data)
    assert (payloads(found), dead(found)) == ([b"one"], ["empty"])
    assert where in messages(found)

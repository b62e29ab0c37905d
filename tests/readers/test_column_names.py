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
    assert {field: value for field, (value, _) in from_json(record.origin.given).items()} == {
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
    assert (record.payload, from_json(record.origin.given)["title"][0], from_json(record.origin.given)["external_id"][0]) == (
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
        "1.71566712E12", "1.71566712e+09", "/Date(1715667120000)/", "/Date(1715667120000+0200)/", "2024-05-14 06:12:00 UTC",
        "2024-05-14T06:12:00Z[UTC]", "2024-05-14T08:12:00+02:00[Europe/Berlin]", "2024/05/14 06:12", "14.05.2024 06:12:00",
        {"_seconds": 1715667120, "_nanoseconds": 0}, {"$timestamp": {"t": 1715667120, "i": 1}},
        {"$date": "2024-05-14T06:12:00Z"}, {"$date": 1715667120000}, {"$date": {"$numberLong": "1715667120000"}},
    ],
    ids=str,
)  # fmt: skip
def test_moments_are_read_as_exports_write_them(tmp_path: Path, value: object) -> None:
    row = {"text": "words", "published_at": value, "crawl_date": value, "modified_at": value}
    (record,) = records(read(tmp_path, "a.jsonl", json.dumps(row).encode()))
    given = from_json(record.origin.given)
    assert record.origin.fetched_at == _MOMENT
    assert (given["published_at"][0], given["modified_at"][0]) == (_MOMENT.isoformat(),) * 2


@pytest.mark.parametrize("value", ["20240514", 20240514, "2024-05-14", "2024/05/14", "14.05.2024", "14 May 2024", "May 14, 2024"])
def test_a_day_is_not_a_number_of_seconds(tmp_path: Path, value: object) -> None:
    (record,) = records(read(tmp_path, "a.jsonl", json.dumps({"text": "words", "date": value}).encode()))
    assert from_json(record.origin.given)["published_at"][0] == "2024-05-14T00:00:00+00:00"


@pytest.mark.parametrize(
    "value", [2024, "2024", 7, "0", {"$date": None}, {"day": 1}, "05/06/2024", "\\N", "0001-01-01T00:00:00Z", -62135596800]
)
def test_what_may_not_be_a_moment_is_left_to_the_page(tmp_path: Path, value: object) -> None:
    (record,) = records(read(tmp_path, "a.jsonl", json.dumps({"text": "words", "date": value}).encode()))
    assert record.origin.given == ""


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


@pytest.mark.parametrize(
    ("head", "title"),
    [("Title,title,text", "b"), ("title,TITLE,text", "a"), ("TITLE,Title,title,text", "c")],
)
def test_of_columns_that_differ_by_case_only_the_one_named_exactly_is_read(tmp_path: Path, head: str, title: str) -> None:
    cells = ",".join("abc"[: head.count(",")])
    (record,) = records(read(tmp_path, "a.csv", f"{head}\n{cells},words\n".encode()))
    assert from_json(record.origin.given)["title"][0] == title


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_columns_that_differ_by_case_are_an_error_if_neither_is_named_exactly(tmp_path: Path, kind: str) -> None:
    data = {"csv": "Title,TITLE,text\na,b,words\n", "jsonl": '{"Title": "a", "TITLE": "b", "text": "words"}\n'}[kind]
    found = read(tmp_path, f"a.{kind}", data.encode())
    assert dead(found) == ["column_twice"]
    assert "Title, TITLE" in messages(found)


def test_id_is_read_before_the_id_of_a_database(tmp_path: Path) -> None:
    (record,) = records(read(tmp_path, "a.csv", b"_id,id,text\n1,2,words\n"))
    assert from_json(record.origin.given)["external_id"][0] == "2"


@pytest.mark.parametrize(
    "data",
    [
        "id,title,text\n7,A,words,\n", "id, title, text\n7, A, words\n", 'id, title, text\n"7", "A", "words"\n',
        '"id, of all";title;text\n7;A;words\n', "id\ttitle\ttext\ta, b, c, d\n7\tA\twords\t\n",
    ],
    ids=["a delimiter at the end", "blanks", "blanks before quotes", "a delimiter in a name", "many commas in a name"],
)  # fmt: skip
def test_cells_are_found_however_they_are_separated(tmp_path: Path, data: str) -> None:
    (record,) = records(read(tmp_path, "a.csv", data.encode()))
    assert (record.payload, from_json(record.origin.given)["title"][0]) == (b"words", "A")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "null", '"\\\\N"'])
def test_what_means_nothing_gives_nothing(tmp_path: Path, value: str) -> None:
    (record,) = records(read(tmp_path, "a.jsonl", f'{{"text": "words", "title": {value}}}\n'.encode()))
    assert record.origin.given == ""

"""From an article to its row: key, day, counts; and nothing in it that could not be stored."""

import datetime as dt
from typing import Any

import pytest
from apache_beam.coders import registry
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.schemas.reasons import PROSE
from broadsheet.schemas.records import TEXT, Article, Block, Document, Evidence, Language, Metadata, Origin, Page
from broadsheet.transforms.write.document_row import count_words, document_id, make_row, partition_day

_BODY = "The pier is closed."
_CRAWL = dt.datetime(2024, 5, 20, 12, tzinfo=dt.UTC)


def _article(body: str = _BODY, **fields: Any) -> Article:
    page = Page(Origin("/pages/a.txt", 0, **fields), body, TEXT, "utf-8", "utf-8", 0.0)
    return Article(page, [Block(line, number, True, PROSE) for number, line in enumerate(body.split("\n"))])


def _row(metadata: Metadata = Metadata(), **fields: Any) -> Document:  # noqa: B008
    return make_row(_article(**fields), metadata)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The pier\nis closed.", "the  PIER is closed"),
        ("“The pier” — closed", '"The pier" - closed'),
        ("ﬁve ships", "five ships"),
        ("Straße", "STRASSE"),
        ("cafe\u0301", "café"),
        ("１２ ships", "12 ships"),
    ],
    ids=["space and case", "quotation marks", "ligatures", "sharp s", "combining accents", "wide digits"],
)
def test_how_an_article_is_set_makes_no_other_document(one: str, other: str) -> None:
    assert document_id("paper.example", one) == document_id("paper.example", other)


def test_other_words_or_another_source_make_another_document() -> None:
    ids = [document_id("a", "pier"), document_id("a", "piers"), document_id("b", "pier"), document_id("ap", "ier")]
    assert len(set(ids)) == 4
    assert all(len(id_) == 32 for id_ in ids)


@pytest.mark.parametrize(
    ("detected", "of_the_page", "of_its_header", "declared", "differs"),
    [
        ("de", "de-AT", "en", "de-AT", False),
        ("de", None, "en", "en", True),
        ("und", "en", None, "en", None),
        ("de", None, None, None, None),
    ],
    ids=["the page goes before its header", "the header where the page says nothing", "unknown", "nothing declared"],
)
def test_a_declared_language_is_compared_with_the_detected_one(
    detected: str, of_the_page: str | None, of_its_header: str | None, declared: str | None, differs: bool | None
) -> None:
    article = _article(declared_language=of_its_header)._replace(language=Language(detected, 0.9))
    row = make_row(article, Metadata(declared_language=of_the_page))
    assert (row.declared_language, row.declared_language_differs) == (declared, differs)


@given(st.text(st.characters(exclude_categories=[])))
def test_the_fast_way_for_ascii_gives_the_same_key(body: str) -> None:
    ascii_only = body.encode("ascii", "ignore").decode()
    assert document_id("s", ascii_only) == document_id("s", ascii_only + "\u2014")  # a dash is not a word, and not ASCII


@pytest.mark.parametrize(
    ("body", "words"),
    [("", 0), ("one two\nthree", 3), ("守塔人", 3), ("灯台は twenty years", 5), ("Straße 12", 2)],
    ids=["none", "english", "chinese", "mixed", "german"],
)
def test_words_are_counted_in_any_script(body: str, words: int) -> None:
    assert count_words(body) == words


@pytest.mark.parametrize(
    ("published", "crawled", "expected"),
    [
        ("2024-05-14T06:12+00:00", "2024-05-20T12:00+00:00", ("2024-05-14", "published")),
        ("2024-05-14T00:40+02:00", None, ("2024-05-13", "published")),
        (None, "2024-05-20T23:30-05:00", ("2024-05-21", "crawled")),
        (None, None, ("None", "unknown")),
    ],
    ids=["published", "by the day in UTC", "crawled", "unknown"],
)
def test_a_row_is_filed_under_its_utc_day(published: str | None, crawled: str | None, expected: tuple[str, str]) -> None:
    metadata = Metadata(published_at=dt.datetime.fromisoformat(published) if published else None)
    day, basis = partition_day(metadata, dt.datetime.fromisoformat(crawled) if crawled else None)
    assert (str(day), basis) == expected


@pytest.mark.parametrize(
    ("published", "plausible"),
    [("1989-12-31", False), ("1990-01-01", True), ("2024-05-21", True), ("2024-05-22", False)],
)
def test_a_date_before_the_web_or_after_the_crawl_is_refused(published: str, plausible: bool) -> None:
    metadata = Metadata(published_at=dt.datetime.fromisoformat(f"{published}T06:00+00:00"), crawled_at=_CRAWL)
    row = _row(metadata)
    assert (row.published_at is not None) == plausible
    assert row.date_basis == ("published" if plausible else "crawled")


def test_what_the_container_knows_of_the_crawl_goes_over_the_pages_clock() -> None:
    fetched = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    row = _row(Metadata(crawled_at=_CRAWL), fetched_at=fetched)
    assert (row.crawled_at, row.crawled_at_basis) == (fetched, "container")


def test_a_source_that_cannot_name_a_folder_is_unknown() -> None:
    assert _row(Metadata(source="..")).source == "unknown"
    assert _row(Metadata(source=" A\tB ")).source == "A B"


@pytest.mark.parametrize("field", ["title", "subtitle", "section", "place", "external_id", "canonical_url", "image", "site_name"])
def test_half_an_emoji_in_a_field_can_travel_and_be_stored(field: str) -> None:
    broken: dict[str, Any] = {field: "Pier \ud83d closed"}
    row = _row(Metadata(authors=["Ann \udfff"], tags=["\ud83d"])._replace(**broken))
    assert getattr(row, field) == "Pier \ufffd closed"
    assert (row.authors, row.tags) == (["Ann \ufffd"], ["\ufffd"])
    coder = registry.get_coder(Document)
    assert coder.decode(coder.encode(row)) == row


def test_a_body_of_nothing_is_a_row_still() -> None:
    assert (_row(body="").chars, _row(body="").text_share, _row(body="").words) == (0, 0.0, 0)


def test_each_inferred_field_fills_its_column_and_the_basis_beside_it() -> None:
    inferred = [name for name in Metadata._fields if f"{name}_basis" in Document._fields and name != "source"]
    evidence = [Evidence(name, f"basis of {name}", "words") for name in inferred]
    known: dict[str, Any] = {
        name: ["some"] if name in ("authors", "tags") else _CRAWL if name.endswith("_at") else "some" for name in inferred
    }
    row = _row(Metadata(**known, evidence=evidence))
    assert {name: (getattr(row, name), getattr(row, f"{name}_basis")) for name in inferred} == {
        name: (known[name], f"basis of {name}") for name in inferred
    }


def test_the_first_evidence_of_a_field_is_its_basis() -> None:
    evidence = [Evidence("title", "meta", "The Pier"), Evidence("title", "heading", "The Pier")]
    assert _row(Metadata(title="The Pier", evidence=evidence)).title_basis == "meta"

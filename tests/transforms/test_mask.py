"""Mask: what is an address or a number goes, what only looks like one stays."""

from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.testing import test_pipeline as testing
from apache_beam.testing.util import assert_that, equal_to
from helpers.command import broadsheet
from helpers.lakes import by_delta
from helpers.pages import dump, write
from helpers.rows import document
from helpers.runaway import no_runaway
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.schemas.reasons import PROSE
from broadsheet.schemas.records import HTML, Article, Block, Origin, Page
from broadsheet.transforms.filters.mask_personal_data import KINDS, MaskPersonalData, mask, mask_document
from broadsheet.transforms.write.document_row import document_id
from broadsheet.transforms.write.markdown import to_markdown


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Write to ann.o-connor+tips@mail.paper.example.", "Write to [email]."),
        ("<ann@paper.example>, bob@paper.example", "<[email]>, [email]"),
        ("请写信至wang@paper.example或致电", "请写信至[email]或致电"),
        ("jörg@möwe.example", "[email]"),
        ("@ann wrote at@ 5 pm, a@b and 3@4.5", "@ann wrote at@ 5 pm, a@b and 3@4.5"),
    ],
)
def test_addresses_of_mail_are_masked(text: str, masked: str) -> None:
    assert mask(text, ["emails"])[0] == masked


@pytest.mark.parametrize(
    "number",
    [
        "+44 (0)20 7946 0123",
        "+49 30 901820",
        "+491701234567",
        "0049 30 90 18 20",
        "(555) 010-0199",
        "555-010-0199",
        "030 / 901820-0",
        "(05121) 90-0417",
        "Tel.: 22 201-41-00",
        "电话：84783450",
        "телефон: 8 962 000-56-63",
        "+7 (727) 000 80 20",
    ],
)
def test_numbers_of_telephones_are_masked(number: str) -> None:
    masked, counts = mask(f"Call {number}, please.", ["phones"])
    assert masked.endswith("[phone], please."), masked
    assert not any(char.isdigit() for char in masked)
    assert counts == {"phones": 1}


@pytest.mark.parametrize(
    "text",
    [
        "The year 2024-05-14, 14.05.2024 and 01-02-2024.",
        "It cost 1,250,000 euros, 12 500 000 kroner, 0.045 per cent.",
        "They won 3-2, 21-19 21-17 in 2019-2020.",
        "ISBN 978-3-16-148410-0 and 0-306-40615-2",
        "Tel Aviv 14 May 2024; Fax: 14.05.2024",
        "Version 10.4.2, at 12:30:45, 52.5200 13.4050",
        "10 000 people, +12 degrees, +24 / -16",
        "Article 123456789 of 1234567890123456789",
    ],
)
def test_what_is_not_a_telephone_is_left(text: str) -> None:
    assert mask(text, ["phones"]) == (text, {})


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("from 203.0.113.7, 2001:db8::1 and ::ffff:1.", "from [ip], [ip] and [ip]."),
        ("http://203.0.113.7:8080/", "http://[ip]:8080/"),
        (
            "at 12:30:45, v1.2.3.4, 1.2.3.4.5, 256.1.1.1, std::sort, a::b",
            "at 12:30:45, v1.2.3.4, 1.2.3.4.5, 256.1.1.1, std::sort, a::b",
        ),
    ],
)
def test_addresses_of_machines_are_masked(text: str, masked: str) -> None:
    assert mask(text, ["ips"])[0] == masked


def test_only_what_is_asked_for_is_masked_and_each_kind_is_counted() -> None:
    text = "ann@paper.example, bob@paper.example, +49 30 901820, 203.0.113.7"
    assert mask(text, ["phones"]) == ("ann@paper.example, bob@paper.example, [phone], 203.0.113.7", {"phones": 1})
    assert mask(text, KINDS) == ("[email], [email], [phone], [ip]", {"emails": 2, "phones": 1, "ips": 1})
    assert mask(text, []) == (text, {})


def test_the_key_of_a_row_is_that_of_its_masked_body() -> None:
    row = document(text="Write to ann@paper.example.", title="Call +49 30 901820", authors=["ann@paper.example"])
    masked, counts = mask_document(row, KINDS)
    assert (masked.text, masked.title, masked.authors) == ("Write to [email].", "Call [phone]", ["[email]"])
    assert masked.doc_id == document_id(row.source, masked.text) != row.doc_id
    assert (masked.chars, masked.words) == (len(masked.text), 3)
    assert counts == {"emails": 2, "phones": 1}
    plain = document(text="Nothing to hide.")
    assert mask_document(plain, KINDS) == (plain, {})


@given(st.text(st.sampled_from("a1@.+-:/ ()0é电\n") | st.characters(exclude_characters="[\0"), max_size=120))
def test_masking_leaves_only_marks_and_the_text_around_them(text: str) -> None:
    masked, counts = mask(text, KINDS)
    place = 0
    for piece in masked.replace("[ip]", "\0").replace("[email]", "\0").replace("[phone]", "\0").split("\0"):
        assert text.find(piece, place) >= 0
        place = text.find(piece, place) + len(piece)
    assert bool(counts) == (masked != text)


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "a",
        "@",
        "a@",
        "a.",
        "a@b.",
        "1.",
        "1 ",
        "01-",
        "01- ",
        "+1",
        "+1 ",
        "(1",
        "1:",
        ":",
        "tel ",
        "tel 1",
        "١",
        "\ud800",
        "0 / ",
    ],
)
def test_a_megabyte_in_one_line_takes_no_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    with no_runaway():
        mask(text, KINDS)


def test_masked_rows_are_counted_by_kind() -> None:
    rows = [document(text="ann@paper.example and bob@paper.example"), document("/b", text="Nothing.")]
    with testing.TestPipeline() as pipeline:
        texts = pipeline | beam.Create(rows) | MaskPersonalData(["emails"]) | beam.Map(lambda row: row.text)
        assert_that(texts, equal_to(["[email] and [email]", "Nothing."]))
    found = {str(counter.key.metric.name): counter.committed for counter in pipeline.result.metrics().query()["counters"]}
    assert found == {"emails_masked": 2}


def test_a_masked_lake_holds_no_address_and_two_pages_that_differ_in_one_are_one(tmp_path: Path) -> None:
    pages = {
        f"{name}.txt": dump("The Pier", (f"Who knows more may write to {name}@paper.example at any time.",))
        for name in ("ann", "bob")
    }
    inputs = write(tmp_path / "pages", pages)
    flags = ["--source", "paper.example", "--quiet", "--mask-pii", "phones, emails"]
    assert broadsheet("ingest", inputs, "--lake", tmp_path / "lake", *flags) == 0
    ((text,),) = by_delta(tmp_path / "lake", "select text from documents")
    assert "write to [email] at" in text
    assert broadsheet("verify", "--lake", tmp_path / "lake", "--deep") == 0


@pytest.mark.parametrize("kinds", ["names", "emails,names", ",", ""])
def test_a_kind_that_is_not_known_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str], kinds: str) -> None:
    inputs = write(tmp_path / "pages", {"a.txt": "text"})
    assert broadsheet("ingest", inputs, "--lake", tmp_path / "lake", "--mask-pii", kinds) == 2
    assert "--mask-pii" in capsys.readouterr().err


def test_markdown_is_masked_with_the_text() -> None:
    text = "Write to ann_b.holm@paper.example today."
    page = Page(Origin("a.html", 0), f"<p>{text}</p>", HTML, "utf-8", "utf-8", 0.0)
    row = document("/a.html", text=text)._replace(markdown=to_markdown(Article(page, [Block(text, 1, True, PROSE)])))
    masked, _ = mask_document(row, KINDS)
    assert masked.markdown is not None
    assert "holm" not in masked.markdown
    assert "ann" not in masked.markdown

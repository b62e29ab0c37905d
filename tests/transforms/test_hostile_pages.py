"""Pages made to break us go through all stages, and come out as rows that can travel, or as refusals."""

import contextlib
import json
from pathlib import Path

import pytest
from apache_beam.coders import registry
from helpers.pages import dump
from helpers.runaway import no_runaway

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import HTML, TEXT, Document, InputFile, Origin, RawRecord
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.language.detect_language import detect_language
from broadsheet.transforms.metadata.extract_metadata import extract_document
from broadsheet.transforms.read.read_records import ReadOptions, read_records

_PARAGRAPHS = "".join(f"<p>{paragraph}</p>" for paragraph in dump("The Pier").split("\n\n")[3:8])
_LD = '<script type="application/ld+json">{}</script>'
_HEADS = {
    "half an emoji in JSON-LD": _LD.format(
        json.dumps({"@type": "NewsArticle", "headline": "Pier \ud83d", "author": {"name": "Ann \udfff"}, "keywords": ["\ud800"]})
    ),
    "deep JSON-LD": _LD.format("[" * 100_000),
    "deeper JSON-LD": _LD.format('{"a":' * 100_000),
    "a number of 5,000 digits": _LD.format('{"@type":"NewsArticle","datePublished":' + "9" * 5000 + "}"),
    "characters that are none": '<meta property="og:title" content="Pier &#xD83D; &#0; &#x110000;">',
    "the last day of the calendar": '<meta property="article:published_time" content="9999-12-31T23:59:59-23:59">',
    "the first day of the calendar": '<meta property="article:published_time" content="0001-01-01T00:00:00+14:00">',
    "an address that is none": '<link rel=canonical href="http://[::1"><meta property="og:url" content="http://a:99999999/">',
    "a site's name of 100 kB": f'<meta property="og:site_name" content="{"x" * 100_000}">',
}
_TEXTS = {
    "a menu of a megabyte": "Home News Weather " * 60_000,
    "200,000 lines": "word\n" * 200_000,
    "a megabyte without a space": "x" * 1_000_000,
    "Chinese without spaces": "守塔人二十年来每天记录天气" * 30_000,
    "right to left marks": "\u202e\u200f\u2067" * 200_000,
    "zeros among the text": "The keeper of the light wrote down the weather. " * 100 + "\0" * 40,
    "vertical tabs and form feeds": "one\v two\f three\x1c four\x85 five\u2028 six " * 1000,
    "combining marks": "e" + "\u0301" * 300_000,
    "dates and nothing else": "May 14, 2024 06:12 GMT " * 40_000,
    "one date of a megabyte": "1" * 1_000_000,
    "brackets": "([{<" * 250_000,
}


def _row(record: RawRecord) -> Document | None:
    with contextlib.suppress(RecordError):
        return extract_document(detect_language(strip(decode(record))))
    return None


def _travels(row: Document) -> bool:
    coder = registry.get_coder(Document)
    return coder.decode(coder.encode(row)) == row


@pytest.mark.parametrize("name", _HEADS)
def test_a_hostile_head_costs_the_article_nothing(name: str) -> None:
    head, body = f"<title>The Pier</title>{_HEADS[name]}", f"<article>{_PARAGRAPHS}</article>"
    html = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    row = _row(RawRecord(Origin("/a.html", 0), html.encode(), HTML))
    assert row is not None
    assert "with a drawing of them." in row.text
    assert row.date is None or 1990 <= row.date.year < 2100
    assert _travels(row)


@pytest.mark.parametrize("name", _TEXTS)
def test_a_hostile_dump_is_a_row_or_a_refusal_in_linear_time(name: str) -> None:
    with no_runaway():
        row = _row(RawRecord(Origin("/a.txt", 0), _TEXTS[name].encode(), TEXT))
    assert row is None or _travels(row)


@pytest.mark.parametrize("html", ["<div>" * 50_000, "<p>" * 200_000, "<!--" * 100_000, "<a href='" * 50_000, "<" * 500_000])
def test_markup_without_end_is_a_row_or_a_refusal(html: str) -> None:
    with no_runaway():
        row = _row(RawRecord(Origin("/a.html", 0), ("<!doctype html><html>" + html).encode(), HTML))
    assert row is None or _travels(row)


@pytest.mark.parametrize(
    ("sidecar", "reason"),
    [
        ("no json", "bad_sidecar"),
        ("[1]", "bad_sidecar"),
        ("[" * 100_000, "bad_sidecar"),
        ('{"published_at": "soon"}', "bad_sidecar"),
        ('{"fetched_at": "0001-01-01T00:00:00+14:00"}', "bad_sidecar"),
        ('{"title": {"a": 1}}', "bad_sidecar"),
        ('{"source": "\\ud800", "title": "half \\ud83d", "authors": ["\\udfff"]}', None),
        ('{"unknown": 1}', None),
        ("\ufeff{}", None),
    ],
    ids=[
        "no JSON",
        "a list",
        "deep",
        "no time",
        "before the calendar",
        "no text",
        "halves of characters",
        "other keys",
        "a byte order mark",
    ],
)
def test_a_hostile_sidecar_is_a_refusal_and_no_crash(tmp_path: Path, sidecar: str, reason: str | None) -> None:
    (tmp_path / "a.txt").write_text(dump("The Pier"))
    (tmp_path / "a.txt.json").write_text(sidecar)
    item = InputFile(str(tmp_path / "a.txt"), "", 0, 0, str(tmp_path / "a.txt.json"))
    (found,) = read_records(item, ReadOptions())
    if reason:
        assert not isinstance(found, RawRecord)
        assert found[1].reason == reason
        return
    assert isinstance(found, RawRecord)
    coder = registry.get_coder(RawRecord)
    assert coder.decode(coder.encode(found)) == found
    row = _row(found)
    assert row is not None
    assert _travels(row)

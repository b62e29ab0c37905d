"""Content-Type as servers write it: parsed and sniffed as WHATWG's standards say."""

from pathlib import Path

import pytest
from helpers.reading import filtered, payloads, read, records
from helpers.warcs import http, record

from broadsheet.schemas.records import HTML, TEXT

_URL = "https://paper.example/a"
_PAGE = b"<!doctype html><html><p>Herons are back.</p></html>"


def _response(body: bytes, *types: str) -> bytes:
    data = http(body, content_type="X")
    return data.replace(b"Content-Type: X\r\n", b"".join(f"Content-Type: {kind}\r\n".encode() for kind in types))


@pytest.mark.parametrize(
    "kind",
    [
        "text/html", "TEXT/HTML", " text/html ;charset=utf-8", "text/html charset=utf-8", "text/html, text/html",
        '"text/html"', "html", "*/*", "unknown/unknown", "application/unknown", "none", "text", "text/", "/html",
        "text/html;", "text/html;;", "text / html", "text/html,", ", text/html", "*/*, text/html", "text/html, */*",
        "image/png, text/html", "text/html; charset=utf-8, text/html", "no-type", "unknown", "-", "text/html=utf-8 x",
        "text\\html", "text/htm l", "", "application/xhtml+xml", "application/octet-stream",
    ],
)  # fmt: skip
def test_a_page_is_found_whatever_its_server_made_of_the_type(tmp_path: Path, kind: str) -> None:
    found = read(tmp_path, "a.warc", record("response", _response(_PAGE, kind), _URL))
    assert [(item.payload, item.media_type) for item in records(found)] == [(_PAGE, HTML)]


@pytest.mark.parametrize(
    "kind",
    [
        "image/png",
        "application/json",
        "text/css",
        "text/html, image/png",
        "application/pdf;x",
        "video/mp4, video/mp4",
        "text/javascript",
    ],
)
def test_a_type_that_is_not_a_page_is_believed(tmp_path: Path, kind: str) -> None:
    assert filtered(read(tmp_path, "a.warc", record("response", _response(_PAGE, kind), _URL)))[0] in (
        "not_a_page",
        "json",
        "style_sheet",
    )


def test_of_several_headers_the_last_that_parses_is_the_type(tmp_path: Path) -> None:
    twice = record("response", _response(_PAGE, "application/x", "text/html"), _URL)
    assert payloads(read(tmp_path, "a.warc", twice)) == [_PAGE]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"  \r\n<P >one", HTML),
        (b"<!-- a --><x>", HTML),
        (b"<script >x", HTML),
        (b"<A >x", HTML),
        (b"\xef\xbb\xbf<h1>x", HTML),
        (b"Herons are back.", TEXT),
        (b"\xff\xfeH\0e\0", TEXT),
        ("Цапли".encode("cp1251"), TEXT),
        (b"<abbr>x", TEXT),
        (b"%PDF-1.7 text", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"GIF89a", None),
        (b"\x00\x00\x01\x00", None),
        (b"<?xml version='1.0'?><x/>", None),
        (b"PK\x03\x04", None),
    ],
)
@pytest.mark.parametrize("declared", ["none", "*/*", "unknown/unknown"])
def test_a_body_of_no_known_type_is_sniffed(tmp_path: Path, body: bytes, kind: str | None, declared: str) -> None:
    found = records(read(tmp_path, "a.warc", record("response", _response(body, declared), _URL)))
    assert [item.media_type for item in found] == ([kind] if kind else [])

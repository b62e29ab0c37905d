"""Headers of WARC and ARC records as crawlers write them: line ends, names, addresses, segments."""

import gzip
import re
from pathlib import Path

import pytest
from helpers.reading import dead, filtered, messages, payloads, read, records
from helpers.warcs import crawl, gzipped, http, record, response

from broadsheet.transforms.read.read_records import ReadOptions

_PAGES = {f"https://paper.example/{name}": f"<html><p>The story of {name}.</p></html>" for name in ("herons", "gulls", "terns")}


def _head(data: bytes, change: object) -> bytes:
    head, blank, block = data.partition(b"\r\n\r\n")
    return change(head + blank) + block  # type: ignore[operator]


def _feeds(head: bytes) -> bytes:
    return head.replace(b"\r\n", b"\n")


def _titles(head: bytes) -> bytes:
    return re.sub(rb"(?m)^[A-Za-z-]+:", lambda name: name[0].title(), head)


def _lower(head: bytes) -> bytes:
    return re.sub(rb"(?m)^[A-Za-z-]+:", lambda name: name[0].lower(), head)


def _upper_types(head: bytes) -> bytes:
    return re.sub(rb"WARC-Type: (\w+)", lambda kind: b"WARC-Type: " + kind[1].title(), head)


def _folded(head: bytes) -> bytes:
    return _feeds(head).replace(b"Content-Type: ", b"content-type:\n ")


_STYLES = [
    pytest.param(_feeds, id="bare line feeds"),
    pytest.param(_titles, id="names as Go writes them"),
    pytest.param(_lower, id="names in small letters"),
    pytest.param(_upper_types, id="types in capitals"),
    pytest.param(_folded, id="folded"),
    pytest.param(lambda head: _feeds(_lower(head)), id="both"),
    pytest.param(lambda head: head.replace(b"\r\n", b"\n", 3), id="some of both"),
    pytest.param(lambda head: head.replace(b"WARC/1.0", b"WARC/0.18").replace(b"\r\n", b"\n"), id="version 0.18"),
]
_PACKED = [pytest.param("a.warc", b"".join, id="plain"), pytest.param("a.warc.gz", gzipped, id="gz")]


@pytest.mark.parametrize(("name", "pack"), _PACKED)
@pytest.mark.parametrize("style", _STYLES)
def test_records_are_found_however_their_headers_are_written(tmp_path: Path, style: object, name: str, pack: object) -> None:
    usual = read(tmp_path, name, pack(crawl(_PAGES)))  # type: ignore[operator]
    found = read(tmp_path, name, pack([_head(item, style) for item in crawl(_PAGES)]))  # type: ignore[operator]
    assert [item._replace(uri="") for item in records(found)] == [item._replace(uri="") for item in records(usual)]
    assert len(records(found)) == len(_PAGES)
    assert (len(found), filtered(found), dead(found)) == (len(usual), filtered(usual), [])


@pytest.mark.parametrize(("name", "pack"), _PACKED)
@pytest.mark.parametrize("at", range(10))
@pytest.mark.parametrize("style", [_STYLES[0], _STYLES[2]])
def test_one_record_in_another_style_costs_nothing(tmp_path: Path, style: object, at: int, name: str, pack: object) -> None:
    items = crawl(_PAGES)
    items[at] = _head(items[at], style)
    found = read(tmp_path, name, pack(items))  # type: ignore[operator]
    assert payloads(found) == [page.encode() for page in _PAGES.values()]
    assert (len(found), dead(found)) == (len(items), [])


@pytest.mark.parametrize("at", [1, 5, 9])
def test_a_loose_file_that_ends_too_soon_gives_what_came_before(tmp_path: Path, at: int) -> None:
    items = [_head(item, _feeds) for item in crawl(_PAGES)]
    data = b"".join(items[:at]) + items[at][:-30]
    found = read(tmp_path, "a.warc", data)
    assert dead(found) == ["truncated"]
    assert len(found) == at + 1


def test_damage_within_a_loose_gzip_costs_its_member(tmp_path: Path) -> None:
    members = [gzip.compress(_head(item, _feeds), mtime=0) for item in crawl(_PAGES)]
    broken = bytearray(members[5])
    broken[len(broken) // 2] ^= 0xFF
    members[5] = bytes(broken)
    found = read(tmp_path, "a.warc.gz", b"".join(members))
    assert len(dead(found)) == 1
    assert len(payloads(found)) == 2


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["feeds", "standard"])
@pytest.mark.parametrize("last", [b"\n", b"\r\n"], ids=["feed", "pair"])
def test_http_headers_may_end_in_bare_line_feeds(tmp_path: Path, end: bytes, last: bytes) -> None:
    block = (
        b"HTTP/1.1 200 OK" + end + b"Content-Type: text/html; charset=cp1251" + end + b"X: y" + end + last + b"<html><p>a\r\n\r\nb"
    )
    (found,) = records(read(tmp_path, "a.warc", record("response", block, "https://paper.example/a")))
    assert (found.payload, found.charset) == (b"<html><p>a\r\n\r\nb", "cp1251")
    error = block.replace(b"200 OK", b"404 Not Found")
    assert filtered(read(tmp_path, "b.warc", record("response", error, "https://paper.example/a"))) == ["http_status"]
    arc = b"http://paper.example/a 192.0.2.7 20030514061203 text/html %d\n" % len(block) + block + b"\n"
    (found,) = records(read(tmp_path, "a.arc", arc))
    assert (found.payload, found.charset) == (b"<html><p>a\r\n\r\nb", "cp1251")


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        (b"https://paper.example/caf\xe9?q=\xff", "https://paper.example/caf%E9?q=%FF"),
        ("https://paper.example/жж".encode("cp1251"), "https://paper.example/%E6%E6"),
        ("https://paper.example/жж".encode(), "https://paper.example/жж"),
    ],
    ids=["latin-1", "windows-1251", "UTF-8"],
)
def test_bytes_of_an_address_that_are_not_utf_8_are_percent_encoded(tmp_path: Path, raw: bytes, url: str) -> None:
    item = response("https://paper.example/URL", "<html><p>a").replace(b"https://paper.example/URL", raw)
    assert records(read(tmp_path, "a.warc", item))[0].url == url
    assert records(read(tmp_path, "b.warc", _head(item, _feeds)))[0].url == url
    block = http(b"<html><p>a", content_type="text/html")
    assert records(read(tmp_path, "a.arc", raw + b" 192.0.2.7 20030514061203 text/html %d\n" % len(block) + block))[0].url == url


@pytest.mark.parametrize("style", [bytes, _feeds], ids=["standard", "feeds"])
def test_segments_of_a_record_are_dead_letters_that_keep_their_bytes(tmp_path: Path, style: object) -> None:
    whole = http(b"<html><p>the first half and the second half", content_type="text/html")
    items = [
        record("response", whole[:60], "https://paper.example/a", warc_segment_number="1"),
        record(
            "continuation",
            whole[60:],
            "https://paper.example/a",
            warc_segment_number="2",
            warc_segment_total_length=str(len(whole)),
        ),
        response("https://paper.example/b", "<html><p>whole"),
    ]
    found = read(tmp_path, "a.warc", b"".join(_head(item, style) for item in items), ReadOptions())
    assert dead(found) == ["segmented", "segmented"]
    assert b"".join(item[0].payload for item in found[:2]) == whole  # type: ignore[index]
    assert "segment" in messages(found)
    assert payloads(found) == [b"<html><p>whole"]

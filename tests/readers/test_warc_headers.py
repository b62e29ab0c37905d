"""Headers of WARC and ARC records as crawlers write them: line ends, names, addresses, segments."""

import bz2
import datetime as dt
import gzip
import lzma
import re
from itertools import pairwise
from pathlib import Path

import pytest
from helpers.reading import dead, filtered, messages, nameless, payloads, read, records
from helpers.warcs import crawl, gzipped, http, record, response

from broadsheet.schemas.records import RawRecord
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
    assert nameless(found) == nameless(usual)
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
    assert records(read(tmp_path, "a.warc", item))[0].origin.url == url
    assert records(read(tmp_path, "b.warc", _head(item, _feeds)))[0].origin.url == url
    block = http(b"<html><p>a", content_type="text/html")
    assert (
        records(read(tmp_path, "a.arc", raw + b" 192.0.2.7 20030514061203 text/html %d\n" % len(block) + block))[0].origin.url
        == url
    )


_WHOLE = http(b"<html><p>the first part, the second part and the third part", content_type="text/html")
_ORIGIN = "<urn:uuid:0>"


def _segments(url: str = "https://paper.example/a", total: int = len(_WHOLE), cuts: tuple[int, ...] = (60, 80)) -> list[bytes]:
    """Returns the records of a page that was split."""
    bounds = [0, *cuts, len(_WHOLE)]
    items = []
    for number, (start, end) in enumerate(pairwise(bounds), 1):
        headers = {"warc_segment_number": str(number)}
        headers |= {} if number == 1 else {"warc_segment_origin_id": _ORIGIN}
        headers |= {"warc_segment_total_length": str(total)} if end == len(_WHOLE) else {}
        item = record("response" if number == 1 else "continuation", _WHOLE[start:end], url, **headers)
        items.append(re.sub(rb"(?<=WARC-Record-ID: )<[^>]+>", _ORIGIN.encode(), item) if number == 1 else item)
    return items


_OTHER = response("https://paper.example/b", "<html><p>whole")


@pytest.mark.parametrize("style", [bytes, _feeds, _titles, _lower], ids=["standard", "feeds", "Go", "small"])
@pytest.mark.parametrize(
    ("name", "pack"), [*_PACKED, pytest.param("a.warc.gz", lambda items: gzip.compress(b"".join(items)), id="one member")]
)
def test_segments_of_a_record_are_joined(tmp_path: Path, style: object, name: str, pack: object) -> None:
    first, *later = [_head(item, style) for item in _segments()]
    found = read(tmp_path, name, pack([first, _OTHER, *later, _OTHER]))  # type: ignore[operator]
    assert not dead(found)
    assert [item.origin.url for item in records(found)] == [f"https://paper.example/{name}" for name in "bab"]
    assert payloads(found)[1] == _WHOLE.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("style", [bytes, _feeds], ids=["standard", "feeds"])
@pytest.mark.parametrize(
    ("items", "count"),
    [
        (_segments()[:1], 1), (_segments()[1:], 2), (_segments()[::2], 2), (_segments()[:2], 2),
        (_segments(total=7), 3), ([_segments()[0].replace(b"Segment-Number: 1", b"Segment-Number: one")], 1),
    ],
    ids=["first only", "no first", "gap", "no last", "wrong length", "no number"],
)  # fmt: skip
def test_segments_that_make_no_whole_record_are_dead_letters_that_keep_their_bytes(
    tmp_path: Path, style: object, items: list[bytes], count: int
) -> None:
    found = read(tmp_path, "a.warc", b"".join(_head(item, style) for item in [*items, _OTHER]))
    assert dead(found) == ["segmented"] * count
    assert payloads(found) == [b"<html><p>whole"]
    kept = [item[0].payload for item in found if not isinstance(item, RawRecord)]
    assert kept == [item.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n") for item in items]
    assert "https://paper.example/a" in messages(found)


def test_segments_hold_no_more_than_two_records_in_memory(tmp_path: Path) -> None:
    items = [record("response", b"x" * 900, f"https://paper.example/{n}", warc_segment_number="1") for n in range(5)]
    found = read(tmp_path, "a.warc", b"".join(items), ReadOptions(max_record_bytes=1000))
    assert dead(found) == ["segmented"] * 5
    assert messages(found).count("--limit record-mb") == 3


@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.warc.bz2", bz2.compress), ("a.warc.xz", lzma.compress), ("a.warc.gz", gzip.compress)],
    ids=["bz2", "xz", "gz"],
)
def test_headers_of_several_kinds_in_one_compressed_stream_are_read(tmp_path: Path, name: str, pack: object) -> None:
    styles = [bytes, _feeds, _titles, bytes, _lower]
    items = [_head(response(f"https://paper.example/{n}", f"<html><p>{n}"), style) for n, style in enumerate(styles)]
    found = read(tmp_path, name, pack(b"".join(items)))  # type: ignore[operator]
    assert payloads(found) == [f"<html><p>{n}".encode() for n in range(5)]
    assert not dead(found)


@pytest.mark.parametrize(
    "date",
    [
        "20240514061200", "2024-05-14T06:12:00", "2024-05-14 06:12:00", "2024-05-14t06:12:00z", "2024-05-14T06:12:00.000000Z",
        "2024-05-14T08:12:00+02:00", "Tue, 14 May 2024 06:12:00 GMT", "2024-05-14 06:12:00 UTC",
    ],
)  # fmt: skip
def test_dates_are_read_however_a_crawler_writes_them(tmp_path: Path, date: str) -> None:
    item = response("https://paper.example/a", "<html><p>a").replace(b"2024-05-14T06:12:00Z", date.encode())
    assert records(read(tmp_path, "a.warc", item))[0].origin.fetched_at == dt.datetime(2024, 5, 14, 6, 12, tzinfo=dt.UTC)


def test_blanks_before_a_colon_do_not_matter(tmp_path: Path) -> None:
    item = _head(_OTHER, lambda head: re.sub(rb"(?m)^([A-Za-z-]+):", rb"\1 :", head))
    found = read(tmp_path, "a.warc", item + item)
    assert (len(payloads(found)), dead(found)) == (2, [])


def test_a_record_without_a_length_is_one_dead_letter(tmp_path: Path) -> None:
    found = read(tmp_path, "a.warc", re.sub(rb"Content-Length: \d+\r\n", b"", _OTHER) + _OTHER)
    assert (dead(found), payloads(found)) == (["damaged"], [b"<html><p>whole"])


def test_the_type_of_an_arc_record_may_have_parameters(tmp_path: Path) -> None:
    item = b"https://paper.example/a b 192.0.2.7 20030514061203 text/html; charset=utf-8 %d\n" % len(_WHOLE) + _WHOLE + b"\n"
    found = read(tmp_path, "a.arc", item + item)
    assert [record.origin.url for record in records(found)] == ["https://paper.example/a b"] * 2
    assert not dead(found)

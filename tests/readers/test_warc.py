"""WARC and WET: pages with their urls and times, everything else accounted for, and damage that costs one record."""

import bz2
import datetime as dt
import gzip
import lzma
import zlib
from pathlib import Path

import brotli
import pyarrow as pa
import pytest
import zstandard
from helpers.reading import dead, filtered, messages, payloads, read, records
from helpers.warcs import crawl, gzipped, http, record, response

from broadsheet.schemas.records import HTML, TEXT
from broadsheet.transforms.read.read_records import ReadOptions

PAGES = {f"https://paper.example/{number}": f"<html><body><p>Page {number} of the log.</p></body></html>" for number in range(6)}
RECORDS = crawl(PAGES)
BODIES = [page.encode() for page in PAGES.values()]


def _packed(suffix: str) -> bytes:
    plain = b"".join(RECORDS)
    if suffix == ".gz":
        return gzipped(RECORDS)
    if suffix in (".bz2", ".xz"):
        return (bz2 if suffix == ".bz2" else lzma).compress(plain)
    if suffix in (".zst", ".lz4"):
        return b"".join(pa.compress(item, "zstd", asbytes=True) for item in RECORDS) if suffix == ".zst" else _lz4(RECORDS)
    return gzip.compress(plain) if suffix == " as one member.gz" else plain


def _lz4(items: list[bytes]) -> bytes:
    sink = pa.BufferOutputStream()
    for item in items:
        part = pa.BufferOutputStream()
        with pa.CompressedOutputStream(part, "lz4") as stream:
            stream.write(item)
        sink.write(part.getvalue())
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize("suffix", ["", ".gz", " as one member.gz", ".bz2", ".xz", ".zst", ".lz4"])
def test_pages_come_out_and_the_rest_is_accounted_for(tmp_path: Path, suffix: str) -> None:
    found = read(tmp_path, f"crawl.warc{suffix}", _packed(suffix))
    assert payloads(found) == BODIES
    assert [item.origin.url for item in records(found)] == list(PAGES)
    assert sorted(filtered(found)) == sorted(["warc_warcinfo", *["warc_request", "warc_metadata"] * 6])
    assert dead(found) == []


def test_a_page_has_the_url_the_time_and_the_charset_of_its_record(tmp_path: Path) -> None:
    (page,) = records(read(tmp_path, "a.warc", response("https://paper.example/ü", "page", "text/html;charset='ISO-8859-2'")))
    assert (page.origin.url, page.origin.url_basis, page.charset, page.media_type) == (
        "https://paper.example/ü",
        "container",
        "ISO-8859-2",
        HTML,
    )
    assert (page.origin.fetched_at, page.origin.fetched_at_basis) == (dt.datetime(2024, 5, 14, 6, 12, tzinfo=dt.UTC), "container")


@pytest.mark.parametrize(
    ("header", "language"),
    [("de-AT", "de-AT"), ("en, fr", None), ("", None)],
    ids=["one", "a list is about readers, not about the text", "none"],
)
def test_a_page_has_the_language_that_its_header_declares(tmp_path: Path, header: str, language: str | None) -> None:
    block = http(b"<html>page", content_type="text/html", **({"content_language": header} if header else {}))
    (page,) = records(read(tmp_path, "a.warc", record("response", block, "https://paper.example/a")))
    assert page.origin.declared_language == language


def test_the_text_of_a_wet_file_is_plain_text(tmp_path: Path) -> None:
    data = record("conversion", "Möwen über dem Hafen.".encode(), "https://paper.example/a", "text/plain")
    (page,) = records(read(tmp_path, "a.warc.wet", data))
    assert (page.payload.decode(), page.media_type) == ("Möwen über dem Hafen.", TEXT)


def test_a_resource_is_a_page_if_it_says_so(tmp_path: Path) -> None:
    data = [record("resource", b"<html>a", "https://paper.example/a", "text/html"), record("resource", b"x", "u:b", "image/png")]
    found = read(tmp_path, "a.warc", b"".join(data))
    assert (payloads(found), filtered(found)) == ([b"<html>a"], ["not_a_page"])


def test_what_a_crawler_wrote_itself_is_not_a_page(tmp_path: Path) -> None:
    urls = ("metadata://gnu.org/software/wget/warc/wget_arguments.txt", "urn:text:https://paper.example/a")
    found = read(tmp_path, "a.warc", b"".join(record("resource", b"-q -r", url, "text/plain") for url in urls))
    assert (records(found), filtered(found)) == ([], ["warc_log"] * 2)


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (http(b"<html>", "404 Not Found", content_type="text/html"), "http_status"),
        (http(b"", "301 Moved", location="/b", content_type="text/html"), "http_status"),
        (http(b"\x89PNG", content_type="image/png"), "not_a_page"),
        (http(b"{}", content_type="application/json"), "json"),
        (http(b"\x00\x01 no tag, no text"), "not_a_page"),
    ],
    ids=["an error", "a redirect", "a picture", "data", "of no type"],
)
def test_answers_that_are_not_pages_are_filtered(tmp_path: Path, block: bytes, reason: str) -> None:
    found = read(tmp_path, "a.warc", record("response", block, "https://paper.example/a"))
    assert (records(found), dead(found), filtered(found)) == ([], [], [reason])


@pytest.mark.parametrize("headers", [{}, {"content_type": "application/xml"}], ids=["no type", "xml"])
def test_a_page_without_a_telling_type_is_known_by_its_first_tag(tmp_path: Path, headers: dict[str, str]) -> None:
    block = http(b"<?xml version='1.0'?><!DOCTYPE html><html>a</html>", **headers)
    assert len(payloads(read(tmp_path, "a.warc", record("response", block, "https://paper.example/a")))) == 1


_BODY = b"<html><body>" + b"<p>The pier is closed.</p>" * 100


def _chunked(data: bytes) -> bytes:
    return (
        b"".join(b"%x\r\n%s\r\n" % (len(data[at : at + 700]), data[at : at + 700]) for at in range(0, len(data), 700))
        + b"0\r\n\r\n"
    )


def _zstd(data: bytes) -> bytes:
    return pa.compress(data, "zstd", asbytes=True)


_RAW_DEFLATE = zlib.compress(_BODY)[2:-4]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(_BODY), {"content_encoding": "gzip"}),
        (zlib.compress(_BODY), {"content_encoding": "deflate"}),
        (_RAW_DEFLATE, {"content_encoding": "deflate"}),
        (brotli.compress(_BODY), {"content_encoding": "br"}),
        (_zstd(_BODY), {"content_encoding": "zstd"}),
        (_chunked(_BODY), {"transfer_encoding": "chunked"}),
        (_chunked(gzip.compress(_BODY)), {"transfer_encoding": "chunked", "content_encoding": "gzip"}),
        (_BODY, {"transfer_encoding": "chunked", "content_encoding": "gzip"}),
        (_BODY, {"content_encoding": "br"}),
        (_BODY, {"content_encoding": "no-such-thing"}),
    ],
    ids=["gzip", "deflate", "bare deflate", "brotli", "zstd", "chunks", "gzip in chunks", "undone already", "no brotli", "unknown"],
)
def test_a_body_is_taken_out_of_its_encodings(tmp_path: Path, body: bytes, headers: dict[str, str]) -> None:
    block = http(body, content_type="text/html", **headers)
    assert payloads(read(tmp_path, "a.warc", record("response", block, "https://paper.example/a"))) == [_BODY]


def test_a_body_that_ends_too_soon_is_dead_unless_the_crawler_cut_it(tmp_path: Path) -> None:
    block = http(gzip.compress(_BODY, mtime=0)[:-30], content_type="text/html", content_encoding="gzip")
    assert dead(read(tmp_path, "a.warc", record("response", block, "https://paper.example/a"))) == ["truncated"]
    (page,) = payloads(read(tmp_path, "a.warc", record("response", block, "https://paper.example/a", warc_truncated="length")))
    assert _BODY.startswith(page)


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.77, 0.999])
def test_a_file_that_ends_too_soon_gives_what_came_before(tmp_path: Path, suffix: str, share: float) -> None:
    data = _packed(suffix)
    found = read(tmp_path, f"crawl.warc{suffix}", data[: int(len(data) * share)])
    assert payloads(found) == BODIES[: len(payloads(found))]
    assert len(payloads(found)) >= int(share * 6) - 1
    assert dead(found) in (["truncated"], ["damaged"])
    assert "byte" in messages(found)


def test_every_cut_of_a_zipped_file_is_noticed_and_loses_nothing_before_it(tmp_path: Path) -> None:
    data = gzipped(RECORDS[:4])
    ends = [sum(len(gzip.compress(item, mtime=0)) for item in RECORDS[:count]) for count in range(5)]
    for cut in range(20, len(data)):
        found = read(tmp_path, "crawl.warc.gz", data[:cut])
        whole = sum(end <= cut for end in ends[1:])
        assert len(found) >= whole + (cut not in ends), (cut, ends)
        assert (dead(found) == []) == (cut in ends)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_after_damage_reading_goes_on_with_the_next_record(tmp_path: Path, suffix: str) -> None:
    items = [item if suffix == "" else gzip.compress(item, mtime=0) for item in RECORDS]
    broken = 5  # the second page
    middle = len(items[broken]) // 2
    if suffix:
        items[broken] = items[broken][:middle] + bytes(20) + items[broken][middle + 20 :]
    else:
        items[broken] = b"\0" * 40 + items[broken][40:]
    found = read(tmp_path, f"crawl.warc{suffix}", b"".join(items))
    assert payloads(found) == [BODIES[0], *BODIES[2:]]
    assert len(dead(found)) == 1
    assert len(found) == len(RECORDS)


def test_damage_in_many_places_costs_only_what_it_hit(tmp_path: Path) -> None:
    items = [gzip.compress(item, mtime=0) for item in RECORDS]
    for broken in (5, 6, 11):
        items[broken] = items[broken][:60] + bytes(40) + items[broken][100:]
    found = read(tmp_path, "crawl.warc.gz", b"".join(items))
    assert payloads(found) == [BODIES[number] for number in (0, 2, 4, 5)]
    assert len(dead(found)) in (2, 3)  # two members side by side may be found as one


def test_garbage_between_members_costs_a_dead_letter_and_no_record(tmp_path: Path) -> None:
    items = [gzip.compress(item, mtime=0) for item in RECORDS]
    found = read(tmp_path, "crawl.warc.gz", b"".join([*items[:6], b"garbage" * 100, *items[6:]]))
    assert payloads(found) == BODIES
    assert len(dead(found)) == 1


@pytest.mark.parametrize("together", [1, 2, 3])
def test_an_empty_member_is_not_the_end_of_a_file(tmp_path: Path, together: int) -> None:
    members = [gzip.compress(b"".join(RECORDS[start : start + together]), mtime=0) for start in range(0, len(RECORDS), together)]
    empty = gzip.compress(b"", mtime=0)
    found = read(tmp_path, "crawl.warc.gz", b"".join([*members[:2], empty, *members[2:4], empty, empty, *members[4:], empty]))
    assert (payloads(found), dead(found), len(found)) == (BODIES, [], len(RECORDS))


def test_a_length_that_swallows_its_neighbours_is_noticed(tmp_path: Path) -> None:
    data = b"".join(RECORDS).replace(b"Content-Length: ", b"Content-Length: 9", 5)
    found = read(tmp_path, "crawl.warc", data)
    assert dead(found)
    assert set(BODIES[2:]) <= set(payloads(found))


def test_a_record_that_is_too_large_does_not_cost_the_next(tmp_path: Path) -> None:
    data = b"".join([response("https://paper.example/a", "x" * 5000), response("https://paper.example/b", "<html>small")])
    for suffix, packed in (("", data), (".gz", gzip.compress(data))):
        found = read(tmp_path, f"a.warc{suffix}", packed, ReadOptions(max_record_bytes=1000))
        assert (dead(found), payloads(found)) == (["record_too_large"], [b"<html>small"])


def test_a_bomb_in_a_body_is_a_record_too_large(tmp_path: Path) -> None:
    block = http(gzip.compress(bytes(50_000_000)), content_type="text/html", content_encoding="gzip")
    found = read(tmp_path, "a.warc", record("response", block, "https://paper.example/a"), ReadOptions(max_record_bytes=1_000_000))
    assert dead(found) == ["record_too_large"]


def test_zstd_frames_with_a_dictionary_before_them_are_read(tmp_path: Path) -> None:
    samples = crawl({f"https://paper.example/{number}": f"<p>{number}" * 50 for number in range(60)})
    dictionary = zstandard.train_dictionary(4096, list[bytes | bytearray | memoryview](samples))
    raw = dictionary.as_bytes()
    head = b"\x5d\x2a\x4d\x18" + len(raw).to_bytes(4, "little") + raw
    frames = [zstandard.ZstdCompressor(dict_data=dictionary).compress(item) for item in RECORDS]
    found = read(tmp_path, "crawl.warc.zst", head + b"".join(frames))
    assert (payloads(found), dead(found)) == (BODIES, [])


def test_a_file_is_a_warc_by_its_first_line_whatever_its_name(tmp_path: Path) -> None:
    assert payloads(read(tmp_path, "crawl.txt", b"".join(RECORDS))) == BODIES
    assert dead(read(tmp_path, "crawl.warc", b"<html>not a crawl at all</html>")) == ["damaged"]
    assert dead(read(tmp_path, "crawl.warc", b"")) == ["empty"]

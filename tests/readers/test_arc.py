"""ARC: pages with their urls and times, everything else accounted for, and wrong lengths that cost one record."""

import datetime as dt
import gzip
import random
from contextlib import suppress
from pathlib import Path

import pytest
from helpers.pages import compress
from helpers.reading import dead, filtered, messages, payloads, read, records
from helpers.warcs import http

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import HTML
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.read.read_records import ReadOptions

PAGES = {
    f"http://paper.example/{number}?q=a b": f"<html><body><p>Page {number} of the log.</p></body></html>" for number in range(6)
}
BODIES = [page.encode() for page in PAGES.values()]


def _record(url: str, block: bytes, content_type: str = "text/html", more: str = "") -> bytes:
    """Returns a record of version 1; of version 2 where `more` has its other fields."""
    return f"{url} 192.0.2.7 20030514061200 {content_type}{more} {len(block)}\n".encode() + block + b"\n"


def _arc(version: int = 1) -> list[bytes]:
    more = " 200 abcd - 120 crawl.arc" if version == 2 else ""
    fields = b"URL IP-address Archive-date Content-type Archive-length\n"
    items = [_record("filedesc://crawl.arc", b"%d 0 Crawler\n%s" % (version, fields), "text/plain", more)]
    items.append(_record("dns:paper.example", b"20030514061200\npaper.example. A 192.0.2.7\n", "text/dns", more))
    return items + [_record(url, http(page.encode(), content_type="text/html"), more=more) for url, page in PAGES.items()]


RECORDS = _arc()


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".xz", ".zst", ".lz4"])
def test_pages_come_out_and_the_rest_is_accounted_for(tmp_path: Path, suffix: str, version: int) -> None:
    data = b"".join(compress(item, suffix) for item in _arc(version))
    found = read(tmp_path, f"crawl.arc{suffix}", data)
    assert payloads(found) == BODIES
    assert [item.origin.url for item in records(found)] == list(PAGES)
    assert (filtered(found), dead(found)) == (["arc_filedesc", "arc_dns"], [])


def test_a_page_has_the_url_and_the_time_of_its_record(tmp_path: Path) -> None:
    (page,) = records(read(tmp_path, "a.arc", RECORDS[0] + RECORDS[2]))
    assert (page.origin.url, page.origin.url_basis, page.media_type) == ("http://paper.example/0?q=a b", "container", HTML)
    assert (page.origin.fetched_at, page.origin.fetched_at_basis) == (dt.datetime(2003, 5, 14, 6, 12, tzinfo=dt.UTC), "container")


def test_a_page_without_http_headers_is_what_its_record_says(tmp_path: Path) -> None:
    data = [_record("http://a.example/", b"<html>a"), _record("http://a.example/b", b"\x89PNG", "image/png")]
    found = read(tmp_path, "a.arc", b"".join(data))
    assert (payloads(found), filtered(found)) == ([b"<html>a"], ["not_a_page"])


def test_a_file_is_an_arc_by_its_first_line_whatever_its_name(tmp_path: Path) -> None:
    assert payloads(read(tmp_path, "crawl.txt", b"".join(RECORDS))) == BODIES
    assert dead(read(tmp_path, "crawl.arc", b"<html>not a crawl at all\n</html>")) == ["damaged"]
    assert dead(read(tmp_path, "crawl.arc", b"")) == ["empty"]


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.77, 0.98])
def test_a_file_that_ends_too_soon_gives_what_came_before(tmp_path: Path, suffix: str, share: float) -> None:
    data = b"".join(compress(item, suffix) for item in RECORDS)
    found = read(tmp_path, f"crawl.arc{suffix}", data[: int(len(data) * share)])
    assert payloads(found) == BODIES[: len(payloads(found))]
    assert len(payloads(found)) >= int(share * 6) - 1
    assert len(dead(found)) == 1


@pytest.mark.parametrize(("wrong", "lost"), [(b" 5\n", 0), (b" 200\n", 1)], ids=["too short", "too long"])
def test_after_a_wrong_length_reading_goes_on_with_the_next_header(tmp_path: Path, wrong: bytes, lost: int) -> None:
    items = list(RECORDS)
    head, _, rest = items[3].partition(b"\n")
    items[3] = head.rpartition(b" ")[0] + wrong + rest
    found = read(tmp_path, "crawl.arc", b"".join(items))
    assert [body for body in payloads(found) if body in BODIES][-3:] == BODIES[-3:]
    assert dead(found) == ["damaged"]
    assert "byte" in messages(found)
    assert len(set(BODIES) - set(payloads(found))) <= 1 + lost


@pytest.mark.parametrize("broken", [{3}, {4}, {3, 6}, {3, 4}, {7}], ids=str)
def test_after_damage_a_zipped_file_goes_on_with_the_next_member(tmp_path: Path, broken: set[int]) -> None:
    members = [gzip.compress(item, mtime=0) for item in RECORDS]
    for number in broken:
        members[number] = members[number][:25] + bytes(40) + members[number][65:]
    found = read(tmp_path, "crawl.arc.gz", b"".join(members))
    assert payloads(found) == [body for number, body in enumerate(BODIES, 2) if number not in broken]
    assert 1 <= len(dead(found)) <= len(broken)  # two members side by side may be found as one


def test_garbage_between_members_costs_a_dead_letter_and_no_record(tmp_path: Path) -> None:
    members = [gzip.compress(item, mtime=0) for item in RECORDS]
    found = read(tmp_path, "crawl.arc.gz", b"".join([*members[:5], b"garbage" * 100_000, *members[5:]]))
    assert payloads(found) == BODIES
    assert len(dead(found)) == 1


def test_a_record_that_is_too_large_does_not_cost_the_next(tmp_path: Path) -> None:
    large = _record("http://a.example/", http(b"<html>" + b"x" * 5_000_000, content_type="text/html"))
    found = read(tmp_path, "a.arc.gz", gzip.compress(large + RECORDS[2]), ReadOptions(max_record_bytes=1000, max_ratio=10**6))
    assert (dead(found), payloads(found)) == (["record_too_large"], BODIES[:1])


@pytest.mark.parametrize(
    "line", [b"x" * 3_000_000, b"http: " * 500_000, b"a: 1 20030514061200 b 99999999999999999\n", b"\0" * 10**6]
)
def test_a_line_of_any_length_may_be_a_header(tmp_path: Path, line: bytes) -> None:
    found = read(tmp_path, "a.arc", line)
    assert (len(dead(found)), records(found)) == (1, [])


def test_no_mutation_of_a_file_stops_its_reader(tmp_path: Path) -> None:
    data = b"".join(RECORDS)
    for seed in range(300):
        chance = random.Random(seed)
        changed = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(changed))
            changed[at : at + chance.choice((0, 1, 30))] = chance.randbytes(chance.choice((0, 1, 30)))
        packed = gzip.compress(changed, mtime=0) if seed % 2 else bytes(changed)
        found = read(tmp_path, "fuzz.arc", packed)
        assert not any(reason.startswith("crashed") for reason in dead(found)), seed
        for page in records(found):
            with suppress(RecordError):
                decode(page)

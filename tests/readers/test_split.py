"""Large files are split: whatever the ranges, every record comes once, with the ordinal and the bytes that it has in the whole."""

import csv
import gzip
import io
import itertools
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pytest
from apache_beam.testing import test_pipeline as testing
from apache_beam.testing.util import assert_that, equal_to
from helpers.pages import compress
from helpers.warcs import crawl, http, record, response
from hypothesis import example, given
from hypothesis import strategies as st
from pyarrow import parquet

from broadsheet.schemas.records import InputFile, RawRecord
from broadsheet.transforms.read.read_records import ReadOptions, ReadRecords, read_range, read_records
from broadsheet.transforms.read.split_files import RANGE_BYTES, split

OPTIONS = ReadOptions(max_record_bytes=20_000, max_ratio=10_000)
NESTED = gzip.compress(record("response", http(b"<html>not mine", content_type="text/html"), "https://a.example/"), 0, mtime=0)
"""A member as in a crawl, stored, not deflated: within another that is stored too its bytes are unchanged."""

BODIES = st.lists(
    st.one_of(
        st.text("aé漢\n\r\"'\0 ,;WARC/1.0\t{}", max_size=30).map(str.encode),
        st.binary(max_size=40),
        st.sampled_from([b"", b"x" * 300, b"\n" * 5, b"z" * 25_000, NESTED, NESTED * 3, b"WARC/1.0\r\nWARC-Type: x\r\n\r\n"]),
    ),
    max_size=12,
)


def _warc(bodies: list[bytes]) -> list[bytes]:
    items = []
    for number, body in enumerate(bodies):
        items.append(record("request", b"GET / HTTP/1.1\r\n\r\n" + body[:10], f"https://a.example/{number}"))
        items.append(response(f"https://a.example/{number}", b"<html>" + body))
    return items


def _members(bodies: list[bytes]) -> bytes:
    return b"".join(gzip.compress(item, 0 if number % 3 else 6, mtime=0) for number, item in enumerate(_warc(bodies)))


def _odd_members(bodies: list[bytes]) -> bytes:
    """Some members hold two records, some none."""
    packed = [gzip.compress(item, 0, mtime=0) for item in _warc(bodies)]
    items = _warc(bodies)
    for number in range(1, len(packed), 4):
        packed[number] += gzip.compress(b"", mtime=0) * (number % 3)
    if len(items) > 9:
        packed[6:8] = [gzip.compress(items[6] + items[7], mtime=0)]
    return b"".join(packed)


def _json_lines(bodies: list[bytes]) -> bytes:
    lines = [
        json.dumps({"text": body.decode("utf-8", "replace")}, ensure_ascii=number % 2 == 0) for number, body in enumerate(bodies)
    ]
    return b"\xef\xbb\xbf" + "\n".join(line + "\n" * (number % 3) for number, line in enumerate(lines)).encode()


def _broken_lines(bodies: list[bytes]) -> bytes:
    return b"\n".join(bodies)


def _csv(bodies: list[bytes]) -> bytes:
    sink = io.StringIO(newline="")
    rows = [[number, body.decode("utf-8", "replace")] for number, body in enumerate(bodies)]
    csv.writer(sink).writerows([["id", "text"], *rows])
    return sink.getvalue().encode()


def _broken_csv(bodies: list[bytes]) -> bytes:
    return b"id,text\n" + b",".join(bodies)


def _table(bodies: list[bytes]) -> pa.Table:
    return pa.table({"text": [body.decode("utf-8", "replace") for body in bodies]}, pa.schema([("text", pa.string())]))


def _parquet(bodies: list[bytes]) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(_table(bodies), sink, row_group_size=2, compression="zstd", use_dictionary=False)
    return sink.getvalue()


def _arrow(bodies: list[bytes]) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, pa.schema([("text", pa.string())])) as writer:
        writer.write_table(_table(bodies), max_chunksize=2)
    return sink.getvalue()


FILES: dict[str, Callable[[list[bytes]], bytes]] = {
    "a.warc": lambda bodies: b"".join(_warc(bodies)),
    "a.warc.gz": _members,
    "odd members.warc.gz": _odd_members,
    "a.jsonl": _json_lines,
    "a.json": _json_lines,
    "broken.jsonl": _broken_lines,
    "a.csv": _csv,
    "broken.csv": _broken_csv,
    "a.parquet": _parquet,
    "a.arrow": _arrow,
}


def _shown(found: Any) -> tuple[Any, ...]:
    return found if isinstance(found, RawRecord) else (found[0], type(found[1]), found[1].reason, found[1].message)


def _item(path: Path) -> InputFile:
    return InputFile(str(path), "", path.stat().st_size, 0)


def _check(path: Path, size: int) -> tuple[list[Any], int]:
    """Reads a file whole and in ranges, which must be the same, and returns what is found and the number of ranges."""
    whole = [_shown(found) for found in read_records(_item(path), OPTIONS)]
    ranges = list(split(_item(path), OPTIONS, size))
    assert ranges[0].begin.record == 0
    assert ranges[-1].end is None
    assert [part.end for part in ranges[:-1]] == [part.begin.record for part in ranges[1:]]
    assert [_shown(found) for part in ranges for found in read_range(part, OPTIONS)] == whole
    return whole, len(ranges)


@pytest.mark.parametrize("name", FILES)
@given(bodies=BODIES, size=st.one_of(st.integers(1, 60), st.integers(1, 30_000)))
@example(bodies=[b"a"] * 12, size=1)
@example(bodies=[NESTED, b"", b'two\nlines "quoted"', b"z" * 25_000, b"a"] * 2, size=100)
def test_any_split_gives_the_same_records(
    tmp_path_factory: pytest.TempPathFactory, name: str, bodies: list[bytes], size: int
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(FILES[name](bodies))
    _check(path, size)


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
def test_a_damaged_file_gives_the_same_whatever_the_split(tmp_path_factory: pytest.TempPathFactory, name: str, data: Any) -> None:
    whole = FILES[name]([b"one", NESTED, b'three, "3"\n' * 20, b"", "fünf".encode() * 9, b"six"] * 2)
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(changed)))
        changed[at : at + data.draw(st.sampled_from([0, 1, 20, 400]))] = data.draw(st.binary(max_size=30))
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(changed)
    _check(path, data.draw(st.integers(1, 1000)))


@pytest.mark.parametrize(
    ("name", "ranges"),
    [("a.warc", 20), ("a.warc.gz", 20), ("a.jsonl", 10), ("a.json", 10), ("a.csv", 10), ("a.parquet", 5), ("a.arrow", 5)],
)
def test_a_range_may_be_as_small_as_a_record_or_what_the_format_keeps_together(tmp_path: Path, name: str, ranges: int) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name]([b"%d words" % number for number in range(10)]))
    found, count = _check(path, 1)
    assert sum(isinstance(item, RawRecord) for item in found) == 10
    assert count == ranges


@pytest.mark.parametrize("name", FILES)
def test_a_range_is_about_as_large_as_it_should_be(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name]([random.Random(number).randbytes(700).hex().encode() for number in range(60)]))
    if not name.startswith(("odd", "broken")):
        assert _check(path, path.stat().st_size // 8 + 1)[1] in range(4, 9)  # Parquet's directory is a good part of so small a file


@pytest.mark.parametrize("name", ["a.warc.zst", "a.jsonl.gz", "a.csv.gz", "a.parquet.gz", "a.arrow.zst", "a.warc.bz2"])
def test_what_cannot_be_split_is_one_range(tmp_path: Path, name: str) -> None:
    inner, dot, suffix = name.rpartition(".")
    path = tmp_path / name
    path.write_bytes(compress(FILES[inner]([b"words"] * 10), dot + suffix))
    assert _check(path, 1)[1] == 1


def test_what_is_after_damage_is_one_range(tmp_path: Path) -> None:
    items = [gzip.compress(item, mtime=0) for item in _warc([b"words"] * 10)]
    items[11] = items[11][:30] + bytes(30) + items[11][60:]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(items))
    found, count = _check(path, 1)
    assert sum(isinstance(item, RawRecord) for item in found) == 9
    assert count == 11


def test_the_limit_of_a_file_holds_for_all_its_ranges_together(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(_warc([b"x" * 900] * 10)))
    options = OPTIONS._replace(max_decompressed_bytes=5000)
    parts = list(split(_item(path), options, 1))
    found = [_shown(item) for part in parts for item in read_range(part, options)]
    assert found == [_shown(item) for item in read_records(_item(path), options)]
    assert found[-1][2] == "too_large"
    assert sum(isinstance(item, RawRecord) for item in found) == 5


def test_a_file_that_lost_records_since_it_was_split_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(_json_lines([b"words"] * 10))
    first, *_ = split(_item(path), OPTIONS, 100)
    path.write_bytes(path.read_bytes()[:50])
    *_, last = (_shown(item) for item in read_range(first, OPTIONS))
    assert last[2] == "changed"


def _crawl_with_pictures(path: Path) -> None:
    """Writes a crawl of some three ranges, of which nearly all is pictures, so that it is read in no time."""
    picture = record("response", http(bytes(RANGE_BYTES // 4), content_type="image/png"), "https://paper.example/picture")
    pages = [crawl({f"https://paper.example/{number}": f"<html><p>Page {number}."}) for number in range(12)]
    path.write_bytes(b"".join(itertools.chain.from_iterable([*page, picture] for page in pages)))


@pytest.mark.parametrize("workers", [1, 2])
def test_the_counts_of_all_ranges_add_up_and_one_reject_counts_what_all_of_them_skip(tmp_path: Path, workers: int) -> None:
    path = tmp_path / "crawl.warc"
    _crawl_with_pictures(path)
    ranges = len(list(split(_item(path), ReadOptions())))
    assert ranges == 3
    flags = beam.options.pipeline_options.PipelineOptions(
        ["--direct_running_mode=multi_threading", f"--direct_num_workers={workers}"]
    )
    with testing.TestPipeline(runner="FnApiRunner", options=flags) as pipeline:
        read = pipeline | beam.Create([_item(path)]) | ReadRecords(ReadOptions())
        records = read["records"] | "Pages" >> beam.Map(lambda page: (page.origin.record, page.origin.url))
        assert_that(
            records, equal_to([(5 * number + 2, f"https://paper.example/{number}") for number in range(12)]), label="Records"
        )
        told = read["rejects"] | "Told" >> beam.Map(lambda r: (r.reason, r.record, r.message.split()[0] if r.record < 4 else ""))
        skipped = [("warc_warcinfo", 0, "12"), ("warc_request", 1, "12"), ("warc_metadata", 3, "12")]
        pictures = [("not_a_page", 5 * number + 4, "") for number in range(12)]
        assert_that(told, equal_to([*skipped, *pictures]), label="Told")
        sums = read["counts"] | "Sum" >> beam.Map(lambda count: count[1:]) | beam.CombineGlobally(_add)
        assert_that(sums, equal_to([(60, 33)]), label="Sums")
    counters = {str(counter.key.metric.name): counter.committed for counter in pipeline.result.metrics().query()["counters"]}
    assert counters["files_read"] == 1


def _add(pairs: Any) -> tuple[int, ...]:
    return tuple(map(sum, zip(*pairs, strict=True)))

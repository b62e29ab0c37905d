"""Read: every compression, whole and damaged; files that are gone, forbidden, empty or too large."""

import os
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.testing import test_pipeline as testing
from apache_beam.testing.util import assert_that, equal_to
from helpers.pages import compress
from helpers.warcs import crawl, http, record
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import HTML, TEXT, InputFile, RawRecord
from broadsheet.transforms.read.read_records import ReadOptions, ReadRecords, media_type, read_records

SUFFIXES = ["", ".gz", ".bz2", ".xz", ".zst", ".lz4"]
_TEXT = "".join(f"Line {number} of the log of the harbour at Quillan Bay.\n" for number in range(4000)).encode()


def _read(path: Path | str, options: ReadOptions | None = None) -> tuple[RawRecord, RecordError | None]:
    """Returns the one record of a file, and what is wrong with it."""
    (found,) = read_records(InputFile(str(path), "1-1", 1, 1_700_000_000_000_000), options or ReadOptions())
    return (found, None) if isinstance(found, RawRecord) else found


def _file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_is_read_whatever_it_is_compressed_with(tmp_path: Path, suffix: str) -> None:
    record, error = _read(_file(tmp_path, f"page.txt{suffix}", compress(_TEXT, suffix)))
    assert error is None
    assert (record.payload, record.media_type, record.origin.record) == (_TEXT, TEXT, 0)


@pytest.mark.parametrize("suffix", SUFFIXES[1:])
def test_the_bytes_say_how_a_file_is_compressed_not_its_name(tmp_path: Path, suffix: str) -> None:
    assert _read(_file(tmp_path, "page.txt", compress(_TEXT, suffix)))[0].payload == _TEXT
    assert _read(_file(tmp_path, f"page.txt{suffix}", _TEXT))[0].payload == _TEXT


@pytest.mark.parametrize("suffix", SUFFIXES[1:])
def test_all_members_of_a_file_are_read(tmp_path: Path, suffix: str) -> None:
    data = b"".join(compress(part, suffix) for part in (b"one\n", _TEXT, b"", b"three\n"))
    record, error = _read(_file(tmp_path, f"page.txt{suffix}", data))
    assert error is None
    assert record.payload == b"one\n" + _TEXT + b"three\n"


@pytest.mark.parametrize("suffix", SUFFIXES[1:])
@pytest.mark.parametrize("cut", [0.5, 0.999], ids=["in the middle", "at the last byte"])
def test_a_file_that_ends_too_soon_is_truncated_and_keeps_what_there_is(tmp_path: Path, suffix: str, cut: float) -> None:
    whole = compress(_TEXT, suffix)
    size = len(whole) - 1 if cut > 0.99 else int(len(whole) * cut)
    record, error = _read(_file(tmp_path, f"page.txt{suffix}", whole[:size]))
    assert error is not None
    assert error.reason == "truncated", error.message
    assert _TEXT.startswith(record.payload)
    assert (
        suffix in (".bz2", ".zst", ".lz4") or len(record.payload) > len(_TEXT) / 4
    )  # a page is hardly more than one block of these
    assert "page.txt" in error.message


@pytest.mark.parametrize("suffix", SUFFIXES[1:])
def test_a_second_member_that_ends_too_soon_is_truncated_too(tmp_path: Path, suffix: str) -> None:
    member = compress(_TEXT, suffix)
    record, error = _read(_file(tmp_path, f"page.txt{suffix}", member + member[: len(member) // 2]))
    assert error is not None
    assert error.reason == "truncated", error.message
    assert record.payload.startswith(_TEXT[:1000])


@pytest.mark.parametrize("suffix", SUFFIXES[1:-1])  # lz4 as Arrow writes it has no checksum to contradict
def test_a_file_that_contradicts_itself_is_damaged(tmp_path: Path, suffix: str) -> None:
    data = bytearray(compress(_TEXT, suffix))
    middle = len(data) // 2
    data[middle : middle + 16] = bytes(byte ^ 0xFF for byte in data[middle : middle + 16])
    record, error = _read(_file(tmp_path, f"page.txt{suffix}", bytes(data)))
    assert error is not None
    assert error.reason in ("damaged", "truncated")
    assert suffix != ".gz" or record.payload[:1000] == _TEXT[:1000]  # the others check a block before they give it out


@given(st.binary(max_size=200), st.sampled_from([b"\x1f\x8b", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"]))
def test_any_bytes_after_a_magic_are_a_record_or_its_damage(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, magic: bytes
) -> None:
    _, error = _read(_file(tmp_path_factory.getbasetemp(), "garbage.txt", magic + data))
    assert error is None or error.reason in ("truncated", "damaged", "empty")


def test_a_file_that_went_away_since_it_was_listed_is_missing(tmp_path: Path) -> None:
    record, error = _read(tmp_path / "gone.txt")
    assert error is not None
    assert (error.reason, record.payload) == ("missing", b"")
    assert "gone.txt" in error.message


def test_a_folder_instead_of_a_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "page.txt").mkdir()
    assert _read(tmp_path / "page.txt")[1].reason == "missing"  # type: ignore[union-attr]
    _file(tmp_path, "file", b"")
    assert _read(tmp_path / "file" / "page.txt")[1].reason == "missing"  # type: ignore[union-attr]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_forbidden(tmp_path: Path) -> None:
    path = _file(tmp_path, "page.txt", _TEXT)
    path.chmod(0)
    assert _read(path)[1].reason == "forbidden"  # type: ignore[union-attr]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file_has_no_record(tmp_path: Path, suffix: str) -> None:
    assert _read(_file(tmp_path, f"page.txt{suffix}", compress(b"", suffix)))[1].reason == "empty"  # type: ignore[union-attr]


def test_a_record_is_as_large_as_the_limit_and_no_larger(tmp_path: Path) -> None:
    assert _read(_file(tmp_path, "page.txt", b"x" * 1000), ReadOptions(max_record_bytes=1000))[1] is None
    record, error = _read(_file(tmp_path, "page.txt", b"x" * 1001), ReadOptions(max_record_bytes=1000))
    assert error is not None
    assert error.reason == "record_too_large"
    assert "--limit record-mb" in error.message
    assert len(record.payload) <= 1001


@pytest.mark.parametrize("suffix", SUFFIXES[1:])
def test_a_bomb_costs_no_more_than_the_largest_record(tmp_path: Path, suffix: str) -> None:
    path = _bomb(tmp_path, suffix, 100_000_000)
    tracemalloc.start()
    try:
        _, error = _read(path, ReadOptions(max_record_bytes=1_000_000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error is not None
    assert error.reason == "record_too_large"
    assert peak < 16_000_000  # the record, the join of its pieces, and a decompressor's buffers, 8 MB for xz


def _bomb(folder: Path, suffix: str, size: int) -> Path:
    piece = compress(bytes(size // 10), suffix)  # members of ten million zeros
    return _file(folder, f"bomb.txt{suffix}", piece * 10)


def test_a_name_decides_the_media_type() -> None:
    assert {name: media_type(name) for name in ("a.txt", "A.HTM.GZ", "b.html.zst", "c.pdf", "d", "e.txt.gz.xz", "gz")} == {
        "a.txt": TEXT,
        "A.HTM.GZ": HTML,
        "b.html.zst": HTML,
        "c.pdf": None,
        "d": None,
        "e.txt.gz.xz": None,
        "gz": None,
    }


@pytest.mark.parametrize(
    ("path", "flag", "source"),
    [
        ("pages/source=paper.example/a.txt", None, ("paper.example", "path")),
        ("pages/source=a%2Fb/2024/a.txt", None, ("a/b", "path")),
        ("source=old/source=new/a.txt", None, ("new", "path")),
        ("pages/source=../a.txt", None, (None, None)),
        ("pages/source=paper.txt", None, (None, None)),
        ("pages/resource=paper/a.txt", None, (None, None)),
        ("pages/source=paper.example/a.txt", "flag.example", ("flag.example", "flag")),
    ],
    ids=["a folder", "an escaped folder", "the innermost", "no folder's name", "a file's name", "another word", "the flag first"],
)
def test_the_source_is_given_by_flag_or_path(path: str, flag: str | None, source: tuple[str | None, str | None]) -> None:
    record, _ = _read(f"/nowhere/{path}", ReadOptions(source=flag))
    assert (record.origin.source, record.origin.source_basis) == source


@pytest.mark.parametrize("modified_us", [0, 1, -(10**15), 10**18, 2**62], ids=["none", "1970", "1938", "33658", "the largest"])
def test_no_modification_time_stops_a_run(tmp_path: Path, modified_us: int) -> None:
    path = _file(tmp_path, "page.txt", b"text")
    (record,) = read_records(InputFile(str(path), "4-0", 4, modified_us), ReadOptions())
    assert isinstance(record, RawRecord)
    assert record.origin.modified_at is None or record.origin.modified_at.year < 2000


def test_read_records_counts_what_comes_out_of_each_file(tmp_path: Path) -> None:
    _file(tmp_path, "whole.txt", b"words")
    _file(tmp_path, "empty.txt", b"")
    items = [InputFile(str(tmp_path / name), "", 0, 0) for name in ("whole.txt", "empty.txt", "gone.txt")]
    with testing.TestPipeline() as pipeline:
        read = pipeline | beam.Create(items) | ReadRecords(ReadOptions())
        assert_that(read["records"] | "Payloads" >> beam.Map(lambda r: r.payload), equal_to([b"words"]), label="Records")
        refused = read["rejects"] | "Reasons" >> beam.Map(lambda r: (r.stage, r.kind, r.reason))
        assert_that(refused, equal_to([("read", "dead", "empty"), ("read", "dead", "missing")]), label="Rejects")
        assert_that(read["counts"], equal_to([(item.uri, 1, 0) for item in items]), label="Counts")
    found = {str(counter.key.metric.name): counter.committed for counter in pipeline.result.metrics().query()["counters"]}
    assert found == {"files_read": 3, "records_read": 3, "records_rejected": 2}


def _sums(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    pairs = list(pairs)
    return sum(records for records, _ in pairs), sum(without_row for _, without_row in pairs)


def test_one_reject_counts_all_records_of_a_crawl_that_nobody_reads(tmp_path: Path) -> None:
    pages = {f"https://paper.example/{number}": f"<html><body><p>Page {number}.</p></body></html>" for number in range(5)}
    lookups = [record("response", b"20240514 paper.example", f"dns:{name}.example", "text/dns") for name in ("paper", "static")]
    errors = [record("response", http(b"", "404 Not Found"), f"https://paper.example/{name}") for name in ("a", "b")]
    item = InputFile(str(_file(tmp_path, "crawl.warc", b"".join(crawl(pages) + lookups + errors))), "", 0, 0)
    with testing.TestPipeline() as pipeline:
        read = pipeline | beam.Create([item]) | ReadRecords(ReadOptions())
        refused = read["rejects"] | "Reasons" >> beam.Map(lambda r: (r.record, r.kind, r.reason, r.message.split()[0]))
        assert_that(
            refused,
            equal_to(
                [
                    (0, "filtered", "warc_warcinfo", "1"),
                    (1, "filtered", "warc_request", "5"),
                    (3, "filtered", "warc_metadata", "5"),
                    (16, "filtered", "warc_dns", "2"),
                    (18, "filtered", "http_status", f"{item.uri}:"),
                    (19, "filtered", "http_status", f"{item.uri}:"),
                ]
            ),
            label="Rejects",
        )
        counts = read["counts"] | "Pairs" >> beam.Map(lambda c: (c[1], c[2])) | "Sums" >> beam.CombineGlobally(_sums)
        assert_that(counts, equal_to([(20, 9)]), label="Counts")
    found = {str(counter.key.metric.name): counter.committed for counter in pipeline.result.metrics().query()["counters"]}
    assert found == {"files_read": 1, "records_read": 20, "records_filtered": 15}

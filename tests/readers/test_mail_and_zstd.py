"""Mail and zstd as they are found: marks, missing blank lines, UTF-7, attachments; skippable frames and long windows."""

import base64
import os
import struct
import sys
from email.message import EmailMessage
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard
from helpers.command import broadsheet
from helpers.reading import dead, messages, payloads, read, records
from helpers.warcs import response

from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.read.metadata_overrides import from_json
from broadsheet.transforms.read.read_records import ReadOptions

_HEADERS = "Subject: Herons\nDate: Tue, 14 May 2024 06:12:00 +0000\n"
_PAGE = "<html><p>The herons are back, the wardens said on Monday, and they are more than ever before.</p></html>"


def _mixed(*parts: str) -> bytes:
    body = "".join(f"--XX\n{part}\n" for part in parts)
    return f'{_HEADERS}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="XX"\n\n{body}--XX--\n'.encode()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


_INNER = f"Subject: Inner\nContent-Type: text/html\n\n{_PAGE}"


@pytest.mark.parametrize(
    "part",
    [
        f"Content-Type: text/html\nContent-Disposition: attachment\n\n{_PAGE}",
        f"Content-Type: application/octet-stream; name=page.HTM\nContent-Transfer-Encoding: BASE64 \n\n{_base64(_PAGE)}",
        f"Content-Type: application/octet-stream\nContent-Disposition: attachment; filename*=utf-8''p%C3%A4ge.html\n\n{_PAGE}",
        f"Content-Type: application/xhtml+xml\nContent-Disposition: attachment; filename=a.xhtml\n\n{_PAGE}",
        f"Content-Type: text/plain; name=page.html\nContent-Disposition: attachment\n\n{_PAGE}",
        f"Content-Type: message/rfc822\n\n{_INNER}",
        f"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{_base64(_INNER)}",
        f"Content-Type: application/octet-stream; name=a.eml\nContent-Transfer-Encoding: base64\n\n{_base64(_INNER)}",
    ],
    ids=["HTML", "bytes", "bytes with an encoded name", "XHTML", "text", "forwarded", "forwarded in base64", "an eml file"],
)
@pytest.mark.parametrize("words", ["text/plain\n\nSee below.", "text/html\n\n<p>See below.</p>"], ids=["text", "HTML"])
def test_a_page_is_found_however_it_is_attached(tmp_path: Path, part: str, words: str) -> None:
    (record,) = records(read(tmp_path, "a.eml", _mixed(f"Content-Type: {words}", part)))
    assert (record.payload.strip().decode(), record.media_type) == (_PAGE, "text/html")


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n\r\n" + _HEADERS.encode() + b"\nwords\n", f"{_HEADERS}\nwords\n".encode("utf-16"),
        f"From a@b.example Tue May 14 06:12:00 2024\n{_HEADERS}\nwords\n".encode(),
        _mixed("Content-Type: text/html\n\n  ", "Content-Type: text/plain\n\nwords\n"),
    ],
    ids=["blank lines first", "UTF-16", "an envelope", "blank HTML"],
)  # fmt: skip
def test_a_message_is_read_whatever_is_before_it(tmp_path: Path, data: bytes) -> None:
    (record,) = records(read(tmp_path, "a.eml", data))
    assert (from_json(record.origin.given)["title"][0], record.payload.strip()) == ("Herons", b"words")


def test_parts_whose_boundary_is_missing_are_a_dead_letter(tmp_path: Path) -> None:
    assert dead(read(tmp_path, "a.eml", _mixed("Content-Type: text/plain\n\nwords").replace(b'"XX"', b'"YY"'))) == ["damaged"]


@pytest.mark.parametrize(
    "line",
    [
        "From a@b.example Tue May 14 06:12:00 2024", "From - Tue May 14 06:12:00 2024",
        "From a@b.example Tue May 14 06:12:00 +0200 2024",
        "From a@b.example Tue May 14 06:12:00 2024 +0200", "From ann at b.example  Tue May 14 06:12:00 2024",
        "From a@b.example Tue May  4 06:12 2024 remote from c", "From  Tue May 14 06:12:00 2024",
    ],
)  # fmt: skip
@pytest.mark.parametrize("between", ["\n", ""], ids=["a blank line", "none"])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n\n"], ids=["nothing", "a mark", "blank lines"])
def test_messages_are_separated_by_lines_of_all_programs(tmp_path: Path, line: str, between: str, before: str) -> None:
    box = f"{before}{line}\nSubject: One\n\nfirst\n{between}{line}\nSubject: Two\n\nsecond\n"
    assert [text.strip() for text in payloads(read(tmp_path, "a.mbox", box.encode()))] == [b"first", b"second"]


@pytest.mark.parametrize("line", ["From Monday on, in 2024", "From the desk of the editor, May 2024", "From a@b.example"])
def test_prose_that_begins_like_such_a_line_separates_nothing(tmp_path: Path, line: str) -> None:
    box = f"From a@b.example Tue May 14 06:12:00 2024\nSubject: One\n\nfirst\n\n{line}\nand on\n"
    assert [text.strip() for text in payloads(read(tmp_path, "a.mbox", box.encode()))] == [f"first\n\n{line}\nand on".encode()]


_BOX = (
    b"From a@b.example Tue May 14 06:12:00 2024\nSubject: One\n\nfirst\n"
    b"From c@d.example Wed May 15 06:12:00 2024\nSubject: Two\n\nsecond\nFrom here on it is prose, of 2024\n"
)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a mark"])
def test_messages_without_a_blank_line_between_them_are_two(tmp_path: Path, mark: bytes) -> None:
    found = read(tmp_path, "a.mbox", mark + _BOX)
    assert payloads(found) == [b"first\n", b"second\nFrom here on it is prose, of 2024\n"]
    assert [from_json(record.origin.given)["title"][0] for record in records(found)] == ["One", "Two"]


def test_a_mark_before_a_message_costs_no_header(tmp_path: Path) -> None:
    (record,) = records(read(tmp_path, "a.eml", b"\xef\xbb\xbfSubject: Herons\nDate: Tue, 14 May 2024 06:12:00 +0000\n\nwords\n"))
    assert (from_json(record.origin.given)["title"][0], record.payload) == ("Herons", b"words\n")


@pytest.mark.parametrize("charset", ["utf-7", "unicode-1-1-utf-7"])
def test_utf_7_is_read(tmp_path: Path, charset: str) -> None:
    data = f"Subject: a\nContent-Type: text/plain; charset={charset}\n\nDie M+APY-wen\n".encode()
    (record,) = records(read(tmp_path, "a.eml", data))
    assert decode(record).text == "Die Möwen\n"


def test_an_attached_page_is_the_page(tmp_path: Path) -> None:
    message = EmailMessage()
    message.set_content("See below.")
    message.add_attachment("<html><p>The page.</p></html>", subtype="html", filename="page.html")
    assert payloads(read(tmp_path, "a.eml", message.as_bytes())) == [b"<html><p>The page.</p></html>\n"]


def test_a_forwarded_message_is_the_text(tmp_path: Path) -> None:
    inner, outer = EmailMessage(), EmailMessage()
    inner.set_content("The herons are back, the wardens said on Monday.")
    outer.set_content("FYI")
    outer.add_attachment(inner)
    assert payloads(read(tmp_path, "a.eml", outer.as_bytes())) == [b"The herons are back, the wardens said on Monday.\n"]


@pytest.mark.parametrize("kind", [0, 7, 15])
@pytest.mark.parametrize("size", [0, 4, 3000])
def test_a_skippable_frame_before_zstd_data_is_skipped(tmp_path: Path, kind: int, size: int) -> None:
    rows = [b'{"text": "one"}\n', b'{"text": "two"}\n']
    codec = pa.Codec("zstd")
    data = b"".join(struct.pack("<II", 0x184D2A50 + kind, size) + b"x" * size + codec.compress(row, asbytes=True) for row in rows)
    found = read(tmp_path, "a.jsonl.zst", data)
    assert (payloads(found), dead(found)) == ([b"one", b"two"], [])


_ROWS = b"".join(b'{"text": "row %d"}\n' % number for number in range(300))


def _long(data: bytes, log: int) -> bytes:
    """Returns a frame with a window of 2**log bytes, as `zstd --long` writes them, whatever its size."""
    parameters = zstandard.ZstdCompressionParameters(window_log=log, enable_ldm=True)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize("log", [27, 28, 31])
@pytest.mark.parametrize("name", ["a.jsonl.zst", "a.warc.zst"])
def test_a_long_window_is_read_or_refused_with_the_option_that_allows_it(tmp_path: Path, name: str, log: int) -> None:
    data = _ROWS if "jsonl" in name else b"".join(response(f"https://paper.example/{n}", "<p>row") for n in range(300))
    allowed = ReadOptions(max_window_bytes=2 << 30)
    for frames in ([data], [data, data]):
        packed = b"".join(_long(frame, log) for frame in frames)
        found = read(tmp_path, name, packed, allowed)
        assert (len(payloads(found)), dead(found)) == (300 * len(frames), [])
    found = read(tmp_path, name, packed)
    assert dead(found) == ([] if log == 27 else ["window_too_large"])
    assert log == 27 or "--limit zstd-window-mb" in messages(found)


@pytest.mark.parametrize("cut", [1, 5, 100, 300])
def test_a_file_with_a_long_window_that_ends_too_soon_is_truncated(tmp_path: Path, cut: int) -> None:
    found = read(tmp_path, "a.jsonl.zst", _long(_ROWS, 28)[:-cut], ReadOptions(max_window_bytes=2 << 30))
    assert "truncated" in dead(found)


def test_a_bomb_with_a_long_window_ends_at_its_limit(tmp_path: Path) -> None:
    data = _long(b"a" * 600_000_000, 28)
    found = read(tmp_path, "a.txt.zst", data, ReadOptions(max_window_bytes=2 << 30, max_record_bytes=1_000_000))
    assert set(dead(found)) <= {"ratio_too_large", "record_too_large"}
    assert dead(found)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_named_file_whose_name_is_not_utf_8_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    Path(path).write_text("words")
    assert broadsheet("ingest", path, "--lake", tmp_path / "lake") == 2
    assert "caf\\xe9.txt" in capsys.readouterr().err

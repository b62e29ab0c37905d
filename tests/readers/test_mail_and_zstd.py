"""Mail and zstd as they are found: marks, missing blank lines, UTF-7, attachments; skippable frames and long windows."""

import os
import struct
import sys
from email.message import EmailMessage
from pathlib import Path

import pyarrow as pa
import pytest
from helpers.command import broadsheet
from helpers.reading import dead, messages, payloads, read, records

from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.read.metadata_overrides import from_json

_BOX = (
    b"From a@b.example Tue May 14 06:12:00 2024\nSubject: One\n\nfirst\n"
    b"From c@d.example Wed May 15 06:12:00 2024\nSubject: Two\n\nsecond\nFrom here on it is prose, of 2024\n"
)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a mark"])
def test_messages_without_a_blank_line_between_them_are_two(tmp_path: Path, mark: bytes) -> None:
    found = read(tmp_path, "a.mbox", mark + _BOX)
    assert payloads(found) == [b"first\n", b"second\nFrom here on it is prose, of 2024\n"]
    assert [from_json(record.given)["title"][0] for record in records(found)] == ["One", "Two"]


def test_a_mark_before_a_message_costs_no_header(tmp_path: Path) -> None:
    (record,) = records(read(tmp_path, "a.eml", b"\xef\xbb\xbfSubject: Herons\nDate: Tue, 14 May 2024 06:12:00 +0000\n\nwords\n"))
    assert (from_json(record.given)["title"][0], record.payload) == ("Herons", b"words\n")


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


@pytest.mark.parametrize("log", [28, 31])
def test_a_window_that_is_too_long_is_refused_with_what_to_do(tmp_path: Path, log: int) -> None:
    # A frame with a window of 2**log bytes (RFC 8878, 3.1.1.1.2) and one raw block.
    data = struct.pack("<I", 0xFD2FB528) + bytes([0, (log - 10) << 3]) + struct.pack("<I", (5 << 3) | 1)[:3] + b"words"
    found = read(tmp_path, "a.txt.zst", data)
    assert dead(found) == ["window_too_large"]
    assert "--long" in messages(found)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_named_file_whose_name_is_not_utf_8_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    Path(path).write_text("words")
    assert broadsheet("ingest", path, "--lake", tmp_path / "lake") == 2
    assert "caf\\xe9.txt" in capsys.readouterr().err

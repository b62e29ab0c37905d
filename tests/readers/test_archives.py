"""Archives and mail: nesting, names that would climb, damage, bombs, and what others' tools write."""

import io
import mailbox
import shutil
import subprocess
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from helpers.containers import to_json_lines, to_tar, to_warc, to_zip
from helpers.pages import compress
from helpers.reading import dead, filtered, messages, payloads, read, records

from broadsheet.schemas.records import HTML, TEXT, RawRecord
from broadsheet.transforms.read.metadata_overrides import from_json
from broadsheet.transforms.read.read_records import ReadOptions

PAGES = {"a.txt": b"one", "b.html": b"<p>two", "c.txt": b"three"}


def _zip(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return sink.getvalue()


def test_archives_within_archives_are_read_to_a_depth(tmp_path: Path) -> None:
    data = b"deepest"
    for depth in range(5):
        data = _zip({f"level{depth}.zip" if depth else "page.txt": data, f"beside{depth}.txt": b"beside"})
    found = read(tmp_path, "a.zip", data, ReadOptions(max_depth=3))
    assert payloads(found) == [b"beside"] * 3
    assert dead(found) == ["too_deep"]
    assert "--limit archive-depth" in messages(found)
    assert len(payloads(read(tmp_path, "a.zip", data, ReadOptions(max_depth=5)))) == 6


def test_every_format_is_read_within_an_archive(tmp_path: Path) -> None:
    members = {
        "crawl.warc.gz": compress(to_warc(PAGES), ".gz"),
        "rows.jsonl.zst": compress(to_json_lines(PAGES), ".zst"),
        "more.tar.xz": compress(to_tar(PAGES), ".xz"),
        "page.html.gz": compress(b"<p>page", ".gz"),
    }
    for name, packed in (("a.zip", to_zip(members)), ("a.tar", to_tar(members))):
        assert payloads(read(tmp_path, name, packed)) == [*PAGES.values()] * 3 + [b"<p>page"]


@pytest.mark.parametrize(
    "name", ["../../etc/evil.txt", "/etc/evil.txt", "C:\\evil.txt", "a\0b.txt", "\x1b[2Jevil.txt", "ü" * 300 + ".txt"]
)
@pytest.mark.parametrize("pack", [_zip, to_tar], ids=["zip", "tar"])
def test_a_member_s_name_is_a_label_and_no_path(tmp_path: Path, name: str, pack: object) -> None:
    before = sorted(tmp_path.parent.rglob("*evil*"))
    found = read(tmp_path, "a.arc", pack({name: b"words", "empty.txt": b""}))  # type: ignore[operator]
    assert payloads(found) in ([b"words"], [])
    assert len(found) == 2
    assert all((item if isinstance(item, RawRecord) else item[0]).origin.uri == str(tmp_path / "a.arc") for item in found)
    assert "\x1b" not in messages(found)
    assert sorted(tmp_path.parent.rglob("*evil*")) == before


def test_what_is_not_a_page_in_an_archive_is_filtered(tmp_path: Path) -> None:
    members = {"a.txt": b"words", "logo.png": b"\x89PNG", "._a.txt": b"\0\5\x16\7", "__MACOSX/b.txt": b"x", "dir/": b""}
    found = read(tmp_path, "a.zip", _zip(members))
    assert (payloads(found), dead(found)) == ([b"words"], [])
    assert filtered(found) == ["unknown_format", "hidden", "hidden"]


def test_a_member_that_is_damaged_or_encrypted_costs_itself(tmp_path: Path) -> None:
    data = bytearray(_zip({"a.txt": b"one", "b.txt": b"second " * 50, "c.txt": b"three"}, zipfile.ZIP_STORED))
    at = data.index(b"second")
    data[at] ^= 255
    found = read(tmp_path, "a.zip", bytes(data))
    assert (payloads(found), dead(found)) == ([b"one", b"three"], ["damaged"])
    assert "b.txt" in messages(found)
    data = bytearray(_zip({"a.txt": b"one", "b.txt": b"two"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert dead(read(tmp_path, "a.zip", bytes(data))) == ["encrypted"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_without_its_directory_gives_the_members_before_the_cut(tmp_path: Path, method: int) -> None:
    data = _zip({f"{number}.txt": f"page {number} ".encode() * 40 for number in range(9)}, method)
    cut = data.index(b"7.txt") - 30
    found = read(tmp_path, "a.zip", data[:cut])
    assert payloads(found) == [f"page {number} ".encode() * 40 for number in range(7)]
    assert dead(found) == ["truncated"]


def test_after_a_damaged_header_of_a_tar_the_next_member_is_found(tmp_path: Path) -> None:
    data = bytearray(to_tar({f"{number}.txt": bytes([65 + number]) * 700 for number in range(5)}, tarfile.USTAR_FORMAT))
    at = data.index(b"pages/2.txt")
    data[at + 148 : at + 156] = b"damaged!"
    found = read(tmp_path, "a.tar", bytes(data))
    assert payloads(found) == [bytes([65 + number]) * 700 for number in (0, 1, 3, 4)]
    assert dead(found) == ["damaged"]


def test_a_tar_that_is_nothing_but_spaces_ends_soon(tmp_path: Path) -> None:
    found = read(tmp_path, "a.tar.gz", compress(b" " * 20_000_000, ".gz"), ReadOptions(max_ratio=2000))
    assert dead(found)[:1] == ["damaged"]  # a gigabyte took 61 s where each block was tried as a header, 2 s now


@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=["ustar", "gnu", "pax"])
def test_tars_of_every_kind_are_read_with_their_long_names(tmp_path: Path, kind: int) -> None:
    name = "/".join(["folder"] * (10 if kind == tarfile.USTAR_FORMAT else 40)) + "/page.html"
    found = read(tmp_path, "a.tar", to_tar({name: b"<p>a", "b.txt": b"b"}, kind))
    assert [(record.payload, record.media_type) for record in records(found)] == [(b"<p>a", HTML), (b"b", TEXT)]


def test_bombs_end_at_the_limits(tmp_path: Path) -> None:
    small = ReadOptions(max_record_bytes=100_000)
    zeros = bytes(30_000_000)
    assert dead(read(tmp_path, "a.zip", _zip({"a.txt": zeros, "b.txt": b"b"}), small)) == ["record_too_large"]
    many = _zip({f"{number}.txt": bytes(90_000) for number in range(100)})
    found = read(tmp_path, "b.zip", many, small._replace(max_ratio=10))
    assert "ratio_too_large" in dead(found)
    assert len(payloads(found)) < 5
    assert "too_large" in dead(read(tmp_path, "b.zip", many, small._replace(max_decompressed_bytes=300_000)))
    assert dead(read(tmp_path, "b.zip", many, small._replace(max_members=99))) == ["too_many_members"]
    tar = read(tmp_path, "b.tar", to_tar({f"{number}.txt": b"x" for number in range(9)}), small._replace(max_members=5))
    assert (dead(tar), len(payloads(tar))) == (["too_many_members"], 5)


def test_a_mirror_in_an_archive_has_the_urls_of_its_paths(tmp_path: Path) -> None:
    found = read(tmp_path, "a.zip", _zip({"m/www.paper.example/news/a.html": b"<p>a"}), ReadOptions(url_from_path=True))
    (record,) = records(found)
    assert (record.origin.url or "").endswith("://www.paper.example/news/a.html")


@pytest.mark.skipif(not shutil.which("tar"), reason="needs GNU tar")
@pytest.mark.parametrize("flags", [["--format=gnu"], ["--format=posix"], ["--sparse"]])
def test_what_gnu_tar_writes_is_read(tmp_path: Path, flags: list[str]) -> None:
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    (folder / f"{'name' * 30}.html").write_bytes(b"<p>page")
    (folder / "link.html").symlink_to(folder / "nowhere")
    subprocess.run(["tar", "-C", tmp_path, *flags, "-cf", tmp_path / "a.tar", folder.name], check=True)
    assert payloads(read(tmp_path, "b.tar", (tmp_path / "a.tar").read_bytes())) == [b"<p>page"]


_MESSAGE = (
    b"From: Ann <ann@paper.example>\r\nSubject: =?utf-8?q?Der_M=C3=B6wen?=\r\n =?utf-8?q?flug?=\r\n"
    b"Date: Tue, 14 May 2024 08:12:00 +0200\r\nMessage-ID: <17@paper.example>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nplain\r\n'
    b"--x\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"<p>M=F6we\r\n--x--\r\n"
)


def test_of_a_message_the_html_part_is_the_page(tmp_path: Path) -> None:
    (record,) = records(read(tmp_path, "a.eml", _MESSAGE))
    assert (record.payload, record.media_type, record.charset) == (b"<p>M\xf6we", HTML, "iso-8859-1")
    given = {field: value for field, (value, _) in from_json(record.origin.given).items()}
    assert given == {
        "title": "Der Möwenflug",
        "published_at": "2024-05-14T06:12:00+00:00",
        "external_id": "17@paper.example",
    }


def test_a_mailbox_of_pythons_gives_its_messages(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "written")
    for text in ("first\n\nFrom here on it rained.\n", "second\n"):
        message = mailbox.mboxMessage()
        message["Subject"] = "Weather"
        message.set_payload(text)
        box.add(message)
    box.close()
    found = read(tmp_path, "a.mbox", (tmp_path / "written").read_bytes())
    assert [payload.strip() for payload in payloads(found)] == [b"first\n\nFrom here on it rained.", b"second"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100,
        b"From \n" * 50,
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n" * 5000,
        b"Subject: =?x?q?=\n\n",
    ],
)
@pytest.mark.parametrize("name", ["a.mbox", "a.eml", "a.mhtml"])
def test_no_mail_stops_a_run(tmp_path: Path, name: str, data: bytes) -> None:
    assert len(read(tmp_path, name, data)) >= 1 or name == "a.mbox"


def test_what_a_browser_saved_has_its_url(tmp_path: Path) -> None:
    data = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://paper.example/a\r\nDate: Tue, 14 May 2024 06:12:00 -0000\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: text/html\r\nContent-Location: https://paper.example/a\r\n\r\n<html>page</html>\r\n--b\r\n"
        b"Content-Type: image/png\r\nContent-Location: file:///etc/passwd\r\n\r\nx\r\n--b--\r\n"
    )
    (record,) = records(read(tmp_path, "a.mhtml", data))
    assert (record.payload, record.origin.url, record.origin.url_basis) == (
        b"<html>page</html>",
        "https://paper.example/a",
        "container",
    )
    assert record.origin.fetched_at is not None
    assert dead(read(tmp_path, "b.mhtml", b"Content-Type: text/plain\n\nx")) == ["no_html_part"]


def test_a_member_that_says_it_is_small_and_is_a_bomb_costs_no_memory(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.html", bytes(300_000_000))
    size = (300_000_000).to_bytes(4, "little")
    data = sink.getvalue().replace(size, (1000).to_bytes(4, "little"))
    tracemalloc.start()
    found = read(tmp_path, "bomb.zip", data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == 1
    assert peak < 20_000_000

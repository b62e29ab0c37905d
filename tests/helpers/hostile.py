"""Builds a corpus of inputs that are meant to break their readers, all of our own making.

    python -m helpers.hostile DIR          # in tests/; then: broadsheet ingest DIR --lake LAKE

Bombs of every compression and container, markup without end, lengths that lie, names that climb, marks that a terminal obeys,
tables of one value many times, mail within mail. Small on disk, and made in half a minute.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from helpers.html_pages import PROSE, json_ld
from helpers.html_pages import page as html
from helpers.pages import dump
from helpers.warcs import http, record, response

GB, MB = 1_000_000_000, 1_000_000
ORDERS = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e\u2066[/red]"
NAMES = (
    "../../../../etc/passwd.txt",
    "/etc/passwd.txt",
    "..\\..\\windows\\win.txt",
    "a\0b.txt",
    "n" * 300 + ".txt",
    "long/" * 400 + "a.txt",
    f"{ORDERS}.txt",
    "\u202egnp.txt",
    "e" + "\u0301" * 100 + ".txt",
    "source=..%2F..%2Fetc/date=9999-99-99/a.txt",
    "half \udcff.txt",
    "",
    ".",
    "..",
)
"""Of members of archives: none of them may become a path."""


def _zeros_gz(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(b" " * MB) for _ in range(size // MB)), packer.flush()])


def _arrow_packed(size: int, name: str) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, name) as stream:
        for _ in range(size // MB):
            stream.write(b" " * MB)
    return sink.getvalue().to_pybytes()


def _zip(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name or "x", data)
    return sink.getvalue()


def _tar(members: dict[str, bytes], **fields: object) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for field, value in fields.items():
                setattr(info, field, value)
            archive.addfile(info, io.BytesIO(data))
    return sink.getvalue()


def _overlapping_zip(count: int) -> bytes:
    """One member of 10 MB that the directory names so many times."""
    data = zlib.compress(b" " * (10 * MB), 9)[2:-4]
    crc = zlib.crc32(b" " * (10 * MB))
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 33, crc, len(data), 10 * MB, 5, 0) + b"a.txt" + data
    entries = b"".join(
        struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 33, crc, len(data), 10 * MB, 5, 0, 0, 0, 0, 0, 0) + b"a.txt"
        for _ in range(count)
    )
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(entries), len(local), 0)
    return local + entries + end


def _nested(pack: Callable[[dict[str, bytes]], bytes], suffix: str, depth: int) -> bytes:
    data = pack({"a.txt": dump("The Pier").encode()})
    for _ in range(depth):
        data = pack({f"inner{suffix}": data})
    return data


def _lying_tar(size: int) -> bytes:
    block = bytearray(_tar({"a.txt": b"x"})[:512])
    block[124:136] = b"\x80" + size.to_bytes(11, "big")
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    return bytes(block) + b"x" * 512


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _feather(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _repeated(size: int, count: int) -> pa.Table:
    return pa.table({"text": pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array(["x " * (size // 2)]))})


def _multipart(depth: int) -> bytes:
    parts = [f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n' for level in range(depth)]
    return "".join(parts).encode() + b"Content-Type: text/plain\r\n\r\nDeep.\r\n"


def _bombs() -> Iterator[tuple[str, bytes]]:
    yield "bombs/spaces.txt.gz", _zeros_gz(GB)
    yield "bombs/spaces.html.bz2", bz2.compress(b" " * (300 * MB))
    yield "bombs/spaces.warc.xz", lzma.compress(b" " * (300 * MB), preset=0)
    yield "bombs/spaces.jsonl.zst", _arrow_packed(GB, "zstd")
    yield "bombs/spaces.csv.lz4", _arrow_packed(GB, "lz4")
    yield "bombs/spaces.zip", _zip({f"{name}.txt": b" " * (300 * MB) for name in "abc"})
    yield "bombs/overlapping.zip", _overlapping_zip(3_000)
    yield "bombs/many.zip", _zip({f"{number}.txt": b"" for number in range(20_000)})
    yield "bombs/nested.zip", _nested(_zip, ".zip", 30)
    yield "bombs/nested.tar", _nested(_tar, ".tar", 30)
    yield "bombs/spaces.tar.gz", gzip.compress(_tar({"a.txt": b" " * (200 * MB)}), 1)
    yield "bombs/lines.txt.gz", gzip.compress(b"\n" * (20 * MB), 1)
    yield "bombs/words.txt.gz", gzip.compress(b"The pier is closed. " * MB, 1)
    yield "bombs/line.html.gz", gzip.compress(b"<!doctype html><p>" + b"word " * (4 * MB), 1)
    yield "bombs/wide.txt.gz", gzip.compress(("守塔人 \U0001f6a2" * MB).encode(), 1)
    encoded = _zeros_gz(300 * MB)
    for layers in ("gzip", "gzip, gzip, gzip"):
        body = http(encoded, content_type="text/html", content_encoding=layers)
        yield f"bombs/{layers[-4:]}{len(layers)}.warc", record("response", body, "http://paper.example/")
    yield "bombs/repeated.parquet", _parquet(_repeated(30 * MB, 1000))
    yield "bombs/repeated.arrow", _feather(_repeated(30 * MB, 1000))
    yield "bombs/zeros.arrow", _feather(pa.table({"text": [" " * MB] * 1000}))
    yield "bombs/zeros.parquet", _parquet(pa.table({"text": [" " * (60 * MB)] * 8}))


def _markup() -> Iterator[tuple[str, bytes]]:
    head = "<!doctype html><html><head><title>The Pier</title></head><body>"
    for name, body in {
        "nested": "<div>" * 10_000_000,
        "deep": "<b><i>" * 400_000 + PROSE,
        "quote": "<a href='" * 500_000,
        "comment": "<!--" * MB,
        "open": "<" * (20 * MB),
        "attributes": "<p " + " ".join(f"a{number}=1" for number in range(500_000)) + f">{PROSE}",
        "entities": "&amp;" * (4 * MB),
        "hidden": "<div hidden>" * 200_000,
        "tables": "<table><tr><td>" * 100_000,
        "cells": f"{PROSE}<table><tr>" + "<td>cell" * 300_000,
        "scripts": "<script>" * 500_000,
    }.items():
        yield f"markup/{name}.html", (head + body).encode()
    laughs = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 12))
    entity = '<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y SYSTEM "http://127.0.0.1:9/">'
    yield (
        "markup/laughs.xhtml",
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY l0 "ha">{laughs}{entity}]>{html("", "&l11;&x;&y;")}'.encode(),
    )
    refresh = (
        '<meta http-equiv=refresh content="0;url=file:///etc/passwd"><base href="file:///etc/"><link rel=stylesheet href=passwd>'
    )
    yield "markup/refresh.html", html(refresh, "<img src=file:///etc/passwd><iframe src=http://127.0.0.1:9/></iframe>").encode()


def _fields() -> Iterator[tuple[str, bytes]]:
    for name, head in {
        "title": f"<title>{'x' * (10 * MB)}</title>",
        "headline": json_ld(headline="y " * (5 * MB)),
        "authors": json_ld(author=[{"@type": "Person", "name": f"Ann Other{number}"} for number in range(100_000)]),
        "keywords": json_ld(keywords=[f"k{number}" for number in range(MB)]),
        "deep": f'<script type="application/ld+json">{"[" * MB}</script>',
        "digits": f'<script type="application/ld+json">{{"@type":"NewsArticle","datePublished":{"9" * MB}}}</script>',
        "metas": "".join(f"<meta name=a{number} content=b>" for number in range(200_000)),
        "dates": '<meta property="article:published_time" content="99999-99-99T99:99:99+99:99">',
        "orders": f'<title>{ORDERS}</title><meta property="og:site_name" content="{ORDERS}../..">',
    }.items():
        yield f"fields/{name}.html", html(head, f"<p>This page is about {name}. {ORDERS}</p>").encode("utf-8", "replace")
    rows = [
        {"text": dump("One"), "source": "../../../../etc", "date": "-5", "url": "file:///etc/passwd", "title": ORDERS, "id": "\0"},
        {"text": dump("Two"), "source": 'a/b\\c:d*e?f"g<h>|%00', "date": 1e300, "url": "javascript:alert(1)"},
        {"text": dump("Three"), "source": "s" * MB, "date": "0000-00-00", "url": "http://[::1", "authors": ["a"] * 100_000},
        {"text": dump("Four"), "source": "..", "date": "31/31/2031", "url": "http://paper.example/" + "u" * MB, "title": "t" * MB},
        {"text": dump("Five"), "source": "__HIVE_DEFAULT_PARTITION__", "date": "9" * 10_000, "title": {"a": 1}},
        {"text": dump("Six"), "source": "con", "date": "9999-12-31T23:59:59-23:59", "tags": [[[["x"]]]]},
        {"text": dump("Seven"), "source": "\ud800\u202e", "title": "\ud83d", "authors": ["\udfff"]},
    ]
    yield "fields/rows.jsonl", "\n".join(json.dumps(row) for row in rows).encode()
    yield "fields/deep.jsonl", b'{"text":' + b"[" * MB + b"\n" + json.dumps({"text": dump("Eight")}).encode()
    yield "fields/keys.jsonl", json.dumps({"text": "x", **{f"k{n}": n for n in range(300_000)}}).encode() + b"\n{}"
    yield "fields/numbers.json", b'[{"text":"x","n":' + b"9" * (5 * MB) + b"}]"
    yield "fields/endless.json", b'[{"text":"' + b"x" * (30 * MB)
    yield "fields/columns.csv", b",".join(b"c%d" % n for n in range(300_000)) + b",text\n" + b"," * 300_000 + b"x\n"
    yield "fields/cells.csv", b"text,url\nx" + b"," * (20 * MB) + b"\n" + dump("Nine").replace("\n", " ").encode() + b",u\n"
    yield "fields/quote.csv", b'text,url\n"' + b"never closed,\n" * MB


def _lies() -> Iterator[tuple[str, bytes]]:
    good = response("http://paper.example/good", html())
    for length in (b"999999999999999999999", b"-1", b"1e9", b"0", b"", b"0x10", b"12 34"):
        bad = response("http://paper.example/bad", html()).replace(b"Content-Length: ", b"Content-Length: " + length + b"\r\nX: ")
        yield f"lies/length {length.decode() or 'none'}.warc", bad + good
    yield "lies/header.warc", b"WARC/1.0\r\nWARC-Type: response\r\nX: " + b"x" * (20 * MB) + b"\r\n\r\n" + good
    yield "lies/headers.warc", b"WARC/1.0\r\n" + b"X: y\r\n" * 500_000 + b"\r\n" + good
    chunks = http(b"ffffffff\r\nshort\r\n", content_type="text/html", transfer_encoding="chunked")
    yield "lies/chunks.warc", record("response", chunks, "http://paper.example/c") + good
    hostile = record("response", http(html().encode(), content_type="text/html; charset=" + "x" * 1000), f"http://a/{ORDERS}")
    yield "lies/url.warc", hostile.decode("utf-8", "replace").encode() + good
    line = b"http://a/ 1.2.3.4 99999999999999 text/html 99999999999"
    yield (
        "lies/record.arc",
        b"filedesc://a.arc 0.0.0.0 20240514061200 text/plain 9\n1 0 x y z\n\n" + line + b"\nx",
    )
    yield "lies/size.tar", _lying_tar(2**60)
    yield "lies/negative.tar", _lying_tar(2**88 - 5)
    yield "lies/links.tar", _tar({"a.txt": b"", "b.txt": b""}, type=tarfile.SYMTYPE, linkname="/etc/passwd")
    yield "lies/sparse.tar", _tar({"a.txt": b"x" * 100}, type=tarfile.GNUTYPE_SPARSE)
    yield "lies/names.tar", _tar({name.replace("\0", "") or "x": dump(f"Tar {index}").encode() for index, name in enumerate(NAMES)})
    yield (
        "lies/names.zip",
        _zip({name.encode("utf-8", "replace").decode(): dump(f"Zip {index}").encode() for index, name in enumerate(NAMES)}),
    )
    yield "lies/deep.eml", _multipart(20_000)
    yield "lies/header.eml", b"Subject: " + b"x" * (10 * MB) + b"\r\nDate: " + b"9" * MB + b"\r\n\r\n" + dump("Mail").encode()
    yield "lies/words.eml", b"Subject: " + b"=?utf-8?q?x?= " * 50_000 + b"\r\n\r\n" + dump("Words").encode()
    yield "lies/from.mbox", b"From a Tue May 14 06:12:00 2024\n\n" * 20_000
    location = (
        b"Snapshot-Content-Location: file:///etc/passwd\r\nContent-Type: text/html\r\nContent-Location: file:///etc/shadow\r\n\r\n"
    )
    yield "lies/location.mhtml", location + html().encode()
    yield "lies/zip.txt", b"PK\x03\x04" + b"\xff" * 1000
    yield "lies/magic.parquet", b"PAR1" + b"\x15\x04" * 1000 + b"\xff\xff\xff\x7fPAR1"
    yield "lies/magic.arrow", b"ARROW1\0\0\xff\xff\xff\xff\xff\xff\xff\x7f" + b"\0" * 100


def _texts() -> Iterator[tuple[str, bytes]]:
    for name, text in {
        "letters": "a" * (20 * MB),
        "right to left": "\u202e\u2066\u200f" * MB,
        "combining": "e" + "\u0301" * (5 * MB),
        "dates": "May 14, 2024 06:12 GMT " * 500_000,
        "names": "By " + "Ann Other and " * 500_000,
        "links": "http://paper.example/ " * 500_000,
        "orders": dump(f"The {ORDERS} Pier"),
        "digits": "+1 555 0100 " * 500_000,
        "addresses": "a@" * (5 * MB),
    }.items():
        yield f"texts/{name}.txt", text.encode("utf-8", "replace")
    yield "texts/surrogates.txt", dump("Half").encode() + b"\xed\xa0\xbd\xed\xb8\x80" * 100
    yield "texts/zeros.txt", b"\0" * (10 * MB)
    yield "texts/utf-16.txt", dump("Wide").encode("utf-16") + b"\xd8"
    yield "texts/latin.txt", bytes(range(128, 256)) * 100_000


_FILE_NAMES = (
    f"order {ORDERS.replace('/', '')}.txt",
    "new\nline.txt",
    "n" * 251 + ".txt",
    "percent %2e%2e%2f.txt",
    "glob [a]*?.txt",
    "-.txt",
    "source=..%2F..%2Fetc/a.txt",
    "source=%00%1b/a.txt",
    f"source={'s' * 240}/a.txt",
    "source=__HIVE_DEFAULT_PARTITION__/a.txt",
)


def build(folder: Path) -> Path:
    """Writes the corpus below a folder, and returns it."""
    for make in (_bombs, _markup, _fields, _lies, _texts):
        for name, data in make():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    for number, name in enumerate(_FILE_NAMES):
        path = folder / "names" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dump(f"Name {number}"))
    (folder / "names" / "sidecar.txt").write_text(dump("Sidecar"))
    (folder / "names" / "sidecar.txt.json").write_text("[" * MB)
    with open(folder / "texts" / "sparse.warc", "wb") as file:
        file.truncate(GB)
    os.mkfifo(folder / "names" / "pipe.txt")
    os.symlink(folder, folder / "names" / "loop")
    os.symlink("/dev/zero", folder / "names" / "zero.txt")
    os.symlink("nowhere", folder / "names" / "dangling.txt")
    return folder


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))

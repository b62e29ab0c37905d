"""What reading costs beside the bare library of each container: `python -m benchmarks.readers`.

One corpus of generated pages is packed, and read by `read.read_records.read_records` and by a loop over the library under it that
does no more than hand over the bytes: FastWARC, json, csv, pyarrow, mailbox, zipfile, tarfile. Reported are MB/s of pages and
records/s of one core, in CPU time, the best of several runs, and the share of speed that is lost.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import mailbox
import random
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
from fastwarc.warc import ArchiveIterator
from pyarrow import parquet

from broadsheet.schemas.records import InputFile, RawRecord
from broadsheet.transforms.read.read_records import ReadOptions, read_records

_LETTERS = "eeeeetttaaooiinnsshhrrdlucmfwypvbgkqjxz"
_WORDS = 20_000
"""Invented words, of which pages of text compress about as well as real ones do: three times."""


def pages(count: int, size: int) -> list[str]:
    """Returns pages of HTML of about `size` characters each, the same ones always."""
    chance = random.Random(6)
    words = ["".join(chance.choices(_LETTERS, k=chance.randint(1, 11))) for _ in range(_WORDS)]
    texts = (" ".join(chance.choices(words, k=size // 7)) for _ in range(count))
    return [f"<html><body><p>{number} {text}</p></body></html>" for number, text in enumerate(texts)]


def _warc(texts: list[str]) -> bytes:
    sink = io.BytesIO()
    for number, text in enumerate(texts):
        body = text.encode()
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032x}>\r\nWARC-Date: 2024-05-14T06:12:00Z\r\n"
            f"WARC-Target-URI: https://paper.example/{number}\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(block)}\r\n\r\n"
        )
        sink.write(_gzip(head.encode() + block + b"\r\n\r\n"))
    return sink.getvalue()


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def _wet(texts: list[str]) -> bytes:
    return b"".join(
        _gzip(
            f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:{number:032x}>\r\nWARC-Date: 2024-05-14T06:12:00Z\r\n"
            f"WARC-Target-URI: https://paper.example/{number}\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(text)}\r\n\r\n{text}\r\n\r\n".encode()
        )
        for number, text in enumerate(texts)
    )


def _bare_warc(path: Path) -> Iterator[int]:
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            yield len(record.reader.read())


def _jsonl(texts: list[str]) -> bytes:
    return b"".join(json.dumps({"html": text}).encode() + b"\n" for text in texts)


def _bare_jsonl(path: Path) -> Iterator[int]:
    with path.open("rb") as file:
        for line in file:
            yield len(json.loads(line)["html"].encode())


def _csv(texts: list[str]) -> bytes:
    sink = io.StringIO(newline="")
    csv.writer(sink).writerows([["html"], *([text] for text in texts)])
    return sink.getvalue().encode()


def _bare_csv(path: Path) -> Iterator[int]:
    csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield len(row["html"].encode())


def _parquet(texts: list[str]) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(pa.table({"html": texts}), sink, compression="zstd", row_group_size=500)
    return sink.getvalue()


def _bare_parquet(path: Path) -> Iterator[int]:
    for batch in parquet.ParquetFile(path).iter_batches(64):
        for row in batch.to_pylist():
            yield len(row["html"].encode())


def _arrow(texts: list[str]) -> bytes:
    sink = io.BytesIO()
    table = pa.table({"html": texts})
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=500)
    return sink.getvalue()


def _bare_arrow(path: Path) -> Iterator[int]:
    with pa.OSFile(str(path)) as source, pa.ipc.open_file(source) as file:
        for number in range(file.num_record_batches):
            for row in file.get_batch(number).to_pylist():
                yield len(row["html"].encode())


def _mbox(texts: list[str]) -> bytes:
    head = "From a Tue May 14 06:12:00 2024\nContent-Type: text/html; charset=utf-8\n\n"
    return "".join(f"{head}{text}\n\n" for text in texts).encode()


def _bare_mbox(path: Path) -> Iterator[int]:
    # The empty line before the next message, which mailbox leaves out, counts here.
    for message in mailbox.mbox(path):
        yield 1 + len(message.get_payload(decode=True))


def _zip(texts: list[str]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(texts):
            archive.writestr(f"{number}.html", text)
    return sink.getvalue()


def _bare_zip(path: Path) -> Iterator[int]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            yield len(archive.read(info))


def _tar(texts: list[str]) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w:gz") as archive:
        for number, text in enumerate(texts):
            info = tarfile.TarInfo(f"{number}.html")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return sink.getvalue()


def _bare_tar(path: Path) -> Iterator[int]:
    with tarfile.open(path, "r|gz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            yield len(file.read()) if file else 0


CONTAINERS: dict[str, tuple[Callable[[list[str]], bytes], Callable[[Path], Iterator[int]]]] = {
    ".warc.gz": (_warc, _bare_warc),
    ".warc.wet.gz": (_wet, _bare_warc),
    ".jsonl": (_jsonl, _bare_jsonl),
    ".csv": (_csv, _bare_csv),
    ".parquet": (_parquet, _bare_parquet),
    ".arrow": (_arrow, _bare_arrow),
    ".mbox": (_mbox, _bare_mbox),
    ".zip": (_zip, _bare_zip),
    ".tar.gz": (_tar, _bare_tar),
}


def ours(path: Path) -> Iterator[int]:
    """Reads a file as the pipeline does."""
    for found in read_records(InputFile(str(path), "", path.stat().st_size, 0), ReadOptions()):
        assert isinstance(found, RawRecord), found[1]
        yield len(found.payload)


def fastest(read: Callable[[Path], Iterator[int]], path: Path, runs: int) -> tuple[float, int]:
    """Returns the least CPU time of several runs, and the bytes that were read."""
    best, total = float("inf"), 0
    for _ in range(runs):
        started = time.process_time()
        total = sum(read(path))
        best = min(best, time.process_time() - started)
    return best, total


def main() -> None:
    """Prints a line a container."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--size", type=int, default=20_000, help="characters of a page")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    texts = pages(options.pages, options.size)
    print(f"{'container':12} {'bare MB/s':>10} {'ours MB/s':>10} {'records/s':>10} {'lost':>6}")
    with tempfile.TemporaryDirectory() as folder:
        for suffix, (pack, bare) in CONTAINERS.items():
            path = Path(folder) / f"corpus{suffix}"
            path.write_bytes(pack(texts))
            bare_s, total = fastest(bare, path, options.runs)
            ours_s, same = fastest(ours, path, options.runs)
            assert total == same, (suffix, total, same)
            rate = options.pages / ours_s
            print(f"{suffix:12} {total / bare_s / 1e6:10.0f} {total / ours_s / 1e6:10.0f} {rate:10,.0f} {1 - bare_s / ours_s:6.0%}")


if __name__ == "__main__":
    main()

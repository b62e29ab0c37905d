"""How fast WET files are, all the way: `python -m benchmarks.wet`.

The labelled dumps, real pages' text, are packed as a crawl packs its `.wet.gz`, a gzip member each, under addresses of several
invented hosts so that none is another's duplicate. They go through `broadsheet ingest` in a process of its own, and through each
stage's pure function one after the other. Reported are compressed MB for each second of CPU time: of the run without its start-up,
which is that of a run on one page, and of the functions, and what share of the time each function has.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import bench
from benchmarks.end_to_end import measure
from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import InputFile
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.language.detect_language import detect_language
from broadsheet.transforms.language.identify import load
from broadsheet.transforms.metadata.extract_metadata import extract
from broadsheet.transforms.read.read_records import ReadOptions, read_records
from broadsheet.transforms.write.document_row import make_row

_SETS = ("sh", "tj", "daniel", "tf")


def texts() -> list[str]:
    """Returns the labelled dumps."""
    return [page["text"] for name in _SETS for page in bench.read(bench.dev_set(name)) if page["text"]]


def pack(path: Path, pages: list[str], copies: int) -> None:
    """Writes pages as a WET file, each of them `copies` times."""
    with path.open("wb") as file:
        for number, text in enumerate(pages * copies):
            block = text.encode("utf-8", "replace")
            head = (
                f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://paper-{number // len(pages)}.example/{number}\r\n"
                f"WARC-Date: 2024-05-14T06:12:00Z\r\nWARC-Record-ID: <urn:uuid:{number:032x}>\r\n"
                f"Content-Type: text/plain\r\nContent-Length: {len(block)}\r\n\r\n"
            )
            file.write(gzip.compress(head.encode() + block + b"\r\n\r\n", 6, mtime=0))


def stages(path: Path) -> dict[str, float]:
    """Returns the CPU seconds of each stage's function on all records of a file."""
    load()
    taken: dict[str, float] = {}
    records: list[Any] = _timed(
        taken, "read", lambda: list(read_records(InputFile(str(path), "", path.stat().st_size, 0), ReadOptions()))
    )
    for name, rule in (("decode", decode), ("strip", strip), ("language", detect_language), ("metadata and row", _row)):
        records = _timed(taken, name, lambda rule=rule, records=records: list(_passing(rule, records)))  # type: ignore[misc]
    return taken


def _row(article: Any) -> Any:
    return make_row(article, extract(article))


def _passing(rule: Callable[[Any], Any], records: list[Any]) -> Iterator[Any]:
    for record in records:
        try:
            yield rule(record)
        except RecordError:  # a page without an article
            continue


def _timed(taken: dict[str, float], name: str, work: Callable[[], list[Any]]) -> list[Any]:
    started = time.process_time()
    found = work()
    taken[name] = time.process_time() - started
    return found


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--copies", type=int, default=4)
    options = parser.parse_args()
    pages = texts()
    with tempfile.TemporaryDirectory() as scratch:
        cpu_s = []
        for name, some, copies in (("one", pages[:1], 1), ("all", pages, options.copies)):
            path = Path(scratch) / f"{name}.wet.gz"
            pack(path, some, copies)
            command = [sys.executable, "-m", "broadsheet", "ingest", str(path), "--lake", str(Path(scratch) / name), "--quiet"]
            cpu_s.append(measure(command).cpu_s)
        size = path.stat().st_size / 1e6
        taken = stages(path)
    start_s, run_s = cpu_s[0], cpu_s[1] - cpu_s[0]
    loop_s = sum(taken.values())
    print(f"{len(pages) * options.copies:,} pages, {size:.1f} MB compressed; start-up {start_s:.1f} s of CPU time")
    print(f"ingest {size / run_s:.2f} MB/s a core, {len(pages) * options.copies / run_s:,.0f} pages/s ({run_s:.1f} s of CPU time)")
    print(f"functions alone {size / loop_s:.2f} MB/s a core ({loop_s:.1f} s):")
    for name, seconds in taken.items():
        print(f"  {name:18} {seconds:6.1f} s {seconds / run_s:6.0%} of the run")
    print(f"  {'Beam, lake, books':18} {run_s - loop_s:6.1f} s {1 - loop_s / run_s:6.0%} of the run")


if __name__ == "__main__":
    main()

"""Mutated files of every container: whatever is done to them, they are read to an end, and what is found is told."""

import random
import time
from pathlib import Path

import pytest
from helpers.containers import PACKERS, Pages, to_wet
from helpers.pages import compress
from helpers.reading import read
from helpers.warcs import crawl, gzipped

from schemas.errors import RecordError
from schemas.records import RawRecord
from transforms.decode import decode
from transforms.read import ReadOptions

_PAGES: Pages = {
    "a.html": b"<html><head><meta charset=utf-8></head><body>" + b"<p>The pier is closed.</p>" * 20,
    "b.txt": "Möwen über dem Hafen.\n".encode() * 30,
    "c.html": b"<!doctype html><title>Three</title><p>The heron came back.",
}
_URLS = {f"https://paper.example/{name}": page.decode() for name, page in _PAGES.items()}
_FILES = {
    **{suffix: pack(_PAGES) for suffix, pack in PACKERS.items()},
    **{f"{suffix}.gz": compress(pack(_PAGES), ".gz") for suffix, pack in PACKERS.items()},
    ".wet": to_wet(_PAGES),
    " as members.warc.gz": gzipped(crawl(_URLS)),
    **{f".tar{suffix}": compress(PACKERS[".tar"](_PAGES), suffix) for suffix in (".bz2", ".xz", ".zst", ".lz4")},
    **{f".warc{suffix}": compress(PACKERS[".warc"](_PAGES), suffix) for suffix in (".bz2", ".xz", ".zst", ".lz4")},
    ".zip in a tar.tar": PACKERS[".tar"]({"inner.zip": PACKERS[".zip"](_PAGES)}),
}
_LONGEST_S = 5.0
"""How long one small file may take, on a busy machine; whole ones take 1 to 5 ms."""


def _mutated(data: bytes, chance: random.Random) -> bytes:
    """Returns data with a few bits turned, bytes overwritten, a piece cut out, doubled, or its end missing."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        if not changed:
            break
        at = chance.randrange(len(changed))
        size = chance.choice((1, 2, 8, 100, 1000))
        match chance.randrange(6):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at : at + size] = chance.randbytes(size)
            case 2:
                del changed[at : at + size]
            case 3:
                changed[at:at] = changed[at : at + size]
            case 4:
                del changed[at:]
            case _:
                changed[at : at + 4] = chance.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"9999", b"\r\n\r\n"))
    return bytes(changed)


def _check(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    suffix = chance.choice(sorted(_FILES))
    data = _mutated(_FILES[suffix], chance)
    started = time.monotonic()
    for item in read(folder, f"fuzz{suffix}", data, ReadOptions(max_record_bytes=1_000_000)):
        if isinstance(item, RawRecord):
            try:
                decode(item)
            except RecordError:
                continue
        else:
            assert not item[1].reason.startswith("crashed"), (seed, suffix, item[1].message)
            assert item[1].message.isprintable(), (seed, suffix)
    assert time.monotonic() - started < _LONGEST_S, (seed, suffix)


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_no_mutation_of_a_file_stops_its_reader(tmp_path: Path, start: int) -> None:
    for seed in range(start, start + 100):
        _check(tmp_path, seed)


@pytest.mark.parametrize("seed", [45, 1_000_657, 1_003_422, 1_009_288])
def test_what_once_broke_a_reader_does_not_again(tmp_path: Path, seed: int) -> None:
    """Messages with line breaks, a CSV of one broken line, a zip of nameless members, lengths that Arrow believed."""
    _check(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 10_000, 1000))
def test_none_of_ten_thousand_mutations_stops_a_reader(tmp_path: Path, start: int) -> None:
    for seed in range(start, start + 1000):
        _check(tmp_path, 1_000_000 + seed)

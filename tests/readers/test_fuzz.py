"""Mutated files of every container: whatever is done to them, they are read to an end, and each record is a row or a refusal.

As ever, a run that finds something prints its seed: `_check(folder, seed)` has it again.
"""

import random
import time
from pathlib import Path

import pytest
from apache_beam.coders import registry
from helpers.containers import PACKERS, Pages, to_wet
from helpers.html_pages import json_ld
from helpers.html_pages import page as html
from helpers.pages import compress, dump
from helpers.reading import read
from helpers.warcs import crawl, gzipped

from broadsheet.schemas.errors import as_record_error
from broadsheet.schemas.records import HTML, Document, RawRecord
from broadsheet.transforms.boilerplate.strip_boilerplate import EXTRACTORS, strip
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.language.detect_language import detect_language
from broadsheet.transforms.metadata.extract_metadata import extract_document
from broadsheet.transforms.read.read_records import ReadOptions
from broadsheet.transforms.record_stage import make_reject

_HEAD = (
    '<meta charset=utf-8><title>The Pier - Harbour Herald</title><link rel=canonical href="https://paper.example/2024/05/14/pier">'
    '<meta property="article:published_time" content="2024-05-14T06:12:00+02:00"><meta name=author content="Ann Other">'
    + json_ld(
        headline="The Pier", datePublished="2024-05-14", author=[{"@type": "Person", "name": "Ann Other"}], keywords="pier, sea"
    )
)
_PAGES: Pages = {
    "a.html": html(_HEAD, '<p class=byline>By Ann Other</p><time datetime="2024-05-14">14 May 2024</time>').encode(),
    "b.txt": f"{dump('Der Hafen')}\nMöwen über dem Hafen, sagte Anna Übel am Montag, 14. Mai 2024.\n".encode(),
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
    started = time.process_time()
    for item in read(folder, f"fuzz{suffix}", data, ReadOptions(max_record_bytes=1_000_000)):
        if isinstance(item, RawRecord):
            for extractor in EXTRACTORS:
                _check_stages(item, extractor, (seed, suffix, extractor))
        else:
            assert not item[1].reason.startswith("crashed"), (seed, suffix, item[1].message)
            assert item[1].message.isprintable(), (seed, suffix)
    assert time.process_time() - started < _LONGEST_S, (seed, suffix)


def _check_stages(record: RawRecord, extractor: str, what: tuple[int, str, str]) -> None:
    """A record becomes a row that can travel, or a refusal that is not a bug."""
    if extractor != "blocks" and record.media_type != HTML:
        return
    try:
        row = extract_document(detect_language(strip(decode(record), EXTRACTORS[extractor])))
        coder = registry.get_coder(Document)
        assert coder.decode(coder.encode(row)) == row, what
        assert (row.uri, row.record) == (record.origin.uri, record.origin.record), what
    except Exception as error:
        if isinstance(error, AssertionError):
            raise
        refusal = as_record_error(error)
        assert not refusal.reason.startswith("crashed"), (what, refusal.message)
        assert make_reject("fuzz", record, refusal).record == record.origin.record, what


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_no_mutation_of_a_file_stops_its_reader(tmp_path: Path, start: int) -> None:
    for seed in range(start, start + 100):
        _check(tmp_path, seed)


@pytest.mark.parametrize("seed", [45, 1_000_657, 1_003_422, 1_009_288, 1_009_632, 1_005_126])
def test_what_once_broke_a_reader_does_not_again(tmp_path: Path, seed: int) -> None:
    """Messages with line breaks, a CSV of one broken line, a zip of nameless members, lengths that Arrow believed."""
    _check(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 10_000, 1000))
def test_none_of_ten_thousand_mutations_stops_a_reader(tmp_path: Path, start: int) -> None:
    for seed in range(start, start + 1000):
        _check(tmp_path, 1_000_000 + seed)

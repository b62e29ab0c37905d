"""Containers through the whole pipeline: the same pages packed in many ways are documents once, and the counts add up."""

from pathlib import Path

import pytest
from helpers.command import broadsheet
from helpers.containers import PACKERS, to_wet
from helpers.lakes import by_delta
from helpers.pages import article, compress, dump
from helpers.warcs import crawl, gzipped

PAGES = {
    "heron.txt": dump("The Heron").encode(),
    "pier.html": f"<html><body>{article('The Pier')}</body></html>".encode(),
}
COMPRESSIONS = ("", ".gz", ".bz2", ".xz", ".zst", ".lz4")


def test_the_same_pages_in_every_container_and_compression_are_documents_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    for compression in COMPRESSIONS:
        for suffix, pack in {**PACKERS, ".warc.wet": to_wet}.items():
            (inputs / f"corpus{suffix}{compression}").write_bytes(compress(pack(PAGES), compression))
        for name, page in PAGES.items():
            (inputs / f"{name}{compression}").write_bytes(compress(page, compression))
    urls = {f"https://paper.example/pier?{number}": PAGES["pier.html"].decode() for number in range(3)}
    (inputs / "crawl.warc.gz").write_bytes(gzipped(crawl(urls)))
    lake = tmp_path / "lake"
    assert broadsheet("ingest", str(inputs), "--lake", str(lake), "--source", "paper.example", "--quiet") == 0
    books = {uri.rpartition("/")[2]: counts for uri, *counts in by_delta(lake, "select uri, records, filtered, dead from inputs")}
    assert books.pop("crawl.warc.gz") == [10, 7, 0]
    assert [books.pop(f"{name}{suffix}") for name in PAGES for suffix in COMPRESSIONS] == [[1, 0, 0]] * 12
    assert list(books.values()) == [[2, 0, 0]] * 6 * (len(PACKERS) + 1)
    reasons = by_delta(lake, "select reason, regexp_extract(message, '^\\d+')::int from rejects order by 1")
    assert reasons == [("warc_metadata", 3), ("warc_request", 3), ("warc_warcinfo", 1)]
    assert by_delta(lake, "select count(*) from documents") == [(2,)]
    capsys.readouterr()
    assert broadsheet("verify", "--lake", str(lake)) == 0

"""The sample pages and what expected.json says of them belong together."""

import bz2
import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lxml import html

SAMPLES = Path(__file__).parent.parent / "samples"
PAGES = SAMPLES / "pages"
EXPECTED: dict[str, dict[str, Any]] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
ARTICLES = {path: page for path, page in EXPECTED.items() if "reject" not in page}


def _bytes(path: str) -> bytes:
    payload = (PAGES / path).read_bytes()
    match Path(path).suffix:
        case ".gz":
            return gzip.decompress(payload)
        case ".bz2":
            return bz2.decompress(payload)
        case ".xz":
            return lzma.decompress(payload)
        case ".zst":
            return pa.CompressedInputStream(pa.BufferReader(payload), "zstd").read()
    return payload


def _visible(path: str) -> str:
    """Returns the page's words with single spaces between them."""
    text = _bytes(path).decode(EXPECTED[path].get("encoding", "utf-8"))
    if ".html" in path:
        text = html.fromstring(text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8")).text_content()
    return " ".join(text.split())


def test_every_sample_is_expected_and_every_expected_page_is_there() -> None:
    assert {path.relative_to(PAGES).as_posix() for path in PAGES.rglob("*") if path.is_file()} == set(EXPECTED)


def test_the_readme_names_every_sample() -> None:
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert [path for path in EXPECTED if f"`{path}`" not in readme] == []


@pytest.mark.parametrize("path", ARTICLES)
def test_what_is_expected_is_on_the_page(path: str) -> None:
    visible, page = _visible(path), ARTICLES[path]
    for words in (page["title"], page.get("subtitle"), page["body_first"], page["body_last"], *page["authors"]):
        assert words is None or " ".join(words.split()) in visible


def test_a_duplicate_has_the_body_of_its_original() -> None:
    for page in ARTICLES.values():
        if "duplicate_of" in page:
            original = ARTICLES[page["duplicate_of"]]
            same = ("body_first", "body_last", "paragraphs", "title", "date", "source")
            assert {name: page[name] for name in same} == {name: original[name] for name in same}


def test_the_samples_are_as_varied_as_they_claim() -> None:
    assert len({page["language"] for page in ARTICLES.values()}) >= 15
    assert {page["date_basis"] for page in ARTICLES.values()} == {"published", "crawled", "unknown"}
    assert {page["source_basis"] for page in ARTICLES.values()} == {"path", "canonical", "site name", "text", "unknown"}
    assert {page["encoding"] for page in ARTICLES.values() if "encoding" in page} == {
        "windows-1251",
        "iso-8859-2",
        "gb18030",
        "shift_jis",
    }
    assert {Path(path).suffix for path in EXPECTED} == {".txt", ".html", ".gz", ".bz2", ".xz", ".zst"}

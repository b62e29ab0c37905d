"""One corpus in every container, compressed every way, gives the same documents."""

from pathlib import Path
from typing import Any

import pytest
from helpers.containers import PACKERS, Pages, to_wet, zip_members
from helpers.pages import compress
from helpers.reading import dead, filtered, nameless, payloads, read, records

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import Document, RawRecord
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.language.detect_language import detect_language
from broadsheet.transforms.metadata.extract_metadata import extract_document
from broadsheet.transforms.read.read_records import ReadOptions

SAMPLES = Path(__file__).parent.parent.parent / "samples" / "pages"
COMPRESSIONS = ["", ".gz", ".bz2", ".xz", ".zst", ".lz4"]


def _is_utf8(path: Path) -> bool:
    try:
        path.read_bytes().decode()
    except UnicodeDecodeError:
        return False
    return path.suffix in (".html", ".txt") and path.stat().st_size > 0 and "broken" not in path.parts


PAGES: Pages = {
    f"{number:02}{path.suffix}": path.read_bytes()
    for number, path in enumerate(sorted(SAMPLES.rglob("*.*")))
    if path.is_file() and _is_utf8(path)
}


def _document(record: RawRecord) -> tuple[str, str] | str:
    """Returns what a record becomes: its identifier and body, or the reason of the stage that refuses it."""
    try:
        row: Any = extract_document(detect_language(strip(decode(record))))
    except RecordError as error:
        return error.reason
    assert isinstance(row, Document)
    return row.doc_id, row.text


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    folder = tmp_path_factory.mktemp("pages")
    return [_document(records(_read(folder, name, page))[0]) for name, page in PAGES.items()]


def _read(folder: Path, name: str, data: bytes) -> list[Any]:
    return read(folder, name, data, ReadOptions(source="paper.example"))


@pytest.mark.parametrize("suffix", PACKERS)
def test_a_corpus_gives_the_same_documents_in_every_container(tmp_path: Path, expected: list[Any], suffix: str) -> None:
    assert len(PAGES) > 20
    found = _read(tmp_path, f"corpus{suffix}", PACKERS[suffix](PAGES))
    assert (dead(found), filtered(found)) == ([], [])
    assert [_document(record) for record in records(found)] == expected


@pytest.mark.parametrize("compression", COMPRESSIONS[1:])
@pytest.mark.parametrize("suffix", PACKERS)
def test_a_container_may_be_compressed_in_every_way(tmp_path: Path, suffix: str, compression: str) -> None:
    packed = PACKERS[suffix](PAGES)
    found = read(tmp_path, f"corpus{suffix}{compression}", compress(packed, compression))
    assert (payloads(found), dead(found)) == (list(PAGES.values()), [])
    assert nameless(found) == nameless(read(tmp_path, f"corpus{suffix}", packed))


@pytest.mark.parametrize("compression", COMPRESSIONS[1:])
def test_a_page_and_a_message_may_be_compressed_in_every_way(tmp_path: Path, compression: str) -> None:
    for packed in (PAGES, zip_members(PACKERS[".eml.zip"](PAGES)), zip_members(PACKERS[".mhtml.zip"](PAGES))):
        for name, data in packed.items():
            found = read(tmp_path, f"{name}{compression}", compress(data, compression))
            assert nameless(found) == nameless(read(tmp_path, name, data)) != []


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_wet_file_gives_the_same_documents_as_its_texts(tmp_path: Path, expected: list[Any], compression: str) -> None:
    texts = {name: page for name, page in PAGES.items() if name.endswith(".txt")}
    found = _read(tmp_path, f"corpus.wet{compression}", compress(to_wet(texts), compression))
    assert (payloads(found), dead(found)) == (list(texts.values()), [])
    wanted = [document for document, name in zip(expected, PAGES, strict=True) if name in texts]
    assert [_document(record) for record in records(found)] == wanted


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("suffix", PACKERS)
def test_a_cut_container_gives_the_records_before_the_cut_and_one_dead_letter(
    tmp_path: Path, suffix: str, compression: str
) -> None:
    whole = compress(PACKERS[suffix](PAGES), compression)
    found = read(tmp_path, f"corpus{suffix}{compression}", whole[: len(whole) * 7 // 10])
    pages = list(PAGES.values())
    if (suffix, compression) == (".mbox", ""):  # nothing says where the last message ends: it is a shorter one
        assert payloads(found)[:-1] == pages[: len(payloads(found)) - 1]
        return
    assert payloads(found) == pages[: len(payloads(found))]
    assert len(dead(found)) == 1 or suffix in (".zip", ".eml.zip", ".mhtml.zip")
    if suffix not in (".parquet", ".mbox") and compression in ("", ".gz"):  # Parquet's directory is at its end
        assert len(payloads(found)) > len(pages) / 4

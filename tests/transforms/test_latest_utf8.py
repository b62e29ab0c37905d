"""The bytes of the page at hand: always those of the text that is asked about."""

import pytest

from broadsheet.schemas.records import Origin, RawRecord
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.latest_utf8 import remember_utf8, utf8_of


def test_a_text_gets_its_own_bytes_whatever_was_remembered() -> None:
    first, second = "Möwen über dem Deich", "Möwen über dem Deich"
    remember_utf8(first, b"other bytes")
    assert utf8_of(first) == b"other bytes"
    assert utf8_of(second + "!") == "Möwen über dem Deich!".encode()
    assert utf8_of(first) == first.encode()


def test_a_lone_surrogate_is_a_question_mark() -> None:
    assert utf8_of("a\ud800b") == b"a?b"


@pytest.mark.parametrize(
    "payload",
    [
        b"<html><p>plain\r\nlines\rhere\n",
        ("<html><p>Möwen\r\n\r\rüber\0 dem Deich\n" + "und am Strand " * 9).encode(),
        b"\xef\xbb\xbf<html>\xef\xbb\xbfmarked",
        "<html><p>Möwen über dem Deich, schöne Größe".encode("latin-1"),
        b"<html>damaged \xc3\xb6\xc3\xa4\xc3\xbc\xc3\xb6\xc3\xa4\xc3\xbc\xc3\xb6\xc3\xa4\xc3\xbc\xc3\xb6\xc3\xa4\xc3\xbc \xff",
        "<html>".encode("utf-16"),
        "<html>MÃ¶wen Ã¼ber dem Deich".encode(),
    ],
    ids=["line ends", "nul", "marks", "latin-1", "damaged", "utf-16", "mojibake"],
)
def test_decoding_remembers_the_bytes_of_the_text_it_returns(payload: bytes) -> None:
    page = decode(RawRecord(Origin("a.html", 0), payload, "text/html"))
    assert utf8_of(page.text) == page.text.encode()
    assert not set("\r\0") & set(page.text)
    assert not page.text.startswith("\ufeff")

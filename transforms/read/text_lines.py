"""Reads the lines of tables and JSON as text, in a charset that is decided once per file.

    UTF-16 and UTF-32      by their mark, or by the zeros in the first characters
    UTF-8                  as long as the lines that are not ASCII are valid UTF-8, or nearly all of them are
    anything else          what a sidecar or manifest gives as `charset`, or what a detector finds, from the first line on that is
                           not ASCII

Bytes that the charset cannot decode become lone surrogates (`UNDECODED`), as with Python's `surrogateescape`. A field that holds
one is unknown; the body keeps its bytes, which Decode judges.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import deque
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from broadsheet.schemas.records import Mark
from broadsheet.transforms.decode.charsets import decode_legacy, python_codec, valid_as_utf8, zeros_of_utf16
from broadsheet.transforms.read.compression import Stream

UNDECODED = re.compile("[\udc80-\udcff]")
"""A byte that the table's charset cannot decode."""

_WINDOW_BYTES = 256 * 1024
"""How much a charset is decided by: four times what the detector looks at."""
_PIECE = 1024 * 1024
_HEAD_BYTES = 2048
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, which begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZEROS = (
    (re.compile(rb"[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"[^\0]\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\0[^\0]\0[^\0]"), "utf-16-be"),
)
"""How files begin whose first two characters are ASCII (RFC 4627, section 3)."""
_PAST_ASCII = bytes(range(128, 256))
_STRING_END = re.compile(rb"[\n\"]")
"""JSON may be a single line; its strings then vote as lines do."""
_START = Mark()
_ESCAPE = b"\x1b"
_HALF = b"\xed"
"""How half a character begins in CESU-8."""
_JAPANESE = b"\x1b$"
"""How ISO-2022-JP, whose bytes are all ASCII, begins what is not."""


def _keep_byte(error: UnicodeError) -> tuple[str, int]:
    """Turns the first undecodable byte into a lone surrogate, as `surrogateescape` does, which refuses those below 128."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    end = error.end if error.encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")) else error.start + 1
    return chr(0xDC80 | (error.object[error.start] & 0x7F)), end


@cache
def _keeping() -> str:
    """Returns the name of the error handler that keeps bytes, registered at the first call: an import changes nothing."""
    name = "broadsheet-keep-byte"
    codecs.register_error(name, _keep_byte)
    return name


class Line(NamedTuple):
    """A line as it lies in a file."""

    number: int
    """From 1."""
    offset: int
    """Where it begins, in bytes of the file; 0 in UTF-16 and UTF-32."""
    data: bytes | str
    """Its bytes, text in UTF-16 and UTF-32; of a longer line than allowed the beginning."""
    cut: bool
    """Whether it is the beginning only."""


class TextLines:
    """The lines of a stream, and the charset that is theirs.

    Args:
        stream: At its start.
        limit: Bytes, in UTF-16 and UTF-32 characters, of the longest line that is read whole.
        begin: Where to begin.
        declared: The charset that the user gives.
    """

    def __init__(self, stream: Stream, limit: int, begin: Mark = _START, declared: str | None = None) -> None:
        self._stream = stream
        self._limit = limit
        self._declared = declared
        self._ahead: deque[Line] = deque()
        self.wide = wide_charset(stream.head(_HEAD_BYTES))
        self.charset = self.wide or begin.charset
        """What was decided; "" as long as all was ASCII."""
        self._text = io.TextIOWrapper(stream, self.wide, _keeping(), newline="") if self.wide else None
        self.go_to(begin)

    def go_to(self, begin: Mark) -> None:
        """Reads on from the beginning of a line of a plain file."""
        self._stream.go_to(begin.offset)
        self._ahead.clear()
        self._offset, self._number = begin.offset, begin.part
        self.offset, self.number = begin.offset, begin.part
        """Bytes and lines before the next line."""
        self.charset = begin.charset or self.charset

    def next(self) -> Line | None:
        """Returns the next line, `None` at the end."""
        line = self._ahead.popleft() if self._ahead else self._read()
        if line is None:
            return None
        if not self.charset and isinstance(line.data, bytes) and _says_something(line.data):
            self._decide(line)
        self.number = line.number
        self.offset = self._ahead[0].offset if self._ahead else self._offset
        return line

    def text(self, line: Line) -> str:
        """Decodes a line by the table's charset."""
        if isinstance(line.data, str):
            return line.data
        return decode_in(line.data, self.charset)

    @property
    def ended(self) -> bool:
        """Whether no line is left."""
        return not self._ahead and not self._stream.peek(1)

    def detach(self) -> None:
        """Gives the stream back, which a text file would close."""
        if self._text:
            self._text.detach()

    def _read(self) -> Line | None:
        start, number = self._offset, self._number + 1
        if self._text:
            text = self._text.readline(self._limit)
            cut = len(text) == self._limit and not text.endswith(("\n", "\r"))
            while cut and (rest := self._text.readline(_PIECE)):
                if rest.endswith(("\n", "\r")):
                    break
            self._number = number if text else self._number
            return Line(number, 0, text.removeprefix("\ufeff") if number == 1 else text, cut) if text else None
        data = self._stream.readline(self._limit)
        if not data:
            return None
        cut = len(data) == self._limit and not data.endswith(b"\n")
        self._offset += len(data) + (self._stream.skip_line() if cut else 0)
        self._number = number
        return Line(number, start, data.removeprefix(codecs.BOM_UTF8) if not start else data, cut)

    def _decide(self, first: Line) -> None:
        size, line = len(first.data), None
        while size < _WINDOW_BYTES and (line := self._read()):
            self._ahead.append(line)
            size += len(line.data)
        window = [line.data for line in (first, *self._ahead) if isinstance(line.data, bytes)]
        self.charset = charset_of_lines(window, self._declared)


def charset_of_lines(lines: list[bytes], declared: str | None) -> str:
    """Returns the charset of a table: `utf-8`, or the IANA name of another.

    Args:
        lines: Lines from the first that is not ASCII on.
        declared: What the user says it is; bytes that are valid UTF-8 overrule that.
    """
    valid = 0
    invalid = []
    for line in lines:
        if not line.isascii():
            if valid_as_utf8(line) or _decode_cesu(line):
                valid += 1
            else:
                invalid.append(line)
    if valid * 10 >= len(invalid) and valid:  # lines in other charsets are not valid UTF-8 by chance
        return "utf-8"
    return decode_legacy(b"".join(invalid), declared)[1] if invalid else "iso-2022-jp"


def _says_something(data: bytes) -> bool:
    return not data.isascii() or (_ESCAPE in data and _JAPANESE in data)  # one byte is found ten times as fast as two


def decode_in(data: bytes, charset: str) -> str:
    """Decodes bytes by a charset; what it cannot decode becomes lone surrogates."""
    try:
        return data.decode(python_codec(charset or "utf-8"))
    except UnicodeDecodeError:
        if charset in ("", "utf-8") and (text := _decode_cesu(data)):
            return text
        return data.decode(python_codec(charset or "utf-8"), _keeping() if charset else "surrogateescape")


def _decode_cesu(data: bytes) -> str | None:
    """Decodes CESU-8, in which Java and Oracle write characters past U+FFFF as two halves; `None` for anything else."""
    if _HALF not in data:
        return None
    try:
        return data.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return None


def encode_in(text: str, charset: str) -> bytes | None:
    """Undoes `decode_in`; `None` if the charset has no such characters (JSON's escapes name any)."""
    try:
        return text.encode(python_codec(charset), "surrogateescape")
    except UnicodeEncodeError:
        return None


def wide_charset(head: bytes) -> str:
    """Returns the UTF-16 or UTF-32 that a file begins in, "" for any other charset."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    found = next((name for pattern, name in _ZEROS if pattern.match(head)), None)
    return found or zeros_of_utf16(head) or ""


def text_pieces(stream: Stream, declared: str | None) -> Iterator[str]:
    """Yields a file's text piece by piece, in one charset, which is decided by the first piece that is not ASCII."""
    charset = wide_charset(stream.head(_HEAD_BYTES))
    decoder = _decoder(charset) if charset else None
    first = True
    while data := stream.read(_PIECE):
        if decoder is None:
            data = data.removeprefix(codecs.BOM_UTF8) if first else data
            if _says_something(data):
                whole = data[: len(data) - min(len(data) - len(data.rstrip(_PAST_ASCII)), 3)]  # the last character may be cut
                decoder = _decoder(charset_of_lines(_STRING_END.split(whole), declared))
        first = False
        yield decoder.decode(data) if decoder else data.decode("ascii")
    if decoder:
        yield decoder.decode(b"", True)


def _decoder(charset: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(python_codec(charset))("surrogateescape" if charset == "utf-8" else _keeping())

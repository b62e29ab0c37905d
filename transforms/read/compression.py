"""Compression: by magic bytes, never by name; many members, and damage that costs nothing that came before it.

    stream = open_stream(file, budget)      # gz, bz2, xz, zst, lz4, or as it is
    stream.read(1000), stream.readline(1000)
    stream.damage                           # once it has ended: why it ended too soon, None where it did not

A stream never raises for damage, because a read that raises loses what it had read already: it ends, and says why.
"""

from __future__ import annotations

import bz2
import io
import lzma
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, BinaryIO, Optional, cast

import pyarrow as pa
import zstandard
from fastwarc.stream_io import ZstdReader

from broadsheet.schemas.errors import UnreadableError
from broadsheet.transforms.read.reader import Budget

_PIECE = 256 * 1024
_LARGEST = 1024 * 1024
"""How much a decompressor may give at once."""
_FEW = 16
_ARROW_PIECE = 4096
"""Arrow's streams return everything that was asked for or an error, and lose what came before the error: at most one piece."""
_ZSTD_PIECE = 256
"""Compressed bytes at a time of frames with long windows: each may grow 43,000 times, a block of 128 kB in three bytes."""
_BUFFER = 64 * 1024
_IN_MEMORY = 8 * 1024 * 1024
"""From which size on a stream that must be read back and forth goes to a temporary file."""

_ARROW_WINDOW_BYTES = 128 * 1024 * 1024
"""The longest window that Arrow's zstd accepts."""

_DAMAGE = (EOFError, OSError, ValueError, NotImplementedError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, zstandard.ZstdError)
_CUT = re.compile("ended before|[Tt]runcated|ends too soon")


def compression_of(head: bytes) -> str:
    """Returns what data that begins with `head` is compressed with: `gzip`, `bzip2`, `xz`, `zstd`, `zstd with dictionary`, `lz4`,
    "" for nothing.
    """
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "")


_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x5d\x2a\x4d\x18", "zstd with dictionary"),  # a frame that crawlers put before the others
    (b"\x04\x22\x4d\x18", "lz4"),
    *((bytes([first]) + b"\x2a\x4d\x18", "zstd") for first in range(0x50, 0x60)),  # a skippable frame, as pzstd puts first
)


class _DamageError(Exception):
    """Damage, with what could be had of the piece that it is in."""

    def __init__(self, error: Exception, piece: bytes) -> None:
        super().__init__(str(error))
        self.piece = piece


class _Members:
    """Members of zlib, bz2 or lzma, one after the other, piece by piece."""

    def __init__(self, file: IO[bytes], new: Callable[[], Any]) -> None:
        self._read = _reader(file)
        self._new = new
        self._member = new()
        self._data = b""
        self._taken = 0
        self.offset = 0
        """Where the current member begins, in bytes after the first."""

    def read(self) -> bytes:
        """Returns the next piece, b"" at the end.

        Raises:
            EOFError: A member ends too soon.
            _DamageError, OSError, ValueError, lzma.LZMAError: It contradicts itself.
        """
        while True:
            if self._member.eof and not self._next_member():
                return b""
            # bz2 and lzma keep what they have not worked off; zlib hands it back.
            ended = not self._data and getattr(self._member, "needs_input", True) and not self._fill()
            if piece := self._decompress():
                return piece
            if ended and not self._member.eof:
                raise EOFError("a member ends too soon")

    def _decompress(self) -> bytes:
        before = self._member.copy() if hasattr(self._member, "copy") else None  # zlib's: 40 kB for up to a megabyte
        try:
            piece = self._member.decompress(self._data, _LARGEST)
        except zlib.error as error:
            raise _DamageError(error, _up_to_damage(before, self._data)) from error
        self._data = self._member.unused_data if self._member.eof else getattr(self._member, "unconsumed_tail", b"")
        return cast(bytes, piece)

    def _next_member(self) -> bool:
        """Goes to the next member, past the zeros that pad tapes and blocks; returns whether there is one."""
        self._data = self._data.lstrip(b"\0")
        while not self._data:
            if not self._fill():
                return False
            self._data = self._data.lstrip(b"\0")
        self._member = self._new()
        self.offset = self._taken - len(self._data)
        return True

    def _fill(self) -> bool:
        self._data = self._read(_PIECE)
        self._taken += len(self._data)
        return bool(self._data)


def _up_to_damage(member: Any, data: bytes) -> bytes:
    """Returns what zlib can give of data that it has refused: it forgets what came before the damage, so few bytes at a time."""
    found = bytearray()
    try:
        for start in range(0, len(data), _FEW):
            found += member.decompress(data[start : start + _FEW])
    except zlib.error:
        pass
    return bytes(found)


class _Arrow:
    """What Arrow decompresses. Not the zstandard package: its reader ends a truncated stream silently."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), name)

    def read(self) -> bytes:
        return cast(bytes, self._stream.read(_ARROW_PIECE))


class _LongZstd:
    """Zstandard frames with longer windows than Arrow allows, each of which must end."""

    def __init__(self, file: IO[bytes], max_window_bytes: int) -> None:
        self._read = _reader(file)
        self._context = zstandard.ZstdDecompressor(max_window_size=max_window_bytes)
        self._frame: Any = None
        self._data = memoryview(b"")

    def read(self) -> bytes:
        """Returns the next piece, b"" at the end.

        Raises:
            EOFError: A frame ends too soon.
            zstandard.ZstdError: It is damaged, or its window is larger than allowed.
        """
        while True:
            if not self._data and not (data := self._read(_PIECE)):
                if self._frame:
                    raise EOFError("a frame ends too soon")
                return b""
            self._data = self._data or memoryview(data)
            self._frame = self._frame or self._context.decompressobj()
            data, self._data = bytes(self._data[:_ZSTD_PIECE]), self._data[_ZSTD_PIECE:]
            piece = self._frame.decompress(data)
            if self._frame.eof:
                self._data = memoryview(self._frame.unused_data + bytes(self._data))
                self._frame = None
            if piece:
                return cast(bytes, piece)


class _WithDictionary:
    """Zstandard frames after their dictionary, as WARC files have them; Arrow knows none, and FastWARC no truncation."""

    def __init__(self, file: IO[bytes]) -> None:
        self._stream = ZstdReader(file)

    def read(self) -> bytes:
        return self._stream.read(_PIECE)


class _Plain:
    """Bytes as they are."""

    def __init__(self, file: IO[bytes]) -> None:
        self._read = _reader(file)

    def read(self) -> bytes:
        return self._read(_PIECE)


def _reader(file: IO[bytes]) -> Callable[[int], bytes]:
    """Returns how to read what is there at once: a read that waits for more loses it when damage comes before more."""
    return cast("Callable[[int], bytes]", getattr(file, "read1", file.read))


def _zstd(file: IO[bytes], budget: Budget) -> _Arrow | _LongZstd:
    longest = budget.max_window_bytes
    return _Arrow(file, "zstd") if longest <= _ARROW_WINDOW_BYTES else _LongZstd(file, longest)


_OPENERS: dict[str, Callable[[IO[bytes]], Any]] = {
    "": _Plain,
    "gzip": lambda file: _Members(file, lambda: zlib.decompressobj(wbits=31)),
    "bzip2": lambda file: _Members(file, bz2.BZ2Decompressor),
    "xz": lambda file: _Members(file, lambda: lzma.LZMADecompressor(memlimit=256 * 1024 * 1024)),  # `xz -9` needs 65 MB
    "zstd with dictionary": _WithDictionary,
    "lz4": lambda file: _Arrow(file, "lz4"),
}


class _Raw(io.RawIOBase):
    """Pieces as a raw file; damage and the limits of the budget end it."""

    def __init__(self, file: IO[bytes], compression: str, budget: Budget, counted: bool) -> None:
        self._file = file
        self._compression = compression
        self._counted = counted or bool(compression)
        self._source = _zstd(file, budget) if compression == "zstd" else _OPENERS[compression](file)
        self._budget = budget
        self._rest = memoryview(b"")
        self.given = 0
        self.damage: Optional[UnreadableError] = None

    @property
    def member(self) -> int:
        return getattr(self._source, "offset", 0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return not self._compression and self._file.seekable()

    def tell(self) -> int:
        if not self.seekable():
            raise io.UnsupportedOperation("compressed data has no positions")
        return self.given - len(self._rest)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if not self.seekable() or whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only plain files are read from the middle")
        self.given = self._file.seek(offset)
        self._rest = memoryview(b"")
        return self.given

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview(self._next())
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def _next(self) -> bytes:
        if self.damage:
            return b""
        try:
            piece: bytes = self._source.read()
        except _DamageError as error:
            self.given += len(error.piece)
            self.damage = self._damaged(error)
            return error.piece
        except _DAMAGE as error:
            self.damage = self._damaged(error)
            return b""
        self.given += len(piece)
        if self._counted:
            self.damage = self._budget.grow(len(piece))
        return piece

    def _damaged(self, error: Exception) -> UnreadableError:
        if "requires too much memory" in str(error):
            longest = self._budget.max_window_bytes >> 20
            what = f"its zstd window is larger than {longest} MB: read it with --limit zstd-window-mb=2048 (2 GB of memory)"
            return UnreadableError("window_too_large", what)
        kind = "truncated" if isinstance(error, EOFError) or _CUT.search(str(error)) else "damaged"
        try:
            where = f" near byte {self._file.tell()}"
        except (OSError, ValueError):
            where = ""
        return UnreadableError(kind, f"the {self._compression or 'file'} data is {kind}{where}, after {self.given} bytes ({error})")


class Stream(io.BufferedReader):
    """The decompressed bytes of a file or member, to be read forwards."""

    def __init__(self, file: IO[bytes], compression: str, budget: Budget, counted: bool) -> None:
        """Reads `file` from its position; `open_stream` finds out the compression."""
        self._given = _Raw(file, compression, budget, counted)
        super().__init__(self._given, _BUFFER)
        self._file = file
        self._taken = False
        self.compression = compression

    @property
    def damage(self) -> UnreadableError | None:
        """Why the stream ended before its end; only known once it has."""
        return None if self._taken else self._given.damage

    @property
    def member(self) -> int:
        """Where the member begins that is being read, in bytes from where the stream does; 0 for what has none."""
        return self._given.member

    def take_file(self) -> IO[bytes] | None:
        """Returns the file as it is stored, at its start, if it is seekable; otherwise `None`.

        Who takes it decompresses it, and finds its damage, for himself; the stream is not to be read any more.
        """
        if not self._file.seekable():
            return None
        self._taken = True
        self._file.seek(0)
        return self._file

    def head(self, size: int) -> bytes:
        """Returns the first bytes, at most `size` of them, without moving."""
        return self.peek(size)[:size]

    def read_whole(self, limit: int) -> bytes:
        """Reads to the end, `limit` bytes at most."""
        pieces: list[bytes] = []
        while limit > 0 and (piece := self.read1(min(limit, _LARGEST))):
            pieces.append(piece)
            limit -= len(piece)
        return b"".join(pieces)

    def go_to(self, offset: int) -> None:
        """Reads on from a byte of a plain file."""
        if offset:
            self.seek(offset)

    def lines(self, limit: int) -> Iterator[bytes]:
        """Yields lines with their ends; of a longer one the first `limit` bytes, which then end in no line feed."""
        while line := self.readline(limit):
            yield line
            if len(line) == limit and not line.endswith(b"\n"):
                self.skip_line()

    def skip_line(self) -> int:
        """Reads to the end of a line; returns how many bytes that were."""
        count = 0
        while piece := self.readline(_LARGEST):
            count += len(piece)
            if piece.endswith(b"\n"):
                break
        return count

    def seekable_file(self) -> BinaryIO:
        """Returns the stream as a file that can be read back and forth: itself, or a temporary copy."""
        if not self.compression and (file := self.take_file()):
            return cast(BinaryIO, file)
        copy = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  (closed with the reader that holds it)
        while piece := self.read1(_LARGEST):
            copy.write(piece)
        copy.seek(0)
        return cast(BinaryIO, copy)


def open_stream(file: IO[bytes], budget: Budget, counted: bool = False) -> Stream:
    """Returns the decompressed bytes of an open file, whose first bytes say how it is compressed.

    Args:
        file: At its start; it must be seekable, or be able to `peek`.
        budget: What its input may still grow to.
        counted: Whether `file` is what another decompressor gives (a member of a zip), so that plain bytes count as well.
    """
    if isinstance(file, io.BufferedReader):
        head = file.peek(8)[:8]
    else:
        head = file.read(8)
        file.seek(0)
    return Stream(file, compression_of(head), budget, counted)

"""The members of a gzip file, one by one, and where each begins: what a stream of their contents does not tell."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

_PIECE = 64 * 1024
"""Few members end in one piece: what follows an end is copied."""
_AT_ONCE = 1024 * 1024

_MAGIC = re.compile(rb"\x1f\x8b\x08")
_HEAD_BYTES = 4096
"""How much of what may be a member is decompressed to see what it holds."""


class Member(NamedTuple):
    """A member."""

    offset: int
    """Where it begins, in bytes of the file."""
    data: bytes
    """Its contents, decompressed; of a very long one the first bytes."""
    size: int
    """How long its contents are."""


def gzip_members(file: IO[bytes], longest: int, offset: int = 0) -> Iterator[Member]:
    """Yields members up to the end of the file, or to the first that is damaged.

    Args:
        file: A file that can be read back and forth.
        longest: How many bytes of a member's contents are kept.
        offset: Where the first one begins.
    """
    file.seek(offset)
    data = file.read(_PIECE)
    while data:
        inflater = zlib.decompressobj(wbits=31)
        pieces: list[bytes] = []
        size = taken = 0
        while not inflater.eof:
            if not data and not (data := file.read(_PIECE)):
                return
            taken += len(data)
            try:
                piece = inflater.decompress(data, _AT_ONCE)
            except zlib.error:
                return
            taken -= len(inflater.unconsumed_tail)
            data = inflater.unconsumed_tail
            if size < longest:
                pieces.append(piece[: longest - size])
            size += len(piece)
        data = inflater.unused_data
        yield Member(offset, pieces[0] if len(pieces) == 1 else b"".join(pieces), size)
        offset += taken - len(data)
        data = data or file.read(_PIECE)


def find_member(file: IO[bytes], start: int, begins: Callable[[bytes], object]) -> int | None:
    """Returns where the first member from `start` on begins that holds what it should, or `None`.

    Args:
        file: A file that can be read back and forth, perhaps damaged.
        start: Where to look from, in bytes.
        begins: Says whether contents begin as they should, by their first bytes.
    """
    file.seek(start)
    kept = b""
    while piece := file.read(_AT_ONCE):
        data = kept + piece
        whole = len(data) - _HEAD_BYTES if len(piece) == _AT_ONCE else len(data)
        for found in _MAGIC.finditer(data):
            if found.start() < whole and begins(_head(data[found.start() : found.start() + _HEAD_BYTES])):
                return start + found.start()
        kept = data[max(whole, 0) :]
        start += len(data) - len(kept)
    return None


def _head(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(data, _HEAD_BYTES)
    except zlib.error:
        return b""

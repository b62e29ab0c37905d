"""Reads the sizes of column chunks from a Parquet file's footer.

Arrow ends the whole process if it is asked for the metadata of a damaged column chunk (pyarrow 25 does not catch the error in
`RowGroupMetaData.column`). So the few numbers that are needed before reading are taken from the footer itself, which is a struct in
Thrift's compact protocol (https://github.com/apache/parquet-format).
"""

from __future__ import annotations

from typing import Any, BinaryIO, NamedTuple

_MAGIC = b"PAR1"
_TAIL_BYTES = 8
"""The footer's length and the magic bytes."""
_DEEPEST = 32
"""Structs within each other; Parquet has six."""
_ROW_GROUPS, _COLUMNS, _META, _PATH, _UNCOMPRESSED, _COMPRESSED, _DATA_PAGE, _DICTIONARY_PAGE = 4, 1, 3, 3, 6, 7, 9, 11


class Chunk(NamedTuple):
    """A column of a row group."""

    path: str
    """Its name; of a nested column the names above it too, joined by dots."""
    compressed: int
    """Bytes in the file."""
    uncompressed: int
    dictionary: int
    """Bytes of its dictionary in the file, 0 for none."""


def column_chunks(file: BinaryIO) -> list[list[Chunk]]:
    """Returns the column chunks of each row group.

    Raises:
        ValueError: The footer is damaged.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL_BYTES))
    tail = file.read(_TAIL_BYTES)
    length = int.from_bytes(tail[:4], "little")
    if len(tail) < _TAIL_BYTES or tail[4:] != _MAGIC or length > size - _TAIL_BYTES:
        raise ValueError("the file does not end in a footer")
    file.seek(size - _TAIL_BYTES - length)
    try:
        footer = _Compact(file.read(length)).struct()
        return [[_chunk(column[_META]) for column in group.get(_COLUMNS, [])] for group in footer.get(_ROW_GROUPS, [])]
    except (IndexError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the footer is damaged: {error!r}") from error


def _chunk(meta: dict[int, Any]) -> Chunk:
    path = b".".join(meta[_PATH]).decode("utf-8", "replace")
    dictionary = meta[_DATA_PAGE] - meta[_DICTIONARY_PAGE] if meta.get(_DICTIONARY_PAGE) else 0
    return Chunk(path, int(meta[_COMPRESSED]), int(meta[_UNCOMPRESSED]), int(dictionary))


class _Compact:
    """Values of Thrift's compact protocol; structs by the numbers of their fields."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """Returns the struct that begins here."""
        if depth > _DEEPEST:
            raise ValueError("the footer is nested too deeply")
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            fields[number] = kind == 1 if kind in (1, 2) else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (1, 2, 3):
            return self._byte()
        if kind in (4, 5, 6):
            return self._signed()
        if kind == 7:
            return self._take(8)
        if kind == 8:
            return self._take(self._varint())
        if kind in (9, 10):
            head = self._byte()
            count = head >> 4 if head >> 4 < 15 else self._varint()
            if count > len(self._data) - self._at:
                raise ValueError("a list is longer than the footer")
            return [self._value(head & 15, depth) for _ in range(count)]
        if kind == 12:
            return self.struct(depth + 1)
        raise ValueError(f"the footer has a value of the unknown type {kind}")

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _take(self, count: int) -> bytes:
        if count > len(self._data) - self._at:
            raise ValueError("a value is longer than the footer")
        self._at += count
        return self._data[self._at - count : self._at]

    def _varint(self) -> int:
        value = shift = 0
        while shift < 64:
            byte = self._byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        return value

    def _signed(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

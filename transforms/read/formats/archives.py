"""Archives: zip and tar. Each member that is read by some format gives its records, archives within archives too.

A member's name is a label, never a path: nothing is written to disk under it. Members that are not pages
(pictures, style sheets) are filtered. After a damaged header of a tar, the next good one is looked for. A zip that lost its
directory, which is at its end, is read member by member from the start.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, BinaryIO, Optional, cast

from broadsheet.schemas.errors import UnreadableError
from broadsheet.schemas.records import RawRecord
from broadsheet.schemas.tables import storable
from broadsheet.transforms.read.compression import Stream, open_stream
from broadsheet.transforms.read.metadata_overrides import compile_template, give, given_by_path
from broadsheet.transforms.read.reader import Context, Found

Read = Callable[[Stream, Context], Iterator[Found]]
"""The registry's `read_stream`."""

PageType = Callable[[str, bytes], Optional[str]]
"""The registry's `page_type`."""

_SMALL = 1024 * 1024
"""Bytes of a member that is read in one go: the median page has 120 kB, and a stream around each costs a fifth of the speed."""
_BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What zipfile decompresses no further than it was asked for."""
_BLOCK = 512
_END = 2
"""Blocks of zeros that end a tar. What follows them is read if it is a tar, too, and is not damage otherwise."""
_NAME_BYTES = 64 * 1024
"""Longest name or extended header of a tar's member: Linux knows none beyond 4,096 bytes, extended headers have a few of them."""
_DAMAGE = (zipfile.BadZipFile, EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, NotImplementedError, struct.error)
_HIDDEN = re.compile(r"(?:^|/)(?:\.[^/]*|_[^/]*|__MACOSX/.*)$")
"""As in folders: editors' files, Finder's shadows."""
_PAX_PATH = re.compile(rb"(?:^|\n)\d+ path=([^\n]*)\n")
_LOCAL = b"PK\x03\x04"


def read_zip(stream: Stream, context: Context, read: Read, page_type: PageType) -> Iterator[Found]:
    """Yields what is found in the members of a zip."""
    _go_deeper(context)
    file = stream.seekable_file()
    _check_directory(file, context)
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE as error:
        yield from _read_local_members(file, context, read)
        yield context.dead("truncated", f"the zip has no directory, its members were read from the start: {error}")
        return
    for info in archive.infolist():
        if info.filename.endswith("/"):
            continue
        context.budget.member()
        member = _member(context, info.filename)
        if info.flag_bits & 1:
            yield member.dead("encrypted", "the member is encrypted")
            continue
        if found := _small_page(archive, info, member, page_type):
            yield found
            continue
        try:
            opened = archive.open(info)
        except (*_DAMAGE, RuntimeError) as error:
            yield member.dead("damaged", f"the member cannot be read: {error}"[:500])
            continue
        yield from _read_member(opened, member, read)


def _small_page(archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: Context, page_type: PageType) -> Found | None:
    """Returns what a small member is that is a page as it lies there; `None` for any other, and for one that is damaged."""
    if info.compress_type not in _BOUNDED or info.file_size > _SMALL or not page_type(info.filename, b""):
        return None
    if _HIDDEN.search(info.filename):
        return None
    try:
        with archive.open(info) as file:
            data = file.read(info.file_size + 1)  # no more than that is decompressed, whatever the member is
    except (*_DAMAGE, RuntimeError):
        return None
    kind = page_type(info.filename, data)
    if not data or not kind:
        return None
    over = member.budget.grow(len(data))
    return member.refused(over, data) if over else member.found(data, kind)


def read_tar(stream: Stream, context: Context, read: Read) -> Iterator[Found]:
    """Yields what is found in the members of a tar."""
    _go_deeper(context)
    name: str | None = None
    good = True
    zeros = 0
    offset = 0
    while len(block := stream.read(_BLOCK)) == _BLOCK:
        offset += _BLOCK
        if not block.strip(b"\0"):
            zeros += 1
            continue
        if not good and block[257:262] != b"ustar":
            continue
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except (tarfile.HeaderError, ValueError) as error:
            if good and zeros < _END:
                yield context.dead("damaged", f"no header of a member at byte {offset - _BLOCK}: {error}")
            good = False
            continue
        good, zeros = True, 0
        size = max(info.size, 0)
        if info.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE):
            text = stream.read(min(size, _NAME_BYTES))
            found = _PAX_PATH.search(text) if info.type == tarfile.XHDTYPE else None
            long_name = found[1] if found else (text.rstrip(b"\0") if info.type == tarfile.GNUTYPE_LONGNAME else None)
            name = long_name.decode("utf-8", "surrogateescape") if long_name is not None else name
            offset += _skip(stream, _padded(size) - len(text)) + len(text)
            continue
        label, name = name or info.name, None
        if not info.isreg():
            offset += _skip(stream, _padded(size) if info.type not in (tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.DIRTYPE) else 0)
            continue
        context.budget.member()
        part = _Part(stream, size)
        yield from _read_member(part, _member(context, label), read, counted=False)
        if part.broken:
            return
        _skip(stream, part.left + _padded(size) - size)
        offset += _padded(size)
    if block and not stream.damage:
        yield context.dead("truncated", f"the tar ends within the header at byte {offset}")
    elif not zeros and not stream.damage and good:
        yield context.dead("truncated", f"the tar ends at byte {offset} without the blocks of zeros that end one")


def _go_deeper(context: Context) -> None:
    if context.depth >= context.options.max_depth:
        raise UnreadableError("too_deep", f"it lies within {context.depth} archives (--limit archive-depth)")


def _member(context: Context, name: str) -> Context:
    """Returns what is known of a member: what is known of its archive, and what its path says."""
    name = name.replace("\\", "/")
    empty = context.empty
    options = context.options
    if options.path_template or options.url_from_path:
        template = compile_template(options.path_template) if options.path_template else None
        clean = storable(re.sub(r"(?:^|/)\.{1,2}(?=/)", "", name))
        by_path = given_by_path(f"/{clean}", template, options.url_from_path)
        empty = give(empty, {field: value for field, value in by_path.items() if not _is_given(empty, field)})
    return context._replace(name=f"{context.name}!/{name}", depth=context.depth + 1, empty=empty)


def _is_given(empty: RawRecord, field: str) -> bool:
    return getattr(empty, f"{field}_basis", None) in ("flag", "manifest", "sidecar")


def _read_member(file: io.RawIOBase | IO[bytes], member: Context, read: Read, counted: bool = True) -> Iterator[Found]:
    if _HIDDEN.search(member.name.rpartition("!/")[2]):
        yield member.filtered("hidden", "a hidden file")
        return
    try:
        buffered = io.BufferedReader(cast(io.RawIOBase, file), 64 * 1024)
        yield from read(open_stream(buffered, member.budget, counted), member)
    except UnreadableError as error:
        yield member.refused(error)
    except _DAMAGE as error:
        yield member.dead("damaged", f"the member is damaged: {error}"[:500])


class _Part(io.RawIOBase):
    """A member of a tar, as a file of its own."""

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream = stream
        self.left = size
        self.broken = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        piece = self._stream.read(min(len(view), self.left))
        if not piece and self.left:
            self.broken = True
            damage = self._stream.damage
            if damage and damage.reason != "truncated":
                raise OSError(damage.message)
            raise EOFError(damage.message if damage else "the archive ends too soon")
        view[: len(piece)] = piece
        self.left -= len(piece)
        return len(piece)


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _skip(stream: Stream, count: int) -> int:
    left = count
    while left > 0 and (piece := stream.read(min(left, 1 << 20))):
        left -= len(piece)
    return count - left


def _check_directory(file: BinaryIO, context: Context) -> None:
    """Refuses a zip with too many members before its directory is read into memory.

    Raises:
        UnreadableError: Reason `too_many_members`.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - 66_000))  # the end record, and the longest comment that can follow it
    tail = file.read()
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 16:
        return
    count, length = struct.unpack_from("<HI", tail, at + 10)
    at = tail.rfind(b"PK\x06\x06")
    if at >= 0 and len(tail) >= at + 56:
        count, length = struct.unpack_from("<QQ", tail, at + 32)
    if max(count, length // 1024) > context.options.max_members:
        raise UnreadableError(
            "too_many_members", f"it has {count} members, --limit archive-members allows {context.options.max_members}"
        )


def _read_local_members(file: BinaryIO, context: Context, read: Read) -> Iterator[Found]:
    """Yields what is found in the members of a zip without a directory, by the headers before each."""
    file.seek(0)
    while (header := file.read(30)).startswith(_LOCAL) and len(header) == 30:
        flags, method = struct.unpack_from("<HH", header, 6)
        packed, _, name_length, extra_length = struct.unpack_from("<IIHH", header, 18)
        member = _member(context, file.read(name_length).decode("utf-8", "surrogateescape"))
        file.seek(extra_length, 1)
        if (flags & 8 and method != 8) or flags & 1 or packed == 0xFFFFFFFF:
            return  # only the directory says where it ends
        context.budget.member()
        start = file.tell()
        if method == 8:
            inflated = _Inflated(file)
            yield from () if member.name.endswith("/") else _read_member(inflated, member, read)
            inflated.finish()
            if not inflated.whole:
                return
            file.seek(start + inflated.taken)
            if flags & 8:
                file.seek(16 if file.read(4) == b"PK\x07\x08" else 12, 1)
                file.seek(-4, 1)
        elif method == 0:
            data = file.read(min(packed, context.options.max_record_bytes + 1))
            yield from () if member.name.endswith("/") else _read_member(io.BytesIO(data), member, read)
            file.seek(start + packed)
        else:
            file.seek(start + packed)


class _Inflated(io.RawIOBase):
    """The member of a zip that starts at the position of a file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._inflater = zlib.decompressobj(wbits=-15)
        self._data = b""
        self.taken = 0

    @property
    def whole(self) -> bool:
        return self._inflater.eof

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        while not self._inflater.eof:
            if not self._data:
                self._data = self._file.read(64 * 1024)
                self.taken += len(self._data)
                if not self._data:
                    raise EOFError("the archive ends too soon")
            piece = self._inflater.decompress(self._data, len(view))
            self._data = self._inflater.unconsumed_tail
            if self._inflater.eof:
                self.taken -= len(self._inflater.unused_data)
            if piece:
                view[: len(piece)] = piece
                return len(piece)
        return 0

    def finish(self) -> None:
        """Reads on to the end, to know where it is."""
        scratch = bytearray(1 << 20)
        try:
            while self.readinto(scratch):
                pass
        except (EOFError, zlib.error):
            pass

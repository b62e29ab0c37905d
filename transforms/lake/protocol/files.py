"""Reads, writes and removes files of a lake, on a local disk or in an object store.

On a local disk `durable` does it, by way of `_staging/`, in object stores `object_store`. A final name never holds half a file, and
nothing is removed before what replaces it survives a loss of power.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from types import ModuleType
from typing import IO, NamedTuple

from broadsheet.schemas.errors import ConfigError, LakeError
from broadsheet.transforms.lake.protocol import durable

STAGING = "_staging"
"""Unfinished files; a leading underscore hides the folder from engines that read the lake by glob."""

LOST = "_lost"
"""Files that a repair took away because nobody could use them; nothing removes them but the user."""


_UNUSABLE = re.compile(r"%[0-9A-Fa-f]{2}|[\x00-\x1f\x7f\\]")
"""Local paths that delta-rs 1.6.6 decodes or refuses (`a%20b` becomes `a b`, a backslash a slash) after it has made the table."""


class Lake(NamedTuple):
    """Where a lake lies: an absolute local folder, or a URI that Beam's filesystems and delta-rs both understand."""

    root: str

    @staticmethod
    def at(path: str) -> Lake:
        """Returns the lake at a path as a user types it: relative local paths become absolute.

        Raises:
            ConfigError: What is installed cannot open it.
        """
        if "://" not in path:
            root = os.path.abspath(path)
            if _UNUSABLE.search(root):
                raise ConfigError(
                    f"--lake {root!r}: delta-rs takes a local path for part of a URL and would look elsewhere: "
                    "use a path without control characters, backslashes and percent signs before two hexadecimal digits"
                )
            return Lake(root)
        from broadsheet.transforms.filesystems import check_filesystem  # which imports Beam

        check_filesystem(path)
        return Lake(path.rstrip("/"))

    @property
    def is_local(self) -> bool:
        """Whether the lake is a folder of this machine."""
        return "://" not in self.root

    def path(self, *parts: str) -> str:
        """Returns the full path of something in the lake."""
        return "/".join((self.root, *parts))


def _store() -> ModuleType:
    """Returns `object_store`, which imports Beam."""
    from broadsheet.transforms.lake.protocol import object_store

    return object_store


def put(lake: Lake, relative: str, data: bytes, flush: bool = True) -> None:
    """Writes a file under its final name, whole or not at all; an existing one is replaced.

    Args:
        lake: Where.
        relative: The name, relative to the lake.
        data: What to write.
        flush: Whether the file must survive a loss of power from now on; else from the next `flush` on. In object stores it does.

    Raises:
        LakeError: What arrived has another size than what was sent.
        OSError: The disk is full, or the lake cannot be written.
        ValueError: There is nothing to write: Beam's client makes no empty object on S3.
    """
    if not data:
        raise ValueError(f"{relative} would be empty")
    put_stream(lake, relative, io.BytesIO(data), flush)


def put_stream(lake: Lake, relative: str, source: IO[bytes], flush: bool = True) -> None:
    """Writes what is left of a seekable stream, as `put` does.

    Raises:
        LakeError: What arrived has another size than what was sent.
        OSError: The disk is full, or the lake cannot be written.
    """
    path, start = lake.path(relative), source.tell()
    if lake.is_local:
        arrived: int | None = durable.write(path, source, lake.path(STAGING), flush)
    else:
        arrived = _store().write(path, source)
    size = source.tell() - start
    if arrived != size:
        raise LakeError(f"{path} has {arrived} bytes, {size} were written")


def move_in(lake: Lake, source: str, relative: str) -> None:
    """Moves a finished local file to its final name: on a local disk a rename within the lake, else an upload.

    Raises:
        LakeError: What arrived has another size.
        OSError: The lake cannot be written.
    """
    if lake.is_local:
        durable.move(source, lake.path(relative))
        return
    with open(source, "rb") as file:
        put_stream(lake, relative, file)
    os.remove(source)


def set_aside(lake: Lake, relative: str) -> str:
    """Moves a file that nobody can use, and that may be the only copy of something, below `_lost`.

    Returns:
        Its new path, relative to the lake.
    """
    target, number = f"{LOST}/{relative}", 1
    while size_of(lake, target) is not None:
        number += 1
        target = f"{LOST}/{relative}.{number}"
    if lake.is_local:
        durable.move(lake.path(relative), lake.path(target))
    else:
        data = get(lake, relative)
        if data:  # Beam's client makes no empty object on S3, and there is nothing to keep
            put(lake, target, data)
        _store().remove(lake.path(relative))
    return target


def get(lake: Lake, relative: str) -> bytes:
    """Reads a whole file.

    Raises:
        FileNotFoundError: There is none, or not any more.
    """
    if not lake.is_local:
        return bytes(_store().read(lake.path(relative)))
    with open(lake.path(relative), "rb") as source:
        return source.read()


def get_line(lake: Lake, relative: str) -> bytes:
    """Reads a file's first line."""
    if not lake.is_local:
        return bytes(_store().read_line(lake.path(relative)))
    with open(lake.path(relative), "rb") as source:
        return source.readline()


def size_of(lake: Lake, relative: str) -> int | None:
    """Returns a file's size in bytes, `None` if it does not exist."""
    path = lake.path(relative)
    if lake.is_local:
        return os.path.getsize(path) if os.path.exists(path) else None
    size: int | None = _store().size_of(path)
    return size


def listing(lake: Lake, folder: str) -> Iterator[str]:
    """Yields the files below a folder of the lake, in order, as paths relative to that folder; none if it does not exist."""
    root = lake.path(folder)
    if not lake.is_local:
        yield from (found.name for found in _store().listing(root))
        return
    for path, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            yield os.path.relpath(os.path.join(path, name), root)


def named(lake: Lake, folder: str, prefix: str) -> list[str]:
    """Returns the files in a folder, not below it, whose names begin so, as paths relative to the lake."""
    root = lake.path(folder)
    if lake.is_local:
        names = [entry.name for entry in os.scandir(root)]
    else:
        names = [found.name for found in _store().listing(root, f"{prefix}*")]
    return sorted(f"{folder}/{name}" for name in names if name.startswith(prefix))


def modified(lake: Lake, folder: str) -> Iterator[tuple[str, float]]:
    """Yields the files below a folder as `listing` does, each with the time of its last change in seconds since 1970."""
    root = lake.path(folder)
    if not lake.is_local:
        yield from _store().listing(root)
        return
    for name in listing(lake, folder):
        try:
            yield name, os.path.getmtime(os.path.join(root, name))
        except FileNotFoundError:
            continue  # another process removed it since it was listed


def remove(lake: Lake, *relatives: str) -> None:
    """Removes files in this order, after whatever may replace them is on the disk; one that does not exist is passed over.

    Raises:
        OSError: The disk did not keep what was written before; nothing was removed.
    """
    if lake.is_local:
        durable.remove([lake.path(relative) for relative in relatives], lake.root)
        return
    for relative in relatives:
        if size_of(lake, relative) is not None:
            _store().remove(lake.path(relative))


def flush(lake: Lake, *relatives: str) -> None:
    """Makes files survive a loss of power; without any, everything that was written until now, at the price of one flush.

    Raises:
        OSError: The disk did not keep something.
    """
    if not lake.is_local:
        return
    for relative in relatives:
        durable.flush_file(lake.path(relative))
    if not relatives:
        durable.flush_disk(lake.root)

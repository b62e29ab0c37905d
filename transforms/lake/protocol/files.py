"""Bytes at paths of the lake, all or nothing.

On a local disk a file is written under `_staging/` and renamed; on object stores a put is atomic by itself. Nothing here ever
leaves half a file under a final name.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from typing import NamedTuple

from apache_beam.io.aws.clients.s3.messages import S3ClientError
from apache_beam.io.filesystem import BeamIOError, CompressionTypes
from apache_beam.io.filesystems import FileSystems

from broadsheet.schemas.errors import LakeError
from broadsheet.transforms.filesystems import check_filesystem

STAGING = "_staging"
"""Unfinished files; a leading underscore hides the folder from engines that read the lake by glob."""

_syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
"""Linux's call, which Python does not have: it waits for one file system only, and says when the disk has failed."""


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
            return Lake(os.path.abspath(path))
        check_filesystem(path)
        return Lake(path.rstrip("/"))

    @property
    def is_local(self) -> bool:
        """Whether the lake is a folder of this machine."""
        return "://" not in self.root

    def path(self, *parts: str) -> str:
        """Returns the full path of something in the lake."""
        return "/".join((self.root, *parts))


def put(lake: Lake, relative: str, data: bytes) -> None:
    """Writes a file under its final name, whole or not at all; an existing one is replaced.

    Raises:
        LakeError: What arrived has another size than what was sent.
        OSError: The disk is full, or the lake cannot be written.
        ValueError: There is nothing to write: Beam's client makes no empty object on S3.
    """
    if not data:
        raise ValueError(f"{relative} would be empty")
    path = lake.path(relative)
    if not lake.is_local:
        with FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED) as sink:
            sink.write(data)
        size = size_of(lake, relative)
    else:
        size = _put_local(lake, path, data)
    if size != len(data):
        raise LakeError(f"{path} has {size} bytes, {len(data)} were written")


def _put_local(lake: Lake, path: str, data: bytes) -> int:
    staged = lake.path(STAGING, uuid.uuid4().hex)
    os.makedirs(os.path.dirname(staged), exist_ok=True)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        with open(staged, "wb") as sink:
            sink.write(data)
        os.replace(staged, path)
    except OSError as error:
        if os.path.exists(staged):
            os.remove(staged)
        elif isinstance(error, FileNotFoundError):  # who holds the lock took it for a dead run's; what is put without it is small
            return _put_local(lake, path, data)
        raise
    return os.path.getsize(path)


def move_in(lake: Lake, source: str, relative: str) -> None:
    """Moves a finished local file to its final name: on a local disk a rename within the lake, else an upload.

    Raises:
        LakeError: What arrived has another size.
        OSError: The lake cannot be written.
    """
    size, path = os.path.getsize(source), lake.path(relative)
    if lake.is_local:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.replace(source, path)
        return
    with (
        open(source, "rb") as file,
        FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED) as sink,
    ):
        shutil.copyfileobj(file, sink, 8 * 1024 * 1024)
    os.remove(source)
    arrived = size_of(lake, relative)
    if arrived != size:
        raise LakeError(f"{path} has {arrived} bytes, {size} were written")


def get(lake: Lake, relative: str) -> bytes:
    """Reads a whole file.

    Raises:
        FileNotFoundError: There is none, or not any more.
    """
    path = lake.path(relative)
    try:
        with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as source:
            return source.read()
    except S3ClientError as error:
        if error.code == 404:  # removed between the two requests of Beam's client, which looks at a file before it reads it
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error
        raise


def get_line(lake: Lake, relative: str) -> bytes:
    """Reads a file's first line."""
    with FileSystems.open(lake.path(relative), compression_type=CompressionTypes.UNCOMPRESSED) as source:
        return source.readline()


def size_of(lake: Lake, relative: str) -> int | None:
    """Returns a file's size in bytes, `None` where it does not exist."""
    path = lake.path(relative)
    if lake.is_local:
        return os.path.getsize(path) if os.path.exists(path) else None
    try:
        found = FileSystems.match([path])[0].metadata_list
    except BeamIOError:
        if FileSystems.exists(path):
            raise
        return None  # removed between the two requests by which it is looked at
    return found[0].size_in_bytes if found else None


def listing(lake: Lake, folder: str) -> Iterator[str]:
    """Yields the files below a folder of the lake, in order, as paths relative to that folder; none where it does not exist."""
    root = lake.path(folder)
    if not lake.is_local:
        found = FileSystems.match([f"{root}/**"])[0].metadata_list
        yield from sorted(item.path[len(root) + 1 :] for item in found)
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
        names = [item.path[len(root) + 1 :] for item in FileSystems.match([f"{root}/{prefix}*"])[0].metadata_list]
    return sorted(f"{folder}/{name}" for name in names if name.startswith(prefix))


def modified(lake: Lake, folder: str) -> Iterator[tuple[str, float]]:
    """Yields the files below a folder as `listing` does, each with the time of its last change in seconds since 1970."""
    root = lake.path(folder)
    if not lake.is_local:
        found = FileSystems.match([f"{root}/**"])[0].metadata_list
        yield from sorted((item.path[len(root) + 1 :], item.last_updated_in_seconds) for item in found)
        return
    for name in listing(lake, folder):
        try:
            yield name, os.path.getmtime(os.path.join(root, name))
        except FileNotFoundError:
            continue  # another process removed it since it was listed


def remove(lake: Lake, relative: str) -> None:
    """Removes a file, or on a local disk a whole folder; no error where there is none."""
    path = lake.path(relative)
    if not lake.is_local:
        if size_of(lake, relative) is not None:
            FileSystems.delete([path])
    elif os.path.isdir(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.exists(path):
        os.remove(path)


def settle(lake: Lake) -> None:
    """Makes what was written last through a loss of power: on a local disk, one flush for a whole batch instead of one a file.

    Raises:
        OSError: The disk did not keep something.
    """
    if lake.is_local:
        flush_disk(lake.root)


def flush_disk(folder: str) -> None:
    """Waits until all that was written to the file system of a folder is on its disk; elsewhere than on Linux, to any disk.

    Raises:
        OSError: The disk did not keep something; only Linux says so.
    """
    if _syncfs is None:
        os.sync()
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if _syncfs(descriptor):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), folder)
    finally:
        os.close(descriptor)

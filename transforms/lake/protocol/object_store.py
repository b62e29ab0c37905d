"""Reads, writes and removes the files of a lake in an object store, by Beam's filesystems.

A put is atomic and durable by itself. `files` imports this module only for a lake that is in a store: to import Beam takes half a
second, more than most commands on a local lake.
"""

from __future__ import annotations

import errno
import os
import shutil
from typing import IO, NamedTuple

from apache_beam.io.aws.clients.s3.messages import S3ClientError
from apache_beam.io.filesystem import BeamIOError, CompressionTypes
from apache_beam.io.filesystems import FileSystems

_PIECE = 8 * 1024 * 1024


class Found(NamedTuple):
    """An object below a folder."""

    name: str
    """Its path, relative to the folder."""
    changed: float
    """When it was written, in seconds since 1970."""


def write(path: str, source: IO[bytes]) -> int | None:
    """Writes what is left of a stream to an object; returns the size that arrived."""
    with FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED) as sink:
        shutil.copyfileobj(source, sink, _PIECE)
    return size_of(path)


def read(path: str) -> bytes:
    """Reads a whole object.

    Raises:
        FileNotFoundError: There is none, or not any more.
    """
    try:
        with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as source:
            return source.read()
    except S3ClientError as error:
        if error.code == 404:  # removed between the two requests of Beam's client, which looks at a file before it reads it
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error
        raise


def read_line(path: str) -> bytes:
    """Reads the first line of an object."""
    with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as source:
        return source.readline()


def size_of(path: str) -> int | None:
    """Returns the size of an object in bytes, `None` if it does not exist."""
    try:
        found = FileSystems.match([path])[0].metadata_list
    except BeamIOError:
        if FileSystems.exists(path):
            raise
        return None  # removed between the two requests by which it is looked at
    return found[0].size_in_bytes if found else None


def listing(root: str, pattern: str = "**") -> list[Found]:
    """Returns the objects below a folder that match a glob, in order of their names."""
    found = FileSystems.match([f"{root}/{pattern}"])[0].metadata_list
    return sorted(Found(item.path[len(root) + 1 :], item.last_updated_in_seconds) for item in found)


def remove(path: str) -> None:
    """Removes an object."""
    FileSystems.delete([path])

"""Writes, moves and removes local files so that a loss of power leaves the old state or the new one.

A rename says nothing about the bytes of the file, and a flush of the file says nothing about its name (fsync(2)). So a file is
written under another name, flushed, renamed, and then its folder is flushed. What is removed may have been replaced by anything
that this process, another one or delta-rs wrote without a flush; so everything is flushed before the first file goes.

Only this module changes files of a local lake; `tests/house/test_durable.py` holds the others to that.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import uuid
from collections.abc import Sequence
from typing import IO

_PIECE = 1024 * 1024

_syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
"""Linux's call, which Python does not have: it waits for one file system only, and says when the disk has failed."""


def write(path: str, source: IO[bytes], staging: str, flush: bool = True) -> int:
    """Writes a file under its final name, whole or not at all; an existing one is replaced.

    Args:
        path: The final name.
        source: What to write, from its current position.
        staging: A folder of the same file system for the unfinished file.
        flush: Whether the file must survive a loss of power from now on; else from the next `flush_disk` on.

    Returns:
        Its size in bytes.

    Raises:
        OSError: The disk is full or failed.
    """
    staged, start = os.path.join(staging, uuid.uuid4().hex), source.tell()
    make_folder(os.path.dirname(path), flush)  # first: it flushes the folders that it makes, of the lake's root as well
    make_folder(staging)
    try:
        with open(staged, "wb") as sink:
            shutil.copyfileobj(source, sink, _PIECE)
            if flush:
                sink.flush()
                os.fsync(sink.fileno())
        os.replace(staged, path)
    except OSError as error:
        if os.path.exists(staged):
            os.remove(staged)
        elif isinstance(error, FileNotFoundError):  # who holds the lock took it for a dead run's; what is put without it is small
            source.seek(start)
            return write(path, source, staging, flush)
        raise
    if flush:
        flush_folder(os.path.dirname(path))
    return os.path.getsize(path)


def move(source: str, path: str) -> None:
    """Gives a finished file of the same file system another name; both folders are flushed.

    Raises:
        OSError: The disk failed.
    """
    with open(source, "rb") as file:
        os.fsync(file.fileno())
    make_folder(os.path.dirname(path), flush=True)
    os.replace(source, path)
    flush_folder(os.path.dirname(path))
    flush_folder(os.path.dirname(source))


def remove(paths: Sequence[str], root: str) -> None:
    """Removes files after everything that may replace them is on the disk; one that does not exist is passed over.

    Args:
        paths: What goes, in this order.
        root: A folder of their file system.

    Raises:
        OSError: The disk did not keep something (nothing was removed), or a file cannot be removed.
    """
    there = [path for path in paths if os.path.lexists(path)]
    if not there:
        return
    flush_disk(root)
    for path in there:
        try:
            os.remove(path)
        except FileNotFoundError:
            continue  # another process was first
    for folder in dict.fromkeys(os.path.dirname(path) for path in there):
        flush_folder(folder)


def make_folder(path: str, flush: bool = False) -> None:
    """Makes a folder and those above it, as far as they do not exist.

    Args:
        path: The folder.
        flush: Whether it must survive a loss of power from now on.
    """
    if os.path.isdir(path):
        return
    parent = os.path.dirname(path)
    make_folder(parent, flush)
    os.makedirs(path, exist_ok=True)
    if flush:
        flush_folder(parent)


def flush_file(path: str) -> None:
    """Waits until a file, its name and the folder that holds it are on the disk; no error if the file does not exist.

    Raises:
        OSError: The disk did not keep it.
    """
    if _fsync(path):
        flush_folder(os.path.dirname(path))


def flush_folder(path: str) -> None:
    """Waits until the names in a folder are on the disk; no error if the folder does not exist.

    Raises:
        OSError: The disk did not keep them.
    """
    _fsync(path)


def _fsync(path: str) -> bool:
    """Flushes a file or a folder; returns whether it exists."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return True


def flush_disk(folder: str) -> None:
    """Waits until all that was written to the file system of a folder is on its disk; on other systems than Linux, to any disk.

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

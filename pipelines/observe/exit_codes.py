"""Defines the exit codes of every command, and which error gives which.

A scheduler should retry after 1. Code 2 comes back until somebody changes something.
"""

from __future__ import annotations

import errno
import logging
import sys
import threading
from types import FrameType
from typing import NoReturn

from broadsheet.schemas.errors import AlertError, ConfigError, ForeignLakeError

DONE = 0
WORLD = 1
USAGE = 2
ALERT = 3
INTERRUPTED = 130

MEANINGS = {
    DONE: "done",
    WORLD: "something outside broadsheet failed: a disk is full, a server does not answer, a batch failed, `verify` found a fault; "
    "a retry may help",
    USAGE: "wrong usage, configuration or permissions, a folder that is not a lake; a retry does not help",
    ALERT: "done, but an alert that you set was raised",
    INTERRUPTED: "interrupted by Ctrl-C; the same command goes on",
}
"""The meaning of each code, as in docs/options.md."""

_NOT_ALLOWED = frozenset((errno.EACCES, errno.EPERM, errno.EROFS))
_PERMISSION_WORDS = ("permission denied", "read-only file system", "operation not permitted")
"""The words of delta-rs for the same errors, which it gives only as texts."""


_interrupted = threading.Event()


def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Handles SIGINT: from here on, any error counts as a consequence of Ctrl-C, and nothing more is logged.

    A runner that is working turns a KeyboardInterrupt into its own error, and logs a stack trace per step.
    """
    _interrupted.set()
    logging.disable(logging.CRITICAL)
    raise KeyboardInterrupt


def exit_code(error: BaseException) -> int:
    """Returns the exit code of a command that ends with this error."""
    if isinstance(error, KeyboardInterrupt) or _interrupted.is_set():
        return INTERRUPTED
    if isinstance(error, AlertError):
        return ALERT
    if isinstance(error, (ConfigError, ForeignLakeError)) or is_permission(error):
        return USAGE
    return WORLD


def is_permission(error: BaseException) -> bool:
    """Returns whether an error, or one of its causes, means that the user lacks a permission."""
    if isinstance(error, OSError) and error.errno in _NOT_ALLOWED:
        return True
    if is_of_storage(error) and any(words in str(error).lower() for words in _PERMISSION_WORDS):
        return True
    return error.__cause__ is not None and is_permission(error.__cause__)


def is_of_storage(error: BaseException) -> bool:
    """Returns whether an error is a library's own for a failed disk, server or file of the lake, and not an OSError.

    A module that is not imported cannot have raised an error, and importing it takes longer than most commands.
    """
    names = {
        "deltalake.exceptions": "DeltaError",
        "apache_beam.io.aws.clients.s3.messages": "S3ClientError",
        "duckdb": "Error",
        "pyarrow": "ArrowException",
    }
    kinds = tuple(getattr(sys.modules[module], name) for module, name in names.items() if module in sys.modules)
    return isinstance(error, kinds)

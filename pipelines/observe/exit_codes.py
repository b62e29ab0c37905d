"""Defines the exit codes of every command, and which error gives which.

A scheduler repeats what ends with 1; what ends with 2 ends so again until somebody changes something.
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
    WORLD: "the world failed: a disk is full, a server does not answer, a batch failed, `verify` found a fault; a retry may help",
    USAGE: "wrong usage, configuration or permissions, a folder that is not a lake; a retry does not help",
    ALERT: "done, but an alert that you set was raised",
    INTERRUPTED: "interrupted by Ctrl-C; the same command goes on",
}
"""What docs/options.md says of each."""

_NOT_ALLOWED = frozenset((errno.EACCES, errno.EPERM, errno.EROFS))
_PERMISSION_WORDS = ("permission denied", "read-only file system", "operation not permitted")
"""How delta-rs names the same: its errors are texts."""


_interrupted = threading.Event()


def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Handles SIGINT: whatever the command ends with from here on came of it, and nothing more is logged.

    A runner that is at work makes an error of its own of a KeyboardInterrupt, and logs a stack trace per step.
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
    """Returns whether the user may not do what was tried, by the error or by one that it came of."""
    if isinstance(error, OSError) and error.errno in _NOT_ALLOWED:
        return True
    if is_of_storage(error) and any(words in str(error).lower() for words in _PERMISSION_WORDS):
        return True
    return error.__cause__ is not None and is_permission(error.__cause__)


def is_of_storage(error: BaseException) -> bool:
    """Returns whether a disk, a server or a file of the lake failed by an error of a library's own, which is not an OSError.

    A module that is not imported has raised nothing; to import it takes longer than most commands.
    """
    names = {
        "deltalake.exceptions": "DeltaError",
        "apache_beam.io.aws.clients.s3.messages": "S3ClientError",
        "duckdb": "Error",
        "pyarrow": "ArrowException",
    }
    kinds = tuple(getattr(sys.modules[module], name) for module, name in names.items() if module in sys.modules)
    return isinstance(error, kinds)

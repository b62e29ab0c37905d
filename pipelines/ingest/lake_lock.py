"""One writer at a time on a local lake.

The commit protocol alone keeps racing writers from harm; the lock spares them the work of making the same batch twice, and lets
`verify --repair` know that no one's unfinished files are lying about. The kernel drops it when its process dies. On object
stores there is no such lock, and the protocol does it all.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from broadsheet.schemas.errors import ConfigError
from broadsheet.transforms.lake.protocol import durable
from broadsheet.transforms.lake.protocol.files import Lake


def _open_lock(lake: Lake) -> TextIO:
    try:
        return open(lake.path("_lock"), "a", encoding="ascii")
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise ConfigError(f"--lake {lake.root} cannot be written: {error.strerror}; reading commands work on it") from error
        raise


@contextmanager
def exclusive(lake: Lake, waiting: Callable[[], None]) -> Iterator[None]:
    """Holds the lake's lock; `waiting` is called once if another process holds it, and then it is waited for.

    Raises:
        ConfigError: The lake's name is that of a file, or the lake may not be written.
        OSError: The lake's folder cannot be made, or the disk is full.
    """
    if not lake.is_local:
        yield
        return
    if os.path.lexists(lake.root) and not os.path.isdir(lake.root):
        raise ConfigError(f"--lake {lake.root} is not a folder: name the folder of the tables")
    durable.make_folder(lake.root, flush=True)
    with _open_lock(lake) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield

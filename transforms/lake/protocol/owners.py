"""Records which process runs a batch or a compaction, for lakes that have no lock.

On a local disk, the lock proves that the process that began a batch is dead. An object store has no lock, but the next process on
the same machine can know, and after most crashes it is the one that continues. So a batch there has one more file:

    LAKE/_plans/<batch_id>.owner     the process: written before anything else of the batch, gone after all else of it
"""

from __future__ import annotations

import os
from pathlib import Path


def this_process() -> str:
    """Returns what identifies this process among all processes of all machines, containers and restarts.

    It is "" if the system does not say: only Linux does.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')} {os.getpid()} {_started(os.getpid())}"
    except OSError:
        return ""


def has_ended(owner: str) -> bool | None:
    """Returns whether a process does not run any more; `None` if it ran on another machine, or nobody can say."""
    ours, theirs = this_process().split(), owner.split()
    if len(theirs) != len(ours) or theirs[:2] != ours[:2] or not ours:
        return None
    try:
        return _started(int(theirs[2])) != theirs[3]
    except OSError:
        return True


def _started(pid: int) -> str:
    """Returns when a process was started, in ticks since the machine was, so that a reused number is recognized.

    Raises:
        OSError: There is no such process.
    """
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    if fields[0] in "ZX":  # dead, and nobody has asked yet how it ended
        raise ProcessLookupError(pid)
    return fields[19]

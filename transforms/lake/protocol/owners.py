"""Which process is at a batch or a compaction: what to ask where a lake has no lock.

On a local disk the lock tells that whoever began a batch is dead. On an object store nobody knows; but the next process on the same
machine does, and that is who comes after most crashes. So a batch there has a file more:

    LAKE/_plans/<batch_id>.owner     the process: written before anything else of the batch, gone after all else of it
"""

from __future__ import annotations

import os
from pathlib import Path


def this_process() -> str:
    """Returns what tells this process from all others of all machines, those of other containers and after a restart too.

    "" where that cannot be told: only Linux says so much.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')} {os.getpid()} {_started(os.getpid())}"
    except OSError:
        return ""


def has_ended(owner: str) -> bool:
    """Whether a process ran on this machine, where this one could see it, and does not any more."""
    ours, theirs = this_process().split(), owner.split()
    if len(theirs) != len(ours) or theirs[:2] != ours[:2] or not ours:
        return False
    try:
        return _started(int(theirs[2])) != theirs[3]
    except OSError:
        return True


def _started(pid: int) -> str:
    """Returns when a process was started, in ticks since the machine was, so that a number that is used again is told apart.

    Raises:
        OSError: There is no such process.
    """
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    if fields[0] in "ZX":  # dead, and nobody has asked yet how it ended
        raise ProcessLookupError(pid)
    return fields[19]

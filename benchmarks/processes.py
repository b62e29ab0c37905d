"""What a command takes, with all the processes that it starts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
_SAMPLE_EVERY_S = 0.25


class Usage(NamedTuple):
    """What a command took."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    """The largest sum of its processes' memory (PSS: shared pages count once), a sample every quarter of a second."""


def measure_all(command: Sequence[str]) -> Usage:
    """Runs a command to its end, silently, and returns what it and its processes took.

    Python may keep what it compiled, as it does where pip has installed a program: the first run of all compiles our modules.

    Raises:
        subprocess.CalledProcessError: It failed; what it said of that is printed.
    """
    started, peak = time.monotonic(), 0.0
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    seen: dict[int, float] = {}
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(list(command), stdout=subprocess.DEVNULL, stderr=said, env=environment)
        while True:
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                break
            processes = family(process.pid)
            peak = max(peak, sum(map(memory_mb, processes)))
            seen.update((pid, max(cpu_s(pid), seen.get(pid, 0.0))) for pid in processes)
            time.sleep(_SAMPLE_EVERY_S)
        process.returncode = os.waitstatus_to_exitcode(status)
        if status:
            said.seek(0)
            print(said.read()[-5000:], file=sys.stderr)
            raise subprocess.CalledProcessError(process.returncode, list(command))
    waited_for = usage.ru_utime + usage.ru_stime  # not those that nobody waited for
    return Usage(time.monotonic() - started, max(waited_for, sum(seen.values())), peak)


def family(pid: int) -> list[int]:
    """Returns a process and all that descend from it."""
    found = [pid]
    for parent in found:  # grows while it is gone through
        try:
            for children in Path(f"/proc/{parent}/task").glob("*/children"):
                found.extend(map(int, children.read_text().split()))
        except OSError:
            continue
    return found


def memory_mb(pid: int) -> float:
    """Returns the memory of a process (PSS); 0 for one that is gone."""
    try:
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def cpu_s(pid: int) -> float:
    """Returns the CPU time of a process, without its children's; 0 for one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

"""Prism, Beam's engine for one machine: whether it is here, and streams on it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from broadsheet.pipelines.runners.prism import prism_path
from helpers.command import start

needs_prism = pytest.mark.skipif(
    not os.path.exists(prism_path()), reason="no Prism: set BROADSHEET_PRISM, or run make setup-stream"
)


@contextmanager
def streaming(pages: Path | str, lake: Path | str, source: str) -> Iterator[subprocess.Popen]:
    """Runs a stream on Prism, and ends both afterwards."""
    flags = ("--unbounded", "--runner=PrismRunner", "--every", "1s", "--settle-time", "0.2s", "--source", source)
    process = start("watch", pages, "--lake", lake, *flags)
    try:
        yield process
    finally:
        started = children(process.pid)
        process.kill()
        process.wait()
        for pid in started:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def children(pid: int) -> set[int]:
    """Returns the processes that one has started and that still run: none if it has ended itself."""
    try:
        return {int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()}
    except OSError:
        return set()

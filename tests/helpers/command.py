"""The command line, as a function and as a process of its own."""

import subprocess
import sys
from pathlib import Path

from broadsheet.pipelines.cli.main import main

ROOT = Path(__file__).parent.parent.parent


def broadsheet(*arguments: object) -> int:
    """Runs a command in this process and returns its exit code."""
    return main([str(argument) for argument in arguments])


def ingest(lake: Path, *arguments: object) -> None:
    """Ingests and claims that it succeeded."""
    assert broadsheet("ingest", *arguments, "--lake", lake) == 0


def start(*arguments: object) -> subprocess.Popen:
    """Starts a command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "broadsheet", *(str(argument) for argument in arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen, timeout_s: float = 300) -> tuple[int, str]:
    """Waits for a command, and ends it where it takes longer; returns its exit code and all it said."""
    try:
        said, _ = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, said

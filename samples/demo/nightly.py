"""Runs the command of deploy/schedule/broadsheet.service, and starts it again when systemd would."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from pathlib import Path

SCHEDULE = Path(__file__).resolve().parents[2] / "deploy" / "schedule"
BROADSHEET = [sys.executable, "-m", "broadsheet"]


def setting(unit: str, name: str) -> str:
    """Returns the value of one setting of a unit file.

    Raises:
        KeyError: The file has no such setting.
    """
    for line in (SCHEDULE / unit).read_text(encoding="utf-8").splitlines():
        key, found, value = line.partition("=")
        if found and key == name:
            return value
    raise KeyError(f"{unit}: {name}")


def nightly_command(inbox: Path, lake: Path, config: Path) -> list[str]:
    """Returns the service's ExecStart with our folders in place of the service's."""
    paths = {"/srv/pages": str(inbox), "/srv/lake": str(lake), "/etc/broadsheet.toml": str(config)}
    _, *words = shlex.split(setting("broadsheet.service", "ExecStart"))
    return [*BROADSHEET, *(paths.get(word, word) for word in words)]


def run_service(command: list[str], lake: Path, killed: bool = False) -> tuple[list[int], dict[str, str]]:
    """Runs the service until it succeeds or systemd would give up.

    Args:
        command: As `nightly_command` returns it.
        lake: The lake it writes to.
        killed: Whether the first start is killed as soon as its batch is planned.

    Returns:
        The exit codes of all starts, and the counts that the last one printed.
    """
    final = {0, *map(int, setting("broadsheet.service", "RestartPreventExitStatus").split())}
    codes: list[int] = []
    counts: dict[str, str] = {}
    for _ in range(int(setting("broadsheet.service", "StartLimitBurst"))):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if killed and not codes:
            _kill_in_batch(process, lake)
        printed, errors = process.communicate()
        codes.append(process.returncode)
        rows = [line.rsplit("  ", 1) for line in printed.splitlines()]
        counts = {row[0].strip(): row[1].strip() for row in rows if len(row) == 2}
        if process.returncode in final:
            return codes, counts
        if process.returncode > 0:
            print(errors, file=sys.stderr)
    return codes, counts


def _kill_in_batch(process: subprocess.Popen[str], lake: Path) -> None:
    """Kills a run after it has written down what its batch reads and before the batch is committed."""
    while process.poll() is None and not list(lake.glob("_plans/*.plan")):
        time.sleep(0.01)
    process.kill()

"""Power lost at points of every command: a short round; `make power-cuts` is the long one (docs/reliability.md)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import ROOT
from helpers.syscalls import unsupported

_UNSUPPORTED = unsupported()
pytestmark = [pytest.mark.slow, pytest.mark.skipif(_UNSUPPORTED is not None, reason=str(_UNSUPPORTED))]


def test_what_lost_power_at_any_point_and_is_repeated_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    commands = ("ingest, a second night", "reprocess", "compact", "compact --remove-replaced", "vacuum")
    only = [word for name in commands for word in ("--only", name)]
    command = [sys.executable, "-m", "helpers.power_round", "--points", "44", "--seed", "3", *only]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "44 points" in done.stdout

"""Kills and failures at system calls that a seed draws: a short round; `make chaos` is the long one (docs/reliability.md)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import ROOT
from helpers.syscalls import unsupported

_WHY_NOT = unsupported()
pytestmark = [pytest.mark.slow, pytest.mark.skipif(_WHY_NOT is not None, reason=str(_WHY_NOT))]


def test_what_is_disturbed_at_any_call_and_repeated_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "helpers.chaos_round", "--points", "10", "--seed", "7"]
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 points" in done.stdout

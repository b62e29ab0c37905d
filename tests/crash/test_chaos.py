"""Kills and failures at points that a seed draws: a short round; `make chaos` is the long one (docs/reliability.md)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import ROOT
from helpers.s3_server import S3_SERVER, WHY_NOT
from helpers.syscalls import unsupported

_UNSUPPORTED = unsupported()
pytestmark = pytest.mark.slow


def _run(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "helpers.chaos_round", *arguments]
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "TMPDIR": str(folder)}
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(_UNSUPPORTED is not None, reason=str(_UNSUPPORTED))
def test_what_is_disturbed_at_any_call_and_repeated_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    assert "10 points" in _run(tmp_path, "--points", "10", "--s3-points", "0", "--seed", "7")


@pytest.mark.service
@pytest.mark.skipif(not S3_SERVER, reason=WHY_NOT)
def test_what_is_disturbed_at_any_request_and_repeated_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    pytest.importorskip("boto3")
    some = ("--only", "ingest, a new lake on S3", "--only", "compact on S3")
    four = ("--points", "0", "--s3-points", "4", "--seed", "31")  # kills, a 500, credentials that expire; none waits for a minute
    assert "4 points" in _run(tmp_path, *four, *some)

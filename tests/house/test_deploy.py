"""What stands in deploy/ is accepted by the programs it is for, and runs commands that exist."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.cli import make_parser

SCHEDULE = Path(__file__).parent.parent.parent / "deploy" / "schedule"
_INSTALLED = "/opt/broadsheet/bin/broadsheet"


def _command(name: str) -> list[str]:
    (found,) = re.findall(rf"{_INSTALLED} (.*)", (SCHEDULE / name).read_text(encoding="utf-8"))
    return shlex.split(found)


@pytest.mark.parametrize("name", ["broadsheet.service", "crontab"])
def test_a_schedule_starts_a_command_that_exists(name: str) -> None:
    parser, _ = make_parser()
    options, rest = parser.parse_known_args(_command(name))
    assert (options.command, rest) == ("ingest", [])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for name in ("broadsheet.service", "broadsheet.timer"):
        unit = (SCHEDULE / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(unit.replace(_INSTALLED, sys.executable))  # it checks that the program is there
    verdict = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *tmp_path.iterdir()], capture_output=True, text=True, check=False
    )
    ours = [line for line in verdict.stderr.splitlines() if "broadsheet" in line]
    assert (verdict.returncode, ours) == (0, []), verdict.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_a_unit_that_is_wrong_is_not_accepted(tmp_path: Path) -> None:
    unit = (SCHEDULE / "broadsheet.service").read_text(encoding="utf-8").replace("ProtectHome=yes", "ProtectHomes=yes")
    (tmp_path / "broadsheet.service").write_text(unit.replace(_INSTALLED, sys.executable))
    verdict = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "broadsheet.service"], capture_output=True, text=True, check=False
    )
    assert "ProtectHomes" in verdict.stderr

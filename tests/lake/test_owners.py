"""A process of this machine that is not there any more is known to be dead; of any other nothing is known."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.command import ROOT
from helpers.rows import plan_of

from broadsheet.transforms.lake.maintenance import orphan_files
from broadsheet.transforms.lake.protocol import plans
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.owners import has_ended, this_process

pytestmark = pytest.mark.skipif(not this_process(), reason="only Linux tells processes apart")

_SAY = "from broadsheet.transforms.lake.protocol.owners import this_process; print(this_process(), flush=True); input()"


def _start() -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _SAY]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_process_is_alive_until_it_is_killed() -> None:
    assert has_ended(this_process()) is False
    with _start() as process:
        assert process.stdout
        owner = process.stdout.readline()
        assert owner.strip() != this_process()
        assert not has_ended(owner)
        process.kill()
        while Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
            time.sleep(0.01)
        assert has_ended(owner), "dead, although nobody has asked how it ended"
        process.wait()
        assert has_ended(owner)


def test_a_number_that_another_process_has_now_is_not_the_same() -> None:
    boot, namespace, number, started = this_process().split()
    assert has_ended(f"{boot} {namespace} {number} {int(started) - 1}")


@pytest.mark.parametrize("place", [0, 1], ids=["another machine", "another container"])
def test_of_a_process_elsewhere_nothing_is_known(place: int) -> None:
    words = this_process().split()
    words[place] = "elsewhere"
    words[2] = "999999999"
    assert has_ended(" ".join(words)) is None


def test_of_a_process_that_did_not_say_nothing_is_known() -> None:
    assert has_ended("") is None


@pytest.mark.parametrize("hours", [1, 48], ids=["young", "old"])
@pytest.mark.parametrize(("owner", "dead_if_old"), [("", True), ("running", False), ("elsewhere", True)])
def test_without_a_lock_a_batch_is_dead_if_its_process_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: str, dead_if_old: bool, hours: int
) -> None:
    monkeypatch.setattr(orphan_files, "_is_locked", lambda _lake: False)
    lake = Lake.at(str(tmp_path / "lake"))
    plans.write_plan(lake, plan_of("a" * 32), [])
    words = this_process().split()
    said = {"": "", "running": " ".join(words), "elsewhere": " ".join(["elsewhere", *words[1:]])}[owner]
    owner_file = Path(lake.root) / plans.PLANS / f"{'a' * 32}.owner"
    owner_file.write_text(said)
    for path in owner_file.parent.iterdir():
        os.utime(path, (time.time() - hours * 3600,) * 2)
    assert orphan_files.dead_runs(lake) == ({"a" * 32} if dead_if_old and hours > 24 else set())


def test_without_a_lock_a_batch_whose_process_has_ended_is_dead_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphan_files, "_is_locked", lambda _lake: False)
    lake = Lake.at(str(tmp_path / "lake"))
    plans.write_plan(lake, plan_of("a" * 32), [])
    boot, namespace, number, started = this_process().split()
    (Path(lake.root) / plans.PLANS / f"{'a' * 32}.owner").write_text(f"{boot} {namespace} {number} {int(started) - 1}")
    assert orphan_files.dead_runs(lake) == {"a" * 32}

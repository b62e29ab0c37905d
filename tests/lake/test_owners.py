"""A process of this machine that is not there any more is known to be dead; of any other nothing is known."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.command import ROOT

from broadsheet.transforms.lake.protocol.owners import has_ended, this_process

pytestmark = pytest.mark.skipif(not this_process(), reason="only Linux tells processes apart")

_SAY = "from broadsheet.transforms.lake.protocol.owners import this_process; print(this_process(), flush=True); input()"


def _start() -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _SAY]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_process_is_alive_until_it_is_killed() -> None:
    assert not has_ended(this_process())
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
    assert not has_ended(" ".join(words))


def test_of_a_process_that_did_not_say_nothing_is_known() -> None:
    assert not has_ended("")

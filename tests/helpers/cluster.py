"""The Flink of deploy/flink and the Spark of deploy/spark for tests: brought up and ended by their own scripts, killed by ours."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from helpers.command import ROOT

FLINK, SPARK = "flink", "spark"
SCRIPT = ROOT / "deploy" / FLINK / "cluster.py"
_PARTS = {
    FLINK: ("flink-[0-9]*", "flink-job-server-*.jar", "bin/boot-*"),
    SPARK: ("spark-[0-9]*", "spark-job-server-*.jar", "bin/boot-*"),
}
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "broadsheet"


def why_not(kind: str = FLINK) -> str:
    """Returns why no cluster of a kind can be started here, "" where one can."""
    if not shutil.which("java"):
        return f"there is no java for {kind}"
    missing = [part for part in _PARTS[kind] if not any(CACHE.glob(part))]
    return f"{CACHE} holds no {', '.join(missing)}: make test-cluster fetches them" if missing else ""


class Cluster(NamedTuple):
    """A cluster that runs."""

    folder: Path

    @property
    def profile(self) -> Path:
        """For `broadsheet submit`."""
        return self.folder / "profile.toml"

    @property
    def address(self) -> str:
        """Of Flink's REST interface."""
        return str(tomllib.loads(self.profile.read_text())["doctor"]["flink"])

    def ask(self, path: str) -> Any:
        """Returns what Flink answers."""
        with urllib.request.urlopen(f"{self.address}/{path}", timeout=10) as answer:
            return json.load(answer)

    def is_at_work(self) -> bool:
        """Whether the step that works on pages runs, on workers that are past their start (some 4 s of CPU time)."""
        jobs = [job["id"] for job in self.ask("jobs")["jobs"] if job["status"] == "RUNNING"]
        steps = [step["status"] for job in jobs for step in self.ask(f"jobs/{job}")["vertices"] if "Decode" in step["name"]]
        return "RUNNING" in steps and any(_cpu_seconds(worker) > 5 for worker in self.workers())

    def taskmanager(self) -> int:
        """Returns the newest TaskManager's process."""
        return int(max((self.folder / "pids").glob("taskmanager-*"), key=os.path.getmtime).read_text())

    def workers(self) -> list[int]:
        """Returns the Python workers that the newest TaskManager has started."""
        return [pid for pid in _descendants(self.taskmanager()) if "sdk_worker_main" in _command(pid)]

    def kill_the_workers(self) -> None:
        """As the system does where memory is short."""
        for worker in self.workers():
            os.kill(worker, signal.SIGKILL)

    def replace_the_taskmanager(self) -> None:
        """Kills the TaskManager; another one comes."""
        os.kill(self.taskmanager(), signal.SIGKILL)
        _script(FLINK, "taskmanager", self.folder)


@contextmanager
def running_cluster(folder: Path, kind: str = FLINK) -> Iterator[Cluster]:
    """Runs a cluster for as long as it is entered: one TaskManager of two slots, or one Spark worker of two cores."""
    _script(kind, "start", folder)
    try:
        yield Cluster(folder)
    finally:
        _script(kind, "stop", folder)


def wait_for(condition: Callable[[], bool], within_s: float = 240) -> bool:
    """Returns whether a condition came to hold."""
    ends = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True


def _script(kind: str, what: str, folder: Path) -> None:
    script = ROOT / "deploy" / kind / "cluster.py"
    done = subprocess.run([sys.executable, script, what, folder], capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr


def _descendants(pid: int) -> list[int]:
    try:
        children = [int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()]
    except OSError:
        return []
    return [*children, *(other for child in children for other in _descendants(child))]


def _cpu_seconds(pid: int) -> float:
    try:
        user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    except OSError:
        return 0.0
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""

"""Servers of a trial cluster on this machine: on loopback, on free ports, each in a process group of its own, ended by its number.

What `flink/cluster.py` and `spark/cluster.py` have in common. The groups' numbers are kept in FOLDER/pids, so that `stop` ends
also what a server started and left behind when it was killed.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
FETCH = HERE / "fetch.sh"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "broadsheet"
PATIENCE_S = 300
"""How long a server may take to come up: 10 s on two quiet cores, twenty times that when thirty others work there."""

# Flink and Spark keep by reflection what Java 17 has closed: the packages that their own start scripts open.
_OPENED = "lang lang.invoke net io nio text time util lang.reflect util.concurrent util.concurrent.atomic util.concurrent.locks"
JAVA = [
    "java",
    *(f"--add-opens=java.base/java.{name}=ALL-UNNAMED" for name in _OPENED.split()),
    *(f"--add-opens=java.base/sun.{name}=ALL-UNNAMED" for name in ("nio.ch", "nio.cs", "security.action", "util.calendar")),
]

PROFILE = """\
# Written by deploy/{kind}/cluster.py for the cluster in {folder}.
job_endpoint = "localhost:{jobs}"
artifact_endpoint = "localhost:{artifacts}"
environment_type = "PROCESS"
environment_config = {{command = "{worker}", env = {{VENV = "{venv}", BOOT = "{boot}", PYTHONPATH = "{path}"}}}}
"""


def part(pattern: str) -> Path | None:
    """Returns one part of a cluster as `fetch.sh` has put it into the cache, or `None`."""
    return next(iter(sorted(CACHE.glob(pattern))), None)


def profile(kind: str, folder: Path, jobs: int, artifacts: int) -> str:
    """Returns what every profile says: where the job server is, and that workers are processes of this environment."""
    return PROFILE.format(
        kind=kind, folder=folder, jobs=jobs, artifacts=artifacts, worker=HERE / "flink" / "worker.sh", venv=sys.prefix,
        boot=part("bin/boot-*"), path=HERE.parent,
    )  # fmt: skip


def free_ports(count: int) -> list[int]:
    """Returns ports on which nothing listens now."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [listener.getsockname()[1] for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()


def run(folder: Path, name: str, *command: str, env: Mapping[str, str] | None = None) -> None:
    """Starts a server in FOLDER/tmp (Beam's worker starter writes files into where it is started) and keeps its number."""
    with log(folder, name).open("w") as said:
        process = subprocess.Popen(
            command, cwd=folder / "tmp", env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            start_new_session=True,
        )  # fmt: skip
    (folder / "pids" / name).write_text(str(process.pid))


def log(folder: Path, name: str) -> Path:
    """Returns where a server's words are."""
    return folder / "log" / f"{name}.log"


def wait(folder: Path, what: str, ready: Callable[[], bool]) -> None:
    """Waits until a server is ready; ends this program if it does not become ready."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        try:
            if ready():
                return
        except OSError:
            pass
        time.sleep(0.3)
    sys.exit(f"cluster.py: {what} did not come up in {PATIENCE_S} s; its words are in {folder / 'log'}")


def wait_for_jobs(folder: Path) -> None:
    """Waits for Beam's job server, called job-server."""
    wait(folder, "the job server", lambda: "JobService started" in log(folder, "job-server").read_text())


def stop(folder: Path) -> None:
    """Ends every process group of the cluster: asks first, kills after ten seconds."""
    groups = {path: int(path.read_text()) for path in (folder / "pids").glob("*")}
    for sign in (signal.SIGTERM, signal.SIGKILL):
        ends = time.monotonic() + 10
        for group in groups.values():
            _signal(group, sign)
        while any(_signal(group, 0) for group in groups.values()) and time.monotonic() < ends:
            time.sleep(0.1)
    for path in groups:
        path.unlink()


def _signal(group: int, sign: int) -> bool:
    """Sends a signal to a process group; returns whether there was any."""
    try:
        os.killpg(group, sign)
    except ProcessLookupError:
        return False
    return True


def parser(doc: str, *more: str) -> argparse.ArgumentParser:
    """Returns the command line of a cluster's script: start, stop, and what else it can do."""
    made = argparse.ArgumentParser(description=doc.partition("\n")[0])
    made.add_argument("what", choices=("start", *more, "stop"))
    made.add_argument("folder", type=lambda path: Path(path).resolve())
    return made


def make_folders(folder: Path, *more: str) -> None:
    """Makes what the functions above write into, and what is named."""
    for name in ("log", "pids", "tmp", "artifacts", *more):
        (folder / name).mkdir(parents=True, exist_ok=True)

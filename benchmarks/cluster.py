"""What a second slot of Flink brings, and what Beam takes between Java and Python: `python -m benchmarks.cluster`.

The same generated pages go through the local runner and through a real Flink (`deploy/flink`) in several arrangements, each with
a cluster of its own that is started and ended here, by its numbers. In each the sample pages go first, twice: what the second of
these runs takes is the fixed start-up of a batch, with servers up and Java warm. Documents/s are of the time beyond that. Wall
times want a machine that does nothing else, some ten minutes; CPU times of the workers (Python), of Flink and the job server
(Java) and of `submit` hold on a busy one, too.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.generate import generate
from benchmarks.processes import cpu_s, family

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "deploy" / "flink" / "cluster.py"
SAMPLES = ROOT / "samples" / "pages"
_LOOK_EVERY_S = 0.25


class Arrangement(NamedTuple):
    """A cluster, and how its workers are made; no TaskManager is the local runner."""

    taskmanagers: int
    slots: int = 0
    flags: tuple[str, ...] = ()


ARRANGEMENTS = {
    "local": Arrangement(0),
    "one-slot": Arrangement(1, 1),
    "one-worker": Arrangement(1, 2, ("--sdk_worker_parallelism=1",)),
    "two-slots": Arrangement(1, 2),
    "two-taskmanagers": Arrangement(2, 1),
}


class Took(NamedTuple):
    """What a run took."""

    wall_s: float
    python_s: list[float]
    """CPU time of each process that did the work: the workers, or the local run. The busiest first."""
    java_s: float
    """CPU time of all servers."""
    submit_s: float


def measure(command: Sequence[str], servers: Sequence[int]) -> Took:
    """Runs a command to its end; returns what it and the servers' processes took meanwhile.

    Args:
        command: A run of broadsheet.
        servers: The cluster's processes, whose descendants the workers are; none for a local run.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    before = _used(servers)
    seen = dict(before)
    started = time.monotonic()
    process = subprocess.Popen(list(command), stdout=subprocess.DEVNULL, cwd=ROOT)
    own = 0.0
    while process.poll() is None:
        seen.update(_used(servers))
        own = max(own, cpu_s(process.pid))
        time.sleep(_LOOK_EVERY_S)
    wall = time.monotonic() - started
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command))
    used = {pid: seconds - before.get(pid, 0.0) for pid, seconds in seen.items()}
    java = sum(used.pop(pid, 0.0) for pid in servers)
    busy = sorted((seconds for seconds in used.values() if seconds > 1), reverse=True)  # Beam's starters take less
    return Took(wall, busy, java, own) if servers else Took(wall, [own], 0.0, 0.0)


def _used(servers: Sequence[int]) -> dict[int, float]:
    return {pid: cpu_s(pid) for server in servers for pid in family(server)}


class Place(NamedTuple):
    """Where runs go: the words of their command before and after the inputs, and the servers' processes."""

    before: list[str]
    behind: list[str]
    servers: list[int]


@contextmanager
def running(arrangement: Arrangement, folder: Path) -> Iterator[Place]:
    """Runs a cluster for as long as it is entered."""
    if not arrangement.taskmanagers:
        yield Place(["ingest"], ["--batch-mb=100000"], [])
        return
    size = [f"--taskmanagers={arrangement.taskmanagers}", f"--slots={arrangement.slots}"]
    subprocess.run([sys.executable, str(SCRIPT), "start", str(folder), *size], check=True, stdout=subprocess.DEVNULL)
    try:
        servers = [int(path.read_text()) for path in (folder / "pids").iterdir()]
        yield Place(["submit", "flink"], [f"--profile={folder / 'profile.toml'}", *arrangement.flags], servers)
    finally:
        subprocess.run([sys.executable, str(SCRIPT), "stop", str(folder)], check=True)


class Result(NamedTuple):
    """What an arrangement took: for the sample pages twice, and for all documents."""

    cold: Took
    warm: Took
    whole: Took

    def rate(self, documents: int) -> float:
        """Documents/s, apart from the start-up."""
        return documents / max(self.whole.wall_s - self.warm.wall_s, 0.1)

    def row(self, documents: int, one_slot: float | None) -> str:
        """The arrangement's row of the table; `one_slot` is the rate that its own is divided by."""
        cells = [
            f"{self.cold.wall_s:.1f}, {self.warm.wall_s:.1f}",
            f"{self.whole.wall_s:.1f}",
            f"{self.rate(documents):.0f}",
            f"{self.rate(documents) / one_slot:.2f}" if one_slot else "",
            " + ".join(f"{seconds:.1f}" for seconds in self.whole.python_s),
            f"{self.warm.java_s:.1f}, {self.whole.java_s:.1f}",
            f"{self.whole.submit_s:.1f}",
        ]
        return " | ".join(cells)


def compare(arrangement: Arrangement, pages: Path, scratch: Path) -> Result:
    """Measures one arrangement, in a folder that is not there yet."""
    with running(arrangement, scratch) as place:

        def run(what: Path, lake: str) -> Took:
            where = ["--lake", str(scratch / lake), "--quiet"]
            return measure([sys.executable, "-m", "broadsheet", *place.before, str(what), *where, *place.behind], place.servers)

        return Result(run(SAMPLES, "cold"), run(SAMPLES, "warm"), run(pages, "whole"))


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("arrangements", nargs="*", help=f"of {', '.join(ARRANGEMENTS)} (all of them)")
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--partitions", type=int, default=100)
    options = parser.parse_args()
    names = options.arrangements or list(ARRANGEMENTS)
    if unknown := set(names) - set(ARRANGEMENTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as made:
        scratch = Path(made)
        generate(str(scratch / "pages"), options.documents, options.partitions)
        print("| | start s: first, second | all s | documents/s | to one slot | workers' CPU s | Java's: start, all | submit's |")
        print("|---|---|---|---|---|---|---|---|", flush=True)
        one_slot: float | None = None
        for name in names:
            result = compare(ARRANGEMENTS[name], scratch / "pages", scratch / name)
            if name == "one-slot":
                one_slot = result.rate(options.documents)
            print(f"| {name} | {result.row(options.documents, one_slot)} |", flush=True)


if __name__ == "__main__":
    main()

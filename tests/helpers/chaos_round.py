"""`make chaos`: kills and failures at points that are drawn by a seed, over all commands, and what became of the lakes.

    PYTHONPATH=.:tests python -m helpers.chaos_round --points 155 --s3-points 45 --seed 1 --processes 2

Prints a line a point and two tables in the end, of local disks and of S3. Exit code 1 where anything was lost, doubled or left
behind; the lakes of such trials are kept, and their folder is named.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from helpers.broken_wire import FATES
from helpers.chaos import Case, Disk, Trial, trials, warm_up
from helpers.chaos_cases import CASES, ON_S3
from helpers.chaos_s3 import bucket
from helpers.s3_server import S3_SERVER, WHY_NOT
from helpers.syscalls import unsupported


class _Share(NamedTuple):
    """A command's points."""

    name: str
    points: int
    seed: int
    folder: Path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--points", type=int, default=155, help="how many on a local disk, shared out over the commands (155)")
    parser.add_argument("--s3-points", type=int, default=45, help="how many on S3, likewise (45)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (1)")
    parser.add_argument("--processes", type=int, default=2, help="commands tried at once (2)")
    parser.add_argument(
        "--only", action="append", choices=CASES | ON_S3, metavar="COMMAND", help=f"of these only: {', '.join(CASES | ON_S3)}"
    )
    options = parser.parse_args()
    reason = unsupported() if options.points else None if S3_SERVER else WHY_NOT
    if reason:
        sys.exit(f"chaos cannot be tried here: {reason}")
    if options.s3_points and not S3_SERVER:
        print(f"S3 is left out: {WHY_NOT}")
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-chaos-"))
    shares = _share(CASES, options.points, options, folder / "disk")
    if S3_SERVER:
        shares += _share(ON_S3, options.s3_points, options, folder / "s3")
    started = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(options.processes, maxtasksperchild=1) as pool:
        done = [trial for case in pool.imap_unordered(_try_case, shares, chunksize=1) for trial in case]
    _summarize(done, time.monotonic() - started)
    wrong = [trial for trial in done if trial.wrong]
    if wrong:
        print(f"{len(wrong)} trials went wrong; their lakes are below {folder}")
    return 1 if wrong else 0


def _share(cases: dict[str, Case], points: int, options: argparse.Namespace, folder: Path) -> list[_Share]:
    """Shares points out over the commands, as evenly as it goes; those that get none are left out."""
    names = [name for name in cases if name in (options.only or cases)]
    counts = [len(range(index, points, len(names))) for index in range(len(names))]
    each = enumerate(zip(names, counts, strict=True))
    return [_Share(name, count, options.seed, folder / f"case-{index}") for index, (name, count) in each if count]


def _try_case(share: _Share) -> list[Trial]:
    """Tries a command's points, in a process that has nothing but imported what it needs, so that forks of it begin warm."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers end when the round is broken off
    warm_up()
    name, points, seed, folder = share
    folder.mkdir(parents=True)
    found = []
    with bucket(folder) if name in ON_S3 else contextlib.nullcontext(Disk(folder)) as ground:
        for trial in trials(name, (CASES | ON_S3)[name], ground, points, seed, folder):
            print(trial, flush=True)
            found.append(trial)
    return found


def _summarize(done: list[Trial], seconds: float) -> None:
    """Prints how many points of each kind were tried, a command a line."""
    for cases, fates in ((CASES, dict.fromkeys(Disk.fates)), (ON_S3, FATES)):
        mine = [trial for trial in done if trial.case in cases]
        if mine:
            _print_table(mine, tuple(fates))
    print(f"\n{len(done)} points in {seconds:.0f} s, {sum(bool(trial.wrong) for trial in done)} of them wrong")


def _print_table(done: list[Trial], fates: Sequence[str]) -> None:
    counts = Counter((trial.case, trial.point.fate) for trial in done)
    print(f"\n{'command':26}" + "".join(f"{fate:>10}" for fate in fates) + f"{'points':>8}{'places':>8}{'wrong':>7}")
    for name in dict.fromkeys(trial.case for trial in done):
        mine = [trial for trial in done if trial.case == name]
        places = len({trial.point.place for trial in mine})
        cells = [f"{counts[name, fate]:10}" for fate in fates]
        print(f"{name:26}{''.join(cells)}{len(mine):8}{places:8}{sum(bool(trial.wrong) for trial in mine):7}")


if __name__ == "__main__":
    sys.exit(main())

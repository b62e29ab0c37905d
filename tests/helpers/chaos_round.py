"""`make chaos`: kills and failures at points that are drawn by a seed, over all commands, and what became of the lakes.

    PYTHONPATH=.:tests python -m helpers.chaos_round --points 200 --seed 1 --processes 2

Prints a line a point and a table in the end. Exit code 1 where anything was lost, doubled or left behind; the lakes of such trials
are kept, and their folder is named.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from helpers.chaos import Trial, trials, warm_up
from helpers.chaos_cases import CASES
from helpers.syscalls import unsupported

_FATES = ("kill", "full", "EIO", "short")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--points", type=int, default=200, help="how many, shared out evenly over the commands (200)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (1)")
    parser.add_argument("--processes", type=int, default=2, help="commands tried at once (2)")
    parser.add_argument("--only", action="append", choices=CASES, metavar="COMMAND", help=f"of these only: {', '.join(CASES)}")
    options = parser.parse_args()
    reason = unsupported()
    if reason:
        sys.exit(f"chaos cannot be tried here: {reason}")
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-chaos-"))
    names = options.only or list(CASES)
    shares = [(name, len(range(i, options.points, len(names))), options.seed, folder / f"case-{i}") for i, name in enumerate(names)]
    started = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(options.processes, maxtasksperchild=1) as pool:
        done = [trial for case in pool.imap_unordered(_try_case, shares, chunksize=1) for trial in case]
    _summarize(done, time.monotonic() - started)
    wrong = [trial for trial in done if trial.wrong]
    if wrong:
        print(f"{len(wrong)} trials went wrong; their lakes are below {folder}")
    return 1 if wrong else 0


def _try_case(share: tuple[str, int, int, Path]) -> list[Trial]:
    """Tries a command's points, in a process that has nothing but imported what it needs, so that forks of it begin warm."""
    warm_up()
    name, points, seed, folder = share
    found = []
    for trial in trials(name, CASES[name], points, seed, folder):
        print(trial, flush=True)
        found.append(trial)
    return found


def _summarize(done: list[Trial], seconds: float) -> None:
    """Prints how many points of each kind were tried, a command a line."""
    counts = Counter((trial.case, trial.point.fate) for trial in done)
    print(f"\n{'command':26}" + "".join(f"{fate:>7}" for fate in _FATES) + f"{'points':>8}{'places':>8}{'wrong':>7}")
    for name in CASES:
        mine = [trial for trial in done if trial.case == name]
        if mine:
            places = len({trial.point.place for trial in mine})
            cells = [f"{counts[name, fate]:7}" for fate in _FATES]
            print(f"{name:26}{''.join(cells)}{len(mine):8}{places:8}{sum(bool(trial.wrong) for trial in mine):7}")
    print(f"{len(done)} points in {seconds:.0f} s, {sum(bool(trial.wrong) for trial in done)} of them wrong")


if __name__ == "__main__":
    sys.exit(main())

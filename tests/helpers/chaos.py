"""Kills and failures at chosen points of a command, and what must hold after them.

    for trial in trials("compact", CASES["compact"], Disk(folder), points=20, seed=7, folder=folder):
        print(trial)

A trial copies a lake, runs a command on it and does to it what its point says: kills it before a call, fails the call, fills the
disk from there on. Then the same command runs undisturbed, and the lake is compared with one that never was disturbed. Points are
drawn by place: first what kind of call where ("linkat documents/_delta_log/N.json"), then which of them; so a commit, of which a
run makes a few, is met as often as the hundreds of writes of part files.

A lake lies on a local disk, whose points are system calls (helpers.syscalls), or on S3, whose points are requests
(helpers.chaos_s3).
"""

from __future__ import annotations

import errno
import importlib
import json
import pickle
import random
import shutil
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from broadsheet.pipelines.cli.main import main
from helpers.chaos_state import compare, find_double, keeps_replaced, state_of
from helpers.places import name_place
from helpers.syscalls import GO_ON, KILL, SHORT, SKIP, Call, Ended, forked, supervised

_TAKES_SPACE = ("write", "pwrite", "writev", "openat", "mkdir", "mkdirat", "rename", "renameat", "renameat2", "link", "linkat")


class Case(NamedTuple):
    """A command under test."""

    command: tuple[str, ...]
    prepare: Callable[[Path, Path], None]
    """Makes the lake that it begins with, and its inputs: called with the lake and the inputs' folder, in a process of its own."""
    same_files: bool = True
    """Whether the repeated command ends with the same files, byte by byte; else with the same rows, whatever batch made them."""
    killed: tuple[str, str] = ("", "")
    """A folder of the inputs whose ingest is killed on the lake before the command, and the place at which."""
    harm: Callable[[Path], None] = lambda _lake: None
    """What is done to the lake last of all."""
    is_sound: bool = True
    """Whether readers can read the lake before the command has ended well."""


class Point(NamedTuple):
    """What is done to a command, and where."""

    fate: str
    """`kill`, `full` (no space from there on), `EIO` (once) or `short` (half of a write is done, once); on S3 one of
    `helpers.broken_wire.FATES`."""
    place: str
    ordinal: int
    """Which call of that place, from 1."""

    def __str__(self) -> str:
        return f"{self.fate} at {self.place} #{self.ordinal}"


class Trial(NamedTuple):
    """What a point did, and what is wrong after it: nothing, hopefully."""

    case: str
    point: Point
    code: int
    wrong: list[str]

    def __str__(self) -> str:
        return f"{self.case}: {self.point}: code {self.code}: {'; '.join(self.wrong) or 'all there once'}"


class Ground(Protocol):
    """Where the lakes of trials lie."""

    @property
    def fates(self) -> Sequence[str]:
        """What may happen to a command there, as often as its share."""

    def fits(self, fate: str, kind: str) -> bool:
        """Whether that can happen to that kind of call."""

    def inputs(self, folder: Path) -> str:
        """Returns where the command finds the inputs that lie in a local folder."""

    def copy(self, base: Path, name: str) -> str:
        """Makes a copy of a local lake; returns its address."""

    def disturbed(self, command: Sequence[str], lake: str, point: Point | None, seen: Counter[str], output: Path) -> Ended:
        """Runs a command and does to it what a point says; counts the calls of each place."""

    def look(self, lake: str) -> Path:
        """Returns a folder with all that the lake holds now."""

    def drop(self, lake: str) -> None:
        """Removes a lake."""


class Disk:
    """Lakes in a local folder."""

    fates = ("kill",) * 5 + ("full",) * 2 + ("EIO",) * 2 + ("short",)

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fits(self, fate: str, kind: str) -> bool:
        if fate == "short":
            return kind == "write"
        return kind in _TAKES_SPACE if fate == "full" else True

    def inputs(self, folder: Path) -> str:
        return str(folder)

    def copy(self, base: Path, name: str) -> str:
        lake = self._folder / name
        if base.exists():
            shutil.copytree(base, lake)
        return str(lake)

    def disturbed(self, command: Sequence[str], lake: str, point: Point | None, seen: Counter[str], output: Path) -> Ended:
        is_full = False

        def decide(call: Call) -> int:
            nonlocal is_full
            place = name_place(call.name, call.path)
            seen[place] += 1
            if point and point.place == place and point.ordinal == seen[place]:
                if point.fate == "kill":
                    return KILL
                if point.fate == "short":
                    return SHORT
                if point.fate == "EIO":
                    return errno.EIO
                is_full = True
            if is_full and call.name in _TAKES_SPACE:
                return errno.ENOSPC
            return SKIP if call.name == "syncfs" else GO_ON  # a killed process needs no flush, which waits for all others

        return supervised(lambda: main([*command, "--lake", lake]), lake, decide, str(output))

    def look(self, lake: str) -> Path:
        return Path(lake)

    def drop(self, lake: str) -> None:
        shutil.rmtree(lake, ignore_errors=True)


def warm_up() -> None:
    """Imports what the commands import when they run, so that forks of this process need not."""
    for name in ("reprocess.reprocess", "maintain.compact", "ingest.ingest", "maintain.vacuum", "maintain.verify"):
        importlib.import_module(f"broadsheet.pipelines.{name}")


def trials(name: str, case: Case, ground: Ground, points: int, seed: int, folder: Path) -> Iterator[Trial]:
    """Draws points and tries them.

    Args:
        name: The case's.
        case: The command.
        ground: Where its lakes lie.
        points: How many.
        seed: Which ones.
        folder: An empty one; what belongs to a trial in which something is wrong is kept.
    """
    base, inputs, output, reference = folder / "base", folder / "inputs", folder / "said", folder / "reference"
    _claim(forked(lambda: case.prepare(base, inputs) or 0, str(output)))
    killed, place = case.killed
    if killed:
        ended = Disk(folder).disturbed(
            ("ingest", str(inputs / killed), "--quiet"), str(base), Point("kill", place, 1), Counter(), output
        )
        if ended.code != -9:
            raise AssertionError(f"it was to be killed at {place}, and ended with {ended.code}: {ended.said}")
    case.harm(base)
    given = ground.inputs(inputs)
    command = [word.replace("INPUTS", given) for word in case.command]
    after, seen = ground.copy(base, "after"), Counter[str]()
    _claim(ground.disturbed(command, after, None, seen, output))
    _claim(forked(lambda: reference.write_bytes(pickle.dumps(state_of(ground.look(after)))) and 0, str(output)))
    for index, point in enumerate(draw(ground, seen, points, f"{seed} {name}")):
        lake = ground.copy(base, f"trial-{index}")
        ended = ground.disturbed(command, lake, point, Counter(), output)
        wrong = _judge_failure(point, ended)
        said = folder / f"said-{index}"
        said.write_text(ended.said)
        judge = partial(_again, case, ground, command, lake, reference, folder / "wrong")
        verdict = forked(judge, str(folder / "again"))
        wrong += json.loads((folder / "wrong").read_text()) if verdict.code == 0 else [f"the judge failed: {verdict.said[-2000:]}"]
        if not wrong:
            ground.drop(lake)
            said.unlink()
        yield Trial(name, point, ended.code, wrong)


def draw(ground: Ground, seen: Counter[str], points: int, seed: str) -> Iterator[Point]:
    """Yields points: a fate and a place by turns, and one of the calls there."""
    rng = random.Random(seed)
    fates = rng.sample(ground.fates, len(ground.fates))
    waiting: dict[str, list[str]] = {}
    for index in range(points):
        fate = fates[index % len(fates)]
        fits = [place for place in sorted(seen) if ground.fits(fate, place.split(" ")[0])]
        left = waiting.setdefault(fate, [])
        if not left:
            left.extend(rng.sample(fits, len(fits)))
        place = left.pop()
        yield Point(fate, place, rng.randint(1, seen[place]))


def _judge_failure(point: Point, ended: Ended) -> list[str]:
    """Returns what is wrong with how a command took a point."""
    if point.fate.startswith("kill"):
        return [] if ended.code in (-9, 0) else [f"killed, but it ended with {ended.code}: {ended.said[-500:]}"]
    wrong = []
    if ended.code not in (0, 1):
        wrong.append(f"exit code {ended.code}")
    if "Traceback" in ended.said:
        wrong.append("a stack trace")
    complaints = [line for line in ended.said.splitlines() if line.startswith("broadsheet: ")]
    if ended.code == 1 and len(complaints) != 1:
        wrong.append(f"{len(complaints)} sentences")
    if point.fate == "short" and ended.code != 0:
        wrong.append("a short write is no failure")
    return [f"{fault}: {ended.said[-1500:]}" for fault in wrong]


def _again(case: Case, ground: Ground, command: Sequence[str], lake: str, reference: Path, verdict: Path) -> int:
    """Repeats a command and writes down what is wrong with the lake before and after; in a process of its own."""
    wrong = []
    try:
        if case.is_sound:
            wrong += [f"before the repetition: {fault}" for fault in find_double(ground.look(lake))]
        code = main([*command, "--lake", lake])
        if code:
            wrong.append(f"the repetition ended with {code}")
        if main(["verify", "--lake", lake, "--deep"]):
            wrong.append("verify finds faults")
        expected = pickle.loads(reference.read_bytes())
        wrong += compare(ground.look(lake), expected, case.same_files, keeps_replaced(case.command))
    except Exception:
        wrong.append(traceback.format_exc())
    verdict.write_text(json.dumps(wrong))
    return 0


def _claim(ended: Ended) -> None:
    if ended.code:
        raise AssertionError(f"an undisturbed run ended with {ended.code}: {ended.said}")

"""Kills and failures at chosen system calls, and what must hold after them.

    for trial in trials(CASES["ingest"], points=20, seed=7, folder=Path("/tmp/chaos")):
        print(trial)

A trial copies a lake, runs a command on it and does to it what its point says (helpers.syscalls): kills it before a call, fails
the call, fills the disk from there on. Then the same command runs undisturbed, and the lake is compared with one that never was
disturbed. Points are drawn by place: first what kind of call where ("linkat documents/_delta_log/*.json"), then which of them; so a
commit, of which a run makes a few, is met as often as the hundreds of writes of part files.
"""

from __future__ import annotations

import errno
import importlib
import json
import pickle
import random
import re
import shutil
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from helpers import lakes
from helpers.syscalls import GO_ON, KILL, SHORT, SKIP, Call, Ended, forked, supervised
from pipelines.cli import main

_TAKES_SPACE = ("write", "pwrite", "writev", "openat", "mkdir", "mkdirat", "rename", "renameat", "renameat2", "link", "linkat")
_NUMBERS = re.compile(r"[0-9a-f]{8,}(-[0-9a-f]+)*|\d+")

_CONTENT = {
    "documents": "select * from documents",
    "rejects": "select * exclude (reject_id, attempts) from rejects",
    "inputs": "select uri, sum(columns(* exclude (uri, fingerprint, batch_id, committed_at))) from inputs group by uri",
}


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
    """`kill`, `full` (no space from there on), `EIO` (once) or `short` (half of a write is done, once)."""
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


class State(NamedTuple):
    """A lake's content: rows by table, and data files with their digests."""

    rows: dict[str, list[str]]
    files: dict[str, str]


def place_of(call: Call) -> str:
    """Returns what kind of call it is and where, without what differs from file to file."""
    folder, _, name = call.path.rpartition("/")
    top = "/".join(part for part in folder.split("/")[:2] if "=" not in part)
    return f"{call.name} {top}/{_NUMBERS.sub('N', name) if '=' not in name else 'PARTITION'}"


def warm_up() -> None:
    """Imports what the commands import when they run, so that forks of this process need not."""
    for name in ("again", "compact", "ingest", "vacuum", "verify"):
        importlib.import_module(f"pipelines.{name}")


def disturbed(command: Sequence[str], lake: Path, point: Point | None, seen: Counter[str], output: Path) -> Ended:
    """Runs a command and does to it what a point says; counts the calls of each place."""
    is_full = False

    def decide(call: Call) -> int:
        nonlocal is_full
        place = place_of(call)
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
        return SKIP if call.name == "sync" else GO_ON  # it would flush all of the machine; what a kill leaves needs no flush

    return supervised(lambda: main([*command, "--lake", str(lake)]), str(lake), decide, str(output))


def trials(name: str, case: Case, points: int, seed: int, folder: Path) -> Iterator[Trial]:
    """Draws points and tries them.

    Args:
        name: The case's.
        case: The command.
        points: How many.
        seed: Which ones.
        folder: An empty one, for lakes; what belongs to a trial in which something is wrong is kept.
    """
    base, inputs, output = folder / "base", folder / "inputs", folder / "said"
    folder.mkdir(parents=True)
    _claim(forked(lambda: case.prepare(base, inputs) or 0, str(output)))
    killed, place = case.killed
    if killed:
        ended = disturbed(("ingest", str(inputs / killed), "--quiet"), base, Point("kill", place, 1), Counter(), output)
        if ended.code != -9:
            raise AssertionError(f"it was to be killed at {place}, and ended with {ended.code}: {ended.said}")
    case.harm(base)
    command = [word.replace("INPUTS", str(inputs)) for word in case.command]
    after, seen = _copy(base, folder / "after"), Counter[str]()
    _claim(disturbed(command, after, None, seen, output))
    _claim(forked(lambda: _remember(after, folder / "reference"), str(output)))
    for index, point in enumerate(draw(seen, points, seed)):
        lake = _copy(base, folder / f"trial-{index}")
        ended = disturbed(command, lake, point, Counter(), output)
        wrong = _judge_failure(point, ended)
        said = folder / f"said-{index}"
        said.write_text(ended.said)
        judge = partial(_again, case, command, lake, folder / "reference", folder / "wrong")
        verdict = forked(judge, str(folder / "again"))
        wrong += json.loads((folder / "wrong").read_text()) if verdict.code == 0 else [f"the judge failed: {verdict.said[-2000:]}"]
        if not wrong:
            shutil.rmtree(lake, ignore_errors=True)
            said.unlink()
        yield Trial(name, point, ended.code, wrong)


def draw(seen: Counter[str], points: int, seed: int) -> Iterator[Point]:
    """Yields points: a fate, a place by turns, and one of the calls there."""
    rng = random.Random(seed)
    fates = ["kill"] * 5 + ["full"] * 2 + ["EIO"] * 2 + ["short"]
    waiting: dict[str, list[str]] = {}
    for index in range(points):
        fate = fates[index % len(fates)] if points >= len(fates) else rng.choice(fates)
        fits = [place for place in sorted(seen) if _fits(fate, place.split(" ")[0])]
        left = waiting.setdefault(fate, [])
        if not left:
            left.extend(rng.sample(fits, len(fits)))
        place = left.pop()
        yield Point(fate, place, rng.randint(1, seen[place]))


def _fits(fate: str, call: str) -> bool:
    if fate == "short":
        return call == "write"
    return call in _TAKES_SPACE if fate == "full" else fate == "kill" or call != "sync"  # sync cannot fail


def _judge_failure(point: Point, ended: Ended) -> list[str]:
    """Returns what is wrong with how a command took a point."""
    if point.fate == "kill":
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


def _again(case: Case, command: Sequence[str], lake: Path, reference: Path, verdict: Path) -> int:
    """Repeats a command and writes down what is wrong with the lake before and after; in a process of its own."""
    wrong = []
    try:
        begun = [lake / table / "_delta_log" / f"{0:020d}.json" for table in lakes.TABLES]
        if case.is_sound and all(path.exists() for path in begun):
            wrong += [f"before the repetition: {fault}" for fault in _find_double(lake)]
        code = main([*command, "--lake", str(lake)])
        if code:
            wrong.append(f"the repetition ended with {code}")
        if main(["verify", "--lake", str(lake), "--deep"]):
            wrong.append("verify finds faults")
        wrong += _compare(case, lake, pickle.loads(reference.read_bytes()))
    except Exception:
        wrong.append(traceback.format_exc())
    verdict.write_text(json.dumps(wrong))
    return 0


def _find_double(lake: Path) -> list[str]:
    ((rows, different),) = lakes.by_delta(lake, "select count(*), count(distinct doc_id) from documents")
    return [f"{rows} documents, {different} different ones"] if rows != different else []


def _compare(case: Case, lake: Path, reference: State) -> list[str]:
    """Returns how a lake differs from what it should be."""
    wrong, state = [], state_of(lake)
    for table in lakes.TABLES:
        lost = Counter(reference.rows[table]) - Counter(state.rows[table])
        more = Counter(state.rows[table]) - Counter(reference.rows[table])
        if lost or more:
            wrong.append(f"{table}: {lost.total()} rows lost, {more.total()} more: {[*lost, *more][:2]}")
        ((by_glob,),) = lakes.by_glob(lake, table, "select count(*) from rows")
        ((by_delta,),) = lakes.by_delta(lake, f"select count(*) from {table}")
        if by_glob != by_delta:
            wrong.append(f"{table}: {by_glob} rows by glob, {by_delta} by Delta")
    wrong += _find_double(lake)
    wrong += [f"left behind: {name}" for name in lakes.leftovers(lake)]
    wrong += _check_log(lake)
    if case.same_files and state.files != reference.files:
        wrong.append(f"other files: {sorted(set(state.files.items()) ^ set(reference.files.items()))[:4]}")
    return wrong


def _check_log(lake: Path) -> list[str]:
    """Returns what is wrong with the logs, read as what they are: files of JSON lines without a gap in their numbers."""
    wrong = []
    for table in lakes.TABLES:
        numbers = sorted(int(path.stem) for path in (lake / table / "_delta_log").glob("*.json"))
        if numbers != list(range(numbers[0], numbers[-1] + 1)):
            wrong.append(f"{table}: versions {numbers}")
        there: set[str] = set()
        for action in lakes.log(lake, table):
            if "add" in action:
                there.add(action["add"]["path"])
            elif "remove" in action:
                there.discard(action["remove"]["path"])
        if numbers[0] == 0 and len(there) != len([path for path in lakes.committed_files(lake) if path.startswith(f"{table}/")]):
            wrong.append(f"{table}: its log adds up to {len(there)} files")
    return wrong


def state_of(lake: Path) -> State:
    """Returns a lake's content, without when and by which batch it came in, and how often that was tried."""
    rows = {}
    for table in lakes.TABLES:
        found = lakes.by_delta(lake, _CONTENT[table])
        rows[table] = sorted(repr(row) for row in found)
    return State(rows, lakes.data_files(lake))


def _remember(lake: Path, reference: Path) -> int:
    reference.write_bytes(pickle.dumps(state_of(lake)))
    return 0


def _copy(base: Path, lake: Path) -> Path:
    if base.exists():
        shutil.copytree(base, lake)
    return lake


def _claim(ended: Ended) -> None:
    if ended.code:
        raise AssertionError(f"an undisturbed run ended with {ended.code}: {ended.said}")

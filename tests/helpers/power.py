"""What a loss of power leaves of a folder that a command is changing: recorded call by call, modelled, and written to disk.

    trace = record(act, folder, output)
    for state in crash_states(trace): state.write(target)

The model keeps names apart from the bytes that they lead to, as file systems do. A write is durable after an fsync of its file, a
name after an fsync of its folder, everything after a syncfs. What is not durable may be there or not, and file systems differ in
that, so each point of a trace has several outcomes:

    adverse    removals happened at once, new names only where their folder was flushed, and bytes only where their file was
    strict     nothing happened that was not flushed
    empty      all names are there (a journal was committed), files have the bytes that were flushed of them: often none
    zeroed     all names are there, bytes that were not flushed are zeros (XFS, ext4 with data=writeback)
    torn       all names are there, of each file that was not flushed the first half is new
    mixed      a journal's prefix of the names, and of each file any of these, drawn by a seed
"""

from __future__ import annotations

import hashlib
import os
import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Optional

from helpers.places import name_place
from helpers.syscalls import GO_ON, Call, Ended, bytes_at, file_of, supervised, text_at

OUTCOMES = ("adverse", "strict", "empty", "zeroed", "torn", "mixed")


class Step(NamedTuple):
    """A change of the folder."""

    kind: str
    """`create`, `resize`, `write`, `link`, `rename`, `unlink`, `mkdir`, `rmdir`, `flush` (a file or a folder) or `flush all`."""
    path: str = ""
    other: str = ""
    """What is linked or renamed to."""
    offset: int = 0
    data: bytes = b""

    @property
    def place(self) -> str:
        """Its place, without what differs from file to file."""
        return name_place(self.kind, self.other or self.path)


class Trace(NamedTuple):
    """What a command did to a folder: what was there before, and its steps."""

    before: dict[str, Optional[bytes]]
    """Files by their paths, `None` for folders."""
    steps: list[Step]
    modified: dict[str, float]
    """When the files that were there before were changed: some commands look at the age of a file."""


class _File:
    """The bytes of a file: as they are, and as they were when they were flushed last."""

    def __init__(self, data: bytes = b"", flushed: bytes | None = None) -> None:
        self.data = bytearray(data)
        self.flushed = data if flushed is None else flushed

    def change(self, step: Step) -> None:
        """Takes a step that changes its bytes."""
        if step.kind == "resize":
            del self.data[step.offset :]
        self.data.extend(bytes(max(0, step.offset - len(self.data))))
        if step.kind == "write":
            self.data[step.offset : step.offset + len(step.data)] = step.data

    def after(self, outcome: str, rng: random.Random) -> bytes:
        """Returns what a loss of power leaves of it."""
        data = bytes(self.data)
        if data == self.flushed:
            return data
        if outcome == "mixed":
            outcome = rng.choice(("empty", "zeroed", "torn", "whole"))
        if outcome == "zeroed":
            return self.flushed if len(self.flushed) >= len(data) else self.flushed + bytes(len(data) - len(self.flushed))
        if outcome == "torn":
            return data[: len(data) // 2] + self.flushed[len(data) // 2 :]
        return data if outcome == "whole" else self.flushed


class _Folder:
    """A folder's names as they are, and the two ways in which names survive that were not flushed: see `OUTCOMES`."""

    def __init__(self, before: dict[str, Optional[bytes]]) -> None:
        self.now: dict[str, _File | None] = {path: None if data is None else _File(data) for path, data in before.items()}
        self.strict = dict(self.now)
        self.adverse = dict(self.now)
        self._pending: dict[str, dict[str, _File | None]] = {}
        self._gone: dict[str, set[str]] = {}

    def apply(self, step: Step) -> bool:
        """Takes a step; returns whether it changed anything: a call that fails does not."""
        if not self._works(step):
            return False
        file = self.now.get(step.path)
        if step.kind in ("create", "mkdir"):
            self._add(step.path, _File(b"", b"") if step.kind == "create" else None)
        elif step.kind in ("link", "rename"):
            self._add(step.other, file)
        elif step.kind == "flush all":
            self._flush_all()
        elif step.kind == "flush":
            self._flush(step.path)
        elif file and step.kind in ("write", "resize"):
            file.change(step)
        if step.kind in ("rename", "unlink", "rmdir"):
            self._remove(step.path)
        return True

    def _works(self, step: Step) -> bool:
        if step.kind == "create":
            return step.path not in self.now
        if step.kind == "mkdir":
            return step.path not in self.now and os.path.dirname(step.path) in self.now
        if step.kind == "link" and step.other in self.now:
            return False
        return step.kind.startswith("flush") or step.path in self.now

    def _flush(self, path: str) -> None:
        file = self.now.get(path)
        if file is not None:
            file.flushed = bytes(file.data)
        elif path in self.now:
            self._flush_folder(path)

    def _flush_all(self) -> None:
        for path in self.now:
            self._flush(path)
        for folder in {*self._pending, *self._gone}:
            self._flush_folder(folder)

    def _add(self, path: str, file: _File | None) -> None:
        self.now[path] = file
        self._pending.setdefault(os.path.dirname(path), {})[path] = file
        self._gone.get(os.path.dirname(path), set()).discard(path)

    def _remove(self, path: str) -> None:
        del self.now[path]
        self.adverse.pop(path, None)
        self._pending.get(os.path.dirname(path), {}).pop(path, None)
        self._gone.setdefault(os.path.dirname(path), set()).add(path)

    def _flush_folder(self, folder: str) -> None:
        added = self._pending.pop(folder, {})
        self.strict.update(added)
        self.adverse.update(added)
        for path in self._gone.pop(folder, set()):
            self.strict.pop(path, None)


class State(NamedTuple):
    """What a loss of power leaves after so many steps."""

    step: int
    outcome: str
    place: str
    """Of the last step."""
    files: dict[str, Optional[bytes]]
    modified: dict[str, float]

    @property
    def digest(self) -> str:
        """The same for states that hold the same."""
        digest = hashlib.blake2b(digest_size=16)
        for path, data in sorted(self.files.items()):
            digest.update(f"{path}\0{-1 if data is None else len(data)}\0".encode())
            digest.update(data or b"")
        return digest.hexdigest()

    def write(self, target: Path) -> None:
        """Writes it to a folder that does not exist."""
        target.mkdir()
        for path, data in sorted(self.files.items()):
            if data is None:
                (target / path).mkdir(parents=True, exist_ok=True)
            else:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                (target / path).write_bytes(data)
                if path in self.modified:
                    os.utime(target / path, (self.modified[path],) * 2)


def crash_states(trace: Trace, seed: int = 0, wanted: Callable[[int, str], bool] = lambda _step, _outcome: True) -> Iterator[State]:
    """Yields what a loss of power leaves before the first step, and after each: every outcome, in order.

    Args:
        trace: What the command did.
        seed: Draws what is left to chance.
        wanted: Which of them, by the number of steps taken and the outcome.
    """
    folder = _Folder(trace.before)
    journal = [dict(folder.now)]
    for number in range(len(trace.steps) + 1):
        place = "the beginning"
        if number:
            step = trace.steps[number - 1]
            place = step.place
            folder.apply(step)
            if step.kind.startswith("flush"):
                journal = []  # ext4 and XFS commit their journal, and all names with it
            journal.append(dict(folder.now))
        for outcome in OUTCOMES:
            if wanted(number, outcome):
                rng = random.Random(f"{seed} {number} {outcome}")
                names = {"adverse": folder.adverse, "strict": folder.strict}.get(outcome, folder.now)
                if outcome == "mixed":
                    names = rng.choice(journal)
                yield State(number, outcome, place, _contents(names, outcome, rng), trace.modified)


def _contents(names: dict[str, _File | None], outcome: str, rng: random.Random) -> dict[str, Optional[bytes]]:
    """Returns paths and bytes; what lies in a folder that is not there is not there either."""
    found: dict[str, Optional[bytes]] = {}
    for path, file in sorted(names.items()):
        if path == "":
            continue
        parent = os.path.dirname(path)
        if parent and found.get(parent, b"") is not None:
            continue
        found[path] = None if file is None else file.after(outcome, rng)
    return found


def record(act: Callable[[], int], folder: Path, output: str) -> tuple[Ended, Trace]:
    """Runs a function in a forked process and records how it changes a folder; see `helpers.syscalls.supervised`."""
    before: dict[str, Optional[bytes]] = {"": None}
    for path in sorted(folder.rglob("*")):
        before[path.relative_to(folder).as_posix()] = None if path.is_dir() else path.read_bytes()
    modified = {path: (folder / path).stat().st_mtime for path, data in before.items() if data is not None}
    steps: list[Step] = []
    model = _Folder(before)

    def decide(call: Call) -> int:
        steps.extend(step for step in _steps_of(call, str(folder)) if model.apply(step))
        return GO_ON

    ended = supervised(act, str(folder), decide, output)
    trace = Trace(before, steps, modified)
    expected = _contents(model.now, "mixed", random.Random())
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        file = model.now.get(name)
        if name not in model.now or (path.is_file() and (file is None or bytes(file.data) != path.read_bytes())):
            raise AssertionError(f"{name} is not what was recorded")
        expected.pop(name, None)
    if expected:
        raise AssertionError(f"{min(expected)} was recorded and is not there")
    return ended, trace


def _steps_of(call: Call, folder: str) -> Iterator[Step]:
    """Yields what a system call is going to do, if it works."""
    arguments, path = call.arguments, call.path
    if call.name == "openat":
        flags = arguments[2]
        if flags & os.O_CREAT:
            yield Step("create", path)
        if flags & os.O_TRUNC:
            yield Step("resize", path, offset=0)
    elif call.name in ("write", "pwrite", "writev"):
        _, position, flags = file_of(call.pid, arguments[0])
        size = os.stat(f"/proc/{call.pid}/fd/{arguments[0]}").st_size
        offset = arguments[3] if call.name == "pwrite" else size if flags & os.O_APPEND else position
        yield Step("write", path, offset=offset, data=_written(call))
    elif call.name in ("ftruncate", "truncate"):
        yield Step("resize", path, offset=arguments[1])
    elif call.name in ("rename", "renameat", "renameat2", "link", "linkat"):
        old = arguments[0] if call.name in ("rename", "link") else arguments[1]
        source = text_at(call.pid, old)
        if not source.startswith(f"{folder}/"):
            raise AssertionError(f"{source} comes into the lake from elsewhere")
        yield Step(call.name.removesuffix("at2").removesuffix("at"), source[len(folder) + 1 :], path)
    elif call.name in ("mkdir", "mkdirat"):
        yield Step("mkdir", path)
    elif call.name in ("unlink", "unlinkat", "rmdir"):
        yield Step("rmdir" if call.name == "rmdir" else "unlink", path)
    elif call.name in ("fsync", "fdatasync"):
        yield Step("flush", path)
    elif call.name == "syncfs":
        yield Step("flush all", path)
    else:
        raise AssertionError(f"{call.name} of {path} is not modelled")


def _written(call: Call) -> bytes:
    if call.name != "writev":
        return bytes_at(call.pid, call.arguments[1], call.arguments[2])
    vectors = bytes_at(call.pid, call.arguments[1], 16 * call.arguments[2])
    return b"".join(bytes_at(call.pid, *each) for each in struct.iter_unpack("QQ", vectors))

"""Applies a rule in another process to a record that may take for ever or use all memory.

    result = call(rule, record, limits)      # what rule(record) returns, or RecordError "timeout"

A regular expression that backtracks for years, or a parser in C that loops, blocks the whole interpreter, and no thread can be
stopped. A process can be killed. So *risky* records (long ones, and those for a third-party extractor; see `record_stage`) are sent
through a pipe to a worker process. A timer of the system kills it when its time is up, whatever it is doing, and even if this
process has died. The next risky record gets a new worker.

The memory of a worker is limited too, beyond what it needed to start. If a worker holds more than a quarter of that limit between
two records, it is replaced, because nothing else returns what a C library leaks. There are as many workers as threads that need one
at the same time. Processes that share a run take turns at records of more than `TURN_LENGTH` (`take_turns`), so that the memory for
the largest records is needed once and not once per process.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import pickle
import resource
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO, Any, NamedTuple, cast

from broadsheet.schemas.errors import RecordError, as_record_error
from broadsheet.transforms.limits import ResourceLimits

_SERVE = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from broadsheet.transforms.sandbox import serve; serve()"
_LENGTH = struct.Struct("<Q")

TURN_LENGTH = 2_000_000
"""Characters, or bytes, of a record from which processes take turns. Stripping takes about 50 bytes of memory per character, so
that a shorter record takes at most 100 MB."""


class _Answer(NamedTuple):
    result: Any
    error: RecordError | None


def call(rule: Callable[[Any], Any], record: Any, limits: ResourceLimits, length: int = 0) -> Any:
    """Applies a rule to a record in a worker process.

    Args:
        rule: A function that pickle finds by name, or a `functools.partial` of one; the same holds for the parts of the record.
        record: What it is applied to.
        limits: Its `seconds` and `worker_bytes`.
        length: The record's characters or bytes.

    Raises:
        RecordError: The rule's own; otherwise reason `timeout`, `too_much_memory` or `worker_died`.
    """
    with _turn if length > TURN_LENGTH else contextlib.nullcontext():
        worker = _take(limits.worker_bytes)
        try:
            answer, last = worker.ask(pickle.dumps((rule, record, limits.seconds), pickle.HIGHEST_PROTOCOL))
        except (BrokenPipeError, EOFError):
            raise _died(worker.wait(), limits) from None
        if last:
            worker.wait()
        else:
            _give_back(worker)
    if answer.error:
        raise answer.error
    return answer.result


def _died(status: int, limits: ResourceLimits) -> RecordError:
    if status == -signal.SIGALRM:
        return RecordError("timeout", f"it took longer than {limits.seconds:g} s (--limit seconds)")
    if status == -signal.SIGKILL:
        return RecordError("too_much_memory", "the system killed the worker, as it does when memory is short")
    how = signal.Signals(-status).name if status < 0 else f"exit code {status}"
    return RecordError("worker_died", f"the worker process ended with {how}")


class _Worker:
    """A worker process, seen from this process."""

    def __init__(self, limit: int) -> None:
        """Starts it; it answers once it has imported what it needs.

        Args:
            limit: Bytes that it may need beyond those that it starts with.
        """
        self.limit = limit
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, json.dumps(sys.path), str(limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # messages of libraries contain words of the page
        )
        self._requests, self._answers = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)

    def ask(self, request: bytes) -> tuple[_Answer, bool]:
        """Returns the answer, and whether it is the worker's last.

        Raises:
            BrokenPipeError, EOFError: The worker ended without one.
        """
        _put(self._requests, request)
        frame = memoryview(_get(self._answers))
        return cast(_Answer, pickle.loads(frame[1:])), frame[0] == 1

    def wait(self) -> int:
        """Waits for its end; returns its exit code, or the negative number of the signal that killed it."""
        with contextlib.suppress(BrokenPipeError):
            self._requests.close()
        self._answers.close()
        return self._process.wait()


_idle: list[_Worker] = []
_lock = threading.Lock()
_turn: contextlib.AbstractContextManager[Any] = contextlib.nullcontext()


def take_turns(lock: contextlib.AbstractContextManager[Any]) -> None:
    """Makes the calls of this process take turns at large records with those of others that hold the same lock."""
    global _turn
    _turn = lock


def _take(limit: int) -> _Worker:
    with _lock:
        for index, worker in enumerate(_idle):
            if worker.limit == limit:
                return _idle.pop(index)
    return _Worker(limit)


def _give_back(worker: _Worker) -> None:
    with _lock:
        _idle.append(worker)


@atexit.register
def close() -> None:
    """Ends the idle workers. They also end when this process does, however it ends."""
    with _lock:
        workers, _idle[:] = list(_idle), []
    for worker in workers:
        worker.wait()


def _put(pipe: IO[bytes], frame: bytes) -> None:
    pipe.write(_LENGTH.pack(len(frame)))
    pipe.write(frame)
    pipe.flush()


def _get(pipe: IO[bytes]) -> bytes:
    """Reads a frame.

    Raises:
        EOFError: The other side has ended.
    """
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    frame = pipe.read(length)
    if len(frame) < length:
        raise EOFError
    return frame


def serve() -> None:
    """Runs a worker: answers requests until there are no more. Only ever called in a process made for it."""
    import broadsheet.transforms.coders  # noqa: F401  (what every rule needs, before memory and time are limited)

    limit = int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing may print into an answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the run, and the end of the run ends this
    _limit_memory(limit)
    while True:
        try:
            request = [_get(sys.stdin.buffer)]
        except EOFError:
            return
        last = False
        try:
            answer = pickle.dumps(_answer(request), pickle.HIGHEST_PROTOCOL)
        except MemoryError:
            error = RecordError("too_much_memory", f"it needs more than {limit} bytes (--limit worker-mb)")
            answer, last = pickle.dumps(_Answer(None, error)), True
        signal.setitimer(signal.ITIMER_REAL, 0)
        if not last and 4 * resident_bytes() > limit:
            gc.collect()
            last = 4 * resident_bytes() > limit
        _put(answers, b"\1" + answer if last else b"\0" + answer)
        if last:
            return


def _answer(request: list[bytes]) -> _Answer:
    rule, record, seconds = pickle.loads(request.pop())  # the bytes of a large record are not kept beside it
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return _Answer(rule(record), None)
    except MemoryError:
        raise
    except Exception as error:
        return _Answer(None, as_record_error(error))


def _limit_memory(limit: int) -> None:
    """Limits the address space. Without /proc (macOS, which ignores such a limit anyway) only the timer counts."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            mapped = int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (mapped + limit, mapped + limit))


def resident_bytes() -> int:
    """Returns the memory that this process holds, 0 if the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return 0

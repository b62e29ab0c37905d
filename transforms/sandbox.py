"""A process beside this one in which a rule works on a record that may never end, or eat all memory.

    result = call(rule, record, limits)      # what rule(record) returns, or RecordError "timeout"

A regular expression that backtracks for years, or a parser in C that loops, holds the whole interpreter: no thread can be told to
stop. A process can be killed. So records that are *risky* (long, or for a third party's extractor; see `record_stage`) go
through a pipe to a worker process. The system's timer ends it when its time is up, whatever it is doing, and whether or not this
process still lives; the next risky record gets a new one.

Its memory is limited too, beyond what it needed to start; and once it holds more than half of that between two records it is
replaced, for what a C library leaks nobody else gives back. There are as many workers as threads that need one at the same time.
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


class _Answer(NamedTuple):
    result: Any
    error: RecordError | None


def call(rule: Callable[[Any], Any], record: Any, limits: ResourceLimits) -> Any:
    """Applies a rule to a record in a worker process.

    Args:
        rule: A function that pickle knows by name, or a `functools.partial` of one; the same for what the record is made of.
        record: What it is applied to.
        limits: Its `seconds` and `worker_bytes`.

    Raises:
        RecordError: The rule's own; else reason `timeout`, `too_much_memory` or `worker_died`.
    """
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
        return RecordError("timeout", f"it took longer than {limits.seconds:g} s (--max-seconds)")
    if status == -signal.SIGKILL:
        return RecordError("too_much_memory", "the system killed the worker, as it does where memory is short")
    how = signal.Signals(-status).name if status < 0 else f"exit code {status}"
    return RecordError("worker_died", f"the worker process ended with {how}")


class _Worker:
    """A worker process, seen from here."""

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
            stderr=subprocess.DEVNULL,  # what libraries say of a page holds the page's own words
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
        """Waits for its end; returns its exit code, or the negative number of the signal that ended it."""
        with contextlib.suppress(BrokenPipeError):
            self._requests.close()
        self._answers.close()
        return self._process.wait()


_idle: list[_Worker] = []
_lock = threading.Lock()


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
    """Ends the idle workers. They end by themselves when this process does, however it ends."""
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
    import broadsheet.transforms.coders  # noqa: F401  (what every rule needs, before memory is limited and the clock ticks)

    limit = int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints, does not print into an answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the run, and the end of the run ends this
    _limit_memory(limit)
    while True:
        try:
            request = _get(sys.stdin.buffer)
        except EOFError:
            return
        last = False
        try:
            answer = pickle.dumps(_answer(request), pickle.HIGHEST_PROTOCOL)
        except MemoryError:
            error = RecordError("too_much_memory", f"it needs more than {limit} bytes (--max-worker-mb)")
            answer, last = pickle.dumps(_Answer(None, error)), True
        signal.setitimer(signal.ITIMER_REAL, 0)
        del request
        if not last and 2 * _resident() > limit:
            gc.collect()
            last = 2 * _resident() > limit
        _put(answers, b"\1" + answer if last else b"\0" + answer)
        if last:
            return


def _answer(request: bytes) -> _Answer:
    rule, record, seconds = pickle.loads(request)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return _Answer(rule(record), None)
    except MemoryError:
        raise
    except Exception as error:
        return _Answer(None, as_record_error(error))


def _limit_memory(limit: int) -> None:
    """ResourceLimits the address space; systems without /proc (macOS, which heeds no such limit either) go by the timer alone."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            mapped = int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (mapped + limit, mapped + limit))


def _resident() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return 0

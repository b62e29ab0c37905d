"""Ends work that takes far longer than its input explains: a pattern that explodes, or quadratic work on a megabyte."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_CPU_S = 120
"""Linear work on the inputs of these tests takes at most 10 s on a slow and busy machine; quadratic work takes many minutes."""


@contextmanager
def no_runaway() -> Iterator[None]:
    """Fails the test once its process has used `_CPU_S` seconds of CPU time in this block.

    This is a guard against work without end, never a measure of speed: those are in benchmarks/.
    """

    def fail(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"still at work after {_CPU_S} s of CPU time")

    before = signal.signal(signal.SIGPROF, fail)
    signal.setitimer(signal.ITIMER_PROF, _CPU_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)

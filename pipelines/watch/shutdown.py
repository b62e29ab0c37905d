"""Ends a watch on SIGTERM or SIGINT: after the commit that is in progress, not in the middle of it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(BaseException):
    """The end was requested while nothing was in progress. This is not an error, and no retry may catch it."""


class Stop:
    """Whether the user wants the watch to end."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.idle = False
        """Whether the current step can be left at once: the process is waiting for another's lock."""

    def request(self) -> None:
        """Asks for an end."""
        self._event.set()

    @property
    def requested(self) -> bool:
        """Whether somebody asked."""
        return self._event.is_set()

    def wait(self, seconds: float) -> None:
        """Waits, at most until somebody asks."""
        self._event.wait(seconds)


@contextmanager
def stop_by_signal() -> Iterator[Stop]:
    """Catches the two signals while it is entered; a second signal interrupts at once.

    Raises:
        KeyboardInterrupt: The second signal; the next run finishes what was in progress.
        Stopped: The first signal, if nothing was in progress.
    """
    stop = Stop()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if stop.requested:
            raise KeyboardInterrupt
        stop.request()
        if stop.idle:
            raise Stopped

    if threading.current_thread() is not threading.main_thread():
        yield stop  # only a main thread may catch signals; the thread of a test requests the end itself
        return
    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

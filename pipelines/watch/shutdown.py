"""Stop: SIGTERM and SIGINT end a watch behind the commit that is under way, not in the middle of it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(BaseException):
    """The end was asked for while nothing was under way; no error, and none that a retry may catch."""


class Stop:
    """Whether the user wants an end."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.idle = False
        """Whether what is under way may be left at once: somebody else's lock is waited for."""

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
    """Catches the two signals for as long as it is entered; the second one of a person who cannot wait interrupts at once.

    Raises:
        KeyboardInterrupt: The second signal; what is under way is finished by the next run.
        Stopped: The first, where nothing was under way.
    """
    stop = Stop()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if stop.requested:
            raise KeyboardInterrupt
        stop.request()
        if stop.idle:
            raise Stopped

    if threading.current_thread() is not threading.main_thread():
        yield stop  # only a main thread may catch signals; a test's thread asks for itself
        return
    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

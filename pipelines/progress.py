"""How a run tells its user where it is: a moving line on a terminal, plain lines where there is none.

Time left is estimated by the bytes of inputs, which are known beforehand.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TextIO

from rich.console import Console
from rich.status import Status

_PLAIN_EVERY_S = 10.0
"""Least time between two plain lines, so that a night's log stays readable."""


class Progress:
    """Tells how a run goes.

    Args:
        stream: Where to.
        quiet: Say nothing at all.
    """

    def __init__(self, stream: TextIO, quiet: bool = False) -> None:
        self._console = Console(file=stream, quiet=quiet, highlight=False, soft_wrap=True)
        self._status: Status | None = None
        self._started = self._last = time.monotonic()
        self._inputs = self._bytes = self._done_inputs = self._done_bytes = 0

    def waiting(self) -> None:
        """Another process writes to the lake."""
        self._console.print("another ingest is writing to this lake; waiting for it to end")

    def resuming(self, batch_id: str) -> None:
        """A batch that a former run left unfinished is brought to its end."""
        self._console.print(f"finishing batch {batch_id[:12]}, which a former run began")

    def start(self, inputs: int, size: int, matched: int) -> None:
        """The new inputs are known."""
        self.stop()
        self._started = time.monotonic()
        self._inputs, self._bytes, self._done_inputs, self._done_bytes = inputs, size, 0, 0
        known = f" ({matched - inputs:,} of {matched:,} are in the lake already)" if matched > inputs else ""
        self._console.print(f"{inputs:,} new inputs, {human_bytes(size)}{known}")
        if inputs and self._console.is_terminal:
            self._status = self._console.status("reading the first batch")
            self._status.start()

    def advance(self, inputs: int, size: int, books: Mapping[str, int]) -> None:
        """A batch was committed; `books` are the sums of the run so far."""
        self._done_inputs += inputs
        self._done_bytes += size
        now = time.monotonic()
        if self._status:
            self._status.update(self._line(now, books))
        elif now - self._last >= _PLAIN_EVERY_S:
            self._console.print(self._line(now, books))
            self._last = now

    def stop(self) -> None:
        """The run is over."""
        if self._status:
            self._status.stop()
            self._status = None

    def _line(self, now: float, books: Mapping[str, int]) -> str:
        elapsed = max(now - self._started, 1e-9)
        share = self._done_bytes / self._bytes if self._bytes else 1.0
        left = elapsed * (1 - share) / share if share else 0.0
        return (
            f"{self._done_inputs:,} of {self._inputs:,} inputs ({share:.0%}), {books.get('documents', 0):,} documents, "
            f"{self._done_inputs / elapsed:,.0f} inputs/s, {human_time(left)} left"
        )


def human_bytes(size: float) -> str:
    """Returns a size for people: `3.4 MB`."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def human_time(seconds: float) -> str:
    """Returns a time span for people: `3 min 20 s`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"

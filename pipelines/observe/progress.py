"""Shows how far a run is: a moving line on a terminal, plain lines elsewhere.

Time left is estimated by the bytes of inputs, which are known beforehand, and within a batch by the characters of the pages that
came through it. How many there are to a byte the batches before it tell.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TextIO

from rich.console import Console
from rich.live import Live

from broadsheet.pipelines.observe.terminal import visible
from broadsheet.transforms.progress_counter import beats

_PLAIN_EVERY_S = 10.0
"""Least time between two plain lines, so that a night's log stays readable."""

_NAME_CELLS = 40
"""Characters of a file name that are shown: a line is about 120 characters then."""

_THROUGH = 0.8
"""Share of a batch's time after which its last page has come to the last stage, and rows are yet to be compared, written and
committed: 0.76 to 0.79 of the CPU time of batches of 500 dumps."""


class Progress:
    """Shows how a run proceeds.

    Args:
        stream: Where to.
        quiet: Say nothing at all.
    """

    def __init__(self, stream: TextIO, quiet: bool = False) -> None:
        self._console = Console(file=stream, quiet=quiet, highlight=False, soft_wrap=True)
        self._live: Live | None = None
        self._last = 0.0
        self._done_inputs = self._done_bytes = self._documents = 0
        self._begin(0, 0)

    def tell(self, words: str) -> None:
        """Something that the user should know."""
        self._console.print(words)

    def waiting(self) -> None:
        """Another process writes to the lake."""
        self._console.print("another ingest is writing to this lake; waiting for it to end")

    def resuming(self, batch_id: str) -> None:
        """A batch that a former run left unfinished is brought to its end."""
        self._console.print(f"finishing batch {batch_id[:12]}, which a former run began")

    def learned(self, lines: int, sources: int) -> None:
        """Templates were learned before the run."""
        self._console.print(f"learned {lines:,} lines of boilerplate of {sources:,} sources")

    def start(self, inputs: int, size: int, matched: int) -> None:
        """The new inputs are known."""
        self.stop()
        self._done_inputs = self._done_bytes = 0
        self._begin(inputs, size)
        known = f" ({matched - inputs:,} of {matched:,} are in the lake already)" if matched > inputs else ""
        self._console.print(f"{inputs:,} new inputs, {human_bytes(size)}{known}")
        if inputs and self._console.is_terminal:
            self._live = Live(get_renderable=self.line, console=self._console, refresh_per_second=2, transient=True)
            self._live.start()

    def batch(self, inputs: int, size: int, characters: int, first: str = "") -> None:
        """A batch begins.

        Args:
            inputs: How many it has.
            size: Their bytes.
            characters: How many they may hold, estimated from names and sizes.
            first: The uri of the first of them; a batch reads its inputs in parallel, so which one is read now is not known.
        """
        self._first = first.rstrip("/").rpartition("/")[2]
        self._batch_inputs, self._batch_bytes, self._batch_characters, self._beats_before = inputs, size, characters, beats()

    def advance(self, books: Mapping[str, int]) -> None:
        """The batch was committed; `books` are the sums of the run so far."""
        self._done_inputs += self._batch_inputs
        self._done_bytes += self._batch_bytes
        self._guessed += self._batch_characters
        self._counted += beats() - self._beats_before
        self._documents = books.get("documents", 0)
        self.batch(0, 0, 0)
        now = time.monotonic()
        if not self._live and now - self._last >= _PLAIN_EVERY_S:
            self._console.print(self.line())
            self._last = now

    def stop(self) -> None:
        """The run is over."""
        if self._live:
            self._live.stop()
            self._live = None

    def line(self) -> str:
        """Returns where the run is: inputs, share, inputs/s, the time left, and which files are being read."""
        expected = self._batch_characters * (self._counted / self._guessed if self._counted else 1.0)
        share_of_batch = _THROUGH * min((beats() - self._beats_before) / expected, 1.0) if expected else 0.0
        inputs = self._done_inputs + int(self._batch_inputs * share_of_batch)
        done = self._done_bytes + self._batch_bytes * share_of_batch
        elapsed = max(time.monotonic() - self._started, 1e-9)
        share = done / self._bytes if self._bytes else 1.0
        left = f"{human_time(elapsed * (1 - share) / share)} left" if share else "starting"
        return (
            f"{inputs:,} of {self._inputs:,} inputs ({share:.0%}), {self._documents:,} documents committed, "
            f"{inputs / elapsed:,.0f} inputs/s, {left}{self._reading()}"
        )

    def _reading(self) -> str:
        """Returns which files the batch reads, or nothing between batches."""
        if not self._first:
            return ""
        more = f" and {self._batch_inputs - 1:,} more" if self._batch_inputs > 1 else ""
        return f", reading {visible(self._first[:_NAME_CELLS])}{more}"

    def _begin(self, inputs: int, size: int) -> None:
        self._started = time.monotonic()
        self._inputs, self._bytes = inputs, size
        self._guessed = self._counted = 0
        self.batch(0, 0, 0)


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

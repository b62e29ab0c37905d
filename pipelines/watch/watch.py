"""Polls for new inputs and commits them in batches, so that what arrives is in the lake a moment later.

    broadsheet watch /data/pages --lake /data/lake --every 30s

A poll does the same as a run of `ingest`: it finds what is new by the ledger, sends it through the pipeline and commits it, on any
runner. Progress is kept only in the lake, so a watch may be killed at any moment and started again on any machine. What it keeps
between polls (models, profiles, the digests of the ledger) only saves time.

A poll is bounded: it takes batch after batch of `--batch-mb`, oldest inputs first, until the interval is over. The rest waits for
the next poll, which then follows at once. A poll that fails is reported once, and tried again after growing pauses.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple, Optional

import pyarrow as pa

from broadsheet.pipelines.ingest.ingest import Poll, poll_once
from broadsheet.pipelines.ingest.memory import give_back
from broadsheet.pipelines.ingest.options import IngestOptions, topics_of
from broadsheet.pipelines.inputs.input_scanner import Arrivals, Watched
from broadsheet.pipelines.observe.metrics import serve_metrics, write_metrics
from broadsheet.pipelines.observe.progress import Progress, human_bytes
from broadsheet.pipelines.observe.terminal import say
from broadsheet.pipelines.watch.shutdown import Stop, Stopped, stop_by_signal
from broadsheet.pipelines.watch.unbounded import Stream
from broadsheet.pipelines.watch.watch_state import Standing, clock, oldest, watch_metrics, write_standing
from broadsheet.schemas.errors import ConfigError, LostOffsetsError
from broadsheet.transforms.lake.protocol.delta_tables import create_tables
from broadsheet.transforms.lake.protocol.files import Lake

_LONGEST_PAUSE_S = 300.0
"""Longest pause between two tries of a poll that fails: a lake that is back is found within five minutes."""


class WatchOptions(NamedTuple):
    """What the user decides about a watch."""

    ingest: IngestOptions
    watched: Watched
    every_s: float = 30.0
    max_turns: Optional[int] = None
    until_idle: bool = False
    """Whether to end when a poll finds nothing."""
    metrics_file: Optional[str] = None
    metrics_port: Optional[int] = None
    quiet: bool = False
    flink: Optional[str] = None
    """The address of Flink's REST interface, for an unbounded pipeline that runs there."""
    unbounded: bool = False
    """Whether one unbounded pipeline does the work (`watch.unbounded`), and a poll only checks what it has done."""


def watch(options: WatchOptions, beam_args: Sequence[str] = ()) -> Standing:
    """Polls until a signal, or until the options say so.

    Returns:
        Its state when it ended.

    Raises:
        ConfigError: At the first poll: an input does not exist, or cannot be used as it is meant. Later failures are tried again.
        LostOffsetsError: A broker has deleted messages before they were read.
    """
    watching = _Watch(options, beam_args)
    with serve_metrics(options.metrics_port, lambda: watch_metrics(watching.standing)), stop_by_signal() as stop:
        try:
            with suppress(Stopped):
                watching.run(stop)
        finally:
            watching.end()
    return watching.standing


class _Watch:
    """One watch: its options and its state."""

    def __init__(self, options: WatchOptions, beam_args: Sequence[str]) -> None:
        self._options = options
        self._beam_args = beam_args
        self._stream: Stream | None = None
        self._lake = Lake.at(options.ingest.lake)
        watched = options.watched
        paths = [path if "://" in path else os.path.abspath(path) for path in options.ingest.inputs]
        kept = {"manifest": watched.manifest, "done": watched.done, "kafka_config": options.ingest.read.kafka_config}
        self.standing = Standing(paths, options.every_s, kept)

    def run(self, stop: Stop) -> None:
        """Polls."""
        self.standing.started_at = time.time()
        self._say(f"watching {', '.join(self.standing.inputs)}, every {self._options.every_s:g} s")
        arrivals = Arrivals(self._lake, self._options.watched, stop.wait, topics_of(self._options.ingest, self._say))
        if self._options.unbounded:
            own = self._options
            self._stream = Stream(self._lake, own.watched, own.ingest, own.every_s, self._beam_args, stop.wait, own.flink)
        while not stop.requested:
            began = time.monotonic()
            turn = self._try(partial(self._turn, arrivals, stop, began))
            self.standing.turns += 1
            self.standing.turn_s = time.monotonic() - began
            self._report()
            if turn is None or turn.batches:
                give_back()
            is_idle = turn is not None and not turn.batches and not turn.waiting and not arrivals.is_behind
            if self.standing.turns == self._options.max_turns or (self._options.until_idle and is_idle):
                return
            stop.wait(self._pause_s(turn, began, arrivals.is_behind))

    def end(self) -> None:
        """Records that it ended."""
        self.standing.ended_at = time.time()
        self._report()
        books = self.standing.books
        self._say(f"ended after {self.standing.turns:,} turns: {books.get('inputs', 0):,} inputs, {_outcomes(books)}")
        if self._stream:
            self._stream.end()

    def _turn(self, arrivals: Arrivals, stop: Stop, began: float) -> Poll:
        create_tables(self._lake, self._options.ingest.contract)
        arrivals.look()
        left: list[pa.Table] = []

        def find() -> pa.Table:
            left[:] = [arrivals.find_new()]
            return left[0]

        def go_on() -> bool:
            in_time = time.monotonic() - began < self._options.every_s
            return not stop.requested and (in_time or not progress.batches)

        progress = _Telling(self._say, stop)
        if self._stream:
            turn, waiting = self._stream.poll_once(arrivals, progress)
        else:
            turn = poll_once(self._lake, find, self._options.ingest, self._beam_args, progress, go_on=go_on)
            waiting = left[0].slice(left[0].num_rows - turn.waiting)
        self.standing.oldest_waiting_at = oldest(waiting["modified_us"].to_pylist())
        self.standing.lags = arrivals.find_lags()
        if turn.batches:
            arrivals.commit_group()
        return turn

    def _try(self, take: Callable[[], Poll]) -> Poll | None:
        """Returns what a poll did, `None` if it failed. A failure is reported once, until a different one or a good poll."""
        try:
            turn = take()
        except (
            Exception
        ) as error:  # storage clients, runners and brokers may raise anything; whatever it is, a later poll may succeed
            if isinstance(error, LostOffsetsError) or (isinstance(error, ConfigError) and not self.standing.turns):
                self.standing.error = str(error)
                raise
            said = f"{error}" or type(error).__name__
            if said != self.standing.error:
                self._say(f"a poll failed and will be tried again: {said}")
            self.standing.failures += 1
            self.standing.failures_total += 1
            self.standing.error = said
            return None
        if self.standing.failures:
            self._say(f"recovered after {self.standing.failures:,} failed polls")
        self.standing.failures, self.standing.error = 0, None
        self._count(turn)
        return turn

    def _count(self, turn: Poll) -> None:
        standing = self.standing
        standing.waiting, standing.waiting_bytes = turn.waiting, turn.waiting_bytes
        if turn.batches:
            standing.books = dict(Counter(standing.books) + turn.books)
            standing.committed_at = time.time()
            rest = f"; {turn.waiting:,} inputs wait, {human_bytes(turn.waiting_bytes)}" if turn.waiting else ""
            self._say(f"{turn.books['inputs']:,} inputs, {_outcomes(turn.books)}{rest}")

    def _pause_s(self, turn: Poll | None, began: float, is_behind: bool) -> float:
        every = self._options.every_s
        if turn is None:
            return min(every * 2 ** (self.standing.failures - 1), max(every, _LONGEST_PAUSE_S))
        return 0.0 if turn.waiting or is_behind else max(every - (time.monotonic() - began), 0.0)

    def _report(self) -> None:
        """Writes its state to the lake and for Prometheus. If that fails, the watch goes on."""
        self.standing.turn_at = time.time()
        for tell in (self._tell_lake, self._tell_prometheus):
            try:
                tell()
            except Exception as error:  # the lake may be down, which the poll has already reported
                if not self.standing.error:
                    self._say(f"could not write the watch status: {error}")

    def _tell_lake(self) -> None:
        write_standing(self._lake, self.standing)

    def _tell_prometheus(self) -> None:
        if self._options.metrics_file:
            write_metrics(self._options.metrics_file, watch_metrics(self.standing))

    def _say(self, words: str) -> None:
        if not self._options.quiet:
            say(f"{clock(time.time())} {words}", sys.stderr)


class _Telling(Progress):
    """Shows the progress of a poll: a line if something unusual happens, and the step at which a signal finds it."""

    def __init__(self, say: Callable[[str], None], stop: Stop) -> None:
        self.batches = 0
        self._say = say
        self._stop = stop
        super().__init__(sys.stderr, quiet=True)

    def waiting(self) -> None:
        self._stop.idle = True
        self._say("another process is writing to this lake; waiting until it ends")

    def resuming(self, batch_id: str) -> None:
        self._stop.idle = False
        self._say(f"finishing batch {batch_id[:12]}, which an earlier run began")

    def start(self, inputs: int, size: int, matched: int) -> None:
        self._stop.idle = False

    def advance(self, books: Mapping[str, int]) -> None:
        self.batches += 1


def _outcomes(books: Mapping[str, int]) -> str:
    names = ("documents", "duplicates", "filtered", "dead")
    return ", ".join(f"{books.get(name, 0):,} {name}" for name in names if name == "documents" or books.get(name, 0))

"""Prepares a worker process, before it imports Beam: what it says, which signals it heeds, and when it ends."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager

_WATCH_PARENT_S = 1.0
"""How long a worker outlives a parent that was killed."""


def begin(parent: int, beam_args: Sequence[str], turn: AbstractContextManager[object]) -> None:
    """Prepares this process.

    Args:
        parent: The process that started it. Without it there is nothing to do. Ctrl-C is the parent's to answer.
        beam_args: Beam's own options: how object stores are reached.
        turn: A lock that all workers share; they take turns at large records.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger().addFilter(_is_news)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_PARENT_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()

    from apache_beam.io.filesystems import FileSystems

    from broadsheet.pipelines.ingest.memory import use_system_allocator
    from broadsheet.pipelines.runners.beam_options import BeamOptions
    from broadsheet.transforms import sandbox

    use_system_allocator()
    FileSystems.set_options(BeamOptions(beam_args))
    sandbox.take_turns(turn)


def _is_news(record: logging.LogRecord) -> bool:
    """Filters out what Beam says when it is imported."""
    return not str(record.msg).startswith("apitools not found")

"""`python -m helpers.killing N COMMAND …`: runs a command and kills it, as `kill -9` does, at its Nth step that changes the lake.

A step is a rename, a removal, a flush, a commit's beginning or end: between two of them the lake stays as it is. With N = 0 nothing
is killed, and the number of steps is printed last.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from typing import Any

from deltalake import DeltaTable

from broadsheet.pipelines.cli.main import main
from broadsheet.transforms.lake.protocol import durable

_steps = 0


def _stepping(act: Callable, fatal: int, after: bool) -> Callable:
    """Returns a function that counts a step before it acts, and one after where asked to."""

    def step() -> None:
        global _steps
        _steps += 1
        if _steps == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def stepped(*arguments: Any, **named: Any) -> Any:
        step()
        result = act(*arguments, **named)
        if after:
            step()
        return result

    return stepped


def _run(fatal: int, arguments: list[str]) -> int:
    for owner, name in ((os, "replace"), (os, "remove"), (durable, "flush_disk"), (os, "fsync"), (shutil, "rmtree")):
        setattr(owner, name, _stepping(getattr(owner, name), fatal, after=False))
    for name in ("create_write_transaction", "create_checkpoint", "cleanup_metadata"):
        setattr(DeltaTable, name, _stepping(getattr(DeltaTable, name), fatal, after=True))
    code = main(arguments)
    print(_steps)
    return code


if __name__ == "__main__":
    sys.exit(_run(int(sys.argv[1]), sys.argv[2:]))

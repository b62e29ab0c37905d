"""Prism, Beam's engine for one machine: whether it is here, and what a killed command leaves of it."""

import os
from pathlib import Path

import pytest

from helpers.command import PRISM

needs_prism = pytest.mark.skipif(not os.path.exists(PRISM), reason="no Prism: set BROADSHEET_PRISM, or run make setup-stream")


def children(pid: int) -> set[int]:
    """Returns the processes that one has started and that still run: none where it is gone itself."""
    try:
        return {int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()}
    except OSError:
        return set()

"""A heartbeat for progress displays: how many records this process has brought to their last stage.

Only a local runner's workers share the launcher's process; on others the count stays at zero and a display goes by batches. No
result depends on it.
"""

from __future__ import annotations

import itertools

_beats = itertools.count(1)  # next() is one step of the interpreter: no lock, whatever the number of threads
_last = 0


def beat() -> None:
    """Counts one record."""
    global _last
    _last = next(_beats)


def beats() -> int:
    """Returns how many records were counted since the process began."""
    return _last

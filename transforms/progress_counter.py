"""A heartbeat for progress displays: how much text this process has brought to its last stage.

Only a local runner's workers share the launcher's process; on others the count stays at zero and a display goes by batches. No
result depends on it.
"""

from __future__ import annotations

_characters = 0


def beat(characters: int) -> None:
    """Counts a record of so many characters. Of two threads at the same instant one may go uncounted."""
    global _characters
    _characters += characters


def beats() -> int:
    """Returns how many characters were counted since the process began."""
    return _characters

"""Counts, for progress displays, the characters that this process has brought to its last stage.

Only the workers of a local runner share the launcher's process. On other runners the count stays at zero, and a display counts
batches. No result depends on it.
"""

from __future__ import annotations

_characters = 0


def beat(characters: int) -> None:
    """Counts a record of so many characters. If two threads count at the same instant, one of them may be lost."""
    global _characters
    _characters += characters


def beats() -> int:
    """Returns how many characters were counted since the process began."""
    return _characters

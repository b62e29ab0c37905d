"""What a backend answers, and what it must be; apart from the backends so that each may import it."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Guess(NamedTuple):
    """A backend's best answer."""

    language: str
    """ISO 639-1 where there is such a code; `zh` for Chinese in whatever script."""
    confidence: float
    """The backend's own probability, 0 to 1. Backends differ in how much it means."""


class Backend(Protocol):
    """What a detector must do to be a backend."""

    def guess(self, sample: str) -> Guess | None:
        """Names the language of a text, `None` where it finds nothing to go by; never raises on any `str`."""
        ...


def primary(tag: str) -> str:
    """Cuts a tag to its language: langdetect says `zh-cn` and `zh-tw`, pycld2 `zh-Hant`."""
    return tag.partition("-")[0]

"""Defines what a backend is and what it returns, in a module that all backends can import."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Guess(NamedTuple):
    """A backend's best answer."""

    language: str
    """ISO 639-1 if there is such a code; `zh` for Chinese in any script."""
    confidence: float
    """The backend's own probability, 0 to 1. Backends differ in how much it means."""


class Backend(Protocol):
    """What a detector must do to be a backend."""

    def guess(self, sample: str) -> Guess | None:
        """Returns the language of a text, or `None` if it finds no sign of any; never raises, whatever the `str`."""
        ...


def primary(tag: str) -> str:
    """Returns the language of a tag without its script or region: langdetect says `zh-cn` and `zh-tw`, pycld2 `zh-Hant`."""
    return tag.partition("-")[0]

"""Reads the values of flags from their texts."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import TypeVar

_Number = TypeVar("_Number", int, float)


def positive(text: str) -> float:
    """Reads a number greater than 0."""
    return _read(text, float, lambda value: 0 < value < math.inf, "a number greater than 0")


def count(text: str) -> int:
    """Reads a whole number, 0 or more."""
    return _read(text, int, lambda value: value >= 0, "a whole number, 0 or more")


def count_from_one(text: str) -> int:
    """Reads a whole number greater than 0."""
    return _read(text, int, lambda value: value > 0, "a whole number greater than 0")


def share(text: str) -> float:
    """Reads a number from 0 to 1."""
    return _read(text, float, lambda value: 0 <= value <= 1, "a number from 0 to 1")


def duration(text: str) -> float:
    """Reads a time span, `30s`, `5m`, `1h`, or a number of seconds; returns seconds."""
    units = {"s": 1.0, "m": 60.0, "h": 3600.0}
    number = text[:-1] if text[-1:] in units else text
    seconds = _read(number, float, lambda value: 0 <= value < math.inf, "a time span such as 30s, 5m or 1h")
    return seconds * units.get(text[-1:], 1.0)


def _read(text: str, kind: Callable[[str], _Number], is_valid: Callable[[_Number], bool], expected: str) -> _Number:
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not is_valid(value):
        raise argparse.ArgumentTypeError(f"expected {expected}, got {text}")
    return value

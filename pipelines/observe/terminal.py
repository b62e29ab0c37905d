"""What reaches a terminal: no character of the input that it would take for an order.

File names, titles, messages of dead letters hold whatever somebody wrote into a page: escape sequences that clear the screen or
name the window, marks that turn the direction of text. What is printed goes through `say`, or is made `visible` first; what
programs read (JSON, CSV) keeps its characters if no person looks at it.
"""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from typing import Any, TextIO

_JOINERS = "\u200c\u200d"
"""Not printable to Python, and part of how Persian, Hindi and emoji are spelt. Marks that turn the direction of text stay out."""

_ORDERS = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""What JSON need not escape, and a terminal or an editor may obey."""


def visible(text: str) -> str:
    """Replaces what a terminal would take for an order, and line breaks by spaces."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in _JOINERS else " " if char in "\n\t" else "\ufffd" for char in text)


def say(text: str, file: TextIO | None = None) -> None:
    """Prints text for people; its line breaks stay."""
    print(_lines(text), file=file or sys.stdout, flush=file is sys.stderr)


def to_json(value: Any, indent: int | None = None) -> str:
    """Returns a value as JSON that is safe to look at: the same value to a program, escapes instead of control sequences."""
    text = json.dumps(value, ensure_ascii=False, default=str, indent=indent)
    return _ORDERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class _Record(logging.LogRecord):
    """A log record whose message and stack trace can be shown: both may quote the input."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[1]:
            self.exc_text = _lines(logging.Formatter().formatException(self.exc_info))

    def getMessage(self) -> str:  # noqa: N802  (logging's name)
        return _lines(super().getMessage())


def _lines(text: str) -> str:
    return "\n".join(visible(line) for line in text.split("\n"))


def escape_output() -> None:
    """Lets this process print any character, whatever the charset of its output: as an escape if the charset lacks it."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def write_utf8() -> None:
    """Makes UTF-8 the charset of this process's output: CSV and JSON are for programs, and an escape would be another value."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def guard_logs() -> None:
    """Lets no log line of this process, Beam's included, give orders."""
    logging.setLogRecordFactory(_Record)

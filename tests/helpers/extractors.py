"""Extractors that nobody would want, as somebody else may write them."""

import os
import re
from pathlib import Path

from broadsheet.schemas.records import Article, Page
from broadsheet.transforms.boilerplate.strip_boilerplate import EXTRACTORS, strip

_BACKTRACKING = re.compile(r"(?:a+)+b")


def backtrack(page: Page) -> Article:
    """Never ends where a page holds many times the letter a: a regular expression that no signal and no thread interrupts."""
    if "hang here" in page.text:
        if page.encoding.startswith("/"):  # for who waits until it hangs
            Path(page.encoding).write_text(str(os.getpid()))
        _BACKTRACKING.search("a" * 60)
    return strip(page)


def hoard(page: Page) -> Article:
    """Takes ten gigabytes for a page that asks for it, and keeps a hundred megabytes for any other."""
    _HOARD.append(bytearray(10_000_000_000 if "eat memory" in page.text else 100_000_000))
    return strip(page)


def crash(page: Page) -> Article:
    """Takes the process down with it."""
    if "crash here" in page.text:
        import ctypes

        ctypes.string_at(0)
    return strip(page)


_HOARD: list[bytearray] = []


def register() -> None:
    """Makes them choices, as an extractor of a third party is made one."""
    EXTRACTORS.update(backtrack=backtrack, hoard=hoard, crash=crash)

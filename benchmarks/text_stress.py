"""Changes labelled dumps as `stress.py` does, and in some more ways: what a change costs is measured on pages not learned from.

No sentence here is one of `text_changes`: what the networks have learned from must not be what they are measured on.
"""

from __future__ import annotations

import importlib.util
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

from benchmarks import bench

Record = dict[str, Any]

_CAPTIONS = (
    "The old customs house seen from the ferry pier. Photo: Lena Aldous",
    "A volunteer counts herons at the weir (Tom Garrick)",
    "Market stalls on the first morning of the fair. | Bild: Rainer Holz/Archiv",
    "Dr Ida Moll in her laboratory last spring",
)
_COMMENTS = (
    (
        "ridgewalker",
        "2 days ago",
        "I have lived next door for thirty years and never heard of this. Who was asked, and when?",
        "Reply",
    ),
    ("Petra K.", "2 days ago", "Well said. The part about the costs is what everybody should read twice.", "Reply"),
    ("old_salt_44", "yesterday at 21:14", "They said the same thing in 1998, and look what came of it.", "Reply"),
    ("M. Duval", "5 hours ago", "Thanks for the clear article, one of the few that ask the people who work there.", "Reply"),
)
_TERMS = (
    "Choose the offer that suits you",
    "Digital access to everything we publish for 12 weeks at half price, then the full price until you cancel.",
    "The trial ends by itself if you cancel at least two days before the end of the period you have paid for.",
    "Delivery of the printed paper on Saturdays is possible in most districts and costs extra.",
    "Our customer service can be reached on weekdays from eight to six; calls are charged at the local rate.",
    "Subscribe now",
)
_BIO = "Hedda Brun joined the science desk in 2011 and has written about rivers, rocks and the people who measure them ever since."


@cache
def stress() -> ModuleType:
    """Returns `stress.py` as a module."""
    spec = importlib.util.spec_from_file_location("bench_stress", bench.BENCH / "stress.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(bench.BENCH / "stress.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _wrapped(record: Record) -> str:
    lines = (textwrap.wrap(line, 72, break_long_words=False, break_on_hyphens=False) for line in record["text"].split("\n"))
    return "\n".join(part for wrapped in lines for part in wrapped)


def _between(record: Record, lines_of: Callable[[int], list[str]]) -> str:
    return str(stress().between(record, lines_of))


OTHERS: dict[str, Callable[[Record], str]] = {
    "marker-five": lambda record: _between(
        record, lambda n: ["", "Advertising", "Close", "Scroll on", "Ad feedback", "Play video", ""]
    ),
    "marker-tight": lambda record: _between(record, lambda n: ["- Annonce -"]),
    "clock": lambda record: _between(record, lambda n: ["", f"{7 + n % 12}:{n * 7 % 60:02}", ""]),
    "captions": lambda record: _between(record, lambda n: ["", _CAPTIONS[n % 4], ""]),
    "wrapped": _wrapped,
    "comments": lambda record: record["text"] + "\n\n" + "\n\n".join(line for comment in _COMMENTS for line in comment),
    "terms": lambda record: record["text"] + "\n\n" + "\n\n".join(_TERMS),
    "terms-above": lambda record: "\n\n".join(_TERMS) + "\n\n" + record["text"],
    "bio": lambda record: _bio_below(record),
}


def _bio_below(record: Record) -> str:
    lines, places = record["text"].split("\n"), stress().body_lines(record)
    return "\n".join([*lines[: places[-1] + 1], "", "Hedda Brun", "", _BIO, "", *lines[places[-1] + 1 :]])


def changes(record: Record) -> Iterator[tuple[str, str]]:
    """Yields the name of each change and the dump it leaves, for a page with at least three paragraphs found."""
    if len(stress().body_lines(record)) < 3:
        return
    for name, change in (stress().TEXT | OTHERS).items():
        if name != "control":
            yield name, change(record)

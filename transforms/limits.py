"""Limits what one record may cost after it was read: tags, depth, time, memory, the length of its fields.

A record beyond a limit is a dead letter with the name of the limit as its reason, and the rest of the file goes on. A field that is
too long costs only itself. The limits of reading (sizes, ratios, members) are in `read.reader.ReadOptions`.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from broadsheet.schemas.errors import RecordError
from broadsheet.transforms.latest_utf8 import utf8_of


class ResourceLimits(NamedTuple):
    """What the user allows for one record. Plain values, because they are written into plans."""

    chars: int = 10_000_000
    """Characters of a page: the longest labelled one has 5 million. Stripping takes about 50 bytes of memory per character."""
    html_tags: int = 1_000_000
    """Tags of a page: at most 7,800 on 1,406 labelled pages, 300,000 in the longest standards that are one page."""
    html_depth: int = 5_000
    """Elements that are open at the same time: at most 1,518 on those pages, in which end tags were forgotten."""
    seconds: float = 60.0
    """How long a stage may work on a record that goes through a sandbox (`sandbox`): a page of 60 MB takes 10 s."""
    worker_bytes: int = 1_000_000_000
    """Memory that a sandbox may need for a record beyond what it needs to start. The longest pages that `chars` and `html_tags`
    allow take 0.63 GB of address space (ten million characters of dumps) and 0.58 GB (a million tags). The hostile
    test pages take 1.8 GB in all with two worker processes, which take turns at large records (`sandbox.take_turns`)."""
    field_chars: int = 20_000
    """Characters of a field other than the body: one labelled page has 11,000 in its description."""
    field_values: int = 1_000
    """Authors or tags: papers in physics have 3,000 authors, articles in newspapers a dozen."""


DEFAULT_LIMITS = ResourceLimits()

_NEVER_DEEP = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p", "li", "dt",
     "dd", "tr", "td", "th", "option", "optgroup", "thead", "tbody", "tfoot", "colgroup"]
)  # fmt: skip
"""Elements without content, and elements that the next of their kind ends: ten thousand of them in a row nest nothing."""
_NAME = re.compile(r"<(/?)([a-zA-Z][^\s/<>]{0,20})")


def check_length(text: str, limits: ResourceLimits) -> None:
    """Checks that a page is not too long, before anything else is done with it.

    Raises:
        RecordError: Reason `text_too_long`.
    """
    if len(text) > limits.chars:
        raise RecordError("text_too_long", f"the page has {len(text)} characters, --limit page-chars allows {limits.chars}")


def check_markup(html: str, limits: ResourceLimits) -> None:
    """Checks that a page has few enough and flat enough tags, before anything is built of them.

    Raises:
        RecordError: Reason `too_many_tags` or `html_too_deep`.
    """
    codes = np.frombuffer(utf8_of(html), np.uint8)
    opens = codes == ord("<")
    count = int(np.count_nonzero(opens))
    if count > limits.html_tags:
        raise RecordError("too_many_tags", f"the page has {count} tags, --limit html-tags allows {limits.html_tags}")
    if count <= limits.html_depth:
        return
    if count - int(np.count_nonzero(opens[:-1] & (codes[1:] == ord("/")))) <= limits.html_depth:  # that many start tags at most
        return
    depth = depth_of(html)
    if depth > limits.html_depth:
        raise RecordError("html_too_deep", f"{depth} elements are open at once, --limit html-depth allows {limits.html_depth}")


def depth_of(html: str) -> int:
    """Returns the largest number of elements that are open at the same time; any end tag closes the innermost one."""
    steps = (-1 if tag[1] else 1 for tag in _NAME.finditer(html) if tag[2].lower() not in _NEVER_DEEP)
    return max(accumulate(steps, lambda depth, step: max(depth + step, 0)), default=0)

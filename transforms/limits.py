"""What one record may cost behind the reader: tags, depth, time, memory, the length of its fields.

What goes beyond is a dead letter with the limit's name as its reason, and the rest of the file goes on; a field that is too long
costs only itself. What a reader may cost (sizes, ratios, members) is in `read.reader.ReadOptions`.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import NamedTuple

from broadsheet.schemas.errors import RecordError


class ResourceLimits(NamedTuple):
    """What the user allows a record. Plain values: they are written into plans."""

    chars: int = 10_000_000
    """Characters of a page: the longest labelled one has 5 million. Stripping a dump takes some 50 bytes of memory a character."""
    html_tags: int = 1_000_000
    """Tags of a page: 7,800 at the most on 1,406 labelled pages, 300,000 in the longest standards that are one page."""
    html_depth: int = 5_000
    """Elements that are open at once: 1,518 at the most on those pages, where end tags were forgotten."""
    seconds: float = 60.0
    """How long a stage may take for a record that goes through a sandbox (`sandbox`): a page of 60 MB takes 10."""
    worker_bytes: int = 1_000_000_000
    """What a sandbox may need for a record beyond what it needs to start: the longest pages that `chars` and `html_tags` allow take
    0.63 GB of address space (ten million characters of the seed dumps) and 0.58 GB (a million tags). With the run's own process,
    1.4 GB when it holds records of 60 MB, all of the hostile corpus stays below 2 GB."""
    field_chars: int = 20_000
    """Characters of a field that is not the body: a labelled page has 11,000 in its description."""
    field_values: int = 1_000
    """Authors or tags: papers of physicists have 3,000 authors, articles in newspapers a dozen."""


DEFAULT_LIMITS = ResourceLimits()

_NEVER_DEEP = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p", "li", "dt",
     "dd", "tr", "td", "th", "option", "optgroup", "thead", "tbody", "tfoot", "colgroup"]
)  # fmt: skip
"""Elements without content, and those that the next of their kind ends: writing them ten thousand times nests nothing."""
_NAME = re.compile(r"<(/?)([a-zA-Z][^\s/<>]{0,20})")


def check_length(text: str, limits: ResourceLimits) -> None:
    """Looks whether a page is as short as is allowed, before anything else is done with it.

    Raises:
        RecordError: Reason `text_too_long`.
    """
    if len(text) > limits.chars:
        raise RecordError("text_too_long", f"the page has {len(text)} characters, --max-chars allows {limits.chars}")


def check_markup(html: str, limits: ResourceLimits) -> None:
    """Looks whether a page's tags are as few and as flat as is allowed, before anything is built of them.

    Raises:
        RecordError: Reason `too_many_tags` or `html_too_deep`.
    """
    count = html.count("<")
    if count > limits.html_tags:
        raise RecordError("too_many_tags", f"the page has {count} tags, --max-html-tags allows {limits.html_tags}")
    if count <= limits.html_depth:
        return
    depth = depth_of(html)
    if depth > limits.html_depth:
        raise RecordError("html_too_deep", f"{depth} elements are open at once, --max-html-depth allows {limits.html_depth}")


def depth_of(html: str) -> int:
    """Returns how many elements are open at once at the most; any end tag ends one, as if it were the innermost's."""
    steps = (-1 if tag[1] else 1 for tag in _NAME.finditer(html) if tag[2].lower() not in _NEVER_DEEP)
    return max(accumulate(steps, lambda depth, step: max(depth + step, 0)), default=0)

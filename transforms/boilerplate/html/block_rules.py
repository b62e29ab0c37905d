"""Drops blocks that the network takes for body: bylines, credits, dates and "read more", by rules that a person can check.

    reasons_by_block = named_by_rule(blocks, kept, prose)      # {3: "byline", 9: "caption"}

A byline in the column of the article has a good score, because it is where the body is. The rules for single lines of text dumps
(`line_rules.name`) recognize it by its words, and two more rules look at the blocks around it. Items of lists and cells of data
tables are left alone: a date there is data.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from broadsheet.schemas import reasons
from broadsheet.transforms.boilerplate.html.blocks import LEAF, NAMED, TAG, Blocks
from broadsheet.transforms.boilerplate.text.chrome_words import CREDIT_WORDS
from broadsheet.transforms.boilerplate.text.line_rules import SHORT_CHARS, chrome, name

Flags = NDArray[np.bool_]

_BELIEVED = frozenset(
    {
        reasons.BREADCRUMB, reasons.BYLINE, reasons.CAPTION, reasons.COMMENT_FORM, reasons.CREDIT, reasons.DATE_LINE,
        reasons.NEWSLETTER, reasons.READ_MORE,
    }
)  # fmt: skip
"""Rules of text dumps that are believed over the network: cross-validated, +0.001 of F1 on sh, none on tj and daniel. Those for
tags, share buttons and disclaimers cost as much on tj and daniel: bodies there hold such words now and then."""

_CREDIT_WORDS = "|".join(sorted(re.escape(word) for word in CREDIT_WORDS if len(word) > 1))
_ENDS_IN_CREDIT = re.compile(rf"[.!?)»”\"…|(/]\s?(?:{_CREDIT_WORDS})\s?[:.]\s?[^.!?:]{{2,50}}$", re.IGNORECASE)
"""A caption: some words and who made the picture. Of 12 such blocks that the network kept on the labelled pages one was body."""

_YEAR, _DAY = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)"), re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_CLOCK = re.compile(r"(?<![\d.£$€¥])[012]?\d[:.][0-5]\d(?![\d.])")
_BYLINE_CHARS = 100
"""A line of a name, a date, an hour and how long it takes to read. Shorter prose may be before it: a lead under the title."""
_FEW = 12
"""So few lines are named one by one, at 11 microseconds each: arrays of them take 0.1 to 0.3 ms. Pages of daniel have three."""
_REPEATS, _REPEATED_CHARS = 3, 40
"""A short line that comes so often between the paragraphs of one page is an advertisement's or a button."""
_OPEN_ENDS = ".!?。:：-–—,"


def named_by_rule(blocks: Blocks, kept: Flags, prose: Flags) -> dict[int, str]:
    """Finds kept blocks that are none of the body's.

    Args:
        blocks: The page's blocks.
        kept: Which of them the network keeps.
        prose: Which read like a sentence or more.

    Returns:
        Their ordinals, and the reason of each.
    """
    listed = ((blocks.leaf & LEAF["li"]) > 0) | data_cells(blocks, prose)
    paragraphs = (block for block in np.flatnonzero(kept & prose).tolist() if len(blocks.texts[block]) > _BYLINE_CHARS)
    first = next(paragraphs, len(kept))
    candidates = [block for block in np.flatnonzero(kept & ~listed).tolist() if len(blocks.texts[block]) <= SHORT_CHARS]
    texts = [blocks.texts[block] for block in candidates]
    named = name(texts) if len(texts) > _FEW else map(chrome, texts)
    bylines = (blocks.named | blocks.box_named[blocks.own]) & NAMED["byline"]
    seen = Counter(texts)
    found: dict[int, str] = {}
    for block, text, reason in zip(candidates, texts, named, strict=True):
        if reason in _BELIEVED:
            found[block] = str(reason)
        elif _ENDS_IN_CREDIT.search(text):
            found[block] = reasons.CAPTION
        elif block < first and (_is_dated(text) or (bylines[block] and text[-1] not in _OPEN_ENDS and len(text) <= _BYLINE_CHARS)):
            found[block] = reasons.BYLINE
        elif seen[text] >= _REPEATS and len(text) <= _REPEATED_CHARS and text[-1] not in _OPEN_ENDS:
            found[block] = reasons.SHORT
    return found


def data_cells(blocks: Blocks, prose: Flags) -> Flags:
    """Returns which blocks are in a table row without any prose; pages that use tables for layout have prose in their rows."""
    cells = (blocks.within[blocks.own] & 1 << TAG["td"]) > 0
    laid_out = np.zeros(int(blocks.row.max()) + 1, bool)
    laid_out[blocks.row[prose & cells]] = True
    return cells & ~laid_out[blocks.row]


def _is_dated(text: str) -> bool:
    """Whether a short block before the first long paragraph is a byline with its date; agencies' datelines end in a dash."""
    if len(text) > _BYLINE_CHARS or not _YEAR.search(text) or not _DAY.search(text):
        return False
    return text[-1] not in _OPEN_ENDS or bool(_CLOCK.search(text))

"""Keeps what belongs together whole: tables, lists and the entries of a live blog.

    kept = keep_whole(blocks, kept, features)

The network judges each block by itself, and cells and items are short: of a table it would keep two cells, of a list all items but
one. What the article's flow holds (there is kept prose beside it, in the box around it) is kept or dropped as one here.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.transforms.boilerplate.html.blocks import LEAF, NAMED, TAG, Blocks

Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


class Measures(NamedTuple):
    """What the rules need to know of each block."""

    words: Floats
    links: Floats
    """The share of its words that are links."""
    prose: Flags
    stops: Flags
    """Which end as a sentence does."""


_NEAR = 3
"""Blocks; kept prose so close to a table or list is beside it."""
_CELL_WORDS, _CELL_BLOCKS = 60, 8
"""A cell with more of them holds a part of the page: the table lays it out."""
_ENTRIES = 4
"""A live blog has so many entries at least: fewer siblings are the columns of a page."""
_MOST_BOXES = 2_000
"""Tables and lists that are looked at on one page, so that time stays bounded."""


def keep_whole(blocks: Blocks, kept: Flags, measures: Measures, never: Flags) -> tuple[Flags, bool]:
    """Returns which blocks are kept if tables, lists and live blogs are kept or dropped as one, and if the page is a live blog.

    Args:
        blocks: The page's blocks.
        kept: The verdicts so far.
        measures: What the rules need to know of them.
        never: Which blocks are never body (titles, captions).
    """
    if not kept.any():
        return kept, False
    result = kept.copy()
    for box in _boxes_of(blocks, "table"):
        _judge_table(blocks, box, result, measures)
    for box in _boxes_of(blocks, "ul", "ol", "dl"):
        _judge_list(blocks, box, result, measures)
    is_live = _keep_entries(blocks, result, measures)
    return result & ~never, is_live


def _boxes_of(blocks: Blocks, *kinds: str) -> list[int]:
    """Returns the boxes of some kinds that hold at least two blocks."""
    numbers = [TAG[kind] for kind in kinds]
    chosen = np.isin(blocks.kind, numbers) & (blocks.stop - blocks.first >= 2)
    return np.flatnonzero(chosen).tolist()[:_MOST_BOXES]


def _is_settled(kept: Flags, first: int, stop: int) -> bool:
    """Whether no verdict on blocks `first` to `stop` can change: all are kept, or nothing in them or near them is."""
    return bool(kept[first:stop].all()) or not kept[max(first - _NEAR, 0) : stop + _NEAR].any()


def _around(blocks: Blocks, box: int) -> int:
    """Returns the smallest box that holds more than a box does."""
    around = int(blocks.parent[box])
    while around and blocks.first[around] == blocks.first[box] and blocks.stop[around] == blocks.stop[box]:
        around = int(blocks.parent[around])
    return around


def _beside(blocks: Blocks, box: int, kept: Flags, prose: Flags) -> tuple[bool, bool]:
    """Whether kept prose is close before a box and close after it, in the box around it."""
    around = _around(blocks, box)
    first, stop = int(blocks.first[box]), int(blocks.stop[box])
    good = kept & prose
    before = good[max(first - _NEAR, int(blocks.first[around])) : first]
    after = good[stop : min(stop + _NEAR, int(blocks.stop[around]))]
    return bool(before.any()), bool(after.any())


def _link_share(measures: Measures, first: int, stop: int) -> float:
    words = measures.words[first:stop]
    return float((words * measures.links[first:stop]).sum() / max(float(words.sum()), 1.0))


def _judge_table(blocks: Blocks, box: int, kept: Flags, measures: Measures) -> None:
    first, stop = int(blocks.first[box]), int(blocks.stop[box])
    if _is_settled(kept, first, stop) or not is_data_table(blocks, box, measures.words):
        return
    sizes = measures.words[first:stop]
    share = float((sizes * kept[first:stop]).sum() / max(float(sizes.sum()), 1.0))
    if share < 1:
        before, after = _beside(blocks, box, kept, measures.prose)
        whole = share >= 0.5 or ((before or after) and _link_share(measures, first, stop) < 0.5)
        if whole or not _holds_most(kept, measures.words, first, stop):  # else the table lays out the page
            kept[first:stop] = whole


def _holds_most(kept: Flags, words: Floats, first: int, stop: int) -> bool:
    """Whether most words of the body are in a range."""
    return bool((words * kept)[first:stop].sum() > 0.5 * (words * kept).sum())


def is_data_table(blocks: Blocks, box: int, words: Floats) -> bool:
    """Whether a table holds data: rows of two cells or more, each of few words. Old pages are laid out in tables."""
    first, stop = int(blocks.first[box]), int(blocks.stop[box])
    cells = cells_of(blocks, first, stop)
    if (cells < 0).any() and (cells >= 0).sum() < 2:
        return False
    inside = cells >= 0
    _, place, count = np.unique(cells[inside], return_inverse=True, return_counts=True)
    if count.max() > _CELL_BLOCKS or np.bincount(place, words[first:stop][inside]).max() > _CELL_WORDS:
        return False
    rows = np.unique(np.stack((blocks.row[first:stop][inside], cells[inside])), axis=1)[0]
    _, cells_in_row = np.unique(rows, return_counts=True)
    return int((cells_in_row >= 2).sum()) >= 2


def cells_of(blocks: Blocks, first: int, stop: int) -> Ints:
    """Returns the table cell that contains each block of a range, -1 for none."""
    boxes = blocks.own[first:stop].copy()
    cell = TAG["td"]
    for _ in range(6):
        up = (blocks.kind[boxes] != cell) & (boxes > 0)
        if not up.any():
            break
        boxes[up] = blocks.parent[boxes[up]]
    return np.where(blocks.kind[boxes] == cell, boxes, -1)


def _judge_list(blocks: Blocks, box: int, kept: Flags, measures: Measures) -> None:
    first, stop = int(blocks.first[box]), int(blocks.stop[box])
    if _is_settled(kept, first, stop):
        return
    count = int(kept[first:stop].sum())
    linked = _link_share(measures, first, stop)
    share = count / (stop - first)
    if share <= 0.5 and linked > 0.8:
        kept[first:stop] = False
    elif linked < 0.5 and not blocks.around_named[box] & (NAMED["comment"] | NAMED["related"] | NAMED["share"]):
        before, after = _beside(blocks, box, kept, measures.prose)
        if (before or after) and (share >= 0.5 or (before and after and linked < 0.2)):
            kept[first:stop] = True


def _keep_entries(blocks: Blocks, kept: Flags, measures: Measures) -> bool:
    """Keeps the prose of all entries where that of most is kept: boxes beside each other that begin with a time or a headline."""
    siblings: dict[tuple[int, int, int], list[int]] = {}
    begun_otherwise = np.append(~measures.prose, False)[blocks.first]
    sized = np.flatnonzero((blocks.stop > blocks.first + 1) & begun_otherwise).tolist()
    parents, kinds, named = blocks.parent.tolist(), blocks.kind.tolist(), blocks.box_named.tolist()
    for box in sized:
        siblings.setdefault((parents[box], kinds[box], named[box]), []).append(box)
    groups = [group for group in siblings.values() if len(group) >= _ENTRIES]
    if not groups:
        return False
    good = measures.prose | (((blocks.leaf & LEAF["p"]) > 0) & measures.stops & (measures.words >= 4) & (measures.links < 0.5))
    all_words, is_live = float(measures.words[measures.prose].sum()), False
    sums, all_sums = _counted(kept & good), _counted(good)
    for group in groups:
        first, stop = blocks.first[group], blocks.stop[group]
        some, any_prose = sums[stop] > sums[first], all_sums[stop] > all_sums[first]
        if not some.any():
            continue
        live = _is_live_blog(blocks, group, measures, all_words)
        is_live = is_live or live
        if live or some.sum() >= max(_ENTRIES - 1, 0.6 * any_prose.sum()):
            for begin, end in zip(first[any_prose & ~some].tolist(), stop[any_prose & ~some].tolist(), strict=True):
                kept[begin:end] |= good[begin:end]
            sums = _counted(kept & good)
    return is_live


def _counted(flags: Flags) -> Ints:
    """Returns how many flags are set before each place, and in all."""
    return np.concatenate(([0], np.cumsum(flags)))


def _is_live_blog(blocks: Blocks, group: list[int], measures: Measures, all_words: float) -> bool:
    """Whether boxes are the entries of a live blog: each begins with a time, and together they are the page's prose."""
    timed = [
        len(text) <= _TIME_CHARS and _DIGIT.search(text) is not None for text in (blocks.texts[blocks.first[box]] for box in group)
    ]
    words = sum(float(measures.words[begin:end][measures.prose[begin:end]].sum()) for begin, end in _ranges(blocks, group))
    return sum(timed) >= 0.8 * len(group) and words > 0.5 * all_words


def _ranges(blocks: Blocks, group: list[int]) -> list[tuple[int, int]]:
    return list(zip(blocks.first[group].tolist(), blocks.stop[group].tolist(), strict=True))


_TIME_CHARS, _DIGIT = 25, re.compile(r"\d")

"""Computes what the model sees of the blocks of a page: numbers that travel between languages and sites.

    values = block_features(split_html(source))       # one row per block, one column per name of `NAMES`

They speak of letters, digits, punctuation, links, of a block's neighbours and of the boxes around it, always against the page
itself; no word of any language and no site's habits. Two ideas count most. A box's *good words* are those of its blocks that read
like a sentence and are not links: the box with most of its own is the page's *best*, and how far a block is from it, in the tree
and along the page, says much of whether it is body. And the body speaks of what the title and the description speak of, which a
long comment or a legal notice does not: the box with most good words among such words is the *apt* one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.transforms.boilerplate.deterministic_matmul import product
from broadsheet.transforms.boilerplate.html.blocks import BLOCK_MARK, LEAF, LINK_MARK, NAMED, TAG, Blocks, split_html
from broadsheet.transforms.boilerplate.html.character_classes import (
    BAR,
    CJK,
    COLON,
    COMMA,
    DIGIT,
    END,
    GAP,
    LETTER,
    LOWER,
    QUOTE,
    SPACELESS,
    SPACELESS_WORDS,
    UPPER,
    character_classes,
)
from broadsheet.transforms.boilerplate.html.title_overlap import title_like, told_words

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Group = tuple[list[str], Floats]
"""Names of features, and a row of numbers for each."""

BLOCK, LINK = ord(BLOCK_MARK), ord(LINK_MARK)
_STARTS, _LINKED = 16, 32
"""Added to a character's class: it begins a word (or, of `END`, ends a sentence); it is within a link."""


CJK_WORDS = 0.625
"""Words a Chinese or Japanese character counts for: 1.6 characters make a word there (and 5/8 is exact in binary)."""


def _sums() -> dict[str, Doubles]:
    """What to add up of a block's 64 counts of characters, by name."""
    kinds = np.arange(64)
    kind, starts, linked = kinds % 16, kinds // _STARTS % 2 == 1, kinds >= _LINKED
    wordlike = np.isin(kind, (LOWER, UPPER, LETTER, DIGIT))
    words = (wordlike & starts) + CJK_WORDS * (kind == CJK) + SPACELESS_WORDS * (kind == SPACELESS)
    return {
        "words": words,
        "link_words": words * linked,
        "ink": (kind != GAP) * 1.0,
        "sentences": ((kind == END) & starts) * 1.0,
        "commas": (kind == COMMA) * 1.0,
        "capitalised": ((kind == UPPER) & starts) * 1.0,
        "small": ((kind == LOWER) & starts) * 1.0,
        "digits": (kind == DIGIT) * 1.0,
        "bars": (kind == BAR) * 1.0,
        "quotes": (kind == QUOTE) * 1.0,
        "colons": (kind == COLON) * 1.0,
        "letters": (wordlike | (kind == CJK) | (kind == SPACELESS)) * 1.0,
        "capitals": (kind == UPPER) * 1.0,
        "wide": (kind == CJK) * 1.0,
        "spaceless": (kind == SPACELESS) * SPACELESS_WORDS,
    }


_SUMS = _sums()
_SUM_MATRIX = np.stack(list(_SUMS.values()), axis=1).astype(np.float32)

UNMARKED_WORDS = 12
"""So many words of Thai or Lao are a sentence, which ends without a mark there."""

GOOD_WORDS = 9
"""A block of that many words, with a sentence's end and few links, is prose (docs/decisions/facts.md, Extraction 2)."""


def _counts(blocks: Blocks) -> Floats:
    """Counts characters by class, by whether they begin a word and whether they are linked: 64 numbers a block."""
    codes = blocks.codes[blocks.starts[0] :]
    starts = blocks.starts - blocks.starts[0]
    kind = blocks.classes[blocks.starts[0] :].copy()
    wordlike = kind - np.uint8(LOWER) <= DIGIT - LOWER  # one comparison, for what is less than LOWER wraps around
    begins = wordlike.copy()
    begins[1:] &= ~wordlike[:-1]
    ends = kind == END
    ends[:-1] &= ~(wordlike | ends)[1:]
    kind += (begins | ends).view(np.uint8) * np.uint8(_STARTS)
    marks = np.flatnonzero(codes < 32)  # blocks' and links': a page's own controls are spaces
    what = codes[marks]
    block = np.searchsorted(starts, marks, "right") - 1
    last_link = np.maximum.accumulate(np.where(what > BLOCK, np.arange(len(what)), 0))
    offsets = block * 64 + (what[last_link] == LINK) * _LINKED
    places = np.repeat(offsets, np.diff(marks, append=len(codes)))
    places += kind
    return np.bincount(places, minlength=64 * len(starts)).reshape(-1, 64).astype(np.float32)


def block_features(blocks: Blocks) -> Floats:
    """Computes the features of every block of a page at once.

    Args:
        blocks: A page's blocks; at least one.

    Returns:
        An array of shape (blocks, `len(NAMES)`).
    """
    return np.concatenate([values for _, values in _groups(blocks)]).T


def _groups(blocks: Blocks) -> list[Group]:
    """The features in groups, each with its names: a row a feature, which numpy fills faster than a column."""
    count = len(blocks.texts)
    sums = dict(zip(_SUMS, np.ascontiguousarray(product(_counts(blocks), _SUM_MATRIX).T), strict=True))
    words, link_words = sums["words"], sums["link_words"]
    some, ink = np.maximum(words, 1), np.maximum(sums["ink"], 1)
    density = link_words / some
    ends = "".join([text[-2:] if len(text) > 1 else " " + text for text in blocks.texts])
    last_but_one, last = character_classes(np.frombuffer(ends.encode("utf-32-le", "replace"), "<u4")).reshape(-1, 2).T
    unmarked = sums["spaceless"] >= UNMARKED_WORDS
    stops = (last == END) | ((last == QUOTE) & (last_but_one == END)) | unmarked
    sentences = np.maximum(sums["sentences"], unmarked)
    good = (words >= GOOD_WORDS) & (stops | (sentences > 0)) & (density < 0.5)
    good_words = good * np.minimum(words, 150)
    log_words = np.log1p(words)
    seen = Counter(blocks.texts)
    leaf = dict(zip(LEAF, (blocks.leaf & _LEAF_BITS) > 0, strict=True))
    own = {
        "words": np.minimum(words, 200), "log_words": log_words, "link_density": density, "stops": stops, "good": good,
        "sentences": np.log1p(sentences), "commas": np.log1p(sums["commas"]), "small": sums["small"] / some,
        "capitalised": sums["capitalised"] / some, "digits": sums["digits"] / ink, "bars": np.minimum(sums["bars"], 6),
        "quotes": np.minimum(sums["quotes"], 6), "colons": np.minimum(sums["colons"], 4), "ends_colon": last == COLON,
        "word_length": sums["letters"] / some, "no_letters": 1 - sums["letters"] / ink, "capitals": sums["capitals"] / ink,
        "wide": sums["wide"] / ink, **leaf, "opened_by_box": (blocks.tag > 0) & (blocks.tag < TAG["p"]),
        "after_end_tag": blocks.tag < 0, "repeated": np.minimum([seen[text] for text in blocks.texts], 4),
    }  # fmt: skip
    totals = _running_totals((words, link_words, good_words, good, words * leaf["p"]), count)
    shares = told_words(blocks)
    levels = _levels(blocks)
    return [
        _named_group(blocks, shares, levels),
        (list(own), _rows(own, count)),
        *_box_groups(blocks, totals, good_words, shares.sum(axis=0), levels),
        *_neighbour_groups(own, totals),
        _page_group(blocks, totals, good, leaf["heading"], words),
    ]


_LEAF_BITS = np.array(list(LEAF.values()), np.uint8)[:, None]


def _levels(blocks: Blocks) -> NDArray[np.int64]:
    """Returns for each block the box around it, the box around that, and two more; shape (4, blocks)."""
    levels = np.empty((4, len(blocks.own)), np.int64)
    levels[0] = blocks.own
    for level in range(3):
        blocks.parent.take(levels[level], out=levels[level + 1], mode="clip")  # "raise" would copy
    return levels


def _running_totals(rows: Iterable[NDArray], count: int) -> Doubles:
    """Returns the sums over all blocks before each block, and over the page at the end; shape (rows, blocks + 1)."""
    values = np.array([*rows], np.float64)
    totals = np.zeros((len(values), count + 1))
    np.cumsum(values, axis=1, out=totals[:, 1:])
    return totals


def _means_around(totals: Doubles, reaches: tuple[int, ...]) -> Doubles:
    """Returns means over at most so many blocks before and after; shape (reaches, rows, blocks)."""
    count = totals.shape[1] - 1
    place, reach = np.arange(count), np.array(reaches)[:, None]
    low, high = np.maximum(place - reach, 0), np.minimum(place + (reach + 1), count)
    means = totals.take(high, axis=1)
    means -= totals.take(low, axis=1)
    means /= high - low
    return means.transpose(1, 0, 2)


def _named_group(blocks: Blocks, shares: Floats, levels: NDArray[np.int64]) -> Group:
    """What a block and the boxes around it are called, and what they share with the title and the description."""
    count = len(blocks.own)
    bits = np.array([blocks.named, blocks.box_named[blocks.own], blocks.around_named[blocks.own]])
    flags = ((bits[:, None] & _NAMED_BITS) > 0).reshape(-1, count)
    total = _running_totals(shares, count)
    whole = np.maximum(total[:, -1:], 1e-3)
    share = (total.take(blocks.stop, axis=1) - total.take(blocks.first, axis=1)) / whole
    values = np.empty((len(_NAMED_NAMES), count), np.float32)
    at = len(flags)
    values[:at] = flags
    np.minimum(shares, 8, out=values[at : at + 2])
    values[at + 2 : at + 8] = share.take(levels[:3], axis=1).transpose(1, 0, 2).reshape(6, count)
    values[at + 8 : at + 10] = _means_around(total, (6,))[0]
    values[at + 10 : at + 12] = total[:, :-1] / whole
    values[at + 12 :] = np.log1p(total[:, -1:])
    return _NAMED_NAMES, values


_NAMED_USED = ("article", "comment", "picture", "lead", "caption")
_NAMED_BITS = np.array([NAMED[name] for name in _NAMED_USED])[:, None]
_NAMED_NAMES = [
    *(f"{where}_named_{group}" for where in ("tag", "box", "around") for group in _NAMED_USED),
    *(
        f"{told}_words{where}"
        for where in ("", "_own", "_parent", "_third", "_near", "_before", "_all")
        for told in ("title", "description")
    ),
]


def _rows(named: dict[str, Any], count: int) -> Floats:
    """Puts features below each other, one row each; a single number is for all blocks."""
    values = np.empty((len(named), count), np.float32)
    for row, numbers in enumerate(named.values()):
        values[row] = numbers
    return values


def _box_groups(blocks: Blocks, totals: Doubles, good_words: Floats, about: Floats, levels: NDArray[np.int64]) -> list[Group]:
    """What the boxes around a block hold, and how far it is from the best of them."""
    count, boxes = len(blocks.own), len(blocks.parent)
    within = totals.take(blocks.stop, axis=1)
    within -= totals.take(blocks.first, axis=1)
    box_words, box_good = within[0], within[2]
    some = np.maximum(box_words, 1)
    all_good = max(totals[2, -1], 1e-3)
    links, goodness, paragraphs = within[[1, 2, 4]] / some
    size = blocks.stop - blocks.first
    per_box = np.array([np.log1p(box_words), box_good / all_good, links, np.log1p(size), goodness, paragraphs], np.float32)
    values = per_box.take(levels, axis=1).transpose(1, 0, 2).reshape(-1, count)
    groups = [([f"{level}_{name}" for level in _BOX_LEVELS for name in _BOX_NAMES], values)]
    own, parent = levels[:2]
    enough = np.flatnonzero(box_good >= 0.6 * all_good)
    big = int(enough[np.argmax(blocks.depth[enough])]) if len(enough) else 0
    kinds, kind = blocks.within[own], blocks.kind[own]
    place = np.arange(count)
    spoken = good_words * (0.1 + np.minimum(about, 6)) * np.where(blocks.around_named[own] & NAMED["comment"], 0.1, 1)
    direct = np.bincount(own, good_words, boxes).astype(np.float64)
    direct_spoken = np.bincount(own, spoken, boxes).astype(np.float64)
    unlinked: Doubles = 1 - links
    direct_share = direct / all_good
    named = {
        **_towards(blocks, "best", direct, unlinked, parent), **_towards(blocks, "apt", direct_spoken, unlinked, parent),
        "direct_good": np.log1p(direct)[own], "direct_share": direct_share[own], "parent_direct_share": direct_share[parent],
        "direct_blocks": np.log1p(np.bincount(own, minlength=boxes))[own], "depth": np.minimum(blocks.depth[own], 30),
        **_along(blocks, "big", big, place), "from_box_start": np.log1p(place - blocks.first[own]),
        "to_box_stop": np.log1p(blocks.stop[own] - 1 - place),
        **dict(zip(_WITHIN_NAMES, (kinds & _WITHIN_BITS) > 0, strict=True)),
        "own_div": kind == TAG["div"], "own_list": (kind == TAG["ul"]) | (kind == TAG["ol"]),
    }  # fmt: skip
    groups.append((list(named), _rows(named, count)))
    return groups


_BOX_LEVELS = ("own", "parent", "third", "fourth")
_BOX_NAMES = ("words", "good_share", "link_density", "blocks", "goodness", "paragraphs")


def _along(blocks: Blocks, name: str, box: int, place: NDArray[np.int64]) -> dict[str, NDArray]:
    """Returns where blocks are along the page, relative to a box."""
    from_start, from_stop = place - blocks.first[box], place - blocks.stop[box]
    return {
        f"in_{name}": (from_start >= 0) & (from_stop < 0),
        f"to_{name}_start": np.arcsinh(from_start),
        f"to_{name}_stop": np.arcsinh(from_stop),
    }


def _towards(blocks: Blocks, name: str, direct: Doubles, unlinked: Doubles, parent: NDArray[np.int64]) -> dict[str, Any]:
    """Returns where every block is relative to the best box by some measure: in the tree and along the page.

    Args:
        blocks: The page's blocks.
        name: What to call that box.
        direct: The measure of each box's own blocks; half of its children's is added.
        unlinked: Of each box the share of its words that are not links.
        parent: For each block the box around its box.
    """
    own, count = blocks.own, len(blocks.own)
    score = (direct + np.bincount(blocks.parent[1:], 0.5 * direct[1:], len(direct))) * unlinked
    best = int(score.argmax())
    path = [best]
    while path[-1]:
        path.append(int(blocks.parent[path[-1]]))
    steps = np.bincount(blocks.first[path], minlength=count + 1) - np.bincount(blocks.stop[path], minlength=count + 1)
    shared = steps[:-1].cumsum() - 1
    relative = score / max(score[best], 1e-3)
    along = _along(blocks, name, best, np.arange(count))
    return {
        f"{name}_score": relative[own], f"{name}_parent_score": relative[parent],
        f"up_to_{name}": np.minimum(len(path) - 1 - shared, 12), f"down_from_{name}": np.minimum(blocks.depth[own] - shared, 12),
        f"in_{name}": along.pop(f"in_{name}"), f"is_{name}": own == best, **along,
        f"{name}_same_kind": blocks.kind[own] == blocks.kind[best],
        f"{name}_share": score[best] / max(direct.sum(), 1e-3),
    }  # fmt: skip


_KINDS = (
    "section", "article", "main", "aside", "nav", "header", "footer", "form", "figure", "figcaption", "blockquote", "ul", "ol",
    "table", "td", "button",
)  # fmt: skip
_WITHIN_NAMES = [f"within_{name}" for name in _KINDS]
_WITHIN_BITS = np.array([1 << TAG[name] for name in _KINDS])[:, None]


def _neighbour_groups(own: dict[str, NDArray], totals: Doubles) -> list[Group]:
    """The blocks before and after, one by one and in windows."""
    chosen = np.array([own[name] for name in _SHIFTED], np.float32)
    count = chosen.shape[1]
    moved = np.zeros((len(_SHIFTS), *chosen.shape), np.float32)
    for row, shift in enumerate(_SHIFTS):
        if shift < 0:
            moved[row, :, -shift:] = chosen[:, :shift]
        else:
            moved[row, :, :-shift] = chosen[:, shift:]
    return [
        (_SHIFTED_NAMES, moved.reshape(-1, count)),
        (_REACH_NAMES, _means_around(totals, _REACHES).reshape(-1, count).astype(np.float32)),
        (_BEFORE_NAMES, (totals[:, :-1] / np.maximum(totals[:, -1:], 1e-6)).astype(np.float32)),
    ]


_SHIFTED = ("log_words", "link_density", "stops", "good", "p", "heading")
_SHIFTS, _REACHES = (-2, -1, 1, 2), (2, 6, 15)
_TOTALS = ("words", "link_words", "good_words", "good", "paragraph_words")
_SHIFTED_NAMES = [f"{name}{shift:+d}" for shift in _SHIFTS for name in _SHIFTED]
_REACH_NAMES = [f"{name}_within_{reach}" for reach in _REACHES for name in _TOTALS]
_BEFORE_NAMES = [f"{name}_before" for name in _TOTALS]


def _page_group(blocks: Blocks, totals: Doubles, good: NDArray[np.bool_], heading: NDArray[np.bool_], words: Floats) -> Group:
    """Returns features of the page as a whole, and of where each block is in it."""
    count = len(words)
    titled = title_like(blocks)
    prose = np.sort(words[good])
    usual = (prose[(len(prose) - 1) // 2] + prose[len(prose) // 2]) / 2 if len(prose) else 0  # the median
    all_words, all_good, all_paragraphs = totals[[0, 2, 4], -1].tolist()
    from_good, from_heading, from_title = _from_last(np.array([good, heading, titled]))
    to_good, to_title = _from_last(np.array([good[::-1], titled[::-1]]))[:, ::-1]
    named = {
        "to_next_good": to_good, "from_last_good": from_good, "from_heading": from_heading, "is_title": titled,
        "from_title": from_title, "to_title": to_title,
        "place": np.arange(count) / max(count - 1, 1), "page_blocks": np.log1p(count), "page_words": np.log1p(all_words),
        "page_good_words": np.log1p(all_good), "page_goodness": all_good / max(all_words, 1), "usual_good": usual,
        "page_paragraphs": all_paragraphs / max(all_words, 1),
    }  # fmt: skip
    return list(named), _rows(named, count)


_FAR = 5.0
"""The logarithm of some 150 blocks: as far as a mark that is not there."""


def _from_last(marked: NDArray[np.bool_]) -> Doubles:
    """How many blocks it is from the last marked block, in each row: as a logarithm, 0 on one itself."""
    place = np.arange(marked.shape[1])
    last = np.maximum.accumulate(np.where(marked, place, -1), axis=1)
    far = np.log1p(place - last)
    far[last < 0] = _FAR
    return far


def _names() -> list[str]:
    return [name for names, _ in _groups(split_html("<p>A page of one block.</p>")) for name in names]


NAMES = _names()
"""What each column of `block_features` is."""

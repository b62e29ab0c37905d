"""What the model is told about the blocks of a page: numbers that travel between languages and sites.

    values = block_features(split_html(source))       # one row a block, one column a name of `NAMES`

They speak of letters, digits, punctuation, links, of a block's neighbours and of the boxes around it, always against the page
itself; no word of any language and no site's habits. Two ideas count most. A box's *good words* are those of its blocks that read
like a sentence and are not links: the box with most of its own is the page's *best*, and how far a block is from it, in the tree
and along the page, says much of whether it is body. And the body speaks of what the title and the description speak of, which a
long comment or a legal notice does not: the box with most good words among such words is the *apt* one.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from transforms.boilerplate.html_blocks import LEAF, NAMED, TAG, Blocks, split_html
from transforms.boilerplate.html_characters import (
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
    UPPER,
    character_classes,
)
from transforms.boilerplate.products import product

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Group = tuple[list[str], Floats]
"""Names of columns, and the columns."""

_STARTS, _LINKED = 16, 32
"""Added to a character's class: it begins a word (or, of `END`, ends a sentence); it is within a link."""


CJK_WORDS = 0.625
"""Words a Chinese or Japanese character counts for: 1.6 characters make a word there (and 5/8 is exact in binary)."""


def _sums() -> dict[str, Doubles]:
    """What to add up of a block's 64 counts of characters, by name."""
    kinds = np.arange(64)
    kind, starts, linked = kinds % 16, kinds // _STARTS % 2 == 1, kinds >= _LINKED
    wordlike = np.isin(kind, (LOWER, UPPER, LETTER, DIGIT))
    words = (wordlike & starts) + CJK_WORDS * (kind == CJK)
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
        "letters": (wordlike | (kind == CJK)) * 1.0,
        "capitals": (kind == UPPER) * 1.0,
        "wide": (kind == CJK) * 1.0,
    }


_SUMS = _sums()
_SUM_MATRIX = np.stack(list(_SUMS.values()), axis=1).astype(np.float32)

GOOD_WORDS = 9
"""A block of that many words, with a sentence's end and few links, is prose: as in the prototype of which FACTS.md tells."""


def _counts(blocks: Blocks) -> Floats:
    """Counts characters by class, by whether they begin a word and whether they are linked: 64 numbers a block."""
    codes = blocks.codes[blocks.starts[0] :]
    starts = blocks.starts - blocks.starts[0]
    kind = blocks.classes[blocks.starts[0] :].copy()
    wordlike = (kind >= LOWER) & (kind <= DIGIT)
    begins = wordlike.copy()
    begins[1:] &= ~wordlike[:-1]
    ends = kind == END
    ends[:-1] &= ~(wordlike | ends)[1:]
    kind += (begins | ends).view(np.uint8) * np.uint8(_STARTS)
    links = np.flatnonzero((codes == 4) | (codes == 5))
    if len(links):
        linked = np.repeat(codes[links] == 4, np.diff(links, append=len(codes)))
        kind[links[0] :] += linked.view(np.uint8) * np.uint8(_LINKED)
    places = kind + np.repeat(np.arange(0, len(starts) * 64, 64), np.diff(starts, append=len(codes)))
    return np.bincount(places, minlength=64 * len(starts)).reshape(-1, 64).astype(np.float32)


def block_features(blocks: Blocks) -> Floats:
    """Computes the features of every block of a page at once.

    Args:
        blocks: A page's blocks; at least one.

    Returns:
        An array of shape (blocks, `len(NAMES)`).
    """
    return np.concatenate([values for _, values in _groups(blocks)], axis=1)


def _groups(blocks: Blocks) -> list[Group]:
    """The features in groups of columns, each with its names."""
    count = len(blocks.texts)
    sums = dict(zip(_SUMS, product(_counts(blocks), _SUM_MATRIX).T, strict=True))
    words, link_words = sums["words"], sums["link_words"]
    some, ink = np.maximum(words, 1), np.maximum(sums["ink"], 1)
    density = link_words / some
    last = character_classes(_codes_of([text[-1] for text in blocks.texts]))
    last_but_one = character_classes(_codes_of([text[-2:-1] or " " for text in blocks.texts]))
    stops = (last == END) | ((last == QUOTE) & (last_but_one == END))
    good = (words >= GOOD_WORDS) & (stops | (sums["sentences"] > 0)) & (density < 0.5)
    good_words = good * np.minimum(words, 150)
    log_words = np.log1p(words)
    seen: dict[str, int] = {}
    for text in blocks.texts:
        seen[text] = seen.get(text, 0) + 1
    leaf = {name: (blocks.leaf & bit) > 0 for name, bit in LEAF.items()}
    own = {
        "words": np.minimum(words, 200), "log_words": log_words, "link_density": density, "stops": stops, "good": good,
        "sentences": np.log1p(sums["sentences"]), "commas": np.log1p(sums["commas"]), "small": sums["small"] / some,
        "capitalised": sums["capitalised"] / some, "digits": sums["digits"] / ink, "bars": np.minimum(sums["bars"], 6),
        "quotes": np.minimum(sums["quotes"], 6), "colons": np.minimum(sums["colons"], 4), "ends_colon": last == COLON,
        "word_length": sums["letters"] / some, "no_letters": 1 - sums["letters"] / ink, "capitals": sums["capitals"] / ink,
        "wide": sums["wide"] / ink, **leaf, "opened_by_box": (blocks.tag > 0) & (blocks.tag < TAG["p"]),
        "after_end_tag": blocks.tag < 0, "repeated": np.array([min(seen[text], 4) for text in blocks.texts]),
    }  # fmt: skip
    own_values = _columns(own)
    totals = np.zeros((count + 1, 5), np.float64)
    np.cumsum(np.stack([words, link_words, good_words, good, words * leaf["p"]], axis=1), axis=0, out=totals[1:])
    shares = _told_words(blocks)
    return [
        _named_group(blocks, shares),
        (list(own), own_values),
        *_box_groups(blocks, totals, good_words, shares.sum(axis=1)),
        *_neighbour_groups(own, own_values, totals),
        _page_group(blocks, totals, good, leaf["heading"], words),
    ]


def _named_group(blocks: Blocks, shares: Floats) -> Group:
    """What a block and the boxes around it are called, and what they share with the title and the description."""
    bits = np.concatenate(
        [blocks.named[:, None], blocks.box_named[blocks.own][:, None], blocks.around_named[blocks.own][:, None]], axis=1
    )
    flags = ((bits[:, :, None] & _NAMED_BITS) > 0).reshape(len(bits), -1)
    total = np.zeros((len(shares) + 1, 2))
    np.cumsum(shares, axis=0, out=total[1:])
    share = (total[blocks.stop] - total[blocks.first]) / np.maximum(total[-1], 1e-3)
    place = np.arange(len(shares))
    low, high = np.maximum(place - 6, 0), np.minimum(place + 7, len(shares))
    own, parent = blocks.own, blocks.parent[blocks.own]
    columns = [
        flags, np.minimum(shares, 8), share[own], share[parent], share[blocks.parent[parent]],
        (total[high] - total[low]) / (high - low)[:, None], total[:-1] / np.maximum(total[-1], 1e-3),
        np.broadcast_to(np.log1p(total[-1]), shares.shape),
    ]  # fmt: skip
    names = [f"{where}_named_{group}" for where in ("tag", "box", "around") for group in _NAMED_USED]
    names += [
        f"{told}_words{where}"
        for where in ("", "_own", "_parent", "_third", "_near", "_before", "_all")
        for told in ("title", "description")
    ]
    return names, np.concatenate(columns, axis=1, dtype=np.float32)


_NAMED_USED = ("article", "comment", "picture", "lead", "caption")
_NAMED_BITS = np.array([NAMED[name] for name in _NAMED_USED])


def _told_words(blocks: Blocks) -> Floats:
    """Counts in each block the beginnings of words of the title and of the description; shape (blocks, 2).

    Five letters stand for a word, so that its inflected forms count, and two characters in Chinese and Japanese.
    """
    lowered = [text.lower() for text in blocks.texts]
    ends = np.cumsum([len(text) + 1 for text in lowered])
    joined = "\n".join(lowered)
    places: list[int] = []
    stems: list[int] = []
    told = [_stems(blocks.title.lower()), _stems(blocks.description)]
    for number, stem in enumerate([*told[0], *told[1]]):
        place = joined.find(stem)
        while place >= 0:
            places.append(place)
            stems.append(number)
            place = joined.find(stem, place + len(stem))
    once = np.unique(np.array(stems, np.int64) * len(lowered) + np.searchsorted(ends, places, "right"))
    which, block = np.divmod(once, len(lowered))
    return np.bincount(2 * block + (which >= len(told[0])), minlength=2 * len(lowered)).reshape(-1, 2).astype(np.float32)


def _stems(title: str) -> list[str]:
    stems: dict[str, None] = {}
    for word in _WORD.findall(title):
        if "\u3040" <= word[0] <= "\u9fff":
            for place in range(len(word) - 1):
                stems[word[place : place + 2]] = None
        elif len(word) >= 4:
            stems[word[:5]] = None
    return list(stems)[:24]


_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+|[^\W\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")


def _codes_of(characters: list[str]) -> NDArray[np.uint32]:
    return np.frombuffer("".join(characters).encode("utf-32-le", "replace"), "<u4")


def _columns(named: dict[str, NDArray]) -> Floats:
    values = np.empty((len(next(iter(named.values()))), len(named)), np.float32)
    for column, array in enumerate(named.values()):
        values[:, column] = array
    return values


def _box_groups(blocks: Blocks, totals: Doubles, good_words: Floats, about: Floats) -> list[Group]:
    """What the boxes around a block hold, and how far it is from the best of them."""
    within = totals[blocks.stop] - totals[blocks.first]
    box_words, box_links, box_good = within[:, 0], within[:, 1], within[:, 2]
    some = np.maximum(box_words, 1)
    unlinked = 1 - box_links / some
    all_good = max(totals[-1, 2], 1e-3)
    size = (blocks.stop - blocks.first).astype(np.float64)
    per_box = _columns(
        {
            "words": np.log1p(box_words), "good_share": box_good / all_good, "link_density": box_links / some,
            "blocks": np.log1p(size), "goodness": box_good / some, "paragraphs": within[:, 4] / some,
        }
    )  # fmt: skip
    names = ("words", "good_share", "link_density", "blocks", "goodness", "paragraphs")
    groups = []
    box = blocks.own
    for level in ("own", "parent", "third", "fourth"):
        groups.append(([f"{level}_{name}" for name in names], per_box[box]))
        box = blocks.parent[box]
    direct = np.bincount(blocks.own, good_words, len(blocks.parent)).astype(np.float64)
    direct_blocks = np.bincount(blocks.own, minlength=len(blocks.parent))
    enough = np.flatnonzero(box_good >= 0.6 * all_good)
    big = int(enough[np.argmax(blocks.depth[enough])]) if len(enough) else 0
    own, parent = blocks.own, blocks.parent[blocks.own]
    kinds = blocks.within[own]
    first, stop = blocks.first, blocks.stop
    place = np.arange(len(own))
    spoken = good_words * (0.1 + np.minimum(about, 6)) * np.where(blocks.around_named[own] & NAMED["comment"], 0.1, 1)
    direct_spoken = np.bincount(blocks.own, spoken, len(blocks.parent)).astype(np.float64)
    named = {
        **_towards(blocks, "best", direct, unlinked), **_towards(blocks, "apt", direct_spoken, unlinked),
        "direct_good": np.log1p(direct)[own], "direct_share": (direct / all_good)[own],
        "parent_direct_share": (direct / all_good)[parent],
        "direct_blocks": np.log1p(direct_blocks)[own], "depth": np.minimum(blocks.depth[own], 30),
        "in_big": (place >= first[big]) & (place < stop[big]),
        "to_big_start": np.arcsinh(place - first[big]), "to_big_stop": np.arcsinh(place - stop[big]),
        "from_box_start": np.log1p(place - first[own]), "to_box_stop": np.log1p(stop[own] - 1 - place),
        **{f"within_{name}": (kinds & 1 << TAG[name]) > 0 for name in _KINDS},
        "own_div": blocks.kind[own] == TAG["div"], "own_list": (blocks.kind[own] == TAG["ul"]) | (blocks.kind[own] == TAG["ol"]),
    }  # fmt: skip
    groups.append((list(named), _columns(named)))
    return groups


def _towards(blocks: Blocks, name: str, direct: Doubles, unlinked: Doubles) -> dict[str, NDArray]:
    """How every block stands to the best box by some measure: in the tree and along the page.

    Args:
        blocks: The page's blocks.
        name: What to call that box.
        direct: The measure of each box's own blocks; half of its children's is added.
        unlinked: Of each box the share of its words that are not links.
    """
    score = (direct + np.bincount(blocks.parent[1:], 0.5 * direct[1:], len(direct))) * unlinked
    best = int(np.argmax(score))
    path = [best]
    while path[-1]:
        path.append(int(blocks.parent[path[-1]]))
    around = np.array(path[::-1])
    own, parent = blocks.own, blocks.parent[blocks.own]
    place = np.arange(len(own))
    opened = np.searchsorted(blocks.first[around], place, "right")
    shared = np.minimum(opened, np.searchsorted(-blocks.stop[around], -place, "left")) - 1
    relative = score / max(score[best], 1e-3)
    first, stop = blocks.first[best], blocks.stop[best]
    return {
        f"{name}_score": relative[own], f"{name}_parent_score": relative[parent],
        f"up_to_{name}": np.minimum(len(path) - 1 - shared, 12), f"down_from_{name}": np.minimum(blocks.depth[own] - shared, 12),
        f"in_{name}": (place >= first) & (place < stop), f"is_{name}": own == best,
        f"to_{name}_start": np.arcsinh(place - first), f"to_{name}_stop": np.arcsinh(place - stop),
        f"{name}_same_kind": blocks.kind[own] == blocks.kind[best],
        f"{name}_share": np.full(len(own), score[best] / max(direct.sum(), 1e-3)),
    }  # fmt: skip


_KINDS = (
    "section", "article", "main", "aside", "nav", "header", "footer", "form", "figure", "figcaption", "blockquote", "ul", "ol",
    "table", "td", "button",
)  # fmt: skip


def _neighbour_groups(own: dict[str, NDArray], values: Floats, totals: Doubles) -> list[Group]:
    """The blocks before and after, one by one and in windows."""
    count = len(values)
    names = [name for name in own if name in _SHIFTED]
    chosen = values[:, [list(own).index(name) for name in names]]
    groups = []
    for shift in (-2, -1, 1, 2):
        moved = np.zeros_like(chosen)
        if count > abs(shift):
            if shift < 0:
                moved[-shift:] = chosen[:shift]
            else:
                moved[:-shift] = chosen[shift:]
        groups.append(([f"{name}{shift:+d}" for name in names], moved))
    place = np.arange(count)
    for reach in (2, 6, 15):
        low, high = np.maximum(place - reach, 0), np.minimum(place + reach + 1, count)
        mean = (totals[high] - totals[low]) / (high - low)[:, None]
        groups.append(([f"{name}_within_{reach}" for name in _TOTALS], mean.astype(np.float32)))
    groups.append(([f"{name}_before" for name in _TOTALS], (totals[:-1] / np.maximum(totals[-1], 1e-6)).astype(np.float32)))
    return groups


_SHIFTED = ("log_words", "link_density", "stops", "good", "p", "heading")
_TOTALS = ("words", "link_words", "good_words", "good", "paragraph_words")


def _page_group(blocks: Blocks, totals: Doubles, good: NDArray[np.bool_], heading: NDArray[np.bool_], words: Floats) -> Group:
    """The page as a whole, and where in it a block stands."""
    count = len(words)
    place = np.arange(count)
    titled = title_like(blocks)
    prose = np.flatnonzero(good)
    ones = np.ones(count)
    named = {
        "to_next_good": _distance(place, prose, ahead=True), "from_last_good": _distance(place, prose),
        "from_heading": _distance(place, np.flatnonzero(heading)), "is_title": titled,
        "from_title": _distance(place, np.flatnonzero(titled)), "to_title": _distance(place, np.flatnonzero(titled), ahead=True),
        "place": place / max(count - 1, 1), "page_blocks": ones * np.log1p(count), "page_words": ones * np.log1p(totals[-1, 0]),
        "page_good_words": ones * np.log1p(totals[-1, 2]), "page_goodness": ones * totals[-1, 2] / max(totals[-1, 0], 1),
        "usual_good": ones * (np.median(words[prose]) if len(prose) else 0),
        "page_paragraphs": ones * totals[-1, 4] / max(totals[-1, 0], 1),
    }  # fmt: skip
    return list(named), _columns(named)


_FAR = 5.0
"""The logarithm of some 150 blocks: as far as a mark that is not there."""


def _distance(place: NDArray, marks: NDArray, ahead: bool = False) -> NDArray:
    """How many blocks it is to the next (or from the last) of some marked blocks: as a logarithm, 0 on one itself."""
    if not len(marks):
        return np.full(len(place), _FAR)
    if ahead:
        index = np.searchsorted(marks, place, "left")
        return np.where(index < len(marks), np.log1p(np.abs(marks[np.minimum(index, len(marks) - 1)] - place)), _FAR)
    index = np.searchsorted(marks, place, "right") - 1
    return np.where(index >= 0, np.log1p(np.abs(place - marks[np.maximum(index, 0)])), _FAR)


def title_like(blocks: Blocks) -> NDArray[np.bool_]:
    """Which blocks say what `<title>` says: the whole, its beginning (the site's name follows) or its end (that stands before).

    A beginning has ten bytes at least: ten Latin letters, four Chinese characters; shorter ones are the names of sections. An end
    is more than half of the title; shorter ones are the site's name.
    """
    title = blocks.title
    if not title:
        return np.zeros(len(blocks.texts), bool)
    most, half = 2 * len(title), len(title) / 2
    return np.array(
        [
            (title.startswith(text) and len(text.encode()) >= _TITLE_BYTES)
            or (len(text) < most and text.startswith(title))
            or (len(text) > half and title.endswith(text))
            for text in blocks.texts
        ]
    )


_TITLE_BYTES = 10


def _names() -> list[str]:
    return [name for names, _ in _groups(split_html("<p>A page of one block.</p>")) for name in names]


NAMES = _names()
"""What each column of `block_features` is."""

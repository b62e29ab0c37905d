"""Which blocks of a page speak of what the page says it is about: its title and its description.

shares = told_words(blocks)        # words of the title, and of the description, in each block
titles = title_like(blocks)        # blocks that are the title
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from broadsheet.transforms.boilerplate.html.blocks import Blocks
from broadsheet.transforms.characters import CJK

Floats = NDArray[np.float32]


def told_words(blocks: Blocks) -> Floats:
    """Counts in each block the beginnings of words of the title and of the description; shape (2, blocks).

    Five letters represent a word, so that its inflected forms count; in Chinese and Japanese two characters do.
    """
    count = len(blocks.texts)
    joined = blocks.lowered
    breaks = np.flatnonzero(np.frombuffer(joined.encode("utf-32-le", "replace"), "<u4") == ord("\n"))
    places: list[int] = []
    stems: list[int] = []
    told = [_stems(blocks.title.lower()), _stems(blocks.description)]
    numbers = {stem: number for number, stem in enumerate(dict.fromkeys([*told[0], *told[1]]))}
    for stem, number in numbers.items():
        place = joined.find(stem)
        while place >= 0:
            places.append(place)
            stems.append(number)
            place = joined.find(stem, place + len(stem))
    if not places:
        return np.zeros((2, count), np.float32)
    hits = np.zeros((len(numbers), count), bool)
    hits[stems, np.searchsorted(breaks, places)] = True
    return np.array([hits[[numbers[stem] for stem in words]].sum(axis=0) for words in told], np.float32)


def _stems(title: str) -> list[str]:
    stems: dict[str, None] = {}
    for found in _WORD.finditer(title):
        word = found[0]
        if "\u3040" <= word[0] <= "\u9fff":
            for place in range(len(word) - 1):
                stems[word[place : place + 2]] = None
        elif len(word) >= 4:
            stems[word[:5]] = None
        if len(stems) >= _STEMS:
            break
    return list(stems)[:_STEMS]


_STEMS = 24
"""Most words that count: the first ones say what the page is about."""


_WORD = re.compile(rf"[{CJK}]+|[^\W{CJK}]+")


def title_like(blocks: Blocks) -> NDArray[np.bool_]:
    """Returns which blocks say what `<title>` says: all of it, its beginning (the site's name follows) or its end (the name is
    before it).

    A beginning has ten bytes at least: ten Latin letters, four Chinese characters; shorter ones are the names of sections. An end
    is more than half of the title; shorter ones are the site's name.
    """
    title = blocks.title
    if not title:
        return np.zeros(len(blocks.texts), bool)
    first, half = title[0], len(title) / 2
    return np.array(
        [(text[0] == first and _begin_alike(text, title)) or (len(text) > half and title.endswith(text)) for text in blocks.texts]
    )


def _begin_alike(text: str, title: str) -> bool:
    if title.startswith(text):
        return len(text.encode()) >= _TITLE_BYTES or text == title
    return len(text) < 2 * len(title) and text.startswith(title)


_TITLE_BYTES = 10

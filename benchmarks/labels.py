"""Which blocks of a labelled page are its body: the gold text, given as one string, laid over the page's blocks."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.bench import score

SHINGLE = 4
"""Tokens that are compared at once, as in `score.py`."""


class Labels(NamedTuple):
    """What is known of a page's blocks."""

    body: NDArray[np.bool_]
    """Which blocks are body."""
    tokens: NDArray[np.int64]
    """How many tokens each has."""
    gold: int
    """How many shingles the gold text has."""

    @property
    def weights(self) -> NDArray[np.float64]:
        """What a wrong verdict on each block costs: its share of the gold text, since the measure is a mean over pages.

        At most the whole text; at least 0.002, so that the small blocks of long pages teach something. A gold text of fewer than 40
        shingles counts as 40: there, a word too many would outweigh a page.
        """
        return np.minimum(np.maximum(self.tokens, 1) / max(self.gold, 40), 1) + 0.002


def label_blocks(texts: list[str], gold_text: str) -> Labels:
    """Finds the blocks that the gold text is made of.

    A token is covered if one of the page's shingles that contain it is one of the gold text's; a block is body if half of its
    tokens are. Shingles run over the borders of blocks, so that a short block counts as its neighbours do. If a sentence is
    on the page twice (in the body and in a list of teasers), what is further from the middle of the covered text is given up.

    Args:
        texts: The page's blocks.
        gold_text: The labelled body.
    """
    tokenise = score().TOKEN.findall
    tokens = [tokenise(text) for text in texts]
    counts = np.array([len(block) for block in tokens])
    page = [token for block in tokens for token in block]
    gold = Counter(_shingles(tokenise(gold_text)))
    covered = np.zeros(len(page))
    for place, shingle in enumerate(_shingles(page)):
        if shingle in gold:
            covered[place : place + SHINGLE] = 1
    owner = np.repeat(np.arange(len(texts)), counts)
    body = np.bincount(owner, covered, len(texts)) >= np.maximum(counts, 1) * 0.5
    _drop_repeats(body, counts, [_shingles(block) for block in tokens], gold)
    return Labels(body, counts, sum(gold.values()))


def _drop_repeats(body: NDArray[np.bool_], counts: NDArray[np.int64], shingles: list[list[tuple[str, ...]]], gold: Counter) -> None:
    chosen = np.flatnonzero(body)
    if not len(chosen):
        return
    have = Counter(shingle for block in chosen for shingle in shingles[block])
    reach = np.cumsum(counts[chosen])
    middle = chosen[np.searchsorted(reach, reach[-1] / 2)]
    for block in sorted(chosen.tolist(), key=lambda block: (-abs(block - middle), block)):
        too_many = sum(have[shingle] > gold[shingle] for shingle in shingles[block])
        if counts[block] >= SHINGLE and too_many > 0.7 * len(shingles[block]):
            body[block] = False
            have.subtract(shingles[block])


def _shingles(tokens: list[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[place : place + SHINGLE]) for place in range(max(1, len(tokens) - SHINGLE + 1))] if tokens else []

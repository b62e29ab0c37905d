"""Which of some candidates is meant: a linear model small enough to read.

Every candidate is described by one small number a *slot* (how far from the body, how many words, what stands below, ...). The model is
a table: for each slot and value a weight. The candidate with the highest sum wins. Where nothing need be right ("no author is
named"), *none* is a candidate too, with a weight of its own, so that the model, and no threshold, says how much evidence is enough.

The tables are in `text_weights.json`, trained by `python -m benchmarks.train_text_metadata`, which also writes where they come from
and what they reached on sites they had not seen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, Optional

_WEIGHTS = Path(__file__).with_name("text_weights.json")

Features = tuple[int, ...]
"""One number a slot, in the order of the task's slots."""


class Ranker(NamedTuple):
    """The table of one task."""

    tables: list[list[float]]
    """For each slot the weights of its values; a value past the end counts 0."""
    none: Optional[float]
    """The weight of "none of them"; `None` where one must be chosen."""

    def score(self, features: Features) -> float:
        """Sums the weights of a candidate."""
        return sum(table[value] for table, value in zip(self.tables, features, strict=True) if value < len(table))

    def choose(self, candidates: Sequence[Features]) -> Optional[int]:
        """Returns the index of the best candidate, the first of equals, `None` where there is none or none is likelier."""
        best, best_score = None, self.none if self.none is not None else float("-inf")
        for index, features in enumerate(candidates):
            score = self.score(features)
            if score > best_score:
                best, best_score = index, score
        return best


@cache
def ranker(task: str, slots: tuple[str, ...]) -> Ranker:
    """Returns the trained table of a task.

    Args:
        task: `title`, `date` or `authors`.
        slots: The names of the slots the caller fills, in order.

    Raises:
        KeyError: The weights were trained with other slots: train again.
    """
    trained = json.loads(_WEIGHTS.read_text(encoding="utf-8"))["tasks"][task]
    return Ranker([trained["slots"][slot] for slot in slots], trained["none"])

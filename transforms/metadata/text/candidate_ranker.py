"""Which of some candidates is meant: a linear model small enough to read.

Every candidate is described by one small number per *slot* (how far from the body, how many words, what is below, ...). The
model is a table: for each slot and value a weight. The candidate with the highest sum wins. If nothing need be right ("no
author is named"), *none* is a candidate too, with a weight of its own, so that the model, and no threshold, says how much
evidence is enough.

The tables are in `text_weights.json` and `html_weights.json`, trained by `python -m benchmarks.train_text_metadata` and
`benchmarks.train_html_metadata`, which also write where they come from and what they reached on sites they had not seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from operator import getitem
from pathlib import Path
from typing import Any, NamedTuple, Optional

_WEIGHTS = (Path(__file__).with_name("text_weights.json"), Path(__file__).parents[1] / "html" / "html_weights.json")

Features = tuple[int, ...]
"""One number a slot, in the order of the task's slots."""


_VALUES = 64
"""Every slot has fewer values than this; tables are filled up with zeros."""


class Ranker(NamedTuple):
    """The table of one task."""

    tables: list[list[float]]
    """For each slot the weights of its values, zeros after the last."""
    none: Optional[float]
    """The weight of "none of them"; `None` where one must be chosen."""

    def score(self, features: Features) -> float:
        """Sums the weights of a candidate."""
        return sum(map(getitem, self.tables, features))

    def choose(self, candidates: Sequence[Features]) -> Optional[int]:
        """Returns the index of the best candidate, the first of equals, `None` if there is none or none is likelier."""
        best, best_score = None, self.none if self.none is not None else float("-inf")
        for index, features in enumerate(candidates):
            score = self.score(features)
            if score > best_score:
                best, best_score = index, score
        return best

    def best(self, candidates: Sequence[Features], count: int) -> list[int]:
        """Returns the indexes of the best candidates, in their own order."""
        if len(candidates) <= count:
            return list(range(len(candidates)))
        scores = list(map(self.score, candidates))
        return sorted(sorted(range(len(candidates)), key=lambda index: (-scores[index], index))[:count])


def table(weights: Iterable[Sequence[float]], none: Optional[float]) -> Ranker:
    """Makes a ranker of one sequence of weights a slot."""
    return Ranker([[*slot, *[0.0] * (_VALUES - len(slot))] for slot in weights], none)


_tables: dict[str, Ranker] = {}


@cache
def _trained() -> dict[str, Any]:
    """Returns what the files say of all tasks."""
    return {name: task for path in _WEIGHTS for name, task in json.loads(path.read_text(encoding="utf-8"))["tasks"].items()}


def ranker(task: str, slots: tuple[str, ...]) -> Ranker:
    """Returns the table of a task, read once a process.

    Args:
        task: `title_glance`, `title`, `date`, `authors` or `html_date`.
        slots: The names of the slots the caller fills, in order.

    Raises:
        KeyError: The weights were trained with other slots: train again.
    """
    if task not in _tables:
        trained = _trained()[task]
        _tables[task] = table([trained["slots"][slot] for slot in slots], trained["none"])
    return _tables[task]


def install(task: str, trained: Ranker) -> None:
    """Puts a table in the shipped one's place: later tasks are trained on what earlier ones find."""
    _tables[task] = trained

"""Trains and checks the tables that choose among candidates: which of a page's dates, bylines or lines is the labelled one, or
none.

A table is the conditional logit of that choice, with an L2 penalty towards what is known beforehand (several candidates may be
right: a title that is there twice). It is checked twice: by five-fold cross-validation over domains, and with each labelled set
left out in turn, since the pages of one set were collected by one hand. What it reaches on sets that it has not seen is what it
reaches elsewhere.

So that a table learns to say *none*, each labelled page asks twice: as it is, and without its right candidates. Needs scipy.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from broadsheet.transforms.metadata.text.candidate_ranker import Features, Ranker, table

FOLDS = 5


class Question(NamedTuple):
    """One page's candidates and which of them are right."""

    name: str
    """Its set."""
    group: str
    """Its domain."""
    candidates: list[Features]
    teaches: list[bool]
    """Which candidates the table is to prefer."""
    right: list[bool]
    """Which score.py counts."""
    labelled: bool
    """Whether the label is there at all: the figures count only these."""
    absent: bool = False
    """Whether the label says that there is none."""
    only_teaches: bool = False
    """Whether it is made of another question and counts in no figure."""


class Model(NamedTuple):
    """What is to be learned."""

    name: str
    slots: tuple[str, ...]
    optional: bool
    """Whether "none" may be the answer."""
    penalty: float
    none_worth: float
    """What a page without a right candidate counts against one that has one: the price of a wrong answer against a missing one."""
    priors: dict[str, dict[int, float]] = {}
    """By slot and value the weight that the penalty pulls to, 0 for others: what is known beforehand of signs that few pages
    have."""
    none_prior: float = 0.0


def fold_of(group: str) -> int:
    """Returns the part that all pages of a domain are in: the same as in `train_text`."""
    return zlib.crc32(group.encode()) % FOLDS


def without_right(questions: Iterable[Question]) -> list[Question]:
    """Returns the questions of the same pages without their right candidates, so that "none" is the answer."""
    found = []
    for q in questions:
        if any(q.teaches) and not q.only_teaches:
            keep = [number for number, right in enumerate(q.teaches) if not right]
            empty = [False] * len(keep)
            found.append(q._replace(candidates=[q.candidates[number] for number in keep], teaches=empty, right=empty, absent=True))
    return found


def train(model: Model, questions: Sequence[Question]) -> Ranker:
    """Fits a table. Questions without a right answer teach only if "none" may be one."""
    usable = [q for q in questions if q.candidates and (any(q.teaches) or (model.optional and (q.labelled or q.absent)))]
    sizes = [1 + max(candidate[slot] for q in usable for candidate in q.candidates) for slot in range(len(model.slots))]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    columns = np.array([candidate for q in usable for candidate in q.candidates]) + offsets[:-1]
    owner = np.repeat(np.arange(len(usable)), [len(q.candidates) for q in usable])
    right = np.array([flag for q in usable for flag in q.teaches], float)
    no_right = np.array([not any(q.teaches) for q in usable], float)
    prior = np.zeros(int(offsets[-1]) + 1)
    prior[-1] = model.none_prior
    for slot, values in model.priors.items():
        at = model.slots.index(slot)
        for value, weight in values.items():
            if value < sizes[at]:
                prior[offsets[at] + value] = weight
    worth = np.where(no_right > 0, model.none_worth, 1.0)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = weights[:-1][columns].sum(axis=1)
        top = np.zeros(len(usable))
        np.maximum.at(top, owner, scores)
        exp = np.exp(scores - top[owner])
        none = np.exp(weights[-1] - top) if model.optional else np.zeros(len(usable))
        total = np.bincount(owner, exp, len(usable)) + none
        good = np.bincount(owner, exp * right, len(usable)) + none * no_right
        difference = (exp / total[owner] - exp * right / good[owner]) * worth[owner]
        gradient = np.zeros_like(weights)
        np.add.at(gradient, columns.ravel(), np.repeat(difference, columns.shape[1]))
        gradient[-1] = ((none / total - none * no_right / good) * worth).sum()
        away = weights - prior
        return (
            float(-(np.log(good / total) * worth).sum() + model.penalty * (away @ away) / 2),
            gradient + model.penalty * away,
        )

    fitted = minimize(loss, prior, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x.round(2)
    tables = [fitted[a:b].tolist() for a, b in pairwise(offsets)]
    return table(tables, float(fitted[-1]) if model.optional else None)


Flags = tuple[bool, bool, bool]
"""Of a page: whether the right answer was possible, whether one was given, whether that was right."""


def answers(trained: Ranker, questions: Iterable[Question]) -> dict[str, list[Flags]]:
    """Answers the labelled questions; by set."""
    found: dict[str, list[Flags]] = {}
    for q in questions:
        if q.only_teaches:
            continue
        if q.labelled:
            answer = trained.choose(q.candidates)
            right = answer is not None and q.right[answer]
            found.setdefault(q.name, []).append((any(q.right), answer is not None, right))
        elif q.absent:
            found.setdefault(f"{q.name} without", []).append((True, trained.choose(q.candidates) is not None, False))
    return found


def checked(model: Model, questions: Sequence[Question], teach: Callable[[Sequence[Question]], list[Question]]) -> dict[str, Any]:
    """Returns the figures by set: over domains it has not seen, and over sets it has not seen.

    Args:
        model: What is to be learned.
        questions: Of all pages.
        teach: Makes of some questions those that it is trained on.
    """
    by_domain: dict[str, list[Flags]] = {}
    for fold in range(FOLDS):
        trained = train(model, teach([q for q in questions if fold_of(q.group) != fold]))
        for name, flags in answers(trained, [q for q in questions if fold_of(q.group) == fold]).items():
            by_domain.setdefault(name, []).extend(flags)
    left_out: dict[str, list[Flags]] = {}
    for name in dict.fromkeys(q.name for q in questions):
        domains = {q.group for q in questions if q.name == name}
        trained = train(model, teach([q for q in questions if q.name != name and q.group not in domains]))
        left_out |= answers(trained, [q for q in questions if q.name == name])
    return {name: {"domains": figures(flags), "set left out": figures(left_out[name])} for name, flags in sorted(by_domain.items())}


def figures(flags: Sequence[Flags]) -> dict[str, float]:
    """Returns how many pages there are, and the shares that are possible, right, and right of those with an answer."""
    possible, given, right = (sum(column) for column in zip(*flags, strict=True))
    return {
        "pages": len(flags),
        "possible": round(possible / len(flags), 4),
        "given": round(given / len(flags), 4),
        "accuracy": round(right / len(flags), 4),
        "precision": round(right / max(1, given), 4),
    }


def trimmed(weights: Sequence[float]) -> list[float]:
    """Leaves out the zeros that fill a table up."""
    size = max((number for number, weight in enumerate(weights, start=1) if weight), default=0)
    return list(weights[:size])


def to_text(document: dict[str, Any]) -> str:
    """Returns JSON with each list of numbers on one line."""
    lines: list[str] = []
    inside = False
    for line in json.dumps(document, indent=1).split("\n"):
        stripped = line.strip()
        if inside:
            lines[-1] += stripped if stripped.startswith("]") else stripped + (" " if stripped.endswith(",") else "")
            inside = not stripped.startswith("]")
        else:
            lines.append(line)
            inside = stripped.endswith("[")
    return "\n".join(lines) + "\n"

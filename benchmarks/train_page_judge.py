"""Trains what judges whole pages of HTML (page type, confidence in the body) and says how well it is calibrated.

    python -m benchmarks.train_page_judge          # an hour, for the networks of five folds; writes page_judge.json

Every page is judged by a network that has not seen its site (`train_blocks.cross_validate`); the two logistic models are then
cross-validated over the same folds, so that neither has seen the site when its probability is compared with the outcome.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import bench, train_blocks
from broadsheet.transforms.boilerplate.html.html_body import judge
from broadsheet.transforms.boilerplate.html.page_judge import LEARNED, NUMBERS, WEIGHTS, page_numbers

Doubles = NDArray[np.float64]

RIGHT = 0.9
"""From which F1 on a body counts as right."""
TYPES = {"collection": "listing"}
"""Labels of tjx that are called otherwise here."""
DECAY = 1.0
BINS = 10


class Judged(NamedTuple):
    """A page as the models see it."""

    fold: int
    numbers: Doubles
    right: float
    type: str
    set: str


def judged(page: train_blocks.Source, example: train_blocks.Example, scores: NDArray[np.float32], kind: str) -> Judged:
    """Returns a page's numbers and outcomes.

    Args:
        page: The page as fetched.
        example: The page taken apart.
        scores: Of a network that has not seen its site.
        kind: Its page type.
    """
    kept = judge(example.blocks, example.values, scores, train_blocks.THRESHOLD).kept
    numbers = page_numbers(example.blocks, example.values, scores, kept)
    body = train_blocks.body_of(example, scores, train_blocks.THRESHOLD)
    f1 = bench.score().body([(example.gold_text, body)])["doc_f1"]
    return Judged(train_blocks.fold_of(page.site), numbers, float(f1 >= RIGHT), TYPES.get(kind, kind), page.set)


def fit(values: Doubles, truth: Doubles, weights: Doubles, decay: float = DECAY) -> Doubles:
    """Fits a multinomial logistic model by Newton-like steps on its gradient; returns weights, shape (numbers + 1, classes).

    Args:
        values: Centred and scaled, shape (pages, numbers).
        truth: One column per class, 1 for the page's own.
        weights: What each page counts for.
        decay: The weight of the penalty on large weights.
    """
    inputs = np.hstack((values, np.ones((len(values), 1))))
    result = np.zeros((inputs.shape[1], truth.shape[1]))
    shrink = np.full((inputs.shape[1], 1), decay)
    shrink[-1] = 0
    momentum = np.zeros_like(result)
    scale = 0.25 * np.linalg.eigvalsh((inputs * weights[:, None]).T @ inputs)[-1] + decay
    for _ in range(3000):
        error = (_shares(inputs @ (result + 0.9 * momentum)) - truth) * weights[:, None]
        momentum = 0.9 * momentum - (inputs.T @ error + shrink * result) / scale
        result += momentum
    return result


def _shares(logits: Doubles) -> Doubles:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def fit_both(pages: Sequence[Judged], names: Sequence[str] = NUMBERS, decay: float = DECAY) -> dict[str, Any]:
    """Fits both models; returns what `page_judge` reads. The pages' numbers have these names."""
    values = np.array([page.numbers for page in pages])
    centre, deviation = values.mean(axis=0), values.std(axis=0) + 1e-3
    scaled = np.clip((values - centre) / deviation, -4, 4)
    right = np.array([page.right for page in pages])
    confidence = fit(scaled, np.stack((1 - right, right), axis=1), np.ones(len(pages)), decay)
    known = np.array([page.type in LEARNED for page in pages])
    kinds = np.array([[page.type == kind for kind in LEARNED] for page in pages], np.float64)
    counts = kinds[known].sum(axis=0)
    weights = (kinds / np.sqrt(np.maximum(counts, 1))).sum(axis=1) * np.sqrt(counts.mean())
    types = fit(scaled[known], kinds[known], weights[known], decay)
    return {
        "numbers": list(names), "types_learned": list(LEARNED), "centre": _short(centre), "deviation": _short(deviation),
        "confidence": _short(confidence[:-1, 1] - confidence[:-1, 0]),
        "confidence_bias": float(confidence[-1, 1] - confidence[-1, 0]),
        "types": [_short(row) for row in types[:-1]], "type_biases": _short(types[-1]),
    }  # fmt: skip


def _short(numbers: Doubles) -> list[float]:
    return [round(float(number), 5) for number in numbers]


def probabilities(model: dict[str, Any], pages: Sequence[Judged]) -> tuple[Doubles, list[str], Doubles]:
    """Returns each page's confidence, its likeliest kind, and that kind's probability."""
    scaled = np.clip((np.array([page.numbers for page in pages]) - model["centre"]) / model["deviation"], -4, 4)
    confidence = 1 / (1 + np.exp(-(scaled @ model["confidence"] + model["confidence_bias"])))
    shares = _shares(scaled @ np.array(model["types"]) + model["type_biases"])
    return confidence, [LEARNED[best] for best in shares.argmax(axis=1)], shares.max(axis=1)


def calibration(confidence: Doubles, right: Doubles) -> tuple[list[tuple[float, float, int]], float]:
    """Returns a reliability table (mean confidence, share right, pages per bin) and the expected calibration error."""
    order = np.argsort(confidence, kind="stable")
    rows = [
        (float(confidence[part].mean()), float(right[part].mean()), len(part)) for part in np.array_split(order, BINS) if len(part)
    ]
    return rows, sum(abs(said - was) * count for said, was, count in rows) / len(right)


def report(pages: Sequence[Judged], decay: float = DECAY) -> dict[str, Any]:
    """Cross-validates both models over the folds; returns their figures."""
    confidence, scores, kinds = np.zeros(len(pages)), np.zeros(len(pages)), [""] * len(pages)
    for fold in sorted({page.fold for page in pages}):
        held = [index for index, page in enumerate(pages) if page.fold == fold]
        model = fit_both([page for page in pages if page.fold != fold], decay=decay)
        said, named, shares = probabilities(model, [pages[index] for index in held])
        confidence[held], scores[held] = said, shares
        for index, kind in zip(held, named, strict=True):
            kinds[index] = kind
    rows, error = calibration(confidence, np.array([page.right for page in pages]))
    recalls = {}
    for kind in LEARNED:
        own = [named == kind for named, page in zip(kinds, pages, strict=True) if page.type == kind]
        recalls[kind] = round(float(np.mean(own)), 3) if own else None
    known = np.array([page.type in LEARNED for page in pages])
    right = np.array([named == page.type for named, page in zip(kinds, pages, strict=True)], np.float64)[known]
    return {
        "reliability": [[round(said, 3), round(was, 3), count] for said, was, count in rows],
        "ece": round(error, 4),
        "type_accuracy": round(float(right.mean()), 4),
        "type_ece": round(calibration(scores[known], right)[1], 4),
        "type_recall": recalls,
        "pages": len(pages),
    }


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.train_page_judge", description=(__doc__ or "").split("\n")[0], allow_abbrev=False
    )
    parser.parse_args(arguments)
    kinds = {str(record["id"]): record.get("page_type") for record in bench.read(bench.dev_set(train_blocks.OTHER))}
    sources = train_blocks.load_pages((*train_blocks.SETS, *train_blocks.SILVER, train_blocks.OTHER))
    made = [(page, train_blocks.make_example(page, page.html, train_blocks.weight_of(page.set))) for page in sources]
    pages = [page for page, example in made if example is not None]
    examples = [example for _, example in made if example is not None]
    scores = train_blocks.cross_validate(pages, examples)
    rows = [
        judged(page, example, own, str(kinds.get(page.id) or "article"))
        for page, example, own in zip(pages, examples, scores, strict=True)
        if page.set not in train_blocks.SILVER
    ]
    write(rows)
    return 0


def write(
    rows: Sequence[Judged],
    path: Path = WEIGHTS,
    names: Sequence[str] = NUMBERS,
    module: str = "benchmarks.train_page_judge",
    decay: float = DECAY,
) -> None:
    """Writes the models with their figures beside the code, and prints the figures.

    Args:
        rows: The pages to learn from.
        path: Where the models go.
        names: What the pages' numbers are called.
        module: The command that was run.
        decay: The weight of the penalty on large weights.
    """
    figures = report(rows, decay)
    print(json.dumps(figures, indent=1))
    model = {**fit_both(rows, names, decay), "provenance": {"command": f"python -m {module}", **figures}}
    path.write_text(json.dumps(model, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

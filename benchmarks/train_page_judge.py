"""Trains what judges whole pages of HTML (page type, confidence in the body) and says how well it is calibrated.

    python -m benchmarks.train_page_judge          # twenty minutes, for the networks of five folds; writes page_judge.json

Every page is judged by a network that has not seen its site (`train_blocks.cross_validate`); the two logistic models are then
cross-validated over the same folds, so that neither has seen the site when its probability is compared with the outcome.

A page that is hardly an article is judged again by the network for such pages, as `strip_html` does. The confidence is learned from
that outcome.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import bench, train_blocks
from broadsheet.transforms.boilerplate.html.html_body import is_settled, judge
from broadsheet.transforms.boilerplate.html.page_judge import ARTICLE, LEARNED, NUMBERS, WEIGHTS, declares_other, page_numbers

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
    texts: tuple[str, str] = ("", "")
    """The body by its label and as it was found."""
    stays: bool = True
    """Whether no other network judges it again: it is a live blog, or nothing was kept."""
    declares_other: bool = False
    """As `page_judge.declares_other` says."""


def judged(
    page: train_blocks.Source, example: train_blocks.Example, scores: NDArray[np.float32], kind: str, is_other: bool = False
) -> Judged:
    """Returns a page's numbers and outcomes.

    Args:
        page: The page as fetched.
        example: The page taken apart.
        scores: Of a network that has not seen its site.
        kind: Its page type.
        is_other: Whether it is the network for pages that are not articles.
    """
    threshold = train_blocks.OTHER_THRESHOLD if is_other else train_blocks.THRESHOLD
    verdicts = judge(example.blocks, example.values, scores, threshold)
    numbers = page_numbers(example.blocks, example.values, scores, verdicts.kept, is_other)
    body = train_blocks.body_of(example, scores, threshold)
    f1 = bench.score().body([(example.gold_text, body)])["doc_f1"]
    texts = (example.gold_text, body)
    stays = is_other or verdicts.is_live or not verdicts.kept.any()
    other_by_data = declares_other(example.blocks)
    return Judged(
        train_blocks.fold_of(page.site), numbers, float(f1 >= RIGHT), TYPES.get(kind, kind), page.set, texts, stays, other_by_data
    )


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


def fit_both(
    pages: Sequence[Judged], finals: Sequence[Judged], names: Sequence[str] = NUMBERS, decay: float = DECAY
) -> dict[str, Any]:
    """Fits both models; returns what `page_judge` reads.

    Args:
        pages: Pages as they were judged first, from which their kind is learned.
        finals: The same pages as they were judged last, from which the confidence is learned.
        names: What the pages' numbers are called.
        decay: The weight of the penalty on large weights.
    """
    values = np.array([page.numbers for page in finals])
    centre, deviation = values.mean(axis=0), values.std(axis=0) + 1e-3
    right = np.array([page.right for page in finals])
    scaled = np.clip((values - centre) / deviation, -4, 4)
    confidence = fit(scaled, np.stack((1 - right, right), axis=1), np.ones(len(pages)), decay)
    scaled = np.clip((np.array([page.numbers for page in pages]) - centre) / deviation, -4, 4)
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


def _scaled(model: dict[str, Any], pages: Sequence[Judged]) -> Doubles:
    return np.clip((np.array([page.numbers for page in pages]) - model["centre"]) / model["deviation"], -4, 4)


def confidences(model: dict[str, Any], finals: Sequence[Judged]) -> Doubles:
    """Returns the confidence in the body of each page, as it was judged last."""
    return 1 / (1 + np.exp(-(_scaled(model, finals) @ model["confidence"] + model["confidence_bias"])))


def kind_shares(model: dict[str, Any], pages: Sequence[Judged]) -> Doubles:
    """Returns the probability of each kind, by the pages as they were judged first; shape (pages, kinds)."""
    return _shares(_scaled(model, pages) @ np.array(model["types"]) + model["type_biases"])


def held_out(pages: Sequence[Judged]) -> Iterator[tuple[list[int], list[int]]]:
    """Yields the places of the pages in each fold, and of those in the others."""
    for fold in sorted({page.fold for page in pages}):
        inside = [index for index, page in enumerate(pages) if page.fold == fold]
        yield inside, sorted(set(range(len(pages))) - set(inside))


def judged_last(pages: Sequence[Judged], others: Sequence[Judged], decay: float = DECAY) -> list[Judged]:
    """Returns each page as it is judged last: by the other network if it is hardly an article.

    Models that have not seen its site say whether it is.

    Args:
        pages: Pages as they were judged first.
        others: The same by the network for pages that are not articles.
        decay: The weight of the penalty on large weights.
    """
    finals = list(pages)
    for inside, outside in held_out(pages):
        model = fit_both([pages[index] for index in outside], [pages[index] for index in outside], decay=decay)
        held = [pages[index] for index in inside]
        shares, confident = kind_shares(model, held)[:, LEARNED.index(ARTICLE)], confidences(model, held)
        for index, share, confidence in zip(inside, shares.tolist(), confident.tolist(), strict=True):
            page = pages[index]
            if not page.stays and not is_settled(0.0 if page.declares_other else share, confidence):
                finals[index] = others[index]
    return finals


def calibration(confidence: Doubles, right: Doubles) -> tuple[list[tuple[float, float, int]], float]:
    """Returns a reliability table (mean confidence, share right, pages per bin) and the expected calibration error."""
    order = np.argsort(confidence, kind="stable")
    rows = [
        (float(confidence[part].mean()), float(right[part].mean()), len(part)) for part in np.array_split(order, BINS) if len(part)
    ]
    return rows, sum(abs(said - was) * count for said, was, count in rows) / len(right)


def report(pages: Sequence[Judged], finals: Sequence[Judged], decay: float = DECAY) -> dict[str, Any]:
    """Cross-validates both models over the folds; returns their figures. The arguments are those of `fit_both`."""
    confidence, scores, kinds = np.zeros(len(pages)), np.zeros(len(pages)), [""] * len(pages)
    for inside, outside in held_out(pages):
        model = fit_both([pages[index] for index in outside], [finals[index] for index in outside], decay=decay)
        confidence[inside] = confidences(model, [finals[index] for index in inside])
        shares = kind_shares(model, [pages[index] for index in inside])
        scores[inside] = shares.max(axis=1)
        for index, best in zip(inside, shares.argmax(axis=1), strict=True):
            kinds[index] = LEARNED[best]
    rows, error = calibration(confidence, np.array([page.right for page in finals]))
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
    others = train_blocks.cross_validate_other(pages, examples)
    first, other = [], []
    for page, example, own, (seen, of_other) in zip(pages, examples, scores, others, strict=True):
        if page.set not in train_blocks.SILVER:
            kind = str(kinds.get(page.id) or ARTICLE)
            first.append(judged(page, example, own, kind))
            other.append(judged(page, seen, of_other, kind, is_other=True))
    last = judged_last(first, other)
    bodies = {"articles' network alone": body_figures(first), "as shipped": body_figures(last)}
    print(json.dumps(bodies, indent=1))
    write(first, last, bodies=bodies)
    return 0


def body_figures(pages: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """Returns body F1 of each set, by `score.py`, and how many pages have an F1 below one half."""
    result = {}
    for name in dict.fromkeys(page.set for page in pages):
        texts = [page.texts for page in pages if page.set == name]
        poor = sum(bench.score().body([pair])["doc_f1"] < 0.5 for pair in texts)
        result[name] = {"f1": round(bench.score().body(texts)["f1"], 4), "below half": poor, "pages": len(texts)}
    return result


def write(
    pages: Sequence[Judged],
    finals: Sequence[Judged],
    path: Path = WEIGHTS,
    names: Sequence[str] = NUMBERS,
    module: str = "benchmarks.train_page_judge",
    decay: float = DECAY,
    bodies: dict[str, Any] | None = None,
) -> None:
    """Writes the models with their figures beside the code, and prints the figures.

    Args:
        pages: The pages to learn kinds from, as they were judged first.
        finals: The same as they were judged last.
        path: Where the models go.
        names: What the pages' numbers are called.
        module: The command that was run.
        decay: The weight of the penalty on large weights.
        bodies: The figures of the bodies themselves, to be kept with the models.
    """
    figures = report(pages, finals, decay) | ({"bodies": bodies} if bodies else {})
    print(json.dumps(figures, indent=1))
    model = {**fit_both(pages, finals, names, decay), "provenance": {"command": f"python -m {module}", **figures}}
    path.write_text(json.dumps(model, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

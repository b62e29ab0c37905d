"""Trains the classifier of HTML blocks and writes it beside the code, with where it comes from.

    python -m benchmarks.train_blocks                  # some minutes; writes transforms/boilerplate/html/html_model.npz
    python -m benchmarks.train_blocks --dry-run        # the cross-validated figures alone

The data are the labelled sets in ../shared/bench, and one more whose bodies trafilatura names. Figures are cross-validated over
domains: no site is in training and test at once, because a model that has seen a site's other pages does better there than it will
on a site it has not. They are made with the network in whole numbers, and with the rules around it, as it is shipped.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import tldextract
import trafilatura
from numpy.typing import NDArray

from benchmarks import bench
from benchmarks.labels import Labels, label_blocks
from benchmarks.network import Recipe, train_network
from broadsheet.transforms.boilerplate.html.blocks import Blocks, split_html
from broadsheet.transforms.boilerplate.html.features import NAMES, block_features
from broadsheet.transforms.boilerplate.html.html_body import judge
from broadsheet.transforms.boilerplate.html.model import (
    MODEL,
    VALUE_LIMIT,
    VALUE_STEPS,
    Network,
    most_of,
    quantise,
    save,
    scores_of,
)

SETS = ("sh", "tj", "daniel")
SILVER, SILVER_WEIGHT, SILVER_CHARS = "tf", 0.3, 400
"""The pages of this set have no labelled body: trafilatura's, where it finds so many characters, is a teacher that counts for less.
Cross-validated, they are worth 0.002 of F1 on tj and nothing on the others."""
FOLDS = 5
SEEDS = (1, 2, 3)
"""One network each; their mean is shipped. A fourth and fifth gain less than 0.001."""
THRESHOLDS = tuple(round(0.3 + 0.05 * step, 2) for step in range(9))


class Example(NamedTuple):
    """A labelled page."""

    set: str
    site: str
    blocks: Blocks
    values: NDArray[np.float32]
    asked: NDArray[np.bool_]
    """Which blocks the score decides on; titles and captions are never body, whatever it says (`strip_html`)."""
    labels: Labels
    gold_text: str


def load_examples(sets: Sequence[str] = (*SETS, SILVER)) -> list[Example]:
    """Reads the labelled sets and computes features and labels."""
    registered = tldextract.TLDExtract(suffix_list_urls=())
    examples = []
    for name in sets:
        for record in bench.read(bench.dev_set(name)):
            blocks = split_html(record["html"])
            gold_text = _silver_body(record["html"]) if name == SILVER else record["body"]
            if not blocks.texts or not gold_text:
                continue
            site = registered(record["domain"]).top_domain_under_public_suffix or record["domain"]
            labels = label_blocks(blocks.texts, gold_text)
            values = block_features(blocks)
            asked = (values[:, NAMES.index("is_title")] == 0) & (values[:, NAMES.index("within_figcaption")] == 0)
            examples.append(Example(name, site, blocks, values, asked, labels, gold_text))
    return examples


def _silver_body(html: str) -> str:
    """Returns what trafilatura takes for a page's body, "" if that is too little to learn from."""
    text = trafilatura.extract(html, favor_precision=True, include_comments=False, include_tables=True) or ""
    return text if len(text) >= SILVER_CHARS else ""


def fold_of(site: str) -> int:
    """Returns the fold a site belongs to: by its digest, so that adding pages moves no other site."""
    return hashlib.sha256(site.encode()).digest()[0] % FOLDS


def train(examples: Sequence[Example], threshold: float = 0.5, recipe: Recipe = Recipe()) -> Network:  # noqa: B008 - immutable
    """Trains a network in whole numbers.

    Args:
        examples: Labelled pages.
        threshold: From which score on a block is body.
        recipe: How.
    """
    values = np.concatenate([example.values[example.asked] for example in examples])
    truth = np.concatenate([example.labels.body[example.asked] for example in examples]).astype(np.float32)
    weights = np.concatenate(
        [example.labels.weights[example.asked] * (SILVER_WEIGHT if example.set == SILVER else 1) for example in examples]
    ).astype(np.float32)
    centre = values.mean(axis=0)
    deviation = values.std(axis=0) + 1e-3
    scaled = np.clip((values - centre) / deviation, -VALUE_LIMIT / VALUE_STEPS, most_of(tuple(NAMES)) / VALUE_STEPS)
    layers = [train_network(scaled, truth, weights, seed, recipe) for seed in SEEDS]
    return quantise(centre, deviation, layers, values, threshold, tuple(NAMES))


def cross_validate(examples: Sequence[Example], recipe: Recipe = Recipe()) -> list[NDArray[np.float32]]:  # noqa: B008 - immutable
    """Scores every page by a network that has seen no page of its site."""
    scores: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(examples)
    for fold in range(FOLDS):
        network = train([example for example in examples if fold_of(example.site) != fold], recipe=recipe)
        for index, example in enumerate(examples):
            if fold_of(example.site) == fold:
                scores[index] = scores_of(network, example.values)
    return scores


def figures(examples: Sequence[Example], scores: Sequence[NDArray[np.float32]], threshold: float) -> dict[str, dict[str, float]]:
    """Returns body F1, precision and recall of each set, by `score.py`."""
    result = {}
    for name in SETS:
        pairs = [
            (example.gold_text, body_of(example, page, threshold))
            for example, page in zip(examples, scores, strict=True)
            if example.set == name
        ]
        if pairs:
            body = bench.score().body(pairs)
            result[name] = {key: round(body[key], 4) for key in ("f1", "precision", "recall")}
    return result


def body_of(example: Example, scores: NDArray[np.float32], threshold: float) -> str:
    """Returns a page's body by its scores and by the rules, as `strip_html` has it (except the bars in tables)."""
    kept = judge(example.blocks, example.values, scores, threshold).kept
    return "\n".join(example.blocks.texts[block] for block in np.flatnonzero(kept))


def best_threshold(examples: Sequence[Example], scores: Sequence[NDArray[np.float32]]) -> float:
    """Returns the threshold with the best mean F1 over the sets."""
    return max(THRESHOLDS, key=lambda threshold: sum(body["f1"] for body in figures(examples, scores, threshold).values()))


def unseen_sets(examples: Sequence[Example], threshold: float) -> dict[str, dict[str, float]]:
    """Trains on all sets but one and tests on that: how far the features travel."""
    result = {}
    for name in SETS:
        test = [example for example in examples if example.set == name]
        sites = {example.site for example in test}
        network = train([example for example in examples if example.set != name and example.site not in sites])
        result.update(figures(test, [scores_of(network, example.values) for example in test], threshold))
    return result


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.train_blocks", description=(__doc__ or "").split("\n")[0], allow_abbrev=False
    )
    parser.add_argument("--dry-run", action="store_true", help="print the figures, write nothing")
    options = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)  # trafilatura's, of the pages on which it finds nothing
    examples = load_examples()
    scores = cross_validate(examples)
    threshold = best_threshold(examples, scores)
    provenance: dict[str, Any] = {
        "command": "python -m benchmarks.train_blocks",
        "sets": {
            name: {"pages": sum(example.set == name for example in examples), "sha256": bench.digest(bench.dev_set(name))}
            for name in SETS
        },
        "silver": {
            "set": SILVER,
            "pages": sum(example.set == SILVER for example in examples),
            "sha256": bench.digest(bench.dev_set(SILVER)),
            "labels": f"trafilatura {trafilatura.__version__}",
        },
        "sites": len({example.site for example in examples}),
        "seeds": list(SEEDS),
        "recipe": Recipe()._asdict(),
        "threshold": threshold,
        "cross_validated": figures(examples, scores, threshold),
        "unseen_set": unseen_sets(examples, threshold),
    }
    for key, value in provenance.items():
        print(f"{key}: {value}")
    if not options.dry_run:
        save(train(examples, threshold), provenance)
        print(f"wrote {MODEL}, {MODEL.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())

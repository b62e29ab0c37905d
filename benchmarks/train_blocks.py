"""Trains the classifier of HTML blocks and writes it beside the code, with where it comes from.

    python -m benchmarks.train_blocks                  # some minutes; writes transforms/boilerplate/html_model.npz
    python -m benchmarks.train_blocks --dry-run        # the cross-validated figures alone

The data are the labelled sets in ../shared/bench. Figures are cross-validated over domains: no site is in training and test at
once, because a model that has seen a site's other pages does better there than it will on a site it has not. They are made with the
network in whole numbers, as it is shipped.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import tldextract
from numpy.typing import NDArray

from benchmarks import bench
from benchmarks.labels import Labels, label_blocks
from benchmarks.network import Recipe, train_network
from transforms.boilerplate.html_blocks import split_html
from transforms.boilerplate.html_features import NAMES, block_features
from transforms.boilerplate.html_model import MODEL, Network, quantise, save, scores_of

SETS = ("sh", "tj", "daniel")
FOLDS = 5
SEEDS = (1, 2, 3)
"""One network each; their mean is shipped. A fourth and fifth gain less than 0.001."""
THRESHOLDS = tuple(round(0.3 + 0.05 * step, 2) for step in range(9))


class Example(NamedTuple):
    """A labelled page."""

    set: str
    site: str
    texts: list[str]
    values: NDArray[np.float32]
    asked: NDArray[np.bool_]
    """Which blocks the score decides on; titles and captions are never body, whatever it says (`strip_html`)."""
    labels: Labels
    gold_text: str


def load_examples(sets: Sequence[str] = SETS) -> list[Example]:
    """Reads the labelled sets and computes features and labels."""
    registered = tldextract.TLDExtract(suffix_list_urls=())
    examples = []
    for name in sets:
        for record in bench.read(bench.dev_set(name)):
            blocks = split_html(record["html"])
            site = registered(record["domain"]).top_domain_under_public_suffix or record["domain"]
            labels = label_blocks(blocks.texts, record["body"])
            values = block_features(blocks)
            asked = (values[:, NAMES.index("is_title")] == 0) & (values[:, NAMES.index("within_figcaption")] == 0)
            examples.append(Example(name, site, blocks.texts, values, asked, labels, record["body"]))
    return examples


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
    weights = np.concatenate([example.labels.weights[example.asked] for example in examples]).astype(np.float32)
    centre = values.mean(axis=0)
    deviation = values.std(axis=0) + 1e-3
    scaled = np.clip((values - centre) / deviation, -5, 5)
    layers = [train_network(scaled, truth, weights, seed, recipe) for seed in SEEDS]
    return quantise(centre, deviation, layers, values, threshold, tuple(NAMES))


def cross_validate(examples: Sequence[Example], recipe: Recipe = Recipe()) -> list[NDArray[np.float32]]:  # noqa: B008 - immutable
    """Scores every page by a network that has seen no page of its site."""
    scores: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(examples)
    for fold in range(FOLDS):
        network = train([example for example in examples if fold_of(example.site) != fold], recipe=recipe)
        for index, example in enumerate(examples):
            if fold_of(example.site) == fold:
                scores[index] = scores_of(network, example.values) * example.asked
    return scores


def figures(examples: Sequence[Example], scores: Sequence[NDArray[np.float32]], threshold: float) -> dict[str, dict[str, float]]:
    """Returns body F1, precision and recall of each set, by `score.py`."""
    result = {}
    for name in sorted({example.set for example in examples}):
        pairs = [
            (example.gold_text, "\n".join(text for text, score in zip(example.texts, page, strict=True) if score > threshold))
            for example, page in zip(examples, scores, strict=True)
            if example.set == name
        ]
        body = bench.score().body(pairs)
        result[name] = {key: round(body[key], 4) for key in ("f1", "precision", "recall")}
    return result


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
        result.update(figures(test, [scores_of(network, example.values) * example.asked for example in test], threshold))
    return result


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.train_blocks", description=(__doc__ or "").split("\n")[0], allow_abbrev=False
    )
    parser.add_argument("--dry-run", action="store_true", help="print the figures, write nothing")
    options = parser.parse_args(arguments)
    examples = load_examples()
    scores = cross_validate(examples)
    threshold = best_threshold(examples, scores)
    provenance: dict[str, Any] = {
        "command": "python -m benchmarks.train_blocks",
        "sets": {
            name: {"pages": sum(example.set == name for example in examples), "sha256": bench.digest(bench.dev_set(name))}
            for name in SETS
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

"""Trains the classifiers of HTML blocks and writes them beside the code, with their data and figures.

    python -m benchmarks.train_blocks --figures FILE              # two minutes; writes html_model.npz, other_pages_model.npz
    python -m benchmarks.train_blocks --figures FILE --validate   # ten more: measures first, writes the figures to FILE

Two networks share the verdict (their mean logit). One is trained on the labelled pages as they are, the other also on two changed
versions of each (`html_changes`) and on pages that are not articles: the first is better on plain pages, the second does not mind
another article after the first. A third network, for pages that are hardly articles, is trained on such pages alone. The data are
the labelled sets in ../shared/bench, and pages whose bodies trafilatura names.

Figures are cross-validated over domains: no site is in training and test at once, because a model that has seen a site's other
pages does better there than it will on a site it has not. They are made with the network in whole numbers, and with the rules
around it, as it is shipped, but before bodies are searched for in hidden places.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tldextract
import trafilatura
from numpy.typing import NDArray

from benchmarks import bench
from benchmarks.html_changes import Donor, change_page
from benchmarks.labels import Labels, label_blocks
from benchmarks.network import Layers, Recipe, train_network
from broadsheet.transforms.boilerplate.html.blocks import Blocks, split_html, without
from broadsheet.transforms.boilerplate.html.features import NAMES, block_features
from broadsheet.transforms.boilerplate.html.html_body import judge, set_apart
from broadsheet.transforms.boilerplate.html.model import (
    MODEL,
    OTHER_MODEL,
    VALUE_LIMIT,
    VALUE_STEPS,
    Network,
    most_of,
    quantise,
    save,
    scores_of,
)
from broadsheet.transforms.boilerplate.html.source import mend_source

SETS = ("sh", "tj", "daniel", "fundus", "aed", "misinfo")
SILVER, SILVER_WEIGHT, SILVER_CHARS = ("tf", "merc", "hde"), 0.3, 400
"""Pages without a labelled body: trafilatura's, if it finds so many characters, is a teacher that counts for less."""
OTHER, OTHER_WEIGHT = "tjx", 0.5
"""Pages that are not articles, with bodies that are loosely labelled; the second network alone sees them."""
OTHER_RECIPE, OTHER_THRESHOLD = Recipe(epochs=20), 0.12
"""Of the third network. It is unsure, so a low threshold is best: mean F1 is 0.696 at 0.35, 0.711 at 0.2, 0.714 at 0.12."""
OTHER_BLOCKS, OTHER_MOST = 200, 3.0
"""A page counts by the square root of its number of blocks: a block of a page of n blocks counts sqrt(200 / n), at most sqrt(3)."""
CHANGED, CHANGED_WEIGHT = 2, 0.5
"""Changed versions of each page, and what each counts for."""
SURE, SURE_SHARE = 0.003, 0.05
"""Blocks of changed pages below this score of the first network teach nothing new: a twentieth of them is kept."""
FOLDS = 5
SEEDS = (1, 1)
RECIPES = (Recipe(epochs=30), Recipe(epochs=16))
"""Of the first network and the second."""
THRESHOLD = 0.45
"""From 0.4 to 0.55 the mean F1 over the sets differs by 0.001."""


Floats = NDArray[np.float32]


class Source(NamedTuple):
    """A labelled page as it was fetched."""

    set: str
    site: str
    id: str
    html: str
    body: str
    title: str


class Lesson(NamedTuple):
    """Blocks to learn from: features, whether each is body, and what a wrong verdict costs."""

    values: NDArray[np.float32]
    truth: NDArray[np.float32]
    weights: NDArray[np.float32]


class Example(NamedTuple):
    """A labelled page, taken apart."""

    set: str
    site: str
    blocks: Blocks
    values: NDArray[np.float32]
    asked: NDArray[np.bool_]
    """Which blocks the score decides on; titles and captions are never body, whatever it says (`strip_html`)."""
    labels: Labels
    gold_text: str
    weight: float
    """What the page counts for."""


def load_pages(sets: Sequence[str]) -> list[Source]:
    """Reads labelled pages; pages without a body are left out.

    Args:
        sets: Names of sets in ../shared/bench.
    """
    registered = tldextract.TLDExtract(suffix_list_urls=())
    pages = []
    for name in sets:
        for record in bench.read(bench.dev_set(name)):
            gold = _silver_body(record["html"]) if name in SILVER else record.get("body")
            if record.get("html") and gold:
                domain = record.get("domain") or ""
                site = registered(domain).top_domain_under_public_suffix or domain
                pages.append(Source(name, site, str(record["id"]), record["html"], gold, str(record.get("title") or "")))
    return pages


def make_example(page: Source, html: str, weight: float, replies: bool = True) -> Example | None:
    """Computes features and labels of a page or of a changed version; `None` if it shows no text.

    Args:
        page: The page.
        html: Its source, or that of a changed version.
        weight: What it counts for.
        replies: Whether what readers wrote is set apart; the network for pages that are not articles sees it.
    """
    blocks = split_html(mend_source(html))
    if not blocks.texts:
        return None
    if apart := set_apart(blocks, replies):
        dropped = np.zeros(len(blocks.texts), bool)
        dropped[list(apart)] = True
        blocks = without(blocks, dropped)
    values = block_features(blocks)
    asked = (values[:, NAMES.index("is_title")] == 0) & (values[:, NAMES.index("within_figcaption")] == 0)
    return Example(page.set, page.site, blocks, values, asked, label_blocks(blocks.texts, page.body), page.body, weight)


def changed_versions(pages: Sequence[Source], first: Network) -> list[Lesson]:
    """Makes changed versions of pages and keeps the blocks that teach something.

    Args:
        pages: Labelled pages of the training folds alone; what is put into a page comes from another of the same fold.
        first: The network that was trained on pages as they are.
    """
    chance = np.random.default_rng(1)
    donors: dict[int, list[Donor]] = {}
    for page in pages:
        paragraphs = [line.strip() for line in page.body.split("\n") if len(line.strip()) > 60]
        if len(paragraphs) >= 2 and page.set != OTHER:
            donors.setdefault(fold_of(page.site), []).append(Donor(page.title or paragraphs[0][:70], paragraphs))
    lessons = []
    for page in pages:
        for version in range(CHANGED):
            html = change_page(page.html, random.Random(f"{page.id}{version}"), donors[fold_of(page.site)])
            example = make_example(page, html, CHANGED_WEIGHT * weight_of(page.set))
            if example is not None:
                scores = scores_of(first, example.values)
                telling = (scores > SURE) | example.labels.body | (chance.random(len(scores)) < SURE_SHARE)
                lessons.append(lesson_of(example, telling))
    return lessons


def weight_of(name: str) -> float:
    """Returns what a page of a set counts for."""
    return SILVER_WEIGHT if name in SILVER else OTHER_WEIGHT if name == OTHER else 1.0


def lesson_of(example: Example, chosen: NDArray[np.bool_] | bool = True) -> Lesson:
    """Returns what is learned of a page: the chosen blocks of those that the score decides on."""
    told = example.asked & chosen
    weights = example.labels.weights[told] * example.weight
    return Lesson(example.values[told], example.labels.body[told].astype(np.float32), weights.astype(np.float32))


def _silver_body(html: str) -> str:
    """Returns what trafilatura takes for a page's body, "" if that is too little to learn from."""
    text = trafilatura.extract(html, favor_precision=True, include_comments=False, include_tables=True) or ""
    return text if len(text) >= SILVER_CHARS else ""


def fold_of(site: str) -> int:
    """Returns the fold a site belongs to: by its digest, so that adding pages moves no other site."""
    return hashlib.sha256(site.encode()).digest()[0] % FOLDS


def train(pages: Sequence[Source], examples: Sequence[Example], threshold: float = THRESHOLD) -> Network:
    """Trains both networks and makes one of them, in whole numbers.

    Args:
        pages: Labelled pages of the training folds.
        examples: The same, with features and labels.
        threshold: From which score on a block is body.
    """
    plain = [lesson_of(example) for example in examples if example.set != OTHER]
    values = np.concatenate([lesson.values for lesson in plain])
    centre, deviation = values.mean(axis=0), values.std(axis=0) + 1e-3
    ranges = np.concatenate([lesson.values for lesson in plain[:RANGE_PAGES]])

    def network(*trained: Layers) -> Network:
        return quantise(centre, deviation, trained, ranges, threshold, tuple(NAMES))

    first = _layers(plain, centre, deviation, SEEDS[0], RECIPES[0])
    both = [lesson_of(example) for example in examples] + changed_versions(pages, network(first))
    return network(first, _layers(both, centre, deviation, SEEDS[1], RECIPES[1]))


def train_other(examples: Sequence[Example]) -> Network:
    """Trains the network for pages that are not articles.

    Args:
        examples: Such pages, made with `replies=False`.
    """
    lessons = []
    for example in examples:
        lesson = lesson_of(example)
        share = np.float32(min(OTHER_MOST, OTHER_BLOCKS / len(example.values)) ** 0.5)
        lessons.append(lesson._replace(weights=lesson.weights * share))
    values = np.concatenate([lesson.values for lesson in lessons])
    centre, deviation = values.mean(axis=0), values.std(axis=0) + 1e-3
    layers = _layers(lessons, centre, deviation, SEEDS[0], OTHER_RECIPE)
    return quantise(centre, deviation, [layers], values, OTHER_THRESHOLD, tuple(NAMES))


def _layers(lessons: Sequence[Lesson], centre: Floats, deviation: Floats, seed: int, recipe: Recipe) -> Layers:
    values = np.concatenate([lesson.values for lesson in lessons])
    truth = np.concatenate([lesson.truth for lesson in lessons])
    weights = np.concatenate([lesson.weights for lesson in lessons])
    scaled = np.clip((values - centre) / deviation, -VALUE_LIMIT / VALUE_STEPS, most_of(tuple(NAMES)) / VALUE_STEPS)
    return train_network(scaled, truth, weights, seed, recipe)


RANGE_PAGES = 1_000
"""Pages on which each hidden unit's range is found."""


def cross_validate(pages: Sequence[Source], examples: Sequence[Example]) -> list[NDArray[np.float32]]:
    """Scores every page by a network that has seen no page of its site."""
    scores: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(examples)
    for fold in range(FOLDS):
        network = train(
            [page for page in pages if fold_of(page.site) != fold], [one for one in examples if fold_of(one.site) != fold]
        )
        for index, example in enumerate(examples):
            if fold_of(example.site) == fold:
                scores[index] = scores_of(network, example.values)
    return scores


def cross_validate_other(pages: Sequence[Source], examples: Sequence[Example]) -> Iterator[tuple[Example, NDArray[np.float32]]]:
    """Yields every page as the network for other pages sees it, and the scores of one that has seen no page of its site.

    Args:
        pages: All labelled pages.
        examples: The same, with features and labels; one that has no reader comments is used as it is.
    """
    seen = [
        make_example(page, page.html, example.weight, replies=False) or example
        for page, example in zip(pages, examples, strict=True)
    ]
    networks = [
        train_other([example for example in seen if example.set == OTHER and fold_of(example.site) != fold])
        for fold in range(FOLDS)
    ]
    for example in seen:
        yield example, scores_of(networks[fold_of(example.site)], example.values)


def figures(examples: Sequence[Example], scores: Sequence[NDArray[np.float32]], threshold: float) -> dict[str, dict[str, float]]:
    """Returns body F1, precision and recall of each set, by `score.py`."""
    result = {}
    for name in (*SETS, OTHER):
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


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.train_blocks", description=(__doc__ or "").split("\n")[0], allow_abbrev=False
    )
    parser.add_argument("--figures", type=Path, required=True, help="the JSON file with the cross-validated figures of this recipe")
    parser.add_argument("--validate", action="store_true", help="measure them first, and write that file (ten minutes)")
    parser.add_argument("--dry-run", action="store_true", help="train and write no model")
    options = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)  # trafilatura's, of the pages on which it finds nothing
    made = [(page, make_example(page, page.html, weight_of(page.set))) for page in load_pages((*SETS, *SILVER, OTHER))]
    pages = [page for page, example in made if example is not None]
    examples = [example for _, example in made if example is not None]
    if options.validate:
        measured = figures(examples, cross_validate(pages, examples), THRESHOLD)
        options.figures.write_text(json.dumps(measured, indent=1), encoding="utf-8")
    provenance: dict[str, Any] = {
        "command": "python -m benchmarks.train_blocks --figures build/blocks.json",
        "sets": {
            name: {"pages": sum(example.set == name for example in examples), "sha256": bench.digest(bench.dev_set(name))}
            for name in (*SETS, *SILVER, OTHER)
        },
        "silver_labels": f"trafilatura {trafilatura.__version__}",
        "sites": len({example.site for example in examples}),
        "seeds": list(SEEDS),
        "recipes": [recipe._asdict() for recipe in RECIPES],
        "threshold": THRESHOLD,
        "cross_validated": json.loads(options.figures.read_text(encoding="utf-8")),
    }
    for key, value in provenance.items():
        print(f"{key}: {value}")
    if not options.dry_run:
        save(train(pages, examples), provenance)
        others = [make_example(page, page.html, 1.0, replies=False) for page in pages if page.set == OTHER]
        about = {
            "command": provenance["command"],
            "sets": {OTHER: provenance["sets"][OTHER]},
            "seeds": [SEEDS[0]],
            "recipes": [OTHER_RECIPE._asdict()],
            "threshold": OTHER_THRESHOLD,
        }
        save(train_other([example for example in others if example is not None]), about, OTHER_MODEL)
        print(f"wrote {MODEL} and {OTHER_MODEL}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

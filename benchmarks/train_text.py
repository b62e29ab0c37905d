"""Trains the classifier of text dumps from the labelled pages, and says how good it is on sites it has not seen.

    python -m benchmarks.train_text                    # trains and writes transforms/boilerplate/text_model.npz (about 15 minutes)
    python -m benchmarks.train_text --validate         # first cross-validates: 5 parts, split by domain; figures go into the file
    python -m benchmarks.train_text --across           # only: train on two sets, test on the third

Bodies of `dev.sh`, `dev.tj` and `dev.daniel` are labelled by hand. The pages of `dev.tf` have labelled titles but no bodies: there
trafilatura's answer for the HTML stands in, at a fraction of the weight, for what it brings in sites.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import bench
from benchmarks.labels import label_blocks
from benchmarks.text_network import Example, Recipe, train
from transforms.boilerplate.lines import split
from transforms.boilerplate.text_features import Lines, features, layout
from transforms.boilerplate.text_lexicon import CELL_BITS, address, entries, leaning_columns
from transforms.boilerplate.text_model import BLOCKS, CLIP, Judgement, from_arrays
from transforms.boilerplate.text_rules import name

MODEL = Path(__file__).resolve().parents[1] / "transforms" / "boilerplate" / "text_model.npz"

HAND = ("sh", "tj", "daniel")
SILVER = "tf"
SILVER_TRUST = 0.4
SILVER_F1 = 0.9
"""A page of `dev.tf` is used where lines of its dump can make up trafilatura's text this well."""

PARTS = 5
SEEDS = (0, 1, 2)
LEAST_DOMAINS = 4
"""An entry of the lexicon stands on so many domains at least."""

STEPS = 16


class Labelled(NamedTuple):
    """A page of the labelled sets, described."""

    id: str
    set: str
    domain: str
    lines: list[str]
    table: NDArray[np.float32]
    """Features without the lexicon's."""
    body: NDArray[np.bool_]
    title: NDArray[np.bool_]
    weights: NDArray[np.float32]
    gold: str
    at: Lines
    hashes: NDArray[np.uint64]
    hash_line: NDArray[np.int64]
    tokens: int


def describe(record: dict[str, Any], set_name: str, gold: str) -> Labelled | None:
    """Cuts a labelled dump into lines and says of each what it looks like and whether it is body, title or neither."""
    lines = split(record["text"])
    texts = [line.text for line in lines if line.text]
    if not texts:
        return None
    table, _ = features(texts, name(texts), layout(lines))
    labels = label_blocks(texts, gold)
    loose = bench.score().loose
    title = record.get("title") or ""
    is_title = np.array([bool(title) and len(text) < 300 and _same(loose, title, text) for text in texts])
    at = Lines(texts)
    hashes, hash_line, tokens = entries(at)
    domain = str(record["domain"])
    body = np.asarray(labels.body, dtype=bool)
    return Labelled(
        str(record["id"]),
        set_name,
        domain,
        texts,
        table,
        body,
        is_title,
        labels.weights.astype(np.float32),
        gold,
        at,
        hashes,
        hash_line,
        tokens,
    )


def _same(loose: Callable[[str, str], bool], title: str, text: str) -> bool:
    """Whether a line is the title as `score.py` compares them, and not a longer line that has it in it."""
    return bool(loose(title, text)) and len(text) <= 1.3 * len(title) + 3


def read_labelled() -> list[Labelled]:
    """Reads and describes the sets labelled by hand."""
    pages = []
    for set_name in HAND:
        pages += [page for record in bench.read(bench.dev_set(set_name)) if (page := describe(record, set_name, record["body"]))]
    return pages


def read_silver() -> list[Labelled]:
    """Reads the pages for which trafilatura's body stands in."""
    import trafilatura

    pages = []
    for record in bench.read(bench.dev_set(SILVER)):
        gold = trafilatura.extract(record["html"], include_comments=False) or ""
        page = describe(record, SILVER, gold) if len(gold) > 250 else None
        if page:
            again = "\n".join(line for line, kept in zip(page.lines, page.body, strict=True) if kept)
            if bench.score().body([(gold, again)])["f1"] >= SILVER_F1:
                pages.append(page)
    return pages


class Counts:
    """How often each entry stands in bodies and elsewhere, by domain."""

    def __init__(self, pages: list[Labelled]) -> None:
        self.pages = pages
        self.hashes, index = np.unique(np.concatenate([page.hashes for page in pages]), return_inverse=True)
        cuts = np.cumsum([0, *(len(page.hashes) for page in pages)])
        self.index = [index[start:end] for start, end in pairwise(cuts.tolist())]
        by_domain: dict[str, list[int]] = defaultdict(list)
        for place, page in enumerate(pages):
            by_domain[page.domain].append(place)
        self.by_domain = dict(by_domain)
        self.domain = {domain: self._count(places) for domain, places in by_domain.items()}

    def _count(self, places: list[int]) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """A domain's entries, its share of each that stands in bodies, and its say: whole from three occurrences on."""
        found, truth = [], []
        for place in places:
            page = self.pages[place]
            once = np.unique(np.stack((self.index[place], page.hash_line)), axis=1)
            found.append(once[0])
            truth.append(page.body[once[1]])
        entry, where = np.unique(np.concatenate(found), return_inverse=True)
        times = np.bincount(where)
        say = np.minimum(times, 3) / 3
        return entry, np.bincount(where, np.concatenate(truth)) / times * say, say

    def leanings(self, domains: list[str]) -> tuple[NDArray[np.float32], dict[int, NDArray[np.float32]]]:
        """Learns the leaning of each entry.

        Returns:
            The leanings, and for each page of these domains the lexicon's columns with its own domain left out of the counts: a
            page must not recognise its own words.
        """
        size = len(self.hashes)
        body, all_, domains_with = np.zeros(size), np.zeros(size), np.zeros(size, np.int64)
        for domain in domains:
            entry, share, say = self.domain[domain]
            body[entry] += share
            all_[entry] += say
            domains_with[entry] += 1
        shared = domains_with >= LEAST_DOMAINS
        usual = float(body[shared].sum() / all_[shared].sum())
        base = _lean(body, all_, domains_with, usual)
        columns = {}
        for domain in domains:
            entry, share, say = self.domain[domain]
            kept = base[entry].copy()
            base[entry] = _lean(body[entry] - share, all_[entry] - say, domains_with[entry] - 1, usual)
            for place in self.by_domain[domain]:
                columns[place] = self.columns(place, base)
            base[entry] = kept
        return base, columns

    def columns(self, place: int, leanings: NDArray[np.float32]) -> NDArray[np.float32]:
        """The lexicon's columns for a page."""
        page = self.pages[place]
        found = leaning_columns(leanings[self.index[place]], page.hash_line, page.tokens, page.at)
        return np.stack([values for _, values in found], 1).astype(np.float32)


def _lean(body: NDArray, all_: NDArray, domains: NDArray[np.int64], usual: float) -> NDArray[np.float32]:
    odds = np.log((body + usual) / (all_ - body + 1 - usual)) - np.log(usual / (1 - usual))
    rounded = np.clip(np.round(odds * STEPS), -127, 127) / STEPS
    return np.where(domains >= LEAST_DOMAINS, rounded, 0).astype(np.float32)


def fit(counts: Counts, domains: set[str], seeds: tuple[int, ...], recipe: Recipe, sets: tuple[str, ...]) -> dict[str, NDArray]:
    """Trains lexicon and networks on the pages of some domains and sets.

    Returns:
        The arrays of the model file.
    """
    chosen = sorted(
        domain
        for domain in counts.domain
        if domain in domains and any(counts.pages[p].set in sets for p in counts.by_domain[domain])
    )
    leanings, columns = counts.leanings(chosen)
    places = [place for place in sorted(columns) if counts.pages[place].set in sets]
    tables = {place: np.concatenate((counts.pages[place].table, columns[place]), 1) for place in places}
    everything = np.concatenate(list(tables.values()))
    mean = everything.mean(0, dtype=np.float64).astype(np.float32)
    scale = (1 / (everything.std(0, dtype=np.float64) + 1e-3)).astype(np.float32)
    examples = [
        Example(
            np.clip((tables[place] - mean) * scale, -CLIP, CLIP),
            counts.pages[place].body,
            counts.pages[place].title,
            counts.pages[place].weights,
            SILVER_TRUST if counts.pages[place].set == SILVER else 1.0,
        )
        for place in places
    ]
    networks = [train(examples, seed, recipe) for seed in seeds]
    arrays: dict[str, NDArray] = {key: np.stack([net[key] for net in networks]).astype(np.float16) for key in networks[0]}
    arrays |= {"mean": mean, "scale": scale}
    cells, checks = np.zeros(1 << CELL_BITS, np.int8), np.zeros(1 << CELL_BITS, np.uint8)
    known = np.flatnonzero(leanings)
    known = known[np.argsort(np.abs(leanings[known]), kind="stable")]  # of two in one cell the stronger stays
    cell, check = address(counts.hashes[known])
    cells[cell] = np.round(leanings[known] * STEPS).astype(np.int8)
    checks[cell] = check
    return arrays | {"leanings": cells, "checks": checks, "provenance": _as_bytes({})}


def judge(arrays: dict[str, NDArray], pages: list[Labelled]) -> dict[str, Judgement]:
    """Each page's scores by a model, through the very code that ships."""
    model = from_arrays(arrays)
    return {page.id: model.judge_table(page.table, page.at) for page in pages}


def figures(pages: list[Labelled], scores: dict[str, Judgement], threshold: float) -> dict[str, float]:
    """Body F1 of each set by `score.py`, the model alone, without the named rules."""
    result = {}
    for set_name in HAND:
        pairs = []
        for page in pages:
            if page.set == set_name and page.id in scores:
                kept = scores[page.id].body >= threshold
                pairs.append((page.gold, "\n".join(line for line, keep in zip(page.lines, kept, strict=True) if keep)))
        if pairs:
            result[set_name] = round(bench.score().body(pairs)["f1"], 4)
    return result


def part_of(domain: str) -> int:
    """The part of the cross-validation a domain belongs to, whatever sets it is in."""
    return zlib.crc32(domain.encode()) % PARTS


def _as_bytes(provenance: dict[str, Any]) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(provenance, ensure_ascii=False, sort_keys=True).encode(), np.uint8)


def validate(counts: Counts, seeds: tuple[int, ...], recipe: Recipe) -> dict[str, Any]:
    """Cross-validates over domains."""
    scores: dict[str, Judgement] = {}
    hand = [page for page in counts.pages if page.set in HAND]
    for part in range(PARTS):
        began = time.monotonic()
        domains = {domain for domain in counts.domain if part_of(domain) != part}
        arrays = fit(counts, domains, seeds, recipe, (*HAND, SILVER))
        scores |= judge(arrays, [page for page in hand if part_of(page.domain) == part])
        print(f"part {part}: {figures(hand, scores, 0.5)} so far, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return {f"threshold {threshold}": figures(hand, scores, threshold) for threshold in (0.35, 0.4, 0.45, 0.5, 0.55, 0.6)}


def across(counts: Counts, seeds: tuple[int, ...], recipe: Recipe) -> dict[str, Any]:
    """Trains on two sets (and the silver pages) and tests on the third, whose domains no training page comes from."""
    result = {}
    for held in HAND:
        strangers = [page for page in counts.pages if page.set == held]
        domains = set(counts.domain) - {page.domain for page in strangers}
        arrays = fit(counts, domains, seeds, recipe, tuple(s for s in (*HAND, SILVER) if s != held))
        result[held] = {f"threshold {t}": figures(strangers, judge(arrays, strangers), t)[held] for t in (0.4, 0.5)}
        print(held, result[held], file=sys.stderr, flush=True)
    return result


def main(argv: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--validate", action="store_true", help="cross-validate over domains first")
    parser.add_argument("--across", action="store_true", help="train on two sets, test on the third, and write nothing")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many networks")
    parser.add_argument("--epochs", type=int, default=Recipe().epochs)
    parser.add_argument("--output", type=Path, default=MODEL)
    options = parser.parse_args(argv)
    recipe = Recipe(epochs=options.epochs)
    seeds = tuple(range(options.seeds))
    counts = Counts(read_labelled() + read_silver())
    if options.across:
        print(json.dumps(across(counts, seeds, recipe), indent=1))
        return
    measured = validate(counts, seeds, recipe) if options.validate else {}
    print(json.dumps(measured, indent=1))
    if options.dry:
        return
    arrays = fit(counts, set(counts.domain), seeds, recipe, (*HAND, SILVER))
    provenance = {
        "command": "python -m benchmarks.train_text",
        "sets": {name: bench.digest(bench.dev_set(name)) for name in (*HAND, SILVER)},
        "pages": {name: sum(page.set == name for page in counts.pages) for name in (*HAND, SILVER)},
        "seeds": list(seeds),
        "recipe": recipe._asdict(),
        "layers": list(BLOCKS),
        "cross-validated body F1, model alone": measured,
    }
    arrays["provenance"] = _as_bytes(provenance)
    np.savez_compressed(options.output, **arrays)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()

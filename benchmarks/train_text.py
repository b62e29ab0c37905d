"""Trains the classifier of text dumps from the labelled pages, and says how good it is on sites it has not seen.

    python -m benchmarks.train_text                    # trains and writes transforms/boilerplate/text/text_model.npz
    python -m benchmarks.train_text --validate         # then cross-validates: 5 parts, split by domain; figures go into the file
    python -m benchmarks.train_text --parts 0 --networks 1 --output ''     # only: one part of the cross-validation

Needs JAX (`pip install jax`). The same data and command give the same file. Describing the pages takes 3 minutes of one core, each
network as long again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import bench
from benchmarks.text_leanings import Counts, Leanings
from benchmarks.text_network import Example, Recipe, train
from benchmarks.text_pages import (
    HAND,
    LEAST_FOUND,
    LOOSE,
    MEASURED,
    PARTS,
    SILVER,
    TRUST,
    Described,
    part_of,
    read_labelled,
    read_silver,
    versions_of,
)
from benchmarks.text_stress import changes
from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import TEXT, Origin, Page
from broadsheet.transforms.boilerplate.text.model import BLOCKS, CLIP, from_arrays
from broadsheet.transforms.boilerplate.text.text_body import strip_text

MODEL = Path(__file__).resolve().parents[1] / "transforms" / "boilerplate" / "text" / "text_model.npz"

NETWORKS = 3
VERSIONS = 5
"""Changed versions of each page."""

Records = dict[str, list[dict[str, Any]]]


def fit(counts: Counts, pages: list[list[Described]], networks: int, recipe: Recipe) -> dict[str, NDArray]:
    """Trains lexicon and networks on some pages.

    Args:
        counts: What is known of the entries of all domains, these pages' and others.
        pages: The pages to learn from, each followed by its changed versions.
        networks: How many networks are averaged.
        recipe: How they are trained.

    Returns:
        The arrays of the model file.
    """
    leanings = Leanings(counts, sorted({versions[0].page.domains[0] for versions in pages}))
    used = [versions for versions in pages if versions[0].page.found >= LEAST_FOUND]
    everything = np.concatenate([_table(leanings, versions[0]) for versions in used])
    mean = everything.mean(0, dtype=np.float64).astype(np.float32)
    scale = (1 / (everything.std(0, dtype=np.float64) + 1e-3)).astype(np.float32)
    del everything
    examples = [[_example(leanings, page, mean, scale) for page in versions] for versions in used]
    trained = [train(examples, seed, recipe) for seed in range(networks)]
    arrays: dict[str, NDArray] = {key: np.stack([net[key] for net in trained]).astype(np.float16) for key in trained[0]}
    cells, checks = leanings.tables()
    return arrays | {"mean": mean, "scale": scale, "leanings": cells, "checks": checks, "provenance": _as_bytes({})}


def _table(leanings: Leanings, page: Described) -> NDArray[np.float32]:
    return np.concatenate((page.table, leanings.columns(page, page.page.domains)), 1)


def _example(leanings: Leanings, page: Described, mean: NDArray, scale: NDArray) -> Example:
    table = np.clip((_table(leanings, page) - mean) * scale, -CLIP, CLIP).astype(np.float16)
    return Example(table, page.page.body, page.page.title, page.page.weights, TRUST[page.page.set])


def _as_bytes(provenance: dict[str, Any]) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(provenance, indent=1, sort_keys=True).encode(), np.uint8)


def bodies(arrays: dict[str, NDArray], texts: dict[str, str]) -> dict[str, str]:
    """Returns the body of each dump by `strip_text` with a model, "" if it finds none."""
    model = from_arrays(arrays)
    found = {}
    for identity, text in texts.items():
        try:
            found[identity] = strip_text(Page(Origin("", 0), text, TEXT, "utf-8", "utf-8", 0.0), model).text
        except NoArticleError:
            found[identity] = ""
    return found


class Measured:
    """Pairs of gold body and found body of pages that a model has not learned from, by set and change."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.pairs: dict[str, dict[str, dict[str, tuple[str, str]]]] = defaultdict(lambda: defaultdict(dict))

    def add(self, arrays: dict[str, NDArray], part: int) -> None:
        """Strips the dumps of one part of the cross-validation, as they are and changed."""
        for name, members in self.records.items():
            gold = {str(one["id"]): one["body"] for one in members if part_of(str(one["domain"])) == part}
            strangers = [one for one in members if str(one["id"]) in gold]
            dumps = {"": {str(one["id"]): one["text"] for one in strangers}}
            for one in strangers:
                for change, text in changes(one):
                    dumps.setdefault(change, {})[str(one["id"])] = text
            for change, texts in dumps.items():
                found = bodies(arrays, texts)
                self.pairs[name][change] |= {identity: (gold[identity], body) for identity, body in found.items()}

    def figures(self) -> dict[str, dict[str, float]]:
        """Body figures of each set by `score.py`, the share of pages below an F1 of 0.5, and what each change costs."""
        result = {}
        for name, by_change in self.pairs.items():
            plain = by_change[""]
            if not plain:
                continue
            row = {key: round(value, 4) for key, value in bench.score().body(plain.values()).items()}
            own = [bench.score().body([pair])["f1"] for pair in plain.values()]
            row["below_half"] = round(float(np.mean([f1 < 0.5 for f1 in own])), 4)
            row["empty"] = sum(not found for _, found in plain.values())
            for change, pairs in by_change.items():
                if change and pairs:
                    before = bench.score().body([plain[identity] for identity in pairs])["f1"]
                    row[f"change {change}"] = round(bench.score().body(pairs.values())["f1"] - before, 4)
            result[name] = row
        return result

    def show(self) -> str:
        """Returns the figures as a table: sets down, changes across."""
        figures = self.figures()
        names = sorted({key for row in figures.values() for key in row if key.startswith("change ")})
        lines = [f"{'set':9}{'n':>5}{'f1':>8}{'<0.5':>8}{'empty':>6}  " + " ".join(f"{name[7:16]:>9}" for name in names)]
        for name, row in figures.items():
            cells = " ".join(f"{row.get(change, float('nan')):>9.4f}" for change in names)
            lines.append(f"{name:9}{row['n']:>5}{row['f1']:>8.4f}{row['below_half']:>8.3f}{row['empty']:>6}  {cells}")
        return "\n".join(lines)


def validate(
    counts: Counts,
    pages: list[list[Described]],
    records: Records,
    parts: list[int],
    networks: int,
    recipe: Recipe,
    keep: Path | None,
) -> Measured:
    """Trains on all parts but one and strips that one, for each part; what is measured is all of `strip_text`.

    Args:
        counts: What is known of the entries of all domains.
        pages: All pages, described, each followed by its changed versions.
        records: The labelled records of each set.
        parts: Which parts to leave out, one after the other.
        networks: How many networks are averaged.
        recipe: How they are trained.
        keep: A folder for the models.
    """
    measured = Measured(records)
    for part in parts:
        began = time.process_time()
        arrays = fit(counts, [page for page in pages if part_of(page[0].page.domains[0]) != part], networks, recipe)
        if keep:
            np.savez_compressed(keep / f"part-{part}.npz", **arrays)  # type: ignore[arg-type]
        trained = time.process_time()
        measured.add(arrays, part)
        print(
            f"part {part}: training {trained - began:.0f} s of CPU, measuring {time.process_time() - trained:.0f} s",
            file=sys.stderr,
        )
        print(measured.show(), file=sys.stderr, flush=True)
    return measured


def main(argv: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--validate", action="store_true", help="cross-validate over domains after that")
    parser.add_argument("--parts", type=int, nargs="*", help="which parts of the cross-validation (default: all)")
    parser.add_argument("--networks", type=int, default=NETWORKS, help=f"how many networks are averaged (default: {NETWORKS})")
    parser.add_argument(
        "--validation-networks", type=int, default=1, help="how many in each part of the cross-validation (default: 1)"
    )
    parser.add_argument("--epochs", type=int, default=Recipe().epochs, help=f"passes over all pages (default: {Recipe().epochs})")
    parser.add_argument("--versions", type=int, default=VERSIONS, help=f"changed versions of each page (default: {VERSIONS})")
    parser.add_argument("--keep", type=Path, help="folder for the models of the cross-validation")
    parser.add_argument("--output", default=str(MODEL), help=f"where the model goes, '' for nowhere (default: {MODEL.name})")
    options = parser.parse_args(argv)
    recipe = Recipe(epochs=options.epochs)
    labelled = read_labelled() + read_silver()
    print(f"{len(labelled)} pages, {time.process_time():.0f} s of CPU", file=sys.stderr, flush=True)
    plain = [Described(page) for page in labelled]
    counts = Counts(plain)
    others = versions_of(labelled, options.versions)
    pages = [[page, *map(Described, versions)] for page, versions in zip(plain, others, strict=True)]
    print(f"described, {time.process_time():.0f} s of CPU", file=sys.stderr, flush=True)
    sets = (*HAND, *LOOSE, *SILVER)
    provenance = {
        "command": "python -m benchmarks.train_text",
        "sets": {name: bench.digest(bench.dev_set(name)) for name in sets},
        "pages": {name: sum(page.set == name for page in labelled) for name in sets},
        "networks": options.networks,
        "versions": options.versions,
        "recipe": recipe._asdict(),
        "layers": list(BLOCKS),
    }
    if options.output:
        write(Path(options.output), fit(counts, pages, options.networks, recipe), provenance)
        print(f"{options.output} written, {time.process_time():.0f} s of CPU", file=sys.stderr, flush=True)
    if options.validate or options.parts is not None:
        records = {name: list(bench.read(bench.dev_set(name))) for name in MEASURED}
        parts = list(range(PARTS)) if options.parts is None else options.parts
        figures = validate(counts, pages, records, parts, options.validation_networks, recipe, options.keep).figures()
        print(json.dumps(figures, indent=1))
        if options.output:
            note(Path(options.output), {"cross_validated": figures, "cross_validated_networks": options.validation_networks})


def write(path: Path, arrays: dict[str, NDArray], provenance: dict[str, Any]) -> None:
    """Writes a model with its provenance."""
    np.savez_compressed(path, **(arrays | {"provenance": _as_bytes(provenance)}))  # type: ignore[arg-type]


def note(path: Path, known: dict[str, Any]) -> None:
    """Writes into a model's provenance what was measured after its training; all else stays as it is."""
    with np.load(path) as stored:
        arrays = dict(stored)
    write(path, arrays, json.loads(arrays["provenance"].tobytes()) | known)


if __name__ == "__main__":
    main()

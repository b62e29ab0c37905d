"""Trains the classifier of text dumps from the labelled pages, and says how good it is on sites it has not seen.

    python -m benchmarks.train_text                    # trains and writes transforms/boilerplate/text/text_model.npz
    python -m benchmarks.train_text --validate         # first cross-validates: 5 parts, split by domain; figures go into the file
    python -m benchmarks.train_text --across --networks 1    # only: train on two sets, test on the third; figures go into the file

Needs JAX (`pip install jax`). Training takes 3 minutes of one core, cross-validation five times as long.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import bench
from benchmarks.text_leanings import Counts, Leanings
from benchmarks.text_network import Example, Recipe, train
from benchmarks.text_pages import HAND, LEAST_FOUND, SILVER, Described, Labelled, read_labelled, read_silver
from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import TEXT, Page
from broadsheet.transforms.boilerplate.text.model import BLOCKS, CLIP, from_arrays
from broadsheet.transforms.boilerplate.text.text_body import strip_text

MODEL = Path(__file__).resolve().parents[1] / "transforms" / "boilerplate" / "text" / "text_model.npz"

SILVER_TRUST = 0.4
"""What a page counts for whose labels are trafilatura's."""

PARTS = 5
NETWORKS = 3


def fit(counts: Counts, pages: list[Described], networks: int, recipe: Recipe) -> dict[str, NDArray]:
    """Trains lexicon and networks on some pages.

    Args:
        counts: What is known of the entries of all domains, these pages' and others.
        pages: The pages to learn from.
        networks: How many networks are averaged.
        recipe: How they are trained.

    Returns:
        The arrays of the model file.
    """
    leanings = Leanings(counts, sorted({page.page.domains[0] for page in pages}))
    used = [page for page in pages if page.page.found >= LEAST_FOUND]
    tables = [np.concatenate((page.table, leanings.columns(page, page.page.domains)), 1) for page in used]
    everything = np.concatenate(tables)
    mean = everything.mean(0, dtype=np.float64).astype(np.float32)
    scale = (1 / (everything.std(0, dtype=np.float64) + 1e-3)).astype(np.float32)
    examples = [
        Example(np.clip((table - mean) * scale, -CLIP, CLIP), page.page.body, page.page.title, page.page.weights, _trust(page.page))
        for table, page in zip(tables, used, strict=True)
    ]
    trained = [train(examples, seed, recipe) for seed in range(networks)]
    arrays: dict[str, NDArray] = {key: np.stack([net[key] for net in trained]).astype(np.float16) for key in trained[0]}
    cells, checks = leanings.tables()
    return arrays | {"mean": mean, "scale": scale, "leanings": cells, "checks": checks, "provenance": _as_bytes({})}


def _trust(page: Labelled) -> float:
    return SILVER_TRUST if page.set == SILVER else 1.0


def _as_bytes(provenance: dict[str, Any]) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(provenance, indent=1, sort_keys=True).encode(), np.uint8)


def part_of(domain: str) -> int:
    """The part of the cross-validation a domain belongs to, whatever sets it is in."""
    return zlib.crc32(domain.encode()) % PARTS


def bodies(arrays: dict[str, NDArray], records: list[dict[str, Any]]) -> dict[str, str]:
    """The body of each record's dump by `strip_text` with a model, "" where it finds none."""
    model = from_arrays(arrays)
    found = {}
    for record in records:
        try:
            found[str(record["id"])] = strip_text(Page("", 0, record["text"], TEXT, "utf-8", "utf-8", 0.0), model).text
        except NoArticleError:
            found[str(record["id"])] = ""
    return found


def figures(records: dict[str, list[dict[str, Any]]], found: dict[str, str]) -> dict[str, dict[str, float]]:
    """Body figures of each set by `score.py`, over the records that were stripped."""
    result = {}
    for set_name, members in records.items():
        pairs = [(record["body"], found[str(record["id"])]) for record in members if str(record["id"]) in found]
        if pairs:
            result[set_name] = {name: round(value, 4) for name, value in bench.score().body(pairs).items()}
    return result


def validate(
    counts: Counts,
    pages: list[Described],
    records: dict[str, list[dict[str, Any]]],
    networks: int,
    recipe: Recipe,
    keep: Path | None = None,
) -> dict[str, Any]:
    """Trains on four parts and strips the fifth, five times; what is measured is all of `strip_text`.

    Args:
        counts: What is known of the entries of all domains.
        pages: All pages, described.
        records: The labelled records of each set.
        networks: How many networks are averaged.
        recipe: How they are trained.
        keep: A folder for the five models.
    """
    found: dict[str, str] = {}
    for part in range(PARTS):
        began = time.monotonic()
        arrays = fit(counts, [page for page in pages if part_of(page.page.domains[0]) != part], networks, recipe)
        if keep:
            np.savez_compressed(keep / f"part-{part}.npz", **arrays)  # type: ignore[arg-type]
        strangers = [record for members in records.values() for record in members if part_of(str(record["domain"])) == part]
        found |= bodies(arrays, strangers)
        shown = {name: row["f1"] for name, row in figures(records, found).items()}
        print(f"part {part}: {shown} so far, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return figures(records, found)


def across(
    counts: Counts, pages: list[Described], records: dict[str, list[dict[str, Any]]], networks: int, recipe: Recipe
) -> dict[str, Any]:
    """Trains on two sets (and the silver pages) and strips the third, whose domains no page that was learned from comes from."""
    result: dict[str, Any] = {}
    for held, members in records.items():
        strangers = {str(record["domain"]) for record in members}
        others = [page for page in pages if page.page.set != held and page.page.domains[0] not in strangers]
        result |= figures({held: members}, bodies(fit(counts, others, networks, recipe), members))
        print(f"{held}: {result[held]}", file=sys.stderr, flush=True)
    return result


def note(path: Path, known: dict[str, Any]) -> None:
    """Writes into a model's provenance what was measured after its training; all else stays as it is."""
    with np.load(path) as stored:
        arrays = dict(stored)
    arrays["provenance"] = _as_bytes(json.loads(arrays["provenance"].tobytes()) | known)
    np.savez_compressed(path, **arrays)


def main(argv: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--validate", action="store_true", help="cross-validate over domains first")
    parser.add_argument(
        "--across", action="store_true", help="train on two sets, test on the third; of the file only the provenance changes"
    )
    parser.add_argument("--networks", type=int, default=NETWORKS, help="how many networks are averaged")
    parser.add_argument("--keep", type=Path, help="folder for the models of the cross-validation")
    parser.add_argument("--output", type=Path, default=MODEL)
    options = parser.parse_args(argv)
    recipe = Recipe()
    labelled = read_labelled() + read_silver()
    pages = [Described(page) for page in labelled]
    counts = Counts(pages)
    records = {name: list(bench.read(bench.dev_set(name))) for name in HAND}
    if options.across:
        note(
            options.output,
            {"unseen_set": across(counts, pages, records, options.networks, recipe), "unseen_set_networks": options.networks},
        )
        return
    measured = validate(counts, pages, records, options.networks, recipe, options.keep) if options.validate else {}
    print(json.dumps(measured, indent=1))
    arrays = fit(counts, pages, options.networks, recipe)
    provenance = {
        "command": "python -m benchmarks.train_text --validate" if options.validate else "python -m benchmarks.train_text",
        "sets": {name: bench.digest(bench.dev_set(name)) for name in (*HAND, SILVER)},
        "pages": {name: sum(page.set == name for page in labelled) for name in (*HAND, SILVER)},
        "networks": options.networks,
        "recipe": recipe._asdict(),
        "layers": list(BLOCKS),
        "cross_validated": measured,
    }
    arrays["provenance"] = _as_bytes(provenance)
    np.savez_compressed(options.output, **arrays)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()

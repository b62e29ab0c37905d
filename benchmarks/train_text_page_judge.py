"""Trains what judges whole dumps (page type, confidence in the body) and says how well it is calibrated.

    python -m benchmarks.train_text --keep /tmp/parts --output ''            # the networks of the cross-validation
    python -m benchmarks.train_text_page_judge /tmp/parts                    # a minute; writes page_judge.json

Every page is judged by networks that have not seen its site. The two logistic models are then cross-validated over the same parts,
so neither has seen the site when its probability is compared with the outcome.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import compress
from pathlib import Path

import numpy as np

from benchmarks import bench
from benchmarks.text_pages import HAND, LOOSE, PARTS, part_of
from benchmarks.train_page_judge import RIGHT, TYPES, Judged, write
from broadsheet.schemas.errors import NoArticleError
from broadsheet.transforms.boilerplate.text.model import TextModel, from_arrays
from broadsheet.transforms.boilerplate.text.page_judge import NUMBERS, WEIGHTS, page_numbers
from broadsheet.transforms.boilerplate.text.text_body import judge_lines

DECAY = 5.0
"""The weight of the penalty: with 1, as for HTML, page types are called too likely by 0.066 on average, with 5 by 0.026."""


def judged(models: dict[int, TextModel]) -> Iterator[Judged]:
    """Yields the labelled pages as the judge of pages sees them; pages that are refused have no row, so they are left out.

    Args:
        models: For each part of the cross-validation the networks that were trained without it.
    """
    for name in (*HAND, *LOOSE):
        for record in bench.read(bench.dev_set(name)):
            part = part_of(str(record["domain"]))
            if part not in models:
                continue
            try:
                found = judge_lines(record["text"], models[part])
            except NoArticleError:
                continue
            texts = [line.text for line in found.lines if line.text]
            body = "\n".join(compress(texts, found.kept))
            f1 = bench.score().body([(record["body"], body)])["doc_f1"]
            numbers = page_numbers(record["text"], found.at, found.judged, found.kept, found.given)
            kind = str(record.get("page_type") or "article")
            yield Judged(part, numbers, float(f1 >= RIGHT), TYPES.get(kind, kind), name)


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.train_text_page_judge", description=(__doc__ or "").split("\n")[0], allow_abbrev=False
    )
    parser.add_argument("models", type=Path, help="the folder that train_text --keep has filled")
    options = parser.parse_args(arguments)
    models = {}
    for part in range(PARTS):
        path = options.models / f"part-{part}.npz"
        if path.is_file():
            with np.load(path) as stored:
                models[part] = from_arrays(dict(stored))
    pages = list(judged(models))
    write(pages, pages, WEIGHTS, NUMBERS, "benchmarks.train_text_page_judge", DECAY)
    return 0


if __name__ == "__main__":
    sys.exit(main())

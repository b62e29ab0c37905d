"""The quality gate: what was reached on the labelled pages must not be lost again.

    python -m benchmarks.floors                # what is measured now, beside the floors
    python -m benchmarks.floors --lift         # lifts the floors that were passed; never lowers one

The floors lie in tests/quality/floors.json, from the name of a figure to the least it may be; tests/quality/digests.json says which
files they belong to. To lower a floor one has to edit the file, and to say why in the commit.

Two kinds of figures. Those named `trained.*` come with the models: body F1 on sites that they had not seen, recorded at training.
All others are measured here, on pages some of which the models have learned from: too high as an estimate, but they fall when the
code that turns pages into blocks, or blocks into rows, does worse. They are taken from a sample (`SHARES`), so that all of it is
done in less than a minute.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import bench
from benchmarks.quality import Prediction, Predictor, predict_body, predict_document, predict_language, run
from broadsheet.transforms.boilerplate.html import page_judge as html_page_judge
from broadsheet.transforms.boilerplate.text import model as text_model

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "quality"
FLOORS, DIGESTS = FOLDER / "floors.json", FOLDER / "digests.json"

Figures = dict[str, float]

SETS = ("sh", "tj", "daniel", "tjx", "tf", "lang")
SHARES: dict[tuple[str, str], int] = {
    ("html", "sh"): 1,
    ("html", "tj"): 2,
    ("html", "daniel"): 2,
    ("html", "tjx"): 2,
    ("html", "tf"): 4,
    ("text", "sh"): 2,
    ("text", "tj"): 4,
    ("text", "daniel"): 8,
    ("text", "tf"): 8,
    ("language", "lang"): 4,
}
"""Of each input and set, one page in how many is measured: chosen so that no group takes much more than five seconds."""


def is_sampled(identifier: str, share: int) -> bool:
    """Whether a page belongs to the sample of one in `share`: by the digest of its id, so that other pages move nothing."""
    return int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:4], "big") % share == 0


def measure() -> Figures:
    """Measures all figures, whole: some 45 s on a quiet core."""
    figures = trained()
    for (kind, name), share in SHARES.items():
        figures.update(measure_set(kind, name, share))
    return dict(sorted(figures.items()))


def measure_set(kind: str, name: str, share: int) -> Figures:
    """Measures one set's sample.

    Args:
        kind: `html`, `text` or `language`: what is the input.
        name: The set.
        share: One page in how many.
    """
    records = [record for record in bench.read(bench.dev_set(name)) if is_sampled(str(record["id"]), share)]
    predict: Predictor = predict_language if kind == "language" else predict_document if name in ("tf", "tj") else predict_body
    done = run(records, "html" if kind == "html" else "text", predict)
    named = {prediction["id"]: prediction for prediction in done.predictions}
    return {
        f"{kind}.{name}.{key}": value for key, value in _scored([(record, named[record["id"]]) for record in records], kind, name)
    }


def _scored(pairs: list[tuple[dict[str, Any], Prediction]], kind: str, name: str) -> Iterator[tuple[str, float]]:
    """Yields every figure that a set has gold for, by `score.py`'s functions; the greater the better, all of them."""
    score = bench.score()
    if kind == "language":
        for group in ("headline", "sent", "doc300", "doc1000"):
            of_group = [(gold["language"], found["language"]) for gold, found in pairs if gold["set"] == group]
            yield group, _mean(score.SISTERS.get(a, a) == score.SISTERS.get(b.split("-")[0], b.split("-")[0]) for a, b in of_group)
        return
    if name != "tf":
        yield "body", score.body([(gold["body"], found["body"]) for gold, found in pairs])["f1"]
    if name in ("tf", "tj"):
        titles = [(gold["title"], found.get("title")) for gold, found in pairs if gold.get("title")]
        yield "title", _mean(score.fold(a) == score.fold(b) for a, b in titles)
        known = [(score.names(gold["author"]), score.names(found.get("authors"))) for gold, found in pairs if gold.get("author")]
        yield "authors", _mean(a == b for a, b in known)
        yield "authors_precision", _mean(a == b for a, b in known if b)
        dates = [(score.day(gold["date"]), score.day(found.get("date"))) for gold, found in pairs if score.day(gold.get("date"))]
        yield "date", _mean(a == b for a, b in dates)
        yield "date_precision", _mean(a == b for a, b in dates if b)


def _mean(right: Any) -> float:
    return float(np.mean(list(right) or [False]))


def trained() -> Figures:
    """Returns the body F1 on sites that the models had not seen, as their files record it."""
    html = json.loads(html_page_judge.WEIGHTS.read_text(encoding="utf-8"))["provenance"]["bodies"]["as shipped"]
    text = text_model.load().provenance["unseen_sites_two_of_five_parts_one_network"]
    return {
        **{f"trained.html.{name}": float(body["f1"]) for name, body in html.items()},
        **{f"trained.text.{name}": float(body["f1"]) for name, body in text.items()},
    }


def digests() -> dict[str, str]:
    """Returns the digests of the labelled files as they lie there."""
    return {name: bench.digest(bench.dev_set(name)) for name in SETS}


def fallen(floors: Mapping[str, float], figures: Mapping[str, float]) -> list[str]:
    """Names every floor that is not held, in words; a figure that is no longer measured holds none.

    Args:
        floors: The least each figure may be.
        figures: What they are.
    """
    return [
        f"{name} is {figures.get(name, math.nan):.4f}, its floor {floor:.3f}"
        for name, floor in floors.items()
        if not figures.get(name, math.nan) >= floor
    ]


def lifted(floors: Mapping[str, float], figures: Mapping[str, float], margin: float = 0.0) -> Figures:
    """Returns the floors with those lifted that were passed, and new ones for new figures; none is lowered, none is lost.

    Args:
        floors: The floors so far.
        figures: What is measured now.
        margin: How far below a figure its floor is put. Floors are cut to a thousandth.
    """
    names = sorted({*floors, *figures})
    return {name: max(floors.get(name, 0.0), _floor_of(figures.get(name, 0.0) - margin)) for name in names}


def _floor_of(value: float) -> float:
    return max(0.0, math.floor(value * 1000) / 1000)


def read_floors(path: Path = FLOORS) -> Figures:
    """Reads floors; none if there is no file yet."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def main(arguments: list[str] | None = None, measuring: Callable[[], Figures] = measure) -> int:
    """Runs the command line; returns its exit code: 1 if a floor is not held, and then no floor is changed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.floors", description=(__doc__ or "").split("\n")[0], allow_abbrev=False
    )
    parser.add_argument("--lift", action="store_true", help="lift the floors that were passed")
    parser.add_argument("--margin", type=float, default=0.0, help="how far below what is measured to put them")
    parser.add_argument("--floors", type=Path, default=FLOORS, help="the file with the floors")
    options = parser.parse_args(arguments)
    floors, figures = read_floors(options.floors), measuring()
    for name, value in figures.items():
        print(f"{name:32} {value:.4f}  floor {floors.get(name, math.nan):.3f}")
    if broken := fallen(floors, figures):
        print("\n".join(broken), file=sys.stderr)
        return 1
    if options.lift:
        _write(options.floors, lifted(floors, figures, options.margin))
        _write(options.floors.with_name(DIGESTS.name), digests())
    return 0


def _write(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

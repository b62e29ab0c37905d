"""How right and how fast titles, authors and dates are, ours and other people's, side by side in one run.

    python -m benchmarks.metadata                  # prints the tables of docs/quality.md's metadata
    python -m benchmarks.metadata --limit 20       # the first pages of each set: whether it works

Right is what `score.py` says, over all pages of the sets that have the labels. Fast is milliseconds of the processor a page, for
the metadata alone: ours from the page's source and blocks, the peers' with the parse of the page, which is theirs to do. Each
reader reads each set in a process of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import bench
from benchmarks.quality import Prediction, Spent, predict_document, run, write

OURS = "broadsheet"
SETS = ("tf", "tj", "fundus", "aed", "merc", "misinfo", "hde", "zhds")
"""The sets with titles, authors or dates."""
FIELDS = ("title", "authors", "date")
Read = Callable[[str, str | None], Prediction]
"""From a page and its address to the fields that a reader knows."""


def trafilatura() -> Read:
    """Returns trafilatura's metadata; it gives names as one string, parted by semicolons."""
    extract = importlib.import_module("trafilatura.metadata").extract_metadata

    def read(page: str, url: str | None) -> Prediction:
        found = extract(page, default_url=url)
        names = [name.strip() for name in (found.author or "").split(";") if name.strip()]
        return {"title": found.title, "authors": names, "date": found.date}

    return read


def readability() -> Read:
    """Returns readability-lxml's title, without the site's name as far as it can tell."""
    document = importlib.import_module("readability").Document
    return lambda page, url: {"title": document(page).short_title()}


def htmldate(**options: bool) -> Read:
    """Returns htmldate's date of publication."""
    find = importlib.import_module("htmldate").find_date
    return lambda page, url: {"date": find(page, url=url, original_date=True, **options)}


_SHORTEST_TITLE = 4
_BY = re.compile(r"(?:by|von|par|por|di|door|av)\s(?:[^\W\d_][\w'’-]*\s?){2,4}$", re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)(?:((?:19|20)\d\d)-(\d\d)-(\d\d)|(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d))(?!\d)")


def simple_rules() -> Read:
    """Returns what a dump gives to who looks for a minute: the first line of four words, the first "By ...", the first date."""

    def read(text: str, url: str | None) -> Prediction:
        lines = [" ".join(line.split()) for line in text.split("\n")]
        byline = next((line for line in lines if _BY.fullmatch(line)), "")
        return {
            "title": next((line for line in lines if len(line.split()) >= _SHORTEST_TITLE), None),
            "authors": [byline.split(" ", 1)[1]] if byline else [],
            "date": next((_day(found) for line in lines for found in _DATE.finditer(line)), None),
        }

    return read


def _day(found: re.Match[str]) -> str:
    year, month, day = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
    return f"{year}-{month:0>2}-{day:0>2}"


PEERS: dict[str, dict[str, Callable[[], Read]]] = {
    "html": {"trafilatura": trafilatura, "readability-lxml": readability, "htmldate": htmldate},
    "text": {"simple rules": simple_rules},
}
"""By input, then by name: what loads each."""


def installed(name: str) -> bool:
    """Whether a peer can be loaded here: two of them are not in any of our extras."""
    module = {"readability-lxml": "readability"}.get(name, name)
    return name == "simple rules" or importlib.util.find_spec(module) is not None


def predict(field: str, name: str, records: list[dict[str, Any]]) -> tuple[list[Prediction], float]:
    """Reads some pages' metadata.

    Args:
        field: `html` or `text`.
        name: `broadsheet` or one of `PEERS`.
        records: Labelled pages. The first is read twice and timed once, for what is loaded with it.

    Returns:
        What was found, and milliseconds of the processor a page.
    """
    if name == OURS:
        spent: Spent = defaultdict(float)
        done = run(records, field, lambda page: _fields(predict_document(page, spent)), spent)
        return done.predictions, spent["metadata"] / len(records) * 1e3
    read = PEERS[field][name]()
    read(records[0][field], records[0].get("url"))
    started = time.process_time()
    found = [read(record[field], record.get("url")) for record in records]
    seconds = time.process_time() - started
    return [{"id": record["id"], **fields} for record, fields in zip(records, found, strict=True)], seconds / len(records) * 1e3


def _fields(prediction: Prediction) -> Prediction:
    return {name: prediction[name] for name in FIELDS}


def measure(field: str, name: str, set_name: str, limit: int | None) -> dict[str, Any]:
    """Measures a reader on a set, in this process.

    Returns:
        What `score.py` says of the fields that the reader gives, and `ms`.
    """
    records = list(islice(bench.read(bench.dev_set(set_name)), limit))
    predictions, milliseconds = predict(field, name, records)
    with tempfile.TemporaryDirectory() as folder:
        gold, predicted = Path(folder, "gold.jsonl"), Path(folder, "predicted.jsonl")
        write(records, gold)
        write(predictions, predicted)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            bench.score().main(str(gold), str(predicted))
    return {"ms": milliseconds, **json.loads(printed.getvalue())}


def measure_apart(field: str, name: str, set_name: str, limit: int | None) -> dict[str, Any]:
    """Measures in a process of its own, on one thread."""
    one_thread = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    command = [sys.executable, "-m", "benchmarks.metadata", "--task", json.dumps([field, name, set_name, limit])]
    done = subprocess.run(command, env={**os.environ, **one_thread}, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def table(field: str, limit: int | None) -> list[str]:
    """Measures us and our peers on all sets; returns a table."""
    lines = [
        "| reader | set | title exact / loose | authors exact / precision / invented | date accuracy / precision | ms per page |",
        "|---|---|---|---|---|---|",
    ]
    for name in (OURS, *(name for name in PEERS[field] if installed(name))):
        for set_name in SETS:
            got = measure_apart(field, name, set_name, limit)
            cells = (_shares(got, "title"), _shares(got, "authors"), _shares(got, "date"))
            lines.append(f"| {name} | {set_name} | {' | '.join(cells)} | {got['ms']:.2f} |")
            print(lines[-1], file=sys.stderr, flush=True)
    return lines


def _shares(got: dict[str, Any], field: str) -> str:
    """Returns a field's figures as a cell; a reader that does not give the field has none."""
    return " / ".join("-" if row["share"] is None else f"{row['share']:.3f}" for row in got.get(field, {}).values()) or "-"


def unseen() -> list[str]:
    """Returns a table of what the tables do on sites and on sets that they have not seen, from their own files."""
    folder = Path(__file__).resolve().parents[1] / "transforms" / "metadata"
    lines = ["| task | set | sites unseen: accuracy / precision | set left out: accuracy / precision |", "|---|---|---|---|"]
    for weights in (folder / "html" / "html_weights.json", folder / "text" / "text_weights.json"):
        for name, task in json.loads(weights.read_text(encoding="utf-8"))["tasks"].items():
            for set_name, by_way in task.get("checked", {}).items():
                if set_name.endswith(" without"):  # the right answer was taken away: only how often one is given counts
                    continue
                cells = [f"{row['accuracy']:.3f} / {row['precision']:.3f}" for row in by_way.values()]
                lines.append(f"| {name} | {set_name} | {' | '.join(cells)} |")
    return lines


def sections(limit: int | None) -> Iterator[str]:
    """Yields the lines about metadata of docs/quality.md."""
    yield _HEAD
    yield from ("### HTML\n", *table("html", limit), "\n### Text dumps\n", *table("text", limit), _SEEN, *unseen())


_HEAD = """
## Metadata

From `python -m benchmarks.metadata`, over all pages of the sets that have the labels. *Invented* is the share of pages without an
author for which one is given. *ms per page* is CPU time for the metadata alone: the peers parse the page for it, we read its
source.
"""
_SEEN = """
The tables that weigh candidates are trained on these pages. The following table shows sites that they have not seen, and sets that
were left out as a whole.
"""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.metadata", description=(__doc__ or "").split("\n")[0], allow_abbrev=False
    )
    parser.add_argument("--limit", type=int, help="so many pages of each set")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.task:
        print(json.dumps(measure(*json.loads(options.task))))
    else:
        print("\n".join(sections(options.limit)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

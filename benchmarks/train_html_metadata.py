"""Trains the tables that weigh what an HTML page says of its date and its authors: `transforms/metadata/html/html_weights.json`.

    python -m benchmarks.train_html_metadata            # writes the file and prints the figures
    python -m benchmarks.train_html_metadata --check    # prints them, writes nothing

`choice_model` says how it learns and how it is checked. Needs scipy.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import bench
from benchmarks.choice_model import Model, Question, checked, to_text, train, trimmed, without_right
from benchmarks.quality import page_of
from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import Article
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.language.detect_language import detect_language
from broadsheet.transforms.metadata.html import html_metadata
from broadsheet.transforms.metadata.html import publication_dates as html_dates

OUT = Path(html_metadata.__file__).with_name("html_weights.json")
SETS = ("tf", "tj", "tjx", "fundus", "aed", "merc", "misinfo", "hde", "zhds")
SAY_NONE = ("tjx", "zhds")
"""The sets in which a label that is null says that the page has none; elsewhere it is unknown."""
LATEST = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
"""No labelled page is younger: the day the sets were frozen."""


class Task(NamedTuple):
    """A model, and what it asks of a page."""

    model: Model
    questions: Callable[[html_metadata.Read, dict[str, Any], str], Iterator[Question]]
    """Yields the page's question, then those of the page with fewer signs, which only teach."""


def dates(page: html_metadata.Read, record: dict[str, Any], name: str) -> Iterator[Question]:
    """A day is right if it is the labelled one.

    Most pages say their date in five ways, so that no way is seen alone; hence each way also asks as if it were the page's only
    one.
    """
    signs = html_dates.named(page.scene, LATEST, html_dates.ORDER)
    gold = bench.score().day(record.get("date"))
    for kinds in (html_dates.ORDER, *([kind] for kind in html_dates.ORDER)):
        days, found = html_dates.weighed(page.scene, [(kind, sign) for kind, sign in signs if kind in kinds])
        right = [day.date.isoformat() == gold for day in days]
        whole = kinds is html_dates.ORDER
        absent = whole and name in SAY_NONE and "date" in record and not gold
        if whole or any(right):
            yield Question(name, record["domain"], found, right, right, gold is not None, absent, only_teaches=not whole)


DATE_PRIORS = {
    **{kind.find.__name__: dict.fromkeys(range(1, 5), 2.0 if kind.declared or kind.basis == "label" else 1.5)
       for kind in html_dates.ORDER},
    "date_line": {1: 1.5, 2: 0.5, 3: 0.5, 4: 0.0, 5: 0.0, 6: -0.5, 7: 0.5},
    "element_elsewhere": {1: 0.5},
    "changed": {1: -0.5, 2: -3.0},
    "shift": {1: 1.5, 2: 1.0, 3: -1.0, 4: -1.5, 5: -1.5, 6: -4.0, 7: -1.0, 8: 2.5},
    "address": {1: 2.0, 2: 1.0, 3: -2.0, 4: -0.5, 5: -3.0},
    "rivals": {2: -0.5, 3: -0.5, 4: -1.0},
    "only": {1: 0.5, 2: 1.0, 3: 1.0, 4: -5.0},
    "agree": {2: 0.5, 3: 1.0},
    "month": {1: 1.0, 2: -0.5, 3: -1.0},
}  # fmt: skip
"""Each kind of sign is worth something alone; a day far from the declared one, or from the address, needs more for it."""
TASKS = (Task(Model("html_date", html_dates.SLOTS, True, 5.0, 1.0, DATE_PRIORS, 1.5), dates),)


def articles(name: str) -> Iterator[tuple[dict[str, Any], Article]]:
    """Yields the records of a set and their articles, except for pages that are refused."""
    for record in bench.read(bench.dev_set(name)):
        try:
            yield record, detect_language(strip(page_of(record, "html")))
        except RecordError:
            continue


def taught(questions: Sequence[Question]) -> list[Question]:
    """Returns what a table is trained on: the pages as they are, and without their right candidates."""
    return [*questions, *without_right(questions)]


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_html_metadata", allow_abbrev=False)
    parser.add_argument("--check", action="store_true", help="print the figures and write nothing")
    options = parser.parse_args(arguments)
    pages = [(name, record, html_metadata.read(article)) for name in SETS for record, article in articles(name)]
    trained: dict[str, Any] = {}
    for task in TASKS:
        questions = [q for name, record, page in pages for q in task.questions(page, record, name)]
        reached = checked(task.model, questions, taught)
        print_figures(task.model.name, reached)
        fitted = train(task.model, taught(questions))
        slots = {slot: trimmed(weights) for slot, weights in zip(task.model.slots, fitted.tables, strict=True)}
        trained[task.model.name] = {"checked": reached, "none": fitted.none, "slots": slots}
    if not options.check:
        provenance = {
            "command": "python -m benchmarks.train_html_metadata",
            "sets": {name: bench.digest(bench.dev_set(name)) for name in SETS},
            "model": "conditional logit over the candidates of a page, L2; checked over domains and with each set left out",
        }
        OUT.write_text(to_text({"provenance": provenance, "tasks": trained}), encoding="utf-8")
    return 0


def print_figures(name: str, reached: dict[str, Any]) -> None:
    """Prints a line per set: accuracy and precision over domains, and with the set left out."""
    for set_name, by_way in reached.items():
        cells = [f"{way} {row['accuracy']:.3f} / {row['precision']:.3f} given {row['given']:.3f}" for way, row in by_way.items()]
        print(f"{name:12} {set_name:16} {by_way['domains']['pages']:4} {' | '.join(cells)}")


if __name__ == "__main__":
    raise SystemExit(main())

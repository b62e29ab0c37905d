"""Trains the tables that find title, date and authors in a dump: `transforms/metadata/text/text_weights.json`.

    python -m benchmarks.train_text_metadata --judges DIR            # writes the file and prints the cross-validated figures
    python -m benchmarks.train_text_metadata --judges DIR --check    # prints them, writes nothing

Each page is one question: which of its candidates is the labelled one, or none. The table is the conditional logit of that choice
(several candidates may be right: a title that stands twice), with an L2 penalty. The figures are from five-fold cross-validation
over domains; the shipped table is then trained on all pages.

What a table sees of a page are the roles that `strip_text` gives its lines, and the judge in there has learnt from these very pages
too. So each page is stripped by a judge that has not seen its domain, in training as in measuring: `DIR` holds one for each part of
`train_text`'s cross-validation (`python -m benchmarks.train_text --validate --keep DIR`). Without it the shipped judge strips all
pages: quick, and two to six points too good. Needs scipy.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Optional

import numpy as np
from scipy.optimize import minimize

from benchmarks import bench
from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import TEXT, Article, Page
from broadsheet.transforms.boilerplate.text.model import TextModel, from_arrays
from broadsheet.transforms.boilerplate.text.text_body import strip_text
from broadsheet.transforms.metadata.text import authors as text_authors
from broadsheet.transforms.metadata.text import publication_dates as text_dates
from broadsheet.transforms.metadata.text import title as text_title
from broadsheet.transforms.metadata.text.candidate_ranker import Features, Ranker, install, table
from broadsheet.transforms.metadata.text.dump_view import View, view

OUT = Path(text_title.__file__).with_name("text_weights.json")
SETS = ("tf", "tj", "daniel")
FOLDS = 5
LATEST = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
"""No labelled page is younger: the day the sets were frozen."""


class Labelled(NamedTuple):
    """A page and what is known of it."""

    name: str
    """Its set."""
    group: str
    """Its domain."""
    record: dict[str, Any]
    view: Optional[View]
    """`None` where the page was refused."""


class Question(NamedTuple):
    """One page's candidates and which of them are right."""

    name: str
    group: str
    candidates: list[Features]
    teaches: list[bool]
    """Which candidates the table shall prefer."""
    right: list[bool]
    """Which score.py counts."""
    labelled: bool
    """Whether the label is there at all; the figures count only these."""


Answers = tuple[list[Features], list[bool], list[bool], bool]
"""The last four fields of a `Question`."""


class Task(NamedTuple):
    """What is to be learnt."""

    name: str
    field: str
    """The label's name in the sets."""
    slots: tuple[str, ...]
    sets: tuple[str, ...]
    optional: bool
    """Whether "none" may be the answer."""
    questions: Callable[[View, dict[str, Any]], Answers]
    penalty: float
    none_worth: float
    """What a page without a right candidate counts against one that has one: the price of a wrong answer against a missing one."""


def title_glances(page: View, record: dict[str, Any]) -> Answers:
    """As `titles`, for the first look."""
    indexes, found = text_title.glances(page)
    return _title_answers(page, indexes, found, record)


def titles(page: View, record: dict[str, Any]) -> Answers:
    """A candidate is right where score.py would call it exact, or, where none is, loose."""
    indexes, found = text_title.candidates(page)
    return _title_answers(page, indexes, found, record)


def _title_answers(page: View, indexes: list[int], found: list[Features], record: dict[str, Any]) -> Answers:
    score, gold = bench.score(), record.get("title")
    texts = [text_title.clean_title(page.blocks[index].text) for index in indexes]
    exact = [score.fold(text) == score.fold(gold) for text in texts]
    return found, exact if any(exact) else [score.loose(gold, text) for text in texts], exact, bool(gold)


def dates(page: View, record: dict[str, Any]) -> Answers:
    """A candidate is right where it names the labelled day, wherever it stands."""
    title = text_title.text_title(page)[0]
    items, found = text_dates.candidates(page, title, LATEST)
    gold = bench.score().day(record.get("date"))
    right = [item.found.date.isoformat() == gold for item in items]
    return found, right, right, gold is not None


def author_glances(page: View, record: dict[str, Any]) -> Answers:
    """As `authors`, for the first look."""
    return _author_answers(*text_authors.glances(page, text_title.text_title(page)[0]), record)


def authors(page: View, record: dict[str, Any]) -> Answers:
    """A candidate is right where its names are all of the labelled ones and no others."""
    return _author_answers(*text_authors.candidates(page, text_title.text_title(page)[0]), record)


def _author_answers(items: list[text_authors.Byline], found: list[Features], record: dict[str, Any]) -> Answers:
    names = bench.score().names
    gold = names(record.get("author"))
    right = [bool(gold) and names(item.names) == gold for item in items]
    return found, right, right, bool(gold)


# Each is trained on what the ones before it find.
TASKS = (
    Task("title_glance", "title", text_title.GLANCE_SLOTS, ("tf", "tj", "daniel"), False, title_glances, 3.0, 1.0),
    Task("title", "title", text_title.SLOTS, ("tf", "tj", "daniel"), True, titles, 3.0, 0.1),
    Task("date", "date", text_dates.SLOTS, ("tf", "tj"), True, dates, 5.0, 1.5),
    Task("authors_glance", "author", text_authors.GLANCE_SLOTS, ("tf", "tj"), True, author_glances, 3.0, 0.3),
    Task("authors", "author", text_authors.SLOTS, ("tf", "tj"), True, authors, 3.0, 0.45),
)


def judges(folder: Path) -> list[TextModel]:
    """Returns a judge for each part of the domains that has not seen that part."""
    return [from_arrays(dict(np.load(folder / f"part-{part}.npz"))) for part in range(FOLDS)]


def articles(name: str, models: Optional[list[TextModel]] = None) -> Iterator[tuple[dict[str, Any], Optional[Article]]]:
    """Yields the records of a set and their articles; `None` where the page was refused."""
    for record in bench.read(bench.dev_set(name)):
        page = Page(str(record["id"]), 0, record["text"], TEXT, "utf-8", "utf-8", 0.0)
        try:
            yield record, strip_text(page, models[fold_of(record["domain"])] if models else None)
        except NoArticleError:
            yield record, None


def collect(models: Optional[list[TextModel]] = None) -> list[Labelled]:
    """Returns the labelled pages of all sets."""
    return [
        Labelled(name, record["domain"], record, view(article) if article else None)
        for name in SETS
        for record, article in articles(name, models)
    ]


def questions(task: Task, pages: list[Labelled]) -> list[Question]:
    """Returns what a task asks of some pages, the earlier tasks' tables being installed."""
    found = []
    for page in pages:
        if page.name in task.sets:
            answers = task.questions(page.view, page.record) if page.view else ([], [], [], bool(page.record.get(task.field)))
            found.append(Question(page.name, page.group, *answers))
    return found


def train(task: Task, questions: list[Question]) -> Ranker:
    """Fits a task's table. Questions without a right answer teach only where "none" may be one."""
    usable = [q for q in questions if q.candidates and (any(q.teaches) or task.optional)]
    sizes = [1 + max(candidate[slot] for q in usable for candidate in q.candidates) for slot in range(len(task.slots))]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    columns = np.array([candidate for q in usable for candidate in q.candidates]) + offsets[:-1]
    owner = np.repeat(np.arange(len(usable)), [len(q.candidates) for q in usable])
    right = np.array([flag for q in usable for flag in q.teaches], float)
    no_right = np.array([not any(q.teaches) for q in usable], float)

    worth = np.where(no_right > 0, task.none_worth, 1.0)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = weights[:-1][columns].sum(axis=1)
        top = np.zeros(len(usable))
        np.maximum.at(top, owner, scores)
        exp = np.exp(scores - top[owner])
        none = np.exp(weights[-1] - top) if task.optional else np.zeros(len(usable))
        total = np.bincount(owner, exp, len(usable)) + none
        good = np.bincount(owner, exp * right, len(usable)) + none * no_right
        difference = (exp / total[owner] - exp * right / good[owner]) * worth[owner]
        gradient = np.zeros_like(weights)
        np.add.at(gradient, columns.ravel(), np.repeat(difference, columns.shape[1]))
        gradient[-1] = ((none / total - none * no_right / good) * worth).sum()
        return (
            float(-(np.log(good / total) * worth).sum() + task.penalty * (weights @ weights) / 2),
            gradient + task.penalty * weights,
        )

    fitted = minimize(loss, np.zeros(int(offsets[-1]) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x.round(2)
    tables = [fitted[a:b].tolist() for a, b in pairwise(offsets)]
    return table(tables, float(fitted[-1]) if task.optional else None)


def fold_of(group: str) -> int:
    """Returns the part that all pages of a domain are in: the same as in `train_text`."""
    return zlib.crc32(group.encode()) % FOLDS


def cross_validate(pages: list[Labelled], tasks: tuple[Task, ...] = TASKS) -> dict[str, dict[str, dict[str, float]]]:
    """Answers each question by tables, of this and all earlier tasks, that have seen no page of its domain."""
    answers: dict[str, dict[str, list[tuple[bool, bool, bool]]]] = {}
    for fold in range(FOLDS):
        seen = [page for page in pages if fold_of(page.group) != fold]
        unseen = [page for page in pages if fold_of(page.group) == fold]
        for task in tasks:
            trained = train(task, questions(task, seen))
            install(task.name, trained)
            for q in questions(task, unseen):
                if q.labelled:
                    answer = trained.choose(q.candidates)
                    right = answer is not None and q.right[answer]
                    answers.setdefault(task.name, {}).setdefault(q.name, []).append((any(q.right), answer is not None, right))
    return {task: {name: _figures(flags) for name, flags in by_set.items()} for task, by_set in answers.items()}


def _figures(flags: list[tuple[bool, bool, bool]]) -> dict[str, float]:
    possible, given, right = (sum(column) for column in zip(*flags, strict=True))
    return {
        "pages": len(flags),
        "possible": round(possible / len(flags), 4),
        "accuracy": round(right / len(flags), 4),
        "precision": round(right / max(1, given), 4),
    }


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_text_metadata", allow_abbrev=False)
    parser.add_argument("--check", action="store_true", help="print the cross-validated figures and write nothing")
    parser.add_argument("--judges", type=Path, metavar="DIR", help="models of the dump's lines, one a part of the domains")
    options = parser.parse_args(arguments)
    pages = collect(judges(options.judges) if options.judges else None)
    figures = cross_validate(pages)
    for name, by_set in figures.items():
        print(name, json.dumps(by_set))
    if options.check:
        return 0
    trained: dict[str, Any] = {}
    for task in TASKS:
        fitted = train(task, questions(task, pages))
        install(task.name, fitted)
        slots = {slot: _trimmed(weights) for slot, weights in zip(task.slots, fitted.tables, strict=True)}
        trained[task.name] = {"cross_validated": figures[task.name], "none": fitted.none, "slots": slots}
    provenance = {
        "command": "python -m benchmarks.train_text_metadata" + (" --judges DIR" if options.judges else ""),
        "sets": {name: bench.digest(bench.dev_set(name)) for name in SETS},
        "model": "conditional logit over the candidates of a page, L2, five folds over domains",
    }
    text = json.dumps({"provenance": provenance, "tasks": trained}, indent=1)
    OUT.write_text(_compact(text) + "\n", encoding="utf-8")
    return 0


def _trimmed(weights: list[float]) -> list[float]:
    """Leaves out the zeros that fill a table up."""
    size = max((number for number, weight in enumerate(weights, start=1) if weight), default=0)
    return weights[:size]


def _compact(text: str) -> str:
    """Puts each table on one line."""
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        stripped = line.strip()
        if inside:
            lines[-1] += stripped if stripped.startswith("]") else stripped + (" " if stripped.endswith(",") else "")
            inside = not stripped.startswith("]")
        else:
            lines.append(line)
            inside = stripped.endswith("[")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())

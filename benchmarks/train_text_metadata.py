"""Trains the tables that find title, date and authors in a dump: `transforms/metadata/text_weights.json`.

    python -m benchmarks.train_text_metadata            # writes the file and prints the cross-validated figures
    python -m benchmarks.train_text_metadata --check    # prints them, writes nothing

Each page is one question: which of its candidates is the labelled one, or none. The table is the conditional logit of that choice
(several candidates may be right: a title that stands twice), with an L2 penalty. The figures are from five-fold cross-validation over
domains, the body being found by the shipped block rules; the shipped table is then trained on all pages. Needs scipy.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Optional

import numpy as np
from scipy.optimize import minimize

from benchmarks import bench
from schemas.errors import NoArticleError
from schemas.records import TEXT, Article, Page
from transforms.boilerplate.text import strip_text
from transforms.metadata import text_authors, text_dates, text_title
from transforms.metadata.text_rank import Features, Ranker
from transforms.metadata.text_view import View, view

OUT = Path(text_title.__file__).with_name("text_weights.json")
FOLDS = 5
LATEST = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
"""No labelled page is younger: the day the sets were frozen."""


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


def titles(page: View, record: dict[str, Any]) -> Answers:
    """A candidate is right where score.py would call it exact, or, where none is, loose."""
    indexes, found = text_title.candidates(page)
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


def authors(page: View, record: dict[str, Any]) -> Answers:
    """A candidate is right where its names are all of the labelled ones and no others."""
    title = text_title.text_title(page)[0]
    items, found = text_authors.candidates(page, title)
    names = bench.score().names
    gold = names(record.get("author"))
    right = [bool(gold) and names(item.names) == gold for item in items]
    return found, right, right, bool(gold)


TASKS = (
    Task("title", "title", text_title.SLOTS, ("tf", "tj", "daniel"), True, titles, 3.0, 0.1),
    Task("date", "date", text_dates.SLOTS, ("tf", "tj"), True, dates, 3.0, 0.7),
    Task("authors", "author", text_authors.SLOTS, ("tf", "tj"), True, authors, 3.0, 0.5),
)


def articles(name: str) -> Iterator[tuple[dict[str, Any], Optional[Article]]]:
    """Yields the records of a set and their articles; `None` where the page was refused."""
    for record in bench.read(bench.dev_set(name)):
        page = Page(str(record["id"]), 0, record["text"], TEXT, "utf-8", "utf-8", 0.0)
        try:
            yield record, strip_text(page)
        except NoArticleError:
            yield record, None


def collect() -> dict[str, list[Question]]:
    """Returns the questions of each task."""
    found: dict[str, list[Question]] = {task.name: [] for task in TASKS}
    for name in ("tf", "tj", "daniel"):
        for record, article in articles(name):
            page = view(article) if article else None
            for task in TASKS:
                if name in task.sets:
                    answers = task.questions(page, record) if page else ([], [], [], bool(record.get(task.field)))
                    found[task.name].append(Question(name, record["domain"], *answers))
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
    tables = [fitted[a:b].tolist() for a, b in zip(offsets[:-1], offsets[1:], strict=True)]
    return Ranker(tables, float(fitted[-1]) if task.optional else None)


def cross_validate(task: Task, questions: list[Question]) -> dict[str, dict[str, float]]:
    """Answers each question by a table that has seen no page of its domain; returns accuracy and precision a set."""
    fold_of = {q.group: int(hashlib.sha256(q.group.encode()).hexdigest(), 16) % FOLDS for q in questions}
    results: dict[str, list[tuple[bool, bool]]] = {}
    for fold in range(FOLDS):
        table = train(task, [q for q in questions if fold_of[q.group] != fold])
        for q in questions:
            if fold_of[q.group] == fold and q.labelled:
                answer = table.choose(q.candidates)
                results.setdefault(q.name, []).append((answer is not None, answer is not None and q.right[answer]))
    return {
        name: {
            "pages": len(flags),
            "possible": round(sum(any(q.right) for q in questions if q.name == name and q.labelled) / len(flags), 4),
            "accuracy": round(sum(right for _, right in flags) / len(flags), 4),
            "precision": round(sum(right for _, right in flags) / max(1, sum(given for given, _ in flags)), 4),
        }
        for name, flags in results.items()
    }


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_text_metadata", allow_abbrev=False)
    parser.add_argument("--check", action="store_true", help="print the cross-validated figures and write nothing")
    options = parser.parse_args(arguments)
    questions = collect()
    trained: dict[str, Any] = {}
    for task in TASKS:
        figures = cross_validate(task, questions[task.name])
        table = train(task, questions[task.name])
        trained[task.name] = {
            "cross_validated": figures,
            "none": table.none,
            "slots": dict(zip(task.slots, table.tables, strict=True)),
        }
        print(task.name, json.dumps(figures))
    if not options.check:
        provenance = {
            "command": "python -m benchmarks.train_text_metadata",
            "sets": {name: bench.digest(bench.dev_set(name)) for name in ("tf", "tj", "daniel")},
            "model": "conditional logit over the candidates of a page, L2, five folds over domains",
        }
        text = json.dumps({"provenance": provenance, "tasks": trained}, indent=1)
        OUT.write_text(_compact(text) + "\n", encoding="utf-8")
    return 0


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

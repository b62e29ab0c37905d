"""Trains the tables that find title, date and authors in a dump: `transforms/metadata/text/text_weights.json`.

    python -m benchmarks.train_text_metadata            # writes the file and prints the figures
    python -m benchmarks.train_text_metadata --check    # prints them, writes nothing

Each page is one question: which of its candidates is the labelled one, or none. `choice_model` says how it learns and how it is
checked. The tables are trained one after the other, each on what those before it find.

What a table sees of a page are the roles that `strip_text` gives its lines. The judge in there has learned from some of these
pages; `--judges DIR` strips each page by one that has not seen its domain (`python -m benchmarks.train_text --validate --keep
DIR`).
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Optional

import numpy as np

from benchmarks import bench
from benchmarks.choice_model import FOLDS, Flags, Model, Question, answers, figures, fold_of, to_text, train, trimmed, without_right
from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import TEXT, Article, Origin, Page
from broadsheet.transforms.boilerplate.text.model import TextModel, from_arrays
from broadsheet.transforms.boilerplate.text.text_body import strip_text
from broadsheet.transforms.metadata.text import authors as text_authors
from broadsheet.transforms.metadata.text import publication_dates as text_dates
from broadsheet.transforms.metadata.text import title as text_title
from broadsheet.transforms.metadata.text.candidate_ranker import Features, Ranker, install
from broadsheet.transforms.metadata.text.dump_view import View, view

OUT = Path(text_title.__file__).with_name("text_weights.json")
SETS = ("tf", "tj", "tjx", "fundus", "aed", "merc", "misinfo", "hde", "zhds", "daniel", "ld")
MADE = ("ld",)
"""Sets whose labels were made from the pages' JSON-LD: they teach and count in no figure."""
SAY_NONE = {"author": ("tjx", "zhds"), "date": ("tjx", "zhds")}
"""By field the sets in which a label that is null says that the page has none; elsewhere it is unknown."""
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


Answers = tuple[list[Features], list[bool], list[bool], bool]
"""A page's candidates, which of them the table is to prefer, which score.py counts, and whether the label is there."""


class Task(NamedTuple):
    """A model, and what it asks of a page."""

    model: Model
    field: str
    """The label's name in the sets."""
    questions: Callable[[View, dict[str, Any]], Answers]


def title_glances(page: View, record: dict[str, Any]) -> Answers:
    """As `titles`, for the first look."""
    indexes, found = text_title.glances(page)
    return _title_answers(page, indexes, found, record)


def titles(page: View, record: dict[str, Any]) -> Answers:
    """A candidate is right if score.py would call it exact, or, if none is exact, loose."""
    indexes, found = text_title.candidates(page)
    return _title_answers(page, indexes, found, record)


def _title_answers(page: View, indexes: list[int], found: list[Features], record: dict[str, Any]) -> Answers:
    score, gold = bench.score(), record.get("title")
    texts = [text_title.clean_title(page.blocks[index].text) for index in indexes]
    exact = [score.fold(text) == score.fold(gold) for text in texts]
    return found, exact if any(exact) else [score.loose(gold, text) for text in texts], exact, bool(gold)


def dates(page: View, record: dict[str, Any]) -> Answers:
    """A candidate is right if it names the labelled day, wherever it is."""
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
    Task(Model("title_glance", text_title.GLANCE_SLOTS, False, 3.0, 1.0), "title", title_glances),
    Task(Model("title", text_title.SLOTS, True, 3.0, 0.03), "title", titles),
    Task(Model("date", text_dates.SLOTS, True, 5.0, 0.5), "date", dates),
    Task(Model("authors_glance", text_authors.GLANCE_SLOTS, True, 3.0, 0.3), "author", author_glances),
    Task(Model("authors", text_authors.SLOTS, True, 3.0, 0.25), "author", authors),
)


def judges(folder: Path) -> list[TextModel]:
    """Returns a judge for each part of the domains that has not seen that part."""
    return [from_arrays(dict(np.load(folder / f"part-{part}.npz"))) for part in range(FOLDS)]


def articles(name: str, models: Optional[list[TextModel]] = None) -> Iterator[tuple[dict[str, Any], Optional[Article]]]:
    """Yields the records of a set and their articles; `None` where the page was refused."""
    for record in bench.read(bench.dev_set(name)):
        page = Page(Origin(str(record["id"]), 0), record["text"], TEXT, "utf-8", "utf-8", 0.0)
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


def questions(task: Task, pages: Sequence[Labelled]) -> list[Question]:
    """Returns what a task asks of some pages, the earlier tasks' tables being installed."""
    found = []
    for page in pages:
        label = page.record.get(task.field)
        absent = task.field in page.record and not label and page.name in SAY_NONE.get(task.field, ())
        if label or absent:
            answer = task.questions(page.view, page.record) if page.view else ([], [], [], bool(label))
            found.append(Question(page.name, page.group, *answer, absent=absent, only_teaches=page.name in MADE))
    return found


def fit(pages: Sequence[Labelled]) -> dict[str, Ranker]:
    """Trains and installs the tables one after the other."""
    fitted = {}
    for task in TASKS:
        asked = questions(task, pages)
        more = without_right(asked) if task.model.optional else []
        fitted[task.model.name] = train(task.model, [*asked, *more])
        install(task.model.name, fitted[task.model.name])
    return fitted


def checked(pages: Sequence[Labelled]) -> dict[str, dict[str, dict[str, Any]]]:
    """Returns by task and set the figures over domains that no table has seen, and with the set left out.

    With each set left out the pages are asked a second time without their right candidates: that is what `without` counts.
    """
    found: dict[str, dict[str, dict[str, list[Flags]]]] = {}
    ways = [("domains", lambda page, fold=fold: fold_of(page.group) == fold) for fold in range(FOLDS)]
    ways += [("set left out", lambda page, name=name: page.name == name) for name in SETS if name not in MADE]
    for way, is_unseen in ways:
        unseen = [page for page in pages if is_unseen(page)]
        domains = {page.group for page in unseen}
        tables = fit([page for page in pages if page.group not in domains])
        for task in TASKS:
            asked = questions(task, unseen)
            by_set = answers(tables[task.model.name], asked)
            if task.model.optional:
                by_set |= {f"{name} without": flags for name, flags in _without(tables[task.model.name], asked).items()}
            for name, flags in by_set.items():
                found.setdefault(task.model.name, {}).setdefault(name, {}).setdefault(way, []).extend(flags)
    return {
        task: {name: {way: figures(flags) for way, flags in by_way.items()} for name, by_way in sorted(by_set.items())}
        for task, by_set in found.items()
    }


def _without(table: Ranker, asked: Sequence[Question]) -> dict[str, list[Flags]]:
    """Answers pages whose right candidates were taken away."""
    return answers(table, [q._replace(labelled=True) for q in without_right(asked)])


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_text_metadata", allow_abbrev=False)
    parser.add_argument("--check", action="store_true", help="print the cross-validated figures and write nothing")
    parser.add_argument("--judges", type=Path, metavar="DIR", help="models of the dump's lines, one a part of the domains")
    options = parser.parse_args(arguments)
    pages = collect(judges(options.judges) if options.judges else None)
    reached = checked(pages)
    for name, by_set in reached.items():
        for set_name, by_way in by_set.items():
            cells = [
                f"{way} {row['accuracy']:.3f} / {row['precision']:.3f} given {row['given']:.3f}" for way, row in by_way.items()
            ]
            print(f"{name:14} {set_name:16} {' | '.join(cells)}")
    if options.check:
        return 0
    trained: dict[str, Any] = {}
    for task, fitted in zip(TASKS, fit(pages).values(), strict=True):
        slots = {slot: trimmed(weights) for slot, weights in zip(task.model.slots, fitted.tables, strict=True)}
        trained[task.model.name] = {"checked": reached[task.model.name], "none": fitted.none, "slots": slots}
    provenance = {
        "command": "python -m benchmarks.train_text_metadata" + (" --judges DIR" if options.judges else ""),
        "sets": {name: bench.digest(bench.dev_set(name)) for name in SETS},
        "model": "conditional logit over the candidates of a page, L2; checked over domains and with each set left out",
    }
    OUT.write_text(to_text({"provenance": provenance, "tasks": trained}), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

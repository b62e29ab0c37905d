"""The labelled dumps, line by line, as the classifier of dumps learns from them.

Bodies of `dev.sh`, `dev.tj` and `dev.daniel` are labelled by hand. The pages of `dev.tf` have labelled titles but no bodies: there
trafilatura's answer for the HTML is used instead, if lines of the dump can make it up.

A title is not body here: `dev.daniel` has it in its bodies, the other sets have not, and the row has a column of its own for it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import bench
from benchmarks.labels import Labels, label_blocks
from broadsheet.transforms.boilerplate.text.features import Lines, features, layout
from broadsheet.transforms.boilerplate.text.lexicon import entries, leaning_columns
from broadsheet.transforms.boilerplate.text.line_rules import name
from broadsheet.transforms.boilerplate.text.lines import split
from broadsheet.transforms.language.identify import detect

HAND = ("sh", "tj", "daniel")
SILVER = "tf"

SILVER_F1 = 0.9
"""A page of `dev.tf` is used where lines of its dump can make up trafilatura's text this well."""

SILVER_CHARS = 250
"""Shorter answers of trafilatura's are mostly wrong: a notice, a teaser."""

LEAST_FOUND = 0.6
"""Less of a gold text in the dump's lines means that the two are of different pages or in different charsets: such a page teaches
that prose is not body. 25 of the 997 pages."""


class Labelled(NamedTuple):
    """A page and what is known of its lines."""

    id: str
    set: str
    domains: tuple[str, ...]
    """Whose lines it has."""
    language: str
    gold: str
    found: float
    """How much of the gold text its lines of body are, 0 to 1."""
    gold_size: int
    """Shingles of the gold text."""
    lines: list[str]
    named: list[str | None]
    gaps: NDArray[np.float32]
    body: NDArray[np.bool_]
    title: NDArray[np.bool_]
    """Nowhere true where the title is not labelled or not found."""
    sizes: NDArray[np.int64]
    """Tokens of each line."""

    @property
    def weights(self) -> NDArray[np.float32]:
        """What a wrong verdict on each line costs."""
        return Labels(self.body, self.sizes, self.gold_size).weights.astype(np.float32)


class Described:
    """A labelled page as numbers: its features but the lexicon's, and what the lexicon's are made of."""

    def __init__(self, page: Labelled) -> None:
        self.page = page
        self.at = Lines(page.lines)
        self.table, _ = features(page.lines, page.named, page.gaps, self.at)
        self.hashes, self.hash_line, self.tokens = entries(self.at)

    def columns(self, leanings: NDArray[np.float32]) -> NDArray[np.float32]:
        """The lexicon's columns, of the leaning of each of the page's entries."""
        found = leaning_columns(leanings, self.hash_line, self.tokens, self.at)
        return np.stack([values for _, values in found], 1).astype(np.float32)


def label(record: dict[str, Any], set_name: str, gold: str) -> Labelled | None:
    """Cuts a labelled dump into lines and says of each whether it is body, title or neither; `None` for an empty dump."""
    cut = split(record["text"])
    lines = [line.text for line in cut if line.text]
    if not lines:
        return None
    labels = label_blocks(lines, gold)
    wanted = bench.score().shingles(gold)
    again = bench.score().shingles("\n".join(line for line, kept in zip(lines, labels.body, strict=True) if kept))
    title = np.array([_is_title(record.get("title") or "", line) for line in lines])
    return Labelled(
        id=str(record["id"]),
        set=set_name,
        domains=(str(record["domain"]),),
        language=detect(gold).language,
        gold=gold,
        found=sum((again & wanted).values()) / max(labels.gold, 1),
        gold_size=labels.gold,
        lines=lines,
        named=name(lines),
        gaps=layout(cut),
        body=np.asarray(labels.body, dtype=bool) & ~title,
        title=title,
        sizes=labels.tokens,
    )


def _is_title(title: str, line: str) -> bool:
    """Whether a line is the title as `score.py` compares them, and not a longer line that has it in it."""
    return bool(title) and len(line) <= 1.3 * len(title) + 3 and bool(bench.score().loose(title, line))


def read_labelled() -> list[Labelled]:
    """Reads the sets labelled by hand."""
    return [
        page
        for set_name in HAND
        for record in bench.read(bench.dev_set(set_name))
        if (page := label(record, set_name, record["body"]))
    ]


def read_silver() -> list[Labelled]:
    """Reads the pages whose body is taken from trafilatura."""
    import trafilatura

    pages = []
    for record in bench.read(bench.dev_set(SILVER)):
        gold = trafilatura.extract(record["html"], include_comments=False) or ""
        page = label(record, SILVER, gold) if len(gold) > SILVER_CHARS else None
        if page:
            again = "\n".join(line for line, kept in zip(page.lines, page.body | page.title, strict=True) if kept)
            if bench.score().body([(gold, again)])["f1"] >= SILVER_F1:
                pages.append(page)
    return pages

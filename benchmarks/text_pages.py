"""The labelled dumps, line by line, as the classifier of dumps learns from them.

Bodies of `HAND` are labelled by hand or reviewed, those of `LOOSE` loosely. The pages of `SILVER` have no bodies that can be relied
on: the verdict of our own extractor on the HTML takes their place, if lines of the dump can make it up.

A title is not body here: `dev.daniel` has it in its bodies, the other sets have not, and the row has a column of its own for it.
"""

from __future__ import annotations

import random
import zlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import bench
from benchmarks.labels import SHINGLE, label_blocks
from benchmarks.quality import page_of
from benchmarks.text_changes import BODY, CHROME, TITLE, Donor, Donors, Marked, change
from broadsheet.schemas.errors import RecordError
from broadsheet.transforms.boilerplate.html.html_body import strip_html
from broadsheet.transforms.boilerplate.text.features import Lines, features, layout
from broadsheet.transforms.boilerplate.text.lexicon import entries, leaning_columns
from broadsheet.transforms.boilerplate.text.line_rules import name
from broadsheet.transforms.boilerplate.text.lines import Line, split
from broadsheet.transforms.language.identify import detect

HAND = ("sh", "tj", "daniel", "fundus", "aed", "misinfo", "zhds")
LOOSE = ("tjx",)
SILVER = ("tf", "merc", "hde", "moz", "metas", "np4k", "smallr", "goose", "ld")
MEASURED = (*HAND, *LOOSE, "chaos")

PARTS = 5
"""Parts of the cross-validation."""

TRUST = dict.fromkeys(HAND, 1.0) | dict.fromkeys(LOOSE, 0.5) | dict.fromkeys(SILVER, 0.5)
"""What a page counts for in training, by its set."""

SILVER_F1 = 0.9
"""A page of `SILVER` is used if lines of its dump can make up the extractor's text this well."""

SILVER_CHARS = 250
"""Shorter verdicts are mostly wrong: a notice, a teaser."""

LEAST_FOUND = 0.6
"""Less of a gold text in the dump's lines means that the two are of different pages or in different charsets: such a page teaches
that prose is not body. 25 of the first 997 pages."""


class Labelled(NamedTuple):
    """A page and what is known of its lines."""

    id: str
    set: str
    domains: tuple[str, ...]
    """Whose lines it has: its own domain first, then those it has borrowed from."""
    language: str
    found: float
    """How much of the gold text its lines of body are, 0 to 1."""
    gold_size: int
    """Shingles of the gold text."""
    title_text: str
    marked: list[Marked]
    """Its lines as they are in the file."""
    lines: list[str]
    named: list[str | None]
    gaps: NDArray[np.float32]
    body: NDArray[np.bool_]
    title: NDArray[np.bool_]
    """Nowhere true if the title is not labelled or not found."""
    sizes: NDArray[np.int64]
    """Tokens of each line."""

    @property
    def weights(self) -> NDArray[np.float32]:
        """What a wrong verdict on each line costs: the shingles it adds or breaks, as shares of the gold text's.

        At most the whole text, at least 0.002; a gold text of fewer than 40 shingles counts as 40.
        """
        shingles = np.maximum(self.sizes, 1) + SHINGLE - 1
        return (np.minimum(shingles / max(self.gold_size, 40), 1) + 0.002).astype(np.float32)


class Described:
    """A labelled page as numbers: its features but the lexicon's, and what the lexicon's are made of."""

    def __init__(self, page: Labelled) -> None:
        self.page = page
        self.at = Lines(page.lines)
        self.table, _ = features(page.lines, page.named, page.gaps, self.at)
        self.table = self.table.copy()
        self.hashes, self.hash_line, self.tokens = entries(self.at)

    def columns(self, leanings: NDArray[np.float32]) -> NDArray[np.float32]:
        """The lexicon's columns, of the leaning of each of the page's entries."""
        found = leaning_columns(leanings, self.hash_line, self.tokens, self.at)
        return np.stack([values for _, values in found], 1).astype(np.float32)


def label(record: dict[str, Any], set_name: str, gold: str) -> Labelled | None:
    """Cuts a labelled dump into lines and says of each whether it is body, title or neither; `None` for an empty dump."""
    text = record["text"].replace("\r\n", "\n").replace("\r", "\n")
    cut = split(text)
    lines = [line.text for line in cut if line.text]
    if not lines:
        return None
    labels = label_blocks(lines, gold)
    wanted = bench.score().shingles(gold)
    again = bench.score().shingles("\n".join(line for line, kept in zip(lines, labels.body, strict=True) if kept))
    title = np.array([_is_title(record.get("title") or "", line) for line in lines])
    body = np.asarray(labels.body, dtype=bool) & ~title
    raw = text.split("\n")
    marked = [Marked(line) for line in raw]
    for line, is_body, is_title in zip((line for line in cut if line.text), body.tolist(), title.tolist(), strict=True):
        kind = TITLE if is_title else BODY if is_body else CHROME
        for index in range(line.first - 1, line.first - 1 + line.covers):
            marked[index] = Marked(raw[index], kind)
    return Labelled(
        id=str(record["id"]),
        set=set_name,
        domains=(str(record["domain"]),),
        language=detect(gold).language,
        found=sum((again & wanted).values()) / max(labels.gold, 1),
        gold_size=labels.gold,
        title_text=record.get("title") or "",
        marked=marked,
        lines=lines,
        named=name(lines),
        gaps=layout(cut),
        body=body,
        title=title,
        sizes=labels.tokens,
    )


def changed(page: Labelled, donors: Donors, version: int) -> Labelled:
    """Returns a page as `text_changes` leaves it; the same page and version give the same lines.

    Args:
        page: A page as it is.
        donors: Pages that it may borrow from.
        version: Which of its versions.
    """
    rng = random.Random(f"{page.set}/{page.id}/{version}")
    marked, borrowed = change(page.marked, page.language, page.domains[0], donors, rng)
    cut = split("\n".join(line.text for line in marked))
    kinds = [_kind_of(line, marked) for line in cut if line.text]
    lines = [line.text for line in cut if line.text]
    tokenise = bench.score().TOKEN.findall
    return page._replace(
        domains=(*page.domains, *sorted(borrowed)),
        marked=marked,
        lines=lines,
        named=name(lines),
        gaps=layout(cut),
        body=np.array([kind == BODY for kind in kinds]),
        title=np.array([kind == TITLE for kind in kinds]),
        sizes=np.array([len(tokenise(line)) for line in lines]),
    )


def _kind_of(line: Line, marked: list[Marked]) -> int:
    """What a line is that was joined from several: what most of its characters are."""
    sizes = [0, 0, 0]
    for text, kind in marked[line.first - 1 : line.first - 1 + line.covers]:
        sizes[kind] += len(text)
    return sizes.index(max(sizes))


def donor_of(page: Labelled) -> Donor:
    """Returns what a page has to give to the others."""
    body = [line for line, is_body in zip(page.lines, page.body, strict=True) if is_body and len(line) >= 60]
    short, prose, run = [], list[list[str]](), list[str]()
    for line, is_body, is_title in zip(page.lines, page.body, page.title, strict=True):
        sentence = not is_body and not is_title and len(line) >= 60 and line[-1] in ".!?。"
        if sentence:
            run.append(line)
        elif run:
            prose += [run[:8]] * (len(run) > 1)
            run = []
        if not is_body and not is_title and len(line) <= 45:
            short.append(line)
    return Donor(page.domains[0], page.language, page.title_text, body, short, prose)


def part_of(domain: str) -> int:
    """The part of the cross-validation a domain belongs to, whatever sets it is in."""
    return zlib.crc32(domain.encode()) % PARTS


def versions_of(pages: list[Labelled], count: int) -> list[list[Labelled]]:
    """Returns changed versions of each page, which borrows only from pages of its own part of the cross-validation."""
    donors = {
        part: Donors(donor_of(page) for page in pages if part_of(page.domains[0]) == part and page.found >= LEAST_FOUND)
        for part in range(PARTS)
    }
    return [[changed(page, donors[part_of(page.domains[0])], version) for version in range(count)] for page in pages]


def _is_title(title: str, line: str) -> bool:
    """Whether a line is the title as `score.py` compares them, and not a longer line that has it in it."""
    return bool(title) and len(line) <= 1.3 * len(title) + 3 and bool(bench.score().loose(title, line))


def read_labelled() -> list[Labelled]:
    """Reads the sets with labelled bodies."""
    return [
        page
        for set_name in (*HAND, *LOOSE)
        for record in bench.read(bench.dev_set(set_name))
        if (page := label(record, set_name, record["body"]))
    ]


def read_silver() -> list[Labelled]:
    """Reads the pages for whose bodies the verdict on their HTML is in."""
    return [
        page
        for set_name in SILVER
        for record in bench.read(bench.dev_set(set_name))
        if (page := _silver(record, set_name)) is not None
    ]


def _silver(record: dict[str, Any], set_name: str) -> Labelled | None:
    try:
        gold = strip_html(page_of(record, "html")).text
    except RecordError:
        return None
    page = label(record, set_name, gold) if len(gold) > SILVER_CHARS else None
    if page is None:
        return None
    again = "\n".join(line for line, kept in zip(page.lines, page.body | page.title, strict=True) if kept)
    return page if bench.score().body([(gold, again)])["f1"] >= SILVER_F1 else None

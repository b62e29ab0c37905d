"""The stages read the sample pages as a careful human does.

`samples/expected.json` has the fields, `tests/golden/pages_samples/` the bodies, one paragraph per line, and its `floors.json` the
share of right answers that each field must not fall below. The floors only rise:

    UPDATE_FLOORS=1 pytest tests/test_samples_read.py     # lifts those that were passed and never lowers one
"""

import datetime as dt
import functools
import json
import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import Document, InputFile, RawRecord
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.decode.decode_records import decode
from broadsheet.transforms.language.detect_language import detect_language
from broadsheet.transforms.metadata.extract_metadata import extract_document
from broadsheet.transforms.read.read_records import ReadOptions, read_records

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "samples" / "pages"
GOLDEN = ROOT / "tests" / "golden" / "pages_samples"
FLOORS = GOLDEN / "floors.json"
EXPECTED: dict[str, dict[str, Any]] = json.loads((ROOT / "samples" / "expected.json").read_text(encoding="utf-8"))
ARTICLES = {path: page for path, page in EXPECTED.items() if "reject" not in page}
REJECTS = {path: page["reject"] for path, page in EXPECTED.items() if "reject" in page}
NO_FIELDS = {"body_first", "body_last", "duplicate_of", "paragraphs", "published_date", "shows"}


@functools.cache
def _read(path: str) -> Document | tuple[str, RecordError]:
    """Takes a page through the stages; returns its row, or the stage that refused it and why."""
    found = next(read_records(InputFile(str(PAGES / path), "", 0, 0), ReadOptions()))
    if not isinstance(found, RawRecord):
        return "read", found[1]
    record: Any = found
    stages: list[tuple[str, Callable[[Any], Any]]] = [
        ("decode", decode),
        ("strip", strip),
        ("detect", detect_language),
        ("extract", extract_document),
    ]
    for name, rule in stages:
        try:
            record = rule(record)
        except RecordError as error:
            return name, error
    return record


def _row(path: str) -> Document:
    row = _read(path)
    assert isinstance(row, Document), f"{path} was refused: {row}"
    return row


def _comparable(value: Any) -> Any:
    """Returns a value of a row or of expected.json in one form: times in UTC, days as text."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]+[+-]\d\d:\d\d", value):
        return _comparable(dt.datetime.fromisoformat(value))
    return value


def _body_f1(got: str, want: str) -> float:
    """Returns the F1 of two texts over multisets of 4 tokens in a row; a token is a word, or a Chinese or Japanese character."""

    def shingles(text: str) -> Counter[tuple[str, ...]]:
        tokens = re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]|\w+", text)
        return Counter(tuple(tokens[i : i + 4]) for i in range(max(len(tokens) - 3, 1)))

    ours, theirs = shingles(got), shingles(want)
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


def _shares() -> tuple[dict[str, float], list[str]]:
    """Returns the share of right answers by field, the mean F1 of the bodies, and each miss in words."""
    right: dict[str, list[float]] = {}
    misses = []
    for path, page in ARTICLES.items():
        row = _row(path)
        for name in page.keys() - NO_FIELDS:
            got, want = _comparable(getattr(row, name)), _comparable(page[name])
            right.setdefault(name, []).append(got == want)
            if got != want:
                misses.append(f"{path}: {name} is {got!r}, expected {want!r}")
        f1 = _body_f1(row.text, (GOLDEN / f"{path}.body").read_text(encoding="utf-8"))
        right.setdefault("body_f1", []).append(f1)
        if f1 < 0.99:
            misses.append(f"{path}: body F1 {f1:.3f}")
    return {name: round(sum(values) / len(values), 4) for name, values in sorted(right.items())}, sorted(misses)


@pytest.mark.parametrize("path", REJECTS)
def test_a_page_that_is_not_an_article_is_refused_by_the_stage_that_sees_it(path: str) -> None:
    refused = _read(path)
    assert isinstance(refused, tuple)
    assert refused[0] == REJECTS[path]["stage"]


def test_no_field_is_read_worse_than_its_floor() -> None:
    shares, misses = _shares()
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    fallen = {name: (shares[name], floor) for name, floor in floors.items() if shares[name] < floor}
    assert not fallen, "\n".join(misses)
    if os.environ.get("UPDATE_FLOORS"):
        FLOORS.write_text(json.dumps(shares, indent=1) + "\n", encoding="utf-8")


@pytest.mark.xfail(reason="the print view's footer and byline still count as its body (F1 0.93)", strict=False)
def test_the_reposted_article_is_the_same_document() -> None:
    pairs = [(path, page["duplicate_of"]) for path, page in ARTICLES.items() if "duplicate_of" in page]
    assert pairs
    assert [_row(path).doc_id for path, _ in pairs] == [_row(original).doc_id for _, original in pairs]

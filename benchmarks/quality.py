"""Predictions for a labelled file, made by the pipeline's own functions: the measuring command.

    python -m benchmarks.quality ../shared/bench/dev.sh.jsonl.zst --input html --predictions /tmp/sh.jsonl
    python ../shared/bench/score.py ../shared/bench/dev.sh.jsonl.zst /tmp/sh.jsonl

Any file of the bench format will do (JSON lines with `id` and `html` or `text`). One process, one page after the other; the speed
it prints is of the pages alone: reading the file, importing and a first page (which loads models and profiles) are left out.
Seconds are the processor's, so that other work on the machine counts little.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import bench
from broadsheet.schemas.errors import RecordError
from broadsheet.schemas.records import HTML, TEXT, Origin, Page
from broadsheet.transforms.boilerplate.html.trafilatura_body import strip_html_trafilatura
from broadsheet.transforms.boilerplate.strip_boilerplate import strip
from broadsheet.transforms.language.detect_language import detect_language
from broadsheet.transforms.language.identify import detect
from broadsheet.transforms.metadata.extract_metadata import extract
from broadsheet.transforms.write.document_row import make_row

Prediction = dict[str, Any]
Predictor = Callable[[Page], Prediction]
Spent = dict[str, float]
"""Seconds by stage: `body`, `language`, `metadata`, `row`."""


class Run(NamedTuple):
    """Predictions for a set, and what they cost."""

    predictions: list[Prediction]
    bytes_read: int
    seconds: float

    @property
    def mb_per_s(self) -> float:
        """Megabytes (10**6 bytes of UTF-8) of input a second."""
        return self.bytes_read / max(self.seconds, 1e-9) / 1e6


def page_of(record: dict[str, Any], field: str) -> Page:
    """Makes the page that decoding would have made of a labelled record.

    Args:
        record: A record of the bench format.
        field: `html` or `text`.
    """
    return Page(
        Origin(str(record["id"]), 0, url=record.get("url")),
        record.get(field) or "",
        HTML if field == "html" else TEXT,
        "utf-8",
        "utf-8",
        0.0,
    )


def predict_document(page: Page, spent: Spent | None = None) -> Prediction:
    """All stages, as the pipeline runs them.

    The date is the day that the page says, as the labels have it: the row's own is the UTC day of the same instant.

    Args:
        page: A page.
        spent: Gets the seconds that the stages took.
    """
    spent = defaultdict(float) if spent is None else spent
    with _timed(spent, "body"):
        article = strip(page)
    with _timed(spent, "language"):
        article = detect_language(article)
    with _timed(spent, "metadata"):
        said = extract(article)
    with _timed(spent, "row"):
        document = make_row(article, said)
    published = said.published_date if document.date_basis == "published" else None
    return {
        "body": document.text,
        "title": document.title,
        "authors": list(document.authors),
        "date": published.isoformat() if published else None,
        "language": document.language,
    }


@contextmanager
def _timed(spent: Spent, stage: str) -> Iterator[None]:
    started = time.process_time()
    try:
        yield
    finally:
        spent[stage] += time.process_time() - started


def predict_body(page: Page) -> Prediction:
    """The body alone, by our own extractors."""
    return {"body": strip(page).text}


def predict_body_trafilatura(page: Page) -> Prediction:
    """The body alone, by trafilatura."""
    return {"body": strip_html_trafilatura(page).text}


def predict_language(page: Page) -> Prediction:
    """The language of a text that is all body."""
    return {"language": detect(page.text).language}


def run(records: Iterable[dict[str, Any]], field: str, predict: Predictor, spent: Spent | None = None) -> Run:
    """Predicts a set, page by page; a page that is refused predicts an empty body.

    Args:
        records: Records of the bench format.
        field: `html` or `text`: what of a record is the input.
        predict: What to do with a page.
        spent: What `predict` notes its stages' seconds in; emptied after the first page, which loads models and profiles.
    """
    predictions, size, seconds, warm = [], 0, 0.0, False
    for record in records:
        page = page_of(record, field)
        if not warm:
            _attempt(predict, page)
            warm = True
            if spent is not None:
                spent.clear()
        started = time.process_time()
        prediction = _attempt(predict, page)
        seconds += time.process_time() - started
        if "language" not in record:
            prediction.pop("language", None)  # score.py scores what is predicted, and stumbles over what is not labelled
        size += len(page.text.encode("utf-8", "surrogatepass"))
        predictions.append({"id": record["id"], **prediction})
    return Run(predictions, size, seconds)


def _attempt(predict: Predictor, page: Page) -> Prediction:
    try:
        return predict(page)
    except RecordError:
        return {"body": ""}


def write(predictions: Iterable[Prediction], path: Path) -> None:
    """Writes predictions as JSON lines, one of `score.py`'s two inputs."""
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(json.dumps(prediction, sort_keys=True) + "\n" for prediction in predictions)


def predictor(stage: str, extractor: str, spent: Spent) -> Predictor:
    """Returns what `--stage` and `--extractor` ask for."""
    if stage == "language":
        return predict_language
    if extractor == "trafilatura":
        return predict_body_trafilatura
    return partial(predict_document, spent=spent) if stage == "document" else predict_body


def speed(done: Run, spent: Spent) -> str:
    """Says how fast a run was: the whole of it in MB/s, and of its stages the body in MB/s, the others by page."""
    parts = []
    if spent:
        parts = [f"body alone {done.bytes_read / 1e6 / spent['body']:.1f} MB/s"]
        parts += [
            f"{stage} {spent[stage] / len(done.predictions) * 1e3:.2f} ms per page" for stage in ("language", "metadata", "row")
        ]
    whole = f"{len(done.predictions)} pages, {done.bytes_read / 1e6:.1f} MB in {done.seconds:.2f} s: {done.mb_per_s:.1f} MB/s"
    return f"{whole} ({', '.join(parts)})" if parts else whole


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality", description=(__doc__ or "").split("\n")[0], allow_abbrev=False
    )
    parser.add_argument("file", type=Path, help="a file of the bench format, .jsonl or .jsonl.zst")
    parser.add_argument("--input", choices=["html", "text"], default="text", help="which field of a record is the page")
    parser.add_argument("--predictions", type=Path, required=True, help="where the predictions go, as JSON lines")
    parser.add_argument(
        "--stage",
        choices=["document", "body", "language"],
        default="document",
        help="how far a page goes; language takes the text as the body",
    )
    parser.add_argument(
        "--extractor",
        choices=["broadsheet", "trafilatura"],
        default="broadsheet",
        help="whose verdict on the body (trafilatura: body only)",
    )
    options = parser.parse_args(arguments)
    spent: Spent = defaultdict(float)
    done = run(_records(options.file), options.input, predictor(options.stage, options.extractor, spent), spent)
    write(done.predictions, options.predictions)
    print(speed(done, spent), file=sys.stderr)
    return 0


def _records(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        raise SystemExit(f"benchmarks.quality: {path} is not a file")
    yield from bench.read(path)


if __name__ == "__main__":
    sys.exit(main())

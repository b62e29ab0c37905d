"""Commit: a batch's part files and books to the lake, by one worker, so that the launcher may die.

The step runs under a single key after all files were written. A runner that repeats it finds the manifest of the first try, and
each table takes a batch once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import apache_beam as beam

import transforms.coders  # noqa: F401  (registers the records' coders)
from schemas.records import InputBooks, PartFile
from transforms.lake.batches import commit_batch
from transforms.lake.files import Lake

_SUMS = ("records", "documents", "duplicates", "filtered", "dead", "bytes")


def sum_books(books: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    """Returns the sums of inputs' books: how many inputs, then `_SUMS`."""
    columns = list(zip(*books, strict=True))
    return tuple(sum(column) for column in columns) if columns else (0,) * (len(_SUMS) + 1)


def _counts(item: InputBooks) -> tuple[int, ...]:
    return (1, *(getattr(item, name) for name in _SUMS))


def _by_batch(item: Any) -> tuple[int, Any]:
    return 0, item


class _CommitFn(beam.DoFn):
    """Everything a batch made, under one key, to its commit."""

    def __init__(self, lake: Lake, batch_id: str, documents_version: int, again: str | None) -> None:
        self._lake = lake
        self._batch_id = batch_id
        self._documents_version = documents_version
        self._again = again

    def process(self, element: tuple[int, dict[str, Iterable[Any]]]) -> Iterator[str]:
        _, found = element
        (sums,) = found["books"]
        books = dict(zip(("inputs", *_SUMS), sums, strict=True))
        result = commit_batch(self._lake, self._batch_id, self._documents_version, list(found["parts"]), books, self._again)
        yield result.conflict or self._batch_id


class Commit(beam.PTransform):
    """`parts` (`PartFile`s of all three tables) and `books` (`InputBooks`) to the committed batch's identifier.

    How it ended stands in the lake for the launcher: `transforms.lake.plans.read_result`.

    Args:
        lake: Where to.
        batch_id: The batch.
        documents_version: The snapshot its duplicates were looked up in.
        again: The table that its selected rows leave (`transforms.lake.selection`), where it has any.
    """

    def __init__(self, lake: Lake, batch_id: str, documents_version: int, again: str | None = None) -> None:
        super().__init__()
        self._lake = lake
        self._batch_id = batch_id
        self._documents_version = documents_version
        self._again = again

    def expand(self, made: dict[str, beam.PCollection]) -> beam.PCollection:
        sums = (
            made["books"]
            | "CountBooks" >> beam.Map(_counts).with_output_types(tuple[int, ...])
            | "SumBooks" >> beam.CombineGlobally(sum_books)
            | "KeyBooks" >> beam.Map(_by_batch).with_output_types(tuple[int, Any])
        )
        parts = made["parts"] | "KeyParts" >> beam.Map(_by_batch).with_output_types(tuple[int, PartFile])
        commit = _CommitFn(self._lake, self._batch_id, self._documents_version, self._again)
        return (
            {"books": sums, "parts": parts}
            | "GroupBatch" >> beam.CoGroupByKey()
            | "CommitBatch" >> beam.ParDo(commit).with_output_types(str)
        )

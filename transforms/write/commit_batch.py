"""CommitBatch: a batch's part files and books to the lake, by one worker, so that the launcher may die.

The step runs under a single key after all files were written. A runner that repeats it finds the manifest of the first try, and
each table takes a batch once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import apache_beam as beam

from broadsheet.schemas.errors import CountsError
from broadsheet.schemas.records import InputCounts, PartFile
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.coders import register_coders
from broadsheet.transforms.lake.index import doc_id_index, near_duplicate_index
from broadsheet.transforms.lake.protocol.batches import close, commit_batch
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.stream_batches import StreamBatches, batch_of, version_of

_SUMS = ("records", "documents", "duplicates", "filtered", "dead", "bytes")


def sum_books(books: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    """Returns the sums of inputs' books: how many inputs, then `_SUMS`."""
    columns = list(zip(*books, strict=True))
    return tuple(sum(column) for column in columns) if columns else (0,) * (len(_SUMS) + 1)


def _counts(item: InputCounts) -> tuple[int, ...]:
    return (1, *(getattr(item, name) for name in _SUMS))


def _by_batch(item: Any) -> tuple[int, Any]:
    return 0, item


class _CommitFn(beam.DoFn):
    """Everything a batch made, under one key, to its commit."""

    def __init__(self, lake: Lake, batch: str | StreamBatches, documents_version: int | StreamBatches, again: str | None) -> None:
        self._lake = lake
        self._batch = batch
        self._documents_version = documents_version
        self._again = again

    def process(self, element: tuple[int, dict[str, Iterable[Any]]], window: Any = beam.DoFn.WindowParam) -> Iterator[str]:
        _, found = element
        batch_id, version = batch_of(self._batch, window), version_of(self._documents_version, DOCUMENTS, window)
        if batch_id is None or version is None:
            return
        sums = list(found["books"])
        if len(sums) != 1:
            raise CountsError(f"batch {batch_id}: its part files come with the counts of {len(sums)} batches")
        books = dict(zip(("inputs", *_SUMS), sums[0], strict=True))
        plan = self._batch.plan(window) if isinstance(self._batch, StreamBatches) else None
        if plan and plan.inputs != books["inputs"]:
            raise CountsError(f"batch {batch_id}: its window was closed over {books['inputs']} of {plan.inputs} inputs")
        result = commit_batch(self._lake, batch_id, version, list(found["parts"]), books, self._again, in_stream=bool(plan))
        if result is None:
            return
        if plan:  # no launcher waits for the end of each batch
            close(self._lake, result)
            near_duplicate_index.merge(self._lake)
            doc_id_index.merge(self._lake)
        yield result.conflict or batch_id


class CommitBatch(beam.PTransform):
    """`parts` (`PartFile`s of all three tables) and `books` (`InputCounts`) to the committed batch's identifier.

    How it ended is in the lake for the launcher: `lake.protocol.plans.read_result`.

    Args:
        lake: Where to.
        batch: The batch, or a stream's; of a stream's plan nothing is left after the commit.
        documents_version: The snapshot its duplicates were looked up in, or a stream's.
        again: The table that its selected rows leave (`lake.protocol.rows_to_replace`), if there are any.
    """

    def __init__(
        self, lake: Lake, batch: str | StreamBatches, documents_version: int | StreamBatches, again: str | None = None
    ) -> None:
        super().__init__()
        self._lake = lake
        self._batch = batch
        self._documents_version = documents_version
        self._again = again

    def expand(self, made: dict[str, beam.PCollection]) -> beam.PCollection:
        register_coders()
        sums = (
            made["books"]
            | "CountBooks" >> beam.Map(_counts).with_output_types(tuple[int, ...])
            | "SumBooks" >> beam.CombineGlobally(sum_books).without_defaults()
            | "KeyBooks" >> beam.Map(_by_batch).with_output_types(tuple[int, Any])
        )
        parts = made["parts"] | "KeyParts" >> beam.Map(_by_batch).with_output_types(tuple[int, PartFile])
        commit = _CommitFn(self._lake, self._batch, self._documents_version, self._again)
        return (
            {"books": sums, "parts": parts}
            | "GroupBatch" >> beam.CoGroupByKey()
            | "CommitBatch" >> beam.ParDo(commit).with_output_types(str)
        )

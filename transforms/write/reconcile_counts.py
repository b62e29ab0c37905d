"""Compares, input by input, the records that were read with what became of them.

The two sides are counted separately. The reader reports how many records a file contained; the ends of the pipeline report what
became of each. Only if one reject represents many records (the requests of a crawl), the reader reports these too, because they
reach no end of their own. The sides must agree for every input, or nothing is committed. Records of a topic carry the uri of their
partition, and their input is a range of it. Therefore a batch has at most one range of each partition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import apache_beam as beam

from broadsheet.schemas.errors import CountsError
from broadsheet.schemas.kafka_uris import origin_of
from broadsheet.schemas.records import FILTERED, Document, InputCounts, InputFile, Reject
from broadsheet.transforms.coders import register_coders
from broadsheet.transforms.stream_batches import StreamBatches, batch_of

_FIELDS = ("records", "documents", "duplicates", "filtered", "dead")
Tally = tuple[int, int, int, int, int]
"""Counts in the order of `_FIELDS`."""

_DOCUMENT: Tally = (0, 1, 0, 0, 0)
_DUPLICATE: Tally = (0, 0, 1, 0, 0)
_FILTERED: Tally = (0, 0, 0, 1, 0)
_DEAD: Tally = (0, 0, 0, 0, 1)


def add_tallies(tallies: Iterable[Tally]) -> Tally:
    """Returns the sums, field by field."""
    columns = list(zip(*tallies, strict=True))
    return tuple(sum(column) for column in columns) if columns else (0, 0, 0, 0, 0)


def make_books(item: InputFile, tally: Tally, batch_id: str) -> InputCounts:
    """Returns the counts of one input. The counts of records that were read again say what has changed, and may be negative.

    Raises:
        CountsError: The records read are not the records accounted for.
    """
    books = InputCounts(item.uri, item.fingerprint, batch_id, *tally, bytes=item.size)
    if not books.balanced:
        counts = ", ".join(f"{count} {name}" for name, count in zip(_FIELDS, tally, strict=True))
        raise CountsError(f"the counts of {item.uri} do not add up: {counts}")
    return books


def _read(count: tuple[str, int, int]) -> tuple[str, Tally]:
    uri, records, without_row = count
    return origin_of(uri), (records, 0, 0, without_row, 0)


def _documented(document: Document) -> tuple[str, Tally]:
    return document.uri, _DOCUMENT


def _duplicated(uri: str) -> tuple[str, Tally]:
    return uri, _DUPLICATE


def _rejected(reject: Reject) -> tuple[str, Tally]:
    return reject.uri, _FILTERED if reject.kind == FILTERED else _DEAD


def _by_uri(item: InputFile) -> tuple[str, InputFile]:
    return origin_of(item.uri), item


class _BalanceFn(beam.DoFn):
    """Maps everything that is known of one uri to its counts."""

    def __init__(self, batch: str | StreamBatches, is_again: bool) -> None:
        self._batch = batch
        self._is_again = is_again

    def process(self, element: tuple[str, dict[str, Iterable[Any]]], window: Any = beam.DoFn.WindowParam) -> Iterator[InputCounts]:
        uri, found = element
        batch_id = batch_of(self._batch, window)
        if batch_id is None:
            return
        items = list(found["inputs"])
        if len(items) != 1:
            raise CountsError(f"{uri} is {len(items)} times in the plan, and records of it were counted")
        tallies = list(found["tallies"])
        if not tallies:
            raise CountsError(f"{uri} is in the plan but was never read")
        item = items[0]._replace(size=0) if self._is_again else items[0]  # its bytes are counted already
        yield make_books(item, add_tallies(tallies), batch_id)


class ReconcileCounts(beam.PTransform):
    """Maps the inputs and the ends of the pipeline to one `InputCounts` per input.

    The input is a mapping: `inputs` (`InputFile`), `counts` (uri, records read, and those of them filtered without a row),
    `documents` (`Document`), `duplicates` (uris) and `rejects` (`Reject`). If records are read again, it also has `before`: the
    counts of what they were, as negative numbers.
    """

    def __init__(self, batch: str | StreamBatches) -> None:
        super().__init__()
        self._batch = batch

    def expand(self, ends: dict[str, beam.PCollection]) -> beam.PCollection:
        register_coders()
        pair = tuple[str, Tally]
        before = (ends["before"],) if "before" in ends else ()
        tallies = (
            (
                *before,
                ends["counts"] | "TallyRead" >> beam.Map(_read).with_output_types(pair),
                ends["documents"] | "TallyDocuments" >> beam.Map(_documented).with_output_types(pair),
                ends["duplicates"] | "TallyDuplicates" >> beam.Map(_duplicated).with_output_types(pair),
                ends["rejects"] | "TallyRejects" >> beam.Map(_rejected).with_output_types(pair),
            )
            | "FlattenTallies" >> beam.Flatten()
            | "AddTallies" >> beam.CombinePerKey(add_tallies)
        )
        inputs = ends["inputs"] | "KeyByUri" >> beam.Map(_by_uri).with_output_types(tuple[str, InputFile])
        return (
            {"inputs": inputs, "tallies": tallies}
            | "GroupByUri" >> beam.CoGroupByKey()
            | "BalanceCounts" >> beam.ParDo(_BalanceFn(self._batch, "before" in ends)).with_output_types(InputCounts)
        )

"""ReadSelectedRecords: those records of the inputs that a batch takes out of a table, read once more.

    inputs ─ ReadRecords ─ what is selected ─┐
    selection ─ payloads that were kept ─────┴─► records, rejects, counts, before

The counts of such a batch say what has changed: each record counts once, negatively, as what it was, and once as what it is now. So
they sum to the counts of the whole lake, and add up if every selected record came again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam import pvalue

from broadsheet.schemas.records import InputFile, Origin, RawRecord, Reject
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.coders import register_coders
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.rows_to_replace import read_selection
from broadsheet.transforms.read.read_records import COUNTS, ReadOptions, ReadRecords
from broadsheet.transforms.record_stage import RECORDS, REJECTS
from broadsheet.transforms.write.reconcile_counts import Tally

BEFORE = "before"
_KEPT = "kept"


class _SelectedFn(beam.DoFn):
    """Lets through what is selected, and counts it."""

    def __init__(self, lake: Lake, batch_id: str) -> None:
        self._lake = lake
        self._batch_id = batch_id
        self._records: set[tuple[str, int]] = set()

    def setup(self) -> None:
        rows = read_selection(self._lake, self._batch_id)
        self._records = set(zip(rows["uri"].to_pylist(), rows["record"].to_pylist(), strict=True))

    def process(self, element: RawRecord | Reject) -> Iterator[Any]:
        origin = element.origin if isinstance(element, RawRecord) else element
        if (origin.uri, origin.record) in self._records:
            yield element
            yield pvalue.TaggedOutput(COUNTS, (origin.uri, 1, 0))


class _SelectFn(beam.DoFn):
    """Inputs to read, and the records of those that are not there any more, as the dead letters kept them."""

    def __init__(self, lake: Lake, batch_id: str, table: str) -> None:
        self._lake = lake
        self._batch_id = batch_id
        self._is_document = table == DOCUMENTS.name
        self._counts: Counter[str] = Counter()
        self._kept: dict[str, list[dict[str, Any]]] = {}

    def setup(self) -> None:
        rows = read_selection(self._lake, self._batch_id)
        self._counts = Counter(rows["uri"].to_pylist())
        self._kept = {}
        for row in rows.filter(rows["payload"].is_valid()).to_pylist():
            self._kept.setdefault(row["uri"], []).append(row)

    def process(self, item: InputFile) -> Iterator[Any]:
        count = self._counts[item.uri]
        before: Tally = (-count, -count, 0, 0, 0) if self._is_document else (-count, 0, 0, 0, -count)
        yield pvalue.TaggedOutput(BEFORE, (item.uri, before))
        if item.uri not in self._kept:
            yield item
            return
        for row in self._kept[item.uri]:
            record = RawRecord(Origin(row["uri"], row["record"]), row["payload"], row["media_type"], charset=row["charset"])
            yield pvalue.TaggedOutput(_KEPT, record)


class ReadSelectedRecords(beam.PTransform):
    """Turns `InputFile`s into their selected `records` and `rejects`, their `counts`, and `before`: the counts of what they were.

    Args:
        lake: Where the selection lies.
        batch_id: Whose it is.
        table: The table it is of.
        options: How inputs are read.
    """

    def __init__(self, lake: Lake, batch_id: str, table: str, options: ReadOptions) -> None:
        super().__init__()
        self._lake = lake
        self._batch_id = batch_id
        self._table = table
        self._options = options

    def expand(self, inputs: beam.PCollection) -> dict[str, beam.PCollection]:
        chosen = inputs | "SelectRecords" >> beam.ParDo(_SelectFn(self._lake, self._batch_id, self._table)).with_outputs(
            BEFORE, _KEPT, main="files"
        )
        chosen["files"].element_type = InputFile
        chosen[_KEPT].element_type = RawRecord
        chosen[BEFORE].element_type = tuple[str, Tally]
        read = chosen["files"] | "ReadRecords" >> ReadRecords(self._options)
        records = (read[RECORDS], chosen[_KEPT]) | "FlattenRecords" >> beam.Flatten()
        fn = _SelectedFn(self._lake, self._batch_id)
        selected = {
            name: found | f"Keep{name.title()}" >> beam.ParDo(fn).with_outputs(COUNTS, main=name)
            for name, found in ((RECORDS, records), (REJECTS, read[REJECTS]))
        }
        for name, kind in ((RECORDS, RawRecord), (REJECTS, Reject)):
            selected[name][name].element_type = kind
            selected[name][COUNTS].element_type = tuple[str, int, int]
        counts = tuple(found[COUNTS] for found in selected.values()) | "FlattenCounts" >> beam.Flatten()
        return {RECORDS: selected[RECORDS][RECORDS], REJECTS: selected[REJECTS][REJECTS], COUNTS: counts, BEFORE: chosen[BEFORE]}


class _AttemptFn(beam.DoFn):
    """Rejects with how often their records were tried, this time included."""

    def __init__(self, lake: Lake, batch_id: str) -> None:
        self._lake = lake
        self._batch_id = batch_id
        self._attempts: dict[tuple[str, int], int] = {}

    def setup(self) -> None:
        rows = read_selection(self._lake, self._batch_id)
        keys = zip(rows["uri"].to_pylist(), rows["record"].to_pylist(), strict=True)
        self._attempts = dict(zip(keys, rows["attempts"].to_pylist(), strict=True))

    def process(self, element: Reject) -> Iterator[Reject]:
        yield element._replace(attempts=self._attempts[element.uri, element.record] + 1)


class CountAttempts(beam.PTransform):
    """`Reject`s of records that were read again to the same with their `attempts`.

    Args:
        lake: Where the selection lies.
        batch_id: Whose it is.
    """

    def __init__(self, lake: Lake, batch_id: str) -> None:
        super().__init__()
        self._lake = lake
        self._batch_id = batch_id

    def expand(self, rejects: beam.PCollection) -> beam.PCollection:
        register_coders()
        return rejects | "CountAttempt" >> beam.ParDo(_AttemptFn(self._lake, self._batch_id)).with_output_types(Reject)

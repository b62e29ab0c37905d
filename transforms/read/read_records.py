"""Read: input files to records.

A file is opened by Beam's filesystems, decompressed by its magic bytes rather than by its name, and handed to the reader of its
format (`read.formats`), which yields `RawRecord`s. They are numbered here, in the order of the file.

What goes wrong with one record, or with one file, is a dead letter: it says where, and keeps what could be read. Sizes are bounded
while reading, so that a bomb costs no more than the limits allow.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator

import apache_beam as beam
from apache_beam import pvalue, typehints
from apache_beam.io.filesystem import BeamIOError
from apache_beam.metrics import Metrics

from broadsheet.schemas.errors import FilteredError, RecordError, SkippedError, UnreadableError
from broadsheet.schemas.kafka_uris import KAFKA
from broadsheet.schemas.partitions import safe_value, unescape
from broadsheet.schemas.records import TEXT, FileRange, InputFile, Mark, Origin, RawRecord, Reject, Skip
from broadsheet.transforms.coders import register_coders
from broadsheet.transforms.read.compression import open_stream
from broadsheet.transforms.read.formats.messages import read_topic
from broadsheet.transforms.read.given_of_file import given_of_file
from broadsheet.transforms.read.metadata_overrides import give
from broadsheet.transforms.read.open_input import WEB, open_input
from broadsheet.transforms.read.reader import Budget, Context, Found, Numbering, ReadOptions, printable
from broadsheet.transforms.read.registry import media_type, read_stream
from broadsheet.transforms.read.split_files import SplitFiles
from broadsheet.transforms.record_stage import RECORDS, REJECTS, make_reject

__all__ = ["ReadOptions", "ReadRecords", "media_type", "read_range", "read_records"]

COUNTS = "counts"
SKIPS = "skips"

_SOURCE_FOLDER = re.compile(r"(?:^|/)source=([^/]+)(?=/)")


def read_records(item: InputFile, options: ReadOptions) -> Iterator[Found]:
    """Yields the records of one input file, numbered from 0.

    Args:
        item: The file.
        options: What the user decides.

    Yields:
        A record, or a refused one (what there is of it) with the error that says why.
    """
    return read_range(FileRange(item), options)


def read_range(part: FileRange, options: ReadOptions) -> Iterator[Found]:
    """Yields the records of a part of an input file, with their ordinals in the whole; else as `read_records`."""
    if part.file.uri.startswith(KAFKA):
        yield from read_topic(part.file, options)
        return
    numbering = Numbering(part.begin.record)
    for found in _read(part, options, numbering):
        number = numbering.next
        if number == part.end:
            return
        numbering.next += 1
        if isinstance(found, RawRecord):
            yield _numbered(found, number)
        else:
            yield _numbered(found[0], number), found[1]
    if part.end is not None and numbering.next < part.end:
        what = f"record {part.end - 1} was there when the file was split and is not any more: the file was changed"
        empty = RawRecord(Origin(part.file.uri, numbering.next), b"", media_type(part.file.uri) or TEXT)
        yield empty, UnreadableError("changed", f"{printable(part.file.uri)}: {what}")


def _numbered(record: RawRecord, number: int) -> RawRecord:
    """Returns a record with its ordinal; `_replace` would take four times as long."""
    return RawRecord(Origin(record.origin.uri, number, *record.origin[2:]), *record[1:])


def _read(part: FileRange, options: ReadOptions, numbering: Numbering) -> Iterator[Found]:
    item = part.file
    source, source_basis = _given_source(item.uri, options)
    origin = Origin(item.uri, 0, source=source, source_basis=source_basis, modified_at=_modified_at(item))
    empty = RawRecord(origin, b"", media_type(item.uri) or TEXT)
    if item.uri.startswith(WEB) and media_type(item.uri):
        empty = empty._replace(origin=empty.origin._replace(url=item.uri, url_basis="path"))
    try:
        empty = give(empty, given_of_file(item, options))
        with open_input(item.uri) as file:
            budget = Budget(item.size, options, part.begin.grown)
            context = Context(empty, options, budget, item.uri, numbering, begin=part.begin)
            yield from read_stream(open_stream(file, budget), context)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, BeamIOError) as error:
        yield (
            empty,
            UnreadableError("missing", f"{item.uri} was there when the inputs were listed and is not any more: {error}"[:500]),
        )
    except RecordError as error:
        yield empty, error
    except PermissionError:
        yield empty, UnreadableError("forbidden", f"{item.uri} may not be read by this user")


def _modified_at(item: InputFile) -> dt.datetime | None:
    """Returns when a file was last modified; `None` also for a time beyond the year 9999, which file systems can hold."""
    if not item.modified_us:
        return None
    try:
        return dt.datetime.fromtimestamp(item.modified_us / 1e6, dt.UTC)
    except (OverflowError, ValueError):
        return None


def _given_source(uri: str, options: ReadOptions) -> tuple[str | None, str | None]:
    if options.source:
        return options.source, "flag"
    found = _SOURCE_FOLDER.findall(uri)
    value = safe_value(unescape(found[-1])) if found else None
    return (value, "path") if value else (None, None)


def add_skips(skips: Iterable[Skip]) -> Skip:
    """Returns the sum of the records that are skipped for one reason, from all ranges of a file."""
    skips = list(skips)
    return min(skips)._replace(records=sum(skip.records for skip in skips))


def _tell_skips(element: tuple[tuple[str, str], Skip]) -> Iterator[pvalue.TaggedOutput]:
    """Yields one refused record for all of a file and reason; its message begins with how many it represents."""
    (uri, reason), (record, message, count) = element
    error = SkippedError(reason, f"{count} records like this one: {message}")
    yield pvalue.TaggedOutput(REJECTS, make_reject("read", record, error))
    yield pvalue.TaggedOutput(COUNTS, (uri, 0, count - 1))


class ReadFn(beam.DoFn):
    """Reads ranges, and counts what came out of each."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._files = Metrics.counter("read", "files_read")
        self._records = Metrics.counter("read", "records_read")
        self._rejected = Metrics.counter("read", "records_rejected")
        self._filtered = Metrics.counter("read", "records_filtered")

    def process(self, element: FileRange) -> Iterator[RawRecord | pvalue.TaggedOutput]:
        count = 0
        firsts: dict[str, tuple[RawRecord, SkippedError]] = {}
        skipped: Counter[str] = Counter()
        for found in read_range(element, self._options):
            count += 1
            if isinstance(found, RawRecord):
                yield found
            elif isinstance(found[1], SkippedError):
                self._filtered.inc()
                firsts.setdefault(found[1].reason, (found[0], found[1]))
                skipped[found[1].reason] += 1
            else:
                (self._filtered if isinstance(found[1], FilteredError) else self._rejected).inc()
                yield pvalue.TaggedOutput(REJECTS, make_reject("read", *found))
        for reason, (record, error) in firsts.items():
            yield pvalue.TaggedOutput(SKIPS, ((element.file.uri, reason), Skip(record, error.message, skipped[reason])))
        if element.begin == Mark():
            self._files.inc()
        self._records.inc(count)
        yield pvalue.TaggedOutput(COUNTS, (element.file.uri, count, 0))


class ReadRecords(beam.PTransform):
    """`InputFile`s to `records` (`RawRecord`), `rejects`, and `counts`: for each URI how many records it had, and how many of
    these were filtered without a row, because another reject represents them. A URI has several counts, which add up.

    Counters: `read/files_read`, `read/records_read`, `read/records_rejected`, `read/records_filtered`.
    """

    def __init__(self, options: ReadOptions) -> None:
        super().__init__()
        self._options = options

    def expand(self, inputs: beam.PCollection) -> dict[str, beam.PCollection]:
        register_coders()
        ranges = inputs | "SplitFiles" >> SplitFiles(self._options)
        read = ranges | "ReadRanges" >> beam.ParDo(ReadFn(self._options)).with_outputs(REJECTS, COUNTS, SKIPS, main=RECORDS)
        read[RECORDS].element_type = RawRecord
        return {RECORDS: read[RECORDS], **with_skips(read)}


def with_skips(read: pvalue.DoOutputsTuple) -> dict[str, beam.PCollection]:
    """Returns `rejects` and `counts` of what was read, with one reject for all records that a file left out for one reason.

    Args:
        read: The outputs of `ReadFn`, whatever the main one is.
    """
    read[SKIPS].element_type = typehints.KV[typehints.Tuple[str, str], Skip]
    skips = read[SKIPS] | "AddSkips" >> beam.CombinePerKey(add_skips)
    told = skips | "TellSkips" >> beam.FlatMap(_tell_skips).with_outputs(REJECTS, COUNTS)
    for outputs in (read, told):
        outputs[REJECTS].element_type = Reject
        outputs[COUNTS].element_type = tuple[str, int, int]
    return {name: (read[name], told[name]) | f"Flatten{name.title()}" >> beam.Flatten() for name in (REJECTS, COUNTS)}

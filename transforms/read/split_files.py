"""Split: large files to ranges that several workers read.

    InputFile ─ marks, from the start of the file ─► FileRange ─ Reshuffle ─► read_range

A range knows the ordinal of its first record, so that a record is called the same however its file was split. Therefore, and
because no byte in the middle of a file tells for sure whether a record begins there, the file is gone through once before, by what
its reader is made of: members and lines are counted, pages are not made. That is a hundredth of the work on them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import apache_beam as beam
from apache_beam.options.pipeline_options import DirectOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from broadsheet.schemas.kafka_uris import KAFKA, parse_range
from broadsheet.schemas.records import TEXT, FileRange, InputFile, Mark, Origin, RawRecord
from broadsheet.transforms.coders import register_coders
from broadsheet.transforms.read.compression import open_stream
from broadsheet.transforms.read.given_of_file import given_of_file
from broadsheet.transforms.read.metadata_overrides import give
from broadsheet.transforms.read.open_input import WEB, open_input
from broadsheet.transforms.read.reader import Budget, Context, Numbering, ReadOptions
from broadsheet.transforms.read.registry import mark_stream

RANGE_BYTES = 16 * 1024 * 1024
"""About how much of a file is one worker's at a time: some 20 s of stripping, languages and metadata for gzip, and small
enough that the last range does not take long."""


def split(item: InputFile, options: ReadOptions, size: int = RANGE_BYTES) -> Iterator[FileRange]:
    """Yields the ranges of a file, each about `size` bytes of it; every record is in exactly one of them.

    Where a format cannot be split, and from the first damage on, what is left is one range. So is what a web server gives, which
    each worker would have to fetch from its start.
    """
    if item.uri.startswith(KAFKA):
        yield from map(FileRange, split_range(item, size))
        return
    begin = Mark()
    if item.size > size and not item.uri.startswith(WEB):
        for mark in _marks(item, options):
            if mark.offset - begin.offset >= size and mark.record > begin.record:
                yield FileRange(item, begin, mark.record)
                begin = mark
    yield FileRange(item, begin)


def split_range(item: InputFile, size: int) -> Iterator[InputFile]:
    """Yields the inputs that a range of a topic's offsets is made of, each about `size` bytes by the range's own estimate."""
    part = parse_range(item.uri)
    pieces = max(1, min(item.size // size, part.end - part.begin))
    bounds = [part.begin + (part.end - part.begin) * piece // pieces for piece in range(pieces + 1)]
    for begin, end in itertools.pairwise(bounds):
        yield item._replace(uri=part._replace(begin=begin, end=end).uri, size=item.size // pieces)


def _marks(item: InputFile, options: ReadOptions) -> Iterator[Mark]:
    try:
        with open_input(item.uri) as file:
            budget = Budget(item.size, options)
            bare = RawRecord(Origin(item.uri, 0), b"", TEXT)
            empty = give(bare, given_of_file(item, options))  # for the charset that the user gives
            context = Context(empty, options, budget, item.uri, Numbering())
            yield from mark_stream(open_stream(file, budget), context)
    except Exception:  # reading the file meets the same fault, and reports it
        return


class _SplitFn(beam.DoFn):
    """Inputs to ranges."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options

    def process(self, element: InputFile) -> Iterator[FileRange]:
        yield from split(element, self._options)


class SplitFiles(beam.PTransform):
    """Splits `InputFile`s into `FileRange`s, spread over the workers; a single worker gets whole files."""

    def __init__(self, options: ReadOptions) -> None:
        super().__init__()
        self._options = options

    def expand(self, inputs: beam.PCollection) -> beam.PCollection:
        register_coders()
        if _works_alone(inputs.pipeline):
            return inputs | "TakeWhole" >> beam.Map(FileRange).with_output_types(FileRange)
        ranges = inputs | "SplitFiles" >> beam.ParDo(_SplitFn(self._options)).with_output_types(FileRange)
        return ranges | "SpreadRanges" >> beam.Reshuffle()


def _works_alone(pipeline: beam.Pipeline) -> bool:
    """Returns whether one process does all the work: Beam's local runner, unless it is configured for more."""
    return isinstance(pipeline.runner, FnApiRunner) and pipeline.options.view_as(DirectOptions).direct_num_workers == 1

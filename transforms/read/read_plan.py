"""ReadPlan: a planned batch's inputs, read from the lake by a worker, so that a plan of any size can be submitted.

The inputs are reshuffled: runners that do not split work while it runs (Flink) would otherwise read all files on one worker.
"""

from __future__ import annotations

from collections.abc import Iterator

import apache_beam as beam

from broadsheet.schemas.records import InputFile
from broadsheet.transforms.coders import register_coders
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.plans import read_inputs


def _read(relative: str, lake: Lake) -> Iterator[InputFile]:
    yield from read_inputs(lake, relative)


class ReadPlan(beam.PTransform):
    """The beginning of a pipeline: the `InputFile`s of a plan.

    Args:
        lake: Where the plan lies.
        relative: Its path there.
    """

    def __init__(self, lake: Lake, relative: str) -> None:
        super().__init__()
        self._lake = lake
        self._relative = relative

    def expand(self, start: beam.pvalue.PBegin) -> beam.PCollection:
        register_coders()
        return (
            start
            | "PlanPath" >> beam.Create([self._relative])
            | "ReadInputs" >> beam.FlatMap(_read, self._lake).with_output_types(InputFile)
            | "SpreadInputs" >> beam.Reshuffle()
        )

"""Ticks: one element every so many seconds, without end, whose watermark stands at the next one.

Beam's PeriodicImpulse, but that its range of ticks cannot be split while a tick is worked on. Prism splits what takes its time,
and the second half of all ticks to come begins in the year 2116; Prism 2.77 then takes that half's watermark for the step's own,
windows close before their records are there, and the records are dropped as late, without a word: after 1 or 2 batches, in 4 of 5
tries on a busy machine.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.io.restriction_trackers import OffsetRange, OffsetRestrictionTracker
from apache_beam.io.watermark_estimators import ManualWatermarkEstimator
from apache_beam.transforms.periodicsequence import ImpulseSeqGenDoFn, ImpulseSeqGenRestrictionProvider
from apache_beam.utils.timestamp import MAX_TIMESTAMP


class _WholeTracker(OffsetRestrictionTracker):
    """Lets the ticks that are not due yet be put off, and nothing else be cut off."""

    def try_split(self, fraction_of_remainder: float) -> Any:
        return super().try_split(0) if fraction_of_remainder == 0 else None


class _WholeProvider(ImpulseSeqGenRestrictionProvider):
    """Makes such trackers."""

    def create_tracker(self, restriction: OffsetRange) -> _WholeTracker:
        return _WholeTracker(restriction)


_TICKS = beam.DoFn.RestrictionParam(_WholeProvider())
_WATERMARK = beam.DoFn.WatermarkEstimatorParam(ManualWatermarkEstimator.default_provider())


class _TickFn(ImpulseSeqGenDoFn):
    """(first tick, end, seconds) to ticks."""

    @beam.DoFn.unbounded_per_element()
    def process(
        self,
        element: Any,
        restriction_tracker: Any = _TICKS,
        watermark_estimator: Any = _WATERMARK,
    ) -> Iterator[Any]:
        yield from super().process(element, restriction_tracker, watermark_estimator)


class PeriodicImpulse(beam.PTransform):
    """The beginning of a stream: an element at each multiple of `every_s` seconds since 1970, from now on; those that were missed
    come at once.

    Args:
        every_s: Whole seconds, for Beam's runner on Flink holds watermarks at no others.
    """

    def __init__(self, every_s: int) -> None:
        super().__init__()
        self._every_s = every_s

    def expand(self, start: beam.pvalue.PBegin) -> beam.PCollection:
        ticks = (math.floor(time.time() / self._every_s) * self._every_s, MAX_TIMESTAMP, self._every_s)
        began = start | "ReceiveImpulse" >> beam.Impulse()
        return began | "StartTicks" >> beam.Map(lambda _: ticks) | "EmitTicks" >> beam.ParDo(_TickFn())

"""Emits one element every so many seconds, without end; its watermark is the time of the next one.

This is Beam's PeriodicImpulse, except that its range cannot be split while an element is processed. Prism splits whatever takes
time, and the second half of all future elements begins in the year 2116. Prism 2.77 then takes the watermark of that half for that
of the step, windows close before their records are there, and the records are silently dropped as late: after 1 or 2 batches, in 4
of 5 tries on a busy machine.
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
    """Allows elements that are not due yet to be deferred, and nothing else to be split off."""

    def try_split(self, fraction_of_remainder: float) -> Any:
        return super().try_split(0) if fraction_of_remainder == 0 else None


class _WholeProvider(ImpulseSeqGenRestrictionProvider):
    """Makes such trackers."""

    def create_tracker(self, restriction: OffsetRange) -> _WholeTracker:
        return _WholeTracker(restriction)


_TICKS = beam.DoFn.RestrictionParam(_WholeProvider())
_WATERMARK = beam.DoFn.WatermarkEstimatorParam(ManualWatermarkEstimator.default_provider())


class _TickFn(ImpulseSeqGenDoFn):
    """Emits an element at each due time of a (first time, end, seconds)."""

    @beam.DoFn.unbounded_per_element()
    def process(
        self,
        element: Any,
        restriction_tracker: Any = _TICKS,
        watermark_estimator: Any = _WATERMARK,
    ) -> Iterator[Any]:
        yield from super().process(element, restriction_tracker, watermark_estimator)


class PeriodicImpulse(beam.PTransform):
    """Begins a stream: an element at each multiple of `every_s` seconds since 1970, from now on; missed ones
    are emitted at once.

    Args:
        every_s: Whole seconds, because Beam's runner on Flink only holds watermarks of whole seconds.
    """

    def __init__(self, every_s: int) -> None:
        super().__init__()
        self._every_s = every_s

    def expand(self, start: beam.pvalue.PBegin) -> beam.PCollection:
        ticks = (math.floor(time.time() / self._every_s) * self._every_s, MAX_TIMESTAMP, self._every_s)
        began = start | "ReceiveImpulse" >> beam.Impulse()
        return began | "StartTicks" >> beam.Map(lambda _: ticks) | "EmitTicks" >> beam.ParDo(_TickFn())

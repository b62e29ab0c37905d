"""What the record-by-record stages share: call a rule, count, and turn a refusal into a reject.

    class Shout(RecordStage):
        name, counter_suffix, rule, output = "shout", "shouted", staticmethod(shout), Page

A rule is a pure function of one record that returns the next one or raises `RecordError`. A DoFn that raises would make the
runner try its whole bundle again, so nothing is let out: a refusal becomes a `Reject`, and so does a bug, with its type as the
reason. `--max-reject-share` ends a run in which that is no exception.

A record that is long, or whose rule is not ours, is worked on in a process of its own that can be ended (`sandbox`). Our
own rules take time in proportion to the record, so that a short one needs none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import apache_beam as beam
from apache_beam import pvalue
from apache_beam.metrics import Metrics

from broadsheet.schemas.errors import FilteredError, RecordError, UnwantedError, as_record_error
from broadsheet.schemas.records import DEAD, FILTERED, PAYLOAD_BYTES, Article, Page, RawRecord, Reject
from broadsheet.schemas.tables import storable
from broadsheet.transforms import sandbox
from broadsheet.transforms.coders import register_coders
from broadsheet.transforms.limits import DEFAULT_LIMITS, ResourceLimits

REJECTS = "rejects"
RECORDS = "records"

LONG = 1_000_000
"""Characters, or bytes, from which on one goes to a process of its own: 1 % of 1,406 labelled pages. The way there and back makes
all stages of one of 1.1 million characters take twice as long (0.36 s of CPU in the place of 0.19, `benchmarks.sandbox`), and the
first one 2 s more, for the worker to start; it costs others nothing. What takes quadratic time of a shorter one ends within
minutes: a bound twice as high would make that four times as many."""


def make_reject(stage: str, element: RawRecord | Page | Article, error: RecordError, attempts: int = 1) -> Reject:
    """Returns the reject of an element that a stage refused.

    Args:
        stage: The stage's name.
        element: The record as the stage got it; its payload is kept, `PAYLOAD_BYTES` at most, unless it is
            unwanted.
        error: Why.
        attempts: How often it was tried, this time included.
    """
    # From here on the error is data. Where it was a variable of the function that raised it, it and the function's frame hold each
    # other, and with them the record's megabytes, until Python looks for such rings.
    error.__traceback__ = error.__context__ = error.__cause__ = None
    page = element.page if isinstance(element, Article) else element
    payload = b""
    if not isinstance(error, UnwantedError):
        payload = page.payload if isinstance(page, RawRecord) else page.text[:PAYLOAD_BYTES].encode("utf-8", "surrogatepass")
    kind = FILTERED if isinstance(error, FilteredError) else DEAD
    digest = hashlib.blake2b(digest_size=16)
    for part in (page.uri, page.record, stage, kind, error.reason, error.message):
        digest.update(f"{part}\0".encode("utf-8", "surrogatepass"))
    digest.update(payload[:PAYLOAD_BYTES])
    return Reject(
        digest.hexdigest(),
        page.uri,
        page.record,
        stage,
        kind,
        error.reason,
        storable(error.message),
        bytes(payload[:PAYLOAD_BYTES]),
        page.media_type,
        attempts,
    )


def _length(element: Any) -> int:
    if isinstance(element, RawRecord):
        return len(element.payload)
    page = element.page if isinstance(element, Article) else element
    return len(page.text)


class _RuleFn(beam.DoFn):
    """Applies a rule to each record."""

    def __init__(
        self,
        stage: str,
        counter_suffix: str,
        rule: Callable[[Any], Any],
        warm_up: Callable[[], None],
        limits: ResourceLimits,
        needs_sandbox: Callable[[Any], bool],
    ) -> None:
        self._stage = stage
        self._rule = rule
        self._warm_up = warm_up
        self._limits = limits
        self._needs_sandbox = needs_sandbox
        self._done = Metrics.counter(stage, f"records_{counter_suffix}")
        self._rejected = Metrics.counter(stage, "records_rejected")

    def setup(self) -> None:
        self._warm_up()

    def process(self, element: Any) -> Iterator[Any]:
        try:
            if _length(element) > LONG or self._needs_sandbox(element):
                result = sandbox.call(self._rule, element, self._limits)
            else:
                result = self._rule(element)
        except Exception as error:  # never out of the DoFn: see the module's docstring
            self._rejected.inc()
            yield pvalue.TaggedOutput(REJECTS, make_reject(self._stage, element, as_record_error(error)))
            return
        self._done.inc()
        yield result


def _nothing() -> None:
    """Loads nothing."""


def _ours(_element: Any) -> bool:
    """Says of a rule that it is ours."""
    return False


class RecordStage(beam.PTransform):
    """One record in, one record or one reject out; `records` and `rejects` of the result."""

    name: ClassVar[str]
    """The stage's name in counters and rejects."""
    counter_suffix: ClassVar[str]
    """What was done to the records that came through, for the counter `records_<counter_suffix>`."""
    rule: Callable[[Any], Any]
    """The pure function; a stage with choices sets it to one with the choices filled in."""
    output: ClassVar[type]
    """The type of what it returns."""
    warm_up: Callable[[], None] = staticmethod(_nothing)
    """Loads what the rule needs, once a worker: profiles, models."""
    needs_sandbox: Callable[[Any], bool] = staticmethod(_ours)
    """Of which records the rule calls what others wrote and nobody has bounded."""

    def __init__(self, limits: ResourceLimits = DEFAULT_LIMITS) -> None:
        super().__init__()
        self.limits = limits

    def expand(self, records: beam.PCollection) -> dict[str, beam.PCollection]:
        register_coders()
        fn = _RuleFn(self.name, self.counter_suffix, self.rule, self.warm_up, self.limits, self.needs_sandbox)
        outputs = records | "ApplyRule" >> beam.ParDo(fn).with_outputs(REJECTS, main=RECORDS)
        outputs[RECORDS].element_type = self.output
        outputs[REJECTS].element_type = Reject
        return {RECORDS: outputs[RECORDS], REJECTS: outputs[REJECTS]}

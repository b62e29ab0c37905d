"""Calls a rule for each record, counts, and turns refusals into rejects: what all record-by-record stages share.

    class Shout(RecordStage):
        name, counter_suffix, rule, output = "shout", "shouted", staticmethod(shout), Page

A rule is a pure function of one record that returns the next one or raises `RecordError`. If a DoFn raised, the
runner would retry its whole bundle, so nothing is raised: a refusal becomes a `Reject`, and so does a bug, with its type as the
reason. `--max-reject-share` fails a run in which that happens often.

A record that is long, or whose rule calls third-party code, is processed in a separate process that can be killed (`sandbox`). Our
own rules take time in proportion to the length of the record, so a short record does not need that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NamedTuple

import apache_beam as beam
from apache_beam import pvalue
from apache_beam.metrics import Metrics

from broadsheet.schemas.errors import FilteredError, LakeError, RecordError, UnwantedError, as_record_error
from broadsheet.schemas.records import DEAD, FILTERED, PAYLOAD_BYTES, Article, Page, RawRecord, Reject
from broadsheet.schemas.tables import storable
from broadsheet.transforms import sandbox
from broadsheet.transforms.coders import register_coders
from broadsheet.transforms.limits import DEFAULT_LIMITS, ResourceLimits

REJECTS = "rejects"
RECORDS = "records"

LONG = 1_000_000
"""Characters, or bytes, from which a record goes to a separate process: 1 % of 1,406 labelled pages. The way there and back doubles
the time of all stages for a page of 1.1 million characters (0.36 s of CPU instead of 0.19, `benchmarks.sandbox`), and the
first one takes 2 s more, to start the worker. Other records cost nothing extra. A shorter record that takes quadratic time ends
within minutes; with a limit twice as high, it could take four times as long."""


def make_reject(stage: str, element: RawRecord | Page | Article, error: RecordError, attempts: int = 1) -> Reject:
    """Returns the reject of an element that a stage refused.

    Args:
        stage: The name of the stage.
        element: The record as the stage got it. At most `PAYLOAD_BYTES` of its payload are kept, and nothing if it is
            unwanted.
        error: Why.
        attempts: How often it was tried, including this time.
    """
    # From here on the error is data. If it was a variable of the function that raised it, it and the frame of that function refer
    # to each other, and keep the megabytes of the record until Python collects cycles.
    error.__traceback__ = error.__context__ = error.__cause__ = None
    page = element.page if isinstance(element, Article) else element
    payload = b""
    if not isinstance(error, UnwantedError):
        payload = page.payload if isinstance(page, RawRecord) else page.text[:PAYLOAD_BYTES].encode("utf-8", "surrogatepass")
    kind = FILTERED if isinstance(error, FilteredError) else DEAD
    digest = hashlib.blake2b(digest_size=16)
    for part in (page.origin.uri, page.origin.record, stage, kind, error.reason, error.message):
        digest.update(f"{part}\0".encode("utf-8", "surrogatepass"))
    digest.update(payload[:PAYLOAD_BYTES])
    return Reject(
        digest.hexdigest(),
        page.origin.uri,
        page.origin.record,
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


class StageRule(NamedTuple):
    """A stage without Beam: what a worker process needs to apply it. All fields can be pickled."""

    stage: str
    """The stage's name in counters and rejects."""
    counter_suffix: str
    rule: Callable[[Any], Any]
    warm_up: Callable[[], None]
    limits: ResourceLimits
    needs_sandbox: Callable[[Any], bool]

    def apply(self, element: Any) -> Any:
        """Returns the next record, or a `Reject` if the rule refuses this one. Never raises on account of data.

        Raises:
            LakeError: What the rule reads of the lake is damaged.
        """
        try:
            length = _length(element)
            if length > LONG or self.needs_sandbox(element):
                return sandbox.call(self.rule, element, self.limits, length)
            return self.rule(element)
        except LakeError:  # no fault of the record: the batch ends, and nothing of it is committed
            raise
        except Exception as error:  # never out of the stage: see the module's docstring
            return make_reject(self.stage, element, as_record_error(error))


class _RuleFn(beam.DoFn):
    """Applies a rule to each record."""

    def __init__(self, rule: StageRule) -> None:
        self._rule = rule
        self._done = Metrics.counter(rule.stage, f"records_{rule.counter_suffix}")
        self._rejected = Metrics.counter(rule.stage, "records_rejected")

    def setup(self) -> None:
        self._rule.warm_up()

    def process(self, element: Any) -> Iterator[Any]:
        result = self._rule.apply(element)
        if isinstance(result, Reject):
            self._rejected.inc()
            yield pvalue.TaggedOutput(REJECTS, result)
        else:
            self._done.inc()
            yield result


def _nothing() -> None:
    """Loads nothing."""


def _ours(_element: Any) -> bool:
    """Marks a rule as ours."""
    return False


class RecordStage(beam.PTransform):
    """Turns each record into one record or one reject: `records` and `rejects` of the result."""

    name: ClassVar[str]
    """The name of the stage in counters and rejects."""
    counter_suffix: ClassVar[str]
    """What happened to the records that passed, for the counter `records_<counter_suffix>`."""
    rule: Callable[[Any], Any]
    """The pure function; a stage with options sets it to one with the options filled in."""
    output: ClassVar[type]
    """The type of its result."""
    warm_up: Callable[[], None] = staticmethod(_nothing)
    """Loads what the rule needs, once per worker: profiles, models."""
    needs_sandbox: Callable[[Any], bool] = staticmethod(_ours)
    """Returns whether the rule calls third-party code, which may take any time, for a record."""

    def __init__(self, limits: ResourceLimits = DEFAULT_LIMITS) -> None:
        super().__init__()
        self.limits = limits

    @property
    def stage_rule(self) -> StageRule:
        """The stage as a function of one record, for a process that runs no Beam."""
        return StageRule(self.name, self.counter_suffix, self.rule, self.warm_up, self.limits, self.needs_sandbox)

    def expand(self, records: beam.PCollection) -> dict[str, beam.PCollection]:
        register_coders()
        fn = _RuleFn(self.stage_rule)
        outputs = records | "ApplyRule" >> beam.ParDo(fn).with_outputs(REJECTS, main=RECORDS)
        outputs[RECORDS].element_type = self.output
        outputs[REJECTS].element_type = Reject
        return {RECORDS: outputs[RECORDS], REJECTS: outputs[REJECTS]}

"""Every step of a pipeline has one of our labels, so that a runner's page and its logs name what happens."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.pipeline import AppliedPTransform, PipelineVisitor

from broadsheet.pipelines.ingest.build_pipeline import build
from broadsheet.pipelines.ingest.options import IngestOptions
from broadsheet.pipelines.ingest.run_batch import draft
from broadsheet.pipelines.inputs.input_scanner import Watched
from broadsheet.pipelines.maintain import learn
from broadsheet.pipelines.watch.unbounded import build_stream
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.limits import DEFAULT_LIMITS
from broadsheet.transforms.read.read_records import ReadOptions
from broadsheet.transforms.stream_batches import StreamBatches
from broadsheet.transforms.versions import RuleOptions

_VERB_NOUN = re.compile(r"([A-Z][a-z]+){2,}")
_ALL = RuleOptions(mask_pii="email,ip", templates="v1", blocklist="b1")


class _Labels(PipelineVisitor):
    """Collects the labels of the steps that our own code applies; what Beam's composites are made of is Beam's."""

    def __init__(self) -> None:
        self.labels: set[str] = set()

    def enter_composite_transform(self, step: AppliedPTransform) -> None:
        self.visit_transform(step)

    def visit_transform(self, step: AppliedPTransform) -> None:
        if step.parent is None:
            return
        applied_by = step.parent.transform
        if applied_by is None or type(applied_by).__module__.startswith("broadsheet."):
            self.labels.add(step.full_label)


def _batch(pipeline: beam.Pipeline, lake: Lake, options: IngestOptions) -> None:
    build(pipeline, lake, draft("batch", [], options))


def _second_reading(pipeline: beam.Pipeline, lake: Lake, options: IngestOptions) -> None:
    build(pipeline, lake, draft("batch", [], options)._replace(again="rejects"))


def _learning(pipeline: beam.Pipeline, lake: Lake, options: IngestOptions) -> None:
    learn.build(pipeline, lake, options.read, "b1", DEFAULT_LIMITS)


def _stream(pipeline: beam.Pipeline, lake: Lake, options: IngestOptions) -> None:
    build_stream(pipeline, lake, Watched([lake.root], None), options, 60, StreamBatches(lake, "stream"))


@pytest.mark.parametrize("built", [_batch, _second_reading, _learning, _stream], ids=["batch", "replay", "learn", "stream"])
def test_every_step_has_a_verb_and_a_noun_for_a_label(built: Callable[..., Any], tmp_path: Path) -> None:
    pipeline = beam.Pipeline(runner="DirectRunner")
    lake = Lake.at(str(tmp_path / "lake"))
    built(pipeline, lake, IngestOptions([], lake.root, ReadOptions(respect_opt_out=True), _ALL))
    labels = _Labels()
    pipeline.visit(labels)
    assert len(labels.labels) > 10
    assert {label for label in labels.labels if not _VERB_NOUN.fullmatch(label.rpartition("/")[2])} == set()

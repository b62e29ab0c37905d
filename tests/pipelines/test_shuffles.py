"""What the graph of a batch sends between workers: a change that sends rows once more, or all rows to one worker, is seen here."""

from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.pipeline import AppliedPTransform, PipelineVisitor

from broadsheet.pipelines.ingest.build_pipeline import build
from broadsheet.pipelines.ingest.options import IngestOptions
from broadsheet.pipelines.ingest.run_batch import draft
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.read.read_records import ReadOptions
from broadsheet.transforms.versions import RuleOptions


class _Shuffles(PipelineVisitor):
    """Collects the labels of all groupings by key, with the types of their elements."""

    def __init__(self) -> None:
        self.types: dict[str, str] = {}

    def visit_transform(self, step: AppliedPTransform) -> None:
        if isinstance(step.transform, beam.GroupByKey):
            self.types[step.full_label] = str(step.inputs[0].element_type)


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return _types(tmp_path_factory.mktemp("lake"))


def _types(folder: Path, **choices: Any) -> dict[str, str]:
    pipeline = beam.Pipeline(runner="DirectRunner")
    build(pipeline, Lake.at(str(folder)), draft("batch", [], IngestOptions([], str(folder), ReadOptions(), RuleOptions(**choices))))
    shuffles = _Shuffles()
    pipeline.visit(shuffles)
    return shuffles.types


def _labels(types: dict[str, str], *names: str) -> set[str]:
    return {label.split("/")[0] + "/" + label.split("/")[1] for label, kind in types.items() if any(name in kind for name in names)}


def test_each_row_is_sent_twice_to_find_duplicates_and_to_be_written(types: dict[str, str]) -> None:
    assert _labels(types, "records.Document") == {"DropDuplicates/GroupByIdentifier", "WriteDocuments/GroupByPartition"}
    assert _labels(types, "records.Reject") == {"DropKnownRejects/GroupByIdentifier", "WriteRejects/GroupByPartition"}


def test_pages_are_never_sent(types: dict[str, str]) -> None:
    assert _labels(types, "records.RawRecord", "records.Page", "records.Article") == set()


def test_only_signatures_and_the_commit_go_to_one_worker(types: dict[str, str]) -> None:
    """Keys that are one constant are integers or None; Beam's own reshuffles have random integers."""
    constant = {
        label: kind
        for label, kind in types.items()
        if kind.startswith(("Tuple[<class 'int'>", "Tuple[None", "Union[Tuple[<class 'int'>"))
    }
    own = {label for label in constant if "Reshuffle" not in label}
    assert {label.split("/")[0] for label in own} == {"FindClusters", "CommitBatch"}
    assert not any("records.Document" in constant[label] or "records.Reject" in constant[label] for label in own)


def test_signatures_are_not_sent_without_the_search_for_near_duplicates(tmp_path: Path, types: dict[str, str]) -> None:
    assert set(types) - set(_types(tmp_path, near_duplicates=False)) == {"FindClusters/GroupSignatures"}

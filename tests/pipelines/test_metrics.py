"""Metrics are what Prometheus' own parser reads, whatever stands in their labels."""

import os
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from broadsheet.pipelines.observe.metrics import Metric, labels, render_metrics, write_metrics

HOSTILE = 'a "quoted" back\\slash\nand a second line, \u202eturned ü'


def _parsed(text: str) -> dict[tuple[str, str], float]:
    return {
        (sample.name, sample.labels.get("source", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_official_parser_reads_names_labels_and_values_back() -> None:
    metrics = [
        Metric(
            "broadsheet_rows", "gauge", 'Rows; "many"\nof them \\ all.', {labels(source=HOSTILE): 3.0, labels(source="b"): 0.25}
        ),
        Metric("broadsheet_runs_total", "counter", "Runs.", {"": 12}),
    ]
    expected = {("broadsheet_rows", HOSTILE): 3.0, ("broadsheet_rows", "b"): 0.25, ("broadsheet_runs_total", ""): 12.0}
    assert _parsed(render_metrics(metrics)) == expected
    families = {family.name: family for family in text_string_to_metric_families(render_metrics(metrics))}
    assert families["broadsheet_rows"].documentation == metrics[0].help
    assert families["broadsheet_rows"].type == "gauge"


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), 1e300, 1e-9, 1_700_000_000.123456, 2**53])
def test_a_value_keeps_all_its_digits(value: float) -> None:
    assert _parsed(render_metrics([Metric("m", "gauge", "M.", {"": value})])) == {("m", ""): value}


def test_a_file_is_replaced_whole_and_readable_to_other_users(tmp_path: Path) -> None:
    path = tmp_path / "broadsheet.prom"
    path.write_text("old")
    before = path.stat().st_ino
    write_metrics(str(path), [Metric("m", "gauge", "M.", {"": 1})])
    assert _parsed(path.read_text()) == {("m", ""): 1.0}
    assert path.stat().st_ino != before
    assert path.stat().st_mode & 0o777 == 0o644
    assert os.listdir(tmp_path) == ["broadsheet.prom"]


def test_a_folder_that_is_missing_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_metrics(str(tmp_path / "nowhere" / "m.prom"), [])

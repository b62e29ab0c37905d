"""Metrics are what Prometheus' own parser reads, whatever their labels contain."""

import os
import socket
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from broadsheet.pipelines.observe.metrics import Metric, serve_metrics, write_metrics
from broadsheet.schemas.errors import ConfigError

HOSTILE = 'a "quoted" back\\slash\nand a second line, \u202eturned ü'


def _parsed(text: str) -> dict[tuple[str, str], float]:
    return {
        (sample.name, sample.labels.get("source", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _written(folder: Path, metrics: list[Metric]) -> str:
    write_metrics(str(folder / "metrics.prom"), metrics)
    return (folder / "metrics.prom").read_text(encoding="utf-8")


def test_names_labels_and_values_are_read_back(tmp_path: Path) -> None:
    metrics = [
        Metric("broadsheet_rows", "gauge", 'Rows; "many"\nof them \\ all.', {HOSTILE: 3.0, "b": 0.25}, label="source"),
        Metric("broadsheet_runs_total", "counter", "Runs.", {"": 12}),
    ]
    text = _written(tmp_path, metrics)
    assert _parsed(text) == {
        ("broadsheet_rows", HOSTILE): 3.0,
        ("broadsheet_rows", "b"): 0.25,
        ("broadsheet_runs_total", ""): 12.0,
    }
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert families["broadsheet_rows"].documentation == metrics[0].help
    assert families["broadsheet_rows"].type == "gauge"
    assert families["broadsheet_runs"].type == "counter"


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), 1e300, 1e-9, 1_700_000_000.123456, 2**53])
def test_a_value_keeps_all_its_digits(tmp_path: Path, value: float) -> None:
    assert _parsed(_written(tmp_path, [Metric("m", "gauge", "M.", {"": value})])) == {("m", ""): value}


def test_each_scrape_has_the_metrics_of_its_moment_and_a_taken_port_is_an_error() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    scrapes = iter(range(1, 9))

    def scrape() -> dict[tuple[str, str], float]:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            return _parsed(answer.read().decode())

    with serve_metrics(port, lambda: [Metric("m", "gauge", "M.", {"": next(scrapes)})]):
        assert [scrape(), scrape()] == [{("m", ""): 1.0}, {("m", ""): 2.0}]
        with pytest.raises(ConfigError, match=f"--metrics-port {port}"), serve_metrics(port, list):
            pass
    with pytest.raises(OSError, match="refused"):
        scrape()


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

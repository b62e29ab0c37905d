"""Writes metrics in Prometheus' text format to a file, or serves them over HTTP on this machine's loopback.

    rows = Metric("broadsheet_lake_rows", "gauge", "Rows.", {"documents": 3}, label="table")
    write_metrics("/var/lib/node_exporter/broadsheet.prom", [rows])

To let others scrape from elsewhere, put a proxy in front, which knows who may look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from broadsheet.schemas.errors import ConfigError

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric as Family


class Metric(NamedTuple):
    """One metric with its samples."""

    name: str
    kind: str
    """`gauge` or `counter`; a counter's name ends in `_total`."""
    help: str
    samples: Mapping[str, float]
    """The value of `label`, any text, to the metric's value; {"": value} for a metric without a label."""
    label: str = ""


class _Collector:
    """Makes new samples for each scrape."""

    def __init__(self, metrics: Callable[[], Iterable[Metric]]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Family]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        for metric in self._metrics():
            kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
            family = kind(metric.name, metric.help, labels=[metric.label] if metric.label else [])
            for value, number in metric.samples.items():
                family.add_metric([value] if metric.label else [], number)
            yield family


def _registry(metrics: Callable[[], Iterable[Metric]]) -> CollectorRegistry:
    from prometheus_client import CollectorRegistry  # a tenth of a second of CPU, for runs that report metrics only

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(metrics))
    return registry


def write_metrics(path: str, metrics: Iterable[Metric]) -> None:
    """Writes metrics to a file, whole or not at all, so that a collector never reads half of one.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    from prometheus_client import write_to_textfile

    found = list(metrics)
    write_to_textfile(path, _registry(lambda: found))


@contextmanager
def serve_metrics(port: int | None, metrics: Callable[[], Iterable[Metric]]) -> Iterator[None]:
    """Answers http://127.0.0.1:PORT/metrics for as long as it is entered; does nothing if there is no port.

    Raises:
        ConfigError: The port is taken, or may not be used.
    """
    if port is None:
        yield
        return
    from prometheus_client import start_http_server

    try:
        server, thread = start_http_server(port, addr="127.0.0.1", registry=_registry(metrics))
    except (OSError, OverflowError) as error:
        raise ConfigError(f"--metrics-port {port}: {error}") from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

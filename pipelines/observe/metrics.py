"""Metrics in Prometheus' text format: for node_exporter's textfile collector, or for whoever serves them over HTTP.

    write_metrics("/var/lib/node_exporter/broadsheet.prom", [Metric("broadsheet_documents", "gauge", "Rows.", {"": 3.0})])

A file is replaced whole: the collector never reads half of one.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", '"': '\\"'})
_HELP_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n"})


class Metric(NamedTuple):
    """One metric with its samples."""

    name: str
    kind: str
    """`gauge` or `counter`; a counter's name ends in `_total`."""
    help: str
    samples: Mapping[str, float]
    """Labels, as `labels` writes them, "" for none, to the value."""


def labels(**values: str) -> str:
    """Returns a sample's labels as the format has them: `{outcome="dead"}`. Any text may be a value."""
    return "{" + ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in values.items()) + "}" if values else ""


def render_metrics(metrics: Iterable[Metric]) -> str:
    """Returns metrics in the text format 0.0.4, in the order given."""
    lines = []
    for metric in metrics:
        lines.append(f"# HELP {metric.name} {metric.help.translate(_HELP_ESCAPES)}")
        lines.append(f"# TYPE {metric.name} {metric.kind}")
        lines.extend(f"{metric.name}{names} {_number(value)}" for names, value in metric.samples.items())
    return "".join(f"{line}\n" for line in lines)


def write_metrics(path: str, metrics: Iterable[Metric]) -> None:
    """Writes metrics to a file, whole or not at all; readable to all, because another user's collector reads it.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    text = render_metrics(metrics)
    folder = os.path.dirname(os.path.abspath(path))
    handle, staged = tempfile.mkstemp(dir=folder, prefix=".broadsheet-")  # the collector reads *.prom alone
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(staged, 0o644)
        os.replace(staged, path)
    except OSError:
        os.remove(staged)
        raise


def _number(value: float) -> str:
    if math.isfinite(value):
        return repr(int(value)) if float(value).is_integer() else repr(float(value))
    return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"

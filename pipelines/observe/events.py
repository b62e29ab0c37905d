"""Run events in OpenLineage's form, for catalogs and for who greps: one JSON object a line in a file, or posted to a server.

https://openlineage.io/docs/spec/object-model: a run of a job reads datasets and writes others; it starts, and completes or fails.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import urllib.request
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

from broadsheet.schemas.errors import ConfigError
from broadsheet.schemas.tables import TABLES
from broadsheet.transforms.lake.protocol.files import Lake

_SPEC = "https://openlineage.io/spec"
_EVENT = f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
_RUN_FACET = f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunFacet"
_ERROR = f"{_SPEC}/facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet"
_STATISTICS = f"{_SPEC}/facets/1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet"

_TIMEOUT_S = 10.0
"""A catalog that does not answer must not hold a night's run up."""


class Job(NamedTuple):
    """Which run of what the events are about."""

    run_id: str
    lake: Lake
    inputs: Sequence[str]
    """What the user named: a folder of a million files is one dataset."""


def make_event(job: Job, kind: str, counts: Mapping[str, int] | None = None, error: str | None = None) -> dict[str, Any]:
    """Returns one event.

    Args:
        job: Which run.
        kind: `START`, `COMPLETE` or `FAIL`.
        counts: The sums of the run's books, at its end.
        error: Why it failed, or which limit it crossed.
    """
    producer = f"https://pypi.org/project/broadsheet/{version('broadsheet')}/"
    facets: dict[str, Any] = {}
    if counts is not None:
        facets["broadsheet_books"] = {"_producer": producer, "_schemaURL": _RUN_FACET, **counts}
    if error is not None:
        facets["errorMessage"] = {"_producer": producer, "_schemaURL": _ERROR, "message": error, "programmingLanguage": "PYTHON"}
    namespace, root = _place(job.lake.root)
    outputs = []
    for table in TABLES:
        output: dict[str, Any] = {"namespace": namespace, "name": f"{root}/{table.name}"}
        if counts is not None and table.name in counts:
            statistics = {"_producer": producer, "_schemaURL": _STATISTICS, "rowCount": counts[table.name]}
            output["outputFacets"] = {"outputStatistics": statistics}
        outputs.append(output)
    return {
        "eventType": kind,
        "eventTime": dt.datetime.now(dt.UTC).isoformat(),
        "run": {"runId": job.run_id, "facets": facets},
        "job": {"namespace": "broadsheet", "name": f"ingest {job.lake.root}"},
        "inputs": [{"namespace": place[0], "name": place[1]} for place in map(_place, job.inputs)],
        "outputs": outputs,
        "producer": producer,
        "schemaURL": _EVENT,
    }


def _place(path: str) -> tuple[str, str]:
    """Returns a dataset's namespace and name by OpenLineage's rules: a bucket and a key, or `file` and an absolute path."""
    if "://" not in path:
        return "file", os.path.abspath(path) if path != "-" else "standard input"
    scheme, _, rest = path.partition("://")
    host, _, key = rest.partition("/")
    return f"{scheme}://{host}", key or "/"


def check_target(target: str) -> None:
    """Refuses a place where no event can be written, before the run.

    Raises:
        ConfigError: It is in no folder.
    """
    if not _is_server(target) and not os.path.isdir(os.path.dirname(os.path.abspath(target))):
        raise ConfigError(f"--events {target}: its folder does not exist")


def send_event(target: str, event: Mapping[str, Any]) -> None:
    """Appends an event to a file, or posts it to a server.

    Args:
        target: A path, or an address such as http://localhost:5000/api/v1/lineage.
        event: As `make_event` makes it.

    Raises:
        OSError: The file cannot be written; the server refuses or does not answer.
    """
    line = json.dumps(event, ensure_ascii=False)
    if not _is_server(target):
        with open(target, "a", encoding="utf-8", errors="replace") as file:
            file.write(f"{line}\n")
        return
    request = urllib.request.Request(target, line.encode("utf-8", "replace"), {"Content-Type": "application/json"}, method="POST")
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S):
        pass


def _is_server(target: str) -> bool:
    return target.startswith(("http://", "https://"))

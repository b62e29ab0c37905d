"""The events are OpenLineage's: its own client takes them, and refuses what is none."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from helpers.command import broadsheet
from helpers.pages import dump, write

PYTHON = os.environ.get("BROADSHEET_CHECKERS") or os.path.expanduser("~/.cache/broadsheet/checkers/bin/python")

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(not os.access(PYTHON, os.X_OK), reason="no openlineage-python here: .ci/run installs it apart"),
]

_CHECK = """
import json, sys
from openlineage.client import event_v2, serde
from openlineage.client.facet_v2 import error_message_run, output_statistics_output_dataset
for line in open(sys.argv[1], encoding="utf-8"):
    event = json.loads(line)
    def bare(facet):
        return {name: value for name, value in facet.items() if not name.startswith("_")}
    facets = event["run"]["facets"]
    if "errorMessage" in facets:
        error_message_run.ErrorMessageRunFacet(**bare(facets["errorMessage"]))
    for output in event["outputs"]:
        for name, facet in output.get("outputFacets", {}).items():
            output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(**bare(facet))
    taken = event_v2.RunEvent(
        eventType=event_v2.RunState(event["eventType"]), eventTime=event["eventTime"], producer=event["producer"],
        run=event_v2.Run(runId=event["run"]["runId"]), job=event_v2.Job(**event["job"]),
        inputs=[event_v2.InputDataset(**item) for item in event["inputs"]],
        outputs=[event_v2.OutputDataset(namespace=item["namespace"], name=item["name"]) for item in event["outputs"]],
    )
    print(json.loads(serde.Serde.to_json(taken))["eventType"])
"""


def _check(path: Path) -> subprocess.CompletedProcess:
    return subprocess.run([PYTHON, "-c", _CHECK, path], capture_output=True, text=True, check=False)


def test_openlineages_own_classes_take_the_events(tmp_path: Path) -> None:
    write(tmp_path / "pages", {"a.txt": dump("The Pier"), "empty.txt": ""})
    for arguments in ([], ["--max-reject-share", "0.1", "--force"]):
        command = ["ingest", tmp_path / "pages", "--lake", tmp_path / "lake", "--quiet", "--events", tmp_path / "events.jsonl"]
        assert broadsheet(*command, *arguments) == (3 if arguments else 0)
    verdict = _check(tmp_path / "events.jsonl")
    assert verdict.stdout.split() == ["START", "COMPLETE"] * 2, verdict.stderr


@pytest.mark.parametrize(("field", "value"), [("eventTime", "yesterday"), ("runId", "7")])
def test_they_refuse_an_event_that_is_none(tmp_path: Path, field: str, value: str) -> None:
    write(tmp_path / "pages", {"a.txt": dump("The Pier")})
    assert broadsheet("ingest", tmp_path / "pages", "--lake", tmp_path / "lake", "--quiet", "--events", tmp_path / "e.jsonl") == 0
    event = json.loads((tmp_path / "e.jsonl").read_text().splitlines()[0])
    (event["run"] if field == "runId" else event)[field] = value
    (tmp_path / "e.jsonl").write_text(json.dumps(event))
    assert _check(tmp_path / "e.jsonl").returncode != 0

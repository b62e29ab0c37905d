"""The stages from Beam YAML: the provider in deploy/yaml/ and its pipeline, run by Beam's own main program."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.command import ROOT, ingest
from helpers.lakes import by_delta

YAML = os.environ.get("BROADSHEET_YAML") or os.path.expanduser("~/.cache/broadsheet/yaml")
FOLDER = ROOT / "deploy" / "yaml"
PAGES = ROOT / "samples" / "pages"

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(
        not os.path.isdir(f"{YAML}/jinja2"), reason="no extras of Beam YAML: .ci/run installs them apart, or BROADSHEET_YAML=folder"
    ),
]


def _run(pipeline: Path, out: Path, files: str = f"{PAGES}/**") -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable, "-m", "apache_beam.yaml.main", "--runner=FnApiRunner", f"--yaml_pipeline_file={pipeline}",
        f"--jinja_variables={json.dumps({'files': files, 'out': str(out)})}",
    ]  # fmt: skip
    path = os.pathsep.join([YAML, str(ROOT)])
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=300, check=False)


def _rows(folder: Path, name: str) -> list[dict[str, Any]]:
    rows = [json.loads(line) for file in folder.glob(f"{name}*") for line in file.read_text(encoding="utf-8").splitlines()]
    return sorted(rows, key=lambda row: row["uri"])


def test_the_yaml_pipeline_makes_what_ingest_makes(tmp_path: Path) -> None:
    done = _run(FOLDER / "articles.yaml", tmp_path / "out")
    assert done.returncode == 0, done.stderr[-3000:]
    ingest(tmp_path / "lake", PAGES, "--path-template", "source={source}/{name}", "--mask-pii", "emails,phones")
    for name, table in (("articles", "documents"), ("rejects", "rejects")):
        found = _rows(tmp_path / "out", name)
        columns = list(found[0])
        expected = by_delta(tmp_path / "lake", f"select {', '.join(columns)} from {table} order by uri")
        assert len(found) > 2
        assert [tuple(row.values()) for row in found] == expected


def test_every_transform_of_the_provider_can_be_had(tmp_path: Path) -> None:
    """Beam loads a provider's transforms when they are used, so that a wrong name would not be noticed by a pipeline without it."""
    screened = (FOLDER / "articles.yaml").read_text(encoding="utf-8")
    screened = screened.replace(
        "    - type: StripBoilerplate\n      input: DecodeRecords.records",
        "    - type: ScreenPages\n      input: DecodeRecords.records\n      config: {respect_opt_out: true}\n"
        "    - type: StripBoilerplate\n      input: ScreenPages.records\n      config: {extractor: trafilatura}",
    )
    assert "ScreenPages" in screened
    (tmp_path / "broadsheet.yaml").write_text((FOLDER / "broadsheet.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "screened.yaml").write_text(screened, encoding="utf-8")
    done = _run(tmp_path / "screened.yaml", tmp_path / "out", f"{PAGES}/www.rheintalbote.example/**/*.html")
    assert done.returncode == 0, done.stderr[-3000:]
    assert {row["language"] for row in _rows(tmp_path / "out", "articles")} == {"de"}

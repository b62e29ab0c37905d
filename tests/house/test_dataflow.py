"""The flex template says what the command line takes, and its launcher passes it on."""

import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest
from helpers.command import ROOT

from broadsheet.pipelines.cli.main import make_parser
from broadsheet.pipelines.runners.beam_options import all_options

FOLDER = ROOT / "deploy" / "dataflow"
CHECKERS = Path(os.path.expanduser("~/.cache/broadsheet/checkers/bin/python"))

_LAUNCHED = [
    "--runner=DataflowRunner",
    "--project=my-project",
    "--region=europe-west1",
    "--job_name=nightly",
    "--temp_location=gs://my-bucket/tmp",
    "--template_location=gs://my-bucket/staging/template_launches/1/job_object",
]
"""What Google's launcher adds to a template's parameters."""


def _launcher() -> ModuleType:
    spec = importlib.util.spec_from_file_location("launch", FOLDER / "launch.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _parameters() -> list[dict]:
    return json.loads((FOLDER / "metadata.json").read_text(encoding="utf-8"))["parameters"]


def test_each_parameter_of_the_template_reaches_submit() -> None:
    example = {"dates": "2026-01-01..2026-01-31"}
    values = {item["name"]: example.get(item["name"], f"gs://bucket/{item['name']}") for item in _parameters()}
    given = [f"--{name}={value}" for name, value in values.items()]
    options, rest = make_parser()[0].parse_known_args(_launcher().arguments([*given, *_LAUNCHED]))
    assert (options.command, options.cluster, options.no_wait) == ("submit", "dataflow", True)
    assert options.inputs == [values["input"]]
    assert [options.lake, options.source, options.manifest, options.dates] == [
        values[name] for name in ("lake", "source", "manifest", "dates")
    ]
    assert rest == [f"--sdk_container_image={values['sdk_container_image']}", *_LAUNCHED]
    assert all_options(rest)["template_location"] == _LAUNCHED[-1].partition("=")[2]


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("input", "gs://bucket/pages/*.warc.gz", True),
        ("input", "/home/pages", False),
        ("dates", "2026-01-01..2026-01-31", True),
        ("dates", "yesterday", False),
    ],
)
def test_the_template_refuses_what_submit_could_not_take(name: str, value: str, fits: bool) -> None:
    (regex,) = next(item["regexes"] for item in _parameters() if item["name"] == name)
    assert bool(re.fullmatch(regex, value)) == fits


_TYPES = """
import sys
from google.cloud.dataflow_v1beta3 import TemplateMetadata
made = TemplateMetadata.from_json(sys.stdin.read(), ignore_unknown_fields=False)
print(*(item.name for item in made.parameters if not item.is_optional))
"""


@pytest.mark.service
@pytest.mark.parametrize(("typo", "code"), [("regexes", 0), ("regexps", 1)], ids=["as it is", "with a typo"])
def test_google_s_own_types_take_the_metadata(typo: str, code: int) -> None:
    if subprocess.run([CHECKERS, "-c", "import google.cloud.dataflow_v1beta3"], capture_output=True, check=False).returncode:
        pytest.skip("no google-cloud-dataflow-client here: .ci/run installs it")
    text = (FOLDER / "metadata.json").read_text(encoding="utf-8").replace("regexes", typo)
    done = subprocess.run([CHECKERS, "-c", _TYPES], input=text, capture_output=True, text=True, check=False)
    assert bool(done.returncode) == bool(code), done.stderr
    assert done.stdout.split() == ([] if code else ["input", "lake", "sdk_container_image"])

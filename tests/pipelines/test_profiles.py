"""Submitting: which options a job gets, and what is refused before there is one."""

from pathlib import Path

import pytest
from apache_beam.portability.api import beam_runner_api_pb2
from apache_beam.portability.common_urns import environments, primitives
from apache_beam.runners.portability.fn_api_runner import translations
from helpers.command import ROOT, broadsheet

from broadsheet.pipelines.runners.beam_options import all_options
from broadsheet.pipelines.runners.profiles import beam_args, read_profile
from broadsheet.schemas.errors import ConfigError

PROFILES = ROOT / "deploy" / "profiles"
_IMAGE = 'job_endpoint = "jobs:8099"\nenvironment_type = "DOCKER"\nenvironment_config = "registry/broadsheet:1"\n'


def _profile(folder: Path, text: str) -> str:
    path = folder / "profile.toml"
    path.write_text(text)
    return str(path)


def test_a_job_gets_the_profile_s_options_over_those_of_its_kind(tmp_path: Path) -> None:
    profile = read_profile(_profile(tmp_path, _IMAGE + "environment_cache_millis = 5\n[doctor]\nflink = 'http://jobs:8081'\n"))
    assert beam_args("flink", profile, []) == [
        "--runner=PortableRunner",
        "--environment_cache_millis=5",
        "--object_reuse",
        "--job_endpoint=jobs:8099",
        "--environment_type=DOCKER",
        "--environment_config=registry/broadsheet:1",
    ]
    assert profile.doctor == {"flink": "http://jobs:8081"}


def test_the_command_line_goes_before_the_profile(tmp_path: Path) -> None:
    profile = read_profile(_profile(tmp_path, _IMAGE))
    assert all_options(beam_args("spark", profile, ["--job_endpoint=other:1"]))["job_endpoint"] == "other:1"
    loopback = all_options(beam_args("spark", profile, ["--environment_type=LOOPBACK"]))
    assert (loopback["environment_type"], loopback["environment_config"]) == ("LOOPBACK", None)  # the profile's names an image


def test_values_that_are_not_words_become_what_beam_reads(tmp_path: Path) -> None:
    text = """environment_config = {command = "/worker.sh", env = {BOOT = "/boot"}}
experiments = ["one", "two"]
save_main_session = true
streaming = false
"""
    given = all_options(beam_args("prism", read_profile(_profile(tmp_path, text)), []))
    assert given["environment_config"] == '{"command": "/worker.sh", "env": {"BOOT": "/boot"}}'
    assert (given["experiments"], given["save_main_session"], given["streaming"]) == (["one", "two"], True, False)


def test_a_prebuilt_environment_goes_before_shipped_sources(tmp_path: Path) -> None:
    profile = read_profile(_profile(tmp_path, _IMAGE + 'setup_file = "./setup.py"\n'))
    assert all_options(beam_args("flink", profile, []))["setup_file"] is None
    shipped = read_profile(_profile(tmp_path, 'job_endpoint = "jobs:8099"\nsetup_file = "./setup.py"\n'))
    assert all_options(beam_args("flink", shipped, []))["setup_file"] == "./setup.py"


@pytest.mark.parametrize(
    ("runner", "text", "message"),
    [
        ("flink", "", "--job_endpoint is missing"),
        ("flink", 'job_endpoint = "jobs:8099"', "no environment with broadsheet in it"),
        ("dataflow", 'project = "news"', "--region is missing"),
        ("flink", 'job_endpiont = "jobs:8099"', "did you mean --job_endpoint?"),
        ("flink", "job_endpoint = jobs", "is not valid TOML"),
    ],
)
def test_what_no_job_can_run_with_is_refused(tmp_path: Path, runner: str, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("?", r"\?")):
        beam_args(runner, read_profile(_profile(tmp_path, text)), [])


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.toml")), ids=lambda path: path.stem)
def test_each_profile_that_ships_is_enough_to_submit_with(path: Path) -> None:
    assert beam_args(path.stem.partition("-")[0], read_profile(str(path)), [])


def _graph(path: Path) -> beam_runner_api_pb2.Pipeline:
    return beam_runner_api_pb2.Pipeline.FromString(path.read_bytes())


def test_a_dry_run_writes_the_graph_that_dataflow_would_get_and_touches_nothing_else(tmp_path: Path) -> None:
    profile = PROFILES / "dataflow.toml"
    command = ("submit", "dataflow", "gs://pages/*", "--lake", tmp_path / "lake", "--profile", profile)
    assert broadsheet(*command, "--dry-run", tmp_path / "graph.pb") == 0
    assert sorted(tmp_path.iterdir()) == [tmp_path / "graph.pb"]
    graph = _graph(tmp_path / "graph.pb")
    (environment,) = graph.components.environments.values()
    payload = beam_runner_api_pb2.DockerPayload.FromString(environment.payload)
    assert environment.urn == environments.DOCKER.urn
    assert payload.container_image == read_profile(str(profile)).beam["sdk_container_image"]
    shuffles = {item.unique_name for item in graph.components.transforms.values() if item.spec.urn == primitives.GROUP_BY_KEY.urn}
    assert {"WriteDocuments/GroupByPartition", "FindClusters/GroupSignatures"} <= shuffles


def test_the_work_on_a_page_is_one_stage_without_a_shuffle(tmp_path: Path) -> None:
    graph_file = tmp_path / "graph.pb"
    command = ("submit", "dataflow", "gs://pages/*", "--lake", tmp_path / "lake", "--profile", PROFILES / "dataflow.toml")
    assert broadsheet(*command, "--dry-run", graph_file) == 0
    known = frozenset([primitives.GROUP_BY_KEY.urn, primitives.IMPULSE.urn, primitives.FLATTEN.urn])
    _, stages = translations.create_and_optimize_stages(_graph(graph_file), translations.standard_optimize_phases(), known)
    within = [{item.unique_name for item in stage.transforms} for stage in stages]
    (work,) = [names for names in within if any(name.startswith("DecodeRecords/") for name in names)]
    for step in ("ReadRecords/", "StripBoilerplate/", "DetectLanguage/", "ExtractMetadata/", "DropDuplicates/KeyByIdentifier"):
        assert any(name.startswith(step) for name in work), step
    (commit,) = [names for names in within if "CommitBatch/CommitBatch" in names]
    assert not any(name.startswith(("Write", "Read")) for name in commit)

"""The doctor looks, names what is lacking and says what to do about it."""

import json
import sys
from pathlib import Path

import pytest
from helpers.cluster import SCRIPT
from helpers.command import broadsheet


def _profile(folder: Path, **values: object) -> Path:
    path = folder / "profile.toml"
    path.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items()))
    return path


def _workers(**env: str) -> str:
    return json.dumps({"command": str(SCRIPT.with_name("worker.sh")), "env": {"VENV": sys.prefix, **env}})


def test_a_machine_that_can_ingest_lacks_nothing(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert broadsheet("doctor", "--lake", tmp_path / "lake") == 0
    said = capsys.readouterr().out
    assert "apache-beam 2." in said
    assert "no lake is there yet" in said
    assert list(tmp_path.iterdir()) == []


def test_a_lake_that_cannot_be_written_is_lacking(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    assert broadsheet("doctor", "--lake", tmp_path / "file") == 1
    assert "LACKING lake" in capsys.readouterr().out


def test_servers_that_do_not_answer_are_named_with_their_address(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    config = _workers(BOOT="/bin/true")
    profile = _profile(tmp_path, job_endpoint="localhost:1", environment_type="PROCESS", environment_config=config)
    assert broadsheet("doctor", "flink", "--profile", profile) == 1
    said = capsys.readouterr().out
    assert "LACKING job server       nothing answers at localhost:1 " in said
    assert "ok      workers" in said


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"BOOT": "/no/boot"}, "/no/boot is not a program"),
        ({"BOOT": "/bin/true", "PYTHONHOME": "/nowhere"}, "install the same broadsheet"),
    ],
    ids=["no worker starter", "an interpreter without broadsheet"],
)
def test_workers_that_could_not_start_are_lacking(
    tmp_path: Path, capsys: pytest.CaptureFixture, env: dict[str, str], message: str
) -> None:
    profile = _profile(tmp_path, job_endpoint="localhost:1", environment_type="PROCESS", environment_config=_workers(**env))
    assert broadsheet("doctor", "spark", "--profile", profile) == 1
    assert message in capsys.readouterr().out


def test_a_job_without_an_environment_for_its_workers_is_reported(capsys: pytest.CaptureFixture) -> None:
    assert broadsheet("doctor", "flink", "--job_endpoint=localhost:1") == 1
    assert "LACKING options          submit flink: no environment with broadsheet in it" in capsys.readouterr().out


@pytest.mark.parametrize(("path", "code"), [(sys.executable, 0), ("/no/prism", 1)], ids=["there", "not there"])
def test_prism_is_looked_for(capsys: pytest.CaptureFixture, path: str, code: int) -> None:
    assert broadsheet("doctor", "prism", f"--prism_location={path}") == code
    assert ("go install" in capsys.readouterr().out) == bool(code)

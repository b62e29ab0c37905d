"""The files in deploy/ are accepted by the programs that read them, and run commands that exist."""

import ast
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from broadsheet.pipelines.cli.main import make_parser
from broadsheet.pipelines.runners.profiles import read_profile

ROOT = Path(__file__).parent.parent.parent
SCHEDULE = ROOT / "deploy" / "schedule"


def _tool(variable: str, place: str) -> str | None:
    """Returns a program that .ci/run installs apart, or `None` if it is absent."""
    path = os.environ.get(variable) or os.path.expanduser(f"~/.cache/broadsheet/{place}")
    return path if os.access(path, os.X_OK) else None


AIRFLOW = _tool("BROADSHEET_AIRFLOW", "airflow/bin/airflow")
KUBERNETES_VALIDATE = _tool("BROADSHEET_KUBERNETES_VALIDATE", "checkers/bin/kubernetes-validate")
HADOLINT = _tool("BROADSHEET_HADOLINT", "checkers/bin/hadolint")
_INSTALLED = "/opt/broadsheet/bin/broadsheet"


def _command(name: str) -> list[str]:
    (found,) = re.findall(rf"{_INSTALLED} (.*)", (SCHEDULE / name).read_text(encoding="utf-8"))
    return shlex.split(found)


def _cron_job() -> list[str]:
    """Returns the arguments of the CronJob's container, without a YAML parser: each is on its own line."""
    (found,) = re.findall(r"\n +args:\n((?: +- .*\n)+)", (SCHEDULE / "cronjob.yaml").read_text(encoding="utf-8"))
    return [line.strip().removeprefix("- ").strip('"') for line in found.splitlines()]


def test_the_cron_job_starts_a_command_that_exists() -> None:
    parser, _ = make_parser()
    options, rest = parser.parse_known_args(_cron_job())
    assert (options.command, rest) == ("ingest", [])
    assert (options.max_reject_share, options.min_documents, options.max_age_hours) == (0.05, 1, 26)


def test_the_dag_starts_commands_that_exist() -> None:
    """Its paths and commands are plain assignments, so they can be had without Airflow."""
    tree = ast.parse((SCHEDULE / "airflow_dag.py").read_text(encoding="utf-8"))
    assignments = [node for node in tree.body if isinstance(node, ast.Assign)]
    values: dict[str, Any] = {"os": os}
    exec(compile(ast.Module(list[ast.stmt](assignments), []), "airflow_dag.py", "exec"), values)
    parser, _ = make_parser()
    for name, command in (("INGEST", "ingest"), ("COMPARE", "report"), ("MAKE_REPORT", "report")):
        options, rest = parser.parse_known_args(values[name])
        assert (options.command, rest) == (command, [])


@pytest.mark.service
@pytest.mark.skipif(not KUBERNETES_VALIDATE, reason="no kubernetes-validate here: .ci/run installs it")
@pytest.mark.parametrize("manifest", ["schedule/cronjob.yaml", "kubernetes/flink.yaml"])
@pytest.mark.parametrize(("change", "code"), [(("", ""), 0), (("image:", "images:"), 1)], ids=["as it is", "with a typo"])
def test_kubernetes_takes_the_manifest_and_nothing_that_is_none(
    tmp_path: Path, manifest: str, change: tuple[str, str], code: int
) -> None:
    text = (ROOT / "deploy" / manifest).read_text(encoding="utf-8").replace(*change)
    (tmp_path / "manifest.yaml").write_text(text, encoding="utf-8")
    verdict = subprocess.run(
        [str(KUBERNETES_VALIDATE), "--strict", tmp_path / "manifest.yaml"], capture_output=True, text=True, check=False
    )
    assert verdict.returncode == code, verdict.stderr + verdict.stdout


def test_the_cluster_s_servers_are_called_what_the_profile_calls_them() -> None:
    """Services' names and ports, and where submit looks for them."""
    manifest = (ROOT / "deploy" / "kubernetes" / "flink.yaml").read_text(encoding="utf-8")
    profile = read_profile(str(ROOT / "deploy" / "profiles" / "flink.toml"))
    for address in (
        profile.beam["job_endpoint"],
        profile.beam["artifact_endpoint"],
        profile.doctor["flink"].removeprefix("http://"),
    ):
        name, _, port = address.partition(":")
        (service,) = [part for part in manifest.split("\n---\n") if f"kind: Service\nmetadata:\n  name: {name}\n" in part]
        assert f"port: {port}}}" in service
    replicas, slots = re.findall(r"replicas: ([2-9])", manifest), re.findall(r"numberOfTaskSlots: (\d)", manifest)
    assert profile.beam["parallelism"] == int(replicas[0]) * int(slots[0])
    assert profile.beam["sdk_worker_parallelism"] == int(slots[0])


def test_the_image_is_of_the_beam_that_the_constraints_name() -> None:
    lines = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8").splitlines()
    (beam,) = re.findall(r"(?m)^apache-beam==(.*)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"))
    assert f"FROM apache/beam_python3.11_sdk:{beam}" in lines
    wheel = f"broadsheet-{version('broadsheet')}-py3-none-any.whl"
    assert sum(wheel in line for line in lines) == 2
    assert next(line for line in reversed(lines) if line.startswith("USER ")) != "USER root"


@pytest.mark.service
@pytest.mark.skipif(not HADOLINT, reason="no hadolint here: .ci/run installs it")
@pytest.mark.parametrize(
    ("file", "change", "code"),
    [
        ("Dockerfile", ("", ""), 0),
        ("Dockerfile", ("USER 10001", "USER root"), 1),
        ("dataflow/Dockerfile", ("", ""), 0),
        ("dataflow/Dockerfile", (":20230622_RC00", ""), 1),
    ],
    ids=["workers as they are", "workers as root", "template as it is", "template unpinned"],
)
def test_hadolint_finds_nothing_in_the_dockerfile(tmp_path: Path, file: str, change: tuple[str, str], code: int) -> None:
    text = (ROOT / "deploy" / file).read_text(encoding="utf-8").replace(*change)
    (tmp_path / "Dockerfile").write_text(text, encoding="utf-8")
    verdict = subprocess.run([str(HADOLINT), tmp_path / "Dockerfile"], capture_output=True, text=True, check=False)
    assert verdict.returncode == code, verdict.stdout


@pytest.mark.slow
@pytest.mark.service
@pytest.mark.skipif(not AIRFLOW, reason="no Airflow here: .ci/run installs it into an environment of its own")
@pytest.mark.parametrize(
    ("pages", "ended", "states"),
    [("source=meridian-wire.example", "success", ["success"] * 3), ("", "failed", ["failed", "upstream_failed", "success"])],
    ids=["a good night", "a night with too many dead records"],
)
def test_airflow_runs_the_dag(tmp_path: Path, pages: str, ended: str, states: list[str]) -> None:
    (tmp_path / "broadsheet").write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m broadsheet "$@"\n')
    (tmp_path / "broadsheet").chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHON"))} | {
        "BROADSHEET": str(tmp_path / "broadsheet"),
        "BROADSHEET_PAGES": str(ROOT / "samples" / "pages" / pages),
        "BROADSHEET_LAKE": str(tmp_path / "lake"),
        "BROADSHEET_REPORT": str(tmp_path / "report.html"),
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(SCHEDULE),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    for command in (["db", "migrate"], ["dags", "test", "broadsheet"]):
        done = subprocess.run(
            [str(AIRFLOW), *command], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=500
        )
    said = done.stdout + done.stderr
    assert re.findall(r"DagRun Finished.* state=(\w+)", said) == [ended], said[-3000:]
    assert (tmp_path / "report.html").stat().st_size > 10_000
    with sqlite3.connect(tmp_path / "airflow" / "airflow.db") as tasks:
        found = dict(tasks.execute("select task_id, state from task_instance").fetchall())
    assert [found[name] for name in ("ingest", "compare", "report")] == states


@pytest.mark.parametrize("name", ["broadsheet.service", "crontab"])
def test_a_schedule_starts_a_command_that_exists(name: str) -> None:
    parser, _ = make_parser()
    options, rest = parser.parse_known_args(_command(name))
    assert (options.command, rest) == ("ingest", [])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for name in ("broadsheet.service", "broadsheet.timer"):
        unit = (SCHEDULE / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(unit.replace(_INSTALLED, sys.executable))  # it checks that the program is there
    verdict = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *tmp_path.iterdir()], capture_output=True, text=True, check=False
    )
    ours = [line for line in verdict.stderr.splitlines() if "broadsheet" in line]
    assert (verdict.returncode, ours) == (0, []), verdict.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_a_unit_that_is_wrong_is_not_accepted(tmp_path: Path) -> None:
    unit = (SCHEDULE / "broadsheet.service").read_text(encoding="utf-8").replace("ProtectHome=yes", "ProtectHomes=yes")
    (tmp_path / "broadsheet.service").write_text(unit.replace(_INSTALLED, sys.executable))
    verdict = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "broadsheet.service"], capture_output=True, text=True, check=False
    )
    assert "ProtectHomes" in verdict.stderr

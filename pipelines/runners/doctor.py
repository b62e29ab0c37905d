"""Finds out what this machine or a cluster lacks, and says what to do about it.

A check looks at one thing and returns a `Finding`. Without what is `LACKING`, the chosen runner cannot run. What is
`ABSENT` is only needed by those who want it.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import platform
import shutil
import socket
import subprocess
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any, NamedTuple

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems
from deltalake import DeltaTable

from broadsheet.pipelines.cli.extras import EXTRAS, is_installed
from broadsheet.pipelines.runners.beam_options import all_options
from broadsheet.pipelines.runners.prism import prism_cure, prism_path
from broadsheet.pipelines.runners.profiles import Profile, beam_args
from broadsheet.schemas.errors import BroadsheetError, ConfigError
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.lake.protocol.files import Lake

OK, ABSENT, LACKING = "ok", "absent", "LACKING"

_PATIENCE_S = 5.0
"""How long a server may take to answer on a working network."""


class Finding(NamedTuple):
    """What one check found."""

    what: str
    state: str
    said: str


def examine(runner: str | None, profile: Profile, lake: str | None, rest: list[str]) -> Iterator[Finding]:
    """Yields what is found, the machine first.

    Args:
        runner: For which of `runners.profiles.RUNNERS`; `None` for runs in this process.
        profile: The cluster's.
        lake: The lake to write to, if any.
        rest: Beam's options from the command line.
    """
    yield Finding("python", OK, f"{platform.python_version()} on {platform.machine()}, {os.cpu_count()} processors")
    packages = ("broadsheet", "apache-beam", "pyarrow", "deltalake", "duckdb")
    yield Finding("versions", OK, ", ".join(f"{name} {version(name)}" for name in packages))
    for extra in EXTRAS:
        if not is_installed(extra):
            yield Finding(f"extra {extra}", ABSENT, f"pip install 'broadsheet[{extra}]'")
    if lake:
        yield _lake(lake)
    if runner is None:
        return
    try:
        found = all_options(beam_args(runner, profile, rest))
    except ConfigError as error:
        yield Finding("options", LACKING, str(error))
        return
    yield from {"prism": _prism, "dataflow": _dataflow}.get(runner, _job_server)(found, profile.doctor)


def _lake(path: str) -> Finding:
    try:
        lake = Lake.at(path)
        _probe(lake.root)
        table = lake.path(DOCUMENTS.name)
        there = (
            f"documents is at version {DeltaTable(table).version()}" if DeltaTable.is_deltatable(table) else "no lake is there yet"
        )
    except (BroadsheetError, OSError, ValueError) as error:
        return Finding("lake", LACKING, f"{path} cannot be written: {error}")
    return Finding("lake", OK, f"{path} can be written; {there}")


def _probe(folder: str) -> None:
    """Writes, reads and removes a file by Beam's filesystems.

    Raises:
        OSError: One of the three failed.
    """
    path = FileSystems.join(folder, f"_doctor-{uuid.uuid4().hex}")
    is_new = "://" not in folder and not os.path.isdir(folder)
    with FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED) as sink:
        sink.write(b"here")
    with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as source:
        if source.read() != b"here":
            raise OSError(f"{path} reads differently from what was written")
    FileSystems.delete([path])
    if is_new:
        os.rmdir(folder)


def _folder(what: str, path: str, cure: str) -> Finding:
    try:
        _probe(path)
    except (OSError, ValueError) as error:
        return Finding(what, LACKING, f"{path} cannot be written ({error}): {cure}")
    return Finding(what, OK, f"{path} can be written")


def _prism(found: Mapping[str, Any], _doctor: Mapping[str, Any]) -> Iterator[Finding]:
    path = found.get("prism_location") or prism_path()
    if "://" in path or os.access(path, os.X_OK):
        yield Finding("prism", OK, path)
        return
    yield Finding("prism", LACKING, f"{path} is not a program: {prism_cure()}")


def _dataflow(found: Mapping[str, Any], _doctor: Mapping[str, Any]) -> Iterator[Finding]:
    client = "apache_beam.io.gcp.gcsfilesystem"
    yield (
        Finding("client", OK, "Google Cloud's")
        if _imports(client)
        else Finding("client", LACKING, "Google Cloud's libraries are not installed: pip install 'broadsheet[gcs]'")
    )
    for name in ("temp_location", "staging_location"):
        if found.get(name):
            yield _folder(name, found[name], "name a folder of a bucket that this account may write to")
    yield Finding("image", OK, f"{found.get('sdk_container_image') or found.get('setup_file')} (not pulled)")


def _imports(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def _job_server(found: Mapping[str, Any], doctor: Mapping[str, Any]) -> Iterator[Finding]:
    """Checks the job server, its cluster and the environment of the workers."""
    java = shutil.which("java")
    yield Finding("java", OK if java else ABSENT, java or "only needed if the job server or the cluster runs on this machine")
    yield _listening("job server", found["job_endpoint"], "start it (deploy/README.md), or correct job_endpoint")
    if found.get("artifact_endpoint"):
        yield _listening(
            "artifact server", found["artifact_endpoint"], "it is the job server's second port; correct artifact_endpoint"
        )
    if doctor.get("artifacts"):
        cure = "the job server writes here what workers read: one folder, under one path for both"
        yield _folder("artifacts", doctor["artifacts"], cure)
    if doctor.get("flink"):
        yield _flink(doctor["flink"], max(1, int(found["parallelism"])))
    yield _environment(found.get("environment_type") or "", found.get("environment_config") or "", found.get("setup_file"))


def _listening(what: str, address: str, cure: str) -> Finding:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), _PATIENCE_S).close()
    except (OSError, ValueError) as error:
        return Finding(what, LACKING, f"nothing answers at {address} ({error}): {cure}")
    return Finding(what, OK, f"{address} answers")


def _flink(address: str, wanted: int) -> Finding:
    try:
        with urllib.request.urlopen(f"{address}/overview", timeout=_PATIENCE_S) as answer:
            said = json.load(answer)
    except (OSError, ValueError) as error:
        return Finding("flink", LACKING, f"{address} does not answer ({error}): start Flink, or correct [doctor] flink")
    slots = f"Flink {said['flink-version']}: {said['slots-available']} of {said['slots-total']} slots are free"
    if said["slots-total"] < wanted:
        return Finding("flink", LACKING, f"{slots}, parallelism is {wanted}: the job would wait for ever; add TaskManagers")
    return Finding("flink", OK, slots)


def _environment(kind: str, config: str, setup_file: str | None) -> Finding:
    """Checks where the workers run; what cannot be checked from this machine is reported as such."""
    if kind == "EXTERNAL":
        if config.startswith(("localhost:", "127.0.0.1:")):
            return Finding("workers", OK, f"a pool beside each TaskManager, at {config} (not seen from here)")
        return _listening("workers", config, "start the pool of workers (deploy/README.md)")
    if kind == "PROCESS":
        return _process(json.loads(config))
    if kind == "DOCKER":
        return Finding("workers", OK, f"image {config} (not pulled)")
    if kind == "LOOPBACK":
        return Finding("workers", OK, "this process: only for trials, because it does all the work")
    return Finding("workers", OK, f"the sources go with each job: {setup_file}; an image would start faster (deploy/Dockerfile)")


def _process(config: Mapping[str, Any]) -> Finding:
    """Asks the interpreter of the workers for its versions. They must equal those of this process, because code travels pickled."""
    command, env = config.get("command", ""), config.get("env", {})
    for path in (command, env.get("BOOT", command)):
        if not os.access(path, os.X_OK):
            return Finding("workers", LACKING, f"{path or 'command'} is not a program on this machine: deploy/fetch.sh boot")
    python = os.path.join(env.get("VENV", ""), "bin", "python")
    ask = (
        "import platform, importlib.metadata as m, broadsheet.pipelines; print(platform.python_version(), m.version('apache-beam'))"
    )
    asked = subprocess.run([python, "-c", ask], env={**os.environ, **env}, cwd="/", capture_output=True, text=True, check=False)
    mine = f"{platform.python_version()} {version('apache-beam')}"
    if asked.stdout.strip() != mine:
        said = asked.stdout.strip() or asked.stderr.strip().rpartition("\n")[2]
        return Finding("workers", LACKING, f"{python} has {said}, this is {mine}: install the same broadsheet there")
    return Finding("workers", OK, f"{python} has the same Python and Beam, {mine}")

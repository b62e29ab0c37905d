"""Reads profiles: small TOML files with Beam's options for a cluster.

    job_endpoint = "localhost:8099"            # Beam's options, in Beam's own words
    environment_type = "EXTERNAL"
    environment_config = "localhost:50000"     # a table becomes JSON, a list the option several times, true the bare option

    [doctor]                                   # what only `broadsheet doctor` looks at
    flink = "http://localhost:8081"

A profile overrides the defaults for its kind of cluster; the command line overrides the profile.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from broadsheet.pipelines.cli.words import check_beam_args
from broadsheet.pipelines.runners.beam_options import all_options
from broadsheet.schemas.errors import ConfigError

_CACHE_MILLIS = 600_000
"""How long workers serve the steps of a job before new ones are started, at 4 s of CPU each."""

RUNNERS: dict[str, dict[str, Any]] = {
    # Flink would copy each record between steps, although ours are bytes to Java and never change
    "flink": {"runner": "PortableRunner", "environment_cache_millis": _CACHE_MILLIS, "object_reuse": True},
    "spark": {"runner": "PortableRunner", "environment_cache_millis": _CACHE_MILLIS},
    "dataflow": {"runner": "DataflowRunner"},
    "prism": {"runner": "PrismRunner"},
}
"""The options that each kind of cluster needs, wherever it is."""

_NEEDED = {
    "flink": ("job_endpoint",),
    "spark": ("job_endpoint",),
    "dataflow": ("project", "region", "temp_location"),
    "prism": (),
}
_ENVIRONMENT = {"flink": "environment_type", "spark": "environment_type", "dataflow": "sdk_container_image"}
"""The options that name a place with broadsheet installed: an image, a command, a pool of workers."""


class Profile(NamedTuple):
    """A profile file."""

    beam: Mapping[str, Any] = {}
    doctor: Mapping[str, Any] = {}


def read_profile(path: str | None) -> Profile:
    """Reads a profile; returns an empty one if there is none.

    Raises:
        ConfigError: The file is missing or not valid TOML, or names an option that Beam does not know.
    """
    if path is None:
        return Profile()
    if not os.path.exists(path):
        raise ConfigError(f"--profile {path} does not exist")
    try:
        with open(path, "rb") as file:
            values = tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"--profile {path} is not valid TOML: {error}") from error
    doctor = values.pop("doctor", {})
    try:
        check_beam_args(as_args(values))
    except ConfigError as error:
        raise ConfigError(f"--profile {path}: {error}") from error
    return Profile(values, doctor)


def beam_args(runner: str, profile: Profile, rest: Sequence[str]) -> list[str]:
    """Returns all of Beam's options for a run on a cluster.

    Args:
        runner: One of `RUNNERS`.
        profile: The cluster's profile.
        rest: Beam's options from the command line, which override the profile.

    Raises:
        ConfigError: Something is missing without which no job can run there.
    """
    values = {**RUNNERS[runner], **profile.beam}
    given = all_options(rest)
    if given["environment_type"] and not given["environment_config"]:
        values.pop("environment_config", None)  # it is that of another type
    found = all_options([*as_args(values), *rest])
    for name in _NEEDED[runner]:
        if not found.get(name):
            raise ConfigError(f"submit {runner}: --{name} is missing: give it, or a --profile FILE that has it")
    if runner != "prism":  # its workers use this environment
        if found.get(_ENVIRONMENT[runner]):
            values.pop("setup_file", None)  # installing the sources again would take each worker a minute and gain nothing
        elif not found.get("setup_file"):
            raise ConfigError(
                f"submit {runner}: no environment with broadsheet in it is named: set {_ENVIRONMENT[runner]} in the profile "
                "(deploy/README.md), or setup_file, to ship the sources with each job"
            )
    return [*as_args(values), *rest]


def cluster_args(profile: Profile, rest: Sequence[str]) -> list[str]:
    """Returns what `beam_args` does, for the kind of cluster that a profile is for: one with a job server, or Prism."""
    return beam_args("flink" if "job_endpoint" in profile.beam else "prism", profile, rest)


def as_args(values: Mapping[str, Any]) -> list[str]:
    """Returns options as words of a command line."""
    return [word for name, value in values.items() for word in _words(name, value)]


def _words(name: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [f"--{name}"] if value else []
    if isinstance(value, list):
        return [f"--{name}={item}" for item in value]
    return [f"--{name}={json.dumps(value) if isinstance(value, dict) else value}"]

"""Adds `broadsheet doctor`: names what is lacking, and what to do."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.commands.submit import CLUSTERS


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    doctor = commands.add_parser(
        "doctor",
        help="say what this machine or a cluster lacks, and what to do",
        description="Checks versions, optional clients and the lake. For a RUNNER it also checks what submit would use: servers, "
        "the workers' environment, folders. Exits with code 1 if something is missing.",
    )
    doctor.add_argument("cluster", nargs="?", choices=CLUSTERS, metavar="RUNNER", help="flink, spark, dataflow or prism")
    doctor.takes_beam_options = True
    flags = doctor.section("options")
    flags.add("--profile", metavar="FILE", help="Reads Beam's options from a TOML file, as submit does")
    flags.add("--lake", metavar="DIR", help="Checks that the lake in this folder can be written")
    doctor.set_defaults(run=_run)


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    from broadsheet.pipelines.observe.terminal import say
    from broadsheet.pipelines.runners.doctor import LACKING, examine
    from broadsheet.pipelines.runners.profiles import read_profile

    lacks = False
    for finding in examine(options.cluster, read_profile(options.profile), options.lake, rest):
        say(f"{finding.state:<8}{finding.what:<16} {finding.said}")
        lacks |= finding.state == LACKING
    return int(lacks)

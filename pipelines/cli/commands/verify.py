"""Adds `broadsheet verify`: checks files against log, and counts against tables."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.common import add_lake, add_quiet
from broadsheet.pipelines.cli.values import positive
from broadsheet.schemas.errors import AlertError


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    verify = commands.add_parser(
        "verify",
        help="check the lake: files against log, books against tables",
        description="Checks that every committed file is there and unchanged, that there is no other file, that the counts add up "
        "and that no document occurs twice. Exits with code 1 if something is wrong.",
    )
    add_lake(verify)
    flags = verify.section("options")
    flags.add("--deep", action="store_true", help="Reads every file and compares it with the digest in its name")
    flags.add(
        "--repair",
        action="store_true",
        help="Finishes what was interrupted, and takes lost and damaged files out, so that ingest reads their inputs again",
    )
    flags.add(
        "--max-age-hours",
        type=positive,
        metavar="H",
        help="Exits with code 3 if the newest commit of the lake is older",
        default_words="any age",
    )
    add_quiet(verify)
    verify.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.maintain.verify import verify
    from broadsheet.pipelines.observe.alerts import staleness
    from broadsheet.transforms.lake.protocol.files import Lake

    code = verify(options.lake, deep=options.deep, repair=options.repair)
    stale = staleness(Lake.at(options.lake), options.max_age_hours)
    if stale and not code:
        raise AlertError(stale)
    return code

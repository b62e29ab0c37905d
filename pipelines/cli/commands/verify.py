"""`broadsheet verify`: files against log, books against tables."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.flags import positive
from broadsheet.schemas.errors import AlertError


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    verify = commands.add_parser(
        "verify",
        help="check the lake: files against log, books against tables",
        description="Checks that every file of the log is there as it was committed, that none lies about that no commit knows, "
        "that the books balance and that no document stands twice. Exit code 1 where something is wrong.",
    )
    verify.add_argument("--lake", metavar="DIR", required=True, help="the lake's folder")
    verify.add_argument("--deep", action="store_true", help="read every file and compare it with the digest in its name")
    verify.add_argument(
        "--repair", action="store_true", help="end what was interrupted; lost and damaged files: out, their inputs new"
    )
    verify.add_argument("--max-age-hours", type=positive, metavar="H", help="exit code 3 if the newest commit is older")
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

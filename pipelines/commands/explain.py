"""`broadsheet explain`: what becomes of one file, and why."""

from __future__ import annotations

import argparse
import os

from schemas.errors import ConfigError


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    explain = commands.add_parser(
        "explain",
        help="what becomes of one file, line by line and field by field",
        description="Shows each block of a page, kept or dropped and why, and each field with what it was inferred from.",
    )
    explain.add_argument("file", metavar="FILE")
    explain.add_argument("--source", metavar="NAME", help="as for ingest")
    explain.add_argument("--lake", metavar="DIR", help="use the templates that were learned there")
    style = explain.add_mutually_exclusive_group()
    style.add_argument("--json", action="store_true", help="for programs")
    style.add_argument("--html", action="store_true", help="one page to look at in a browser")
    explain.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    if not os.path.isfile(options.file):
        raise ConfigError(f"{options.file} does not exist")
    from pipelines.explain import print_explanation

    style = "json" if options.json else "html" if options.html else "terminal"
    print_explanation(options.file, options.source, options.lake, style)
    return 0

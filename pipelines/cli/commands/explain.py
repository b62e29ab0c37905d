"""`broadsheet explain`: what becomes of one file, and why."""

from __future__ import annotations

import argparse
import os

from broadsheet.pipelines.cli.flags import count
from broadsheet.pipelines.cli.limit_flags import add_limits, limits
from broadsheet.pipelines.cli.read_flags import add_reading, read_options
from broadsheet.schemas.errors import ConfigError


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    explain = commands.add_parser(
        "explain",
        help="what becomes of one file, line by line and field by field",
        description="Shows each block of a page, kept or dropped and why, and each field with what it was inferred from.",
    )
    explain.add_argument("file", metavar="FILE")
    explain.add_argument("--record", type=count, metavar="N", help="only this record of the file, from 0")
    add_reading(explain)
    add_limits(explain)
    explain.add_argument("--respect-opt-out", action="store_true", help="as for ingest")
    explain.add_argument("--blocklist", metavar="FILE", help="as for ingest")
    explain.add_argument("--extractor", choices=("blocks", "trafilatura"), default="blocks", help="what takes HTML apart (blocks)")
    explain.add_argument("--language-backend", metavar="NAME", default="fast", help="as for ingest")
    explain.add_argument("--lake", metavar="DIR", help="use the templates that were learned there")
    style = explain.add_mutually_exclusive_group()
    style.add_argument("--json", action="store_true", help="for programs")
    style.add_argument("--html", action="store_true", help="one page to look at in a browser")
    explain.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    if not os.path.isfile(options.file):
        raise ConfigError(f"{options.file} does not exist")
    from broadsheet.pipelines.explain.explain import Stages, print_explanation, templates_of
    from broadsheet.pipelines.inputs.blocklist_file import read_blocklist

    stages = Stages(
        options.respect_opt_out,
        read_blocklist(options.blocklist) if options.blocklist else frozenset(),
        options.extractor,
        options.language_backend,
        templates_of(options.lake),
        limits(options),
    )
    read = read_options(options)._replace(respect_opt_out=options.respect_opt_out)
    style = "json" if options.json else "html" if options.html else "terminal"
    print_explanation(options.file, read, stages, style, options.record)
    return 0

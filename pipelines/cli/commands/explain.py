"""Adds `broadsheet explain`: shows what becomes of one file, and why."""

from __future__ import annotations

import argparse
import os

from broadsheet.pipelines.cli.limit_flags import add_limits, page_limits
from broadsheet.pipelines.cli.read_flags import add_reading, add_screening, read_options
from broadsheet.pipelines.cli.values import count
from broadsheet.schemas.errors import ConfigError


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    explain = commands.add_parser(
        "explain",
        help="show what becomes of one file, line by line and field by field",
        description="Shows each block of a page, kept or dropped and why, and each field with what it was inferred from.",
    )
    explain.add_argument("file", metavar="FILE", help="a file that ingest reads: a page, a WARC, an archive, JSON, …")
    flags = explain.section("options")
    flags.add("--record", type=count, metavar="N", help="Shows only this record of the file, from 0", default_words="all records")
    flags.add("--json", action="store_true", help="Prints JSON for programs")
    flags.add("--html", action="store_true", help="Prints one HTML page for a browser")
    flags.add("--lake", metavar="DIR", help="Uses the templates that were learned in this lake")
    add_reading(explain)
    add_screening(explain)
    stages = explain.section("stages")
    stages.add(
        "--extractor", choices=("blocks", "trafilatura"), default="blocks", help="Chooses how the body of HTML pages is found"
    )
    stages.add(
        "--language-backend",
        metavar="NAME",
        default="fast",
        help="Detects languages by fast, langdetect, pycld2, lingua, fasttext or an installed plugin",
    )
    add_limits(explain)
    explain.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    if options.json and options.html:
        raise ConfigError("explain: --json and --html exclude each other")
    if os.path.isdir(options.file):
        files = (os.path.join(folder, name) for folder, _, names in os.walk(options.file) for name in sorted(names))
        example = next((path for path in files if path.endswith((".txt", ".html", ".htm"))), "FILE")
        raise ConfigError(f"{options.file} is a folder: name one file, broadsheet explain {example}")
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
        page_limits(options.limits),
    )
    read = read_options(options)._replace(respect_opt_out=options.respect_opt_out)
    style = "json" if options.json else "html" if options.html else "terminal"
    print_explanation(options.file, read, stages, style, options.record)
    return 0

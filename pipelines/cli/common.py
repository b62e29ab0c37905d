"""Defines the flags that several commands share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from broadsheet.pipelines.cli.default_runner import LOCAL_RUNNER
from broadsheet.pipelines.cli.parser import Parser


def add_lake(parser: Parser) -> None:
    """Adds `--lake`, for commands that need a lake that exists."""
    parser.section("options").add("--lake", metavar="DIR", required=True, help="Takes the lake in this folder")


def add_quiet(parser: Parser) -> None:
    """Adds `--quiet`, for commands that change or check something; `main` carries it out."""
    parser.section("general options").add(
        "-q", "--quiet", action="store_true", help="Prints nothing unless something is wrong, for cron"
    )


def add_runner(parser: Parser) -> None:
    """Adds `--runner`, and lets Beam's own flags through."""
    parser.takes_beam_options = True
    parser.section("cluster").add(
        "--runner", metavar="R", default=LOCAL_RUNNER, help="Runs the pipeline on this runner of Beam", default_words="this process"
    )


def notice(options: argparse.Namespace) -> Callable[[str], None]:
    """Returns what prints a line on how a command goes, to standard error; nothing with `--quiet`."""
    from broadsheet.pipelines.observe.terminal import say

    def tell(line: str) -> None:
        if not options.quiet:
            say(line, sys.stderr)

    return tell

"""Adds `broadsheet status`: says what came, what waits and how the watches are."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.common import add_lake
from broadsheet.pipelines.cli.values import positive


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    status = commands.add_parser(
        "status",
        help="say what came in the last minutes, what waits, how the watches are",
        description="Shows what was committed in the last minutes, which inputs the lake has not read yet, the age of the oldest, "
        "and the state of each watch of the lake. Without INPUT it uses the inputs of the latest watch.",
    )
    status.add_argument("inputs", nargs="*", metavar="INPUT", help="a file, a folder or a glob, as for watch")
    add_lake(status)
    flags = status.section("options")
    flags.add("--minutes", type=positive, default=10.0, metavar="N", help="Counts what came in this many minutes")
    flags.add("--json", action="store_true", help="Prints JSON for programs")
    status.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.observe.terminal import say
    from broadsheet.pipelines.watch.status import as_json, as_lines, look_at_lake

    status = look_at_lake(options.lake, options.inputs, options.minutes)
    say(as_json(status) if options.json else "\n".join(as_lines(status)))
    return 0

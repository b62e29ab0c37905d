"""`broadsheet status`: what came, what waits, how the watches stand."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.flags import positive


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    status = commands.add_parser(
        "status",
        help="what came in the last minutes, what waits, how the watches stand",
        description="Says what was committed in the last minutes, which inputs the lake has not read yet and how old the oldest of "
        "them is, and how each watch of the lake stands. Without INPUT it looks where the latest watch was told to look.",
    )
    status.add_argument("inputs", nargs="*", metavar="INPUT", help="as for watch")
    status.add_argument("--lake", metavar="DIR", required=True, help="the lake's folder")
    status.add_argument("--minutes", type=positive, default=10.0, metavar="N", help="how far back to look (10)")
    status.add_argument("--json", action="store_true", help="for programs")
    status.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.observe.terminal import say
    from broadsheet.pipelines.watch.status import as_json, as_lines, look_at_lake

    status = look_at_lake(options.lake, options.inputs, options.minutes)
    say(as_json(status) if options.json else "\n".join(as_lines(status)))
    return 0

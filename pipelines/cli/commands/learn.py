"""`broadsheet learn`: each source's boilerplate, for later runs of ingest."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.default_runner import LOCAL_RUNNER
from broadsheet.pipelines.cli.read_flags import add_reading, read_options


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    learn = commands.add_parser(
        "learn",
        help="learn each source's boilerplate, for later runs of ingest",
        description="Finds the lines that many pages of one source share and writes them to the lake as templates for ingest. "
        "A source that was learned before is learned anew.",
    )
    learn.add_argument("inputs", nargs="+", metavar="INPUT", help="as for ingest")
    learn.add_argument("--lake", metavar="DIR", required=True, help="the lake's folder")
    add_reading(learn)
    learn.add_argument("--respect-opt-out", action="store_true", help="learn nothing of pages that ingest would leave out")
    learn.add_argument("--blocklist", metavar="FILE", help="nor of pages of these domains")
    learn.add_argument("--runner", metavar="R", default=LOCAL_RUNNER, help="Beam's runner; by default this process")
    learn.set_defaults(run=_run)


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    from collections import Counter

    from broadsheet.pipelines.inputs.blocklist_file import read_blocklist
    from broadsheet.pipelines.inputs.ledger import as_table
    from broadsheet.pipelines.inputs.match_inputs import match_inputs
    from broadsheet.pipelines.maintain.learn import learn
    from broadsheet.transforms.lake.index.blocklists import write_blocklist
    from broadsheet.transforms.lake.protocol.files import Lake

    lake, domains = Lake.at(options.lake), read_blocklist(options.blocklist) if options.blocklist else frozenset()
    read = read_options(options)._replace(respect_opt_out=options.respect_opt_out)
    inputs = as_table(match_inputs(options.inputs, Counter()))
    version, counts = learn(lake, inputs, read, rest, options.runner, write_blocklist(lake, domains) if domains else None)
    print(f"learned {counts['lines']:,} lines of boilerplate of {counts['sources']:,} sources: _templates/{version}")
    return 0

"""Adds `broadsheet learn`: learns the boilerplate of each source, for later runs of ingest."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.common import add_lake, add_quiet, add_runner
from broadsheet.pipelines.cli.limit_flags import add_limits
from broadsheet.pipelines.cli.read_flags import add_reading, add_screening, read_options


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    learn = commands.add_parser(
        "learn",
        help="learn each source's boilerplate, for later runs of ingest",
        description="Finds the lines that many pages of one source share and writes them to the lake as templates for ingest. "
        "A source that was learned before is learned again.",
    )
    learn.add_argument("inputs", nargs="+", metavar="INPUT", help="a file, a folder or a glob, as for ingest")
    add_lake(learn)
    add_reading(learn)
    add_screening(learn)
    add_limits(learn, of_pages=False)
    add_runner(learn)
    add_quiet(learn)
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

"""`broadsheet submit`: ingest on a cluster."""

from __future__ import annotations

import argparse
import shlex
import sys

from pipelines.commands.ingest import add_flags, add_once, once_options, run_once

CLUSTERS = ("flink", "spark", "dataflow", "prism")


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    submit = commands.add_parser(
        "submit",
        help="ingest on a cluster",
        description="Ingests on a cluster, with Beam's options from a profile file; what stands here goes before "
        "them. Says which options it used, waits for the end, and may be repeated as ingest may.",
    )
    submit.add_argument("cluster", choices=CLUSTERS, metavar="RUNNER", help="flink, spark, dataflow or prism")
    add_flags(submit)
    add_once(submit)
    submit.add_argument("--profile", metavar="FILE", help="a TOML file of Beam's options: job_endpoint = 'localhost:8099'")
    submit.add_argument("--dry-run", metavar="FILE", help="write the job's graph, Beam's pipeline proto, to FILE; run nothing")
    submit.set_defaults(run=_run, batch_mb=100_000.0)  # a batch costs a cluster half a minute: one, unless memory says otherwise


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    from pipelines.profiles import all_options, beam_args, read_profile
    from pipelines.terminal import say

    args = beam_args(options.cluster, read_profile(options.profile), rest)
    if not options.quiet:
        say(f"Beam's options: {shlex.join(args)}", sys.stderr)
    options.runner = all_options(args)["runner"]
    if options.dry_run:
        from pipelines.graph import write_graph

        write_graph(once_options(options), args, options.dry_run)
        return 0
    return run_once(options, args)

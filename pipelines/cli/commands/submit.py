"""Adds `broadsheet submit`: ingests on a cluster."""

from __future__ import annotations

import argparse
import shlex
import sys

from broadsheet.pipelines.cli.commands.ingest import add_inputs, add_once, add_rules, once_options, run_once
from broadsheet.pipelines.cli.values import count
from broadsheet.schemas.errors import RunError

CLUSTERS = ("flink", "spark", "dataflow", "prism")


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    submit = commands.add_parser(
        "submit",
        help="ingest on a cluster",
        description="Ingests on a cluster, with Beam's options from a profile file; flags on the command line override "
        "them. It prints the options and waits for the job to end. Like ingest, it can be repeated safely.",
    )
    submit.add_argument("cluster", choices=CLUSTERS, metavar="RUNNER", help="flink, spark, dataflow or prism")
    submit.takes_beam_options = True
    add_inputs(submit)
    add_rules(submit, batch_mb=100_000.0)  # a cluster takes half a minute to start a batch
    add_once(submit)
    cluster = submit.section("cluster")
    cluster.add("--profile", metavar="FILE", help="Reads Beam's options from a TOML file: job_endpoint = 'localhost:8099'")
    cluster.add(
        "--no-wait", action="store_true", help="Sends one job, for one batch of the new inputs, and ends; the job commits by itself"
    )
    cluster.add("--retries", type=count, default=1, metavar="N", advanced=True, help="Sends this many more jobs if one fails")
    cluster.add(
        "--dry-run",
        metavar="FILE",
        advanced=True,
        help="Writes the graph of the job, Beam's pipeline proto, to FILE and runs nothing",
    )
    submit.set_defaults(run=_run)


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    from broadsheet.pipelines.observe.terminal import say
    from broadsheet.pipelines.runners.beam_options import all_options, ready_args
    from broadsheet.pipelines.runners.profiles import beam_args, read_profile

    args = beam_args(options.cluster, read_profile(options.profile), rest)
    options.runner = all_options(args)["runner"]
    if not options.dry_run:
        args = ready_args(options.runner, args)
    if not options.quiet:
        say(f"Beam's options: {shlex.join(args)}", sys.stderr)
    if options.dry_run:
        from broadsheet.pipelines.runners.graph import write_graph

        write_graph(once_options(options), args, options.dry_run)
        return 0
    if options.no_wait:
        from broadsheet.pipelines.runners.launch import launch

        plan = launch(once_options(options), args)
        print(f"sent: batch {plan.batch_id[:12]} of {plan.inputs:,} inputs" if plan else "nothing is new")
        return 0
    retries = 0 if "-" in options.inputs else options.retries  # standard input is used up
    for _ in range(retries):  # each is a separate run, which finishes what the run before it began
        try:
            return run_once(options, args)
        except RunError as error:
            say(f"broadsheet: {error}; sending the job again", sys.stderr)
    return run_once(options, args)

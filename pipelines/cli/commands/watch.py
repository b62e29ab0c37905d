"""`broadsheet watch`: what arrives, turn by turn, into the lake."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.commands.ingest import add_flags, ingest_options
from broadsheet.pipelines.cli.default_runner import LOCAL_RUNNER
from broadsheet.pipelines.cli.flags import duration, positive
from broadsheet.schemas.errors import ConfigError


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    watch = commands.add_parser(
        "watch",
        help="ingest what arrives, turn by turn, until it is told to end",
        description="Looks at the inputs every so often and ingests what is new, on any runner; progress is in the lake. "
        "SIGTERM and Ctrl-C end it behind the commit that is under way, with exit code 0; after kill -9 the same command goes on.",
    )
    add_flags(watch)
    watch.add_argument("--runner", metavar="R", default=LOCAL_RUNNER, help="Beam's runner; by default this process")
    watch.add_argument("--profile", metavar="FILE", help="the cluster to run on instead, as for submit")
    watch.add_argument("--every", type=duration, default=30.0, metavar="TIME", help="from turn to turn: 30s, 5m, 1h (30s)")
    watch.add_argument(
        "--rest",
        type=duration,
        default=1.0,
        metavar="TIME",
        help="how long a file's size and time must rest before it is read (1s)",
    )
    watch.add_argument("--done", metavar="SUFFIX", default="", help="read FILE once FILE+SUFFIX lies beside it: .done")
    watch.add_argument(
        "--unbounded", action="store_true", help="one pipeline that stays up, on Prism or Flink, instead of one a turn"
    )
    watch.add_argument("--max-turns", type=positive, metavar="N", help="end after so many turns")
    watch.add_argument("--until-idle", action="store_true", help="end when a turn finds nothing new")
    watch.add_argument("--metrics-file", metavar="FILE", help="written after each turn for Prometheus' node_exporter")
    watch.add_argument("--metrics-port", type=int, metavar="PORT", help="serve the same on http://127.0.0.1:PORT/metrics")
    watch.set_defaults(run=_run)


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    if "-" in options.inputs:
        raise ConfigError("watch: standard input ends once; use ingest for it")
    from broadsheet.pipelines.inputs.input_scanner import Watched
    from broadsheet.pipelines.inputs.topics import split_topics
    from broadsheet.pipelines.runners.beam_options import all_options, ready_args
    from broadsheet.pipelines.runners.profiles import cluster_args, read_profile
    from broadsheet.pipelines.watch.unbounded import check_unbounded
    from broadsheet.pipelines.watch.watch import WatchOptions, watch

    profile = read_profile(options.profile)
    if options.profile:
        rest = cluster_args(profile, rest)
        options.runner = all_options(rest)["runner"]
        rest = ready_args(options.runner, rest)
    if options.unbounded:
        check_unbounded(options.runner, options.inputs)
    wanted = ingest_options(options)
    standing = watch(
        WatchOptions(
            ingest=wanted,
            watched=Watched(split_topics(wanted.inputs)[0], wanted.manifest, options.rest, options.done),
            every_s=options.every,
            max_turns=int(options.max_turns) if options.max_turns else None,
            until_idle=options.until_idle,
            metrics_file=options.metrics_file,
            metrics_port=options.metrics_port,
            quiet=options.quiet,
            flink=profile.doctor.get("flink"),
            unbounded=options.unbounded,
        ),
        rest,
    )
    return 1 if standing.failures and standing.turns == options.max_turns else 0  # the last turn failed, and no other tries again

"""Adds `broadsheet watch`: ingests what arrives, poll by poll."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.commands.ingest import add_inputs, add_rules, ingest_options
from broadsheet.pipelines.cli.common import add_runner
from broadsheet.pipelines.cli.values import duration, positive
from broadsheet.schemas.errors import ConfigError


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    watch = commands.add_parser(
        "watch",
        help="ingest what arrives, poll by poll, until it is stopped",
        description="Looks for new inputs at an interval and ingests them, on any runner; its progress is in the lake. "
        "SIGTERM and Ctrl-C end it after the current commit, with exit code 0. After kill -9 the same command continues.",
    )
    add_inputs(watch)
    polls = watch.section("polls")
    polls.add(
        "--every",
        type=duration,
        default=30.0,
        metavar="TIME",
        help="Looks for new inputs this often: 30s, 5m, 1h",
        default_words="30s",
    )
    polls.add(
        "--settle-time",
        type=duration,
        default=1.0,
        metavar="TIME",
        help="Reads a file after its size and time have not changed for this long",
        default_words="1s",
    )
    polls.add("--done", metavar="SUFFIX", default="", help="Reads FILE only once FILE+SUFFIX, such as .done, exists")
    polls.add("--until-idle", action="store_true", help="Ends when a poll finds nothing new")
    polls.add("--max-polls", type=positive, metavar="N", advanced=True, help="Ends after this many polls", default_words="no end")
    polls.add(
        "--unbounded",
        action="store_true",
        advanced=True,
        help="Keeps one pipeline running, on Prism or Flink, instead of running one per poll",
    )
    add_rules(watch)
    monitoring = watch.section("monitoring")
    monitoring.add(
        "--metrics-file",
        metavar="FILE",
        advanced=True,
        help="Writes metrics after each poll to a file for Prometheus' node_exporter",
    )
    monitoring.add(
        "--metrics-port", type=int, metavar="PORT", advanced=True, help="Serves metrics at http://127.0.0.1:PORT/metrics"
    )
    add_runner(watch)
    watch.section("cluster").add("--profile", metavar="FILE", help="Reads Beam's options from a TOML file, as submit does")
    watch.set_defaults(run=_run)


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    if "-" in options.inputs:
        raise ConfigError("watch: standard input is read once; use ingest for it")
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
            watched=Watched(split_topics(wanted.inputs)[0], wanted.manifest, options.settle_time, options.done, wanted.names),
            every_s=options.every,
            max_turns=int(options.max_polls) if options.max_polls else None,
            until_idle=options.until_idle,
            metrics_file=options.metrics_file,
            metrics_port=options.metrics_port,
            quiet=options.quiet,
            flink=profile.doctor.get("flink"),
            unbounded=options.unbounded,
        ),
        rest,
    )
    return 1 if standing.failures and standing.turns == options.max_polls else 0  # the last poll failed, and no other tries again

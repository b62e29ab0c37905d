"""Adds `broadsheet report`: makes one page on a lake or a run."""

from __future__ import annotations

import argparse
import sys

from broadsheet.pipelines.cli.common import add_lake


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    report = commands.add_parser(
        "report",
        help="make one page on a lake or a run, with what looks wrong",
        description="Writes one self-contained HTML page: documents by day, source and language, rejects, boilerplate, dates, "
        "lengths, duplicates and throughput. It compares the newest run with those before it, marks what looks wrong, and shows "
        "samples before and after stripping.",
    )
    add_lake(report)
    flags = report.section("options")
    flags.add(
        "--run",
        metavar="ID",
        dest="run_name",
        help="Reports only what this run brought: the beginning of its identifier, or last",
        default_words="the whole lake",
    )
    flags.add("--output", metavar="FILE", help="Writes the page to this file", default_words="standard output")
    flags.add("--json", action="store_true", help="Writes the numbers as JSON for programs, without samples")
    flags.add(
        "--alert",
        action="store_true",
        help="Exits with code 3 if something looks wrong; without --output it prints that instead of the page",
    )
    report.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.observe.terminal import write_utf8
    from broadsheet.pipelines.report.write_report import make_report, to_json, to_page
    from broadsheet.schemas.errors import AlertError
    from broadsheet.transforms.lake.protocol.files import Lake

    alone = options.alert and not options.output and not options.json  # for cron: the alerts are all that is wanted
    report = make_report(Lake.at(options.lake), options.run_name, samples=not options.json and not alone)
    text = "" if alone else to_json(report) if options.json else to_page(report)
    if options.output:
        with open(options.output, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
    else:
        write_utf8()
        sys.stdout.write(text)
    if options.alert and report["suspects"]:
        raise AlertError("; ".join(suspect.sentence for suspect in report["suspects"]))
    return 0

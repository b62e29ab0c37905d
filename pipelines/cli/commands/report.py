"""`broadsheet report`: one page on a lake or a run."""

from __future__ import annotations

import argparse
import sys


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    report = commands.add_parser(
        "report",
        help="one page on a lake or a run, and what looks wrong in it",
        description="Makes one self-contained HTML page: documents by day, source and language, rejects, boilerplate, dates, "
        "lengths, duplicates, throughput, the newest run beside those before it with what looks wrong marked, and samples before "
        "and after stripping.",
    )
    report.add_argument("--lake", metavar="DIR", required=True, help="the lake's folder")
    report.add_argument(
        "--run", metavar="ID", dest="run_name", help="only what this run brought: the beginning of its identifier, or last"
    )
    report.add_argument("--output", metavar="FILE", help="where the page goes; by default to standard output")
    report.add_argument("--json", action="store_true", help="the numbers for programs, without samples")
    report.add_argument("--alert", action="store_true", help="exit code 3 if something looks wrong")
    report.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.report.write_report import make_report, to_json, to_page
    from broadsheet.schemas.errors import AlertError
    from broadsheet.transforms.lake.protocol.files import Lake

    report = make_report(Lake.at(options.lake), options.run_name, samples=not options.json)
    text = to_json(report) if options.json else to_page(report)
    if options.output:
        with open(options.output, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
    else:
        sys.stdout.write(text)
    if options.alert and report["suspects"]:
        raise AlertError("; ".join(suspect.sentence for suspect in report["suspects"]))
    return 0

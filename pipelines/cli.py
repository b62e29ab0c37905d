"""The command line: `broadsheet COMMAND …`, also `python -m pipelines`.

Exit codes: 0 done, 1 the run failed, 2 wrong usage. What a command found goes to standard output, how it goes to standard error.
"""

from __future__ import annotations

import argparse
import logging
import math
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pipelines.flags import Parser, check_beam_args, read_config
from schemas.errors import BroadsheetError, ConfigError

if TYPE_CHECKING:
    from transforms.read import ReadOptions

_LOCAL_RUNNER = "apache_beam.runners.portability.fn_api_runner.FnApiRunner"
"""The engine behind Beam's DirectRunner. Named itself because `DirectRunner` is a switch that first tries to download Prism."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    logging.getLogger().addFilter(_is_news)
    logging.getLogger("apache_beam.runners.common").addFilter(_is_puzzling)
    try:
        parser, commands = make_parser()
        options, rest = parser.parse_known_args(arguments)
        command: Callable[[argparse.Namespace, list[str]], int] | None = getattr(options, "run", None)
        if command is None:
            parser.print_help()
            return 0
        if getattr(options, "config", None):
            commands[options.command].set_defaults(**read_config(options.config, commands[options.command]))
            options, rest = parser.parse_known_args(arguments)
        ours = [flag for action in commands[options.command]._actions for flag in action.option_strings]
        check_beam_args(rest, ours)
        if any("://" in word for word in arguments):
            _open_object_stores(rest)
        return command(options, rest)
    except ConfigError as error:
        print(f"broadsheet: {error}", file=sys.stderr)
        return 2
    except (BroadsheetError, OSError) as error:
        print(f"broadsheet: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("broadsheet: interrupted; run the same command again to go on", file=sys.stderr)
        return 1


def _open_object_stores(beam_args: Sequence[str]) -> None:
    """Tells Beam's filesystems how to reach object stores, which a pipeline does too late: inputs are listed before it exists.

    Credentials come from where each store's own client looks: the environment, profiles, the machine's role.
    """
    from apache_beam.io.filesystems import FileSystems
    from apache_beam.options.pipeline_options import PipelineOptions

    FileSystems.set_options(PipelineOptions(list(beam_args)))


def make_parser() -> tuple[Parser, dict[str, Parser]]:
    """Returns the command line's parser and those of its commands by name; docs/options.md is made from them."""
    parser = Parser(prog="broadsheet", description="Raw news and web files in, a clean, queryable table out.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    _add_ingest(commands)
    _add_learn(commands)
    _add_query(commands)
    _add_explain(commands)
    _add_verify(commands)
    return parser, commands.choices


def _add_ingest(commands: argparse._SubParsersAction) -> None:
    ingest = commands.add_parser(
        "ingest",
        help="read what is new and commit it to the lake",
        description="Reads files, folders and globs (pages, WARC, WET and ARC, zip and tar, JSON, CSV, Parquet, Arrow, mail; plain "
        "or compressed) and commits what is new to the lake. "
        "Beam's own options (--runner=…, --direct_num_workers=…) are passed through.",
    )
    ingest.add_argument(
        "inputs",
        nargs="*",
        metavar="INPUT",
        help="a file, a folder, a glob; local, https:// or a URI Beam can read; - is standard input",
    )
    ingest.add_argument("--files-from", metavar="LIST", help="a file that names more inputs, one a line")
    ingest.add_argument("--lake", metavar="DIR", help="the lake's folder; made if it does not exist")
    _add_reading(ingest)
    ingest.add_argument("--manifest", metavar="FILE", help="CSV, JSON lines or Parquet: uri and given fields of each input")
    ingest.add_argument(
        "--respect-opt-out",
        action="store_true",
        help="leave out pages whose head or HTTP headers say noai, noml or tdm-reservation: 1",
    )
    ingest.add_argument("--blocklist", metavar="FILE", help="leave out pages of these domains, one a line, and those below them")
    ingest.add_argument("--mask-pii", metavar="KINDS", help="mask in texts: emails, phones, ips, joined by commas")
    ingest.add_argument("--learn", action="store_true", help="learn each source's boilerplate from the new inputs first")
    ingest.add_argument("--extractor", choices=("blocks", "trafilatura"), default="blocks", help="what takes HTML apart (blocks)")
    ingest.add_argument("--language-backend", metavar="NAME", default="fast", help="fast, langdetect, pycld2, lingua or fasttext")
    ingest.add_argument("--force", action="store_true", help="read inputs that are in the lake already; still adds no row twice")
    ingest.add_argument("--batch-mb", type=_positive, default=64.0, metavar="N", help="inputs a batch, in MB: bounds memory (64)")
    ingest.add_argument("--max-reject-share", type=_share, default=1.0, metavar="X", help="fail if more records are dead (1.0)")
    ingest.add_argument("--config", metavar="FILE", help="a TOML file of these flags: batch-mb = 32")
    ingest.add_argument("--runner", metavar="R", default=_LOCAL_RUNNER, help="Beam's runner; by default this process")
    ingest.add_argument("--quiet", action="store_true", help="no progress on standard error")
    ingest.set_defaults(run=_ingest)


def _add_reading(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `transforms.read.ReadOptions`."""
    parser.add_argument("--source", metavar="NAME", help="the publisher of all inputs, over what paths and pages say")
    parser.add_argument(
        "--path-template", metavar="T", help="what paths end in: '{source}/{date}/{name}', {date} the day of the crawl"
    )
    parser.add_argument("--url-from-path", action="store_true", help="the files are a mirror (wget, HTTrack): paths are urls")
    for name, what in (
        ("text", "the records' plain text"),
        ("html", "their HTML"),
        ("url", "their urls"),
        ("date", "the day or time of publication"),
        ("source", "the publisher"),
        ("id", "the publisher's own identifier"),
    ):
        parser.add_argument(f"--{name}-column", metavar="NAME", help=f"the column or JSON key of {what}; usual names are found")
    parser.add_argument("--max-record-mb", type=_positive, default=64.0, metavar="N", help="a longer record is a dead letter (64)")
    parser.add_argument(
        "--max-decompressed-gb", type=_positive, default=1024.0, metavar="N", help="what one input may decompress to, in GB (1024)"
    )
    parser.add_argument(
        "--max-ratio", type=_positive, default=200.0, metavar="N", help="how many times its size that may be, past 128 MB (200)"
    )
    parser.add_argument(
        "--max-members", type=_positive, default=1e6, metavar="N", help="members of one archive and those within (1000000)"
    )
    parser.add_argument("--max-depth", type=_positive, default=3.0, metavar="N", help="archives within archives (3)")


def _add_learn(commands: argparse._SubParsersAction) -> None:
    learn = commands.add_parser(
        "learn",
        help="learn each source's boilerplate, for later runs of ingest",
        description="Finds the lines that many pages of one source share and writes them to the lake as templates for ingest. "
        "A source that was learned before is learned anew.",
    )
    learn.add_argument("inputs", nargs="+", metavar="INPUT", help="as for ingest")
    learn.add_argument("--lake", metavar="DIR", required=True, help="the lake's folder")
    _add_reading(learn)
    learn.add_argument("--runner", metavar="R", default=_LOCAL_RUNNER, help="Beam's runner; by default this process")
    learn.set_defaults(run=_learn)


def _add_query(commands: argparse._SubParsersAction) -> None:
    query = commands.add_parser(
        "query",
        help="ask the lake in SQL",
        description="Runs one SQL statement by DuckDB over the views documents, rejects and inputs.",
    )
    query.add_argument("sql", metavar="SQL")
    query.add_argument("--lake", metavar="DIR", required=True, help="the lake's folder")
    query.add_argument("--format", choices=("table", "csv", "json"), default="table", help="how rows are printed (table)")
    query.set_defaults(run=_query)


def _add_explain(commands: argparse._SubParsersAction) -> None:
    explain = commands.add_parser(
        "explain",
        help="what becomes of one file, line by line and field by field",
        description="Shows each block of a page, kept or dropped and why, and each field with what it was inferred from.",
    )
    explain.add_argument("file", metavar="FILE")
    explain.add_argument("--source", metavar="NAME", help="as for ingest")
    explain.add_argument("--lake", metavar="DIR", help="use the templates that were learned there")
    style = explain.add_mutually_exclusive_group()
    style.add_argument("--json", action="store_true", help="for programs")
    style.add_argument("--html", action="store_true", help="one page to look at in a browser")
    explain.set_defaults(run=_explain)


def _add_verify(commands: argparse._SubParsersAction) -> None:
    verify = commands.add_parser(
        "verify",
        help="check the lake: files against log, books against tables",
        description="Checks that every file of the log is there as it was committed, that none lies about that no commit knows, "
        "that the books balance and that no document stands twice. Exit code 1 where something is wrong.",
    )
    verify.add_argument("--lake", metavar="DIR", required=True, help="the lake's folder")
    verify.add_argument("--deep", action="store_true", help="read every file and compare it with the digest in its name")
    verify.add_argument("--repair", action="store_true", help="finish interrupted commits and remove files no one knows")
    verify.set_defaults(run=_verify)


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no number greater than 0")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share from 0 to 1")
    return value


def _ingest(options: argparse.Namespace, rest: list[str]) -> int:
    if not options.inputs and not options.files_from:
        raise ConfigError("ingest: name at least one INPUT, a file, a folder or a glob")
    if not options.lake:
        raise ConfigError("ingest: --lake DIR is missing: where the tables shall lie")
    from pipelines.blocklist import read_blocklist
    from pipelines.ingest import IngestOptions, ingest
    from pipelines.match import read_list
    from pipelines.progress import Progress
    from pipelines.summary import print_summary
    from transforms.language import load as load_language
    from transforms.rules import Choices

    load_language(options.language_backend)
    summary = ingest(
        IngestOptions(
            inputs=[*options.inputs, *(read_list(options.files_from) if options.files_from else [])],
            lake=options.lake,
            read=_read_options(options)._replace(respect_opt_out=options.respect_opt_out),
            blocklist=read_blocklist(options.blocklist) if options.blocklist else frozenset(),
            choices=Choices(options.extractor, options.language_backend, mask_pii=_mask_pii(options.mask_pii)),
            learn=options.learn,
            manifest=options.manifest,
            force=options.force,
            batch_bytes=int(options.batch_mb * 1e6),
            max_reject_share=options.max_reject_share,
            runner=options.runner,
        ),
        rest,
        Progress(sys.stderr, quiet=options.quiet),
    )
    print_summary(summary, options.lake)
    return 0


def _mask_pii(text: str | None) -> str:
    from transforms.mask import KINDS

    wanted = {name.strip() for name in (text or "").split(",")} - {""}
    if (text is not None and not wanted) or wanted - set(KINDS):
        raise ConfigError(f"--mask-pii {text}: expected some of {','.join(KINDS)}, joined by commas")
    return ",".join(kind for kind in KINDS if kind in wanted)


def _learn(options: argparse.Namespace, rest: list[str]) -> int:
    from collections import Counter

    from pipelines.learn import learn
    from pipelines.ledger import as_table
    from pipelines.match import match_inputs
    from transforms.lake import Lake

    inputs = as_table(match_inputs(options.inputs, Counter()))
    version, counts = learn(Lake.at(options.lake), inputs, _read_options(options), rest, options.runner)
    print(f"learned {counts['lines']:,} lines of boilerplate of {counts['sources']:,} sources: _templates/{version}")
    return 0


def _read_options(options: argparse.Namespace) -> ReadOptions:
    from transforms.given import compile_template
    from transforms.read import ReadOptions

    if options.path_template:
        try:
            compile_template(options.path_template)
        except ValueError as error:
            raise ConfigError(f"--path-template {options.path_template}: {error}") from error
    return ReadOptions(
        source=options.source,
        path_template=options.path_template,
        url_from_path=options.url_from_path,
        max_record_bytes=int(options.max_record_mb * 1e6),
        text_column=options.text_column,
        html_column=options.html_column,
        url_column=options.url_column,
        date_column=options.date_column,
        source_column=options.source_column,
        id_column=options.id_column,
        max_decompressed_bytes=int(options.max_decompressed_gb * 1e9),
        max_ratio=int(options.max_ratio),
        max_members=int(options.max_members),
        max_depth=int(options.max_depth),
    )


def _is_news(record: logging.LogRecord) -> bool:
    """Filters out what Beam says at every start: that Google's client libraries are not installed."""
    return "apitools not found" not in str(record.msg)


def _is_puzzling(record: logging.LogRecord) -> bool:
    """Filters out stack traces of failures whose own sentence says all, and ends the run: a full disk."""
    return not (record.exc_info and isinstance(record.exc_info[1], (BroadsheetError, OSError)))


def _query(options: argparse.Namespace, _rest: list[str]) -> int:
    from pipelines.query import run_query

    run_query(options.lake, options.sql, options.format)
    return 0


def _explain(options: argparse.Namespace, _rest: list[str]) -> int:
    if not os.path.isfile(options.file):
        raise ConfigError(f"{options.file} does not exist")
    from pipelines.explain import print_explanation

    style = "json" if options.json else "html" if options.html else "terminal"
    print_explanation(options.file, options.source, options.lake, style)
    return 0


def _verify(options: argparse.Namespace, _rest: list[str]) -> int:
    from pipelines.verify import verify

    return verify(options.lake, deep=options.deep, repair=options.repair)


if __name__ == "__main__":
    sys.exit(main())

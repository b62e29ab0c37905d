"""Adds `broadsheet ingest`: commits what is new to the lake."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from broadsheet.pipelines.cli.common import add_quiet, add_runner
from broadsheet.pipelines.cli.config_file import ALERTS
from broadsheet.pipelines.cli.limit_flags import add_limits, page_limits
from broadsheet.pipelines.cli.parser import Parser
from broadsheet.pipelines.cli.read_flags import add_reading, add_screening, read_options
from broadsheet.pipelines.cli.values import count, count_from_one, positive, share
from broadsheet.schemas.errors import ConfigError

if TYPE_CHECKING:
    from broadsheet.pipelines.ingest.options import IngestOptions


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    ingest = commands.add_parser(
        "ingest",
        help="read what is new and commit it to the lake",
        description="Reads files, folders and globs (pages, WARC, WET and ARC, zip and tar, JSON, CSV, Parquet, Arrow, mail; plain "
        "or compressed) and commits what is new to the lake. "
        "Beam's own options (--runner=…, --direct_num_workers=…) are passed through.",
    )
    add_inputs(ingest)
    add_rules(ingest)
    add_once(ingest)
    ingest.section("lake").add(
        "--dry-run", action="store_true", help="Prints what would be read and how much; reads no page and writes nothing"
    )
    add_runner(ingest)
    ingest.set_defaults(run=_run)


def add_inputs(ingest: Parser) -> None:
    """Adds the inputs and the flags of topics: those of `watch` and `submit` too."""
    ingest.add_argument(
        "inputs",
        nargs="*",
        metavar="INPUT",
        help="a file, a folder or a glob; local, https:// or a URI of Beam's; kafka://broker:9092/topic; - is standard input",
    )
    inputs = ingest.section("inputs")
    inputs.add("--files-from", metavar="LIST", help="Reads the names of more inputs from a file, one per line")
    for flag, what, default in (("--include", "Takes only those files", "all"), ("--exclude", "Leaves out those files", "none")):
        help_text = f"{what} of folders and globs whose path, or its end, matches; may be repeated"
        inputs.add(flag, advanced=True, metavar="GLOB", action="append", default=[], help=help_text, default_words=default)
    inputs.add(
        "--from",
        dest="topic_start",
        metavar="WHERE",
        default="earliest",
        advanced=True,
        help="Starts a topic that the lake does not know at earliest, latest or a time",
    )
    inputs.add(
        "--skip-lost-offsets", action="store_true", advanced=True, help="Goes on after messages that the broker deleted unread"
    )
    inputs.add(
        "--kafka-config",
        metavar="FILE",
        advanced=True,
        help="Reads properties of Kafka's client (TLS, SASL, group.id) from a file",
    )


def add_once(ingest: Parser) -> None:
    """Adds the flags of a run that ends: not those of `watch`."""
    ingest.section("inputs").add(
        "--dates",
        metavar="A..B",
        help="Reads only these days, both included, of INPUT or --path-template with {date} or {date:%%Y/%%m/%%d}",
        default_words="all",
    )
    ingest.section("inputs").add(
        "--force", action="store_true", help="Reads inputs that are in the lake already; still adds no row twice"
    )
    ingest.section("stages").add(
        "--learn", action="store_true", help="Learns the boilerplate of each source from the new inputs first"
    )
    alerts = ingest.section(ALERTS)
    alerts.add(
        "--max-reject-share",
        type=share,
        default=1.0,
        metavar="X",
        advanced=True,
        help="Exits with code 3 if a larger share of the records is dead",
    )
    alerts.add(
        "--min-documents",
        type=count,
        default=0,
        metavar="N",
        advanced=True,
        help="Exits with code 3 if fewer documents are new",
    )
    alerts.add(
        "--max-age-hours",
        type=positive,
        metavar="H",
        advanced=True,
        help="Exits with code 3 if the newest commit of the lake is older",
        default_words="any age",
    )
    monitoring = ingest.section("monitoring")
    monitoring.add(
        "--metrics-file",
        metavar="FILE",
        advanced=True,
        help="Writes how the run ended to a file for the textfile collector of Prometheus' node_exporter",
    )
    monitoring.add(
        "--events",
        metavar="TO",
        advanced=True,
        help="Appends OpenLineage events of the run to a file, or posts them to the address of a server",
    )


def add_rules(ingest: Parser, batch_mb: float = 64.0) -> None:
    """Adds the flags that say how records become rows: those of `replay` and `reprocess` too."""
    lake = ingest.section("lake")
    lake.add(
        "--lake", metavar="DIR", help="Writes the tables to this folder, made if it does not exist (required)", default_words=""
    )
    lake.add(
        "--contract",
        choices=("evolve", "freeze"),
        default="evolve",
        advanced=True,
        help="Adds new columns to a lake of an older schema (evolve), or refuses to change it (freeze)",
    )
    lake.add(
        "--batch-mb",
        type=positive,
        default=batch_mb,
        metavar="N",
        advanced=True,
        help="Commits after this many MB of inputs, which bounds memory",
    )
    add_reading(ingest)
    ingest.section("metadata").add(
        "--manifest",
        metavar="FILE",
        advanced=True,
        help="Reads the fields of inputs that are known beforehand from CSV, JSON lines or Parquet with a column uri",
    )
    stages = ingest.section("stages")
    add_screening(ingest)
    stages.add(
        "--workers",
        type=count_from_one,
        metavar="N",
        help="Reads, strips and extracts in this many processes on this machine",
        default_words="as many as fit; 1 for less than 64 MB of input",
    )
    stages.add(
        "--no-near-duplicates",
        action="store_true",
        advanced=True,
        help="Leaves out the search for near duplicates, which needs one worker for each batch; cluster_id is NULL",
    )
    stages.add(
        "--markdown",
        action="store_true",
        advanced=True,
        help="Fills the column markdown: the body with headings, lists, quotes, tables, links and emphasis",
    )
    stages.add("--mask-pii", metavar="KINDS", help="Masks emails, phones and ips, joined by commas, in texts")
    stages.add(
        "--extractor",
        choices=("blocks", "trafilatura"),
        default="blocks",
        advanced=True,
        help="Chooses how the body of HTML pages is found",
    )
    stages.add(
        "--language-backend",
        metavar="NAME",
        default="fast",
        advanced=True,
        help="Detects languages by fast, langdetect, pycld2, lingua, fasttext or an installed plugin",
    )
    add_limits(ingest)
    ingest.section("general options").add(
        "--config", metavar="FILE", help="Reads flags from a TOML file: batch-mb = 32, and tables [limits], [columns], [alerts]"
    )
    add_quiet(ingest)


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    if options.dry_run:
        return _foresee(options)
    return run_once(options, rest)


def _foresee(options: argparse.Namespace) -> int:
    from broadsheet.pipelines.ingest.dry_run import foresee
    from broadsheet.pipelines.ingest.summary import print_outlook

    wanted = once_options(options)
    if "-" in wanted.inputs:
        raise ConfigError("--dry-run: standard input would be used up; name files")
    print_outlook(foresee(wanted))
    return 0


def once_options(options: argparse.Namespace) -> IngestOptions:
    """Returns what the flags of `add_inputs`, `add_rules` and `add_once` say.

    Raises:
        ConfigError: As `ingest_options`, and if the days are not valid.
    """
    from broadsheet.pipelines.inputs.day_range import parse_days

    days = parse_days(options.dates) if options.dates else None
    return ingest_options(options)._replace(learn=options.learn, force=options.force, days=days)


def run_once(options: argparse.Namespace, beam_args: list[str]) -> int:
    """Ingests what is new and returns the exit code."""
    from broadsheet.pipelines.cli.extras import check_extras
    from broadsheet.pipelines.ingest.ingest import ingest
    from broadsheet.pipelines.ingest.run_history import new_run_id
    from broadsheet.pipelines.ingest.summary import print_summary
    from broadsheet.pipelines.observe.alerts import AlertThresholds, check_limits
    from broadsheet.pipelines.observe.events import Job
    from broadsheet.pipelines.observe.progress import Progress
    from broadsheet.pipelines.observe.run_hooks import observed
    from broadsheet.transforms.lake.protocol.files import Lake

    wanted = once_options(options)._replace(run_id=new_run_id())
    check_extras(wanted.inputs)  # those of --files-from too
    limits = AlertThresholds(options.max_reject_share, options.min_documents, options.max_age_hours)
    job = Job(wanted.run_id, Lake.at(options.lake), wanted.inputs)
    with observed(job, options.metrics_file, options.events) as seen:
        seen.summary = ingest(wanted, beam_args, Progress(sys.stderr, quiet=options.quiet))
        print_summary(seen.summary, options.lake)
        check_limits(job.lake, seen.summary.books, limits)
    return 0


def ingest_options(options: argparse.Namespace) -> IngestOptions:
    """Returns what the flags of `add_inputs` and `add_rules` say, with the language backend loaded.

    Raises:
        ConfigError: No input or no lake is named, or the value of a flag is not valid.
    """
    if not options.inputs and not options.files_from:
        raise ConfigError(f"{options.command}: name at least one INPUT, a file, a folder or a glob")
    from broadsheet.pipelines.inputs.match_inputs import NameFilter, read_list

    inputs = [*options.inputs, *(read_list(options.files_from) if options.files_from else [])]
    wanted = rule_options(options)
    kafka_config = os.path.abspath(options.kafka_config) if options.kafka_config else None
    return wanted._replace(
        inputs=inputs,
        names=NameFilter(tuple(options.include), tuple(options.exclude)),
        read=wanted.read._replace(kafka_config=kafka_config),
        topic_start=options.topic_start,
        skip_lost_offsets=options.skip_lost_offsets,
    )


def rule_options(options: argparse.Namespace) -> IngestOptions:
    """Returns what the flags of `add_rules` say, without any input, and with the language backend loaded.

    Raises:
        ConfigError: No lake is named, or the value of a flag is not valid.
    """
    if not options.lake:
        raise ConfigError(f"{options.command}: --lake DIR is missing: name the folder of the tables")
    from broadsheet.pipelines.ingest.options import IngestOptions
    from broadsheet.pipelines.inputs.blocklist_file import read_blocklist
    from broadsheet.transforms.language.detect_language import load as load_language
    from broadsheet.transforms.versions import RuleOptions

    load_language(options.language_backend)
    return IngestOptions(
        inputs=[],
        lake=options.lake,
        read=read_options(options)._replace(respect_opt_out=options.respect_opt_out),
        blocklist=read_blocklist(options.blocklist) if options.blocklist else frozenset(),
        choices=RuleOptions(
            options.extractor,
            options.language_backend,
            mask_pii=_mask_pii(options.mask_pii),
            near_duplicates=not options.no_near_duplicates,
            markdown=options.markdown,
        ),
        limits=page_limits(options.limits),
        manifest=options.manifest,
        batch_bytes=int(options.batch_mb * 1e6),
        runner=options.runner,
        workers=options.workers,
        contract=options.contract,
    )


def _mask_pii(text: str | None) -> str:
    from broadsheet.transforms.filters.mask_personal_data import KINDS

    wanted = {name.strip() for name in (text or "").split(",")} - {""}
    if (text is not None and not wanted) or wanted - set(KINDS):
        raise ConfigError(f"--mask-pii {text}: expected some of {','.join(KINDS)}, joined by commas")
    return ",".join(kind for kind in KINDS if kind in wanted)

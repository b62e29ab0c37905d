"""`broadsheet ingest`: what is new, into the lake."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from broadsheet.pipelines.cli.default_runner import LOCAL_RUNNER
from broadsheet.pipelines.cli.flags import count, positive, share
from broadsheet.pipelines.cli.limit_flags import add_limits, limits
from broadsheet.pipelines.cli.read_flags import add_reading, read_options
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
    add_flags(ingest)
    add_once(ingest)
    ingest.add_argument("--runner", metavar="R", default=LOCAL_RUNNER, help="Beam's runner; by default this process")
    ingest.add_argument("--dry-run", action="store_true", help="say what would be read and how much; read and write nothing")
    ingest.set_defaults(run=_run)


def add_once(ingest: argparse.ArgumentParser) -> None:
    """Adds the flags of a run that ends: not those of `watch`."""
    ingest.add_argument("--learn", action="store_true", help="learn each source's boilerplate from the new inputs first")
    ingest.add_argument("--force", action="store_true", help="read inputs that are in the lake already; still adds no row twice")
    ingest.add_argument(
        "--dates",
        metavar="A..B",
        help="only these days, both included: {date} or {date:%%Y/%%m/%%d} in INPUT or in --path-template",
    )
    ingest.add_argument(
        "--max-reject-share", type=share, default=1.0, metavar="X", help="exit code 3 if more records are dead (1.0)"
    )
    ingest.add_argument("--min-documents", type=count, default=0, metavar="N", help="exit code 3 if fewer are new (0)")
    ingest.add_argument("--max-age-hours", type=positive, metavar="H", help="exit code 3 if the lake's newest commit is older")
    ingest.add_argument(
        "--metrics-file", metavar="FILE", help="how the run ended, for Prometheus' node_exporter: its textfile collector"
    )
    ingest.add_argument(
        "--events", metavar="TO", help="OpenLineage events of the run: a file they are added to, or a server's address"
    )


def add_flags(ingest: argparse.ArgumentParser) -> None:
    """Adds the inputs and the flags that say how they are ingested: those of `watch` and `submit` too."""
    ingest.add_argument(
        "inputs",
        nargs="*",
        metavar="INPUT",
        help="a file, a folder, a glob; local, https:// or a URI Beam can read; kafka://broker:9092/topic; - is standard input",
    )
    ingest.add_argument("--files-from", metavar="LIST", help="a file that names more inputs, one a line")
    add_rules(ingest)


def add_rules(ingest: argparse.ArgumentParser) -> None:
    """Adds the flags that say how records become rows: those of `replay` and `reprocess` too."""
    ingest.add_argument("--lake", metavar="DIR", help="the lake's folder; made if it does not exist")
    add_reading(ingest)
    add_limits(ingest)
    ingest.add_argument("--manifest", metavar="FILE", help="CSV, JSON lines or Parquet: uri and given fields of each input")
    ingest.add_argument(
        "--respect-opt-out",
        action="store_true",
        help="leave out pages whose head or HTTP headers say noai, noml or tdm-reservation: 1",
    )
    ingest.add_argument("--blocklist", metavar="FILE", help="leave out pages of these domains, one a line, and those below them")
    ingest.add_argument("--mask-pii", metavar="KINDS", help="mask in texts: emails, phones, ips, joined by commas")
    ingest.add_argument("--extractor", choices=("blocks", "trafilatura"), default="blocks", help="what takes HTML apart (blocks)")
    ingest.add_argument("--language-backend", metavar="NAME", default="fast", help="fast, langdetect, pycld2, lingua or fasttext")
    ingest.add_argument(
        "--from",
        dest="topic_start",
        metavar="WHERE",
        default="earliest",
        help="where a topic begins that the lake does not know: earliest, latest or a time (earliest)",
    )
    ingest.add_argument("--skip-lost-offsets", action="store_true", help="go on where a broker has deleted what was not read yet")
    ingest.add_argument("--kafka-config", metavar="FILE", help="properties of Kafka's client: TLS, SASL, group.id and the like")
    ingest.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help="processes that read, strip and extract on this machine (default: as many as fit; 1 for less than 64 MB of input)",
    )
    ingest.add_argument("--batch-mb", type=positive, default=64.0, metavar="N", help="inputs a batch, in MB: bounds memory (64)")
    ingest.add_argument(
        "--contract",
        choices=("evolve", "freeze"),
        default="evolve",
        help="a lake of an older schema: add its new columns (evolve), or refuse to change it",
    )
    ingest.add_argument("--config", metavar="FILE", help="a TOML file of these flags: batch-mb = 32")
    ingest.add_argument("--quiet", action="store_true", help="no progress on standard error")


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
    """Returns what the flags of `add_flags` and `add_once` say.

    Raises:
        ConfigError: As `ingest_options`, and where the days are none.
    """
    from broadsheet.pipelines.inputs.day_range import parse_days

    days = parse_days(options.dates) if options.dates else None
    return ingest_options(options)._replace(learn=options.learn, force=options.force, days=days)


def run_once(options: argparse.Namespace, beam_args: list[str]) -> int:
    """Ingests what is new, with the flags of `add_flags` and `add_once`; returns the exit code."""
    from broadsheet.pipelines.ingest.ingest import ingest
    from broadsheet.pipelines.ingest.run_history import new_run_id
    from broadsheet.pipelines.ingest.summary import print_summary
    from broadsheet.pipelines.observe.alerts import AlertThresholds, check_limits
    from broadsheet.pipelines.observe.events import Job
    from broadsheet.pipelines.observe.progress import Progress
    from broadsheet.pipelines.observe.run_hooks import observed
    from broadsheet.transforms.lake.protocol.files import Lake

    wanted = once_options(options)._replace(run_id=new_run_id())
    limits = AlertThresholds(options.max_reject_share, options.min_documents, options.max_age_hours)
    job = Job(wanted.run_id, Lake.at(options.lake), wanted.inputs)
    with observed(job, options.metrics_file, options.events) as seen:
        seen.summary = ingest(wanted, beam_args, Progress(sys.stderr, quiet=options.quiet))
        print_summary(seen.summary, options.lake)
        check_limits(job.lake, seen.summary.books, limits)
    return 0


def ingest_options(options: argparse.Namespace) -> IngestOptions:
    """Returns what the flags of `add_flags` say, with the language backend loaded.

    Raises:
        ConfigError: No input or no lake is named, or a flag's value is none for it.
    """
    if not options.inputs and not options.files_from:
        raise ConfigError(f"{options.command}: name at least one INPUT, a file, a folder or a glob")
    from broadsheet.pipelines.inputs.match_inputs import read_list

    inputs = [*options.inputs, *(read_list(options.files_from) if options.files_from else [])]
    return rule_options(options)._replace(inputs=inputs)


def rule_options(options: argparse.Namespace) -> IngestOptions:
    """Returns what the flags of `add_rules` say, without any input, and with the language backend loaded.

    Raises:
        ConfigError: No lake is named, or a flag's value is none for it.
    """
    if not options.lake:
        raise ConfigError(f"{options.command}: --lake DIR is missing: where the tables shall lie")
    from broadsheet.pipelines.ingest.options import IngestOptions
    from broadsheet.pipelines.inputs.blocklist_file import read_blocklist
    from broadsheet.transforms.language.detect_language import load as load_language
    from broadsheet.transforms.versions import RuleOptions

    load_language(options.language_backend)
    kafka_config = os.path.abspath(options.kafka_config) if options.kafka_config else None
    return IngestOptions(
        inputs=[],
        lake=options.lake,
        read=read_options(options)._replace(respect_opt_out=options.respect_opt_out, kafka_config=kafka_config),
        blocklist=read_blocklist(options.blocklist) if options.blocklist else frozenset(),
        choices=RuleOptions(options.extractor, options.language_backend, mask_pii=_mask_pii(options.mask_pii)),
        limits=limits(options),
        manifest=options.manifest,
        batch_bytes=int(options.batch_mb * 1e6),
        runner=options.runner,
        workers=options.workers,
        topic_start=options.topic_start,
        skip_lost_offsets=options.skip_lost_offsets,
        contract=options.contract,
    )


def _workers(text: str) -> int:
    number = count(text)
    if not number:
        raise argparse.ArgumentTypeError("expected a whole number greater than 0, got 0")
    return number


def _mask_pii(text: str | None) -> str:
    from broadsheet.transforms.filters.mask_personal_data import KINDS

    wanted = {name.strip() for name in (text or "").split(",")} - {""}
    if (text is not None and not wanted) or wanted - set(KINDS):
        raise ConfigError(f"--mask-pii {text}: expected some of {','.join(KINDS)}, joined by commas")
    return ",".join(kind for kind in KINDS if kind in wanted)

"""Adds `broadsheet load`: brings what changed in the lake into a warehouse."""

from __future__ import annotations

import argparse

from broadsheet.pipelines.cli.common import add_lake, add_quiet
from broadsheet.schemas.errors import ConfigError

TABLE_NAMES = ("documents", "rejects", "inputs")


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    load = commands.add_parser(
        "load",
        help="bring what changed into DuckDB, Postgres, ClickHouse, ...",
        description="Loads the changes since the last load into a warehouse: new, changed and removed rows, merged by key in one "
        "transaction. The target keeps a log of its loads, so that a repeated load changes nothing.",
    )
    add_lake(load)
    flags = load.section("options")
    flags.add(
        "--to",
        metavar="URL",
        required=True,
        help="Loads into duckdb:///FILE, postgresql://USER@HOST/DB, clickhouse://USER@HOST/DB, iceberg://CATALOG/NAMESPACE, "
        "bigquery://PROJECT/DATASET or snowflake://USER@ACCOUNT/DB/SCHEMA",
    )
    flags.add(
        "--since",
        metavar="COMMIT",
        type=int,
        help="Goes on from this Delta version of the table, whatever the log of the target says",
        default_words="the log of the target",
    )
    flags.add(
        "--table",
        metavar="NAME",
        action="append",
        choices=TABLE_NAMES,
        help="Loads documents, rejects or inputs; may be repeated",
        default_words="documents",
    )
    add_quiet(load)
    load.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    if "://" not in options.to and options.to.endswith((".duckdb", ".db")):
        raise ConfigError(f"--to {options.to}: name the kind of target too: --to duckdb://{options.to}")
    from broadsheet.pipelines.load.load import run_load

    return run_load(options.lake, options.to, options.since, options.table or ["documents"])

"""`broadsheet load`: what changed in the lake, into a warehouse."""

from __future__ import annotations

import argparse

TABLE_NAMES = ("documents", "rejects", "inputs")


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    load = commands.add_parser(
        "load",
        help="bring what changed into DuckDB, Postgres, ClickHouse, ...",
        description="Brings what changed in the lake since the last load into a warehouse: new, changed and removed rows, merged "
        "by key in one transaction. The target keeps the log of its loads; a load that is repeated changes nothing.",
    )
    load.add_argument("--lake", metavar="DIR", required=True, help="the lake's folder")
    load.add_argument(
        "--to",
        metavar="URL",
        required=True,
        help="duckdb:///FILE, postgresql://USER@HOST/DB, clickhouse://USER@HOST/DB, iceberg://CATALOG/NAMESPACE, "
        "bigquery://PROJECT/DATASET or snowflake://USER@ACCOUNT/DB/SCHEMA",
    )
    load.add_argument(
        "--since",
        metavar="COMMIT",
        type=int,
        help="the Delta version to go on from, over what the target's log says",
    )
    load.add_argument(
        "--table", metavar="NAME", action="append", choices=TABLE_NAMES, help="documents, rejects or inputs; repeatable (documents)"
    )
    load.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    from broadsheet.pipelines.load.load import run_load

    return run_load(options.lake, options.to, options.since, options.table or ["documents"])

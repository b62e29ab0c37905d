"""A lake looked at from outside: by Delta, by glob, file by file. None of it goes through broadsheet."""

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
from deltalake import DeltaTable

TABLES = ("documents", "rejects", "inputs")
GLOBS = {"documents": "source=*/date=*/*.parquet", "rejects": "kind=*/*.parquet", "inputs": "*.parquet"}


def versions(lake: Path) -> dict[str, int]:
    """Returns each table's newest version in the log."""
    return {table: DeltaTable(str(lake / table)).version() for table in TABLES}


def by_delta(lake: Path, query: str) -> list[tuple]:
    """Runs a query over the tables' snapshots."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for table in TABLES:
            connection.register(table, DeltaTable(str(lake / table)).to_pyarrow_dataset())
        return connection.execute(query).fetchall()


def by_glob(lake: Path, table: str, query: str) -> list[tuple]:
    """Runs a query over `rows`: a table's Parquet files as any engine finds them, without the log."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"create view rows as from read_parquet('{lake / table / GLOBS[table]}', hive_partitioning = true)")
        return connection.execute(query).fetchall()


def data_files(lake: Path) -> dict[str, str]:
    """Returns the Parquet files that lie in the tables' folders, committed or not, with a digest of their bytes."""
    found = sorted(path for table in TABLES for path in (lake / table).rglob("*.parquet"))
    paths = (path for path in found if path.parent.name != "_delta_log")  # checkpoints are not data
    return {path.relative_to(lake).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def committed_files(lake: Path) -> set[str]:
    """Returns the files that the logs know."""
    return {f"{table}/{_relative(lake / table, uri)}" for table in TABLES for uri in DeltaTable(str(lake / table)).file_uris()}


def _relative(folder: Path, uri: str) -> str:
    return Path(uri.removeprefix("file://")).relative_to(folder).as_posix()


def replaced_files(lake: Path) -> set[str]:
    """Returns the files that commits took out of the tables, there or not."""
    removed = ((table, action["remove"]) for table in TABLES for action in log(lake, table) if "remove" in action)
    return {f"{table}/{unquote(action['path'])}" for table, action in removed} - committed_files(lake)


def leftovers(lake: Path) -> list[str]:
    """Returns what an interrupted run may leave: plans, staged files, part files that no commit knows or that were replaced."""
    hidden = [
        path.relative_to(lake).as_posix() for name in ("_plans", "_staging") for path in (lake / name).rglob("*") if path.is_file()
    ]
    return sorted([*hidden, *(set(data_files(lake)) - committed_files(lake))])


def books(lake: Path) -> dict[str, int]:
    """Returns the sums of the `inputs` table."""
    names = ("records", "documents", "duplicates", "filtered", "dead")
    (row,) = by_delta(lake, f"select {', '.join(f'coalesce(sum({name}), 0)::bigint' for name in names)} from inputs")
    return dict(zip(names, row, strict=True))


def log(lake: Path, table: str) -> list[dict[str, Any]]:
    """Returns all actions of a table's log, in order."""
    commits = sorted((lake / table / "_delta_log").glob("*.json"))
    return [json.loads(line) for path in commits for line in path.read_text(encoding="utf-8").splitlines()]


def assert_each_once(lake: Path, records: int) -> None:
    """Claims that so many files of one record each are documents, each once, to every reader, and nothing lies beside the log."""
    assert leftovers(lake) == []
    counts = "select count(*), count(distinct title), count(distinct doc_id) from "
    assert by_delta(lake, f"{counts} documents") == [(records, records, records)]
    ordered = "select doc_id, uri, record, title, text from {} order by doc_id"
    assert by_delta(lake, ordered.format("documents")) == by_glob(lake, "documents", ordered.format("rows"))
    assert by_delta(lake, "select count(*), count(distinct uri) from inputs") == [(records, records)]
    assert books(lake) == {"records": records, "documents": records, "duplicates": 0, "filtered": 0, "dead": 0}

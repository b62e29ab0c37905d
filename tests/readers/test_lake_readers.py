"""Reads a lake by the one line per reader that docs/data-model.md gives; one of its documents has no date."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import ROOT
from helpers.rows import document

from broadsheet.pipelines.maintain.compact import compact
from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, create_tables
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part

FOLDER = os.environ.get("BROADSHEET_NOTEBOOK", "")

PREPARE = """
import json, duckdb, pyarrow as pa, pyarrow.dataset as ds, pyarrow.parquet as pq
from deltalake import DeltaTable
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem
local = SubTreeFileSystem("lake/documents", LocalFileSystem())
typed = ds.partitioning(pa.schema([("source", pa.string()), ("date", pa.date32())]), flavor="hive")
"""
READ = """
if "polars" in line: import polars
if "pandas" in line: import pandas
found = eval(line)
found = found.to_arrow_table() if hasattr(found, "to_arrow_table") else found
found = found.to_table() if hasattr(found, "to_table") else found
found = pa.Table.from_pandas(found) if type(found).__module__.startswith("pandas") else found
found = found.to_arrow() if hasattr(found, "to_arrow") else found
rows = found.select(["source", "date"]).to_pylist()
print(json.dumps(sorted([row["source"], str(row["date"] or "")[:10]] for row in rows)))
"""

BY_DELTA = {
    "pandas": 'DeltaTable("lake/documents").to_pandas(filesystem=local)',
    "pyarrow": 'DeltaTable("lake/documents").to_pyarrow_dataset(filesystem=local)',
    "Polars": 'polars.read_delta("lake/documents")',
    "DuckDB": 'duckdb.arrow(DeltaTable("lake/documents").to_pyarrow_dataset(filesystem=local))',
}
BY_LIST = {
    "pandas": 'pandas.read_parquet(DeltaTable("lake/documents").file_uris(), partitioning=typed)',
    "pyarrow": 'pq.read_table(DeltaTable("lake/documents").file_uris(), partitioning=typed)',
    "Polars": 'polars.read_parquet(DeltaTable("lake/documents").file_uris(), hive_partitioning=True)',
    "DuckDB": 'duckdb.read_parquet(DeltaTable("lake/documents").file_uris(), hive_partitioning=True)',
}
BY_FILES = {
    "pandas": 'pandas.read_parquet("lake/documents", partitioning=typed)',
    "pyarrow": 'pq.read_table("lake/documents", partitioning=typed)',
    "Polars": 'polars.read_parquet("lake/documents/source=*/date=*/*.parquet", hive_partitioning=True)',
    "DuckDB": 'duckdb.read_parquet("lake/documents/source=*/date=*/*.parquet", hive_partitioning=True)',
}
PARTITIONS = [("b/ü %41.example", "2025-01-01"), ("paper.example", None), ("paper.example", "2024-05-14")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds `lake`: two files per partition."""
    made = tmp_path_factory.mktemp("readers")
    lake = Lake.at(str(made / "lake"))
    create_tables(lake)
    for batch in ("0" * 16, "1" * 16):
        parts = [
            write_part(lake, DOCUMENTS, partition_path({"source": source, "date": date}), batch, 0, [document(f"/{batch}/{date}")])
            for source, date in PARTITIONS
        ]
        commit_parts(lake, DOCUMENTS, parts, batch, {})
    return made


def _read(folder: Path, line: str) -> list[tuple[str, str]]:
    if not FOLDER and ("pandas" in line or "polars" in line):
        pytest.skip("Polars and pandas are not installed: BROADSHEET_NOTEBOOK names no folder that holds them")
    environment = {**os.environ, "PYTHONPATH": FOLDER}
    command = [sys.executable, "-c", f"line = {line!r}{PREPARE}{READ}"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return [tuple(row) for row in json.loads(done.stdout)]


ALL = [(f"{reader}, {way}", line) for way, lines in (("Delta", BY_DELTA), ("files", BY_FILES)) for reader, line in lines.items()]


@pytest.mark.parametrize("line", [line for _, line in ALL], ids=[name for name, _ in ALL])
def test_a_line_reads_sources_and_dates_and_what_has_none(folder: Path, line: str) -> None:
    assert _read(folder, line) == sorted([(source, date or "") for source, date in PARTITIONS] * 2)


@pytest.mark.parametrize("line", [*BY_DELTA.values(), *BY_LIST.values()], ids=[*BY_DELTA, *(f"{name}, a list" for name in BY_LIST)])
def test_a_line_counts_every_row_once_after_a_compaction(folder: Path, line: str) -> None:
    compact(str(folder / "lake"))
    assert _read(folder, line) == sorted([(source, date or "") for source, date in PARTITIONS] * 2)


@pytest.mark.parametrize("lines", [BY_DELTA, BY_LIST, BY_FILES], ids=["Delta", "a list", "files"])
def test_the_lines_are_those_of_the_data_model(lines: dict[str, str]) -> None:
    said = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    assert [line for line in lines.values() if line not in said] == []

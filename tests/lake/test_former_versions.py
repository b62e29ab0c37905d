"""Lakes that former versions wrote are read as they are, and moved on by the first ingest that may."""

import shutil
from pathlib import Path

import duckdb
import pyarrow.dataset as ds
import pytest
from deltalake import DeltaTable
from helpers import lakes
from helpers.command import ROOT, broadsheet, ingest
from helpers.pages import dump, write
from helpers.race import race
from helpers.rows import document

from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.tables import DOCUMENTS, SCHEMA_VERSION, TABLES
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, create_tables, open_table, schema_version
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part

FORMER = Path(__file__).parent.parent / "former"
VERSIONS = range(1, SCHEMA_VERSION)
_ROWS = {version: {"documents": 5, "rejects": 2, "inputs": 7} for version in VERSIONS}
"""What each lake holds."""


@pytest.fixture(params=VERSIONS, ids=lambda version: f"version {version}")
def version(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
def lake(version: int, tmp_path: Path) -> Path:
    return Path(shutil.copytree(FORMER / f"version-{version}", tmp_path / "lake"))


def _newest(lake: Path) -> dict[str, int]:
    return {table.name: schema_version(open_table(Lake.at(str(lake)), table)) for table in TABLES}


def test_there_is_a_lake_of_every_former_version() -> None:
    lakes_kept = {path.name for path in FORMER.iterdir() if path.is_dir()}
    assert lakes_kept >= {f"version-{version}" for version in VERSIONS}
    assert lakes_kept <= {f"version-{version}" for version in range(1, SCHEMA_VERSION + 1)}


def test_reading_a_former_lake_changes_nothing_and_shows_what_is_new_as_null(
    lake: Path, version: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = lakes.versions(lake)
    assert broadsheet("verify", "--deep", "--lake", lake) == 0
    added = ", ".join(f"count({column.name})" for column in DOCUMENTS.columns if column.since > version)
    assert broadsheet("query", f"select count(*), {added} from documents_latest", "--format", "csv", "--lake", lake) == 0
    counts = capsys.readouterr().out.splitlines()[-1].split(",")
    assert counts == [str(_ROWS[version]["documents"]), *["0"] * (len(counts) - 1)]
    assert lakes.versions(lake) == before


def test_the_first_ingest_moves_it_on_and_every_reader_sees_old_and_new(lake: Path, version: int, tmp_path: Path) -> None:
    ingest(lake, write(tmp_path / "pages", {"a.txt": dump("The Pier")}))
    assert set(_newest(lake).values()) == {SCHEMA_VERSION}
    assert broadsheet("verify", "--deep", "--lake", lake) == 0
    rows = lakes.by_delta(
        lake, "select doc_id, cluster_id = doc_id, model_digest is null, source, date from documents order by all"
    )
    assert len(rows) == _ROWS[version]["documents"] + 1
    unclustered = _ROWS[version]["documents"] if version < 2 else 0  # version 2 brought cluster_id and model_digest
    assert [row[1] for row in rows].count(None) == [row[2] for row in rows].count(True) == unclustered
    glob = f"read_parquet('{lake}/documents/source=*/date=*/*.parquet', hive_partitioning = true, union_by_name = true)"
    columns = "doc_id, cluster_id = doc_id, model_digest is null, source, date"
    assert duckdb.sql(f"select {columns} from {glob} order by all").fetchall() == rows
    files = ds.dataset(DeltaTable(str(lake / "documents")).file_uris(), schema=DOCUMENTS.file_schema)
    assert sorted(files.to_table(["doc_id"])["doc_id"].to_pylist()) == [row[0] for row in rows]
    assert files.to_table(["cluster_id"])["cluster_id"].null_count == unclustered


def test_what_a_former_version_read_is_a_duplicate_today(lake: Path, version: int) -> None:
    ingest(lake, ROOT / "samples/pages/fanari")
    assert lakes.by_delta(lake, "select count(*) from documents") == [(_ROWS[version]["documents"],)]
    assert lakes.books(lake)["duplicates"] == 2


def test_a_frozen_contract_refuses_to_move_it_on_in_one_sentence(
    lake: Path, version: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = lakes.versions(lake)
    assert broadsheet("ingest", write(tmp_path / "pages", {"a.txt": dump("The Pier")}), "--lake", lake, "--contract", "freeze") == 2
    (said,) = [line for line in capsys.readouterr().err.splitlines() if "contract" in line]
    assert f"{lake} has schema version {version}, this broadsheet writes {SCHEMA_VERSION} and --contract is freeze" in said
    assert lakes.versions(lake) == before


def test_a_frozen_contract_lets_todays_lakes_grow(tmp_path: Path) -> None:
    for title in ("The Pier", "The Bell"):
        pages = write(tmp_path / title, {"a.txt": dump(title)})
        assert broadsheet("ingest", pages, "--lake", tmp_path / "lake", "--contract", "freeze", "--quiet") == 0
    assert lakes.by_delta(tmp_path / "lake", "select count(*) from documents") == [(2,)]


def test_racing_writers_move_a_lake_on_once_and_all_go_on(lake: Path) -> None:
    made = Lake.at(str(lake))
    numbers = iter(range(8))

    def move_on_and_commit() -> None:
        number = next(numbers)
        create_tables(made)
        row = document(f"/{number}")
        part = write_part(
            made, DOCUMENTS, partition_path({"source": row.source, "date": str(row.date)}), f"{number:016x}", 0, [row]
        )
        assert commit_parts(made, DOCUMENTS, [part], f"{number:016x}", {})

    race(8, move_on_and_commit)
    assert set(_newest(lake).values()) == {SCHEMA_VERSION}
    fields = [field.name for field in DeltaTable(str(lake / "documents")).schema().fields]
    assert fields == DOCUMENTS.schema.names
    assert lakes.by_delta(lake, "select count(*) from documents where uri similar to '/[0-7]'") == [(8,)]


def test_a_crash_between_the_columns_and_their_version_is_made_good(lake: Path) -> None:
    handle = DeltaTable(str(lake / "documents"))
    handle.alter.add_columns(
        [field for field in _todays_fields(lake) if field.name not in {f.name for f in handle.schema().fields}]
    )
    create_tables(Lake.at(str(lake)))
    assert set(_newest(lake).values()) == {SCHEMA_VERSION}
    assert [field.name for field in DeltaTable(str(lake / "documents")).schema().fields] == DOCUMENTS.schema.names


def _todays_fields(lake: Path) -> list:
    create_tables(Lake.at(str(lake.parent / "todays")))
    return DeltaTable(str(lake.parent / "todays" / "documents")).schema().fields

"""The lake's own files in an Iceberg catalog: the same rows, with their partition columns, whatever becomes of the lake."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest
from helpers.command import broadsheet, finish, ingest, start
from helpers.hand_lake import HandLake
from helpers.rows import document
from helpers.world import build

from broadsheet.schemas.tables import DOCUMENTS, TABLES
from broadsheet.transforms.lake.protocol.changes import changes_since
from broadsheet.transforms.lake.protocol.delta_tables import dataset_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake

pytestmark = pytest.mark.service
pyiceberg = pytest.importorskip("pyiceberg.catalog", reason="pyiceberg is not installed: pip install 'broadsheet[iceberg]'")

Config = pytest.importorskip("pyiceberg.utils.config").Config

URL = "iceberg://here/news"


@pytest.fixture(autouse=True)
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYICEBERG_CATALOG__HERE__URI", f"sqlite:///{tmp_path}/catalog.db")
    monkeypatch.setenv("PYICEBERG_CATALOG__HERE__WAREHOUSE", f"file://{tmp_path}/warehouse")
    monkeypatch.setattr(pyiceberg, "_ENV_CONFIG", Config())  # it reads its configuration once a process


@pytest.fixture
def hand(tmp_path: Path) -> HandLake:
    return HandLake(tmp_path / "lake")


def _load(lake: str, *arguments: object) -> int:
    return broadsheet("load", "--lake", lake, "--to", URL, *arguments)


def _read(name: str) -> pa.Table:
    return pyiceberg.load_catalog("here").load_table(f"news.{name}").scan().to_arrow()


def _same(lake: str, name: str) -> None:
    """Claims that a table has the rows that Delta has."""
    (table,) = (table for table in TABLES if table.name == name)
    place = Lake.at(lake)
    keys = [(key, "ascending") for key in table.key_columns]
    expected = dataset_of(place, table, open_table(place, table)).to_table().sort_by(keys).to_pylist()
    assert _read(name).select(table.schema.names).sort_by(keys).to_pylist() == expected


def test_every_table_has_the_rows_of_the_lake_and_their_partition_columns(tmp_path: Path) -> None:
    ingest(tmp_path / "lake", build(tmp_path / "inputs"))
    assert _load(str(tmp_path / "lake"), *(flag for table in TABLES for flag in ("--table", table.name))) == 0
    for table in TABLES:
        _same(str(tmp_path / "lake"), table.name)
    found = _read("documents")
    assert "Café / Nord" in found["source"].to_pylist()
    assert found["date"].null_count == 1


def test_a_filter_on_the_partition_columns_finds_the_rows(hand: HandLake) -> None:
    hand.add(document("/a"))
    hand.add(document("/b", date=dt.date(2020, 2, 29)))
    hand.add(document("/c", date=None))
    assert _load(hand.lake.root) == 0
    table = pyiceberg.load_catalog("here").load_table("news.documents")
    assert table.scan(row_filter="date >= '2024-01-01'").to_arrow()["uri"].to_pylist() == ["/a"]
    assert table.scan(row_filter="date is null").to_arrow()["uri"].to_pylist() == ["/c"]


def test_a_later_load_registers_what_is_new_and_a_repeated_one_nothing(hand: HandLake, capsys: pytest.CaptureFixture[str]) -> None:
    hand.add(document("/a"))
    assert _load(hand.lake.root) == 0
    hand.add(document("/b"))
    assert _load(hand.lake.root) == 0
    assert _load(hand.lake.root) == 0
    assert capsys.readouterr().out.splitlines() == [
        "documents: version 0 to 1: 1 rows inserted, 0 updated, 0 deleted",
        "documents: version 2 to 2: 1 rows inserted, 0 updated, 0 deleted",
        "documents: version 2 is loaded already, nothing changed",
    ]
    _same(hand.lake.root, "documents")


def test_after_a_compaction_the_merged_files_are_read_and_no_row_is_counted(
    hand: HandLake, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [hand.add(document("/a")), hand.add(document("/b"))]
    assert _load(hand.lake.root) == 0
    hand.compact(*paths)
    assert _load(hand.lake.root) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "documents: version 3 to 3: 0 rows inserted, 0 updated, 0 deleted"
    _same(hand.lake.root, "documents")


def test_replaced_and_removed_rows_are_gone(hand: HandLake) -> None:
    path = hand.add(document("/a"), document("/b"))
    other = hand.add(document("/c", source="other.example"))
    assert _load(hand.lake.root) == 0
    hand.replace([path], document("/b", title="New"))
    hand.replace([other])
    assert _load(hand.lake.root) == 0
    assert _read("documents").select(["uri", "title"]).to_pylist() == [{"uri": "/b", "title": "New"}]


def test_a_late_load_brings_no_old_file_back(hand: HandLake) -> None:
    from broadsheet.pipelines.load.target import open_target

    path = hand.add(document("/a", title="Old"))
    late = changes_since(hand.lake, DOCUMENTS)
    hand.replace([path], document("/a", title="New"))
    assert _load(hand.lake.root) == 0
    with open_target(URL) as target:
        assert target.apply(hand.lake, DOCUMENTS, late, None) is None
    assert _read("documents")["title"].to_pylist() == ["New"]


def test_another_lake_is_refused(hand: HandLake, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand.add(document("/a"))
    assert _load(hand.lake.root) == 0
    assert _load(HandLake(tmp_path / "other").lake.root) == 1
    assert "of another lake" in capsys.readouterr().err


def test_a_catalog_that_is_not_configured_is_wrong_usage(hand: HandLake, capsys: pytest.CaptureFixture[str]) -> None:
    assert broadsheet("load", "--lake", hand.lake.root, "--to", "iceberg://elsewhere/news") == 2
    assert "pyiceberg cannot open the catalog" in capsys.readouterr().err


@pytest.mark.slow
def test_racing_loads_register_every_file_once(hand: HandLake) -> None:
    for number in range(10):
        hand.add(document(f"/{number}"))
    processes = [start("load", "--lake", hand.lake.root, "--to", URL) for _ in range(3)]
    ends = [finish(process) for process in processes]
    assert sum("10 rows inserted" in said for _, said in ends) == 1, ends
    assert [code for code, _ in ends] == [0, 0, 0], ends
    _same(hand.lake.root, "documents")

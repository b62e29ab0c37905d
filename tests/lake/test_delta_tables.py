"""The Delta tables: made once, committed to once per batch, by valid files only, and read by every engine alike."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from helpers import lakes
from helpers.command import ROOT
from helpers.race import race
from helpers.rows import document, input_books, reject

from broadsheet.schemas.errors import ConflictError, LakeError
from broadsheet.schemas.partitions import NULL_PARTITION, partition_path
from broadsheet.schemas.records import Document, PartFile
from broadsheet.schemas.tables import DOCUMENTS, INPUTS, REJECTS, SCHEMA_VERSION, TABLES, Table
from broadsheet.transforms.lake.maintenance.orphan_files import unknown_files
from broadsheet.transforms.lake.protocol.delta_tables import (
    app_id,
    commit_parts,
    create_tables,
    files_of,
    open_table,
    replace_parts,
)
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part
from broadsheet.transforms.lake.protocol.read_columns import known_in_files

BATCH = "0123456789abcdef"
_ODD_SOURCES = [
    "paper.example",
    "Café des Dunes",
    "a/b",
    "a=b",
    "100 %",
    "'quoted' \"twice\"",
    "x%2Fy",
    "日本語の新聞",
    "tab\\back",
    "a?b#c",
    "{curly} [square]",
    "trailing.",
    NULL_PARTITION,
    "x" * 240,
]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake.at(str(tmp_path / "lake"))
    create_tables(made)
    return made


def _part(lake: Lake, *rows: Document, batch: str = BATCH) -> PartFile:
    folder = partition_path({"source": rows[0].source, "date": rows[0].date.isoformat() if rows[0].date else None})
    return write_part(lake, DOCUMENTS, folder, batch, 0, list(rows))


def test_parquet_readers_read_the_folder_if_the_partition_columns_are_typed(lake: Lake) -> None:
    dated = _part(lake, document("/a.txt"))
    undated = _part(lake, document("/b.txt", date=None))
    commit_parts(lake, DOCUMENTS, [dated, undated], BATCH, {})
    folder = lake.path("documents")
    with pytest.raises(pa.ArrowInvalid, match="unify dictionaries"):  # what pandas.read_parquet(folder) ends in, too
        pq.read_table(folder).unify_dictionaries()
    typed = ds.partitioning(pa.schema([("source", pa.string()), ("date", pa.date32())]), flavor="hive")
    rows = pq.read_table(folder, partitioning=typed).unify_dictionaries().select(["source", "date"]).to_pylist()
    assert sorted(row["date"] is None for row in rows) == [False, True]


def test_two_sources_that_differ_by_case_are_known_by_either_name(lake: Lake) -> None:
    part = _part(lake, document("/a.txt", source="Paper.example"))
    commit_parts(lake, DOCUMENTS, [part], BATCH, {})
    Path(lake.path("documents", "source=Paper.example")).rename(lake.path("documents", "source=paper.example"))  # as macOS lists it
    assert unknown_files(lake, DOCUMENTS) == []


def test_creating_tables_again_changes_nothing(lake: Lake) -> None:
    before = lakes.versions(Path(lake.root))
    create_tables(lake)
    assert lakes.versions(Path(lake.root)) == before == {"documents": 0, "rejects": 0, "inputs": 0}


def test_racing_creators_make_one_table(tmp_path: Path) -> None:
    lake = Lake.at(str(tmp_path / "lake"))
    race(8, lambda: create_tables(lake))
    assert lakes.versions(tmp_path / "lake") == {"documents": 0, "rejects": 0, "inputs": 0}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_tables_schema_in_the_log_is_ours(lake: Lake, table: Table) -> None:
    handle = open_table(lake, table)
    assert pa.schema(handle.schema().to_arrow()).names == table.schema.names
    assert {field.name: field.nullable for field in handle.schema().fields} == {c.name: c.nullable for c in table.columns}
    assert handle.metadata().partition_columns == list(table.partition_columns)


def test_a_newer_schema_is_refused_in_one_sentence(lake: Lake) -> None:
    newer = str(SCHEMA_VERSION + 1)
    open_table(lake, REJECTS).alter.set_table_properties({"broadsheet.schemaVersion": newer}, raise_if_not_exists=False)
    with pytest.raises(LakeError) as refused:
        create_tables(lake)
    told = f"{lake.root} has schema version {newer}, this broadsheet knows {SCHEMA_VERSION}: upgrade broadsheet"
    assert str(refused.value) == told


@pytest.mark.parametrize("name", ["nothing", "a file"])
def test_a_missing_lake_is_reported_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "a file").write_text("x")
    with pytest.raises(LakeError, match="there is no lake at"):
        open_table(Lake.at(str(tmp_path / name)), DOCUMENTS)


def test_a_batch_is_committed_once_however_often_it_is_tried(lake: Lake) -> None:
    part = _part(lake, document())
    assert [commit_parts(lake, DOCUMENTS, [part], BATCH, {}) for _ in range(3)] == [True, False, False]
    assert lakes.versions(Path(lake.root))["documents"] == 1
    assert commit_parts(lake, DOCUMENTS, [_part(lake, document("/b"), batch="ffff")], "ffff", {})


def test_racing_committers_of_one_batch_make_one_commit(lake: Lake) -> None:
    part = _part(lake, document())
    results: list[bool] = []
    race(8, lambda: results.append(commit_parts(lake, DOCUMENTS, [part], BATCH, {})))
    assert sorted(results) == [False] * 7 + [True]
    assert lakes.versions(Path(lake.root))["documents"] == 1


def test_racing_committers_of_different_batches_all_get_in(lake: Lake) -> None:
    def commit(number: int) -> None:
        batch = f"{number:016x}"
        commit_parts(lake, DOCUMENTS, [_part(lake, document(f"/{number}"), batch=batch)], batch, {})

    threads = [threading.Thread(target=commit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lakes.by_delta(Path(lake.root), "select count(*), count(distinct uri) from documents") == [(8, 8)]


_RACER = """
import sys
from broadsheet.schemas.records import PartFile
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts
print("ready", flush=True)
sys.stdin.readline()
print(commit_parts(Lake.at(sys.argv[1]), DOCUMENTS, [PartFile(*eval(sys.argv[2]))], sys.argv[3], {}))
"""


@pytest.mark.slow
def test_eight_processes_with_one_batch_make_one_commit(lake: Lake) -> None:
    part = _part(lake, document())
    arguments = [sys.executable, "-c", _RACER, lake.root, repr(tuple(part)), BATCH]
    racers = [subprocess.Popen(arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    assert [racer.stdout.readline() for racer in racers] == ["ready\n"] * 8  # type: ignore[union-attr]
    for racer in racers:
        racer.stdin.write("\n")  # type: ignore[union-attr]
        racer.stdin.flush()  # type: ignore[union-attr]
    said = [racer.communicate()[0].strip() for racer in racers]
    assert sorted(said) == ["False"] * 7 + ["True"]
    assert lakes.versions(Path(lake.root))["documents"] == 1


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("source=a/date=garbage/{}", "is not a date"),
        ("source=a/date=20240514/{}", "is not written 2024-05-14"),
        ("source=a/date=2024-W20-2/{}", "is not written 2024-05-14"),
        ("source=a/{}", "is partitioned by source, date"),
        ("date=2024-05-14/source=a/{}", "is partitioned by source, date"),
        (f"source={NULL_PARTITION}/date=2024-05-14/{{}}", "cannot be NULL"),
        ("source=/date=2024-05-14/{}", "not a path of table"),
        ("source=../date=2024-05-14/{}", "not a path of table"),
        ("source=a/date=2024-05-14/../../../{}", "not a path of table"),
        ("source=a%2fb/date=2024-05-14/{}", "not a path of table"),
        ("source=a/date=2024-05-15/{}", "is missing"),
        ("{}", "is partitioned by source, date"),
    ],
)
def test_a_file_in_the_wrong_place_is_not_committed(lake: Lake, path: str, message: str) -> None:
    part = _part(lake, document(source="a"))
    with pytest.raises(LakeError, match=message):
        commit_parts(lake, DOCUMENTS, [part._replace(path=path.format(part.path.rpartition("/")[2]))], BATCH, {})
    assert lakes.versions(Path(lake.root))["documents"] == 0


@pytest.mark.parametrize("stats", ["", "{}", "null", '{"numRecords": 7}'])
def test_a_file_with_wrong_statistics_is_not_committed(lake: Lake, stats: str) -> None:
    with pytest.raises(LakeError, match="statistics"):
        commit_parts(lake, DOCUMENTS, [_part(lake, document())._replace(stats=stats)], BATCH, {})


def test_a_file_of_another_table_is_not_committed(lake: Lake) -> None:
    part = write_part(lake, REJECTS, "kind=dead", BATCH, 0, [reject()])
    with pytest.raises(LakeError, match="not a path of table documents"):
        commit_parts(lake, DOCUMENTS, [part._replace(path="source=a/date=2024-05-14/x.parquet")], BATCH, {})


def test_one_bad_file_keeps_the_others_out(lake: Lake) -> None:
    good = _part(lake, document())
    with pytest.raises(LakeError):
        commit_parts(lake, DOCUMENTS, [good, good._replace(size=1)], BATCH, {})
    assert lakes.by_delta(Path(lake.root), "select count(*) from documents") == [(0,)]


def test_every_source_and_no_date_are_read_alike_by_delta_and_by_glob(lake: Lake) -> None:
    root = Path(lake.root)
    rows = [document(f"/{number}", source=source, date=None) for number, source in enumerate(_ODD_SOURCES)]
    commit_parts(lake, DOCUMENTS, [_part(lake, row) for row in rows], BATCH, {})
    expected = sorted((row.uri, row.source, row.date) for row in rows)
    assert lakes.by_delta(root, "select uri, source, date from documents order by uri") == expected
    assert lakes.by_glob(root, "documents", "select uri, source, date from rows order by uri") == expected
    assert set(files_of(open_table(lake, DOCUMENTS))["path"].to_pylist()) == {
        path.removeprefix("documents/") for path in lakes.data_files(root)
    }


def test_a_commit_says_what_it_is(lake: Lake) -> None:
    commit_parts(lake, DOCUMENTS, [_part(lake, document())], BATCH, {"broadsheet.books": '{"records": 1}'})
    (entry, *_) = DeltaTable(lake.path("documents")).history(1)
    assert json.loads(entry["broadsheet.books"]) == {"records": 1}


def test_inputs_are_stamped_in_the_log_alone(lake: Lake) -> None:
    part = write_part(lake, INPUTS, "", BATCH, 0, [input_books("/pages/a.txt", BATCH, documents=1)])
    commit_parts(lake, INPUTS, [part], BATCH, {})
    ((uri, stamped),) = lakes.by_delta(Path(lake.root), "select uri, committed_at is not null from inputs")
    assert (uri, stamped) == ("/pages/a.txt", True)


def test_identifiers_are_looked_up_in_the_files_asked_for(lake: Lake) -> None:
    rows = [document(f"/{number}", source=f"paper-{number}.example/%") for number in range(3)]
    parts = [_part(lake, row) for row in rows]
    commit_parts(lake, DOCUMENTS, parts, BATCH, {})
    asked = pa.array([row.doc_id for row in rows] + ["0" * 32])
    paths = files_of(open_table(lake, DOCUMENTS))["path"].to_pylist()
    assert known_in_files(lake, DOCUMENTS, paths, "doc_id", asked) == {row.doc_id for row in rows}
    assert known_in_files(lake, DOCUMENTS, [parts[1].path], "doc_id", asked) == {rows[1].doc_id}
    assert known_in_files(lake, DOCUMENTS, [], "doc_id", asked) == set()


def _committed(lake: Lake, count: int, source: str = "paper.example") -> list[PartFile]:
    """So many files of one row each in one partition, a batch each."""
    parts = []
    for number in range(count):
        batch = f"{number:016x}"
        parts.append(_part(lake, document(f"/{number}", source=source), batch=batch))
        commit_parts(lake, DOCUMENTS, parts[-1:], batch, {})
    return parts


def _merged(lake: Lake, count: int, source: str = "paper.example", batch: str = BATCH) -> PartFile:
    return _part(lake, *(document(f"/{number}", source=source) for number in range(count)), batch=batch)


@pytest.mark.parametrize("source", ["paper.example", "a b/ü%2F", NULL_PARTITION])
def test_files_are_replaced_in_one_commit_and_only_once(lake: Lake, source: str) -> None:
    old, new = _committed(lake, 3, source), _merged(lake, 3, source)
    paths = [part.path for part in old]
    assert [replace_parts(lake, DOCUMENTS, [new], paths, BATCH, {}, same_rows=True) for _ in range(2)] == [True, False]
    assert files_of(open_table(lake, DOCUMENTS))["path"].to_pylist() == [new.path]
    assert lakes.by_delta(Path(lake.root), "select uri from documents order by uri") == [("/0",), ("/1",), ("/2",)]
    removed = [action["remove"] for action in lakes.log(Path(lake.root), "documents") if "remove" in action]
    assert [(action["dataChange"], action["size"], action["partitionValues"]) for action in removed] == [
        (False, part.size, {"source": source, "date": "2024-05-14"}) for part in sorted(old, key=lambda part: part.path)
    ]
    DeltaTable(lake.path("documents")).create_checkpoint()
    assert lakes.by_delta(Path(lake.root), "select count(*) from documents") == [(3,)]


def test_rows_can_be_taken_out_without_any_coming_in(lake: Lake) -> None:
    old = _committed(lake, 2)
    assert replace_parts(lake, DOCUMENTS, [], [old[0].path], BATCH, {}, same_rows=False)
    assert lakes.by_delta(Path(lake.root), "select uri from documents") == [("/1",)]


def test_a_file_that_another_replaced_first_is_a_conflict(lake: Lake) -> None:
    old = _committed(lake, 3)
    replace_parts(lake, DOCUMENTS, [_merged(lake, 2)], [part.path for part in old[:2]], BATCH, {}, same_rows=True)
    other = _merged(lake, 3, batch="ffff")
    with pytest.raises(ConflictError, match=f"{old[1].path} was replaced by another writer first"):
        replace_parts(lake, DOCUMENTS, [other], [old[1].path, old[2].path], "ffff", {}, same_rows=False)
    assert lakes.by_delta(Path(lake.root), "select count(*), count(distinct uri) from documents") == [(3, 3)]


def test_a_replacement_that_should_keep_all_rows_and_does_not_is_refused(lake: Lake) -> None:
    old = _committed(lake, 3)
    with pytest.raises(LakeError, match="3 rows would be replaced by 2"):
        replace_parts(lake, DOCUMENTS, [_merged(lake, 2)], [part.path for part in old], BATCH, {}, same_rows=True)
    assert lakes.versions(Path(lake.root))["documents"] == 3


def test_racing_replacements_of_the_same_files_keep_every_row_once(lake: Lake) -> None:
    old, outcomes, pending = _committed(lake, 4), [], [f"{number + 100:016x}" for number in range(6)]
    made = {batch: _merged(lake, 4, batch=batch) for batch in pending}

    def replace() -> None:
        batch = pending.pop()
        try:
            outcomes.append(replace_parts(lake, DOCUMENTS, [made[batch]], [part.path for part in old], batch, {}, same_rows=True))
        except ConflictError:
            outcomes.append(False)

    race(6, replace)
    assert sorted(outcomes) == [False] * 5 + [True]
    assert lakes.by_delta(Path(lake.root), "select count(*), count(distinct uri) from documents") == [(4, 4)]


def test_a_replacement_among_racing_appends_loses_none(lake: Lake) -> None:
    old, new = _committed(lake, 3), _merged(lake, 3)
    pending = list(range(100, 106))

    def act() -> None:
        number = pending.pop()
        if number == 100:
            replace_parts(lake, DOCUMENTS, [new], [part.path for part in old], BATCH, {}, same_rows=True)
        else:
            batch = f"{number:016x}"
            commit_parts(lake, DOCUMENTS, [_part(lake, document(f"/{number}"), batch=batch)], batch, {})

    race(6, act)
    assert lakes.by_delta(Path(lake.root), "select count(*), count(distinct uri) from documents") == [(8, 8)]


def test_replaced_inputs_keep_when_they_were_committed(lake: Lake) -> None:
    part = write_part(lake, INPUTS, "", BATCH, 0, [input_books("/pages/a.txt", BATCH, documents=1)])
    commit_parts(lake, INPUTS, [part], BATCH, {})
    (row,) = files_of(open_table(lake, INPUTS)).to_pylist()
    again = write_part(lake, INPUTS, "", "ffff", 0, [input_books("/pages/a.txt", BATCH, documents=1)])
    stamp = row["partition.committed_at"]
    replace_parts(lake, INPUTS, [again], [part.path], "ffff", {}, same_rows=True, committed_at=stamp)
    assert lakes.by_delta(Path(lake.root), "select committed_at from inputs") == [(stamp,)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_log_forgets_batches_after_a_week(lake: Lake, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    for days in (30, 8, 6, 0):
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda days=days: now - days * 86_400)
            commit_parts(lake, table, [], f"{days:016x}", {})
    assert [open_table(lake, table).transaction_version(app_id(f"{days:016x}")) for days in (30, 8, 6, 0)] == [None, None, 1, 1]
    open_table(lake, table).create_checkpoint()
    (checkpoint,) = (Path(lake.root) / table.name / "_delta_log").glob("*.checkpoint.parquet")
    assert pc.count(pq.read_table(checkpoint)["txn"]).as_py() == 2


def test_a_lake_of_before_forgets_batches_from_its_next_ingest_on(lake: Lake) -> None:
    key = "delta.setTransactionRetentionDuration"
    open_table(lake, DOCUMENTS).alter.set_table_properties({"broadsheet.other": "1"}, raise_if_not_exists=False)
    log = Path(lake.root) / "documents" / "_delta_log"
    for path in log.glob("*.json"):
        path.write_text(path.read_text(encoding="utf-8").replace(key, "broadsheet.former"), encoding="utf-8")
    assert key not in open_table(lake, DOCUMENTS).metadata().configuration
    create_tables(lake)
    assert open_table(lake, DOCUMENTS).metadata().configuration[key] == "interval 7 days"
    version = open_table(lake, DOCUMENTS).version()
    create_tables(lake)
    assert open_table(lake, DOCUMENTS).version() == version

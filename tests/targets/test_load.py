"""A load brings over what changed, once, whatever happens to it: killed, repeated, late, racing.

The same tests run on a DuckDB file, on a real Postgres server and on ClickHouse's engine.
"""

import datetime as dt
import itertools
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers import clickhouse, postgres
from helpers.command import broadsheet, finish, ingest, start
from helpers.hand_lake import HandLake
from helpers.rows import document
from helpers.world import build
from targets.databases import ClickHouseDatabase, Database, DuckDBFile, PostgresSchema, in_utc

from broadsheet.pipelines.load.load import load_table
from broadsheet.pipelines.load.target import Loaded, open_target
from broadsheet.schemas.records import LanguageShare
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.lake.protocol.changes import changes_since
from broadsheet.transforms.lake.protocol.delta_tables import open_table

_numbers = itertools.count()


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="module")
def clickhouse_server() -> Iterator[str]:
    with clickhouse.server() as url:
        yield url


_POSTGRES, _CLICKHOUSE = (pytest.param(name, marks=pytest.mark.service) for name in ("postgres", "clickhouse"))


@pytest.fixture(params=["duckdb", _POSTGRES, _CLICKHOUSE])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database of any kind."""
    return _empty(request, tmp_path)


@pytest.fixture(params=["duckdb", _POSTGRES])
def transactional(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database that has transactions."""
    return _empty(request, tmp_path)


def _empty(request: pytest.FixtureRequest, folder: Path) -> Database:
    if request.param == "duckdb":
        return DuckDBFile(folder)
    server = request.getfixturevalue(f"{request.param}_server")
    kinds: dict[str, Any] = {"postgres": PostgresSchema, "clickhouse": ClickHouseDatabase}
    made: Database = kinds[request.param](server, f"news{next(_numbers)}")
    return made


@pytest.fixture
def hand(tmp_path: Path) -> HandLake:
    return HandLake(tmp_path / "lake")


def _load(hand: HandLake, database: Database, since: int | None = None) -> str:
    with open_target(database.url) as target:
        return load_table(hand.lake, DOCUMENTS, target, since, "the target")


def _uris(database: Database) -> list[str]:
    return [uri for (uri,) in database.rows("select uri from documents order by uri")]


def _differences(hand: HandLake, database: Database) -> list[str]:
    """Returns the uris that the newest version of the lake and the target do not agree on."""
    lake = open_table(hand.lake, DOCUMENTS).to_pyarrow_dataset().to_table(columns=["uri", "title"]).to_pylist()
    there = set(database.rows("select uri, title from documents"))
    return sorted({uri for uri, _ in there ^ {(row["uri"], row["title"]) for row in lake}})


def test_the_first_load_brings_all_and_the_second_nothing(hand: HandLake, database: Database) -> None:
    hand.add(document("/a"), document("/b"))
    assert _load(hand, database) == "documents: version 0 to 1: 2 rows inserted, 0 updated, 0 deleted"
    assert _load(hand, database) == "documents: version 1 is loaded already, nothing changed"
    assert _uris(database) == ["/a", "/b"]


def test_a_later_load_brings_only_what_is_new(hand: HandLake, database: Database) -> None:
    hand.add(document("/a"))
    _load(hand, database)
    hand.add(document("/b"))
    assert _load(hand, database) == "documents: version 2 to 2: 1 rows inserted, 0 updated, 0 deleted"
    assert _uris(database) == ["/a", "/b"]


def test_every_type_arrives_as_it_was(hand: HandLake, transactional: Database) -> None:
    moment = dt.datetime(2024, 5, 14, 6, 12, 0, 123456, tzinfo=dt.UTC)
    odd = 'Comma, "quote", {brace}\\ \t tab\r\nline\n\\.\nNULL \\N ’ 守塔人'
    row = document("/odd", odd, title="", subtitle=odd, authors=["Ada, Quill", 'NULL "x" \\', "", "{}"], published_at=moment)
    row = row._replace(languages=[LanguageShare("en", 0.1 + 0.2), LanguageShare("zh", 0.7)], language_agreed=False)
    row = row._replace(date=None, signature=bytes(range(256)), language_confidence=1e-300)
    hand.add(row, document("/plain", date=None))
    _load(hand, transactional)
    names = "text, title, subtitle, section, authors, tags, published_at, language_agreed, date, signature, language_confidence"
    (found,) = transactional.rows(f"select {names}, languages from documents where uri = '/odd'")
    *values, languages = (in_utc(value) for value in found)
    assert values[:9] == [odd, "", odd, None, row.authors, [], moment, False, None]
    assert bytes(values[9]) == bytes(range(256))
    assert values[10] == 1e-300
    assert languages == [{"language": "en", "share": 0.1 + 0.2}, {"language": "zh", "share": 0.7}]
    assert _load(hand, transactional, since=0) == "documents: version 1 to 1: 0 rows inserted, 0 updated, 0 deleted"


def test_days_are_days(hand: HandLake, transactional: Database) -> None:
    hand.add(document("/a", date=dt.date(1990, 1, 31)))
    _load(hand, transactional)
    assert transactional.rows("select date from documents") == [(dt.date(1990, 1, 31),)]


def test_a_compaction_loads_nothing(hand: HandLake, database: Database) -> None:
    paths = [hand.add(document("/a")), hand.add(document("/b"))]
    _load(hand, database)
    hand.compact(*paths)
    assert _load(hand, database) == "documents: version 3 to 3: 0 rows inserted, 0 updated, 0 deleted"


def test_a_compaction_in_between_loses_no_new_row(hand: HandLake, database: Database) -> None:
    old = hand.add(document("/a"))
    _load(hand, database)
    hand.compact(old, hand.add(document("/b")))
    assert _load(hand, database) == "documents: version 2 to 3: 1 rows inserted, 0 updated, 0 deleted"


def test_a_changed_row_is_updated_and_a_removed_one_deleted(hand: HandLake, database: Database) -> None:
    path = hand.add(document("/a"), document("/b"), document("/c"))
    hand.add(document("/d", source="other.example"))
    _load(hand, database)
    hand.replace([path], document("/a"), document("/b", title="Another title"))
    assert _load(hand, database) == "documents: version 3 to 3: 0 rows inserted, 1 updated, 1 deleted"
    assert _differences(hand, database) == []
    assert _uris(database) == ["/a", "/b", "/d"]


def test_a_row_that_moves_to_another_day_is_updated(hand: HandLake, database: Database) -> None:
    path = hand.add(document("/a"))
    _load(hand, database)
    hand.replace([path], document("/a", date=dt.date(2020, 2, 29)))
    assert _load(hand, database) == "documents: version 2 to 2: 0 rows inserted, 1 updated, 0 deleted"
    assert [str(day) for (day,) in database.rows("select date from documents")] == ["2020-02-29"]


def test_an_older_since_brings_nothing_old_back(hand: HandLake, database: Database) -> None:
    path = hand.add(document("/a", title="Old"), document("/gone"))
    hand.replace([path], document("/a", title="New"))
    _load(hand, database)
    assert _load(hand, database, since=0) == "documents: version 1 to 2: 0 rows inserted, 0 updated, 0 deleted"
    assert _uris(database) == ["/a"]


def test_an_older_since_mends_what_someone_broke_in_the_target(hand: HandLake, database: Database) -> None:
    hand.add(document("/a"), document("/b"))
    _load(hand, database)
    database.run("delete from documents where uri = '/a'")
    assert _load(hand, database, since=0) == "documents: version 1 to 1: 1 rows inserted, 0 updated, 0 deleted"


def test_a_load_that_was_planned_before_another_ended_changes_nothing(hand: HandLake, database: Database) -> None:
    path = hand.add(document("/a", title="Old"))
    late = changes_since(hand.lake, DOCUMENTS)
    hand.replace([path], document("/a", title="New"))
    _load(hand, database)
    with open_target(database.url) as target:
        assert target.apply(hand.lake, DOCUMENTS, late, None) is None
        assert target.last(DOCUMENTS) == Loaded(late.table_id, 2)
    assert database.rows("select title from documents") == [("New",)]


def test_a_log_that_has_forgotten_is_made_up_for_by_comparing_all(hand: HandLake, database: Database) -> None:
    path = hand.add(document("/a"), document("/b"))
    _load(hand, database)
    hand.replace([path], document("/a", title="New"))
    hand.add(document("/c"))
    open_table(hand.lake, DOCUMENTS).create_checkpoint()
    (Path(hand.lake.root) / "documents/_delta_log" / f"{2:020}.json").unlink()
    assert _load(hand, database) == "documents: version 2 to 3: 1 rows inserted, 1 updated, 1 deleted"
    assert _differences(hand, database) == []


def test_a_missing_column_is_added(hand: HandLake, database: Database) -> None:
    hand.add(document("/a", title="Kept"))
    _load(hand, database)
    database.run("alter table documents drop column section")
    hand.add(document("/b", section="Culture"))
    _load(hand, database)
    assert database.rows("select uri, section, title from documents order by uri") == [
        ("/a", None, "Kept"),
        ("/b", "Culture", None),
    ]


def test_a_column_of_another_type_is_refused_in_one_sentence_and_nothing_changes(
    hand: HandLake, transactional: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    hand.add(document("/a"))
    _load(hand, transactional)
    transactional.run("alter table documents alter column words type varchar(20)")
    hand.add(document("/b"))
    assert broadsheet("load", "--lake", hand.lake.root, "--to", transactional.url) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "documents.words" in said
    assert "bigint" in said.lower()
    assert _uris(transactional) == ["/a"]


def test_rows_of_someone_else_are_left_alone(hand: HandLake, transactional: Database, capsys: pytest.CaptureFixture[str]) -> None:
    transactional.run("create table documents (doc_id varchar(5))")
    transactional.run("insert into documents values ('mine')")
    assert broadsheet("load", "--lake", hand.lake.root, "--to", transactional.url) == 1
    assert "rename or drop that table" in capsys.readouterr().err
    assert transactional.rows("select doc_id from documents") == [("mine",)]


def test_another_lake_is_refused(hand: HandLake, database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand.add(document("/a"))
    hand.add(document("/b"))
    _load(hand, database)
    other = HandLake(tmp_path / "other")
    assert broadsheet("load", "--lake", other.lake.root, "--to", database.url) == 1
    assert "of another lake" in capsys.readouterr().err


def test_a_dropped_table_is_loaded_again(hand: HandLake, database: Database) -> None:
    hand.add(document("/a"))
    _load(hand, database)
    database.run("drop table documents")
    assert _load(hand, database) == "documents: version 0 to 1: 1 rows inserted, 0 updated, 0 deleted"


def test_a_since_that_would_skip_commits_is_refused(hand: HandLake, database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    hand.add(document("/a"))
    _load(hand, database)
    hand.add(document("/b"))
    assert broadsheet("load", "--lake", hand.lake.root, "--to", database.url, "--since", 2) == 2
    assert "would never be loaded" in capsys.readouterr().err


def test_all_three_tables_of_a_real_lake_arrive(database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(tmp_path / "lake", build(tmp_path / "inputs"))
    tables = [flag for name in ("documents", "rejects", "inputs") for flag in ("--table", name)]
    assert broadsheet("load", "--lake", tmp_path / "lake", "--to", database.url, *tables) == 0
    for table in ("documents", "rejects", "inputs"):
        capsys.readouterr()
        assert broadsheet("query", f"select count(*) n from {table}", "--lake", tmp_path / "lake", "--format", "json") == 0
        expected = json.loads(capsys.readouterr().out)["n"]
        assert database.rows(f"select count(*) from {table}") == [(expected,)], table
        assert expected > 0


@pytest.mark.slow
def test_two_loads_at_once_bring_every_row_once(hand: HandLake, transactional: Database) -> None:
    for number in range(30):
        hand.add(*(document(f"/{number}x{row}") for row in range(20)))
    processes = [start("load", "--lake", hand.lake.root, "--to", transactional.url) for _ in range(3)]
    ends = [finish(process) for process in processes]
    assert [code for code, _ in ends] == [0, 0, 0], ends
    assert sum("600 rows inserted" in said for _, said in ends) == 1
    assert transactional.rows("select count(*), count(distinct doc_id) from documents") == [(600, 600)]


@pytest.mark.slow
def test_a_load_that_is_killed_anywhere_is_as_if_it_had_never_been(hand: HandLake, transactional: Database, tmp_path: Path) -> None:
    def write(number: int, count: int) -> str:
        return hand.add(*(document(f"/{number}x{row}", f"{number}x{row} " + "Word. " * 2000) for row in range(count)))

    paths = [write(number, 100) for number in range(20)]
    _load(hand, transactional)
    before = hand.version
    hand.replace(paths[:10], *(document(f"/new/{row}", f"{row} " + "Other. " * 2000) for row in range(500)))
    started = time.monotonic()
    (tmp_path / "scratch").mkdir()
    assert finish(start("load", "--lake", hand.lake.root, "--to", DuckDBFile(tmp_path / "scratch").url))[0] == 0
    whole = time.monotonic() - started
    for kill in range(6):
        process = start("load", "--lake", hand.lake.root, "--to", transactional.url)
        time.sleep(whole * (0.4 + kill / 10))  # Python takes the first third to start
        os.kill(process.pid, signal.SIGKILL)
        finish(process)
        (logged,) = transactional.rows("select max(version) from broadsheet_loads")[0]
        expected = 2000 if logged == before else 1500
        assert transactional.rows("select count(*) from documents") == [(expected,)], f"half a load is there after kill {kill}"
    _load(hand, transactional)
    assert _differences(hand, transactional) == []
    assert transactional.rows("select count(*) from documents") == [(1500,)]

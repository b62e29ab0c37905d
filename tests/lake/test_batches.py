"""A batch reaches all three tables or none, from wherever a crash left it; a batch that lost a race leaves nothing."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from helpers import lakes
from helpers.race import race
from helpers.rows import document, input_books, plan_of, reject

from broadsheet.schemas.errors import CountsError, LakeError
from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.records import Document, PartFile
from broadsheet.schemas.tables import DOCUMENTS, INPUTS, REJECTS, TABLES
from broadsheet.transforms.lake.protocol import plans
from broadsheet.transforms.lake.protocol.batches import commit_batch, discard, finish, is_committed, settle, take_back
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, create_tables, open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part
from broadsheet.transforms.lake.protocol.plans import Manifest, Result

NOW = time.time()
BATCH, OTHER = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake.at(str(tmp_path / "lake"))
    create_tables(made)
    return made


def _books(documents: int = 0, dead: int = 0, duplicates: int = 0) -> dict[str, int]:
    records = documents + dead + duplicates
    sums = {"inputs": records, "records": records, "documents": documents, "duplicates": duplicates, "filtered": 0}
    return {**sums, "dead": dead, "bytes": 10 * records}


def _parts(lake: Lake, batch: str, *documents: Document, dead: int = 1) -> list[PartFile]:
    """Writes what a batch makes of some documents and dead records, each in a file of its own."""
    rejects = [reject(f"/dead/{batch}/{number}") for number in range(dead)]
    books = [input_books(row.uri, batch, documents=1) for row in documents] + [input_books(r.uri, batch, dead=1) for r in rejects]
    parts = [
        write_part(lake, DOCUMENTS, partition_path({"source": row.source, "date": "2024-05-14"}), batch, number, [row])
        for number, row in enumerate(documents)
    ]
    if rejects:
        parts.append(write_part(lake, REJECTS, "kind=dead", batch, 0, rejects))
    return [*parts, write_part(lake, INPUTS, "", batch, 0, books)]


def committed(*arguments: Any) -> Result:
    """Commits a batch as `commit_batch` does, and returns what came of it."""
    result = commit_batch(*arguments)
    assert result is not None
    return result


def _commit(lake: Lake, batch: str, *documents: Document, dead: int = 1, version: int = 0) -> Result:
    parts = _parts(lake, batch, *documents, dead=dead)
    return committed(lake, batch, version, parts, _books(len(documents), dead))


def _counts(lake: Lake) -> tuple[int, int, int]:
    return tuple(lakes.by_delta(Path(lake.root), f"select count(*) from {table}")[0][0] for table in lakes.TABLES)


def test_a_batch_is_in_all_three_tables(lake: Lake) -> None:
    result = _commit(lake, BATCH, document("/a"), document("/b"))
    assert result == Result(BATCH, None, _books(2, 1)) == plans.read_result(lake, BATCH)
    assert _counts(lake) == (2, 1, 3)
    assert is_committed(lake, BATCH)
    assert not is_committed(lake, OTHER)


def test_the_counts_of_a_batch_are_in_its_commit(lake: Lake) -> None:
    _commit(lake, BATCH, document("/a"))
    (info,) = [
        action["commitInfo"]
        for action in lakes.log(Path(lake.root), "documents")
        if "broadsheet.books" in action.get("commitInfo", {})
    ]
    assert json.loads(info["broadsheet.books"]) == _books(1, 1)


def test_a_batch_of_dead_letters_alone_is_committed_too(lake: Lake) -> None:
    _commit(lake, BATCH, dead=2)
    assert _counts(lake) == (0, 2, 2)


@pytest.mark.parametrize(
    ("books", "message"),
    [({**_books(1, 1), "records": 3}, "3 records read, 2 accounted for"), (_books(2, 0), "2 documents, 1 rows written")],
    ids=["a record is gone", "a row is gone"],
)
def test_books_that_do_not_balance_commit_nothing(lake: Lake, books: dict[str, int], message: str) -> None:
    with pytest.raises(CountsError, match=message):
        commit_batch(lake, BATCH, 0, _parts(lake, BATCH, document("/a")), books)
    assert _counts(lake) == (0, 0, 0)
    assert plans.read_manifest(lake, BATCH) is None


def test_a_file_that_is_not_there_commits_nothing(lake: Lake) -> None:
    parts = _parts(lake, BATCH, document("/a"))
    Path(lake.path(parts[0].table, parts[0].path)).unlink()
    with pytest.raises(LakeError, match="is missing"):
        commit_batch(lake, BATCH, 0, parts, _books(1, 1))
    assert _counts(lake) == (0, 0, 0)


@pytest.mark.parametrize("done", range(4), ids=["before documents", "before rejects", "before inputs", "before the result"])
def test_a_crash_between_two_commits_is_mended_by_the_manifest(lake: Lake, done: int) -> None:
    manifest = Manifest(BATCH, 0, sorted(_parts(lake, BATCH, document("/a"), document("/b"))), _books(2, 1))
    plans.write_manifest(lake, manifest)
    for table in TABLES[:done]:
        commit_parts(lake, table, [part for part in manifest.parts if part.table == table.name], BATCH, {})
    assert plans.unfinished(lake) == [BATCH]

    found = plans.read_manifest(lake, BATCH)
    assert found == manifest
    assert finish(lake, manifest) == finish(lake, manifest) == Result(BATCH, None, _books(2, 1))
    assert _counts(lake) == (2, 1, 3)
    assert lakes.versions(Path(lake.root)) == {"documents": 1, "rejects": 1, "inputs": 1}


def test_a_repeated_batch_uses_the_first_manifest(lake: Lake) -> None:
    _commit(lake, BATCH, document("/a"), document("/b"))
    assert commit_batch(lake, BATCH, 0, [], _books()) == Result(BATCH, None, _books(2, 1))
    assert _counts(lake) == (2, 1, 3)


def test_racing_workers_with_one_batch_commit_it_once(lake: Lake) -> None:
    parts = _parts(lake, BATCH, document("/a"))
    results: list[Result] = []
    race(8, lambda: results.append(committed(lake, BATCH, 0, parts, _books(1, 1))))
    assert results == [Result(BATCH, None, _books(1, 1))] * 8
    assert lakes.versions(Path(lake.root)) == {"documents": 1, "rejects": 1, "inputs": 1}


def test_a_batch_whose_document_was_committed_by_another_commits_nothing_and_leaves_no_file(lake: Lake) -> None:
    parts = _parts(lake, BATCH, document("/a", text="The same words."), document("/b"))
    _commit(lake, OTHER, document("/elsewhere", text="The same words."))
    before = lakes.data_files(Path(lake.root))
    result = committed(lake, BATCH, 0, parts, _books(2, 1))
    assert result.conflict == f"batch {BATCH}: another writer committed 1 of its documents first"
    assert plans.read_result(lake, BATCH) == result
    assert plans.read_manifest(lake, BATCH) is None
    assert set(before) - set(lakes.data_files(Path(lake.root))) == {f"{part.table}/{part.path}" for part in parts}
    assert lakes.committed_files(Path(lake.root)) == set(lakes.data_files(Path(lake.root)))
    assert _counts(lake) == (1, 1, 2)


def test_the_same_words_of_another_source_do_not_conflict(lake: Lake) -> None:
    parts = _parts(lake, BATCH, document("/a", text="The same words.", source="one"))
    _commit(lake, OTHER, document("/b", text="The same words.", source="other"))
    assert committed(lake, BATCH, 0, parts, _books(1, 1)).conflict is None


def test_documents_committed_before_the_plan_do_not_conflict(lake: Lake) -> None:
    _commit(lake, OTHER, document("/a", text="The same words."))
    assert _commit(lake, BATCH, document("/b", text="Other words."), version=1).conflict is None


def test_racing_batches_with_one_document_bring_it_in_once(lake: Lake) -> None:
    names = [f"{number:016x}" for number in range(6)]
    made = {name: _parts(lake, name, document(f"/{name}", text="The same words."), dead=0) for name in names}
    results: list[Result] = []
    pending = list(names)
    race(6, lambda: results.append(committed(lake, (name := pending.pop()), 0, made[name], _books(1))))
    assert sorted(result.conflict is None for result in results) == [False] * 5 + [True]
    assert _counts(lake) == (1, 0, 1)
    assert lakes.committed_files(Path(lake.root)) == set(lakes.data_files(Path(lake.root)))


def test_an_unfinished_batch_is_taken_back_whole_and_alone(lake: Lake) -> None:
    _commit(lake, OTHER, document("/a"))
    before = lakes.data_files(Path(lake.root))
    plans.write_plan(lake, plan_of(BATCH), [])
    _parts(lake, BATCH, document("/b"))
    discard(lake, BATCH)
    assert lakes.data_files(Path(lake.root)) == before
    assert plans.unfinished(lake) == [OTHER]  # its result waits for the launcher


def test_a_committed_batch_that_nobody_closed_is_closed_and_keeps_its_files(lake: Lake) -> None:
    result = _commit(lake, BATCH, document("/a"))
    before = lakes.data_files(Path(lake.root))
    assert settle(lake, BATCH) == result
    assert plans.unfinished(lake) == []
    assert lakes.data_files(Path(lake.root)) == before
    assert settle(lake, BATCH) is None


def test_a_batch_of_which_a_committed_file_was_lost_is_brought_to_its_end(lake: Lake) -> None:
    parts = _parts(lake, BATCH, document("/a"))
    plans.write_manifest(lake, Manifest(BATCH, 0, sorted(parts), _books(1, 1)))
    commit_parts(lake, DOCUMENTS, [part for part in parts if part.table == DOCUMENTS.name], BATCH, {})
    (lost,) = (Path(lake.root) / "documents").rglob("*.parquet")
    lost.unlink()  # between two commits of a batch; repair finds that once the batch has ended
    assert settle(lake, BATCH) == Result(BATCH, None, _books(1, 1))
    assert is_committed(lake, BATCH)


def test_a_manifest_that_is_older_than_what_the_log_knows_commits_nothing_twice(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = _parts(lake, BATCH, document("/a"))
    plans.write_manifest(lake, Manifest(BATCH, 0, sorted(parts), _books(1, 1)))
    monkeypatch.setattr(time, "time", lambda: NOW - 30 * 86_400)
    commit_parts(lake, DOCUMENTS, [part for part in parts if part.table == DOCUMENTS.name], BATCH, {})
    monkeypatch.undo()
    _commit(lake, OTHER, document("/b", text="Other words."), version=1)
    os.utime(lake.path("_plans", f"{BATCH}.manifest"), (NOW - 30 * 86_400,) * 2)
    version = open_table(lake, DOCUMENTS).version()
    assert settle(lake, BATCH) == Result(BATCH, None, _books(1, 1))
    assert open_table(lake, DOCUMENTS).version() == version
    assert _counts(lake) == (2, 2, 4)
    assert lakes.leftovers(Path(lake.root)) == [f"_plans/{OTHER}.manifest", f"_plans/{OTHER}.result"]


def test_a_conflict_that_nobody_cleared_away_is_cleared_away(lake: Lake) -> None:
    _commit(lake, OTHER, document("/a"))
    before = lakes.data_files(Path(lake.root))
    _parts(lake, BATCH, document("/b"))
    plans.write_result(lake, Result(BATCH, "another writer was first", _books(1, 1)))  # and then the process died
    assert settle(lake, BATCH) == Result(BATCH, "another writer was first", _books(1, 1))
    assert lakes.data_files(Path(lake.root)) == before
    assert plans.unfinished(lake) == [OTHER]


def test_a_streams_batch_whose_plan_was_taken_back_is_ended_by_who_did_that(lake: Lake) -> None:
    plans.write_plan(lake, plan_of(BATCH), [])
    plans.mark_taken(lake, BATCH)
    assert commit_batch(lake, BATCH, 0, _parts(lake, BATCH, document("/a")), _books(1, 1), in_stream=True) is None
    assert _counts(lake) == (0, 0, 0)
    result = take_back(lake, BATCH)  # finds the manifest that was written meanwhile
    assert result == Result(BATCH, None, _books(1, 1))
    assert is_committed(lake, BATCH)
    assert _counts(lake) == (1, 1, 2)
    assert lakes.leftovers(Path(lake.root)) == []


def test_a_streams_batch_leaves_nothing_of_a_former_attempt(lake: Lake) -> None:
    plans.write_plan(lake, plan_of(BATCH), [])
    _parts(lake, BATCH, document("/a"))  # the window closed too early
    _commit(lake, OTHER, document("/c"))
    parts = _parts(lake, BATCH, document("/a"), document("/b"))
    assert commit_batch(lake, BATCH, 0, parts, _books(2, 1), in_stream=True) == Result(BATCH, None, _books(2, 1))
    assert set(lakes.data_files(Path(lake.root))) == lakes.committed_files(Path(lake.root))


def test_a_batch_that_was_only_planned_is_left_for_the_pipeline(lake: Lake) -> None:
    plan = plan_of(BATCH)
    plans.write_plan(lake, plan, [])
    assert settle(lake, BATCH) is None
    assert plans.read_plan(lake, plan.relative) == plan


def test_a_manifest_comes_back_as_it_was_written(lake: Lake) -> None:
    manifest = Manifest(BATCH, 3, sorted(_parts(lake, BATCH, document("/ü/\u2028"))), _books(1, 1))
    plans.write_manifest(lake, manifest)
    assert plans.read_manifest(lake, BATCH) == manifest
    plans.forget(lake, BATCH)
    assert plans.unfinished(lake) == []

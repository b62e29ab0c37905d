"""What changed between two versions is known from the log alone, through compactions and removed files."""

from pathlib import Path

import pytest
from helpers.hand_lake import HandLake
from helpers.rows import document, input_books

from broadsheet.schemas.errors import LakeError
from broadsheet.schemas.tables import DOCUMENTS, INPUTS
from broadsheet.transforms.lake.protocol.changes import NOTHING, Changes, changes_since, follow, read_keys, read_rows
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, open_table
from broadsheet.transforms.lake.protocol.part_files import write_part


@pytest.fixture
def hand(tmp_path: Path) -> HandLake:
    return HandLake(tmp_path / "lake")


def _uris(hand: HandLake, changes: Changes) -> list[str]:
    return [uri for rows in read_rows(hand.lake, DOCUMENTS, changes.fresh) for uri in rows["uri"].to_pylist()]


def test_only_what_was_added_since_is_fresh(hand: HandLake) -> None:
    hand.add(document("/a"))
    before = hand.version
    hand.add(document("/b"))
    changes = changes_since(hand.lake, DOCUMENTS, before)
    assert _uris(hand, changes) == ["/b"]
    assert changes.scopes == frozenset()
    assert sorted(_uris(hand, changes_since(hand.lake, DOCUMENTS))) == ["/a", "/b"]


def test_a_compaction_of_what_is_known_changes_nothing(hand: HandLake) -> None:
    paths = [hand.add(document("/a")), hand.add(document("/b"))]
    before = hand.version
    hand.compact(*paths)
    changes = changes_since(hand.lake, DOCUMENTS, before)
    assert (changes.fresh, changes.scopes, changes.until) == ([], frozenset(), before + 1)


def test_new_rows_are_found_after_a_compaction_moved_them(hand: HandLake) -> None:
    old = hand.add(document("/a"))
    before = hand.version
    new = hand.add(document("/b"))
    other = hand.add(document("/c", source="other.example"))
    hand.compact(hand.compact(old, new))
    changes = changes_since(hand.lake, DOCUMENTS, before)
    assert sorted(_uris(hand, changes)) == ["/a", "/b", "/c"]
    assert other in {file.path for file in changes.fresh}


def test_a_removed_row_is_found_by_the_keys_that_its_source_still_has(hand: HandLake) -> None:
    path = hand.add(document("/a"), document("/b"))
    hand.add(document("/c", source="other.example"))
    before = hand.version
    hand.replace([path], document("/b"))
    changes = changes_since(hand.lake, DOCUMENTS, before)
    assert changes.scopes == frozenset({"paper.example"})
    keys = [key for rows in read_keys(hand.lake, DOCUMENTS, changes.kept) for key in rows["doc_id"].to_pylist()]
    assert keys == [document("/b").doc_id]


def test_a_source_that_lost_its_last_row_is_named_though_no_file_of_it_is_left(hand: HandLake) -> None:
    path = hand.add(document("/a", source="Café / Nord"))
    before = hand.version
    hand.replace([path])
    changes = changes_since(hand.lake, DOCUMENTS, before)
    assert (changes.scopes, changes.kept, changes.fresh) == (frozenset({"Café / Nord"}), [], [])


def test_where_the_log_has_forgotten_everything_is_compared(hand: HandLake) -> None:
    for name in "abc":
        hand.add(document(f"/{name}"))
    (Path(hand.lake.root) / "documents/_delta_log" / f"{2:020}.json").rename(Path(hand.lake.root) / "gone.json")
    with pytest.raises(LakeError):  # without a checkpoint the table is broken, and no part of it is taken for all
        changes_since(hand.lake, DOCUMENTS, 1)


def test_a_checkpointed_log_that_has_forgotten_commits_is_compared_as_a_whole(hand: HandLake) -> None:
    for name in "abc":
        hand.add(document(f"/{name}"))
    open_table(hand.lake, DOCUMENTS).create_checkpoint()
    (Path(hand.lake.root) / "documents/_delta_log" / f"{2:020}.json").unlink()
    changes = changes_since(hand.lake, DOCUMENTS, 1)
    assert changes.scopes is None
    assert len(changes.fresh) == len(changes.kept) == 3


def test_rows_have_their_partition_values_and_every_column(hand: HandLake) -> None:
    hand.add(document("/a", date=None, source="Café / Nord"))
    (rows,) = read_rows(hand.lake, DOCUMENTS, changes_since(hand.lake, DOCUMENTS).fresh)
    assert rows.schema.equals(DOCUMENTS.schema)
    (row,) = rows.select(["source", "date", "title"]).to_pylist()
    assert row == {"source": "Café / Nord", "date": None, "title": None}


def test_the_time_of_a_commit_is_read_from_the_log(hand: HandLake) -> None:
    part = write_part(hand.lake, INPUTS, "", "0" * 16, 0, [input_books("/a", "0" * 16, documents=1)])
    commit_parts(hand.lake, INPUTS, [part], "0" * 16, {})
    (rows,) = read_rows(hand.lake, INPUTS, changes_since(hand.lake, INPUTS).fresh)
    (moment,) = rows["committed_at"].to_pylist()
    assert moment.tzinfo is not None
    assert moment.year >= 2024


def test_a_version_that_is_not_there_yet_is_refused(hand: HandLake) -> None:
    with pytest.raises(LakeError, match="there is no version 9 yet"):
        changes_since(hand.lake, DOCUMENTS, 9)
    assert changes_since(hand.lake, DOCUMENTS, 0).fresh == []
    assert changes_since(hand.lake, DOCUMENTS, NOTHING).live == []


def test_rows_that_were_added_and_removed_in_between_are_gone() -> None:
    values = {"source": "a", "date": None}
    added = {"add": {"path": "source=a/x.parquet", "partitionValues": values, "dataChange": True}}
    removed = {"remove": {"path": "source=a/x.parquet", "dataChange": True}}
    assert follow([[added], [removed]], "source") == (set(), {"a"})

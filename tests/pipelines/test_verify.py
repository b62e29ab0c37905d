"""Verify names each fault of a lake, and `--repair` takes away what interrupted runs left and nothing else."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from helpers import lakes
from helpers.command import broadsheet, ingest
from helpers.pages import dump, write

from broadsheet.pipelines.maintain import verify as verifying
from broadsheet.schemas.records import PartFile
from broadsheet.schemas.tables import TABLES
from broadsheet.transforms.lake.protocol import plans
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, create_tables, files_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.plans import Manifest

EVERYTHING = """
    select doc_id, uri, record, null, null from documents union all select null, uri, record, kind, reason from rejects order by all
"""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    pages = {f"source=paper.example/{title}.txt": dump(title) for title in ("The Pier", "The Gull")}
    ingest(folder / "lake", write(folder / "pages", {**pages, "empty.txt": ""}))
    return folder / "lake"


@pytest.fixture
def lake(sound: Path, tmp_path: Path) -> Path:
    """A sound lake of its own for each test."""
    return Path(shutil.copytree(sound, tmp_path / "lake"))


def _part(lake: Path) -> Path:
    return next((lake / "documents").rglob("*.parquet"))


def _flip_a_byte(lake: Path) -> None:
    data = bytearray(_part(lake).read_bytes())
    data[100] ^= 1  # in the first column; the footer is at the end
    _part(lake).write_bytes(data)


def _cut_off(lake: Path) -> None:
    _part(lake).write_bytes(_part(lake).read_bytes()[:-9])


def _lose_a_row(lake: Path) -> None:
    pq.write_table(pq.read_table(_part(lake), partitioning=None).slice(1), _part(lake))


def _rewrite_the_books(lake: Path) -> None:
    """Books of one input that lost a record, committed as a writer of another program might."""
    log = sorted((lake / "inputs" / "_delta_log").glob("*.json"))[-1]
    part = next((lake / "inputs").glob("*.parquet"))
    table = pq.read_table(part, partitioning=None)
    index = table.column_names.index("records")
    more = [value + 1 for value in table["records"].to_pylist()]
    pq.write_table(table.set_column(index, table.schema.field(index), [more]), part)
    log.write_text(_with_size(log.read_text(), part.stat().st_size))


def _with_size(text: str, size: int) -> str:
    lines = [json.loads(line) for line in text.splitlines()]
    for action in lines:
        if "add" in action:
            action["add"]["size"] = size
    return "\n".join(json.dumps(action) for action in lines)


def _lose_the_ledger(lake: Path) -> None:
    next((lake / "inputs").glob("*.parquet")).unlink()


def _lose_the_rejects(lake: Path) -> None:
    next((lake / "rejects").rglob("*.parquet")).unlink()


def _gone(lake: Path) -> None:
    _part(lake).unlink()


HARMS = [
    pytest.param(_gone, [], "is missing", id="a file is gone"),
    pytest.param(_cut_off, [], "bytes", id="a file is cut off"),
    pytest.param(_lose_a_row, [], "bytes", id="a row is gone"),
    pytest.param(_flip_a_byte, ["--deep"], "holds other bytes than its name says", id="a bit is flipped"),
    pytest.param(_lose_the_rejects, [], "is missing", id="rejects are gone"),
    pytest.param(_lose_the_ledger, [], "is missing", id="the ledger is gone"),
]


@pytest.mark.parametrize(
    ("harm", "flags", "words"), [*HARMS, pytest.param(_rewrite_the_books, [], "do not add up", id="the books are wrong")]
)
def test_a_harmed_lake_is_named_and_left_as_it_is(
    lake: Path, capsys: pytest.CaptureFixture[str], harm: Callable[[Path], None], flags: list[str], words: str
) -> None:
    harm(lake)
    before = lakes.data_files(lake)
    assert broadsheet("verify", "--lake", lake, *flags) == 1
    said = capsys.readouterr().out
    assert "wrong: " in said
    assert words in said
    assert lakes.data_files(lake) == before


@pytest.mark.parametrize("compacted", [False, True], ids=["as ingested", "after a compaction"])
@pytest.mark.parametrize(("harm", "flags", "words"), HARMS)
def test_what_a_harmed_lake_lost_is_read_again_after_a_repair(
    sound: Path, lake: Path, capsys: pytest.CaptureFixture[str], harm: Callable, flags: list[str], words: str, compacted: bool
) -> None:
    pages = sound.parent / "pages"
    late = "source=paper.example/The Tern.txt"
    write(lake.parent / "more", {late: dump("The Tern")})
    ingest(lake, lake.parent / "more")
    if compacted:
        assert broadsheet("compact", "--lake", lake, "--remove-replaced") == 0
    before = lakes.by_delta(lake, EVERYTHING)
    harm(lake)
    assert broadsheet("verify", "--lake", lake, *flags, "--repair") == 0
    assert words in capsys.readouterr().out
    assert broadsheet("verify", "--lake", lake, "--deep") == 0, "the books agree with what is left"
    ingest(lake, pages, lake.parent / "more")
    assert lakes.by_delta(lake, EVERYTHING) == before
    assert broadsheet("verify", "--lake", lake, "--deep") == 0
    versions = lakes.versions(lake)
    ingest(lake, pages, lake.parent / "more")
    assert lakes.versions(lake) == versions, "nothing is new any more"


def test_a_repair_that_was_interrupted_is_carried_on(
    sound: Path, lake: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lakes.by_delta(lake, EVERYTHING)
    _gone(lake)

    def killed(*_: object) -> None:
        raise OSError("killed")

    monkeypatch.setattr(verifying, "drop_files", killed)
    assert broadsheet("verify", "--lake", lake, "--repair") == 1
    monkeypatch.undo()
    assert broadsheet("verify", "--lake", lake, "--repair") == 0
    ingest(lake, sound.parent / "pages")
    assert lakes.by_delta(lake, EVERYTHING) == before
    assert broadsheet("verify", "--lake", lake, "--deep") == 0


@pytest.mark.parametrize("harm", [_cut_off, _gone], ids=["cut off", "gone"])
def test_a_damaged_file_stops_no_repair_of_a_lake_with_files_that_no_commit_knows(
    sound: Path, lake: Path, harm: Callable[[Path], None]
) -> None:
    before = lakes.by_delta(lake, EVERYTHING)
    for table in ("documents", "inputs"):  # as a repair leaves them that died between writing and its commit
        part = sorted((lake / table).rglob("*.parquet"))[-1]
        shutil.copy(part, part.with_name(f"part-aaaaaaaaaaaa-00000-{part.stem.rpartition('-')[2]}.parquet"))
    harm(lake)
    assert broadsheet("verify", "--lake", lake, "--repair", "--deep") == 0
    ingest(lake, sound.parent / "pages")
    assert lakes.by_delta(lake, EVERYTHING) == before
    assert broadsheet("verify", "--lake", lake, "--deep") == 0


def test_a_damaged_file_is_put_aside(lake: Path) -> None:
    _cut_off(lake)
    bytes_left = _part(lake).read_bytes()
    assert broadsheet("verify", "--lake", lake, "--repair") == 0
    (kept,) = (lake / "_lost" / "documents").rglob("*.parquet")
    assert kept.read_bytes() == bytes_left


def test_the_next_ingest_clears_what_was_never_finished(lake: Path, tmp_path: Path) -> None:
    (lake / "_staging" / "half").write_bytes(b"half a fi")
    ingest(lake, write(tmp_path / "more", {"source=paper.example/late.txt": dump("The Late Heron")}))
    assert lakes.leftovers(lake) == []


@pytest.mark.parametrize(
    ("left", "words"),
    [
        ("documents/source=paper.example/date=2024-05-14/part-000000000000-0-abc.parquet", "known to no commit"),
        ("rejects/kind=dead/part-000000000000-0-abc.parquet", "known to no commit"),
        ("_staging/part-000000000000-0-abc.parquet.123", "was never finished"),
        ("_plans/000000000000.plan", "was begun and not ended"),
        ("_plans/000000000000.selection", "was begun and not ended"),
    ],
    ids=["a document file", "a reject file", "a staged file", "a plan", "a selection without its plan"],
)
def test_what_an_interrupted_run_left_is_named_and_repaired(
    lake: Path, capsys: pytest.CaptureFixture[str], left: str, words: str
) -> None:
    committed = lakes.data_files(lake)
    (lake / left).parent.mkdir(parents=True, exist_ok=True)
    (lake / left).write_bytes(b"half a fi")
    assert broadsheet("verify", "--lake", lake) == 1
    assert words in capsys.readouterr().out
    assert broadsheet("verify", "--lake", lake, "--repair") == 0
    assert "mended: " in capsys.readouterr().out
    assert broadsheet("verify", "--lake", lake, "--deep") == 0
    assert lakes.data_files(lake) == committed
    assert lakes.leftovers(lake) == []


@pytest.mark.parametrize("command", ["verify", "ingest"])
@pytest.mark.parametrize(
    ("committed", "lost"),
    [(lakes.TABLES[:done], lost) for done in range(3) for lost in lakes.TABLES[done:]],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} committed",
)
def test_a_batch_of_which_a_file_is_lost_before_its_commit_is_given_up_and_read_again(
    sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], lost: str, committed: tuple[str, ...], command: str
) -> None:
    lake, pages = tmp_path / "lake", sound.parent / "pages"
    expected = lakes.by_delta(sound, EVERYTHING)
    gone = _interrupt(sound, lake, committed, lost)
    if command == "verify":
        assert broadsheet("verify", "--lake", lake, "--repair") == 0
        said = capsys.readouterr().out
        assert f"{gone} was lost before it was committed" in said
        assert "inputs are new again: ingest them" in said
        assert broadsheet("verify", "--lake", lake, "--deep") == 0
        assert lakes.leftovers(lake) == []
    ingest(lake, pages)
    assert broadsheet("verify", "--lake", lake, "--repair") == 0
    assert lakes.by_delta(lake, EVERYTHING) == expected
    assert lakes.leftovers(lake) == []
    versions = lakes.versions(lake)
    ingest(lake, pages)
    assert lakes.versions(lake) == versions, "nothing is new any more"


def _interrupt(sound: Path, lake: Path, committed: tuple[str, ...], lost: str) -> Path:
    """Makes a lake whose one batch was killed after some of its commits, and a part file of which is gone; returns that file."""
    made = Lake.at(str(lake))
    create_tables(made)
    parts = []
    for table in TABLES:
        for row in files_of(open_table(Lake.at(str(sound)), table)).to_pylist():
            relative = f"{table.name}/{row['path']}"
            (lake / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(sound / relative, lake / relative)
            stats = json.dumps({"numRecords": row["num_records"]})
            parts.append(PartFile(table.name, row["path"], row["size_bytes"], row["num_records"], stats))
    names = ("inputs", "records", "documents", "duplicates", "filtered", "dead", "bytes")
    (sums,) = lakes.by_delta(sound, "select count(*), " + ", ".join(f"sum({name})::bigint" for name in names[1:]) + " from inputs")
    batch = lakes.by_delta(sound, "select batch_id from inputs")[0][0]
    plans.write_manifest(made, Manifest(batch, 0, sorted(parts), dict(zip(names, sums, strict=True))))
    for table in TABLES:
        if table.name in committed:
            commit_parts(made, table, [part for part in parts if part.table == table.name], batch, {})
    gone = lake / next(f"{part.table}/{part.path}" for part in sorted(parts) if part.table == lost)
    gone.unlink()
    return gone

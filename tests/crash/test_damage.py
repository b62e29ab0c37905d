"""Every kind of file in a lake, damaged in every way: named, mended, and never a stack trace or a doubled document.

`BROADSHEET_DAMAGE=all` tries every kind with every harm (some 20 minutes of one core); without it each kind has one harm.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import broadsheet
from helpers.rows import document

from broadsheet.pipelines.watch.watch_state import Standing, write_standing
from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.lake.maintenance.compaction import Note
from broadsheet.transforms.lake.protocol import plans
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part
from broadsheet.transforms.lake.protocol.plans import Manifest
from broadsheet.transforms.lake.protocol.sealed import put_json

pytestmark = pytest.mark.slow

_ALL = os.environ.get("BROADSHEET_DAMAGE") == "all"


def _page(title: str, source: str = "paper.example") -> str:
    body = "\n\n".join(
        f"{title}: sentence {number} of a long paragraph about the harbour and its ships, told at length." for number in range(12)
    )
    return f"{title}\n\nBy Ada Tern\n\nMay 14, 2024\n\n{body}\n"


def _write(folder: Path, titles: list[str]) -> None:
    for title in titles:
        path = folder / "source=paper.example" / f"{title}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_page(title))
    (folder / "source=paper.example" / "menu.txt").write_text("Home\nNews\nWeather\n")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with inputs and a lake that has a file of every kind."""
    folder = tmp_path_factory.mktemp("damage")
    lake, first = folder / "lake", folder / "first"
    _write(first, ["The Heron", "The Gull", "The Tern"])
    (folder / "blocked.txt").write_text("blocked.example\n")
    quiet = ("--lake", lake, "--quiet", "--blocklist", folder / "blocked.txt")
    assert broadsheet("ingest", first, "--learn", *quiet) == 0
    _write(folder / "more", ["The Heron", "The Auk"])  # one is there already, under another uri
    write_standing(Lake.at(str(lake)), Standing(["/pages"], 5.0))
    for name in ("manifest", "compaction"):  # under way: a batch that did not begin to commit, a compaction likewise
        made = Lake.at(str(lake))
        if name == "manifest":
            plans.write_manifest(made, Manifest("e" * 32, 0, [], {"inputs": 0}))
        else:
            note = Note("f" * 32, "documents", [], [])
            put_json(made, note.relative, note._asdict())
    return folder


_KINDS = {
    "a part file of documents": "documents/source=*/date=*/*.parquet",
    "a part file of rejects": "rejects/kind=*/*.parquet",
    "a part file of inputs": "inputs/*.parquet",
    "the last entry of documents": "documents/_delta_log/*.json",
    "the last entry of inputs": "inputs/_delta_log/*.json",
    "identifiers": "_identifiers/*",
    "leaders": "_leaders/*",
    "templates": "_templates/*.parquet",
    "a blocklist": "_blocklists/*",
    "a run": "_runs/*",
    "a watch": "_watch/*",
    "a manifest": "_plans/*.manifest",
    "a note": "_plans/*.compaction",
}


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


_HARMS: dict[str, Callable[[Path], None]] = {
    "flipped": _flip,
    "cut": _cut,
    "empty": _empty,
    "zeroed": _zero,
    "missing": Path.unlink,
}
_SILENT = ("a run", "a watch", "a manifest", "a note", "identifiers", "leaders", "templates", "a blocklist")
"""What is not missed by its name: it is rebuilt, or was only said once."""


_READERS = (
    ["query", "select count(*) from runs"],
    ["query", "select sum(length(text)) from documents"],
    ["report"],
    ["status"],
)


def _cases() -> Iterator[tuple[str, str]]:
    for index, kind in enumerate(_KINDS):
        for number, harm in enumerate(_HARMS):
            if _ALL or number == index % len(_HARMS):
                yield kind, harm


def _counts(lake: Path) -> list[tuple]:
    return lakes.by_delta(
        lake,
        "select (select count(*) from documents), (select count(distinct doc_id) from documents), (select count(*) from rejects)",
    )


@pytest.mark.parametrize(("kind", "harm"), list(_cases()))
def test_damage_is_named_and_mended(world: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str, harm: str) -> None:
    lake = tmp_path / "lake"
    shutil.copytree(world / "lake", lake)
    path = max(lake.glob(_KINDS[kind]))
    _HARMS[harm](path)
    capfd.readouterr()

    assert broadsheet("verify", "--lake", lake, "--deep") == 1  # the batch that is under way, at least
    said = capfd.readouterr().out
    if not kind.startswith("the last entry") and not (harm == "missing" and kind in _SILENT):
        assert path.name in said or path.stem in said, said
    for command in _READERS:
        code = broadsheet(*command, "--lake", lake)
        assert code in (0, 1), command
    more = ["ingest", world / "more", world / "first", "--lake", lake, "--quiet", "--blocklist", world / "blocked.txt"]
    assert broadsheet(*more) in (0, 1)

    assert broadsheet("verify", "--lake", lake, "--repair", "--deep") == 0, capfd.readouterr().out
    assert broadsheet(*more) == 0, capfd.readouterr().err
    assert broadsheet("verify", "--lake", lake, "--deep") == 0, capfd.readouterr().out
    assert _counts(lake) == [(4, 4, 2)]
    assert "Traceback" not in capfd.readouterr().err


def test_doubled_documents_are_named_and_all_but_one_copy_is_removed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _write(tmp_path / "pages", ["The Heron", "The Gull"])
    lake = tmp_path / "lake"
    assert broadsheet("ingest", tmp_path / "pages", "--lake", lake, "--quiet") == 0
    made = Lake.at(str(lake))
    ((text, source),) = lakes.by_delta(lake, "select text, source from documents where title = 'The Gull'")
    ((doc_id,),) = lakes.by_delta(lake, "select doc_id from documents where title = 'The Gull'")
    row = document("/elsewhere/copy.txt", text=text, source=source)._replace(doc_id=doc_id)
    folder = partition_path({"source": source, "date": "2024-05-14"})
    commit_parts(
        made, DOCUMENTS, [write_part(made, DOCUMENTS, folder, "c" * 32, 0, [row, document("/elsewhere/own.txt")])], "c" * 32, {}
    )
    capfd.readouterr()
    assert broadsheet("verify", "--lake", lake) == 1
    assert "are in the lake more than once" in capfd.readouterr().out
    assert broadsheet("verify", "--lake", lake, "--repair") == 0
    assert "one copy of each is left" in capfd.readouterr().out
    assert lakes.by_delta(lake, "select count(*), count(distinct doc_id) from documents") == [(3, 3)]
    assert broadsheet("verify", "--lake", lake, "--deep") == 0

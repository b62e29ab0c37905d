"""Compact, vacuum and repair killed at any of their steps, then the same command again: as if nothing had been.

Half of `BROADSHEET_KILLS` points per command, spread evenly over all of its steps (helpers.killing). The result is
compared, file by file and byte by byte, with a lake whose command was never disturbed; readers must see every row once at any time.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers import lakes
from helpers.command import ROOT, broadsheet
from helpers.rows import document, input_books, reject

from broadsheet.schemas.partitions import partition_path
from broadsheet.schemas.tables import DOCUMENTS, INPUTS, REJECTS
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, create_tables
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import write_part

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("BROADSHEET_KILLS", "6")) // 2
BATCHES, PARTITIONS = 5, 6
ROWS = [(BATCHES * PARTITIONS,) * 2]
COUNTS = "select count(*), count(distinct doc_id) from {}"


def _make(root: Path) -> None:
    lake = Lake.at(str(root))
    create_tables(lake)
    for number in range(BATCHES):
        batch, parts, books = f"{number:016x}", [], []
        for partition in range(PARTITIONS):
            row = document(f"/{number}/{partition}", source=f"paper-{partition}.example")
            parts.append(write_part(lake, DOCUMENTS, partition_path({"source": row.source, "date": "2024-05-14"}), batch, 0, [row]))
            books.append(input_books(row.uri, batch, documents=1))
        refused = reject(f"/{number}/dead")
        commit_parts(lake, DOCUMENTS, parts, batch, {})
        commit_parts(lake, REJECTS, [write_part(lake, REJECTS, "kind=dead", batch, 0, [refused])], batch, {})
        books.append(input_books(refused.uri, batch, dead=1))
        commit_parts(lake, INPUTS, [write_part(lake, INPUTS, "", batch, 0, books)], batch, {})


def _litter(root: Path) -> None:
    """Adds what vacuum removes."""
    for name in ("documents/source=paper-1.example/date=2024-05-14/part-aaaaaaaaaaaa-00000-0.parquet", "_staging/half"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"half a fi")


def _lose(root: Path) -> None:
    """Takes a file away, and cuts another off."""
    first, second, *_ = sorted((root / "documents").rglob("*.parquet"))
    first.unlink()
    second.write_bytes(second.read_bytes()[:-9])


class Case(NamedTuple):
    """A command, and what is done to the lake before."""

    command: tuple[str, ...]
    prepare: Callable[[Path], None]


CASES = {
    "compact": Case(("compact", "--target-mb", "0.1"), lambda _root: None),  # one partition's files per commit
    "compact-and-remove": Case(("compact", "--target-mb", "0.1", "--remove-replaced"), lambda _root: None),
    "vacuum": Case(("vacuum", "--retention-days", "0"), _litter),
    "repair": Case(("verify", "--repair"), _lose),
}


class Reference(NamedTuple):
    """A lake before a command, after it, and how many steps that took."""

    before: Path
    after: Path
    steps: int


@pytest.fixture(scope="module")
def references(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reference]:
    folder = tmp_path_factory.mktemp("references")
    made = {}
    for name, case in CASES.items():
        _make(folder / name)
        case.prepare(folder / name)
        after = Path(shutil.copytree(folder / name, folder / f"{name}-after"))
        made[name] = Reference(folder / name, after, int(_run(0, case, after)[1].split()[-1]))
    return made


def _run(fatal: int, case: Case, lake: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "helpers.killing", str(fatal), *case.command, "--lake", str(lake)]
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False, timeout=300)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize("point", range(KILLS))
@pytest.mark.parametrize("name", CASES)
def test_a_killed_command_goes_on_as_if_nothing_had_been(
    references: dict[str, Reference], tmp_path: Path, name: str, point: int
) -> None:
    case, reference = CASES[name], references[name]
    lake = Path(shutil.copytree(reference.before, tmp_path / "lake"))
    fatal = 1 + round(point * (reference.steps - 1) / max(1, KILLS - 1))
    assert _run(fatal, case, lake)[0] == -9
    if name != "repair":
        assert lakes.by_delta(lake, COUNTS.format("documents")) == ROWS, "readers see every row once, killed or not"

    assert _run(0, case, lake)[0] == 0
    assert lakes.data_files(lake) == lakes.data_files(reference.after)
    assert lakes.committed_files(lake) == lakes.committed_files(reference.after)
    assert lakes.leftovers(lake) == lakes.leftovers(reference.after)
    assert broadsheet("verify", "--lake", lake, "--deep") == 0
    if name not in ("repair", "compact"):  # a glob counts what compact keeps
        assert lakes.by_glob(lake, "documents", COUNTS.format("rows")) == ROWS
    print(f"{name} killed at step {fatal} of {reference.steps}")

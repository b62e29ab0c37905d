"""The commands whose power is cut, each with the world that it begins with: a lake, and a warehouse of `load` beside it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow.parquet as pq

from broadsheet.pipelines.cli.main import main
from helpers.chaos_cases import make_pages

_PAGES = 6
_SHORT = ("--limit", "record-mb=0.0018")
"""Makes dead letters of about half of the pages."""

_QUIET = ("--batch-mb", "9", "--quiet")
_TABLES = ("--table", "documents", "--table", "inputs")

_OLD_S = 40 * 24 * 3600
"""Older than what Delta keeps of its log."""


class PowerCase(NamedTuple):
    """A command under test."""

    command: tuple[str, ...]
    """`INPUTS` and `WORLD` are the folders; `--lake` is added."""
    prepare: Callable[[Path, Path], None] = lambda _world, _inputs: None
    """Makes the world that it begins with, and its inputs."""
    extra: Callable[[Path], object] = lambda _world: None
    """What must be the same in the end, beside the rows of the lake."""


def _run(*arguments: object) -> None:
    code = main([str(argument) for argument in arguments])
    if code:
        raise AssertionError(f"{arguments[0]} ended with {code}")


def _nights(world: Path, inputs: Path, nights: range, *more: str) -> None:
    for night in nights:
        make_pages(inputs / f"night-{night}", night, _PAGES)
        _run("ingest", inputs / f"night-{night}", "--lake", world / "lake", *_QUIET, *more)


def _new(_world: Path, inputs: Path) -> None:
    make_pages(inputs / "night-0", 0, _PAGES)


def _second(world: Path, inputs: Path) -> None:
    _nights(world, inputs, range(1))
    make_pages(inputs / "night-1", 1, _PAGES)


def _three(world: Path, inputs: Path) -> None:
    _nights(world, inputs, range(3))


def _dead_letters(world: Path, inputs: Path) -> None:
    _nights(world, inputs, range(2), *_SHORT)


def _worn(world: Path, inputs: Path) -> None:
    """A lake that vacuum finds work in: replaced files, half a file, one that no commit knows, entries older than Delta keeps."""
    _nights(world, inputs, range(4))
    _run("compact", "--lake", world / "lake")
    _nights(world, inputs, range(4, 7))
    lake = world / "lake"
    (lake / "_staging" / "half").write_bytes(b"half a fi")
    part = min((lake / "documents").rglob("part-*.parquet"))
    shutil.copy(part, part.with_name("part-aaaaaaaaaaaa-00000-0123456789abcdef.parquet"))
    for path in lake.rglob("*"):
        os.utime(path, (time.time() - _OLD_S,) * 2)


def _loaded(world: Path, inputs: Path) -> None:
    """A lake of which a warehouse has the first night."""
    _nights(world, inputs, range(1))
    _run("load", "--lake", world / "lake", "--to", f"duckdb:///{world / 'warehouse.duckdb'}", *_TABLES)
    _nights(world, inputs, range(1, 2))


def _templates(world: Path) -> object:
    """The newest templates."""
    names = sorted(path for path in (world / "lake" / "_templates").glob("*.parquet"))
    return pq.read_table(names[-1]).to_pylist() if names else None


def _warehouse(world: Path) -> object:
    """What the warehouse holds."""
    with duckdb.connect(str(world / "warehouse.duckdb"), read_only=True) as connection:
        return [connection.execute(f"select * from {name} order by all").fetchall().__repr__() for name in ("documents", "inputs")]


CASES: dict[str, PowerCase] = {
    "ingest, a new lake": PowerCase(("ingest", "INPUTS", *_QUIET), _new),
    "ingest, a second night": PowerCase(("ingest", "INPUTS", *_QUIET), _second),
    "watch": PowerCase(("watch", "INPUTS", "--until-idle", "--settle-time", "0s", "--every", "1s", *_QUIET), _second),
    "replay": PowerCase(("replay", *_QUIET), _dead_letters),
    "reprocess": PowerCase(("reprocess", "--where", "source like 'paper%'", *_QUIET, *_SHORT), _three),
    "compact": PowerCase(("compact", "--target-mb", "0.1"), _three),
    "compact --remove-replaced": PowerCase(("compact", "--target-mb", "0.1", "--remove-replaced"), _three),
    "vacuum": PowerCase(("vacuum", "--retention-days", "0"), _worn),
    "learn": PowerCase(("learn", "INPUTS"), _second, _templates),
    "load": PowerCase(("load", "--to", "duckdb:///WORLD/warehouse.duckdb", *_TABLES), _loaded, _warehouse),
}

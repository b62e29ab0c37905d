"""Removes files in the lake that neither a snapshot of the last days nor a run still needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from broadsheet.pipelines.ingest.lake_lock import exclusive
from broadsheet.schemas.tables import TABLES
from broadsheet.transforms.lake.maintenance.orphan_files import end_dead_runs, unfinished_files, unneeded_files
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.delta_log import write_checkpoint
from broadsheet.transforms.lake.protocol.delta_tables import open_table
from broadsheet.transforms.lake.protocol.files import STAGING, Lake


class Vacuumed(NamedTuple):
    """The files that were removed, or would be."""

    files: list[str]
    """Paths in the lake."""
    bytes: int


def vacuum(path: str, retention_s: float, dry_run: bool, say: Callable[[str], None] = lambda _line: None) -> Vacuumed:
    """Removes files that are no longer needed, and writes a checkpoint per table so that opening it does not read its whole log.

    Args:
        path: The lake.
        retention_s: How far back snapshots must stay readable, in seconds; younger files are not touched either.
        dry_run: Whether to remove nothing and only list the files.
        say: Called with a line about each event other than a removal.

    Raises:
        LakeError: The lake does not exist.
    """
    lake = Lake.at(path)
    removed: list[str] = []
    for table in TABLES:
        open_table(lake, table)
    with exclusive(lake, lambda: say("another process is writing to this lake; waiting for it to end")):
        if not dry_run:
            for line in end_dead_runs(lake):
                say(line)
        for table in TABLES:
            removed += [f"{table.name}/{name}" for name in unneeded_files(lake, table, retention_s)]
        removed += [f"{STAGING}/{name}" for name in unfinished_files(lake, retention_s)]
        size = sum(files.size_of(lake, name) or 0 for name in removed)
        if not dry_run:
            files.remove(lake, *removed)
            for table in TABLES:
                write_checkpoint(lake, table, open_table(lake, table), clean=True)
    return Vacuumed(removed, size)

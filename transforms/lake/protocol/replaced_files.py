"""Tells files that commits took out of a table from files that no commit knows."""

from __future__ import annotations

from collections.abc import Iterable

from broadsheet.schemas.tables import Table
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.delta_log import LOG, entry, removed_paths
from broadsheet.transforms.lake.protocol.delta_tables import known_paths, open_table
from broadsheet.transforms.lake.protocol.files import Lake

RECENT = 20
"""Entries of a table's log in which a repair looks for what an interrupted command was to remove: the command was among the
last."""


def left_by_commands(lake: Lake, table: Table) -> list[str]:
    """Returns the files that replay, reprocess or a repair took out of a table and were interrupted before they removed them.

    These commands remove at once what they replace. A compaction leaves its files to vacuum, and changes no rows.
    """
    there = {path.casefold(): path for path in files.listing(lake, table.name) if not path.startswith(f"{LOG}/")}
    left = there.keys() - known_paths(lake, table)
    found: set[str] = set()
    newest = open_table(lake, table).version() if left else -1
    for number in range(newest, max(newest - RECENT, -1), -1):
        try:
            gone = removed_paths(files.get(lake, entry(table, number)), with_rows=True)
        except (FileNotFoundError, ValueError):
            break  # the log does not reach back any further, or this entry is damaged
        found |= left & {path.casefold() for path in gone}
    return sorted(there[path] for path in found)


def without_replaced(lake: Lake, table: Table, paths: Iterable[str]) -> list[str]:
    """Returns those of some paths that no commit has taken out of a table, as far as its log reaches back.

    A checkpoint forgets replaced files after a week, so entries of the log are read if it does not know a path. They are kept for a
    month, and vacuum removes the files before them.
    """
    left = list(paths)
    if not left:
        return []
    handle = open_table(lake, table)
    replaced = handle.vacuum(retention_hours=0, dry_run=True, enforce_retention_duration=False, full=False)
    for number in range(handle.version(), -1, -1):
        known = {path.casefold() for path in replaced}
        left = [path for path in left if path.casefold() not in known]
        if not left:
            break
        try:
            replaced = removed_paths(files.get(lake, entry(table, number)))
        except (FileNotFoundError, ValueError):
            break  # the log does not reach back any further, or this entry is damaged
    return left

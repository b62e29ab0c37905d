"""Load: what changed in the lake since the last load, into a warehouse.

The target keeps the log of its loads, so this may be killed, repeated or run twice at once: what it brings over is always the
newest version, merged by key in one transaction that the log's entry is part of.
"""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.pipelines.load.target import Counts, Loaded, Target, open_target, safe_url
from broadsheet.pipelines.observe.terminal import say
from broadsheet.schemas.errors import ConfigError, LakeError, LoadError
from broadsheet.schemas.tables import TABLES, Table
from broadsheet.transforms.lake.protocol.changes import NOTHING, Changes, changes_since
from broadsheet.transforms.lake.protocol.delta_tables import open_table
from broadsheet.transforms.lake.protocol.files import Lake

_ATTEMPTS = 5
"""How often changes are looked up again because a compaction removed their files; each attempt needs one more compaction to
fail."""


def run_load(lake_path: str, url: str, since: int | None, names: Sequence[str]) -> int:
    """Loads tables and prints what changed in each.

    Args:
        lake_path: The lake.
        url: The target.
        since: The version to go on from, over what the target's log says; `None` for the log's.
        names: The tables.

    Raises:
        ConfigError: The URL names no target, or `since` would leave commits out.
        LakeError: There is no lake.
        LoadError: A table cannot be loaded; those before it are.
    """
    lake = Lake.at(lake_path)
    chosen = [table for table in TABLES if table.name in names]
    for table in chosen:
        open_table(lake, table)  # no lake, no target made
    with open_target(url) as target:
        for table in chosen:
            say(load_table(lake, table, target, since, safe_url(url)))
    return 0


def load_table(lake: Lake, table: Table, target: Target, since: int | None, where: str) -> str:
    """Loads one table; returns a sentence about it."""
    for _ in range(_ATTEMPTS):
        planned = target.last(table)
        _check_same_lake(planned, str(open_table(lake, table).metadata().id), table, where)
        changes = changes_since(lake, table, _start(planned, since, table))
        if since is None and planned is not None and planned.version == changes.until:
            return f"{table.name}: version {changes.until} is loaded already, nothing changed"
        try:
            counts = target.apply(lake, table, changes, planned)
        except FileNotFoundError:
            continue  # a compaction replaced a file after we had looked: look again
        return _sentence(table, changes, counts)
    raise LakeError(f"{lake.path(table.name)}: files went away during each of {_ATTEMPTS} attempts; load while nothing compacts")


def _start(planned: Loaded | None, since: int | None, table: Table) -> int:
    if since is None:
        return planned.version if planned else NOTHING
    if planned is not None and since > planned.version:
        raise ConfigError(
            f"--since {since}: the target has {table.name} up to version {planned.version}, so the commits after it would never be "
            "loaded; leave --since out to go on from there"
        )
    return since


def _check_same_lake(planned: Loaded | None, table_id: str, table: Table, where: str) -> None:
    if planned is not None and planned.table_id != table_id:
        raise LoadError(
            f"{where} holds {table.name} of another lake (Delta table {planned.table_id}, not {table_id}): load each lake into a "
            "schema or database of its own"
        )


def _sentence(table: Table, changes: Changes, counts: Counts | None) -> str:
    if counts is None:
        return f"{table.name}: another load has brought version {changes.until} or a newer one meanwhile, nothing changed"
    start = f"version {changes.since + 1} to {changes.until}" if changes.since < changes.until else f"version {changes.until} again"
    return f"{table.name}: {start}: {counts.inserted:,} rows inserted, {counts.updated:,} updated, {counts.deleted:,} deleted"

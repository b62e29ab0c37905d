"""What lies in a lake and nobody needs: replaced files, files that no commit knows, half-written ones, what dead runs planned.

A run writes down what it is going to do before it writes a file, and forgets that after its commit. So files are listed first, then
plans and notes are read, then the newest snapshot: whatever was under way at any of these moments is seen by one of them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

from broadsheet.schemas.tables import DOCUMENTS, REJECTS, Table
from broadsheet.transforms.lake.maintenance import compaction
from broadsheet.transforms.lake.protocol import batches, files, plans
from broadsheet.transforms.lake.protocol.delta_log import LOG
from broadsheet.transforms.lake.protocol.delta_tables import known_paths, open_table
from broadsheet.transforms.lake.protocol.files import STAGING, Lake
from broadsheet.transforms.lake.protocol.owners import has_ended
from broadsheet.transforms.lake.protocol.replaced_files import without_replaced

DEAD_AFTER_S = 24 * 3600
"""Without a lock only its own machine knows whether a run is alive; this long after its plan was written it is taken for dead."""


def unneeded_files(lake: Lake, table: Table, retention_s: float) -> list[str]:
    """Returns a table's files that no snapshot since then needs, that are older than that, and that no run has written.

    Args:
        lake: Where.
        table: Which table.
        retention_s: How far back snapshots must stay readable, in seconds; rounded up to hours.
    """
    pinned = _pinned_versions(lake, table)
    candidates = open_table(lake, table).vacuum(
        retention_hours=math.ceil(retention_s / 3600),
        dry_run=True,
        enforce_retention_duration=False,
        full=True,
        keep_versions=pinned or None,
    )
    return _unclaimed(lake, table, candidates)


def unknown_files(lake: Lake, table: Table) -> list[str]:
    """Returns a table's files that no snapshot knows and no run has written: neither the newest nor an earlier one."""
    candidates = [path for path in files.listing(lake, table.name) if not path.startswith(f"{LOG}/")]
    return without_replaced(lake, table, _unclaimed(lake, table, candidates))


def _unclaimed(lake: Lake, table: Table, candidates: list[str]) -> list[str]:
    if not candidates:
        return []
    prefixes = tuple(f"part-{name[:12]}-" for name in (*plans.unfinished(lake), *compaction.damaged_notes(lake)))
    noted = {path for note in compaction.notes(lake) for path in (*note.replaced, *(part.path for part in note.parts))}
    known = known_paths(lake, table)
    return sorted(
        path
        for path in candidates
        if path.casefold() not in known and path not in noted and not path.rpartition("/")[2].startswith(prefixes or "/")
    )


def _pinned_versions(lake: Lake, table: Table) -> list[int]:
    """Returns the versions that batches under way look their duplicates up in."""
    if table not in (DOCUMENTS, REJECTS):
        return []
    return sorted({plan.version_of(table) for plan in plans.planned(lake)})


def unfinished_files(lake: Lake, age_s: float) -> list[str]:
    """Returns the staged files that were begun so long ago and never finished."""
    limit = time.time() - age_s
    return [name for name, changed in files.modified(lake, STAGING) if changed <= limit]


def clear_staging(lake: Lake) -> list[str]:
    """Removes what was never finished, as far as nobody can be at it, and returns the names.

    Needs the lake's lock. A file that is put without it, say by a watch that records its state, is put again.
    """
    names = unfinished_files(lake, 0 if _is_locked(lake) else DEAD_AFTER_S)
    files.remove(lake, *(f"{STAGING}/{name}" for name in names))
    return names


def end_dead_runs(lake: Lake, keep: bool = False) -> Iterator[str]:
    """Ends what dead runs have left, as far as it is known that they are dead; yields what was done.

    Needs the lake's lock: under it nobody else is alive. Without a lock, batches and compactions younger than a day are left,
    except those of processes of this machine that have ended.

    Args:
        lake: Where.
        keep: Whether to move part files that were not committed to `_lost` instead of removing them.
    """
    dead = dead_runs(lake)
    for batch_id, result in batches.end_all(lake, sorted(dead & set(plans.unfinished(lake))), keep):
        if result is None:
            yield f"batch {batch_id} taken back; its inputs are new again"
        else:
            yield f"batch {batch_id} " + (f"given up: {result.conflict}" if result.conflict else "committed")
    for identifier in compaction.end_damaged(lake, dead):
        yield f"compaction {identifier}, whose note is damaged, ended"
    for note, is_over in compaction.end_all(lake, dead):
        if is_over:
            yield f"compaction {note.identifier} of {note.table} ended"


def dead_runs(lake: Lake) -> set[str]:
    """Returns the identifiers of batches and compactions that no process runs any more, as far as that is known; under the lock.

    Without a lock, a batch is dead if its process is. If that ran on another machine, the batch is dead after `DEAD_AFTER_S`.
    """
    ages: dict[str, float] = {}
    for name, changed in files.modified(lake, plans.PLANS):
        identifier = name.rpartition(".")[0]
        ages[identifier] = max(changed, ages.get(identifier, 0.0))
    if _is_locked(lake):
        return set(ages)
    owners = {note.identifier: note.owner for note in compaction.notes(lake)} if ages else {}
    dead, limit = set(), time.time() - DEAD_AFTER_S
    for identifier, changed in ages.items():
        ended = has_ended(owners.get(identifier) or plans.read_owner(lake, identifier))
        if ended or (ended is None and changed <= limit):
            dead.add(identifier)
    return dead


def _is_locked(lake: Lake) -> bool:
    """Whether the lake is of a kind that has a lock, which the caller then holds."""
    return lake.is_local

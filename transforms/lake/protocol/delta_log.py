"""Keeps the Delta logs through a loss of power: delta-rs flushes nothing that it writes.

An entry of the log may be built upon, and what it replaces may be removed, once its bytes and its name are on the disk. So
`flush_entry` comes after every commit. A checkpoint replaces the entries before it; they are removed after the checkpoint is on
the disk, and never by delta-rs itself, which would do both at once in the hook of a commit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from deltalake import DeltaTable, PostCommitHookProperties
from deltalake.exceptions import DeltaError

from broadsheet.schemas.tables import Table
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.files import Lake

LOG = "_delta_log"

NO_HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
"""Keeps delta-rs from writing checkpoints and removing old entries after a commit, which it does without a flush between."""

CHECKPOINT_COMMITS = 10
"""Commits between two checkpoints of the log, from which a table opens; a large load does not come to delta-rs' own 100. With
105,000 files in 35 commits and no checkpoint a table takes 0.54 s of CPU to open and 0.07 s to say whether it holds a batch, with
one 0.26 s and 0.003 s; to write it takes 0.35 s."""


DIGEST_KEY = "broadsheet.digest"
"""The part of a commit that sums up its actions."""


def entry(table: Table, version: int) -> str:
    """Returns where a version's entry lies in the lake."""
    return f"{table.name}/{LOG}/{version:020d}.json"


def removed_paths(data: bytes, with_rows: bool = False) -> list[str]:
    """Returns the paths of the files that an entry takes out of its table, as they are on disk.

    Args:
        data: The entry.
        with_rows: Only files whose rows leave the table or change; a compaction moves rows and changes none.

    Raises:
        ValueError: It is not valid JSON.
    """
    actions = (json.loads(line)["remove"] for line in data.splitlines() if line.startswith(b'{"remove"'))
    return [unquote(action["path"]) for action in actions if action.get("dataChange", True) or not with_rows]


def flush_entry(lake: Lake, table: Table, version: int) -> None:
    """Makes a table's version survive a loss of power.

    The entry before it is flushed too: its writer may have been killed before its flush.

    Raises:
        OSError: The disk did not keep it.
    """
    files.flush(lake, *(entry(table, number) for number in (version - 1, version) if number >= 0))


def after_commit(lake: Lake, table: Table, handle: DeltaTable) -> None:
    """Makes a commit survive a loss of power; after every tenth a checkpoint is written.

    Args:
        lake: Where.
        table: Which table.
        handle: The table at the version before the commit: delta-rs does not move it on.

    Raises:
        OSError: The disk did not keep the commit.
    """
    version = handle.version() + 1
    flush_entry(lake, table, version)
    if (version + 1) % CHECKPOINT_COMMITS == 0:
        try:
            handle.update_incremental()
            write_checkpoint(lake, table, handle)
        except (DeltaError, OSError):
            return  # the commit is there, and the next checkpoint holds it too


def write_checkpoint(lake: Lake, table: Table, handle: DeltaTable, clean: bool = False) -> None:
    """Writes the state of a table's newest version down, so that to open it does not take reading its whole log.

    Args:
        lake: Where.
        table: Which table.
        handle: The table, at its newest version.
        clean: Whether to remove the entries that are older than the log's own retention (30 days) and lie before the checkpoint.

    Raises:
        DeltaError: The log cannot be read or written.
        OSError: The disk did not keep the checkpoint; nothing was removed.
    """
    handle.create_checkpoint()
    folder = f"{table.name}/{LOG}"
    files.flush(lake, f"{folder}/{handle.version():020d}.checkpoint.parquet", f"{folder}/_last_checkpoint")
    if clean:
        files.flush(lake)
        handle.cleanup_metadata()
        files.flush(lake, f"{folder}/_last_checkpoint")


def digest_of(actions: Iterable[Mapping[str, Any]]) -> str:
    """Returns what a commit's actions come to, in any order: the files it adds and removes, and all that is said of them.

    Args:
        actions: As the log has them, but with paths as they are on disk: `{"add": {…}}`, `{"remove": {…}}`; others are passed over.
    """
    said = []
    for action in actions:
        for kind, fields in (("add", ("size", "dataChange", "stats")), ("remove", ("size", "dataChange"))):
            if kind in action:
                found = action[kind]
                values = sorted((found.get("partitionValues") or {}).items())
                said.append(json.dumps([kind, found["path"], values, *(found.get(name) for name in fields)]))
    return hashlib.blake2b("\n".join(sorted(said)).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()

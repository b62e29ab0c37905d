"""Finds and mends damaged entries and checkpoints of the Delta logs.

    _delta_log/N.json                  what the commit N added and removed: JSON, one action per line
    _delta_log/N.checkpoint.parquet    the state after the commit N: it replaces the entries up to N
    _delta_log/_last_checkpoint        which checkpoint is the newest: a hint

A loss of power may leave the last entry empty, and delta-rs reads an empty entry as a commit of nothing. A damaged entry is moved
to `_lost`, and one that says nothing takes its place, so that no version number is given twice. What the entry said comes back from
the manifest of its batch or from the part files that then belong to no commit (`broadsheet.transforms.lake.maintenance.restore`).
"""

from __future__ import annotations

import io
import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.schemas.tables import TABLES, Table
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.delta_log import DIGEST_KEY, LOG, digest_of, entry
from broadsheet.transforms.lake.protocol.delta_tables import create_table
from broadsheet.transforms.lake.protocol.files import Lake

_OURS = "broadsheet."
_HINT = "_last_checkpoint"


class LogFault(NamedTuple):
    """A file of a log that is not what it was."""

    relative: str
    """Its path in the lake."""
    message: str
    is_missing: bool = False


def check_entry(data: bytes) -> str | None:
    """Returns what is wrong with the bytes of a log's entry, `None` if nothing is."""
    if not data.strip():
        return "is empty"
    try:
        actions = [json.loads(line) for line in data.splitlines() if line.strip()]
    except ValueError:
        return "is not valid JSON"
    if not all(isinstance(action, dict) and action for action in actions):
        return "holds something else than actions"
    about = next((action["commitInfo"] for action in actions if "commitInfo" in action), None)
    if not isinstance(about, dict):
        return "does not say what it is"
    if any(key.startswith(_OURS) for key in about) and not any("txn" in action for action in actions) and not _is_stand_in(about):
        return "ends early"
    try:
        if DIGEST_KEY in about and about[DIGEST_KEY] != digest_of(map(_decoded, actions)):
            return "holds other actions than were committed"
    except (KeyError, TypeError, AttributeError):
        return "holds something else than actions"
    return None


def _decoded(action: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an action of the log with its path as it is on disk: the log has it as part of a URL."""
    return {kind: {**said, "path": unquote(said["path"])} for kind, said in action.items() if kind in ("add", "remove")}


def log_faults(lake: Lake, table: Table, deep: bool = False) -> list[LogFault]:
    """Returns what is wrong with a table's log; nothing if it has none.

    Args:
        lake: Where.
        table: Which table.
        deep: Also look at what no reader of the newest version reads: older entries and checkpoints.
    """
    folder = f"{table.name}/{LOG}"
    names = [name for name in files.listing(lake, folder) if "/" not in name]
    versions = {int(name[:20]) for name in names if name[20:] == ".json" and name[:20].isdigit()}
    checkpoints = sorted((int(name[:20]), name) for name in names if name.endswith(".checkpoint.parquet") and name[:20].isdigit())
    if not versions and not checkpoints:
        return []
    faults, start = [], -1
    for version, name in reversed(checkpoints):
        wrong = _check_checkpoint(files.get(lake, f"{folder}/{name}")) if deep or start < 0 else None
        if wrong:
            faults.append(LogFault(f"{folder}/{name}", wrong))
        elif start < 0:
            start = version
    damaged = {fault.relative for fault in faults}
    sound = {version for version, name in checkpoints if f"{folder}/{name}" not in damaged}
    if _HINT in names and not _is_hint(files.get(lake, f"{folder}/{_HINT}"), sound):
        faults.append(LogFault(f"{folder}/{_HINT}", "does not name a sound checkpoint"))
    last = max(versions, default=start)
    missing = sorted(set(range(start + 1, last + 1)) - versions)
    faults += [LogFault(entry(table, version), "is missing", is_missing=True) for version in missing]
    for version in sorted(versions):
        if deep or version > start:
            wrong = check_entry(files.get(lake, entry(table, version)))
            if wrong:
                faults.append(LogFault(entry(table, version), wrong))
    return faults


def _check_checkpoint(data: bytes) -> str | None:
    try:
        rows = pq.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError, ValueError):
        return "is not a readable checkpoint"
    needed = ("metaData", "protocol")
    if not all(name in rows.column_names and rows.num_rows > rows.column(name).null_count for name in needed):
        return "lacks the table's metadata"
    return None


def _is_hint(data: bytes, checkpoints: set[int]) -> bool:
    try:
        return json.loads(data)["version"] in checkpoints
    except (ValueError, KeyError, TypeError):
        return False


def mend_log(lake: Lake, table: Table) -> Iterator[str]:
    """Makes a table's log readable again, and yields what was done; needs the lake's lock."""
    for fault in log_faults(lake, table):
        kept = None if fault.is_missing else files.set_aside(lake, fault.relative)
        if fault.relative.endswith(".json"):
            version = int(fault.relative.rpartition("/")[2][:20])
            files.put(lake, fault.relative, _stand_in() if version else _first_entry(table))
        yield f"{fault.relative} {fault.message}: " + (f"moved to {kept}" if kept else "an entry that says nothing takes its place")


_STAND_IN = "repair"


def _stand_in() -> bytes:
    """Returns an entry that says nothing."""
    about = {"timestamp": int(time.time() * 1000), "operation": "REPAIR", "operationParameters": {}, f"{_OURS}operation": _STAND_IN}
    return json.dumps({"commitInfo": about}).encode()


def _is_stand_in(about: Mapping[str, Any]) -> bool:
    return about.get("operation") == "REPAIR"


def _first_entry(table: Table) -> bytes:
    """Returns the entry that creates a table."""
    with tempfile.TemporaryDirectory() as folder:
        create_table(Lake(folder), table)
        return (Path(folder) / entry(table, 0)).read_bytes()


def has_log(lake: Lake, table: Table) -> bool:
    """Whether a table has a log, readable or not."""
    return any(name.endswith((".json", ".checkpoint.parquet")) for name in files.listing(lake, f"{table.name}/{LOG}"))


def tables_without_log(lake: Lake) -> list[Table]:
    """Returns the tables that have no log; a new lake lacks some if its creation was interrupted."""
    return [table for table in TABLES if not has_log(lake, table)]

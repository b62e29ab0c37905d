"""What a batch is going to do, written into the lake before it does it.

    LAKE/_plans/<batch_id>.plan       the inputs it reads, and the version of the tables it compares with: written before it starts
    LAKE/_plans/<batch_id>.manifest   the files it commits, to all three tables: written before the first commit
    LAKE/_plans/<batch_id>.result     how it ended and its counts: written after the last commit, for the launcher to read
    LAKE/_plans/<batch_id>.taken      that it is taken back: a stream's batch, which may be alive, is then not committed
    LAKE/_plans/<batch_id>.selection  rows it takes out, if it reads records again (rows_to_replace.py)
    LAKE/_plans/<batch_id>.owner      without a lock, the process that runs it (owners.py)
    LAKE/_plans/<id>.compaction       files that merged ones are to replace (maintenance/compaction.py)

A crash before the manifest: the same plan is run again, compares with the same versions and so lands on the same file names. A
crash after it: the commits go on from the manifest, without reading a single input again, which may have changed since.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Optional

from broadsheet.schemas.errors import DamagedError
from broadsheet.schemas.records import InputFile, PartFile
from broadsheet.schemas.tables import INPUTS, REJECTS, Table
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.owners import this_process
from broadsheet.transforms.lake.protocol.sealed import get_sealed, put_json, put_sealed, unsealed_json

PLANS = "_plans"

_KINDS = ("plan", "selection", "manifest", "result", "owner", "taken")
"""What may be written down of a batch, in the order in which it is forgotten."""


class Plan(NamedTuple):
    """The header of a plan; its inputs are read as a stream by `read_inputs`."""

    batch_id: str
    documents_version: int
    """Snapshot of `documents` that duplicates are looked up in."""
    rejects_version: int
    rules_version: str
    """The rules it was planned for; by others its files would come out otherwise."""
    read_options: dict[str, Any]
    """The fields of `read.read_records.ReadOptions`: they decide what is in the rows."""
    choices: dict[str, Any]
    """The fields of `versions.RuleOptions`, likewise."""
    limits: dict[str, Any]
    """The fields of `limits.ResourceLimits`, likewise."""
    inputs: int
    """How many inputs it has."""
    bytes: int
    """Their size, as they lie there."""
    again: Optional[str] = None
    """The table of which it takes rows out to read their records again; `None` for a batch of new inputs."""
    window: Optional[str] = None
    """Of a stream's batch the stream and the window (`stream_batches`); `None` for one that has a pipeline of its own."""

    def version_of(self, table: Table) -> int:
        """Returns the version of `documents` or `rejects` in which it looks its duplicates up."""
        return self.rejects_version if table is REJECTS else self.documents_version

    @property
    def relative(self) -> str:
        """Where the plan lies in the lake."""
        return f"{PLANS}/{self.batch_id}.plan"


class Manifest(NamedTuple):
    """All that a batch commits."""

    batch_id: str
    documents_version: int
    parts: list[PartFile]
    books: dict[str, int]
    """Sums over the batch's inputs: inputs, records, documents, duplicates, filtered, dead, bytes."""
    replaced: dict[str, list[str]] = {}
    """For each table the files that leave it because some of their rows do."""


class Result(NamedTuple):
    """How a batch ended."""

    batch_id: str
    conflict: Optional[str]
    """Why nothing was committed: another writer was first; `None` where the batch is in the lake."""
    books: dict[str, int]


def batch_id(inputs: Iterable[InputFile], *rules: str) -> str:
    """Returns the identifier of a batch: a digest of its inputs' fingerprints and of the rules.

    Args:
        inputs: In any order.
        rules: All that decides what becomes of the inputs: the rules' version, the options that change rows.
    """
    digest = hashlib.blake2b(digest_size=16)
    for rule in rules:
        digest.update(f"{rule}\0".encode())
    for item in sorted(inputs):
        digest.update(f"{item.uri}\0{item.fingerprint}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def write_plan(lake: Lake, plan: Plan, inputs: Sequence[InputFile]) -> None:
    """Writes a plan: one line of header, then one line per input, as JSON."""
    lines = [json.dumps(plan._asdict()), *(json.dumps(list(item)) for item in inputs)]
    put_sealed(lake, plan.relative, "\n".join(lines).encode())


def read_plan(lake: Lake, relative: str) -> Plan:
    """Reads a plan's header."""
    return Plan(**json.loads(get_sealed(lake, relative).partition(b"\n")[0]))


def read_inputs(lake: Lake, relative: str) -> list[InputFile]:
    """Reads a plan's inputs."""
    return [InputFile(*json.loads(line)) for line in get_sealed(lake, relative).splitlines()[1:]]


def write_manifest(lake: Lake, manifest: Manifest) -> None:
    """Writes a manifest; from then on the batch will be committed exactly so."""
    put_json(lake, _relative(manifest.batch_id, "manifest"), manifest._asdict())


def read_manifest(lake: Lake, batch_id: str) -> Manifest | None:
    """Reads a batch's manifest, `None` if there is none."""
    fields = _read_json(lake, batch_id, "manifest")
    if fields is None:
        return None
    return Manifest(**{**fields, "parts": [PartFile(*part) for part in fields["parts"]]})


def write_result(lake: Lake, result: Result) -> None:
    """Writes how a batch ended."""
    put_json(lake, _relative(result.batch_id, "result"), result._asdict())


def read_result(lake: Lake, batch_id: str) -> Result | None:
    """Reads how a batch ended, `None` if it has not."""
    fields = _read_json(lake, batch_id, "result")
    return None if fields is None else Result(**fields)


def write_owner(lake: Lake, batch_id: str) -> None:
    """Records that this process runs a batch, for lakes without a lock."""
    owner = this_process()
    if owner and not lake.is_local:
        files.put(lake, _relative(batch_id, "owner"), owner.encode())


def read_owner(lake: Lake, batch_id: str) -> str:
    """Reads which process runs a batch, "" if it is not recorded."""
    return (_read(lake, batch_id, "owner") or b"").decode()


def mark_taken(lake: Lake, batch_id: str) -> None:
    """Writes down that a batch is taken back."""
    files.put(lake, _relative(batch_id, "taken"), b"taken back\n")


def is_old(lake: Lake, batch_id: str) -> bool:
    """Whether a batch's manifest was written a day ago or before: the log may forget the batch before it is carried out."""
    name, limit = f"{batch_id}.manifest", time.time() - 86_400
    return any(changed < limit for found, changed in files.modified(lake, PLANS) if found == name)


def is_wanted(lake: Lake, batch_id: str) -> bool:
    """Whether a batch's plan is there, and nobody is taking it back."""
    plan, taken = (files.size_of(lake, _relative(batch_id, kind)) for kind in ("plan", "taken"))
    return plan is not None and taken is None


def drop_manifest(lake: Lake, batch_id: str) -> None:
    """Removes a batch's manifest: it is not going to be committed."""
    files.remove(lake, _relative(batch_id, "manifest"))


def forget(lake: Lake, batch_id: str) -> None:
    """Removes all files of a batch.

    The plan goes first, because a plan that is left would be run again. The result follows: after a kill in between it is still
    needed. The owner goes last, because it shows that the rest is of a dead run.
    """
    files.remove(lake, *(_relative(batch_id, kind) for kind in _KINDS))


def unfinished(lake: Lake) -> list[str]:
    """Returns the identifiers of the batches that somebody started and nobody closed, in order."""
    names = (name.rpartition(".") for name in files.listing(lake, PLANS))
    return sorted({stem for stem, _, kind in names if kind in _KINDS})


def planned(lake: Lake) -> list[Plan]:
    """Returns the plans of all batches under way that this version can read."""
    found = []
    for name in files.listing(lake, PLANS):
        if name.endswith(".plan"):
            try:
                found.append(read_plan(lake, f"{PLANS}/{name}"))
            except (FileNotFoundError, DamagedError, ValueError, TypeError):
                continue  # it has ended meanwhile, or another version planned it, which plans again before it looks at anything
    return found


def planned_before(lake: Lake, table: Table, version: int) -> list[str]:
    """Returns the batches under way that look their duplicates up in a snapshot of a table older than `version`.

    A plan is in the lake before its snapshot is read: `pin`. The ledger is read before there is a plan.
    """
    if table is INPUTS:
        return []
    return [plan.batch_id for plan in planned(lake) if plan.version_of(table) < version]


def pin(lake: Lake, plan: Plan, inputs: Sequence[InputFile], newest: Callable[[], tuple[int, int]]) -> Plan:
    """Writes a plan so that the files of its snapshots stay until its batch has ended; returns it as it was written.

    A compaction commits first and looks for plans then. So a plan is compared with the newest versions after it was written: if
    they are the plan's, a later compaction sees the plan; if they are newer, the plan is changed to them.

    Args:
        lake: Where.
        plan: What is planned; its versions are set here.
        inputs: The plan's inputs.
        newest: Returns the newest versions of `documents` and of `rejects`.
    """
    versions = newest()
    while True:
        plan = plan._replace(documents_version=versions[0], rejects_version=versions[1])
        write_plan(lake, plan, inputs)
        now = newest()
        if now == versions:
            return plan
        versions = now


def _read(lake: Lake, batch_id: str, kind: str) -> bytes | None:
    """Reads what was written down of a batch, `None` where it was not, or is forgotten."""
    relative = _relative(batch_id, kind)
    try:
        return files.get(lake, relative) if files.size_of(lake, relative) is not None else None
    except FileNotFoundError:
        return None  # forgotten just now


def _read_json(lake: Lake, batch_id: str, kind: str) -> dict[str, Any] | None:
    """Reads what was written down of a batch, `None` if it was not, is forgotten, or is damaged and moved to `_lost` for that.

    A batch without its manifest is run again or taken back, as if it had been interrupted before.
    """
    data = _read(lake, batch_id, kind)
    if data is None:
        return None
    fields = unsealed_json(data)
    if fields is None:
        files.set_aside(lake, _relative(batch_id, kind))
    return fields


def _relative(batch_id: str, kind: str) -> str:
    return f"{PLANS}/{batch_id}.{kind}"

"""Replaces small files by merged ones, so that a kill at any point loses no row and shows none twice to readers of the table.

    _plans/<id>.compaction     what is to be replaced by what: written before the merged files get their names

    note ─ merged files to their places ─ flush ─ one Add-and-Remove commit ─ flush ─ drop the note

The replaced files stay for readers of earlier versions until vacuum removes them. Readers by glob would count their rows twice, so
a compaction can also remove them at once, before it drops the note. A process that holds the lake's lock and finds a note carries
it on: if its commit is there, to the end, else back to the beginning.

A batch that was planned before the commit looks its duplicates up in the files that were there then. Its plan is in the lake
before it looks, and is checked against the newest version after that (`lake.protocol.plans.pin`). So a compaction that removes
files either sees the plan and leaves them until the batch has ended, or the batch sees the compaction.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from broadsheet.schemas.errors import ConflictError, DamagedError
from broadsheet.schemas.records import PartFile
from broadsheet.schemas.tables import BY_NAME, DOCUMENTS, Table
from broadsheet.transforms.lake.index.doc_id_index import write_identifiers
from broadsheet.transforms.lake.maintenance.merge_parts import Group
from broadsheet.transforms.lake.protocol import files, plans
from broadsheet.transforms.lake.protocol.delta_tables import app_id, known_paths, open_table, replace_parts
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.owners import this_process
from broadsheet.transforms.lake.protocol.part_files import check_part
from broadsheet.transforms.lake.protocol.sealed import get_json, put_json

_KIND = "compaction"
_PATIENCE_S = 60
"""How long batches that began before a compaction are waited for. One of the default size takes less than a minute."""


class Note(NamedTuple):
    """What one commit of a compaction replaces by what."""

    identifier: str
    table: str
    parts: list[PartFile]
    replaced: list[str]
    owner: str = ""
    """The process that is at it: `lake.protocol.owners`."""
    keeps_replaced: bool = False
    """Whether the replaced files stay until vacuum removes them."""

    @property
    def relative(self) -> str:
        """Where the note lies in the lake."""
        return f"{plans.PLANS}/{self.identifier}.{_KIND}"


def identifier_of(table: Table, groups: Sequence[Group]) -> str:
    """Returns what names one commit: the files that it replaces. Nobody else gives the same names to merged files."""
    names = sorted(f"{table.name}/{path}" for group in groups for path in group.paths)
    return hashlib.blake2b("\n".join(names).encode(), digest_size=16).hexdigest()


def publish(
    lake: Lake, table: Table, groups: Sequence[Group], merged: Sequence[tuple[PartFile, str]], keep_replaced: bool = True
) -> bool:
    """Replaces files by the merged ones made of them, in one commit.

    Args:
        lake: Where.
        table: Which table.
        groups: What is replaced; those of `inputs` one at a time.
        merged: What was made of each, and the local file that holds it, which is used up.
        keep_replaced: Whether the replaced files stay until vacuum removes them.

    Returns:
        Whether it is over; `False` if a batch that is under way still needs files that are to be removed.

    Raises:
        ConflictError: Another writer replaced one of the files first; nothing has changed.
    """
    replaced = [path for group in groups for path in group.paths]
    parts = [part for part, _ in merged]
    note = Note(identifier_of(table, groups), table.name, parts, replaced, this_process(), keep_replaced)
    put_json(lake, note.relative, note._asdict())
    path_to_ids = {}
    for part, path in merged:
        files.move_in(lake, path, f"{table.name}/{part.path}")
        path_to_ids[part.path] = check_part(lake, table, part, read_keys=table is DOCUMENTS)
    if table is DOCUMENTS:
        write_identifiers(lake, note.identifier, path_to_ids)
    files.flush(lake)
    metadata = {"broadsheet.operation": "compact"}
    stamp = groups[0].committed_at
    try:
        replace_parts(lake, table, note.parts, replaced, note.identifier, metadata, same_rows=True, committed_at=stamp)
    except ConflictError:
        remove_unknown(lake, table, [part.path for part in note.parts])
        files.remove(lake, note.relative)
        raise
    files.flush(lake)
    if not keep_replaced:
        _await_older_batches(lake, table, open_table(lake, table).version())
    return end(lake, note)


def end(lake: Lake, note: Note, is_dead: bool = False) -> bool:
    """Ends a compaction, whatever is left of it; the caller holds the lock if there is one.

    Args:
        lake: Where.
        note: What it was about to do.
        is_dead: Whether it is known that its process is not at it any more; under the lock it never is.

    Returns:
        Whether it is over. `False`: a batch that is under way still needs files that are to be removed, or the compaction itself
        may be under way, if there is no lock.
    """
    table = BY_NAME[note.table]
    handle = open_table(lake, table)
    if handle.transaction_version(app_id(note.identifier)) is None:
        if not (lake.is_local or is_dead):
            return False
        remove_unknown(lake, table, [part.path for part in note.parts])
    elif not note.keeps_replaced:
        if plans.planned_before(lake, table, handle.version()):
            return False
        remove_unknown(lake, table, note.replaced)
    files.remove(lake, note.relative)
    return True


def notes(lake: Lake) -> list[Note]:
    """Returns the compactions that were begun and not ended."""
    found = []
    for name in files.listing(lake, plans.PLANS):
        if name.endswith(f".{_KIND}"):
            try:
                fields = get_json(lake, f"{plans.PLANS}/{name}")
            except (FileNotFoundError, DamagedError):
                continue  # it ended just now, or `damaged_notes` has it
            found.append(Note(**{**fields, "parts": [PartFile(*part) for part in fields["parts"]]}))
    return found


def damaged_notes(lake: Lake) -> list[str]:
    """Returns the identifiers of the compactions whose notes are damaged."""
    found = []
    for name in files.listing(lake, plans.PLANS):
        if name.endswith(f".{_KIND}"):
            try:
                get_json(lake, f"{plans.PLANS}/{name}")
            except DamagedError:
                found.append(name.removesuffix(f".{_KIND}"))
            except FileNotFoundError:
                continue
    return found


def end_damaged(lake: Lake, dead: Container[str]) -> list[str]:
    """Ends those compactions of dead processes whose notes are damaged, and returns their identifiers.

    The merged files are named after the compaction, and the rows of those that no commit knows are in the files that they were to
    replace. What was replaced is left to vacuum.
    """
    ended = [identifier for identifier in damaged_notes(lake) if identifier in dead]
    for identifier in ended:
        beginning = f"part-{identifier[:12]}-"
        for table in BY_NAME.values():
            paths = files.listing(lake, table.name)
            remove_unknown(lake, table, [path for path in paths if path.rpartition("/")[2].startswith(beginning)])
        files.set_aside(lake, f"{plans.PLANS}/{identifier}.{_KIND}")
    return ended


def end_all(lake: Lake, dead: Container[str] = ()) -> Iterator[tuple[Note, bool]]:
    """Ends what compactions have left, those of dead processes at any rate; yields each with whether it is over."""
    for note in notes(lake):
        yield note, end(lake, note, is_dead=note.identifier in dead)


def remove_unknown(lake: Lake, table: Table, paths: Sequence[str]) -> None:
    """Removes files that the table does not hold; one that came back to it stays."""
    known = known_paths(lake, table)
    files.remove(lake, *(f"{table.name}/{path}" for path in paths if path.casefold() not in known))


def _await_older_batches(lake: Lake, table: Table, version: int) -> None:
    """Waits until no batch looks into a snapshot before a version, for some time at most."""
    deadline = time.monotonic() + _PATIENCE_S
    while plans.planned_before(lake, table, version) and time.monotonic() < deadline:
        time.sleep(1)

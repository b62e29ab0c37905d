"""Commits a batch: to documents, then to rejects, then to inputs, which means done.

Every step may be repeated and may be raced by another process with the same batch: each table takes a batch once, and the
manifest says the same to all. Two batches that hold the same document cannot both be committed: the later one is a conflict,
commits nothing and is to be planned again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable

from broadsheet.schemas.errors import ConflictError, CountsError
from broadsheet.schemas.records import PartFile
from broadsheet.schemas.tables import BY_NAME, DOCUMENTS, TABLES, Table
from broadsheet.transforms.lake.index.doc_id_index import drop_identifiers, write_identifiers
from broadsheet.transforms.lake.index.near_duplicate_index import drop_leaders
from broadsheet.transforms.lake.maintenance import compaction
from broadsheet.transforms.lake.protocol import files, plans
from broadsheet.transforms.lake.protocol.delta_tables import (
    app_id,
    commit_parts,
    files_of,
    known_paths,
    open_table,
    replace_parts,
)
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.part_files import check_part
from broadsheet.transforms.lake.protocol.plans import Manifest, Result
from broadsheet.transforms.lake.protocol.read_columns import known_in_files
from broadsheet.transforms.lake.protocol.replaced_files import without_replaced
from broadsheet.transforms.lake.protocol.rows_to_replace import read_selection, take_out


def commit_batch(
    lake: Lake,
    batch_id: str,
    documents_version: int,
    parts: Sequence[PartFile],
    books: dict[str, int],
    again: str | None = None,
    in_stream: bool = False,
) -> Result | None:
    """Commits what a batch made, or goes on where a former attempt was interrupted.

    Args:
        lake: Where.
        batch_id: The batch.
        documents_version: The snapshot its duplicates were looked up in.
        parts: Its part files, of all tables.
        books: Sums of its inputs' books.
        again: The table that its selected rows leave, where it read records again.
        in_stream: Whether somebody who sees no launcher may take it for dead, and its plan back.

    Returns:
        How it ended, as written to the lake for the launcher. A conflict is an end too, not an error. `None` where its plan was
        taken back; who did that ends it.

    Raises:
        CountsError: The counts do not add up; nothing was committed.
        LakeError: A part file is not as the schemas say; nothing was committed.
    """
    accounted = books["documents"] + books["duplicates"] + books["filtered"] + books["dead"]
    rows = sum(part.rows for part in parts if part.table == DOCUMENTS.name)
    selected = read_selection(lake, batch_id) if again else None
    more = rows - (selected.num_rows if selected is not None and again == DOCUMENTS.name else 0)
    if books["records"] != accounted or more != books["documents"]:
        raise CountsError(
            f"batch {batch_id}: {books['records']} records read, {accounted} accounted for, "
            f"{books['documents']} documents, {rows} rows written"
        )
    manifest = plans.read_manifest(lake, batch_id)
    if manifest is None:
        manifest = Manifest(batch_id, documents_version, sorted(parts), books)
        if selected is not None and again:
            if books["records"]:
                return _refuse(lake, manifest, f"{-books['records']:,} of {selected.num_rows:,} records did not come again")
            try:
                rest, replaced = take_out(lake, BY_NAME[again], batch_id, selected)
            except ConflictError as error:
                return _refuse(lake, manifest, str(error))
            manifest = manifest._replace(parts=sorted([*parts, *rest]), replaced={again: replaced})
        path_to_ids = {}
        for part in manifest.parts:
            ids = check_part(lake, BY_NAME[part.table], part, read_keys=part.table == DOCUMENTS.name)
            if ids:
                path_to_ids[part.path] = ids
        if path_to_ids:
            write_identifiers(lake, batch_id, path_to_ids)
        files.flush(lake)
        plans.write_manifest(lake, manifest)
        if in_stream and not plans.is_wanted(lake, batch_id):
            return None
    if in_stream:
        _remove_attempts(lake, manifest)
    return finish(lake, manifest)


def _remove_attempts(lake: Lake, manifest: Manifest) -> None:
    """Removes what a former attempt wrote of a part of the batch's inputs: Flink may close a window before all is there.

    All lies in folders that the whole batch has files in.
    """
    kept = {f"{part.table}/{part.path}" for part in manifest.parts}
    found: list[str] = []
    for folder in sorted({path.rpartition("/")[0] for path in kept}):
        begun = files.named(lake, folder, f"part-{manifest.batch_id[:12]}-")
        found += [path for path in begun if path not in kept]
    files.remove(lake, *found)


def finish(lake: Lake, manifest: Manifest, is_old: bool = False) -> Result:
    """Carries out a manifest, or the rest of it.

    Args:
        lake: Where.
        manifest: What the batch commits.
        is_old: Whether the log may have forgotten the batch: then a table that knows its files has it.
    """
    metadata = {"broadsheet.batch_id": manifest.batch_id, "broadsheet.books": json.dumps(manifest.books)}

    def no_conflict(handle: DeltaTable) -> None:
        _refuse_committed_documents(lake, manifest, handle)

    try:
        for table in TABLES:
            parts = [part for part in manifest.parts if part.table == table.name]
            if is_old and _has_any(lake, table, parts):
                continue
            allowed = no_conflict if table is DOCUMENTS else _anything
            replaced = manifest.replaced.get(table.name)
            if replaced:
                replace_parts(lake, table, parts, replaced, manifest.batch_id, metadata, allowed=allowed, same_rows=False)
            elif parts and not commit_parts(lake, table, parts, manifest.batch_id, metadata, allowed):
                _remove_replaced(lake, table, parts)
    except ConflictError as error:
        return _refuse(lake, manifest, str(error))
    for name, replaced in manifest.replaced.items():
        _remove_taken_out(lake, BY_NAME[name], manifest.batch_id, replaced)
    result = Result(manifest.batch_id, None, manifest.books)
    plans.write_result(lake, result)
    return result


def _has_any(lake: Lake, table: Table, parts: Sequence[PartFile]) -> bool:
    """Whether a table holds or held a file with one of these names, which have the digests of their batch and bytes."""
    held = known_paths(lake, table)
    new = [part.path for part in parts if part.path.casefold() not in held]
    return len(new) < len(parts) or len(without_replaced(lake, table, new)) < len(new)


def _anything(_handle: DeltaTable) -> None:
    """Allows a commit, whatever was committed before it."""


def _refuse(lake: Lake, manifest: Manifest, why: str) -> Result:
    """Ends a batch of which nothing was committed, and removes its files."""
    result = Result(manifest.batch_id, why, manifest.books)
    plans.write_result(lake, result)
    plans.drop_manifest(lake, manifest.batch_id)
    for table in TABLES:
        compaction.remove_unknown(lake, table, [part.path for part in manifest.parts if part.table == table.name])
    drop_identifiers(lake, manifest.batch_id)
    return result


def _remove_taken_out(lake: Lake, table: Table, batch_id: str, replaced: Sequence[str]) -> None:
    """Removes files that rows were taken out of, so that readers by glob do not see those rows for longer than they must.

    Where another batch still looks into a snapshot that holds them, they are left to vacuum.
    """
    if not set(plans.planned_before(lake, table, open_table(lake, table).version())) - {batch_id}:
        compaction.remove_unknown(lake, table, replaced)


def settle(lake: Lake, batch_id: str, keep: bool = False) -> Result | None:
    """Ends an interrupted batch that needs no pipeline for it, and forgets it; `keep` as in `discard`.

    Returns:
        How it ended; `None` where it only was planned: nothing of it is committed, and its plan is still there.
    """
    manifest = plans.read_manifest(lake, batch_id)
    if manifest is None:
        result = plans.read_result(lake, batch_id)
    else:
        lost = _find_lost(lake, manifest)
        result = _give_up(lake, manifest, lost) if lost else finish(lake, manifest, plans.is_old(lake, batch_id))
    if result:
        close(lake, result, keep)
    return result


def close(lake: Lake, result: Result, keep: bool = False) -> None:
    """Forgets a batch that has ended; `keep` as in `discard`."""
    if result.conflict:
        discard(lake, result.batch_id, keep)  # the one who met the conflict may not have come to removing the batch's files
    else:
        plans.forget(lake, result.batch_id)


def take_back(lake: Lake, batch_id: str, keep: bool = False) -> Result | None:
    """Ends a batch that was only planned, so that its inputs are new again; returns how it ended if it was past that.

    A stream's batch may be alive. So it is marked first, and then a manifest is looked for. The process that writes a
    manifest looks for the mark afterwards (`commit_batch`), so one of both sees what the other did. `keep` as in `discard`.
    """
    plans.mark_taken(lake, batch_id)
    result = settle(lake, batch_id, keep)
    if result is None:
        discard(lake, batch_id, keep)
    return result


def _find_lost(lake: Lake, manifest: Manifest) -> PartFile | None:
    """Returns a file that a batch still has to commit, and that is not there any more as it was written."""
    for part in manifest.parts:
        if files.size_of(lake, f"{part.table}/{part.path}") != part.size:
            handle = open_table(lake, BY_NAME[part.table])  # opened after the look: what a compaction removed was committed before
            if handle.transaction_version(app_id(manifest.batch_id)) is None:
                return part
    return None


def _give_up(lake: Lake, manifest: Manifest, lost: PartFile) -> Result:
    """Ends a batch of which a file was lost before its table had it, so that its inputs are new to the ledger.

    What it has committed stays: the next ingest finds it as duplicates, and a repair gives it counts. The batch is marked as done,
    with no file of inputs, so that a new plan for the same inputs gets another name.
    """
    if any(open_table(lake, table).transaction_version(app_id(manifest.batch_id)) is not None for table in TABLES):
        commit_parts(lake, TABLES[-1], [], manifest.batch_id, {"broadsheet.operation": "give up"})
    why = f"{lake.path(lost.table, lost.path)} was lost before it was committed; the batch's inputs are new again: ingest them"
    return Result(manifest.batch_id, why, manifest.books)


def end_all(lake: Lake, dead: Iterable[str], keep: bool = False) -> Iterator[tuple[str, Result | None]]:
    """Ends batches whose runs are dead: what is in a manifest is committed, what was only planned is taken back.

    `keep` as in `discard`.

    Yields:
        Each batch with how it ended; `None` where it was taken back, and its inputs are new again.
    """
    for batch_id in dead:
        yield batch_id, take_back(lake, batch_id, keep)


def is_committed(lake: Lake, batch_id: str) -> bool:
    """Whether the last of a batch's three commits is there."""
    return open_table(lake, TABLES[-1]).transaction_version(app_id(batch_id)) is not None


def _remove_replaced(lake: Lake, table: Table, parts: Sequence[PartFile]) -> None:
    """Removes files of a batch that was committed before, and that have been replaced since.

    Without a lock two runs may have the same batch. The slower one writes the same files again, perhaps after a compaction of those
    of the faster one. What a compaction itself still has to remove is left to it.
    """
    if not compaction.notes(lake):
        compaction.remove_unknown(lake, table, [part.path for part in parts])


def _refuse_committed_documents(lake: Lake, manifest: Manifest, handle: DeltaTable) -> None:
    """Raises ConflictError if others committed our documents after the snapshot in which our duplicates were looked up."""
    ours = [part.path for part in manifest.parts if part.table == DOCUMENTS.name]
    if handle.version() == manifest.documents_version or not ours:
        return
    before = files_of(open_table(lake, DOCUMENTS, manifest.documents_version))
    now = files_of(handle)
    new = now.filter(pc.invert(pc.is_in(now["path"], value_set=before["path"].combine_chunks())))["path"].to_pylist()
    sources = {path.split("/")[0] for path in new}
    touched = [path for path in ours if path.split("/")[0] in sources]
    ids = _doc_ids(lake, touched)
    known = known_in_files(lake, DOCUMENTS, new, "doc_id", ids)
    if known:
        raise ConflictError(f"batch {manifest.batch_id}: another writer committed {len(known)} of its documents first")


def _doc_ids(lake: Lake, paths: Sequence[str]) -> pa.Array:
    columns = []
    for path in paths:
        source = pa.BufferReader(files.get(lake, f"{DOCUMENTS.name}/{path}"))
        columns.extend(pq.read_table(source, columns=["doc_id"]).column(0).chunks)
    return pa.chunked_array(columns, pa.string()).combine_chunks()


def discard(lake: Lake, batch_id: str, keep: bool = False) -> None:
    """Removes what an uncommitted batch left behind: its part files, its leaders, its identifiers and its plan.

    Args:
        lake: Where.
        batch_id: The batch.
        keep: Whether to move the part files to `_lost` instead: the inputs may be gone.
    """
    for table in TABLES:
        committed = set(files_of(open_table(lake, table))["path"].to_pylist())
        begun = [path for path in files.listing(lake, table.name) if path.rpartition("/")[2].startswith(f"part-{batch_id[:12]}-")]
        left = [f"{table.name}/{path}" for path in begun if path not in committed]
        if keep:
            for path in left:
                files.set_aside(lake, path)
        else:
            files.remove(lake, *left)
    drop_leaders(lake, batch_id)
    drop_identifiers(lake, batch_id)
    plans.forget(lake, batch_id)

"""Reads single columns of part files, and makes one that cannot be read a fault of the lake that names the way out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs as pa_fs
from deltalake.fs import DeltaStorageHandler

from broadsheet.schemas.errors import LakeError
from broadsheet.schemas.tables import Table
from broadsheet.transforms.lake.protocol.files import Lake


def known_in_files(lake: Lake, table: Table, paths: Iterable[str], column: str, candidates: pa.Array) -> set[str]:
    """Returns which of the candidates are in a string column of some of a table's files, read in bounded memory.

    Args:
        lake: Where.
        table: Which table.
        paths: The files, relative to the table's folder.
        column: The column to look in; no other is read.
        candidates: The values looked for.
    """
    chosen = list(paths)
    known: set[str] = set()
    if not chosen or not len(candidates):
        return known
    schema = pa.schema([pa.field(column, pa.string())])
    dataset = ds.dataset(chosen, format="parquet", filesystem=filesystem_of(lake, table), schema=schema)
    with _named_faults(lake, table):
        for batch in dataset.to_batches(columns=[column], filter=ds.field(column).isin(candidates)):
            known.update(batch.column(0).to_pylist())
    return known


def columns_of(lake: Lake, table: Table, paths: Sequence[str], columns: Sequence[str]) -> pa.Table:
    """Returns some columns of some of a table's files.

    Args:
        lake: Where.
        table: Which table.
        paths: The files, relative to the table's folder.
        columns: Columns of the files themselves, not of their paths.
    """
    fields = [table.schema.field(name) for name in columns]
    with _named_faults(lake, table):
        return ds.dataset(list(paths), format="parquet", filesystem=filesystem_of(lake, table), schema=pa.schema(fields)).to_table()


@contextmanager
def _named_faults(lake: Lake, table: Table) -> Iterator[None]:
    """Makes a part file that cannot be read a fault of the lake, which names the way out.

    Raises:
        LakeError: A part file is damaged.
        FileNotFoundError: A part file is gone: a compaction may have replaced it.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError) as error:
        said = str(error).partition("\n")[0]
        raise LakeError(
            f"a part file of {lake.path(table.name)} cannot be read: {said}; to repair the lake: "
            f"broadsheet verify --deep --repair --lake {lake.root}"
        ) from error


def filesystem_of(lake: Lake, table: Table) -> pa_fs.FileSystem:
    """Returns the filesystem whose root is the table's folder: paths in it are those of `files_of`."""
    if lake.is_local:
        return pa_fs.SubTreeFileSystem(lake.path(table.name), pa_fs.LocalFileSystem())
    return pa_fs.PyFileSystem(DeltaStorageHandler(lake.path(table.name)))

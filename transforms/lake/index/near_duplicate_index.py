"""The first documents of all groups, for new ones to be compared with: `LAKE/_leaders/<batch>.leaders`, key and signature of each.

A document joins the group of the leader that it is most like, or leads a group of its own (`dedup.find_clusters`). Comparing it
with the `signature` column of `documents` would open every file of the table, thousands for a batch; here a batch has one. The
files hold nothing that `documents` does not.

A file is written before its batch is committed, and counts from then on: a reader asks which batches a snapshot holds. So a
repeated batch sees what it saw the first time, and what never was committed is never seen. If there are many files, `merge` makes
one of those that are committed. It forgets which batch leaders are of once every snapshot that is compared with has them, so the
number of questions does not grow with the number of batches.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from broadsheet.schemas.errors import DamagedError
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.dedup.minhash import BINS
from broadsheet.transforms.lake.protocol import files, plans
from broadsheet.transforms.lake.protocol.delta_tables import TRANSACTION_DAYS, app_id, dataset_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.sealed import damaged, put_sealed, unsealed

LEADERS = "_leaders"
_SUFFIX = ".leaders"
"""A sealed Parquet file."""
_FORMER = ".parquet"
"""What former versions wrote: the same, without a seal."""
_KEY_BYTES = 32
_SCHEMA = pa.schema(
    [
        pa.field("batch_id", pa.string(), False),
        pa.field("doc_id", pa.binary(_KEY_BYTES), False),
        pa.field("signature", pa.binary(BINS), False),
    ]
)
_SETTLED = ""
"""The batch of leaders that every snapshot has that is compared with, and of those that a repair took from `documents`, which does
not say what batch a row is of. It counts as committed."""
_CHUNK = 16_384
"""Leaders read at a time: 2.6 MB, which a processor's cache holds."""
_MANY = 32
"""Files that are merged into one: each costs a lake on S3 a request a batch."""
_LARGE = 32 * 1024 * 1024
"""Bytes of a file that is not merged any more: 200,000 leaders. So a merge of default batches holds some 200 MB."""


class Leaders(NamedTuple):
    """Some leaders."""

    doc_ids: NDArray[np.bytes_]
    """Shape (n,), `S32`."""
    signatures: NDArray[np.uint8]
    """Shape (n, `BINS`)."""


class _MovedError(Exception):
    """A file was merged into another while the folder was read."""


def write_leaders(lake: Lake, batch_id: str, leaders: Leaders) -> None:
    """Writes the leaders that a batch brings; an earlier attempt's are replaced."""
    columns = [pa.array([batch_id] * len(leaders.doc_ids), pa.string()), *map(_fixed, leaders)]
    _put(lake, f"{batch_id}{_SUFFIX}", pa.Table.from_arrays(columns, schema=_SCHEMA))


def drop_leaders(lake: Lake, batch_id: str) -> None:
    """Removes the leaders of a batch that is not going to be committed."""
    if not _Committed(lake, open_table(lake, DOCUMENTS).version())(batch_id):
        files.remove(lake, f"{LEADERS}/{batch_id}{_SUFFIX}", f"{LEADERS}/{batch_id}{_FORMER}")


def read_leaders(lake: Lake, version: int, seen: Callable[[Leaders], None]) -> None:
    """Shows the leaders of all batches that a snapshot holds, in bounded memory, in no order; one may be shown twice.

    If a file is damaged, they are read from `documents` instead.

    Args:
        lake: Where.
        version: The snapshot of `documents`.
        seen: Called with some leaders at a time.
    """
    committed = _Committed(lake, version)
    while True:
        try:
            for name in list(files.listing(lake, LEADERS)):
                for rows in _rows(lake, name, committed):
                    seen(
                        Leaders(_array(rows["doc_id"], _KEY_BYTES).view(f"S{_KEY_BYTES}").ravel(), _array(rows["signature"], BINS))
                    )
            return
        except _MovedError:
            continue
        except DamagedError:
            for leaders in _leading(lake, version):
                seen(leaders)
            return


def merge(lake: Lake, many: int = _MANY) -> None:
    """Makes one file of those of committed batches, if there are many; safe beside writers and readers."""
    names = list(files.listing(lake, LEADERS))
    if len(names) < many:
        return
    newest = open_table(lake, DOCUMENTS).version()
    oldest = min([newest, *(plan.documents_version for plan in plans.planned(lake))])  # a later plan compares with a later version
    committed, settled = _Committed(lake, newest), _Committed(lake, oldest)
    small = [name for name in names if (files.size_of(lake, f"{LEADERS}/{name}") or _LARGE) < _LARGE]
    merged: list[str] = []
    tables: list[pa.Table] = []
    for name in small:
        try:
            batches = pq.read_table(io.BytesIO(_content(lake, name)), schema=_SCHEMA)
        except (OSError, DamagedError):
            continue  # somebody else merges too, or a repair has to write it again
        ids = pc.unique(batches["batch_id"]).to_pylist()
        if all(committed(batch_id, name) for batch_id in ids):
            merged.append(name)
            labels = [_SETTLED if settled(batch_id, name) else batch_id for batch_id in batches["batch_id"].to_pylist()]
            tables.append(batches.set_column(0, _SCHEMA.field("batch_id"), pa.array(labels, pa.string())))
    if len(merged) < many // 2:
        return
    together = _distinct(pa.concat_tables(tables))
    digest = hashlib.blake2b("\n".join([str(oldest), *merged]).encode(), digest_size=16).hexdigest()
    written = _put(lake, f"merged-{digest}{_SUFFIX}", together)
    files.remove(lake, *(f"{LEADERS}/{name}" for name in merged if name != written))


def _distinct(rows: pa.Table) -> pa.Table:
    """Returns rows in order of batch and document, each once: a killed merge leaves them in two files."""
    keys = ["batch_id", "doc_id", "signature"]
    plain = rows.set_column(1, "doc_id", rows["doc_id"].cast(pa.binary())).set_column(
        2, "signature", rows["signature"].cast(pa.binary())
    )
    return plain.group_by(keys).aggregate([]).select(keys).sort_by([(key, "ascending") for key in keys]).cast(_SCHEMA)


def damaged_files(lake: Lake) -> list[str]:
    """Returns the files that are not what was written."""
    found = []
    for name in files.listing(lake, LEADERS):
        try:
            _content(lake, name)
        except DamagedError:
            found.append(name)
    return found


def missing_leaders(lake: Lake) -> int:
    """Returns how many documents lead a group and are written down nowhere."""
    version = open_table(lake, DOCUMENTS).version()
    known: set[bytes] = set()
    read_leaders(lake, version, lambda leaders: known.update(leaders.doc_ids.tolist()))
    return sum(doc_id not in known for leaders in _leading(lake, version) for doc_id in leaders.doc_ids.tolist())


def rebuild(lake: Lake) -> list[str]:
    """Removes damaged files, writes all leaders down that `documents` has, and returns the names of the damaged ones.

    Needs the lake's lock: it looks at the newest snapshot.
    """
    gone = damaged_files(lake)
    if gone or missing_leaders(lake):
        rows = [rows for rows in _leading_rows(lake, open_table(lake, DOCUMENTS).version()) if rows.num_rows]
        if rows:
            together = pa.concat_tables(rows)
            ids = [item.encode() for item in together["doc_id"].to_pylist()]
            columns = [
                pa.array([_SETTLED] * len(ids), pa.string()),
                pa.array(ids, _SCHEMA.field("doc_id").type),
                together["signature"].cast(_SCHEMA.field("signature").type),
            ]
            digest = hashlib.blake2b(b"".join(ids), digest_size=16).hexdigest()
            _put(lake, f"rebuilt-{digest}{_SUFFIX}", pa.Table.from_arrays(columns, schema=_SCHEMA))
        files.remove(lake, *(f"{LEADERS}/{name}" for name in gone))
    return gone


def _leading(lake: Lake, version: int) -> Iterator[Leaders]:
    """Yields the leaders as `documents` has them: what heads its own group."""
    for rows in _leading_rows(lake, version):
        if rows.num_rows:
            ids = np.array([item.encode() for item in rows["doc_id"].to_pylist()], f"S{_KEY_BYTES}")
            yield Leaders(ids, signatures_of(rows["signature"].to_pylist()))


def _leading_rows(lake: Lake, version: int) -> Iterator[pa.Table]:
    names = ["doc_id", "cluster_id", "signature"]
    dataset = dataset_of(lake, DOCUMENTS, open_table(lake, DOCUMENTS, version))
    for batch in dataset.to_batches(columns=names, batch_size=_CHUNK):
        rows = pa.Table.from_batches([batch])
        leads = pc.and_kleene(pc.equal(rows["cluster_id"], rows["doc_id"]), rows["signature"].is_valid())
        yield rows.filter(leads).drop_columns(["cluster_id"])


class _Committed:
    """Whether a snapshot of `documents` holds a batch.

    The log forgets batches after `protocol.delta_tables.TRANSACTION_DAYS`. A batch whose file is that old, that the newest version
    does not know either and that is not under way was committed: the leaders of all others are removed before their plans.
    """

    def __init__(self, lake: Lake, version: int) -> None:
        self._snapshots = [open_table(lake, DOCUMENTS, version), open_table(lake, DOCUMENTS)]
        limit = time.time() - TRANSACTION_DAYS * 86_400
        self._old = frozenset(name for name, changed in files.modified(lake, LEADERS) if changed < limit)
        self._under_way = frozenset(plans.unfinished(lake)) if self._old else frozenset()
        self._known: dict[str, bool] = {_SETTLED: True}

    def __call__(self, batch_id: str, name: str = "") -> bool:
        if batch_id not in self._known:  # each question goes through the log again
            then, now = (handle.transaction_version(app_id(batch_id)) is not None for handle in self._snapshots)
            self._known[batch_id] = then or (not now and name in self._old and batch_id not in self._under_way)
        return self._known[batch_id]


def _rows(lake: Lake, name: str, committed: Callable[[str, str], bool]) -> Iterator[pa.RecordBatch]:
    try:
        source = pq.ParquetFile(io.BytesIO(_content(lake, name)))
    except DamagedError:
        raise
    except Exception as error:
        if files.size_of(lake, f"{LEADERS}/{name}") is None:
            raise _MovedError from error
        raise
    with source as file:
        for rows in file.iter_batches(_CHUNK):
            ids = pc.unique(rows["batch_id"]).to_pylist()
            known = [batch_id for batch_id in ids if committed(batch_id, name)]
            if len(known) == len(ids):
                yield rows
            elif known:
                yield rows.filter(pc.is_in(rows["batch_id"], value_set=pa.array(known, pa.string())))


def _content(lake: Lake, name: str) -> bytes:
    """Returns a file's Parquet.

    Raises:
        DamagedError: It is not what was written.
    """
    relative = f"{LEADERS}/{name}"
    data = files.get(lake, relative)
    content = data if name.endswith(_FORMER) else unsealed(data)
    try:
        if content is not None and pq.read_schema(io.BytesIO(content)).names == _SCHEMA.names:
            return content
    except (pa.ArrowException, OSError):
        pass
    raise damaged(lake, relative)


def _put(lake: Lake, name: str, rows: pa.Table) -> str:
    sink = io.BytesIO()
    pq.write_table(rows, sink, compression="none", use_dictionary=["batch_id"], row_group_size=_CHUNK, write_statistics=False)
    put_sealed(lake, f"{LEADERS}/{name}", sink.getvalue())
    return name


def _fixed(values: NDArray) -> pa.Array:
    """Returns rows of bytes as Arrow's binary of fixed size, without a copy a row."""
    width = values.dtype.itemsize if values.ndim == 1 else values.shape[1]
    return pa.Array.from_buffers(pa.binary(width), len(values), [None, pa.py_buffer(np.ascontiguousarray(values).tobytes())])


def _array(column: pa.Array, width: int) -> NDArray[np.uint8]:
    """Returns Arrow's binary of fixed size as an array of shape (n, width)."""
    data = np.frombuffer(column.buffers()[1], np.uint8)
    return data[column.offset * width : (column.offset + len(column)) * width].reshape(-1, width)


def signatures_of(rows: Sequence[bytes]) -> NDArray[np.uint8]:
    """Returns signatures as an array of shape (n, `BINS`)."""
    return np.frombuffer(b"".join(rows), np.uint8).reshape(-1, BINS)

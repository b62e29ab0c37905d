"""Indexes which identifiers each part file of `documents` holds, in `LAKE/_identifiers/<batch>.index`.

A lake may have a hundred thousand part files, and opening one takes a millisecond. The index has one file per batch, 24 bytes per
row, and `merge` makes one of many. What has grown large is cut by the first digit of the identifier, so that a worker which looks
up a sixteenth of the identifiers reads a sixteenth of the index.

    Snapshot(lake, DOCUMENTS, version).known({"source=x": ["0f…", "3a…"]})    # {"3a…"}

The index is a copy of a column of files that never change. A reader knows which files its snapshot has. It ignores entries of other
files, and reads a file without entries itself. So it does not matter when an entry is written, or whether its batch is ever
committed, and the whole index may be removed at any time.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from broadsheet.schemas.tables import DOCUMENTS, Table
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.delta_tables import files_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.read_columns import known_in_files
from broadsheet.transforms.lake.protocol.sealed import put_sealed, unsealed

IDENTIFIERS = "_identifiers"
_SUFFIX = ".index"
_FORMER = ".ids"
"""What former versions wrote: the same rows, without a seal."""
_ROW = np.dtype([("file", "<u8"), ("first", "<u8"), ("last", "<u8")])
"""A file's path as a number, and the two halves of an identifier."""
_MANY = 32
"""Files that are merged into one: each costs a lake on S3 a request a batch."""
_LARGE = 32 * 1024 * 1024
"""Bytes of a merged file that is cut by first digit and not merged any more: 1.4 million identifiers. A merge holds 100 MB."""
_CUT = "digit-"
"""Begins the name of a file that holds the identifiers with one first digit: `digit-<digit>-<digest>.index`."""
_DIGITS = "0123456789abcdef"
_ALL_DIGITS = (1 << len(_DIGITS)) - 1

Numbers = NDArray[np.uint64]


def write_identifiers(lake: Lake, name: str, path_to_ids: Mapping[str, Sequence[str]]) -> None:
    """Writes down what files hold.

    Args:
        lake: Where.
        name: The batch that wrote them; another attempt's are replaced.
        path_to_ids: Files, relative to the table's folder, and their rows' identifiers: 32 hexadecimal digits each.
    """
    ids = [identifier for some in path_to_ids.values() for identifier in some]
    rows = np.empty(len(ids), _ROW)
    rows["file"] = np.repeat(_numbers(path_to_ids), [len(some) for some in path_to_ids.values()])
    rows["first"], rows["last"] = _halves(ids)
    _put(lake, name, rows)


def rebuild(lake: Lake) -> list[str]:
    """Removes damaged files, writes down what is written nowhere, and returns the names of the damaged ones."""
    gone = [name for name in files.listing(lake, IDENTIFIERS) if _rows(lake, name) is None]
    files.remove(lake, *(f"{IDENTIFIERS}/{name}" for name in gone))
    if gone:
        merge(lake, many=0)
    return gone


def damaged_files(lake: Lake) -> list[str]:
    """Returns the files that are not what was written."""
    return [name for name in files.listing(lake, IDENTIFIERS) if _rows(lake, name) is None]


def drop_identifiers(lake: Lake, name: str) -> None:
    """Removes what a batch wrote down."""
    files.remove(lake, f"{IDENTIFIERS}/{name}{_SUFFIX}")


class Snapshot:
    """The identifiers of a table's rows in one of its versions.

    Args:
        lake: Where.
        table: `documents`, or `rejects`, of which nothing is written down: it has at most two files per batch.
        version: Which.
    """

    def __init__(self, lake: Lake, table: Table, version: int) -> None:
        self._lake, self._table = lake, table
        paths = files_of(open_table(lake, table, version))["path"].to_pylist()
        numbers = _numbers(paths)
        order = np.argsort(numbers)
        self._files, self._paths = numbers[order], [paths[index] for index in order.tolist()]

    def known(self, folder_to_ids: Mapping[str, Sequence[str]]) -> set[str]:
        """Returns which identifiers the snapshot has, in memory bounded by how many are looked for.

        Args:
            folder_to_ids: By the folder of the first partition column in which they would be.
        """
        if not self._paths:
            return set()
        found, told = self._told(folder_to_ids) if self._table is DOCUMENTS else (set(), np.zeros(len(self._files), np.bool_))
        untold: dict[str, list[str]] = {}
        for index in np.flatnonzero(~told).tolist():
            untold.setdefault(self._paths[index].partition("/")[0], []).append(self._paths[index])
        for folder in untold.keys() & folder_to_ids.keys():
            values = pa.array(folder_to_ids[folder], pa.string())
            found |= known_in_files(self._lake, self._table, untold[folder], self._table.key_columns[0], values)
        return found

    def _told(self, folder_to_ids: Mapping[str, Sequence[str]]) -> tuple[set[str], NDArray[np.bool_]]:
        """Returns which identifiers are written down, and of which files of the snapshot anything is."""
        ids = {identifier for some in folder_to_ids.values() for identifier in some}
        wanted = np.unique(_halves(list(ids))[0])
        digits = sum(1 << _DIGITS.index(digit) for digit in {identifier[0] for identifier in ids})
        told = np.zeros(len(self._files), np.int64)  # of each file, the digits whose identifiers are written down
        found: set[str] = set()
        for name in list(files.listing(self._lake, IDENTIFIERS)):
            if not digits & _digits_of(name):
                continue
            rows = _load(self._lake, name)
            place, there = _among(rows["file"], self._files)
            told[np.unique(place[there])] |= _digits_of(name)
            hits = rows[there & _among(rows["first"], wanted)[1]]
            found.update(f"{first:016x}{last:016x}" for _, first, last in hits.tolist())
        return found & ids, told & digits == digits


def merge(lake: Lake, many: int = _MANY) -> None:
    """Merges small files if there are many, without rows that left the tables; safe beside writers and readers.

    Rows that no file has are read from their part files and added.
    """
    names = list(files.listing(lake, IDENTIFIERS))
    if sum(not name.startswith(_CUT) for name in names) < many:
        return
    paths = files_of(open_table(lake, DOCUMENTS))["path"].to_pylist()
    live = _numbers(paths)
    untold = dict(zip(live.tolist(), paths, strict=True))
    live.sort()
    kept, merged = [], []
    covered: dict[int, int] = {}
    for name in names:
        rows = _load(lake, name)
        for number in np.unique(rows["file"]).tolist():
            covered[number] = covered.get(number, 0) | _digits_of(name)
            if covered[number] == _ALL_DIGITS:
                untold.pop(number, None)
        if rows.nbytes < _LARGE and not name.startswith(_CUT):
            merged.append(name)
            kept.append(rows[_among(rows["file"], live)[1]])
    if len(merged) < many // 2:
        return
    digest = hashlib.blake2b("".join(merged).encode(), digest_size=16).hexdigest()
    for number, path in untold.items():
        ids = _ids_in(lake, path)
        rows = np.empty(len(ids), _ROW)
        rows["file"] = number
        rows["first"], rows["last"] = _halves(ids)
        kept.append(rows)
    together = np.concatenate([np.empty(0, _ROW), *kept])
    if together.nbytes >= _LARGE:
        for digit, rows in zip(_DIGITS, _cut(together), strict=True):
            _put(lake, f"{_CUT}{digit}-{digest}", rows)
    elif len(together):
        _put(lake, f"merged-{digest}", together)
    files.remove(lake, *(f"{IDENTIFIERS}/{name}" for name in merged))


def _cut(rows: NDArray) -> Iterator[NDArray]:
    """Yields the rows by the first digit of their identifier, digit by digit.

    Each cut names every part file. For a part file that has no identifier with the digit, it holds a row with the digit and zeros,
    which no body hashes to in practice. So a reader of one cut knows which part files it does not need to open.
    """
    digits = rows["first"] >> np.uint64(60)
    every = np.unique(rows["file"])
    for digit in range(len(_DIGITS)):
        mine = rows[digits == digit]
        others = np.setdiff1d(every, mine["file"])
        marks = np.zeros(len(others), _ROW)
        marks["file"], marks["first"] = others, np.uint64(digit << 60)
        yield np.concatenate([mine, marks])


def _digits_of(name: str) -> int:
    """Returns the first digits of the identifiers that a file of the index may hold, one bit each."""
    return 1 << _DIGITS.index(name[len(_CUT)]) if name.startswith(_CUT) else _ALL_DIGITS


def _ids_in(lake: Lake, path: str) -> list[str]:
    source = io.BytesIO(files.get(lake, f"{DOCUMENTS.name}/{path}"))
    return pq.read_table(source, columns=list(DOCUMENTS.key_columns)).column(0).to_pylist()


def _load(lake: Lake, name: str) -> NDArray:
    """Returns a file's rows; none if it was merged meanwhile or is damaged: the part files are read then."""
    rows = _rows(lake, name)
    return np.empty(0, _ROW) if rows is None else rows


def _rows(lake: Lake, name: str) -> NDArray | None:
    """Returns a file's rows, `None` if it is damaged; none if it is gone."""
    relative = f"{IDENTIFIERS}/{name}"
    try:
        data = files.get(lake, relative)
    except Exception:  # each kind of storage has its own word for a file that is gone
        if files.size_of(lake, relative) is not None:
            raise
        return np.empty(0, _ROW)
    content = data if name.endswith(_FORMER) else unsealed(data)
    return None if content is None or len(content) % _ROW.itemsize else np.frombuffer(content, _ROW)


def _put(lake: Lake, name: str, rows: NDArray) -> None:
    put_sealed(lake, f"{IDENTIFIERS}/{name}{_SUFFIX}", rows.tobytes())


def _numbers(paths: Mapping[str, object] | Sequence[str]) -> Numbers:
    """Returns paths as numbers."""
    return np.frombuffer(b"".join(hashlib.blake2b(path.encode(), digest_size=8).digest() for path in paths), "<u8").copy()


def _halves(ids: Sequence[str]) -> tuple[Numbers, Numbers]:
    """Returns identifiers as two numbers each."""
    both = np.frombuffer(bytes.fromhex("".join(ids)), ">u8").reshape(-1, 2).astype(np.uint64)
    return both[:, 0], both[:, 1]


def _among(values: Numbers, ordered: Numbers) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Returns the position of each value among others, and whether it is there."""
    if not len(ordered):
        return np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return place, ordered[place] == values

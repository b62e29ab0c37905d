"""The ledger: which inputs are new, and how they are cut into batches.

An input is known by its uri and its fingerprint (size and modification time). What the `inputs` table holds was read and
committed; the rest is new. A run asks the table once (`find_new`); who asks every few seconds keeps a `Ledger`, which reads each
file of the table once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb
import pyarrow as pa

from broadsheet.schemas.kafka_uris import KAFKA, parse_range
from broadsheet.schemas.records import InputFile
from broadsheet.schemas.tables import INPUTS
from broadsheet.transforms.lake.maintenance.repair import LOST
from broadsheet.transforms.lake.protocol.delta_tables import dataset_of, files_of, open_table
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.read_columns import columns_of
from broadsheet.transforms.read.registry import COMPRESSED

_SCHEMA = pa.schema(
    [
        pa.field("uri", pa.string()),
        pa.field("fingerprint", pa.string()),
        pa.field("size", pa.int64()),
        pa.field("modified_us", pa.int64()),
        pa.field("sidecar", pa.string()),
        pa.field("given", pa.string()),
    ]
)
_CHUNK = 100_000

_COMPRESSED = (*COMPRESSED, ".zip", ".tgz", ".tbz2", ".txz", ".tzst", ".parquet", ".pq", ".feather")
"""Suffixes of files that are compressed, whichever way their writers compress them by themselves."""
_RATIO = 6
"""How much larger a compressed page is taken to be: the sample pages compress 3 to 6 times."""

_FILE_OVERHEAD = 4096
"""Bytes of memory that an input costs beside its text, so that a batch of very many tiny files is bounded too."""


_DIGEST = "md5_number(uri || chr(0) || fingerprint)"


def as_table(items: Iterable[InputFile]) -> pa.Table:
    """Returns inputs as an Arrow table: 100 bytes each instead of the 400 of a Python tuple."""
    batches, chunk = [], []
    for item in items:
        chunk.append(item)
        if len(chunk) == _CHUNK:
            batches.append(_as_batch(chunk))
            chunk = []
    batches.append(_as_batch(chunk))
    return pa.Table.from_batches(batches, _SCHEMA)


def _as_batch(chunk: list[InputFile]) -> pa.RecordBatch:
    columns = list(zip(*chunk, strict=True)) or [()] * len(_SCHEMA)
    arrays = [pa.array(list(column), field.type) for column, field in zip(columns, _SCHEMA, strict=True)]
    return pa.record_batch(arrays, schema=_SCHEMA)


def find_new(lake: Lake, matched: pa.Table, force: bool = False) -> pa.Table:
    """Returns the inputs that the lake has not read as they are now, sorted by uri.

    Args:
        lake: The lake, whose `inputs` table is the ledger.
        matched: The inputs there are.
        force: Whether to take all of them, known or not.
    """
    if force:
        return matched.sort_by("uri")
    ledger = dataset_of(lake, INPUTS, open_table(lake, INPUTS))
    with duckdb.connect() as connection:
        connection.register("matched", matched)
        connection.register("ledger", ledger)
        return connection.sql("select * from matched anti join ledger using (uri, fingerprint) order by uri").to_arrow_table()


class Ledger:
    """The `inputs` table, kept between polls: 16 bytes per input, and each of the table's files is read once.

    Without it, every poll opens all of the table's files, one per batch, at 1.1 ms each: 3 s per poll after a day of polls every
    30 s.

    Args:
        lake: The lake; its tables need not exist yet when this is made.
    """

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._paths: set[str] = set()
        self._lost: dict[str, int] = {}
        self.positions: dict[str, int] = {}
        """How far the lake has read topics: a partition's uri to the first offset that was not read."""
        self._start()

    def _start(self) -> None:
        self._paths.clear()
        self.positions.clear()
        self._lost.clear()
        self._memory = duckdb.connect()
        self._memory.execute("create table known (digest uhugeint)")

    def refresh(self) -> None:
        """Reads what was committed since the last time; all of it where files were taken out of the table, as a compaction does."""
        paths = set(files_of(open_table(self._lake, INPUTS))["path"].to_pylist())
        if self._paths - paths:
            self._start()
        new = sorted(paths - self._paths)
        if new:
            self.add(columns_of(self._lake, INPUTS, new, ("uri", "fingerprint")))
        self._paths = paths

    def add(self, rows: pa.Table) -> None:
        """Takes down inputs that were read: their `uri` and `fingerprint`."""
        self._memory.register("rows", rows)
        self._memory.execute(f"insert into known select {_DIGEST} from rows")
        self._stand(self._memory.execute("select uri, fingerprint from rows where starts_with(uri, ?)", [KAFKA]).fetchall())
        self._memory.unregister("rows")

    def _stand(self, ranges: Iterable[tuple[str, str]]) -> None:
        """Moves the positions on; a partition of which a repair found messages lost goes back to where these begin."""
        for uri, fingerprint in ranges:
            if fingerprint != LOST:
                part = parse_range(uri)
                self.positions[part.origin] = max(part.end, self.positions.get(part.origin, 0))
            elif "?" in uri:
                part = parse_range(uri)
                self._lost[part.origin] = min(part.begin, self._lost.get(part.origin, part.begin))
        self.positions = self._lost | self.positions  # a repair marks all ranges of a partition: what is sound was read after it

    def find_new(self, matched: pa.Table) -> pa.Table:
        """Returns the inputs that the lake has not read as they are now, the oldest first: who came first is served first."""
        self._memory.register("matched", matched)
        query = f"select * from matched where {_DIGEST} not in (select digest from known) order by modified_us, uri"
        new = self._memory.sql(query).to_arrow_table()
        self._memory.unregister("matched")
        return new


def as_inputs(table: pa.Table) -> Iterator[InputFile]:
    """Yields the inputs of a table as `as_table` makes it."""
    for rows in table.to_batches():
        for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
            yield InputFile(*row)


def unpacked(item: InputFile) -> int:
    """Returns the estimated size of an input after decompression, by its name and size."""
    return item.size * (_RATIO if item.uri.lower().endswith(_COMPRESSED) else 1)


def weigh(item: InputFile) -> int:
    """Returns what an input costs in memory, in bytes, as far as its name and size tell."""
    return unpacked(item) + _FILE_OVERHEAD


def cut_batches(inputs: pa.Table, batch_bytes: int) -> Iterator[list[InputFile]]:
    """Yields the inputs in batches of at most `batch_bytes` by `weigh`; one input that is larger is a batch of its own."""
    batch: list[InputFile] = []
    weight = 0
    for item in as_inputs(inputs):
        if batch and weight + weigh(item) > batch_bytes:
            yield batch
            batch, weight = [], 0
        batch.append(item)
        weight += weigh(item)
    if batch:
        yield batch

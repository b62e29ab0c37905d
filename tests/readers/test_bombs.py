"""Small files that become huge ones: tables of one value many times, batches of zeros, objects of a million keys."""

import io
import json
from pathlib import Path

import pyarrow as pa
import pytest
from helpers.reading import dead, payloads, read, records
from pyarrow import parquet

from broadsheet.transforms.read.read_records import ReadOptions

_LIMITS = ReadOptions(max_record_bytes=1_000_000, max_fields=1000)
_WORDS = "The tide came in. " * 50_000


def _repeated(count: int) -> pa.Table:
    """One text of 900 kB so many times, held once."""
    return pa.table({"text": pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array([_WORDS]))})


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _arrow(table: pa.Table, compression: str | None, new: object = pa.ipc.new_file) -> bytes:
    sink = io.BytesIO()
    with new(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:  # type: ignore[operator]
        writer.write_table(table)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.parquet", _parquet(_repeated(100_000))), ("a.arrow", _arrow(_repeated(100_000), "zstd"))],
    ids=["parquet", "arrow"],
)
def test_a_table_of_one_value_many_times_gives_no_more_than_it_may_grow_to(tmp_path: Path, name: str, data: bytes) -> None:
    assert len(data) < 100_000
    found = read(tmp_path, name, data, _LIMITS)
    assert dead(found) == ["ratio_too_large"]
    assert 1 <= len(records(found)) <= max(200 * len(data), 2_000_000) / len(_WORDS)
    assert set(payloads(found)) == {_WORDS.encode()}


@pytest.mark.parametrize("compression", ["zstd", "lz4"])
@pytest.mark.parametrize("new", [pa.ipc.new_file, pa.ipc.new_stream])
def test_a_batch_of_zeros_is_never_decompressed(tmp_path: Path, compression: str, new: object) -> None:
    table = pa.table({"text": [" " * 900_000] * 100})
    found = read(tmp_path, "a.arrow", _arrow(table, compression, new), _LIMITS)
    assert dead(found) == ["ratio_too_large"]
    assert records(found) == []


def test_a_compressed_table_of_pages_as_they_are_is_read(tmp_path: Path) -> None:
    table = pa.table({"text": [f"{number} The tide came in." for number in range(1000)]})
    for compression in ("zstd", "lz4", None):
        assert len(records(read(tmp_path, "a.arrow", _arrow(table, compression), _LIMITS))) == 1000


@pytest.mark.parametrize(
    "bad",
    [
        {"text": "x", **dict.fromkeys(map(str, range(1000)), 1)},
        {"text": "x", "data": [1] * 1001},
        {"text": "x", "data": [{}] * 1001},
        {"text": "x", "data": {"deep": [[[]]] * 400}},
    ],
    ids=["keys", "numbers", "objects", "nested"],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_an_object_of_too_many_values_is_a_dead_letter_before_it_is_built(tmp_path: Path, name: str, bad: dict) -> None:
    good = {"text": 'One, two, [three], {four} \\", five, ' * 1000}
    values = [good, bad, good] if name == "a.jsonl" else [good, bad]
    lines = "\n".join(map(json.dumps, values)) if name == "a.jsonl" else json.dumps(values)
    found = read(tmp_path, name, lines.encode(), _LIMITS)
    assert dead(found) == ["too_many_fields"]
    assert len(records(found)) == len(values) - 1


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_a_table_of_too_many_columns_is_a_dead_letter(tmp_path: Path, name: str) -> None:
    columns = ["text", *(f"c{number}" for number in range(1000))]
    csv = f"{','.join(columns)}\n{','.join('x' for _ in columns)}\n".encode()
    data = csv if name == "a.csv" else _parquet(pa.table({column: ["x"] for column in columns}))
    assert dead(read(tmp_path, name, data, _LIMITS)) == ["too_many_fields"]
    assert len(records(read(tmp_path, name, data))) == 1

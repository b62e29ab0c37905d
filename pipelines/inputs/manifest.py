"""Reads the manifest: a table with one row per input and any of the fields that users can give (`--manifest FILE`).

It is CSV, JSON lines or Parquet, which DuckDB reads. The column `uri` names the input: as an absolute path or URI, or relative to
the manifest's own folder. A row's fields are part of its input's fingerprint, so that an input is read again if its row changes.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any

import duckdb
import pyarrow as pa

from broadsheet.schemas.errors import ConfigError, RecordError
from broadsheet.transforms.read.metadata_overrides import FIELDS, parse_given, to_json

_READERS = {
    ".csv": "read_csv(?, all_varchar=true)",
    ".tsv": "read_csv(?, all_varchar=true)",
    ".jsonl": "read_json(?, format='newline_delimited')",
    ".ndjson": "read_json(?, format='newline_delimited')",
    ".parquet": "read_parquet(?)",
}


def apply_manifest(matched: pa.Table, path: str) -> pa.Table:
    """Returns the matched inputs with the fields that the manifest gives; inputs without a row stay unchanged.

    Args:
        matched: As `inputs.ledger.as_table` makes it.
        path: The manifest.

    Raises:
        ConfigError: The file does not exist or cannot be read, has no column `uri` or none of our fields, names an input twice,
            or has a value that its field does not allow.
    """
    rows = _read(path)
    uris = matched["uri"].to_pylist()
    given = [rows.get(uri, "") for uri in uris]
    if uris and not any(given):
        raise ConfigError(f"--manifest {path} names none of the {len(uris):,} inputs; uris are paths, absolute or relative to it")
    fingerprints = [
        f"{fingerprint}+{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}" if text else fingerprint
        for fingerprint, text in zip(matched["fingerprint"].to_pylist(), given, strict=True)
    ]
    columns = {"fingerprint": pa.array(fingerprints, pa.string()), "given": pa.array(given, pa.string())}
    for name, values in columns.items():
        matched = matched.set_column(matched.schema.get_field_index(name), name, values)
    return matched


def _read(path: str) -> dict[str, str]:
    """Returns the given fields of each URI, as JSON."""
    reader = _READERS.get(os.path.splitext(path)[1].lower())
    if reader is None:
        raise ConfigError(f"--manifest {path}: expected {', '.join(_READERS)}")
    if not os.path.isfile(path):
        raise ConfigError(f"--manifest {path} does not exist")
    with duckdb.connect() as connection:
        try:
            cursor = connection.execute(f"select * from {reader}", [path])
        except duckdb.Error as error:
            raise ConfigError(f"--manifest {path}: {error}") from error
        names = [column[0] for column in cursor.description or []]
        if "uri" not in names or not set(names) & set(FIELDS):
            raise ConfigError(f"--manifest {path}: expected a column uri and some of {', '.join(FIELDS)}; found {', '.join(names)}")
        rows: dict[str, str] = {}
        for number, values in enumerate(cursor.fetchall(), start=1):
            uri, text = _row(path, number, dict(zip(names, values, strict=True)))
            if uri in rows:
                raise ConfigError(f"--manifest {path}, row {number}: {uri} occurs twice")
            rows[uri] = text
    return rows


def _row(path: str, number: int, row: dict[str, Any]) -> tuple[str, str]:
    uri = row["uri"]
    if not uri:
        raise ConfigError(f"--manifest {path}, row {number} has no uri")
    if "://" not in uri:
        uri = os.path.abspath(os.path.join(os.path.dirname(path), uri))
    try:
        return uri, to_json(parse_given(row, "manifest", f"{path}, row {number}"))
    except RecordError as error:
        raise ConfigError(f"--manifest {error.message}") from error

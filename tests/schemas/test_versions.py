"""No table changes without a new version, and a version adds nullable columns at the end, nothing else."""

import hashlib

import pytest

from broadsheet.schemas.tables import SCHEMA_VERSION, TABLES, Table

DIGESTS = {
    1: "295c268fc694c833",
    2: "fc80b4ebddfc83a6",
    3: "f22f172ecd750154",
    4: "c2333b22372b3985",
}
"""Digest of every version's columns. One that is here is never changed: lakes are written by it."""


def _digest(version: int) -> str:
    lines = [f"{table.name} {field}" for table in TABLES for field in table.schema_of(version)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def test_every_version_is_what_it_was_when_lakes_were_written_by_it() -> None:
    told = "a column was changed: add one at the end instead, with since=, raise SCHEMA_VERSION and add its digest here"
    assert {version: _digest(version) for version in range(1, SCHEMA_VERSION + 1)} == DIGESTS, told


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_version_adds_nullable_columns_at_the_end(table: Table) -> None:
    assert [column.since for column in table.columns] == sorted(column.since for column in table.columns)
    assert all(column.nullable for column in table.columns if column.since > 1)
    assert max(column.since for column in table.columns) <= SCHEMA_VERSION
    assert not {column.name for column in table.columns if column.since > 1} & set(table.partition_columns)

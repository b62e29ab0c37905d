"""Iceberg: `iceberg://CATALOG/NAMESPACE`, a catalog that pyiceberg knows by its own configuration (.pyiceberg.yaml).

Nothing is copied: the catalog's table gets the very files of the lake's newest version. Their partition columns are in their paths;
pyiceberg's own `add_files` would make them NULL. So each file is registered with its partition values, from which readers of
Iceberg fill in the columns. The table's version of the lake is a property of it, set in the commit that changes its files. Commits
come one at a time: the slower of two writers looks again, since two commits of the same files would double their rows.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError, TableAlreadyExistsError
from pyiceberg.io.pyarrow import parquet_file_to_data_file
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table import Transaction
from pyiceberg.typedef import Record

from broadsheet.pipelines.load.target import Counts, Loaded, overtaken
from broadsheet.schemas.errors import BroadsheetError, ConfigError, LoadError
from broadsheet.schemas.tables import Table
from broadsheet.transforms.lake.protocol.changes import Changes, LiveFile
from broadsheet.transforms.lake.protocol.files import Lake

_ATTEMPTS = 20
"""Commits tried against other writers of the same table; each attempt looks again."""

_OPENINGS = 3
"""Times that a catalog is tried to be opened: the second finds what the other has made."""

_PARTITION_FIELD = 3
"""The position of a data file's partition values in Iceberg's manifest entry."""

_TABLE_ID, _VERSION = "broadsheet.table-id", "broadsheet.version"

_PROPERTIES = {
    "commit.retry.num-retries": "0",  # pyiceberg's own retry would add the same files to what another load has just added them to
    "gc.enabled": "false",  # the files are the lake's: its own vacuum removes them
}


@contextmanager
def connect(url: str) -> Iterator[IcebergTarget]:
    """Opens a catalog.

    Raises:
        ConfigError: pyiceberg knows no such catalog.
        LoadError: The catalog fails later.
    """
    name, _, namespace = url.removeprefix("iceberg://").partition("/")
    if not name or not namespace:
        raise ConfigError("--to iceberg:// needs a catalog and a namespace: iceberg://CATALOG/NAMESPACE")
    try:
        yield IcebergTarget(_open(name, namespace), namespace)
    except (BroadsheetError, OSError):
        raise
    except Exception as error:  # each kind of catalog has errors of its own
        raise LoadError(f"iceberg://{name}/{namespace}: {type(error).__name__}: {' '.join(str(error).split())}") from error


def _open(name: str, namespace: str) -> Catalog:
    """Opens a catalog; another load may be making the catalog's own tables in the same moment, so an error is looked at again."""
    for attempt in range(_OPENINGS):
        try:
            catalog = load_catalog(name)
            catalog.create_namespace_if_not_exists(namespace)
        except Exception as error:
            if attempt == _OPENINGS - 1:
                said = f"{type(error).__name__}: {' '.join(str(error).split())}"
                raise ConfigError(f"--to iceberg://{name}: pyiceberg cannot open the catalog ({said})") from error
            time.sleep(0.2)
            continue
        return catalog
    raise AssertionError("unreachable")


class IcebergTarget:
    """A namespace of an Iceberg catalog."""

    def __init__(self, catalog: Catalog, namespace: str) -> None:
        self._catalog = catalog
        self._namespace = namespace

    def last(self, table: Table) -> Loaded | None:
        """Returns the version that a table was last brought to, `None` if there is no table."""
        found = self._find(table)
        return None if found is None else _loaded(found)

    def apply(self, lake: Lake, table: Table, changes: Changes, planned: Loaded | None) -> Counts | None:
        """Gives a table the files of a version; see `load.target.Target`. Rows are counted by whole files."""
        for _ in range(_ATTEMPTS):
            registered = self._find(table) or self._create(table)
            now = _loaded(registered)
            if overtaken(now, changes, planned):
                return None
            held = {task.file.file_path: task.file for task in registered.scan().plan_files()}
            if now is None and held:
                raise LoadError(f"{self._namespace}.{table.name} holds files that no load registered: drop or rename that table")
            try:
                return self._commit(lake, table, changes, registered, held)
            except CommitFailedException:
                continue  # another writer was first: look at what it did
        raise LoadError(f"{self._namespace}.{table.name}: other writers won {_ATTEMPTS} attempts to commit version {changes.until}")

    def _commit(self, lake: Lake, table: Table, changes: Changes, registered: IcebergTable, held: dict[str, DataFile]) -> Counts:
        wanted = {lake.path(table.name, file.path): file for file in changes.live}
        come, go = sorted(wanted.keys() - held.keys()), sorted(held.keys() - wanted.keys())
        before = sum(file.record_count for file in held.values())
        inserted = sum(file.rows for file in changes.fresh if lake.path(table.name, file.path) not in held)
        with registered.transaction() as transaction:
            self._extend(transaction, table)
            transaction.set_properties({_TABLE_ID: changes.table_id, _VERSION: str(changes.until)})
            if come or go:
                with transaction.update_snapshot().overwrite() as snapshot:
                    for path in come:
                        snapshot.append_data_file(_data_file(transaction, registered, table, path, wanted[path]))
                    for path in go:
                        snapshot.delete_data_file(held[path])
        after = sum(file.rows for file in changes.live)
        return Counts(inserted, 0, before + inserted - after)

    def _find(self, table: Table) -> IcebergTable | None:
        try:
            return self._catalog.load_table(f"{self._namespace}.{table.name}")
        except NoSuchTableError:
            return None

    def _create(self, table: Table) -> IcebergTable:
        identifier = f"{self._namespace}.{table.name}"
        try:
            with self._catalog.create_table_transaction(identifier, _optional(table), properties=_PROPERTIES) as transaction:
                with transaction.update_spec() as spec:
                    for name in table.partition_columns:
                        spec.add_identity(name)
                mapping = transaction.table_metadata.schema().name_mapping  # the files have names for their columns, no numbers
                transaction.set_properties({"schema.name-mapping.default": mapping.model_dump_json()})
        except (TableAlreadyExistsError, CommitFailedException):
            pass  # another load made it first
        return self._catalog.load_table(identifier)

    def _extend(self, transaction: Transaction, table: Table) -> None:
        known = {field.name for field in transaction.table_metadata.schema().fields}
        try:
            if known < {column.name for column in table.columns}:
                with transaction.update_schema() as update:
                    update.union_by_name(_optional(table))
        except ValueError as error:
            raise LoadError(f"{self._namespace}.{table.name} cannot take the lake's columns: {error}") from error


def _loaded(registered: IcebergTable) -> Loaded | None:
    properties = registered.properties
    return Loaded(properties[_TABLE_ID], int(properties[_VERSION])) if _VERSION in properties else None


def _optional(table: Table) -> pa.Schema:
    """Returns the columns, each of which may be NULL: to Iceberg a column that is not in the files would otherwise be an error."""
    return pa.schema([field.with_nullable(True) for field in table.schema])


def _data_file(transaction: Transaction, registered: IcebergTable, table: Table, path: str, file: LiveFile) -> DataFile:
    """Returns a file's entry, with its partition values: they are not in the file, and pyiceberg would take them for NULL."""
    entry = parquet_file_to_data_file(registered.io, transaction.table_metadata, path)
    entry[_PARTITION_FIELD] = Record(*(_iceberg_value(file.values[name]) for name in table.partition_columns))
    return entry


def _iceberg_value(value: Any) -> Any:
    """Returns a value as Iceberg stores it: days and microseconds since 1970."""
    if isinstance(value, dt.datetime):
        return (value - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
    return (value - dt.date(1970, 1, 1)).days if isinstance(value, dt.date) else value

"""ClickHouse: `clickhouse://user@host:8123/news` by its HTTP interface, `clickhouses://` with TLS; no client is needed.

There are no transactions. Instead, each row carries the lake's version, `_version`, in a table that keeps a key's
row with the highest one (ReplacingMergeTree), and removed rows become tombstones (`_deleted`). So a load that is killed, repeated
or late ends where it should: the log's entry comes last, the next load does the rest again, and an older version never wins. Until
then readers may see part of a load. Read the views `<table>_current` of `broadsheet ddl`, or `select … final`.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlencode, urlsplit

import pyarrow as pa

from broadsheet.pipelines.load.target import Counts, Loaded, overtaken, without_secrets
from broadsheet.pipelines.load.targets import merge
from broadsheet.schemas.errors import LoadError
from broadsheet.schemas.sql.dialects import column_sql, create_table, sql_type
from broadsheet.schemas.tables import Table
from broadsheet.transforms.lake.protocol.changes import Changes, read_keys, read_rows, read_scopes
from broadsheet.transforms.lake.protocol.files import Lake

_TIMEOUT_S = 600
"""How long one statement may take; a chunk of 32 MB takes a second."""


@contextmanager
def connect(url: str) -> Iterator[ClickHouseTarget]:
    """Looks whether a server answers.

    Raises:
        LoadError: It does not.
    """
    target = ClickHouseTarget(url)
    target.query("select 1")
    yield target


class ClickHouseTarget:
    """A database of a ClickHouse server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        secure = parts.scheme == "clickhouses"
        self._url = url
        self._address = f"{'https' if secure else 'http'}://{parts.hostname}:{parts.port or (8443 if secure else 8123)}/"
        self._database = parts.path.strip("/") or "default"
        self._headers = {
            "X-ClickHouse-User": unquote(parts.username or "default"),
            "X-ClickHouse-Key": unquote(parts.password or ""),
        }

    def last(self, table: Table) -> Loaded | None:
        """Returns the last load of a table, `None` if there was none or the table was dropped since."""
        if not self._columns(merge.LOADS.name) or not self._columns(table.name):
            return None
        sql = f"select table_id, version from {merge.LOADS.name} where table_name = '{table.name}' order by load desc limit 1"
        return next((Loaded(str(row[0]), int(row[1])) for row in self.query(sql)), None)

    def apply(self, lake: Lake, table: Table, changes: Changes, planned: Loaded | None) -> Counts | None:
        """Brings a table from one version to another; see `load.target.Target`."""
        self._create(merge.LOADS)
        now = self.last(table)
        if overtaken(now, changes, planned):
            return None
        self._prepare(table, is_known=now is not None)
        rows = read_rows(lake, table, changes.fresh)
        with self._staged(table.schema, rows) as stage:
            if self.query(merge.duplicates(table).replace(merge.stage_name(table), stage)):
                raise LoadError(f"{table.name}: a key occurs in the lake more than once: see `broadsheet verify`")
            deleted = self._delete(lake, table, changes)
            inserted, updated = self._upsert(table, stage, changes.until)
        counts = Counts(inserted, updated, deleted)
        self.query(
            f"insert into {merge.LOADS.name} select max(load) + 1, '{table.name}', '{changes.table_id}', {changes.until}, "
            f"{changes.since}, now64(6), {counts.inserted}, {counts.updated}, {counts.deleted} from {merge.LOADS.name}"
        )
        return counts

    def query(self, sql: str, data: bytes | None = None) -> list[list[str | int]]:
        """Runs a statement, with the rows it inserts if there are any; returns the rows that it returns.

        Raises:
            LoadError: The server refuses the statement, or cannot be reached.
        """
        settings = {"database": self._database, "default_format": "JSONCompactEachRow", "wait_end_of_query": "1"}
        settings["output_format_json_quote_64bit_integers"] = "0"
        if data is not None:
            settings["query"] = sql
        request = urllib.request.Request(f"{self._address}?{urlencode(settings)}", data or sql.encode(), self._headers)
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
                return [json.loads(line) for line in answer.read().splitlines()]
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")
            raise LoadError(f"ClickHouse: {without_secrets(said, self._url)[:500]}") from error
        except OSError as error:
            raise LoadError(f"ClickHouse at {self._address} cannot be reached: {error}") from error

    def _prepare(self, table: Table, is_known: bool) -> None:
        found = self._columns(table.name)
        if not found:
            self._create(table)
            return
        for column in table.columns:
            expected = sql_type("clickhouse", column.type, column.nullable)
            if column.name not in found and column.name not in table.key_columns:
                self.query(f"alter table {table.name} add column if not exists {column_sql('clickhouse', column)}")
            elif found.get(column.name) != expected:
                raise LoadError(
                    f"{table.name}.{column.name} is {found.get(column.name, 'missing')} in the target, {expected} in the lake: "
                    "rename or drop that table, or load into another database"
                )
        if "_version" not in found or (not is_known and self.query(f"select 1 from {table.name} limit 1")):
            raise LoadError(
                f"{table.name} is not a table that a load made, or holds rows that none brought: rename or drop that table, "
                "or load into another database"
            )

    def _upsert(self, table: Table, stage: str, version: int) -> tuple[int, int]:
        keys, names = _tuple(table.key_columns), [column.name for column in table.columns]
        there = f"from {table.name} final where _deleted = 0 and {keys} in (select {keys} from {stage})"
        other = f"from {stage} where (tuple{keys}, {_image(names)}) not in (select tuple{keys}, {_image(names)} {there})"
        changed, updated = self.query(f"select count(), countIf({keys} in (select {keys} {there})) {other}")[0]
        columns = ", ".join(names)
        if changed:
            self.query(f"insert into {table.name} ({columns}, _version, _deleted) select {columns}, {version}, 0 {other}")
        return int(changed) - int(updated), int(updated)

    def _delete(self, lake: Lake, table: Table, changes: Changes) -> int:
        if changes.scopes is not None and not changes.scopes:
            return 0
        keys, columns = _tuple(table.key_columns), ", ".join(column.name for column in table.columns)
        scope = table.partition_columns[0]
        with (
            self._staged(table.key_schema, read_keys(lake, table, changes.kept)) as kept,
            self._staged(table.scope_schema, read_scopes(table, changes)) as scopes,
        ):
            gone = f"from {table.name} final where _deleted = 0 and {keys} not in (select {keys} from {kept})"
            if changes.scopes is not None:
                gone += f" and {scope} in (select {scope} from {scopes})"
            deleted = int(self.query(f"select count() {gone}")[0][0])
            if deleted:
                self.query(f"insert into {table.name} ({columns}, _version, _deleted) select {columns}, {changes.until}, 1 {gone}")
        return deleted

    @contextmanager
    def _staged(self, schema: pa.Schema, chunks: Iterable[pa.Table]) -> Iterator[str]:
        """Yields the name of a table that holds rows, for as long as they are needed; a killed load leaves it to the next one."""
        self._drop_left_stages()
        name = f"broadsheet_stage_{uuid.uuid4().hex}"
        columns = ", ".join(f"{field.name} {sql_type('clickhouse', field.type, field.nullable)}" for field in schema)
        self.query(f"create table {name} ({columns}) engine = MergeTree order by tuple()")
        try:
            for chunk in chunks:
                self.query(f"insert into {name} format ArrowStream", _arrow_stream(chunk.cast(schema)))
            yield name
        finally:
            self.query(f"drop table if exists {name}")

    def _drop_left_stages(self) -> None:
        """Drops stages of loads that were killed: those older than a day, which no load takes."""
        old = "name like 'broadsheet\\_stage\\_%' and metadata_modification_time < now() - interval 1 day"
        for (name,) in self.query(f"select name from system.tables where database = currentDatabase() and {old}"):
            self.query(f"drop table if exists {name}")

    def _create(self, table: Table) -> None:
        statement = create_table("clickhouse", table)
        if table is merge.LOADS:
            columns = ", ".join(column_sql("clickhouse", column) for column in table.columns)
            statement = f"create table if not exists {table.name} ({columns}) engine = MergeTree order by load"
        self.query(statement)

    def _columns(self, name: str) -> dict[str, str]:
        rows = self.query(f"select name, type from system.columns where database = currentDatabase() and table = '{name}'")
        return {str(column): " ".join(str(type_).split()).replace("( ", "(") for column, type_ in rows}


def _tuple(names: Iterable[str]) -> str:
    return f"({', '.join(names)})"


def _image(names: Iterable[str]) -> str:
    """Returns an expression that differs where a row differs; comparing the columns themselves would be NULL where one is."""
    return f"toString(tuple{_tuple(names)})"


def _arrow_stream(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()

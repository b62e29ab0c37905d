"""BigQuery: `bigquery://PROJECT/DATASET`, with the credentials that Google's client finds by itself.

Rows go up as Parquet, in load jobs, to tables that expire within a day; then one script merges them in a transaction. Not run
against the real service: see `load.targets.cloud`.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from google.api_core.exceptions import GoogleAPIError, NotFound
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery

from broadsheet.pipelines.load.target import Counts, Loaded, overtaken
from broadsheet.pipelines.load.targets import cloud
from broadsheet.schemas.errors import ConfigError, LoadError
from broadsheet.schemas.sql.dialects import sql_type
from broadsheet.schemas.tables import Table
from broadsheet.transforms.lake.protocol.changes import Changes, read_keys, read_rows, read_scopes
from broadsheet.transforms.lake.protocol.files import Lake


@contextmanager
def connect(url: str) -> Iterator[BigQueryTarget]:
    """Opens a dataset.

    Raises:
        ConfigError: The URL names none.
        LoadError: The service refuses something.
    """
    project, _, dataset = url.removeprefix("bigquery://").partition("/")
    if not project or not dataset:
        raise ConfigError("--to bigquery:// needs a project and a dataset: bigquery://PROJECT/DATASET")
    try:
        yield BigQueryTarget(bigquery.Client(project=project), f"{project}.{dataset}")
    except (GoogleAPIError, GoogleAuthError) as error:
        raise LoadError(f"BigQuery: {' '.join(str(error).split())}") from error


class BigQueryTarget:
    """A dataset."""

    def __init__(self, client: bigquery.Client, dataset: str) -> None:
        self._client = client
        self._dataset = dataset

    def last(self, table: Table) -> Loaded | None:
        """Returns the last load of a table, `None` if there was none or the table was dropped since."""
        try:
            self._client.get_table(f"{self._dataset}.{table.name}")
            rows = self._query(cloud.last_load(table))
        except NotFound:
            return None
        return Loaded(rows[0][0], rows[0][1]) if rows else None

    def apply(self, lake: Lake, table: Table, changes: Changes, planned: Loaded | None) -> Counts | None:
        """Brings a table from one version to another; see `load.target.Target`."""
        for statement in cloud.prepare("bigquery", table):
            self._query(statement)
        if overtaken(self.last(table), changes, planned):
            return None
        stages = [
            self._stage(table.schema, read_rows(lake, table, changes.fresh)),
            self._stage(table.key_schema, read_keys(lake, table, changes.kept)),
            self._stage(table.scope_schema, read_scopes(table, changes)),
        ]
        try:
            script = [*cloud.merge("bigquery", table, changes, *stages), "commit transaction"]
            self._query(";\n".join(["begin transaction", *script]))
        finally:
            for stage in stages:
                self._client.delete_table(f"{self._dataset}.{stage}", not_found_ok=True)
        ((_, version, *counts),) = self._query(cloud.last_load(table))
        return Counts(*counts) if version == changes.until else None

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        config = bigquery.QueryJobConfig(default_dataset=self._dataset)
        return [tuple(row.values()) for row in self._client.query(sql, job_config=config).result()]

    def _stage(self, schema: pa.Schema, chunks: Iterable[pa.Table]) -> str:
        """Makes a table of rows that goes away by itself within a day; returns its name."""
        name = f"broadsheet_stage_{uuid.uuid4().hex}"
        columns = ", ".join(f"{field.name} {sql_type('bigquery', field.type)}" for field in schema)
        expires = "options (expiration_timestamp = timestamp_add(current_timestamp(), interval 1 day))"
        self._query(f"create table {name} ({columns}) {expires}")
        lists = bigquery.ParquetOptions()
        lists.enable_list_inference = True
        config = bigquery.LoadJobConfig(source_format="PARQUET", write_disposition="WRITE_APPEND", parquet_options=lists)
        for chunk in chunks:
            sink = io.BytesIO()
            pq.write_table(chunk.cast(schema), sink, compression="zstd")
            sink.seek(0)
            self._client.load_table_from_file(sink, f"{self._dataset}.{name}", job_config=config).result()
        return name

"""Writes the lake's tables as SQL scripts for seven engines, all from the one definition of columns in `schemas.tables`.

A script has up to three parts: the tables that `broadsheet load` fills, views over them, and tables over the lake's own files, for
which nothing needs to be loaded. `broadsheet ddl` prints it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from broadsheet.schemas.columns import Column
from broadsheet.schemas.sql.dialects import LINE, column_sql, create_table, sql_type
from broadsheet.schemas.tables import DOCUMENTS, REJECTS, TABLES, Table

PLACEHOLDER = "LAKE"
"""The lake's folder in a script if none is given."""

_FILED = (DOCUMENTS, REJECTS)
"""The tables whose partition columns are in the names of their folders; that of `inputs` is in the Delta log only."""


def script(dialect: str, lake: str = PLACEHOLDER) -> str:
    """Returns all statements for an engine.

    Args:
        dialect: One of `schemas.sql.dialects.DIALECTS`.
        lake: The lake's folder as the engine sees it.
    """
    parts = [f"-- The tables of broadsheet for {dialect}, made by: broadsheet ddl --dialect {dialect}"]
    if lake == PLACEHOLDER:
        parts.append(f"-- Replace {PLACEHOLDER} by the lake's folder, or give it with --lake.")
    blocks = ["\n".join(parts)]
    if dialect in _LOADED:
        blocks.append("-- 1. Tables. `broadsheet load` makes them itself; make them first to choose the schema, rights or layout.")
        blocks += [f"{create_table(dialect, table)};" for table in TABLES]
        blocks.append(f"-- 2. Views\n{_LOADED[dialect]}".rstrip())
        if dialect == "clickhouse":
            blocks += [_current(table) for table in TABLES]
    if dialect in _OVER_FILES:
        blocks.append(
            "-- Tables over the lake's own files: nothing is loaded, nothing is copied.\n"
            + _HINTS[dialect].replace(PLACEHOLDER, lake)
        )
        blocks += _OVER_FILES[dialect](lake)
    blocks.append(f"{create_latest(dialect)};")
    return "\n\n".join(blocks) + "\n"


def latest(rows: str) -> str:
    """Returns the query for the newest revision of each page.

    As `broadsheet query` has it: a page is known by its source and its canonical address, else the one it was fetched from; one
    without an address is its own. The newest was crawled, modified or published last.

    Args:
        rows: A table, or a query in brackets, with the columns of `documents`.
    """
    names = ", ".join(column.name for column in DOCUMENTS.columns)
    return (
        f"select {names}\nfrom (\n  select *, row_number() over (\n    partition by source, coalesce(canonical_url, url, doc_id)\n"
        f"    order by {_KNOWN_AT} desc nulls last, uri desc, record desc, doc_id desc\n"
        f"  ) as revision\n  from {rows}\n) as revisions\nwhere revision = 1"
    )


_KNOWN_AT = (
    "greatest(coalesce(crawled_at, modified_at, published_at), coalesce(modified_at, published_at, crawled_at), "
    "coalesce(published_at, crawled_at, modified_at))"
)
"""The last of three times, of which any may be NULL: `greatest` is NULL then in half of the engines."""


def create_latest(dialect: str) -> str:
    """Returns the statement that makes the view `documents_latest`."""
    return f"create or replace view documents_latest as\n{latest('documents_current' if dialect == 'clickhouse' else 'documents')}"


def _current(table: Table) -> str:
    names = ", ".join(column.name for column in table.columns)
    return f"create or replace view {table.name}_current as\nselect {names} from {table.name} final where _deleted = 0;"


def _glob(lake: str, table: Table) -> str:
    return "/".join((lake, table.name, *(f"{name}=*" for name in table.partition_columns), "*.parquet"))


def _in_files(table: Table) -> list[Column]:
    return [column for column in table.columns if column.name not in table.partition_columns]


def _in_folders(table: Table) -> list[Column]:
    return [column for column in table.columns if column.name in table.partition_columns]


def _duckdb(lake: str) -> Iterator[str]:
    for table in _FILED:
        types = ", ".join(f"'{column.name}': {sql_type('duckdb', column.type)}" for column in _in_folders(table))
        yield (
            f"create or replace view {table.name}_lake as\nselect * from read_parquet('{_glob(lake, table)}', "
            f"hive_partitioning = true, hive_types = {{{types}}}, union_by_name = true);"
        )


def _clickhouse(lake: str) -> Iterator[str]:
    for table in _FILED:
        # Folders' names arrive as they are: escaped, and the null partition by its name.
        values = {"date": "toDateOrNull(date)", "source": "decodeURLComponent(source)"}
        inside = [column.name for column in _in_files(table)]
        folders = [f"{values.get(column.name, column.name)} as {column.name}" for column in _in_folders(table)]
        shape = ", ".join(column_sql("clickhouse", column) for column in _in_files(table))
        named = [f"{column.name} String" for column in _in_folders(table)]
        structure = ", ".join([shape, *named]).replace("'", "\\'")
        yield (
            f"create or replace view {table.name}_lake as\nselect {', '.join([*inside, *folders])}\n"
            f"from file('{_glob(lake, table)}', 'Parquet', '{structure}')\nsettings use_hive_partitioning = 1;"
        )


def _bigquery(lake: str) -> Iterator[str]:
    for table in _FILED:
        inside = LINE.join(column_sql("bigquery", column._replace(nullable=True)) for column in _in_files(table))
        folders = LINE.join(f"{column.name} {sql_type('bigquery', column.type)}" for column in _in_folders(table))
        yield (
            f"create external table if not exists {table.name}_lake (\n  {inside}\n)\nwith partition columns (\n  {folders}\n)\n"
            f"options (\n  format = 'PARQUET',\n  uris = ['{lake}/{table.name}/{table.partition_columns[0]}=*'],\n"
            f"  hive_partition_uri_prefix = '{lake}/{table.name}',\n  enable_list_inference = true\n);"
        )


def _snowflake(lake: str) -> Iterator[str]:
    yield f"create stage if not exists broadsheet_lake\n  url = '{lake}/'\n  file_format = (type = parquet);"
    for table in _FILED:
        folders = [f"{c.name} {sql_type('snowflake', c.type)} as ({_snowflake_folder(c)})" for c in _in_folders(table)]
        inside = [f"{c.name} {sql_type('snowflake', c.type)} as ({_snowflake_value(c)})" for c in _in_files(table)]
        yield (
            f"create external table if not exists {table.name}_lake (\n  {LINE.join(folders + inside)}\n)\n"
            f"partition by ({', '.join(table.partition_columns)})\nlocation = @broadsheet_lake/{table.name}/\n"
            f"pattern = '.*{table.partition_columns[0]}=.*[.]parquet'\nauto_refresh = false\nfile_format = (type = parquet);"
        )


def _snowflake_folder(column: Column) -> str:
    text = f"split_part(split_part(metadata$filename, '{column.name}=', 2), '/', 1)"
    return f"try_to_date({text})" if column.name == "date" else text


def _snowflake_value(column: Column) -> str:
    return f"value:{column.name}::{sql_type('snowflake', column.type)}"


def _spark(lake: str) -> Iterator[str]:
    for table in TABLES:
        yield f"create table if not exists {table.name}\nusing delta\nlocation '{lake}/{table.name}';"
    yield "-- Without Delta's jars: the files themselves. New folders are found by the second statement."
    for table in _FILED:
        columns = LINE.join(f"{c.name} {sql_type('spark', c.type)}" for c in [*_in_files(table), *_in_folders(table)])
        partitions = ", ".join(table.partition_columns)
        yield (
            f"create table if not exists {table.name}_files (\n  {columns}\n)\nusing parquet\npartitioned by ({partitions})\n"
            f"location '{lake}/{table.name}';"
        )
        yield f"msck repair table {table.name}_files;"


def _trino(lake: str) -> Iterator[str]:
    for table in TABLES:
        yield (
            f"call delta.system.register_table(schema_name => 'news', table_name => '{table.name}', "
            f"table_location => '{lake}/{table.name}');"
        )
    yield "-- By the Hive connector, without the log: times there have no zone and are UTC. The call finds new folders."
    for table in _FILED:
        columns = LINE.join(f"{c.name} {_hive_type(c)}" for c in [*_in_files(table), *_in_folders(table)])
        names = ", ".join(f"'{name}'" for name in table.partition_columns)
        yield (
            f"create table if not exists hive.news.{table.name} (\n  {columns}\n)\nwith (\n  format = 'PARQUET',\n"
            f"  external_location = '{lake}/{table.name}',\n  partitioned_by = array[{names}]\n);"
        )
        yield f"call hive.system.sync_partition_metadata(schema_name => 'news', table_name => '{table.name}', mode => 'FULL');"
    yield "use delta.news;"


def _hive_type(column: Column) -> str:
    return sql_type("trino", column.type).replace("timestamp(6) with time zone", "timestamp(6)")


_LOADED = {
    "duckdb": "",
    "postgres": "",
    "clickhouse": "-- A table here holds a row's former versions until ClickHouse merges them: read <table>_current.",
    "bigquery": "",
    "snowflake": "",
}
"""The engines that `broadsheet load` loads, and what is to be said of their views."""

_OVER_FILES: dict[str, Callable[[str], Iterator[str]]] = {
    "duckdb": _duckdb,
    "clickhouse": _clickhouse,
    "bigquery": _bigquery,
    "snowflake": _snowflake,
    "spark": _spark,
    "trino": _trino,
}

_PRUNING = "-- Pruning: compare source and date with constants (date is null finds what has no date); "
_HINTS = {
    "duckdb": f"{_PRUNING}other folders are not opened.\n"
    f"-- `inputs` only by delta_scan('{PLACEHOLDER}/inputs'): its partition column is in the log.",
    "clickhouse": f"{_PRUNING}explain indexes = 1 shows it.\n"
    "-- On S3 write s3(...) in the place of file(...); a table of engine DeltaLake(...) reads the log.",
    "bigquery": f"{_PRUNING}require_hive_partition_filter = true insists on it.",
    "snowflake": f"{_PRUNING}`alter external table ... refresh` finds new files.\n"
    "-- The stage of a bucket needs its storage integration.",
    "spark": f"{_PRUNING}explain shows PartitionFilters.",
    "trino": f"{_PRUNING}explain shows the constraint on them.",
}

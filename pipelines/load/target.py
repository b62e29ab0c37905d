"""Lists what `broadsheet load` can load into: one module each, with one small interface.

    with open_target("postgresql://loader@db/news") as target:
        last = target.last(DOCUMENTS)
        counts = target.apply(lake, DOCUMENTS, changes, last)

A target keeps its own load log, so that nothing but lake and target have to agree. `apply` is one transaction where the target has
such: the rows, the deletions and the log's entry, or nothing. Clients are imported when a target is opened.
"""

from __future__ import annotations

import importlib
import re
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from broadsheet.schemas.errors import ConfigError, LoadError
from broadsheet.schemas.tables import Table
from broadsheet.transforms.lake.protocol.changes import Changes
from broadsheet.transforms.lake.protocol.files import Lake


class Loaded(NamedTuple):
    """What a target's log says of a table: which Delta table it was loaded from, and up to which of its versions."""

    table_id: str
    version: int


class Counts(NamedTuple):
    """What a load changed, in rows."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0


class Target(Protocol):
    """A database that holds copies of the lake's tables."""

    def last(self, table: Table) -> Loaded | None:
        """Returns the last load of a table, `None` if there was none."""

    def apply(self, lake: Lake, table: Table, changes: Changes, planned: Loaded | None) -> Counts | None:
        """Makes and extends the table where needed, and brings it from one version of the lake's table to another.

        Args:
            lake: Where the rows are.
            table: Which table.
            changes: What is to be brought over.
            planned: The last load when the changes were looked up. Another one may have ended since.

        Returns:
            What changed; `None` where another load has brought the table to that version or a newer one.

        Raises:
            LoadError: The table cannot take the rows, or the target failed; nothing was changed.
            FileNotFoundError: A file of the lake is gone: the changes are to be looked up again.
        """


_MODULES = {
    "duckdb": ("duckdb_file", None, "duckdb"),
    "postgresql": ("postgres", "postgres", "psycopg"),
    "postgres": ("postgres", "postgres", "psycopg"),
    "clickhouse": ("clickhouse", None, ""),
    "clickhouses": ("clickhouse", None, ""),
    "bigquery": ("bigquery", "bigquery", "google"),
    "snowflake": ("snowflake", "snowflake", "snowflake"),
    "iceberg": ("iceberg", "iceberg", "pyiceberg"),
}
"""A URL's scheme: the module here, the extra of setup.py that brings its client, and the client's import name."""


def open_target(url: str) -> AbstractContextManager[Target]:
    """Opens the target that a URL names.

    Raises:
        ConfigError: The URL names none, or its client is not installed.
        LoadError: The target cannot be reached.
    """
    scheme = url.partition("://")[0] if "://" in url else ""
    if scheme not in _MODULES:
        raise ConfigError(f"--to {safe_url(url)}: a target is one of {', '.join(f'{name}://' for name in _MODULES)}")
    module, extra, client = _MODULES[scheme]
    try:
        return importlib.import_module(f"broadsheet.pipelines.load.targets.{module}").connect(url)
    except ModuleNotFoundError as error:
        if not client or client.partition(".")[0] != (error.name or "").partition(".")[0]:
            raise
        raise ConfigError(f"--to {scheme}:// needs its client: pip install 'broadsheet[{extra}]'") from error


def safe_url(url: str) -> str:
    """Returns a URL as it may be printed: no password, and of the query only the names."""
    url = re.sub(r"(://[^/?#@:]*):[^/?#]*@", r"\1:***@", url)
    base, mark, query = url.partition("?")
    return base + mark + "&".join(f"{pair.partition('=')[0]}=***" if "=" in pair else pair for pair in query.split("&"))


def without_secrets(text: str, url: str) -> str:
    """Returns what a client said, in one line, with the URL's password and query values blotted out wherever it quotes them."""
    parts = urlsplit(url)
    written = {parts.password or "", *(pair.partition("=")[2] for pair in parts.query.split("&"))}
    secrets = written | {unquote(secret) for secret in written}
    line = " ".join(text.split())
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) > 2:  # shorter ones would blot out half of any sentence
            line = line.replace(secret, "***")
    return line


def overtaken(now: Loaded | None, changes: Changes, planned: Loaded | None) -> bool:
    """Whether another load, since this one was planned, has brought the table as far; called inside the transaction.

    What was planned from an older version is still right for a newer one on the way: it brings the same rows, and more.

    Raises:
        LoadError: The table was loaded from another lake in the meantime.
    """
    if now is None or now == planned:
        return False
    if now.table_id != changes.table_id:
        raise LoadError(f"another lake was loaded into the same table meanwhile: its table is {now.table_id}")
    return now.version >= changes.until

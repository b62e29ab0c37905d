"""Escapes Hive partition values.

    >>> partition_path({"source": "example.com", "date": "2026-01-31"})
    'source=example.com/date=2026-01-31'
    >>> parse_partition_path("source=a%2Fb/date=__HIVE_DEFAULT_PARTITION__")
    {'source': 'a/b', 'date': None}

Values are escaped as Hive escapes them, so that every engine reads them back and a hostile value cannot name a folder outside
the lake. `safe_value` turns any string into a value that fits; on such values the other functions are inverses of each other.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
"""The folder name that means NULL, in Hive and in every engine after it."""

MAX_BYTES = 240
"""Longest escaped value in bytes: file systems allow 255 per name, `column=` included (docs/decisions/facts.md, Delta 4)."""

_ESCAPED = re.compile(r'[\x00-\x1f"#%\'*/:=?\\{\[\]^\x7f]')
"""What Hive's FileUtils.escapePathName escapes; delta-rs, DataFusion, DuckDB, Spark and pyarrow all undo it."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def safe_value(value: str) -> str | None:
    """Returns `value` as a string that can be a partition value, or `None` if nothing is left of it.

    Controls and lone surrogates are dropped, white space is folded, the result is in NFC. A value that is too long for a folder's
    name keeps its beginning and ends in a digest of the whole.
    """
    text = unicodedata.normalize("NFC", " ".join(_CONTROLS.sub(" ", value).split()))
    if text in ("", ".", ".."):
        return None
    if len(escape(text).encode()) <= MAX_BYTES:
        return text
    digest = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    # A character takes 12 bytes at most once escaped: 4 in UTF-8, and only ASCII is escaped, to 3.
    room = MAX_BYTES - len(digest) - 1
    while len(escape(text).encode()) > room:
        excess = len(escape(text).encode()) - room
        text = text[: -max(1, excess // 12)]
    return f"{text.rstrip()}-{digest}"


def escape(value: str) -> str:
    """Escapes a value for a folder's name; the name of the NULL partition is escaped too, so that it is not read as NULL."""
    if value == NULL_PARTITION:
        return "%5F" + value[1:]
    return _ESCAPED.sub(lambda match: f"%{ord(match[0]):02X}", value)


def unescape(name: str) -> str:
    """Undoes `escape`."""
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), name)


def partition_path(values: Mapping[str, str | None]) -> str:
    """Returns the relative folder of a partition, `column=value/…`, in the mapping's order.

    Raises:
        ValueError: A value cannot name a folder; it has not been through `safe_value`.
    """
    folders = []
    for column, value in values.items():
        if value is not None and (value in ("", ".", "..") or len(escape(value).encode()) > MAX_BYTES):
            raise ValueError(f"{column}={value!r:.80} cannot be a partition value")
        folders.append(f"{column}={NULL_PARTITION if value is None else escape(value)}")
    return "/".join(folders)


def parse_partition_path(path: str) -> dict[str, str | None]:
    """Reads the values back from a folder as `partition_path` made it.

    Raises:
        ValueError: A folder is not `column=value`.
    """
    values: dict[str, str | None] = {}
    for folder in path.split("/") if path else []:
        column, equals, value = folder.partition("=")
        if not equals or not column:
            raise ValueError(f"{folder!r:.80} is not a partition folder (column=value)")
        values[column] = None if value == NULL_PARTITION else unescape(value)
    return values

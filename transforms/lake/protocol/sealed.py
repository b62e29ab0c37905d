"""Writes and reads side files of a lake that carry their length and a digest, so that damage is seen and named.

Part files, templates, blocklists and kept standard input have a digest in their names, entries of the Delta logs have one in what
they say. All our other files are sealed: JSON has the digest as its last key, everything else has a last line of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from broadsheet.schemas.errors import DamagedError
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.files import Lake

_KEY = "blake2b"
_SEAL = re.compile(rb'\n\{"bytes": +(\d+), "blake2b": "([0-9a-f]{32})"\}\n\Z')


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def sealed(data: bytes) -> bytes:
    """Returns bytes with a last line that says how many they are and what they come to."""
    return data + b'\n{"bytes": %20d, "blake2b": "%s"}\n' % (len(data), _digest(data).encode())


_SEAL_BYTES = len(sealed(b""))


def unsealed(data: bytes) -> bytes | None:
    """Returns the bytes without their last line, `None` if they are not what it says or it is missing."""
    found = _SEAL.search(data[-_SEAL_BYTES:])
    content = data[:-_SEAL_BYTES]
    if not found or int(found[1]) != len(content) or found[2].decode() != _digest(content):
        return None
    return content


def put_sealed(lake: Lake, relative: str, data: bytes) -> None:
    """Writes a file as `files.put` does, sealed."""
    files.put(lake, relative, sealed(data))


def get_sealed(lake: Lake, relative: str) -> bytes:
    """Reads a sealed file.

    Raises:
        DamagedError: It is not what was written.
        FileNotFoundError: There is none.
    """
    content = unsealed(files.get(lake, relative))
    if content is None:
        raise damaged(lake, relative)
    return content


def sealed_json(fields: Mapping[str, Any], indent: int | None = None) -> bytes:
    """Returns an object as JSON that has its digest as its last key."""
    plain = json.loads(json.dumps(fields))
    return json.dumps({**plain, _KEY: _digest(_canonical(plain))}, indent=indent).encode()


def unsealed_json(data: bytes) -> dict[str, Any] | None:
    """Returns an object without its digest, `None` if it is not what that says; one of a former version has none."""
    try:
        fields = json.loads(data)
    except ValueError:
        return None
    if not isinstance(fields, dict):
        return None
    digest = fields.pop(_KEY, None)
    return fields if digest in (None, _digest(_canonical(fields))) else None


def _canonical(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True).encode()


def put_json(lake: Lake, relative: str, fields: Mapping[str, Any], indent: int | None = None) -> None:
    """Writes an object as JSON, sealed."""
    files.put(lake, relative, sealed_json(fields, indent))


def get_json(lake: Lake, relative: str) -> dict[str, Any]:
    """Reads an object that `put_json` wrote.

    Raises:
        DamagedError: It is not what was written.
        FileNotFoundError: There is none.
    """
    fields = unsealed_json(files.get(lake, relative))
    if fields is None:
        raise damaged(lake, relative)
    return fields


def damaged(lake: Lake, relative: str) -> DamagedError:
    """Returns the error that names a damaged file and the way out."""
    return DamagedError(f"{lake.path(relative)} is damaged; to repair the lake: broadsheet verify --repair --lake {lake.root}")


def is_named_by_content(name: str, data: bytes) -> bool:
    """Returns whether a file's name ends with the digest of its bytes, before its suffix."""
    digest = name.partition(".")[0].rpartition("-")[2]
    return bool(digest) and hashlib.blake2b(data, digest_size=len(digest) // 2).hexdigest() == digest

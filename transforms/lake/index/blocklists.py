"""Keeps blocklists in the lake: `LAKE/_blocklists/<digest>.txt`, one domain per line, sorted.

Batches name the list they were planned with, so that a repeated batch leaves out the same, whatever became of the user's file.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.sealed import damaged, is_named_by_content

BLOCKLISTS = "_blocklists"


def write_blocklist(lake: Lake, domains: frozenset[str]) -> str:
    """Writes a list, and returns its name: the same domains have the same, in any order."""
    data = "".join(f"{domain}\n" for domain in sorted(domains)).encode()
    name = f"{hashlib.blake2b(data, digest_size=16).hexdigest()}.txt"
    files.put(lake, f"{BLOCKLISTS}/{name}", data)
    return name


@lru_cache(maxsize=2)
def blocked_domains(lake: Lake, name: str) -> frozenset[str]:
    """Returns the domains of a list; a worker reads it once.

    Raises:
        DamagedError: The list is gone or is not what its name says: a fault of the lake, not of the page that is looked at.
    """
    relative = f"{BLOCKLISTS}/{name}"
    try:
        data = files.get(lake, relative)
    except FileNotFoundError as error:
        raise damaged(lake, relative) from error
    if not is_named_by_content(name, data):
        raise damaged(lake, relative)
    return frozenset(data.decode().splitlines())

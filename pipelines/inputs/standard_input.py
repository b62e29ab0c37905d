"""Standard input as an input: kept in the lake under its digest, so that a batch that is run again finds it.

    cat page.html | broadsheet ingest - --lake ./lake
    LAKE/_stdin/<digest>.html

The same bytes a second time are the same input, and read once.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from typing import IO

from broadsheet.schemas.errors import ConfigError
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.read.compression import open_stream
from broadsheet.transforms.read.reader import Budget, ReadOptions
from broadsheet.transforms.read.registry import sniffed_suffix

FOLDER = "_stdin"

_PIECE = 1024 * 1024
_GUESSES = ((re.compile(rb"\s*[{\[]"), ".json"), (re.compile(rb"\s*<"), ".html"))
"""How what has no magic bytes begins."""


def keep(lake: Lake, source: IO[bytes]) -> str:
    """Copies standard input into the lake, and returns the path or URI it has there; its first bytes say what it is.

    Raises:
        ConfigError: There is nothing.
    """
    digest = hashlib.blake2b(digest_size=16)
    with tempfile.TemporaryFile() as copy:
        while piece := source.read(_PIECE):
            digest.update(piece)
            copy.write(piece)
        size = copy.tell()
        if not size:
            raise ConfigError("-: nothing came from standard input")
        copy.seek(0)
        relative = f"{FOLDER}/{digest.hexdigest()}{_suffix(copy, size)}"
        if files.size_of(lake, relative) != size:
            copy.seek(0)
            files.put_stream(lake, relative, copy)
    return lake.path(relative)


def _suffix(file: IO[bytes], size: int) -> str:
    head = open_stream(file, Budget(size, ReadOptions())).head(1024)
    known = sniffed_suffix(head)
    return known or next((suffix for start, suffix in _GUESSES if start.match(head)), ".txt")

"""The labelled files that every quality figure is measured on, and the one definition of those figures.

They are beside the project (`../shared/bench`), are public research data, and are not part of it: nothing is copied from them.
`score.py` there is loaded unchanged, so that our figures and those of others are comparable.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import zstandard

SHARED = Path(__file__).resolve().parents[2] / "shared"
BENCH = SHARED / "bench"


@cache
def score() -> ModuleType:
    """Returns `score.py`, the only measure, as a module."""
    spec = importlib.util.spec_from_file_location("bench_score", BENCH / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(BENCH / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(path: Path | str) -> Iterator[dict[str, Any]]:
    """Yields the records of a file of the bench format: JSON lines, compressed with zstd where its name says so."""
    with open(path, "rb") as raw:
        stream = zstandard.ZstdDecompressor().stream_reader(raw) if str(path).endswith(".zst") else raw
        for line in io.TextIOWrapper(stream, encoding="utf-8"):
            if line.strip():
                yield json.loads(line)


def dev_set(name: str) -> Path:
    """Returns where a labelled set lies (`sh`, `tj`, `daniel`, `tf`, `lang`)."""
    return BENCH / f"dev.{name}.jsonl.zst"


def digest(path: Path) -> str:
    """Returns the first 16 hex digits of a file's SHA-256: which data a figure or a model belongs to."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]

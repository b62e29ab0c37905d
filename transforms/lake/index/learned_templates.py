"""Keeps learned templates in the lake: `LAKE/_templates/<number>-<digest>.parquet`, one row per line of chrome, sorted by source.

Each learning writes a whole new version; batches name the version they were planned with, so that a repeated batch strips alike.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from functools import lru_cache, partial
from itertools import groupby
from operator import itemgetter

import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.transforms.boilerplate.templates.strip_with_templates import NOTHING_LEARNED, Templates
from broadsheet.transforms.boilerplate.templates.template_lines import Landmarks, Template, landmarks
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.sealed import damaged, is_named_by_content

TEMPLATES = "_templates"
_SUFFIX = ".parquet"
_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string(), False),
        pa.field("line", pa.string(), False),
        pa.field("documents", pa.int64(), False),
        pa.field("of_documents", pa.int64(), False),
    ]
)
_CACHED_SOURCES = 512
"""Templates a worker keeps: some 5 MB at a hundred lines each."""
_MOST_LINES = 1_000_000
"""Lines of all sources that a worker holds to recognise pages by: some 150 MB, ten thousand sources' at a hundred lines each."""


def newest(lake: Lake) -> str | None:
    """Returns the name of the newest version, `None` if nothing was learned.

    Raises:
        DamagedError: The version is damaged; after a repair the one before it is the newest.
    """
    names = [name for name in files.listing(lake, TEMPLATES) if name.endswith(_SUFFIX) and "/" not in name]
    name = max(names, default=None)
    if name is not None:
        _check(lake, name)
    return name


@lru_cache(maxsize=4)
def _check(lake: Lake, version: str) -> None:
    """Checks once a process that a version is what its name says; see `_read` for what it raises."""
    relative = f"{TEMPLATES}/{version}"
    try:
        data = files.get(lake, relative)
    except FileNotFoundError as error:
        raise damaged(lake, relative) from error
    if not is_named_by_content(version, data):
        raise damaged(lake, relative)


def write_templates(lake: Lake, templates: Iterable[Template]) -> str:
    """Writes a new version: the given templates, and those of the former version for all other sources.

    Returns:
        Its name.
    """
    former = newest(lake)
    learned = {template.source: template for template in templates}
    rows = [row for row in _read(lake, former, None) if row["source"] not in learned] if former else []
    for template in learned.values():
        rows += [
            {"source": template.source, "line": line, "documents": documents, "of_documents": template.documents}
            for line, documents in template.lines.items()
        ]
    rows.sort(key=lambda row: (row["source"], row["line"]))
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, _SCHEMA), sink, compression="zstd", row_group_size=20_000)
    number = int(former.partition("-")[0]) + 1 if former else 1
    name = f"{number:06d}-{hashlib.blake2b(sink.getvalue(), digest_size=8).hexdigest()}{_SUFFIX}"
    files.put(lake, f"{TEMPLATES}/{name}", sink.getvalue())
    return name


@lru_cache(maxsize=_CACHED_SOURCES)
def template_of(lake: Lake, version: str, source: str) -> Template | None:
    """Returns one source's template, `None` if none was learned; only the part of the file that may hold it is read."""
    rows = _read(lake, version, source)
    if not rows:
        return None
    return _template(source, rows)


@lru_cache(maxsize=1)
def landmarks_of(lake: Lake, version: str) -> Landmarks:
    """Returns what identifies the sources of a version; nothing if there are more lines than a worker should hold."""
    rows = _read(lake, version, None, most=_MOST_LINES)
    sources = groupby(rows, key=itemgetter("source"))
    return landmarks(_template(source, list(lines)) for source, lines in sources)


def learned(lake: Lake, version: str | None) -> Templates:
    """Returns a version's templates as functions; nothing if there is no version."""
    if version is None:
        return NOTHING_LEARNED
    return Templates(partial(template_of, lake, version), partial(landmarks_of, lake, version))


def _template(source: str, rows: list[dict]) -> Template:
    return Template(source, rows[0]["of_documents"], {row["line"]: row["documents"] for row in rows})


def _read(lake: Lake, version: str, source: str | None, most: int | None = None) -> list[dict]:
    """Returns a version's rows.

    Raises:
        DamagedError: The version is gone or damaged: a fault of the lake, not of the page that is looked at.
    """
    path = f"{TEMPLATES}/{version}"
    _check(lake, version)
    data = lake.path(path) if lake.is_local else io.BytesIO(files.get(lake, path))
    if most is not None and pq.read_metadata(data).num_rows > most:
        return []
    filters = None if source is None else [("source", "=", source)]
    return pq.read_table(data, schema=_SCHEMA, filters=filters).to_pylist()

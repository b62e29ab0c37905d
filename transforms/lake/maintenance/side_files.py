"""Finds and mends damaged side files: all that lies in a lake beside its three tables.

_plans/         what is under way     a damaged one is moved to _lost: its batch is run again, or its inputs are new again
_identifiers/   copies of columns     rebuilt from `documents`
_leaders/       copies of rows        rebuilt from `documents`
_templates/     what was learned      moved to _lost: the version before is used until `learn` runs again
_blocklists/    what a user gave      moved to _lost: the next run that is given the list writes it again
_runs/, _watch/ what runs did         moved to _lost: no result depends on them
_stdin/         inputs                moved to _lost
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from broadsheet.transforms.lake.index import doc_id_index, near_duplicate_index
from broadsheet.transforms.lake.protocol import files
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.sealed import is_named_by_content, unsealed, unsealed_json


def _is_sealed(_name: str, data: bytes) -> bool:
    return unsealed(data) is not None


def _is_sealed_json(_name: str, data: bytes) -> bool:
    return unsealed_json(data) is not None


def _is_any(_name: str, _data: bytes) -> bool:
    return True


_PLANS: dict[str, Callable[[str, bytes], bool]] = {
    "plan": _is_sealed,
    "selection": _is_sealed,
    "manifest": _is_sealed_json,
    "result": _is_sealed_json,
    "compaction": _is_sealed_json,
}
"""By the endings of their names; the others say nothing that their existence does not."""


def _is_sound_plan(name: str, data: bytes) -> bool:
    return _PLANS.get(name.rpartition(".")[2], _is_any)(name, data)


class _Kind(NamedTuple):
    """A folder of side files."""

    folder: str
    is_sound: Callable[[str, bytes], bool]
    is_large: bool = False
    """Whether its files are looked into only if everything is read."""


_KINDS = (
    _Kind("_plans", _is_sound_plan),
    _Kind("_templates", is_named_by_content),
    _Kind("_blocklists", is_named_by_content),
    _Kind("_runs", _is_sealed_json),
    _Kind("_watch", _is_sealed_json),
    _Kind("_stdin", is_named_by_content, is_large=True),
)


_INDEXES = {doc_id_index.IDENTIFIERS: doc_id_index, near_duplicate_index.LEADERS: near_duplicate_index}


def damaged_side_files(lake: Lake, deep: bool = False) -> Iterator[str]:
    """Yields the side files that are not what was written, as paths in the lake.

    Args:
        lake: Where.
        deep: Also look at kept standard input.
    """
    for kind in _KINDS:
        if deep or not kind.is_large:
            for name in list(files.listing(lake, kind.folder)):
                if "/" not in name and not kind.is_sound(name, _content(lake, f"{kind.folder}/{name}")):
                    yield f"{kind.folder}/{name}"
    for folder, index in _INDEXES.items():
        yield from (f"{folder}/{name}" for name in index.damaged_files(lake))


def mend_side_files(lake: Lake, deep: bool = False) -> Iterator[str]:
    """Moves damaged files to `_lost` that cannot be rebuilt, and yields what was done; needs the lake's lock.

    Notes of compactions are left to `orphan_files.end_dead_runs`, which knows whose they are.
    """
    for relative in list(damaged_side_files(lake, deep)):
        if relative.partition("/")[0] not in _INDEXES and not relative.endswith(".compaction"):
            yield f"{relative} is damaged: moved to {files.set_aside(lake, relative)}"


def mend_indexes(lake: Lake) -> Iterator[str]:
    """Rebuilds damaged indexes, and yields what was done; needs the lake's lock, and part files that can be read."""
    for folder, index in _INDEXES.items():
        yield from (f"{folder}/{name} is damaged: rebuilt from documents" for name in index.rebuild(lake))


def _content(lake: Lake, relative: str) -> bytes:
    try:
        return files.get(lake, relative)
    except FileNotFoundError:
        return b""  # it has ended meanwhile: an owner or a mark, else it is looked at again

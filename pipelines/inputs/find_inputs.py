"""Lists all inputs of a run, known or new, from the names that the user gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, Optional

import pyarrow as pa

from broadsheet.pipelines.inputs.day_range import Days, check_days, expand, has_placeholder, of_days
from broadsheet.pipelines.inputs.ledger import as_table
from broadsheet.pipelines.inputs.manifest import apply_manifest
from broadsheet.pipelines.inputs.match_inputs import ALL_NAMES, NameFilter, match_inputs
from broadsheet.schemas.errors import ConfigError


class Wanted(NamedTuple):
    """The inputs that the user named."""

    paths: Sequence[str]
    exclude: Sequence[str] = ()
    """Paths to leave out: the lake itself, in case it lies in an input folder."""
    manifest: Optional[str] = None
    days: Optional[Days] = None
    path_template: Optional[str] = None
    names: NameFilter = ALL_NAMES


class Inputs(NamedTuple):
    """The inputs that were found."""

    table: pa.Table
    """As `inputs.ledger.as_table` makes it."""
    skipped: dict[str, int]
    """Files of unknown formats, by their suffix."""
    outside: int
    """Files left out because they are outside the requested days."""
    empty: list[str]
    """Paths of single days that hold no file."""


def find_inputs(wanted: Wanted) -> Inputs:
    """Lists the inputs.

    Raises:
        ConfigError: An input does not exist, a manifest cannot be read, or no file belongs to the chosen days.
    """
    check_days(wanted.paths, wanted.days, wanted.path_template)
    skipped: Counter[str] = Counter()
    outside: Counter[str] = Counter()
    exclude = [*wanted.exclude, *([wanted.manifest] if wanted.manifest else [])]
    daily, named = _paths(wanted)
    table = as_table(match_inputs(list(daily), skipped, exclude, daily, wanted.names))
    if daily and not any(daily.values()) and not named:
        raise ConfigError(f"no file lies in any of the {len(daily):,} paths from {next(iter(daily))} to {list(daily)[-1]}")
    if named:
        found = match_inputs(named, skipped, exclude, names=wanted.names)
        if wanted.days and wanted.path_template:
            found = of_days(found, wanted.days, wanted.path_template, outside)
        known = set(table["uri"].to_pylist())
        table = pa.concat_tables([table, as_table(item for item in found if item.uri not in known)])
    if wanted.manifest:
        table = apply_manifest(table, wanted.manifest)
    return Inputs(table, dict(skipped), outside["files"], [path for path, files in daily.items() if not files])


def _paths(wanted: Wanted) -> tuple[dict[str, int], list[str]]:
    """Returns the paths with a date placeholder, expanded per day with a file count of 0, and the other paths."""
    if not wanted.days:
        return {}, list(wanted.paths)
    daily = [path for name in wanted.paths if has_placeholder(name) for path in expand(name, wanted.days)]
    return dict.fromkeys(daily, 0), [name for name in wanted.paths if not has_placeholder(name)]

"""Finds readers and language backends that installed packages offer as entry points."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import TypeVar

from broadsheet.schemas.errors import ConfigError

Kind = TypeVar("Kind")


def plugins(group: str, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
    """Yields the entry points of a group by name, loaded, in the order of their names.

    Args:
        group: Such as `broadsheet.formats`.
        kind: What each must be an instance of.

    Raises:
        ConfigError: One cannot be loaded, or is something else; the message names its package.
    """
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        owner = f"entry point {point.name} of {group}, from package {point.dist.name if point.dist else '?'}"
        try:
            found = point.load()
        except Exception as error:  # whatever a module raises while it is imported
            raise ConfigError(f"{owner}, cannot be loaded: {type(error).__name__}: {error}") from error
        if not isinstance(found, kind):
            raise ConfigError(f"{owner}, is a {type(found).__name__}: expected a {kind.__name__}")
        yield point.name, found

"""Blocklist: the file of domains that the user wants left out."""

from __future__ import annotations

from broadsheet.pipelines.inputs.match_inputs import read_lines
from broadsheet.schemas.errors import ConfigError
from broadsheet.transforms.filters.screen_pages import parse_blocklist


def read_blocklist(path: str) -> frozenset[str]:
    """Reads a list of domains, one a line, plain or compressed.

    Raises:
        ConfigError: It cannot be read, or a line is not a domain.
    """
    try:
        return parse_blocklist(read_lines(path, "--blocklist"))
    except ValueError as error:
        raise ConfigError(f"--blocklist {path}: {error}") from error

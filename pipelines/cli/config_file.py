"""Reads a TOML file of flags.

    lake = "lake"              # a flag without its dashes
    batch-mb = 32
    [limits]                   # --limit
    html-tags = 500_000
    [columns]                  # --column
    text = "body"
    [alerts]                   # exit code 3
    min-documents = 1000

Flags on the command line take precedence over the file. One file may serve `ingest`, `replay` and `reprocess`. A key that only
another of these commands takes is skipped. A key that no command takes is an error.
"""

from __future__ import annotations

import argparse
import os
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from broadsheet.pipelines.cli.parser import Assign, Parser
from broadsheet.pipelines.cli.suggestions import unknown
from broadsheet.pipelines.cli.values import duration
from broadsheet.schemas.errors import ConfigError

ALERTS = "alerts"
"""The title of the help section, and the name of the TOML table, for flags that can give exit code 3."""


def read_config(path: str, parser: Parser, others: Iterable[Parser]) -> dict[str, Any]:
    """Returns a file's values as defaults for a parser.

    Args:
        path: The file.
        parser: The parser of the command that runs.
        others: The parsers of the other commands whose keys the file may have.

    Raises:
        ConfigError: The file is missing or is not valid TOML, has an unknown key, or a value of the wrong type.
    """
    if not os.path.exists(path):
        raise ConfigError(f"--config {path} does not exist")
    try:
        with open(path, "rb") as file:
            tables = tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"--config {path} is not valid TOML: {error}") from error
    mine, known = _keys(parser), {key: action for each in others for key, action in _keys(each).items()}
    defaults: dict[str, Any] = {}
    for where, value in _flat(tables):
        action = known.get(where)
        if action is None:
            raise ConfigError(f"--config {path}: {unknown('key', where, known)}")
        try:
            checked = _check(action, where.rpartition(".")[2], value)
        except ConfigError as error:
            raise ConfigError(f"--config {path}: {where} = {value!r}: {error}") from error
        if where not in mine:
            continue
        if isinstance(action, Assign):
            checked = {**defaults.get(action.dest, {}), where.rpartition(".")[2]: checked}
        defaults[action.dest] = checked
    return defaults


def _flat(tables: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for key, value in tables.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{name}", each) for name, each in value.items())
        else:
            yield key, value


def _keys(parser: Parser) -> dict[str, argparse.Action]:
    """Returns the keys that a file may have, with their flags: `lake`, `limits.html-tags`, `alerts.min-documents`."""
    keys: dict[str, argparse.Action] = {}
    for title, actions in parser.rows().items():
        for action in actions:
            if isinstance(action, Assign):
                table = f"{action.option_strings[0].removeprefix('--')}s"
                keys.update({f"{table}.{name}": action for name in action.names})
            elif action.option_strings and action.dest not in ("help", "config"):
                name = next(flag for flag in action.option_strings if flag.startswith("--")).removeprefix("--")
                keys[f"{ALERTS}.{name}" if title == ALERTS else name] = action
    return keys


def _check(action: argparse.Action, name: str, value: Any) -> Any:
    """Returns a value in the form of an argparse default, which the flag's own type reads from a text.

    Raises:
        ConfigError: The value has the wrong type.
    """
    if isinstance(action, Assign):
        wants_number = action.names[name].default is not None
    elif action.nargs == 0:
        if not isinstance(value, bool):
            raise ConfigError("expected true or false")
        return value
    else:
        wants_number = action.type is not None
    expected: Any = (int, float) if wants_number else str
    if wants_number and isinstance(value, str) and action.type is duration:
        expected = str
    if isinstance(value, bool) or not isinstance(value, expected):
        raise ConfigError("expected a number" if wants_number else "expected a text in quotation marks")
    if isinstance(action, Assign):
        try:
            return action.read(name, str(value))
        except argparse.ArgumentError as error:
            raise ConfigError(error.message) from error
    if action.choices and value not in action.choices:
        raise ConfigError(f"expected one of {', '.join(map(str, action.choices))}")
    try:
        action.type(str(value)) if callable(action.type) else None
    except argparse.ArgumentTypeError as error:
        raise ConfigError(str(error)) from error
    return str(value)

"""Flags: ours in kebab-case, Beam's in snake_case passed through unchanged, and an error for anything else.

Beam itself takes an unknown flag without a word, so that a typo changes nothing and is never seen; here it is refused, with the
nearest known one.
"""

from __future__ import annotations

import argparse
import difflib
import math
import os
import re
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from broadsheet.schemas.errors import ConfigError

_SECRET = re.compile(r"(https?|s3|gs|hdfs)://[^/?#]*@", re.IGNORECASE)


class Parser(argparse.ArgumentParser):
    """An argument parser that takes no abbreviations (they eat Beam's flags) and raises ConfigError."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Raises instead of printing usage and ending the process."""
        raise ConfigError(f"{message} (see {self.prog} --help)")


def check_beam_args(rest: Sequence[str], ours: Sequence[str]) -> None:
    """Raises ConfigError for what neither we nor Beam know, naming the nearest known flag.

    Args:
        rest: What our parser left over.
        ours: Our own flags, for the suggestion.
    """
    known = _beam_flags() if rest else {}  # building all of Beam's options takes a quarter of a second
    expecting_value = False
    for word in rest:
        flag = word.partition("=")[0]
        if not flag.startswith("--"):
            if not expecting_value:
                raise ConfigError(f"unexpected argument {word!r}: inputs stand together, before the flags")
            expecting_value = False
        elif flag in known:
            expecting_value = "=" not in word
        else:
            raise ConfigError(_unknown("flag", flag, [*ours, *known]))


def check_addresses(words: Iterable[str]) -> None:
    """Raises ConfigError for an address with a user name or a password in it; the message quotes neither.

    An input's address stands in each of its rows, in the ledger and in logs.
    """
    for word in words:
        if found := _SECRET.match(word):
            where = "~/.netrc" if found[1].lower().startswith("http") else "the environment or a profile"
            host = word[found.end() :].partition("/")[0]
            raise ConfigError(
                f"{found[1]}://…@{host}: an address with a password would be written to the lake and to logs; "
                f"leave it out, and put the password into {where} (docs/how-to/inputs.md)"
            )


def read_config(path: str, parser: argparse.ArgumentParser) -> dict[str, Any]:
    """Reads a TOML file of flags, `batch-mb = 32`, as defaults for a parser.

    Raises:
        ConfigError: The file is missing or no TOML, has a key that is no flag, or a value that is none for its flag.
    """
    if not os.path.exists(path):
        raise ConfigError(f"--config {path} does not exist")
    try:
        with open(path, "rb") as file:
            values = tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"--config {path} is no TOML: {error}") from error
    flags = {option: action for action in parser._actions for option in action.option_strings if option.startswith("--")}
    actions = {option.removeprefix("--"): action for option, action in flags.items() if action.dest not in ("help", "config")}
    defaults = {}
    for key, value in values.items():
        if key not in actions:
            raise ConfigError(f"--config {path}: {_unknown('key', key, list(actions))}")
        expected, kinds = _expected(actions[key])
        if isinstance(value, bool) != (kinds is bool) or not isinstance(value, kinds):
            raise ConfigError(f"--config {path}: {key} = {value!r}, expected {expected}")
        defaults[actions[key].dest] = value if kinds is bool else str(value)  # argparse reads a text as from the command line
    return defaults


def _expected(action: argparse.Action) -> tuple[str, Any]:
    """Returns what a flag's value must be in a configuration file: in words, and as Python types."""
    if action.nargs == 0:
        return "true or false", bool
    return ("a number", (int, float)) if action.type else ("a text in quotation marks", str)


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"unknown {what} {name}" + (f"; did you mean {near[0]}?" if near else "")


def _beam_flags() -> dict[str, None]:
    """The flags of all of Beam's options that this process knows."""
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.options.pipeline_options import _BeamArgumentParser as BeamArgumentParser

    import broadsheet.pipelines.runners.flink  # noqa: F401  (its options are one more subclass)

    flags: dict[str, None] = {}
    for options in PipelineOptions.__subclasses__():
        parser = BeamArgumentParser(add_help=False, conflict_handler="resolve")
        options._add_argparse_args(parser)
        flags.update(dict.fromkeys(option for action in parser._actions for option in action.option_strings))
    return flags


def positive(text: str) -> float:
    """Reads a flag's number that must be greater than 0."""
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no number greater than 0")
    return value


def count(text: str) -> int:
    """Reads a flag's whole number from 0."""
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is no number from 0")
    return value


def share(text: str) -> float:
    """Reads a flag's number from 0 to 1."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share from 0 to 1")
    return value


def duration(text: str) -> float:
    """Reads a flag's time span, `30s`, `5m`, `1h`, or a number of seconds; returns seconds."""
    units = {"s": 1.0, "m": 60.0, "h": 3600.0}
    number = text[:-1] if text[-1:] in units else text
    value = float(number) * units.get(text[-1:], 1.0)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no time span")
    return value

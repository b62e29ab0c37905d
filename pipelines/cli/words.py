"""Splits a command's words into ours and Beam's, and checks them.

Beam itself accepts an unknown flag silently, so that a typing error changes nothing and is never seen; here it is an error that
names the nearest known flag.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence

from broadsheet.pipelines.cli.parser import Parser
from broadsheet.pipelines.cli.suggestions import unknown
from broadsheet.schemas.errors import ConfigError

_SECRET = re.compile(r"(https?|s3|gs|hdfs)://[^/?#]*@", re.IGNORECASE)
_NUMBER = re.compile(r"-\.?\d")


def split_words(words: Sequence[str], parser: Parser) -> tuple[list[str], list[str]]:
    """Returns the words of our parser, and Beam's flags with their values.

    Args:
        words: After the command's name.
        parser: The command's.

    Raises:
        ConfigError: A flag is neither ours nor Beam's.
    """
    ours: list[str] = []
    beams: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        flag, equals, _ = word.partition("=")
        if word == "--":
            return [*ours, word, *rest], beams
        if not word.startswith("-") or word == "-" or " " in flag or _NUMBER.match(word):
            ours.append(word)
        elif action := parser._option_string_actions.get(flag):
            ours.append(word)
            if action.nargs != 0 and not equals and rest:
                ours.append(rest.pop(0))
        else:
            beams.append(word)
            known = beam_flags() if parser.takes_beam_options and flag.startswith("--") else {}
            if flag not in known:
                raise ConfigError(unknown("flag", flag, [*parser._option_string_actions, *known]))
            if known[flag] and not equals and rest:
                beams.append(rest.pop(0))
    return ours, beams


def check_beam_args(words: Sequence[str]) -> None:
    """Raises ConfigError for a word that is not a flag of Beam's, or the value of one."""
    known = beam_flags() if words else {}  # building all of Beam's options takes a quarter of a second
    expecting_value = False
    for word in words:
        flag = word.partition("=")[0]
        if flag.startswith("--"):
            if flag not in known:
                raise ConfigError(unknown("flag", flag, known))
            expecting_value = "=" not in word
        elif not expecting_value:
            raise ConfigError(f"unexpected argument {word!r}")
        else:
            expecting_value = False


def check_addresses(words: Iterable[str]) -> None:
    """Raises ConfigError for an address with a user name or a password in it; the message quotes neither.

    The address of an input is written to each of its rows, to the ledger and to logs.
    """
    for word in words:
        if found := _SECRET.match(word):
            where = "~/.netrc" if found[1].lower().startswith("http") else "the environment or a profile"
            host = word[found.end() :].partition("/")[0]
            raise ConfigError(
                f"{found[1]}://…@{host}: an address with a password would be written to the lake and to logs; "
                f"leave it out, and put the password into {where} (docs/how-to/inputs.md)"
            )


def texts(options: argparse.Namespace) -> Iterable[str]:
    """Yields every text that a flag or an argument has."""
    for value in vars(options).values():
        yield from (word for word in (value if isinstance(value, list) else [value]) if isinstance(word, str))


def beam_flags() -> dict[str, bool]:
    """Returns the flags of all of Beam's options that this process knows, and whether each takes a value."""
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.options.pipeline_options import _BeamArgumentParser as BeamArgumentParser

    import broadsheet.pipelines.runners.flink  # noqa: F401  (its options are one more subclass)

    flags: dict[str, bool] = {}
    for options in PipelineOptions.__subclasses__():
        parser = BeamArgumentParser(add_help=False, conflict_handler="resolve")
        options._add_argparse_args(parser)
        flags.update({option: action.nargs != 0 for action in parser._actions for option in action.option_strings})
    return flags

"""Defines the argument parser: flags in named sections, each help text with its default; `--help-all` shows the rare ones.

    parser.section("lake").add("--force", action="store_true", help="Reads inputs that are in the lake already")

`--help` shows what a first hour needs, `--help-all` the rest; a configuration file may have all of them (`config_file`).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, NoReturn, Optional

from broadsheet.schemas.errors import ConfigError

_NAMES_WIDTH = 30
"""Characters of a help line that a flag and its value may take before the help goes to the next line."""


class Parser(argparse.ArgumentParser):
    """An argument parser that takes no abbreviations (they would eat Beam's flags) and raises ConfigError."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("formatter_class", _formatter())
        super().__init__(**kwargs, allow_abbrev=False, add_help=False)
        self.takes_beam_options = False
        """Whether flags of Beam's own may be among the words."""
        self._advanced: set[argparse.Action] = set()
        self._sections: dict[str, Section] = {}
        self._positionals.title = "arguments"
        self._optionals.title = "general options"
        general = self._sections["general options"] = Section(self._optionals, self._advanced)
        general.add("-h", "--help", action=_HelpAction, help="Shows this help and exits", default_words="")
        general.add("--help-all", action=_HelpAction, help="Shows every flag and every limit and exits", default_words="")

    def section(self, title: str) -> Section:
        """Returns the section of that title, a new one at the first call; the help lists them in this order."""
        if title not in self._sections:
            self._sections[title] = Section(self.add_argument_group(title), self._advanced)
        return self._sections[title]

    def rows(self, everything: bool = True) -> dict[str, list[argparse.Action]]:
        """Returns what the help shows: a section's title and its flags, and for `NAME=VALUE` flags a section of their names."""
        shown: dict[str, list[argparse.Action]] = {}
        for group in [*(each for each in self._action_groups if each is not self._optionals), self._optionals]:
            actions = [action for action in group._group_actions if everything or action not in self._advanced]
            if actions and group.title:
                shown[group.title] = actions
            for action in actions if everything else []:
                if isinstance(action, Assign):
                    shown[f"names for {action.option_strings[0]}"] = action.rows()
        return shown

    def format_help(self, everything: bool = False) -> str:
        """Returns the help: with every flag and every name, or without those of `advanced`."""
        formatter = self._get_formatter()
        formatter.add_usage(self.usage or self._usage(), [], [])
        formatter.add_text(self.description)
        for title, actions in self.rows(everything).items():
            formatter.start_section(title)
            formatter.add_arguments(actions)
            formatter.end_section()
        hidden = 0 if everything else len(self._advanced)
        formatter.add_text(f"{self.prog} --help-all shows {hidden} more flags." if hidden else self.epilog)
        return formatter.format_help()

    def format_usage(self) -> str:
        """Returns the line that shows how the command is used."""
        return f"usage: {self.usage or self._usage()}\n"

    def _usage(self) -> str:
        needed = [f"{each.option_strings[0]} {each.metavar}" for each in self._actions if each.option_strings and each.required]
        named = [_named(each) for each in self._actions if not each.option_strings]
        return " ".join([self.prog.replace("%", "%%"), *named, *needed, "[FLAGS]"])

    def error(self, message: str) -> NoReturn:
        """Raises instead of printing usage and ending the process."""
        raise ConfigError(f"{message} (see {self.prog} --help)")


class Section:
    """A titled group of flags."""

    def __init__(self, group: argparse._ArgumentGroup, advanced: set[argparse.Action]) -> None:
        self._group = group
        self._advanced = advanced

    def add(self, *flags: str, help: str, advanced: bool = False, default_words: str | None = None, **kwargs: Any) -> None:  # noqa: A002
        """Adds a flag.

        Args:
            flags: Its names.
            help: A phrase that can be read alone, without its default.
            advanced: Whether only `--help-all` shows it.
            default_words: What the help says of the default instead of its value; "" says nothing.
            kwargs: As for `argparse.ArgumentParser.add_argument`.
        """
        if kwargs.get("required"):
            words = "required"
        elif default_words is None:
            words = f"default: {_in_words(kwargs)}"
        else:
            words = default_words and f"default: {default_words}"
        action = self._group.add_argument(*flags, help=f"{help} ({words})" if words else help, **kwargs)
        if advanced:
            self._advanced.add(action)


class Name(NamedTuple):
    """A name that a flag `NAME=VALUE` takes."""

    help: str
    default: Optional[float] = None
    """`None` for names whose values are texts."""


class Assign(argparse.Action):
    """Collects `NAME=VALUE` words into a mapping; the last word of a name wins.

    Args:
        names: The names that are taken. Values are numbers greater than 0 if the names have defaults, texts otherwise.
    """

    def __init__(self, names: Mapping[str, Name], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names = names

    def rows(self) -> list[argparse.Action]:
        """Returns a row of help per name."""
        return [
            argparse.Action([], name, metavar=name, help=each.help + (f" (default: {each.default:,g})" if each.default else ""))
            if each.default is None or each.default < 1e6
            else argparse.Action([], name, metavar=name, help=f"{each.help} (default: {each.default:,.0f})")
            for name, each in self.names.items()
        ]

    def read(self, name: str, text: str) -> Any:
        """Returns the value of a name.

        Raises:
            argparse.ArgumentError: There is no such name, or its value is not valid.
        """
        from broadsheet.pipelines.cli.suggestions import unknown
        from broadsheet.pipelines.cli.values import positive

        if name not in self.names:
            raise argparse.ArgumentError(self, unknown("name", name, list(self.names)))
        if self.names[name].default is None:
            return text
        try:
            return positive(text)
        except argparse.ArgumentTypeError as error:
            raise argparse.ArgumentError(self, f"{name}: {error}") from None

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option_string: Any = None
    ) -> None:
        """Adds one word to the mapping."""
        name, equals, text = values.partition("=")
        if not equals:
            raise argparse.ArgumentError(self, f"expected NAME=VALUE, got {values}")
        setattr(namespace, self.dest, {**getattr(namespace, self.dest), name: self.read(name, text)})


class _HelpAction(argparse.Action):
    """Prints the help and ends the process."""

    def __init__(self, option_strings: Sequence[str], **kwargs: Any) -> None:
        super().__init__(option_strings, dest="help", default=argparse.SUPPRESS, nargs=0, help=kwargs.get("help"))

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option_string: Any = None
    ) -> None:
        assert isinstance(parser, Parser)
        sys.stdout.write(parser.format_help(everything=option_string == "--help-all"))
        parser.exit()


def _in_words(kwargs: Mapping[str, Any]) -> str:
    """Returns a flag's default as its help names it."""
    default = kwargs.get("default")
    if kwargs.get("action") == "store_true":
        return "off"
    if isinstance(default, (int, float)):
        return f"{default:,g}" if default < 1e6 else f"{default:,.0f}"
    return str(default) if default else "none"


def _named(action: argparse.Action) -> str:
    """Returns a positional argument as the usage line names it."""
    name = str(action.metavar or action.dest)
    return {"*": f"[{name} …]", "+": f"{name} …", "?": f"[{name}]"}.get(str(action.nargs), name)


def _formatter() -> Callable[..., argparse.HelpFormatter]:
    """Returns how help is laid out: in colours on a terminal, unless NO_COLOR is set; plain otherwise, which imports faster."""
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        from rich_argparse import RichHelpFormatter

        return partial(RichHelpFormatter, max_help_position=_NAMES_WIDTH)
    return partial(argparse.HelpFormatter, max_help_position=_NAMES_WIDTH)

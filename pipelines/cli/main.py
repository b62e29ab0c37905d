"""Runs the command line: `broadsheet COMMAND …`, also `python -m broadsheet`.

What a command found goes to standard output, how it goes to standard error. The exit codes are in `observe.exit_codes`.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import io
import logging
import os
import re
import select
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from broadsheet.pipelines.cli.commands import COMMANDS
from broadsheet.pipelines.cli.config_file import read_config
from broadsheet.pipelines.cli.default_runner import LOCAL_RUNNER
from broadsheet.pipelines.cli.parser import Parser
from broadsheet.pipelines.cli.suggestions import unknown
from broadsheet.pipelines.cli.words import check_addresses, split_words, texts
from broadsheet.pipelines.observe.exit_codes import ALERT, DONE, INTERRUPTED, USAGE, WORLD, exit_code, interrupt, is_of_storage
from broadsheet.pipelines.observe.terminal import escape_output, guard_logs, say
from broadsheet.schemas.errors import BroadsheetError, ConfigError

_TREE = re.compile("\x1b\\[[0-9;]*m|\u21b3")
"""Colours and branches of the tree in which delta-rs shows why a request failed."""

_EPILOG = "broadsheet COMMAND --help explains a command. Start with: broadsheet ingest FOLDER --lake lake"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    guard_logs()
    for name in ("", "apache_beam.utils.subprocess_server"):
        logging.getLogger(name).addFilter(_is_news)
    logging.getLogger("apache_beam.runners.common").addFilter(_is_puzzling)
    try:
        return _run(words)
    except BaseException as error:
        code = exit_code(error)
        if code != INTERRUPTED and not isinstance(error, (BroadsheetError, OSError)) and not is_of_storage(error):
            raise
        if {"-v", "--verbose"} & set(words):
            logging.getLogger("broadsheet").error("the command failed", exc_info=error)
        if code == INTERRUPTED:
            _end_interrupted()
        elif not (isinstance(error, BrokenPipeError) and _nobody_reads()):  # as after `broadsheet query … | head`
            say(f"broadsheet: {error if code in (USAGE, ALERT) else _in_one_line(error)}", sys.stderr)
        return code


def run_and_exit() -> None:
    """Runs the command of this process: the entry point.

    After Ctrl-C the process ends at once: threads of a runner that is still at work would keep it for seconds, and then fail in
    tens of lines. A batch that was not committed is resumed by the next run, as after `kill -9`.
    """
    if os.name == "nt":  # a wheel installs without setup.py, which says the same
        sys.exit("broadsheet runs on Linux and macOS. On Windows, install it in the Windows Subsystem for Linux")
    if sys.argv[1:2] != ["shell"]:  # which goes on after Ctrl-C
        signal.signal(signal.SIGINT, interrupt)
    escape_output()
    _end(main())


def _nobody_reads() -> bool:
    """Returns whether standard output is a pipe whose reader has gone."""
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in output.poll(0))


def _end(code: int) -> NoReturn:
    """Ends the process as `multiprocessing` ends its workers: runs hooks and flushes, but does not finalize the interpreter.

    In an object store Arrow reads through files of delta-rs, which are Python objects. If one of its threads drops the last of them
    while the interpreter is finalized, the process aborts although its work is done (docs/decisions/facts.md).
    """
    if code != INTERRUPTED:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    for stream in filter(None, (sys.stdout, sys.stderr)):  # None if it was closed from the start
        try:
            stream.flush()
        except OSError:  # a full disk, or a pipe that nobody reads
            code = code or WORLD
    os._exit(code)


def _run(words: list[str]) -> int:
    if not words:
        parser, _ = make_parser()
        sys.stderr.write(parser.format_help())
        return USAGE
    if words == ["--version"]:
        print(version_line())
        return DONE
    parser, commands = make_parser()
    if words[0] == "--print-completion":
        return _print_completion(parser, words[1:])
    name, rest = _find_command(words, parser, commands)
    options, beam_args = _parse(name, rest, commands)
    if options.verbose:
        logging.getLogger().setLevel(logging.INFO)
    check_addresses(texts(options))
    _check_extras(options)
    with _quietly(options), _starting(options, commands[name]):
        if "runner" in options and (beam_args or options.runner != LOCAL_RUNNER):
            from broadsheet.pipelines.runners.beam_options import ready_args

            beam_args = ready_args(options.runner, beam_args)
        if any("://" in word for word in texts(options)):
            _open_object_stores(beam_args)
        options.exit_code = options.run(options, beam_args)
    return int(options.exit_code)


def _print_completion(parser: Parser, shells: Sequence[str]) -> int:
    """Prints the script by which a shell completes commands and flags."""
    import shtab

    if len(shells) != 1 or shells[0] not in shtab.SUPPORTED_SHELLS:
        raise ConfigError(f"--print-completion: expected one of {', '.join(shtab.SUPPORTED_SHELLS)}")
    print(shtab.complete(parser, shells[0]))
    return DONE


def _find_command(words: Sequence[str], parser: Parser, commands: Mapping[str, Parser]) -> tuple[str, list[str]]:
    """Returns the command's name and its words; flags before the name, such as `-q`, become its own.

    Raises:
        ConfigError: There is no such command, or none is named.
    """
    for at, word in enumerate(words):
        if word in ("-h", "--help", "--help-all"):
            parser.parse_args([word])
        if not word.startswith("-"):
            if word not in commands:
                raise ConfigError(f"{unknown('command', word, commands)} (see broadsheet --help)")
            return word, [*words[:at], *words[at + 1 :]]
        if word not in ("-q", "--quiet", "-v", "--verbose"):
            known = ["--help", "--version", "--quiet", "--verbose", "--print-completion"]
            raise ConfigError(f"{unknown('flag', word, known)}; name a command first (see broadsheet --help)")
    raise ConfigError("name a command (see broadsheet --help)")


def _parse(name: str, words: Sequence[str], commands: Mapping[str, Parser]) -> tuple[argparse.Namespace, list[str]]:
    """Returns the values of a command's flags, a configuration file's included, and Beam's flags."""
    parser = commands[name]
    ours, beam_args = split_words(words, parser)
    options = parser.parse_intermixed_args(ours)
    if getattr(options, "config", None):
        others = [each for each in commands.values() if "--config" in each._option_string_actions]
        parser.set_defaults(**read_config(options.config, parser, others))
        options = parser.parse_intermixed_args(ours)
    options.command = name
    return options, beam_args


def _check_extras(options: argparse.Namespace) -> None:
    from broadsheet.pipelines.cli.extras import check_extras

    only_writes = isinstance(getattr(options, "dry_run", False), str) or options.command == "ddl"
    if not only_writes:  # a job's graph and an engine's SQL are written without a look at any file
        check_extras(texts(options))


@contextlib.contextmanager
def _quietly(options: argparse.Namespace) -> Iterator[None]:
    """Keeps back what a command prints, with `--quiet`: it is shown, on standard error, only if the command fails."""
    if not getattr(options, "quiet", False):
        yield
        return
    kept = io.StringIO() if options.command != "watch" else open(os.devnull, "w")  # noqa: SIM115  (a watch prints for months)
    with kept, contextlib.redirect_stdout(kept):
        yield
        if options.exit_code != DONE and isinstance(kept, io.StringIO):
            say(kept.getvalue().rstrip("\n"), sys.stderr)


@contextlib.contextmanager
def _starting(options: argparse.Namespace, parser: Parser) -> Iterator[None]:
    """Shows on a terminal that a command has started, until it prints something itself: to import Beam takes a second or more."""
    if parser.takes_beam_options and sys.stderr.isatty() and not getattr(options, "quiet", False):
        sys.stderr.write("starting …\r")
        sys.stderr.flush()
    yield


def _end_interrupted() -> None:
    """Says that Ctrl-C ended the command, and lets no thread of the runner say more."""
    logging.disable(logging.CRITICAL)
    threading.excepthook = lambda _: None
    say("broadsheet: interrupted; run the same command again to go on", sys.stderr)


def _in_one_line(error: BaseException) -> str:
    """Returns what an error of the world says; delta-rs draws a coloured tree of causes."""
    lines = (_TREE.sub("", line).strip() for line in str(error).splitlines())
    return ": ".join(line for line in lines if line)


def _open_object_stores(beam_args: Sequence[str]) -> None:
    """Tells Beam's filesystems how to reach object stores, which a pipeline does too late: inputs are listed before it exists.

    Credentials come from where each store's own client looks: the environment, profiles, the machine's role.
    """
    from apache_beam.io.filesystems import FileSystems

    from broadsheet.pipelines.runners.beam_options import BeamOptions

    FileSystems.set_options(BeamOptions(beam_args))


def make_parser() -> tuple[Parser, dict[str, Parser]]:
    """Returns the command line's parser and those of its commands by name; docs/options.md is made from them."""
    parser = Parser(
        prog="broadsheet",
        usage="broadsheet COMMAND [FLAGS]",
        description="Raw news and web files in, a clean, queryable table out.",
        epilog=_EPILOG,
    )
    parser.section("general options").add("--version", action="store_true", help="Prints the version and exits", default_words="")
    parser.section("general options").add(
        "--print-completion", metavar="SHELL", help="Prints the completion script of bash, zsh or tcsh and exits", default_words=""
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser, title="commands", prog="broadsheet")
    for command in COMMANDS:
        command.add(commands)
    parsers: dict[str, Parser] = commands.choices
    for each in parsers.values():
        each.section("general options").add(
            "-v", "--verbose", action="store_true", help="Prints what Beam logs, and the stack trace of an error"
        )
        each.set_defaults(verbose=False)
    return parser, parsers


def version_line() -> str:
    """Returns the version of broadsheet and of what its results depend on."""
    import platform
    from importlib.metadata import version

    from broadsheet import __version__

    parts = {"Beam": "apache-beam", "Arrow": "pyarrow", "Delta": "deltalake", "DuckDB": "duckdb"}
    found = ", ".join(f"{name} {version(package)}" for name, package in parts.items())
    return f"broadsheet {__version__} ({found}, Python {platform.python_version()})"


def _is_news(record: logging.LogRecord) -> bool:
    """Filters out what Beam says at every start and end, and the stack traces of its S3 client."""
    return not str(record.msg).startswith(("apitools not found", "Error in _start_upload", "Really starting", "Really destroying"))


def _is_puzzling(record: logging.LogRecord) -> bool:
    """Filters out stack traces of failures whose own sentence says all and ends the run: a full disk, a server that refuses."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, (BroadsheetError, OSError)) or (isinstance(error, Exception) and is_of_storage(error)))


if __name__ == "__main__":
    run_and_exit()

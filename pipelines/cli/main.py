"""The command line: `broadsheet COMMAND …`, also `python -m broadsheet`.

Exit codes: 0 done, 1 the run failed, 2 wrong usage, 3 done, but a limit that the user set is crossed. What a command found goes
to standard output, how it goes to standard error.
"""

from __future__ import annotations

import argparse
import logging
import re
import sys
from collections.abc import Callable, Iterator, Sequence

from broadsheet.pipelines.cli.commands import COMMANDS
from broadsheet.pipelines.cli.default_runner import LOCAL_RUNNER
from broadsheet.pipelines.cli.flags import Parser, check_addresses, check_beam_args, read_config
from broadsheet.pipelines.observe.terminal import guard_logs, say
from broadsheet.schemas.errors import AlertError, BroadsheetError, ConfigError

_TREE = re.compile("\x1b\\[[0-9;]*m|\u21b3")
"""Colours and branches of the tree by which delta-rs tells what a request failed of."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    guard_logs()
    for name in ("", "apache_beam.utils.subprocess_server"):
        logging.getLogger(name).addFilter(_is_news)
    logging.getLogger("apache_beam.runners.common").addFilter(_is_puzzling)
    try:
        parser, commands = make_parser()
        options, rest = parser.parse_known_args(arguments)
        command: Callable[[argparse.Namespace, list[str]], int] | None = getattr(options, "run", None)
        if command is None:
            parser.print_help()
            return 0
        if getattr(options, "config", None):
            commands[options.command].set_defaults(**read_config(options.config, commands[options.command]))
            options, rest = parser.parse_known_args(arguments)
        ours = [flag for action in commands[options.command]._actions for flag in action.option_strings]
        check_addresses(_words(options))
        check_beam_args(rest, ours)
        if "runner" in options and (rest or options.runner != LOCAL_RUNNER):
            from broadsheet.pipelines.runners.beam_options import ready_args

            rest = ready_args(options.runner, rest)
        if any("://" in word for word in arguments):
            _open_object_stores(rest)
        return command(options, rest)
    except ConfigError as error:
        say(f"broadsheet: {error}", sys.stderr)
        return 2
    except AlertError as error:
        say(f"broadsheet: {error}", sys.stderr)
        return 3
    except (BroadsheetError, OSError) as error:
        say(f"broadsheet: {_in_one_line(error)}", sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("broadsheet: interrupted; run the same command again to go on", file=sys.stderr)
        return 1
    except Exception as error:
        if not _is_of_storage(error):
            raise
        say(f"broadsheet: {_in_one_line(error)}", sys.stderr)
        return 1


def _words(options: argparse.Namespace) -> Iterator[str]:
    """Yields every text that a flag or an argument has."""
    for value in vars(options).values():
        yield from (word for word in (value if isinstance(value, list) else [value]) if isinstance(word, str))


def _is_of_storage(error: Exception) -> bool:
    """Returns whether a disk, a server or a file of the lake has failed: each library has errors of its own for that."""
    import duckdb
    import pyarrow as pa
    from apache_beam.io.aws.clients.s3.messages import S3ClientError
    from deltalake.exceptions import DeltaError

    return isinstance(error, (DeltaError, S3ClientError, duckdb.Error, pa.ArrowException))


def _in_one_line(error: Exception) -> str:
    """Returns what an error says; delta-rs draws a coloured tree of what came of what."""
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
    parser = Parser(prog="broadsheet", description="Raw news and web files in, a clean, queryable table out.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS:
        command.add(commands)
    return parser, commands.choices


def _is_news(record: logging.LogRecord) -> bool:
    """Filters out what Beam says at every start and end, and its S3 client's stack traces."""
    return not str(record.msg).startswith(("apitools not found", "Error in _start_upload", "Really starting", "Really destroying"))


def _is_puzzling(record: logging.LogRecord) -> bool:
    """Filters out stack traces of failures whose own sentence says all, and ends the run: a full disk, a server that refuses."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, (BroadsheetError, OSError)) or (isinstance(error, Exception) and _is_of_storage(error)))


if __name__ == "__main__":
    sys.exit(main())

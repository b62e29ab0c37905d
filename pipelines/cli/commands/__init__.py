"""The commands, one module each: `add` puts a command and its flags on the command line, with the function that runs it.

What a command needs it imports when it runs, so that `broadsheet --help` and wrong usage answer at once.
"""

from __future__ import annotations

from broadsheet.pipelines.cli.commands import (
    compact,
    ddl,
    doctor,
    explain,
    ingest,
    learn,
    load,
    query,
    rejects,
    replay,
    report,
    reprocess,
    shell,
    status,
    submit,
    vacuum,
    verify,
    watch,
)

COMMANDS = (
    ingest,
    submit,
    watch,
    status,
    learn,
    query,
    shell,
    report,
    explain,
    rejects,
    replay,
    reprocess,
    load,
    ddl,
    verify,
    compact,
    vacuum,
    doctor,
)
"""In the order in which the help lists them. A new command is a module with `add`, and a word here."""

__all__ = ["COMMANDS"]

"""Adds the commands, one module each: `add` defines a command and its flags, with the function that runs it.

A command imports what it needs when it runs, so that `broadsheet --help` and usage errors answer at once.
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
"""In the order of the help. A new command is a module with `add`, and a word here."""

__all__ = ["COMMANDS"]

"""Adds `broadsheet completion`: prints a shell's completion script."""

from __future__ import annotations

import argparse

SHELLS = ("bash", "zsh", "tcsh")


def add(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line."""
    completion = commands.add_parser(
        "completion",
        help="print the completion script of a shell",
        description="Prints a script that completes commands and flags: "
        "broadsheet completion bash > ~/.local/share/bash-completion/completions/broadsheet",
    )
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or tcsh")
    completion.set_defaults(run=_run)


def _run(options: argparse.Namespace, _rest: list[str]) -> int:
    import shtab

    from broadsheet.pipelines.cli.main import make_parser

    print(shtab.complete(make_parser()[0], options.shell))
    return 0

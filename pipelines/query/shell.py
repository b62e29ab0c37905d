"""Reads SQL statements interactively, with the line editing and history of Python's own prompt.

It is DuckDB in this process, with the same views as `broadsheet query`. To open the lake in DuckDB's own shell, use
`broadsheet ddl --dialect duckdb`.
"""

from __future__ import annotations

import contextlib
import sys

import duckdb

from broadsheet.pipelines.observe.terminal import say
from broadsheet.pipelines.query.query import connect, print_rows
from broadsheet.transforms.lake.protocol.files import Lake

_QUITS = (".quit", ".exit", "quit", "exit")


def run_shell(lake: str) -> int:
    """Reads statements up to a semicolon and prints what they return, until the input ends.

    Returns:
        1 where a statement failed and nobody sat there to see it, else 0.

    Raises:
        LakeError: There is no lake.
    """
    someone = sys.stdin.isatty()
    if someone:
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  (input() edits lines with it)
        print("views: documents, documents_latest, rejects, inputs, runs; end a statement with a semicolon; .quit to leave")
    failed = False
    with connect(Lake.at(lake), "runs") as connection:
        while (statement := _read(someone)) is not None:
            try:
                print_rows(connection.execute(statement), "table")
            except duckdb.Error as error:
                say(str(error), file=sys.stderr)
                failed = True
    return int(failed and not someone)


def _read(prompts: bool) -> str | None:
    """Returns the next statement; the rest at the end of the input is one too."""
    lines: list[str] = []
    while True:
        try:
            line = input(("...> " if lines else "sql> ") if prompts else "")
        except EOFError:
            return "\n".join(lines) if "".join(lines).strip() else None
        except KeyboardInterrupt:  # drops what was typed so far
            print()
            lines = []
            continue
        if not lines and line.strip() in _QUITS:
            return None
        if line.strip() or lines:
            lines.append(line)
        if line.rstrip().endswith(";"):
            return "\n".join(lines)

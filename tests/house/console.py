"""The commands that the documentation shows: found, run, and their output written down.

    python tests/house/console.py        runs them all and rewrites README.md and docs/ (`make docs`)

A fenced block marked `console` is a session: lines after `$ ` are run by a shell in a scratch folder that has the project's
samples, and what follows each is what it prints. All sessions of one file share the folder, in order. Blocks marked `sh` hold
commands that are only parsed: they need a cluster, a schedule or a large folder. Where a block marked `text` follows one marked
`python`, it is what that prints, and all of the page's `python` blocks are run, in order and in one process.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from broadsheet.pipelines.cli.main import make_parser
from broadsheet.pipelines.observe.exit_codes import MEANINGS

ROOT = Path(__file__).parent.parent.parent
OPTIONS = ROOT / "docs" / "options.md"

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_PRINTED = re.compile(r"^```python\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
_REDIRECTED = re.compile(r" \d>\S+")
_PROGRESS = re.compile(r"^[\d,]+ of [\d,]+ inputs .*\n", re.MULTILINE)
"""A line that is only printed when a run takes longer than ten seconds."""
_CLOCK = re.compile(r"^(time|documents/s)( +)[\d,.]+( min [\d]+)?( s)?$", re.MULTILINE)
"""The lines of a summary that tell how fast the machine was: equal when their names are."""


def pages() -> list[Path]:
    """Returns the documentation: README.md, CONTRIBUTING.md, all of docs/, and the READMEs of deployments and benchmarks."""
    beside = [page for folder in ("benchmarks", "deploy", "samples") for page in (ROOT / folder).rglob("README.md")]
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted(beside)]


def named_commands(text: str) -> Iterator[list[str]]:
    """Yields each command within a sentence, as words."""
    for code in _INLINE.findall(_BLOCK.sub("", text)):
        if code.startswith(("broadsheet ", "make ", "python ")):
            yield code.replace("…", " ").split()


def blocks(text: str, language: str) -> list[str]:
    """Returns the contents of the fenced blocks of one language."""
    return [body for name, body in _BLOCK.findall(text) if name == language]


def commands(text: str) -> Iterator[list[str]]:
    """Yields each command that a page shows, as words; pipes and comments end a command, `\\` joins lines."""
    lines = [line.removeprefix("$ ") for body in blocks(text, "console") for line in body.splitlines() if line.startswith("$ ")]
    lines += [line for body in blocks(text, "sh") for line in body.replace("\\\n", " ").splitlines()]
    for line in lines:
        lexer = shlex.shlex(_REDIRECTED.sub("", line), posix=True, punctuation_chars="|&;<>")
        lexer.whitespace_split = True
        words: list[str] = []
        for word in lexer:
            if set(word) <= set("|&;<>"):
                break
            words.append(word)
        if words:
            yield words


def replay(text: str, folder: Path) -> str:
    """Returns a page with each session's output as it is now.

    Args:
        text: The page.
        folder: Where the commands run; sessions of one page see each other's files.
    """
    if not (folder / "samples").exists():
        (folder / "samples").symlink_to(ROOT / "samples")

    def session(match: re.Match[str]) -> str:
        if match[1] != "console":
            return match[0]
        printed = [f"$ {line[2:]}\n{_run(line[2:], folder)}" for line in match[2].splitlines() if line.startswith("$ ")]
        return f"```console\n{''.join(printed)}```"

    return _replay_python(_BLOCK.sub(session, text), folder)


def is_replayed(text: str) -> bool:
    """Returns whether a page shows what something prints."""
    return "```console" in text or _shows_printed(text)


def _shows_printed(text: str) -> bool:
    return any(match[2] is not None for match in _PRINTED.finditer(text))


def _replay_python(text: str, folder: Path) -> str:
    """Returns a page with what its Python prints now; one that shows nothing printed as it is."""
    if not _shows_printed(text):
        return text
    code = "print(chr(0), end='')\n".join(match[1] for match in _PRINTED.finditer(text))
    (folder / "blocks.py").write_text(code, encoding="utf-8")
    printed = iter(_run(f"{shlex.quote(sys.executable)} -W ignore blocks.py 2>errors || cat errors", folder).split("\0"))

    def block(match: re.Match[str]) -> str:
        now = next(printed, "it is not run: an error is above\n")
        return f"```python\n{match[1]}```" + (f"\n\n```text\n{now}```" if match[2] is not None or now else "")

    return _PRINTED.sub(block, text)


def timeless(text: str) -> str:
    """Returns a page without what depends on the machine's speed."""
    return _CLOCK.sub(r"\1", text)


def _run(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    python_path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": python_path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    printed = _PROGRESS.sub("", done.stdout).replace(f"{ROOT}/", "").replace(f"{folder}/", "")
    return "".join(f"{line.rstrip()}\n" for line in printed.splitlines())


def options_page() -> str:
    """Returns docs/options.md: every command and flag, as the parser has them."""
    _, parsers = make_parser()
    codes = "\n".join(f"| {code} | {meaning} |" for code, meaning in MEANINGS.items())
    parts = ["# The command line\n", _HEAD.format(codes=codes)]
    for parser in parsers.values():
        usage = parser.format_usage().removeprefix("usage: ").removesuffix(" [FLAGS]\n")
        parts.append(f"## {usage}\n")
        parts.append(f"{parser.description}\n")
        for title, actions in parser.rows().items():
            rows = [f"| `{_names(action)}` | {_help(action)} |" for action in actions if action.dest not in _EVERYWHERE]
            if rows:
                parts.append("\n".join([f"| {title} | |", "|---|---|", *rows]) + "\n")
    return "\n".join(parts)


_EVERYWHERE = ("help", "verbose")
"""Flags of every command, which the page's head names."""

_HEAD = """\
Made from the parser by `make docs`. `broadsheet COMMAND --help` shows what a first hour needs, `--help-all` all of this. Our flags
are in kebab case; Beam's own, in snake case, go through `ingest` unchanged. A flag that neither knows is an error that names the
nearest one. Flags may come before and after the inputs. `python -m broadsheet` is the same command.

Every command takes `-h`, `--help-all` and `-v`, `--verbose`: what Beam logs, and the stack trace of an error. Colours are shown
only on a terminal, and never if `NO_COLOR` is set.

| exit code | meaning |
|---|---|
{codes}

What a command found goes to standard output, how it goes to standard error. With `-q`, `--quiet` a command prints nothing unless
something is wrong.
"""


def _names(action: argparse.Action) -> str:
    if not action.option_strings:
        return str(action.metavar or action.dest)
    value = "/".join(action.choices) if action.choices and not action.metavar else action.metavar
    return ", ".join(action.option_strings) + (f" {value}" if value and action.nargs != 0 else "")


def _help(action: argparse.Action) -> str:
    return (action.help or "").replace("%%", "%").replace("|", "\\|")


def main() -> None:
    """Rewrites every page whose sessions print something else than it says, and the table of options."""
    OPTIONS.write_text(options_page(), encoding="utf-8")
    for page in pages():
        with tempfile.TemporaryDirectory() as folder:
            text = page.read_text(encoding="utf-8")
            now = replay(text, Path(folder))
            if timeless(now) != timeless(text):
                page.write_text(now, encoding="utf-8")
                print(f"{page.relative_to(ROOT)} is rewritten")


if __name__ == "__main__":
    main()

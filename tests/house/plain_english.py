"""Finds words and phrases that CONTRIBUTING.md rules out, in everything a person reads.

    python tests/house/plain_english.py [FILE...]     lists each find with what to write instead
    python tests/house/plain_english.py --counts      counts the finds per phrase

Checked are documentation, comments, docstrings, messages and the names of tests. Fenced blocks of the documentation are left
out, because programs printed them, and so are the word lists of rules and the pages that tests are made of.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent

_UNIT = r"(?:one \w+|ms|us|kB|MB|GB|bytes|characters|lines|rows|files|documents|pages|messages|CPU|time)"
_OF = r"(?:run|file|batch|page|document|record|line|row|input|source|commit|core|worker|article|partition|message|stage|name|host)"

PHRASES = {
    r"(?<!there )\b(is|are|was|were|be|been) no (?!longer\b|more than\b|better\b|faster\b|worse\b)[a-z]": "is not a …, has no …",
    r"\bstand(s|ing)?\b(?!-)|\bstood\b": "is, are; means; remains",
    r"\btold\b|\btells (of|how|what|where|why)\b": "said, given, named, shown",
    r"\bwho(so)?ever\b": "anyone who, the process that",
    r"\b(of|to) (theirs|ours|its own kind)\b|\bof one's own\b": "their, our, own",
    r"\bshall\b": "must, should, will",
    r"(?<!left )\bbehind\b(?! (a|the) (proxy|firewall|load balancer))": "after, below, to the right of",
    r"(?<!from )(?<!know )(?<!says )(?<!say )(?<!shows )(?<!to )(?<!and )(?<!finds )(?<!place )"
    r"\bwhere (there (is|are|was|were)|none|nothing|nobody|no \w+|that is|it (is|has|does|can|cannot|says|holds)|"
    r"they (are|have|do|were)|an? \w+ (is|has|does|was|says|can))\b": "if, when",
    rf"\b{_UNIT} an? {_OF}\b": "per",
    r"\bat the (most|least)\b": "at most, at least",
    r"\banew\b": "again",
    r"\bin the place of\b": "in place of, instead of",
    r"\b(otherwise|other) than (is|was|with|one)\b": "unlike, differently from",
    r"(?<!nothing )\bbut for\b": "except, apart from",
    r"\bthe books\b|\bits books\b|\bbooks (balance|are kept)\b": "the counts",
    r"\bwithout a word\b": "silently",
    r"\bgo(es|ing)? by\b": "uses, follows, depends on",
    r"\b(each|every|a|per|one|next|last|the|failed) turns?\b(?!ed)": "poll",
}

_PROSE = {".md", ".sh", ".yaml", ".yml", ".toml", ".service", ".timer", ".env", ""}
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LEFT_OUT = re.compile(
    r"^(tests/(golden|former)/|samples/pages/|docs/options\.md|LICENSE|NOTICE|\.gitignore|tests/house/(test_)?plain_english)|\.(html|txt|gz|json|warc)$"
)


class Find(NamedTuple):
    """A phrase to write differently."""

    line: int
    phrase: str
    instead: str


def checked_files() -> list[str]:
    """Returns the paths of all files that are checked, relative to the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [
        name
        for name in listed
        if name
        and not _LEFT_OUT.search(name)
        and (name.endswith(".py") or Path(name).suffix in _PROSE)
        and (ROOT / name).is_file()
        and not any(part.is_symlink() for part in (ROOT / name, *(ROOT / name).parents))
    ]


def finds(name: str) -> list[Find]:
    """Returns what one file should say differently, in order of lines."""
    found = set()
    for first, part in prose(name):
        flat, lines = _flatten(part, first)
        for phrase, instead in PHRASES.items():
            found |= {Find(lines[match.start()], match[0], instead) for match in re.finditer(phrase, flat, re.IGNORECASE)}
    return sorted(found)


def prose(name: str) -> list[tuple[int, str]]:
    """Returns what a person reads of a file, in pieces: the line that each begins in, and its text."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return list(_python(text, is_test=name.startswith("tests/"))) if name.endswith(".py") else [(1, _without_fences(text))]


def _flatten(text: str, first: int) -> tuple[str, list[int]]:
    """Returns a text with each run of white space as one space, and the line that each of its characters is from."""
    flat, lines = "", []
    for piece in re.findall(r"\s+|\S+", text):
        shown = " " if piece.isspace() else piece
        flat += shown
        lines += [first] * len(shown)
        first += piece.count("\n")
    return flat, lines


def _without_fences(text: str) -> str:
    return _FENCED.sub(lambda match: "\n" * match[0].count("\n"), text)


def _python(text: str, *, is_test: bool) -> Iterator[tuple[int, str]]:
    """Yields the first line and the text of each comment, docstring, message and name of a test."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    tree = ast.parse(text)
    word_lists = {id(node) for node in ast.walk(tree) for node in _data(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(prose))):
                yield node.lineno, prose
            case ast.Constant(value=str(prose)) if not is_test and id(node) not in word_lists and prose.count(" ") > 1:
                yield node.lineno, prose
            case ast.FunctionDef(name=name) if is_test and name.startswith("test_"):
                yield node.lineno, name.replace("_", " ")


def _data(node: ast.AST) -> Iterator[ast.AST]:
    """Yields the strings of an assignment: rules keep their words and patterns in such."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and not _is_command(node.value):
        yield from ast.walk(node.value)


def _is_command(node: ast.AST) -> bool:
    """Returns whether a value is a command or a group of flags, with its help."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("add_parser", "section")


def main(arguments: list[str]) -> int:
    """Lists or counts the finds; returns 1 if files that were named have finds."""
    files = [name for name in arguments if not name.startswith("--")] or checked_files()
    if "--counts" in arguments:
        counts = Counter(
            phrase
            for name in files
            for _, found, _ in finds(name)
            for phrase in PHRASES
            if re.fullmatch(phrase, found, re.IGNORECASE)
        )
        print("\n".join(f"{counts[phrase]:5} {phrase[:70]}  -> {instead}" for phrase, instead in PHRASES.items()))
        print(f"{sum(counts.values()):5} in all")
        return 0
    listed = [(name, find) for name in files for find in finds(name)]
    print("\n".join(f"{name}:{find.line}: “{find.phrase}”: write {find.instead}" for name, find in listed))
    return bool(listed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

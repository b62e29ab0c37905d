"""One module changes files of a lake, one commits to its tables: so nothing is lost with the power (docs/reliability.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.command import ROOT

_CHANGES_FILES = {
    "os": {"remove", "unlink", "rename", "renames", "replace", "rmdir", "removedirs", "truncate", "link", "symlink"},
    "shutil": {"rmtree", "move", "copy", "copy2", "copyfile", "copytree"},
    "FileSystems": {"create", "delete", "rename", "copy", "mkdirs"},
}
_METHODS = {"unlink", "write_text", "write_bytes", "rmdir", "touch", "symlink_to", "hardlink_to"}
"""Of `pathlib.Path`."""

_COMMITS = {"create_write_transaction", "create_checkpoint", "cleanup_metadata", "write_deltalake", "optimize"}
"""Of `deltalake.DeltaTable`, except `vacuum`, which lists only."""

_OWNERS = {
    "durable.py": "files of a local lake",
    "object_store.py": "files of a lake in an object store",
    "files.py": "the local file that it has uploaded",
}
_ELSEWHERE = {
    "doctor.py": "removes the probe that it wrote",
    "metrics.py": "writes the file that --metrics-file names",
    "export.py": "writes the file that --output names",
    "graph.py": "writes the graph that the user asks for",
    "report.py": "writes the report that the user asks for",
    "events.py": "writes the events that the user asks for",
    "snowflake.py": "removes its own temporary file",
    "main.py": "opens the null device for what is left to print",
    "compact.py": "removes its own temporary folder outside the lake",
    "duckdb_file.py": "removes a half-written database that it made itself",
}
"""Modules that write what is not part of a lake."""


def _modules() -> Iterator[Path]:
    for layer in ("pipelines", "transforms", "schemas"):
        yield from sorted((ROOT / layer).rglob("*.py"))


def _calls(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yields line, owner and name of each call of something's method."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            yield node.lineno, owner.id if isinstance(owner, ast.Name) else "", node.func.attr


def _opens_for_writing(path: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open" and len(node.args) > 1:
            mode = node.args[1]
            if not isinstance(mode, ast.Constant) or set(str(mode.value)) & set("wax+"):
                yield node.lineno


@pytest.mark.parametrize("path", list(_modules()), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_the_owner_of_lake_files_changes_them(path: Path) -> None:
    if path.name in _OWNERS or path.name in _ELSEWHERE:
        return
    found = [
        f"{path}:{line}: {owner}.{name}"
        for line, owner, name in _calls(path)
        if name in _CHANGES_FILES.get(owner, ()) or (name in _METHODS and not owner.startswith("durable"))
    ]
    if path.name != "lake_lock.py":  # the lock holds nothing
        found += [f"{path}:{line}: open for writing" for line in _opens_for_writing(path)]
    assert found == [], "use protocol/files.py: it flushes what replaces a file before the file goes"


@pytest.mark.parametrize("path", list(_modules()), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_the_owner_of_the_tables_commits_to_them(path: Path) -> None:
    if path.name in ("delta_tables.py", "delta_log.py"):
        return
    found = [
        f"{path}:{line}: {owner}.{name}"
        for line, owner, name in _calls(path)
        if name in _COMMITS or (owner in ("DeltaTable", "handle") and name in ("create", "restore"))
    ]
    assert found == [], "delta-rs flushes nothing: commit by delta_tables.py, write checkpoints by delta_log.py"


def test_the_law_is_broken_by_code_that_breaks_it(tmp_path: Path) -> None:
    path = tmp_path / "guilty.py"
    path.write_text("import os\nos.remove('x')\nopen('y', 'w')\nhandle.create_checkpoint()\n")
    assert [(owner, name) for _, owner, name in _calls(path)] == [("os", "remove"), ("handle", "create_checkpoint")]
    assert list(_opens_for_writing(path)) == [3]

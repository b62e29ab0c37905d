"""The layout that docs/architecture.md promises: imports go one way, modules stay short, names say what they are."""

import ast
import subprocess
import sys
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("pipelines", "schemas", "transforms")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LONGEST = 400
"""Lines of a module: past that, there is a second idea in it (the house style)."""
FULLEST = 18
"""Modules in a folder; the fullest is `pipelines/cli/commands`, one per command."""


def test_imports_go_from_pipelines_to_transforms_to_schemas() -> None:
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_is_short_and_starts_by_saying_what_it_is(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert not text or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_hides_one_of_the_standard_library_or_is_a_bag_of_tricks(package: str) -> None:
    names = {path.stem for path in (ROOT / package).iterdir() if path.suffix == ".py" or path.is_dir()}
    assert names & set(sys.stdlib_module_names) == set()
    assert names & {"utils", "util", "helpers", "common", "misc"} == set()


def test_no_folder_is_crowded() -> None:
    modules = Counter(path.parent.relative_to(ROOT).as_posix() for path in MODULES if path.name != "__init__.py")
    assert {folder: count for folder, count in modules.items() if count > FULLEST} == {}


def test_no_file_name_occurs_three_times() -> None:
    names = Counter(path.name for path in MODULES if path.name != "__init__.py")
    assert {name for name, count in names.items() if count > 2} == set()


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph("broadsheet")
    importers = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        tuple(TopologicalSorter(importers).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))

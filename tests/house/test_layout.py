"""The layout that docs/architecture.md promises: imports go one way, modules stay short, names say what they are."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted(path for package in ("pipelines", "schemas", "transforms") for path in (ROOT / package).rglob("*.py"))
LONGEST = 400
"""Lines of a module: past that, there is a second idea in it (the house style)."""


def test_imports_go_from_pipelines_to_transforms_to_schemas() -> None:
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_is_short_and_starts_by_saying_what_it_is(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert not text or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("package", ["pipelines", "schemas", "transforms"])
def test_no_module_hides_one_of_the_standard_library_or_is_a_bag_of_tricks(package: str) -> None:
    names = {path.stem for path in (ROOT / package).iterdir() if path.suffix == ".py" or path.is_dir()}
    assert names & set(sys.stdlib_module_names) == set()
    assert names & {"utils", "util", "helpers", "common", "misc"} == set()

"""What is installed is what is here, and nothing else is."""

import importlib
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import broadsheet

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("pipelines", "schemas", "transforms")
SHIPPED = {".py", ".css", ".json", ".npz", ".typed"}


def _sources() -> set[str]:
    """Returns the files that must be in the wheel, relative to the project."""
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.suffix in SHIPPED)
    top = (path for path in (ROOT / "broadsheet").iterdir() if path.suffix in SHIPPED)
    return {f"broadsheet/{path.relative_to(ROOT).as_posix()}" for path in found} | {f"broadsheet/{path.name}" for path in top}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel made from an sdist, as Beam's --setup_file and `make wheel` do; without an index, by the setuptools that is there."""
    folder = tmp_path_factory.mktemp("wheel")
    skipped = shutil.ignore_patterns("__pycache__")
    for name in ("broadsheet", *PACKAGES, "tests", "benchmarks"):
        shutil.copytree(ROOT / name, folder / "project" / name, ignore=skipped, symlinks=True)
    for name in ("setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "NOTICE", "constraints.txt"):
        shutil.copy(ROOT / name, folder / "project")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(folder / "project")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next((folder / "dist").glob("*.whl"))


def test_the_only_import_name_is_the_distribution_s() -> None:
    ours = {name for name, distributions in metadata.packages_distributions().items() if "broadsheet" in distributions}
    assert ours == {"broadsheet"}
    assert Path(broadsheet.__file__).parent == ROOT / "broadsheet"


@pytest.mark.parametrize("name", PACKAGES)
def test_no_module_can_be_imported_under_a_second_name(name: str) -> None:
    with pytest.raises(ImportError):
        importlib.import_module(name)


@pytest.mark.slow
def test_a_project_with_folders_of_our_folders_names_is_not_in_the_way(tmp_path: Path) -> None:
    for name in PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    command = [
        sys.executable,
        "-c",
        "from broadsheet import ReadFiles; import schemas; print(ReadFiles.__module__, schemas.__file__)",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["broadsheet.transforms.read.read_files", str(tmp_path / "schemas" / "__init__.py")], done.stderr


def test_the_command_is_installed() -> None:
    (command,) = (entry for entry in metadata.distribution("broadsheet").entry_points if entry.group == "console_scripts")
    assert command.name == "broadsheet"
    assert callable(command.load())


@pytest.mark.slow
def test_the_wheel_holds_all_of_our_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name for name in names if ".dist-info/" not in name} == _sources()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def _requirements(name: str, extras: set[str]) -> set[str]:
    """Returns the names of the distributions that one pulls in, all the way down, as this Python's markers have it."""
    found: set[str] = set()
    todo = [(name, frozenset(extras))]
    done = set(todo)
    while todo:
        name, wanted = todo.pop()
        for line in metadata.requires(name) or []:
            requirement = Requirement(line)
            if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in wanted | {""}):
                continue
            found.add(canonicalize_name(requirement.name))
            item = (canonicalize_name(requirement.name), frozenset(requirement.extras))
            if item not in done:
                done.add(item)
                todo.append(item)
    return found


def test_the_constraints_pin_every_requirement_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    needed = _requirements("broadsheet", {"test", "lint"})
    assert set(pins) == needed
    assert {name: metadata.version(name) for name in needed} == pins


def test_the_changelog_s_newest_version_is_the_distribution_s() -> None:
    newest = re.search(r"^## \[?([\d.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == metadata.version("broadsheet")


def test_notice_names_every_package_that_is_installed_with_broadsheet() -> None:
    named = {
        canonicalize_name(line.split()[0])
        for line in (ROOT / "NOTICE").read_text(encoding="utf-8").splitlines()
        if line.startswith("  ")
    }
    required = {Requirement(line) for line in metadata.requires("broadsheet") or [] if "extra ==" not in line}
    assert {canonicalize_name(each.name) for each in required} <= named

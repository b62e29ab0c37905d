"""A reader and a language backend of a user's own: installed as a package, found by entry points, used from the command line."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.pages import dump

ROOT = Path(__file__).parents[2]
_BACKEND = """
from broadsheet.transforms.language.guess import Guess


class Mine:
    def guess(self, sample):
        return Guess("fy", 0.9)
"""
_RUN = "from broadsheet.pipelines.cli.main import run_and_exit; run_and_exit()"


def _blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8"), re.DOTALL)


def _install(folder: Path, files: dict[str, str]) -> Path:
    """Installs a package of these files with pip, offline, and returns where."""
    source, target = folder / "source", folder / "installed"
    source.mkdir()
    for name, text in files.items():
        (source / name).write_text(text, encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", target, source], check=True, capture_output=True)
    return target


def _broadsheet(target: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(target)}
    command = [sys.executable, "-c", _RUN, *map(str, arguments)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The how-to guides' examples, as one package."""
    reader, form = _blocks("new-format.md", "python")[:2]
    (project,) = _blocks("new-format.md", "toml")
    (entry,) = _blocks("language-backend.md", "toml")
    project = project.replace('["wire"]', '["wire", "my_detector"]').replace("[tool.setuptools]", f"{entry}\n[tool.setuptools]")
    files = {"pyproject.toml": project, "wire.py": reader + form, "my_detector.py": _BACKEND}
    return _install(tmp_path_factory.mktemp("package"), files)


def test_a_reader_and_a_backend_of_a_package_work_from_the_command_line(tmp_path: Path, installed: Path) -> None:
    story = f"Slug: BC-HERONS\nHeadline: Herons are back\n\n{dump('Herons are back')}\n\f\nno headers\n\f\n"
    (tmp_path / "night.wire").write_text(story)
    lake = tmp_path / "lake"
    run = _broadsheet(
        installed, "ingest", tmp_path / "night.wire", "--lake", lake, "--language-backend", "mine", "--source", "wire.example"
    )
    assert run.returncode == 0, run.stderr
    query = "select external_id, language from documents union all select reason, kind from rejects order by all"
    rows = _broadsheet(installed, "query", query, "--lake", lake, "--format", "json").stdout.splitlines()
    assert [tuple(json.loads(row).values()) for row in rows] == [("BC-HERONS", "fy"), ("no_slug", "dead")]


def test_a_backend_that_nobody_offers_is_named_with_those_that_there_are(tmp_path: Path, installed: Path) -> None:
    run = _broadsheet(installed, "ingest", tmp_path, "--lake", tmp_path / "lake", "--language-backend", "yours")
    assert run.returncode == 2
    assert "'yours'" in run.stderr
    assert "mine" in run.stderr


@pytest.mark.parametrize(
    ("module", "said"), [("import nothing_like_it", "nothing_like_it"), ("WIRE = 7", "is a int: expected a Format")]
)
def test_an_entry_point_that_does_not_load_is_an_error_that_names_its_package(tmp_path: Path, module: str, said: str) -> None:
    (project,) = _blocks("new-format.md", "toml")
    target = _install(tmp_path, {"pyproject.toml": project, "wire.py": module})
    (tmp_path / "a.txt").write_text(dump("Herons"))
    run = _broadsheet(target, "ingest", tmp_path / "a.txt", "--lake", tmp_path / "lake")
    assert run.returncode == 2, run.stderr
    assert "my-wire" in run.stderr
    assert said in run.stderr
    assert "Traceback" not in run.stderr

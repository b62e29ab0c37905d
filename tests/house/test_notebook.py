"""The notebook in docs/ runs, and prints what it shows."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from house.notebook import NOTEBOOK, code_cells, environment, printed_in, run


@pytest.fixture(scope="module")
def notebook() -> dict:
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))


def test_every_cell_is_python_and_was_run(notebook: dict) -> None:
    for number, cell in enumerate(code_cells(notebook), 1):
        compile("".join(cell["source"]), f"cell {number}", "exec")
        assert cell["execution_count"] == number
    assert notebook["nbformat"] == 4
    assert all(cell["id"] for cell in notebook["cells"])


def test_all_three_libraries_are_shown(notebook: dict) -> None:
    source = "".join("".join(cell["source"]) for cell in code_cells(notebook))
    assert all(f"import {name}" in source for name in ("duckdb", "polars", "pandas"))


@pytest.mark.slow
def test_the_cells_print_what_the_notebook_shows(notebook: dict, tmp_path: Path) -> None:
    found = subprocess.run([sys.executable, "-c", "import polars, pandas"], env=environment(), capture_output=True, check=False)
    if found.returncode:
        pytest.skip("Polars and pandas are not installed: BROADSHEET_NOTEBOOK names no folder that holds them")
    assert run(notebook, tmp_path) == printed_in(notebook)

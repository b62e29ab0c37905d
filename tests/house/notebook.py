"""The notebook in docs/: its cells run over the samples' lake, and what they print written down.

    python tests/house/notebook.py        runs it and rewrites docs/notebook.ipynb

Needs Polars and pandas, which broadsheet itself does not: BROADSHEET_NOTEBOOK names a folder that holds them (`pip install
--target`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"

_RUN = """
import contextlib, io, json, sys
scope, printed = {}, []
for cell in json.load(sys.stdin):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(cell, "cell", "exec"), scope)
    printed.append(out.getvalue())
json.dump(printed, sys.stdout)
"""


def environment() -> dict[str, str]:
    """Returns the environment in which the notebook's imports work."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("BROADSHEET_NOTEBOOK")]))
    return {**os.environ, "PYTHONPATH": path, "POLARS_TABLE_WIDTH": "110"}


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the cells that run."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def printed_in(notebook: dict[str, Any]) -> list[str]:
    """Returns what each cell prints, as the notebook has it."""
    return ["".join(text for output in cell["outputs"] for text in output["text"]) for cell in code_cells(notebook)]


def run(notebook: dict[str, Any], folder: Path) -> list[str]:
    """Returns what each cell prints, run one after another in a folder that gets the samples' lake."""
    ingest = [sys.executable, "-m", "broadsheet", "ingest", str(ROOT / "samples" / "pages"), "--lake", str(folder / "lake")]
    subprocess.run([*ingest, "--quiet"], check=True, cwd=ROOT, capture_output=True)
    sources = json.dumps(["".join(cell["source"]) for cell in code_cells(notebook)])
    command = [sys.executable, "-c", _RUN]
    done = subprocess.run(command, input=sources, cwd=folder, env=environment(), capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def main() -> None:
    """Rewrites the notebook with what its cells print now."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        printed = run(notebook, Path(folder))
    for number, (cell, text) in enumerate(zip(code_cells(notebook), printed, strict=True), 1):
        cell["execution_count"] = number
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}] if text else []
    NOTEBOOK.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""A run does not need what only Linux has: /proc, control groups, a processor mask, seccomp."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import ROOT
from helpers.lakes import data_files
from helpers.pages import dump

_DENIED = """
import os, sys

denied = []

def deny(event, arguments):
    if event == "open" and str(arguments[0]).startswith(("/proc", "/sys")):
        denied.append(arguments[0])
        raise FileNotFoundError(2, "No such file or directory", arguments[0])

sys.addaudithook(deny)
for name in ("sched_getaffinity", "sched_setaffinity", "memfd_create", "pidfd_open", "posix_fadvise", "fdatasync"):
    if hasattr(os, name):
        delattr(os, name)
from broadsheet.pipelines.cli.main import main

code = main(sys.argv[1:])
assert denied or "query" in sys.argv, "the commands read nothing of /proc: this test shows nothing any more"
sys.exit(code)
"""


def _run(*arguments: object) -> str:
    words = [sys.executable, "-c", _DENIED, *map(str, arguments)]
    return subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("workers", [1, 2])
def test_a_lake_is_made_and_read_without_proc(tmp_path: Path, workers: int) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name in ("pier", "mill"):
        (folder / f"{name}.txt").write_text(dump(f"The {name}"))
    sentences = "".join(f"<p>Boat number {n} left the pier at dawn and came back late in the evening.</p>" for n in range(15_000))
    (folder / "long.html").write_text(f"<h1>The boats of a year</h1><article>{sentences}</article>")  # read in the sandbox
    lake = tmp_path / "lake"
    _run("ingest", folder, "--lake", lake, "--workers", workers)
    assert data_files(lake)
    counts = "select count(*) as documents, count(distinct uri) as uris from documents"
    assert json.loads(_run("query", counts, "--lake", lake, "--format", "json")) == {"documents": 3, "uris": 3}

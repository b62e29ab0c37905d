"""A disk that fills up under a run: one clear sentence, nothing half-committed, and the next run goes on."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import broadsheet, finish, start

from benchmarks.generate import generate

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system"),
]

DOCUMENTS = 300


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB: room for some batches of the run, not for all."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_fails_the_run_and_costs_nothing(tmp_path: Path, disk: Path) -> None:
    generate(str(tmp_path / "pages"), DOCUMENTS, 10, body_bytes=3000)
    command = ["ingest", tmp_path / "pages", "--lake", disk / "lake", "--batch-mb", "0.4", "--quiet"]
    code, said = finish(start(*command))
    assert code == 1
    assert "No space left on device" in said
    assert "Traceback" not in said
    held = lakes.books(disk / "lake")
    assert 0 < held["documents"] < DOCUMENTS
    assert lakes.by_delta(disk / "lake", "select count(*), count(distinct doc_id) from documents") == [(held["documents"],) * 2]

    subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
    assert finish(start(*command))[0] == 0
    assert broadsheet("verify", "--lake", disk / "lake", "--deep") == 0
    assert lakes.leftovers(disk / "lake") == []
    assert lakes.by_delta(disk / "lake", "select count(*), count(distinct doc_id) from documents") == [(DOCUMENTS,) * 2]

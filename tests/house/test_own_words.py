"""What the project contains, its authors wrote: nothing of the labelled pages has found its way in."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.schemas.records import InputFile, RawRecord
from broadsheet.transforms.read.read_records import ReadOptions, media_type, read_records

ROOT = Path(__file__).parent.parent.parent
SEEDS = ROOT.parent / "shared" / "seeds"
RUN = 8
"""Words in a row that two authors do not write alike by chance."""


def _runs(text: str) -> Iterator[str]:
    words = re.findall(r"\w+", text.casefold())
    for start in range(len(words) - RUN + 1):
        yield " ".join(words[start : start + RUN])


def _articles() -> Iterator[str]:
    """Yields the seeds' lines without their chrome: half of the web asks for a comment in the same words."""
    for name, gold in json.loads((SEEDS / "gold.json").read_text(encoding="utf-8")).items():
        lines = (SEEDS / name).read_text(encoding="utf-8").splitlines()
        yield from (line for number, line in enumerate(lines, 1) if number not in gold["chrome"])


def _text(path: Path) -> str:
    """Returns what a file holds, decompressed; bytes that are not UTF-8 are left out."""
    if media_type(path.name):
        (found,) = read_records(InputFile(str(path), "", path.stat().st_size, 0), ReadOptions())
        record = found if isinstance(found, RawRecord) else found[0]
        return record.payload.decode("utf-8", "ignore")
    return path.read_bytes().decode("utf-8", "ignore")


@pytest.mark.shared
@pytest.mark.skipif(not SEEDS.is_dir(), reason="../shared is absent")
def test_no_words_of_the_seeds_are_in_the_project() -> None:
    theirs = {run for line in _articles() for run in _runs(line)}
    assert theirs
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    assert {str(path): run for path in paths if path.is_file() for run in _runs(_text(path)) if run in theirs} == {}

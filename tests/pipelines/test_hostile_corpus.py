"""One run over inputs made to break us ends well, with every record accounted for and memory bounded."""

import os
import time
from pathlib import Path

import pytest
from helpers import hostile, lakes
from helpers.command import broadsheet, start

from benchmarks.processes import family, memory_mb

_MOST_MEMORY_MB = 1900  # MiB: 2 GB


@pytest.mark.slow
def test_one_run_over_the_hostile_corpus_ends_well(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pages, lake = hostile.build(tmp_path / "pages"), tmp_path / "lake"
    process = start("ingest", pages, "--lake", lake, "--quiet")
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(map(memory_mb, family(process.pid))))
        time.sleep(0.05)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    assert "\x1b" not in said
    assert peak < _MOST_MEMORY_MB

    assert broadsheet("verify", "--lake", lake) == 0, capfd.readouterr().out
    books = lakes.books(lake)
    assert books["records"] == sum(books[name] for name in ("documents", "duplicates", "filtered", "dead"))
    assert books["documents"] > 40
    read = {uri for (uri,) in lakes.by_delta(lake, "select uri from inputs")}
    assert read == {str(path) for path in _inputs(pages)}
    written = {path for path in lake.rglob("*") if not path.resolve().is_relative_to(lake.resolve())}
    assert written == set()
    crashed = lakes.by_delta(
        lake, "select uri, reason, message from rejects where reason like 'crashed%' or reason = 'worker_died'"
    )
    assert crashed == []
    columns = "max(length(title)), max(length(url)), max(length(source)), max(len(authors)), max(len(tags))"
    (longest,) = lakes.by_delta(lake, f"select {columns} from documents")
    assert all(value is None or value <= limit for value, limit in zip(longest, (20_000, 20_000, 240, 1000, 1000), strict=True))
    assert lakes.by_delta(lake, "select count(*) from documents where text like '%root:x:0%'") == [(0,)]


def _inputs(folder: Path) -> list[Path]:
    found = (Path(place) / name for place, _, names in os.walk(folder) for name in names)
    return [path for path in found if path.is_file() and path.name != "sidecar.txt.json"]

"""One table, whichever runner made it."""

from pathlib import Path

import pytest
from helpers import lakes, world
from helpers.command import ROOT, finish, start
from helpers.prism import needs_prism

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.service,
    needs_prism,
]


@pytest.mark.parametrize("inputs", ["world", "samples"])
def test_beams_local_runners_make_the_same_files(tmp_path: Path, inputs: str) -> None:
    pages = world.build(tmp_path / "pages") if inputs == "world" else ROOT / "samples" / "pages"
    runners = {"default": [], "direct": ["--runner=DirectRunner"], "prism": ["--runner=PrismRunner"]}
    for name, flags in runners.items():  # a process each: Beam keeps one Prism a process, and asks for its place only once
        code, said = finish(start("ingest", pages, "--lake", tmp_path / name, *flags))
        assert code == 0, said
        assert "WARNING" not in said
    files = lakes.data_files(tmp_path / "default")
    assert files
    for name in ("direct", "prism"):
        assert lakes.data_files(tmp_path / name) == files
        assert lakes.committed_files(tmp_path / name) == set(files)
        assert lakes.leftovers(tmp_path / name) == []
    query = "select uri, record, doc_id, title, date, source from documents order by all"
    assert lakes.by_delta(tmp_path / "prism", query) == lakes.by_delta(tmp_path / "default", query)

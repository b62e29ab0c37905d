"""A launch sends one job and does not wait for it; the next run ends what is left."""

from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import ROOT, broadsheet, ingest

PAGES = ROOT / "samples" / "pages"


def test_a_job_that_nobody_waits_for_commits_what_others_do(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    lake = tmp_path / "lake"
    launch = ("submit", "prism", PAGES, "--lake", lake, "--no-wait", "--runner=FnApiRunner")
    assert broadsheet(*launch) == 0
    assert "of 36 inputs" in capsys.readouterr().out
    ingest(tmp_path / "expected", PAGES)
    assert lakes.data_files(lake) == lakes.data_files(tmp_path / "expected")

    assert broadsheet(*launch) == 0
    assert "nothing is new" in capsys.readouterr().out
    assert lakes.leftovers(lake) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["kafka://localhost:9/topic"], "standard input and topics"),
        (["-"], "standard input and topics"),
        ([PAGES, "--learn"], "run `broadsheet learn`"),
    ],
    ids=["a topic", "standard input", "learning first"],
)
def test_what_must_be_waited_for_is_not_launched(tmp_path: Path, capsys: pytest.CaptureFixture, given: list, message: str) -> None:
    assert broadsheet("submit", "prism", *given, "--lake", tmp_path / "lake", "--no-wait", "--runner=FnApiRunner") == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []

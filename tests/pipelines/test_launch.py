"""A launch sends one job and leaves it; what it leaves behind the next run ends."""

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


def test_a_launch_takes_no_topic(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    command = ("submit", "prism", "kafka://localhost:9/topic", "--lake", tmp_path / "lake", "--no-wait", "--runner=FnApiRunner")
    assert broadsheet(*command) == 2
    assert "standard input and topics" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []

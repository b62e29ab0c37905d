"""`python -m benchmarks.quality` takes any file of the bench format and answers for each of its pages."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import quality

STORY = "".join(
    f"<p>On day {day} the council of Aldermoor counted the swans on the upper pond, and found one more than the day before.</p>"
    for day in range(1, 8)
)
PAGES = [
    {
        "id": "story",
        "language": "en",
        "html": f"<title>Swans counted</title><h1>Swans counted</h1>{STORY}",
        "text": "Swans counted\n",
    },
    {"id": "nothing", "language": "en", "html": "<nav><a href=/>Home</a></nav>", "text": ""},
]


def predictions(tmp_path: Path, *options: str) -> Any:
    pages, out = tmp_path / "pages.jsonl", tmp_path / "out.jsonl"
    pages.write_text("".join(json.dumps(page) + "\n" for page in PAGES), encoding="utf-8")
    assert quality.main([str(pages), "--predictions", str(out), *options]) == 0
    return {row["id"]: row for row in map(json.loads, out.read_text(encoding="utf-8").splitlines())}


@pytest.mark.parametrize("extractor", ["broadsheet", "trafilatura"])
def test_every_page_has_a_prediction_and_a_refused_one_an_empty_body(
    tmp_path: Path, extractor: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = predictions(tmp_path, "--input", "html", "--extractor", extractor)
    assert rows["story"]["body"].count("swans") == 7
    assert rows["nothing"]["body"] == ""
    assert "MB/s" in capsys.readouterr().err


def test_the_whole_way_predicts_all_that_score_py_knows(tmp_path: Path) -> None:
    rows = predictions(tmp_path, "--input", "html")
    assert {"id", "body", "title", "authors", "date", "language"} <= rows["story"].keys()
    assert rows["story"]["title"] == "Swans counted"
    assert rows["story"]["language"] == "en"


def test_the_speed_of_each_stage_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    predictions(tmp_path, "--input", "html")
    assert "body alone" in (said := capsys.readouterr().err)
    assert "language" in said
    assert "ms per page" in said


def test_the_language_stage_takes_the_text_for_the_body(tmp_path: Path) -> None:
    assert set(predictions(tmp_path, "--stage", "language")["story"]) == {"id", "language"}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"gone\.jsonl"):
        quality.main([str(tmp_path / "gone.jsonl"), "--predictions", str(tmp_path / "out.jsonl")])

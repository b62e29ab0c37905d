"""The peers are measured as they are meant to be used, and the page that compares them can be made."""

from typing import Any

import pytest

from benchmarks import bench, metadata, quality_table
from benchmarks.extractors import PEERS

PAGE = (
    "<html><body><nav><a href='/'>Home</a></nav><article><h1>Tram line reopens</h1>"
    + "".join(
        f"<p>The tram line to the northern harbour reopened on day {day}, and the first car was full to its doors.</p>"
        for day in range(9)
    )
    + "</article></body></html>"
)


@pytest.mark.parametrize("name", [name for name in PEERS["html"] if name != "readability-lxml"])
def test_every_peer_finds_the_body_of_a_plain_page(name: str) -> None:
    assert "reopened on day 5" in PEERS["html"][name]()(PAGE)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("The tram line reopened on a Monday.", True),
        ("北港的电车线路周一重新开通，首班车座无虚席。", True),
        ("Home Harbour Weather Council Sport", False),
        ("All aboard.", False),
        ("Read the whole of this story here ...", False),
        ("Please enable JavaScript to read this page.", False),
    ],
    ids=["sentence", "Chinese sentence", "menu", "short", "cut off", "script"],
)
def test_c4_keeps_lines_that_are_sentences(line: str, kept: Any) -> None:
    assert PEERS["text"]["C4's line rules"]()(line) == (line if kept else "")


@pytest.mark.shared
@pytest.mark.skipif(not bench.BENCH.is_dir(), reason=f"the labelled pages are not at {bench.BENCH}")
def test_an_extractor_is_measured_with_its_speed_and_memory() -> None:
    got = quality_table.measure("html", "broadsheet", "sh", 5)
    assert got["f1"] > 0.9
    assert got["mb_per_s"] > 0
    assert got["peak_mb"] >= got["grown_mb"] >= 0


HEADED = """<html><head><title>Tram line reopens</title><meta name="author" content="Ines Moreau">
<meta property="article:published_time" content="2021-03-05"></head><body><h1>Tram line reopens</h1>
<p>The first car was full.</p>"""


@pytest.mark.parametrize("name", metadata.PEERS["html"])
def test_every_peer_reads_what_a_plain_head_declares(name: str) -> None:
    if not metadata.installed(name):
        pytest.skip(f"{name} is not installed")
    declared = {"title": "Tram line reopens", "authors": ["Ines Moreau"], "date": "2021-03-05"}
    found = metadata.PEERS["html"][name]()(HEADED, None)
    assert found
    assert found == {field: declared[field] for field in found}


def test_simple_rules_take_the_first_line_of_four_words_the_first_byline_and_the_first_date() -> None:
    read = metadata.PEERS["text"]["simple rules"]()
    dump = "Home\nTram line to the harbour reopens\nBy Ines Moreau\n5.3.2021\nThe first car was full to its doors on 2021-03-06."
    assert read(dump, None) == {"title": "Tram line to the harbour reopens", "authors": ["Ines Moreau"], "date": "2021-03-05"}


@pytest.mark.shared
@pytest.mark.skipif(not bench.BENCH.is_dir(), reason=f"the labelled pages are not at {bench.BENCH}")
def test_metadata_is_measured_by_field_with_its_time() -> None:
    got = metadata.measure("html", "broadsheet", "tf", 10)
    assert got["ms"] > 0
    assert {"title", "authors", "date"} <= got.keys()

"""Duplicates through the whole pipeline: exact ones are dropped whatever they come as, near ones are kept and grouped."""

import json
from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import broadsheet, ingest
from helpers.pages import dump, write
from quality.stories import STORIES, rewrites

_BODY = (
    "The harbour master of Quillan Bay closed the outer pier on Tuesday after divers found two cracks below the water line.",
    "Ferries to the islands will leave from the old coal quay until the repairs are done, which will take a month or two.",
    "The cracks were seen first by a schoolboy who was looking for crabs and who wrote to the council with a drawing of them.",
)


def _html(published: str) -> str:
    paragraphs = "".join(
        f"<p>{text}</p>" for text in ("The Pier was the first thing that anybody in the town talked about.", *_BODY)
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><title>The Pier</title>'
        f'<meta property="article:published_time" content="{published}">'
        f"</head><body><nav><a href='/'>Home</a></nav><article><h1>The Pier</h1>{paragraphs}</article></body></html>"
    )


def _text(published: str) -> str:
    body = "\n\n".join(("The Pier was the first thing that anybody in the town talked about.", *_BODY))
    return f"Home\nNews\nWeather\n\nThe Pier\n\nPublished: {published}\n\n{body}\n\nLeave a Reply\n"


@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "in runs of their own"])
def test_one_body_in_other_formats_and_under_other_dates_is_one_document(tmp_path: Path, at_once: bool) -> None:
    pages = {
        "a/text.txt": _text("0612 GMT May 14, 2024"),
        "b/later.txt": _text("0612 GMT May 20, 2024"),
        "c/page.html": _html("2024-05-14T06:12:00Z"),
        "d/reposted.html": _html("2024-06-01T12:00:00Z"),
    }
    folder = write(tmp_path / "source=paper.example", pages)
    for inputs in [folder] if at_once else [folder / name[0] for name in pages]:
        ingest(tmp_path / "lake", inputs)
    rows = lakes.by_delta(tmp_path / "lake", "select parse_filename(uri), date::text from documents")
    assert rows == [("text.txt", "2024-05-14")]
    assert lakes.books(tmp_path / "lake")["duplicates"] == 3


def _reposts(folder: Path) -> Path:
    """Writes each story's rewrites, a source each, and the stories that are others, in the order in which they will be read."""
    pages = {}
    for language, story in STORIES.items():
        for number, (_, body) in enumerate(rewrites(story)):
            pages[f"source=paper-{number}.example/{language}.txt"] = (
                f"Home\nNews\n\n{body.replace(chr(10), chr(10) * 2)}\n\nLeave a Reply\n"
            )
        pages[f"source=paper-0.example/{language}-sibling.txt"] = f"Home\nNews\n\n{story.sibling.replace(chr(10), chr(10) * 2)}\n"
    return write(folder, pages)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a lake that was made in one batch, and of its pages."""
    folder = tmp_path_factory.mktemp("near")
    ingest(folder / "lake", _reposts(folder / "pages"))
    return folder


_GROUPS = "select cluster_id, list(distinct parse_filename(uri)), count(distinct source) from documents group by all order by 2"


def test_rewrites_are_grouped_across_sources_and_other_stories_are_not(whole: Path) -> None:
    groups = [(names, sources) for _, names, sources in lakes.by_delta(whole / "lake", _GROUPS)]
    assert all(len(names) == 1 for names, _ in groups), "no group has two stories"
    largest = {language: max(sources for names, sources in groups if names == [f"{language}.txt"]) for language in STORIES}
    assert min(largest.values()) >= 8, largest
    assert all((([f"{language}-sibling.txt"]), 1) in groups for language in STORIES)


def test_the_first_document_of_a_group_is_its_name(whole: Path) -> None:
    query = "select count(*), count(*) filter (cluster_id = doc_id), count(distinct cluster_id) from documents"
    ((rows, leading, groups),) = lakes.by_delta(whole / "lake", query)
    assert rows == len(STORIES) * 10
    assert leading == groups
    earlier = "select count(*) from documents d join documents first on d.cluster_id = first.doc_id where first.uri > d.uri"
    assert lakes.by_delta(whole / "lake", earlier) == [(0,)]


@pytest.mark.parametrize("way", ["small batches", "a run each source"])
def test_groups_are_the_same_however_the_inputs_are_cut(whole: Path, tmp_path: Path, way: str) -> None:
    if way == "small batches":
        ingest(tmp_path / "lake", whole / "pages", "--batch-mb", "0.15")
    else:
        for folder in sorted((whole / "pages").iterdir()):
            ingest(tmp_path / "lake", folder)
    batches = lakes.by_delta(tmp_path / "lake", "select count(distinct batch_id) from inputs")
    assert batches[0][0] > 2
    query = "select doc_id, cluster_id from documents order by 1"
    assert lakes.by_delta(tmp_path / "lake", query) == lakes.by_delta(whole / "lake", query)


def test_latest_documents_are_the_newest_of_each_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    titles = {"The Pier": 14, "The Pier, Corrected": 16, "The Pier, At First": 12}
    pier, bell = "https://paper.example/pier", "https://paper.example/bell"
    records = [{"url": pier, "text": dump(title), "published": f"2024-05-{day}"} for title, day in titles.items()]
    lines = [json.dumps(record) for record in (*records, {"url": bell, "text": dump("The Bell")})]
    ingest(tmp_path / "lake", write(tmp_path / "pages", {"a.jsonl": "\n".join(lines) + "\n"}))
    sql = "select url, text[:19] as text from documents_latest order by all"
    assert broadsheet("query", sql, "--format", "csv", "--lake", tmp_path / "lake") == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [f"{bell},The Bell was the fi", f'{pier},"The Pier, Corrected"']
    assert lakes.by_delta(tmp_path / "lake", "select count(*) from documents") == [(4,)]


def test_runs_have_a_row_a_batch(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "select run_id is not null, inputs, records, documents, duplicates + filtered + dead from RUNS"
    assert broadsheet("query", sql, "--format", "csv", "--lake", whole / "lake") == 0
    pages = len(STORIES) * 10
    assert capsys.readouterr().out.splitlines()[-1] == f"True,{pages},{pages},{pages},0"


def test_without_the_search_for_near_duplicates_no_document_has_a_group_and_the_lake_is_in_order(whole: Path) -> None:
    lake = whole / "ungrouped"
    assert broadsheet("ingest", whole / "pages", "--lake", lake, "--no-near-duplicates") == 0
    groups = "select count(*), count(cluster_id) from documents"
    assert lakes.by_delta(lake, groups) == [(lakes.by_delta(whole / "lake", groups)[0][0], 0)]
    assert broadsheet("verify", "--lake", lake, "--deep") == 0

"""Sidecars, manifests and paths, from the command line to the row."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.command import broadsheet, ingest
from helpers.lakes import by_delta
from helpers.pages import dump, write

PUBLISHED = "strftime(published_at at time zone 'UTC', '%Y-%m-%d %H:%M')"


def test_manifest_goes_over_sidecar_goes_over_path_goes_over_the_page(tmp_path: Path) -> None:
    pages = write(tmp_path / "in", {"acme/2024-06-01/a.txt": dump("Pier"), "acme/2024-06-01/b.txt": dump("Quay")})
    sidecar = {"title": "From the sidecar", "section": "Harbour", "authors": ["Ada Quill"]}
    write(pages, {"acme/2024-06-01/a.txt.json": json.dumps(sidecar)})
    write(pages, {"manifest.csv": "uri,section\nacme/2024-06-01/a.txt,Islands\n"})
    lake = tmp_path / "lake"
    options = ("--path-template", "{source}/{date}/{name}", "--manifest", pages / "manifest.csv")
    ingest(lake, pages / "acme", *options)
    columns = "title, title_basis, section, section_basis, authors_basis, source, source_basis, crawled_at_basis"
    query = f"select {columns} from documents order by uri"
    first, second = by_delta(lake, query)
    assert first == ("From the sidecar", "sidecar", "Islands", "manifest", "sidecar", "acme", "path", "path")
    assert second[0] == "Quay"

    ingest(lake, pages / "acme", *options)
    assert by_delta(lake, "select count(*) from inputs") == [(2,)]
    write(pages, {"manifest.csv": "uri,section\nacme/2024-06-01/a.txt,Ports\n"})
    ingest(lake, pages / "acme", *options)
    assert by_delta(lake, "select count(*), sum(duplicates) from inputs") == [(3, 1)], "a changed row has its input read again"


@pytest.mark.parametrize("name", ["m.csv", "m.jsonl", "m.parquet"])
def test_a_manifest_says_the_same_in_any_of_its_formats(tmp_path: Path, name: str) -> None:
    pages = write(tmp_path / "in", {"a.txt": dump("Pier")})
    row = {"uri": "in/a.txt", "source": "acme", "authors": "Ada Quill; Bo Finch", "published_at": "2024-03-04T10:00:00+02:00"}
    if name == "m.parquet":
        pq.write_table(pa.Table.from_pylist([row]), tmp_path / name)
    else:
        lines = {"m.csv": f"{','.join(row)}\n{','.join(row.values())}\n", "m.jsonl": json.dumps(row)}
        write(tmp_path, {name: lines[name]})
    ingest(tmp_path / "lake", pages, "--manifest", tmp_path / name)
    columns = f"source, source_basis, authors, authors_basis, {PUBLISHED}, published_at_basis"
    assert by_delta(tmp_path / "lake", f"select {columns} from documents") == [
        ("acme", "manifest", ["Ada Quill", "Bo Finch"], "manifest", "2024-03-04 08:00", "manifest")
    ]


def test_a_mirrors_paths_name_url_source_and_day(tmp_path: Path) -> None:
    body = "".join(f"<p>{line}</p>" for line in dump("Pier", published="").split("\n") if len(line) > 60)
    page = f"<html><body><article><h1>Pier</h1>{body}</article></body></html>"
    pages = write(tmp_path / "in", {"www.pier.example/2024/03/04/eels.html": page})
    ingest(tmp_path / "lake", pages, "--url-from-path")
    columns = f"url, source, source_basis, {PUBLISHED}, published_at_basis"
    assert by_delta(tmp_path / "lake", f"select {columns} from documents") == [
        ("http://www.pier.example/2024/03/04/eels.html", "pier.example", "url", "2024-03-04 00:00", "url")
    ]


def test_a_broken_sidecar_is_a_dead_letter_that_names_it(tmp_path: Path) -> None:
    pages = write(tmp_path / "in", {"a.txt": dump("Pier"), "a.txt.json": "{no json"})
    ingest(tmp_path / "lake", pages)
    ((reason, message),) = by_delta(tmp_path / "lake", "select reason, message from rejects")
    assert reason == "bad_sidecar"
    assert "a.txt.json" in message


def test_a_manifest_that_names_no_input_is_refused_before_anything_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = write(tmp_path / "in", {"a.txt": dump("Pier"), "m.jsonl": '{"uri": "other.txt", "title": "x"}'})
    assert broadsheet("ingest", pages / "a.txt", "--lake", tmp_path / "lake", "--manifest", pages / "m.jsonl") == 2
    assert "names none of the 1 inputs" in capsys.readouterr().err
    assert not (tmp_path / "lake").exists()

"""Sidecars, manifests and paths, from the command line to the row."""

import json

from helpers.command import broadsheet, ingest
from helpers.lakes import by_delta
from helpers.pages import dump, write


def test_manifest_goes_over_sidecar_goes_over_path_goes_over_the_page(tmp_path):
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


def test_a_broken_sidecar_is_a_dead_letter_that_names_it(tmp_path):
    pages = write(tmp_path / "in", {"a.txt": dump("Pier"), "a.txt.json": "{no json"})
    ingest(tmp_path / "lake", pages)
    ((reason, message),) = by_delta(tmp_path / "lake", "select reason, message from rejects")
    assert reason == "bad_sidecar"
    assert "a.txt.json" in message


def test_a_manifest_that_names_no_input_is_refused_before_anything_runs(tmp_path, capsys):
    pages = write(tmp_path / "in", {"a.txt": dump("Pier"), "m.jsonl": '{"uri": "other.txt", "title": "x"}'})
    assert broadsheet("ingest", pages / "a.txt", "--lake", tmp_path / "lake", "--manifest", pages / "m.jsonl") == 2
    assert "names none of the 1 inputs" in capsys.readouterr().err
    assert not (tmp_path / "lake").exists()

"""What the user names becomes a list of inputs, each once; what is not there is an error before anything runs."""

import os
from collections import Counter
from pathlib import Path

import pytest
from helpers.pages import write

from pipelines.match import match_inputs
from schemas.errors import ConfigError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pages = dict.fromkeys(["a.txt", "b.html.gz", "deep/er/c.htm", "deep/d.txt.zst", "x.pdf", "README", ".hidden.txt"], "x")
    return write(tmp_path, pages | dict.fromkeys(["_temporary/e.txt", "a.txt.json", "alone.json", "[odd] name*.txt"], "{}"))


def _names(folder: Path, *paths: object) -> list[str]:
    found = [item.uri for item in match_inputs([str(path) for path in paths], Counter())]
    assert len(found) == len(set(found))
    return sorted(os.path.relpath(uri, folder) for uri in found)


def test_a_folder_is_searched_through_but_for_what_is_hidden(folder: Path) -> None:
    assert _names(folder, folder) == ["[odd] name*.txt", "a.txt", "b.html.gz", "deep/d.txt.zst", "deep/er/c.htm"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [("*.txt", ["[odd] name*.txt", "a.txt"]), ("**/*.htm*", ["b.html.gz", "deep/er/c.htm"]), ("deep/*", ["deep/d.txt.zst"])],
)
def test_a_glob_is_what_a_shell_makes_of_it(folder: Path, pattern: str, names: list[str]) -> None:
    assert _names(folder, folder / pattern) == names


def test_a_name_that_looks_like_a_glob_is_the_file_itself(folder: Path) -> None:
    assert _names(folder, folder / "[odd] name*.txt") == ["[odd] name*.txt"]


def test_what_is_named_twice_is_read_once(folder: Path) -> None:
    assert _names(folder, folder / "a.txt", folder / "*.txt", folder / "deep", folder / "deep" / "er") == [
        "[odd] name*.txt",
        "a.txt",
        "deep/d.txt.zst",
        "deep/er/c.htm",
    ]


def test_linked_folders_are_followed_and_circles_end(folder: Path, tmp_path: Path) -> None:
    (folder / "deep" / "up").symlink_to(folder)
    (folder / "side").symlink_to(folder / "deep" / "er")
    assert "side/c.htm" in _names(folder, folder)


def test_what_is_left_out_is_counted_by_its_suffix(folder: Path) -> None:
    skipped: Counter[str] = Counter()
    list(match_inputs([str(folder)], skipped))
    assert skipped[".pdf"] == 1
    assert skipped["(none)"] == 1


def test_a_sidecar_belongs_to_its_page_and_to_its_fingerprint(folder: Path) -> None:
    (page,) = match_inputs([str(folder / "a.txt")], Counter())
    assert page.sidecar == f"{page.uri}.json"
    (folder / "a.txt.json").write_text('{"title": "other"}')
    (again,) = match_inputs([str(folder / "a.txt")], Counter())
    assert again.fingerprint != page.fingerprint


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere.txt", "does not exist"),
        ("*.warc.nope", "no file matches"),
        ("void", "is an empty folder"),
        ("x.pdf", "expected"),
        ("nowhere://a/b", "nowhere"),
    ],
)
def test_a_path_that_gives_nothing_is_an_error_that_names_it(folder: Path, name: str, words: str) -> None:
    (folder / "void").mkdir()
    path = name if "://" in name else str(folder / name)
    with pytest.raises(ConfigError, match=words) as caught:
        list(match_inputs([str(folder / "a.txt"), path], Counter()))
    assert path in str(caught.value)


def test_a_name_that_no_table_can_hold_is_left_out_and_counted(tmp_path: Path) -> None:
    bad = os.fsencode(tmp_path) + b"/latin-\xe9.txt"
    with open(bad, "wb") as file:
        file.write(b"x")
    skipped: Counter[str] = Counter()
    assert list(match_inputs([str(tmp_path)], skipped)) == []
    assert skipped["(name is not UTF-8)"] == 1

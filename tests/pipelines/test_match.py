"""What the user names becomes a list of inputs, each once; what is not there is an error before anything runs."""

import http.server
import importlib.util
import os
import re
import threading
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from helpers.pages import compress, write

from broadsheet.pipelines.inputs.ledger import weigh
from broadsheet.pipelines.inputs.match_inputs import match_inputs, read_list
from broadsheet.schemas.errors import ConfigError
from broadsheet.schemas.records import HTML, InputFile, RawRecord
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.read.read_records import ReadOptions, read_records


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pages = dict.fromkeys(["a.txt", "b.html.gz", "deep/er/c.htm", "deep/d.txt.zst", "x.pdf", "README", ".hidden.txt"], "x")
    return write(tmp_path, pages | dict.fromkeys(["_temporary/e.txt", "a.txt.json", "alone.json", "[odd] name*.txt"], "{}"))


def _names(folder: Path, *paths: object) -> list[str]:
    found = [item.uri for item in match_inputs([str(path) for path in paths], Counter())]
    assert len(found) == len(set(found))
    return sorted(os.path.relpath(uri, folder) for uri in found)


def test_a_folder_is_searched_except_for_what_is_hidden(folder: Path) -> None:
    assert _names(folder, folder) == ["[odd] name*.txt", "a.txt", "alone.json", "b.html.gz", "deep/d.txt.zst", "deep/er/c.htm"]


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


def test_neither_the_lake_nor_the_manifest_is_an_input_of_its_own(folder: Path) -> None:
    write(folder, {"lake/documents/part.parquet": "x", "manifest.csv": "x", "lake-side/f.txt": "x"})
    exclude = [str(folder / "lake"), str(folder / "manifest.csv")]
    names = [os.path.relpath(item.uri, folder) for item in match_inputs([str(folder)], Counter(), exclude)]
    assert "lake-side/f.txt" in names
    assert not {"lake/documents/part.parquet", "manifest.csv"} & set(names)
    (named,) = match_inputs([str(folder / "manifest.csv")], Counter(), exclude)
    assert named.uri.endswith("manifest.csv")


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_list_names_inputs_one_a_line(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"list{suffix}").write_bytes(compress(b"a.txt\r\n\n s3://b/c*.html\nd e.txt", suffix))
    assert read_list(str(tmp_path / f"list{suffix}")) == ["a.txt", " s3://b/c*.html", "d e.txt"]
    (tmp_path / "empty").write_bytes(b"\n")
    for name in ("empty", "nowhere"):
        with pytest.raises(ConfigError, match=name):
            read_list(str(tmp_path / name))


def test_a_file_on_a_web_server_is_an_input_and_is_read(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><p>A heron.")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"http://127.0.0.1:{server.server_port}"
        (item,) = match_inputs([f"{host}/page.html"], Counter())
        (record,) = read_records(item, ReadOptions())
        assert isinstance(record, RawRecord)
        assert (record.payload, record.media_type, item.size) == (b"<html><p>A heron.", HTML, 17)
        assert item.modified_us > 0
        with pytest.raises(ConfigError, match="404"):
            list(match_inputs([f"{host}/nowhere.html"], Counter()))
        server.shutdown()


@pytest.mark.parametrize(
    "name",
    ["a.txt.gz", "a.html.xz", "a.csv.bz2", "a.jsonl.zst", "a.warc.lz4", "a.zip", "a.tgz", "a.tbz2", "A.TXZ", "a.tzst", "a.parquet"],
)
def test_a_compressed_input_weighs_what_it_grows_to(name: str) -> None:
    assert weigh(InputFile(f"/pages/{name}", "", 1_000_000, 0)) > 5 * weigh(InputFile("/pages/a.txt", "", 1_000_000, 0))


@pytest.mark.parametrize(
    ("uri", "module", "said"),
    [
        ("gs://pages/a.txt", "apitools", "broadsheet[gcs]"),
        ("hdfs://pages/a.txt", "hdfs", "broadsheet[hdfs]"),
        ("ftp://pages/a.txt", "", "ftp:// is not a known scheme"),
    ],
)
def test_a_place_that_needs_a_client_says_which_extra_brings_it(uri: str, module: str, said: str) -> None:
    if module and importlib.util.find_spec(module):
        pytest.skip(f"{module} is installed here")
    for use in (lambda: list(match_inputs([uri], Counter())), lambda: Lake.at(uri)):
        with pytest.raises(ConfigError, match=re.escape(said)):
            use()


class _Failing(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_error(int(self.path.strip("/").removesuffix(".txt")))


@pytest.mark.parametrize(("status", "error"), [(404, ConfigError), (403, ConfigError), (500, OSError), (503, OSError)])
def test_a_retry_is_worth_it_only_if_the_web_server_is_at_fault(status: int, error: type[Exception]) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Failing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        uri = f"http://127.0.0.1:{server.server_port}/{status}.txt"
        with pytest.raises(error, match=str(status)):
            list(match_inputs([uri], Counter()))
        server.shutdown()
    with pytest.raises(OSError, match=re.escape(uri)):  # nobody listens any more
        list(match_inputs([uri], Counter()))

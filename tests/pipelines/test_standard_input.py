"""Standard input: an input like any other, kept in the lake, and known again."""

import gzip
import io
from pathlib import Path

import pytest
from helpers.command import broadsheet
from helpers.pages import dump
from helpers.warcs import crawl, gzipped

from broadsheet.pipelines.inputs.standard_input import keep
from broadsheet.schemas.errors import ConfigError
from broadsheet.transforms.lake.protocol.files import Lake


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"words", ".txt"),
        (b" <!doctype html><p>", ".html"),
        (b'{"text": "a"}\n{"text": "b"}\n', ".json"),
        (gzipped(crawl({"https://a.example/": "<html>"})), ".warc"),
        (gzip.compress(b'[{"text": "a"}]', mtime=0), ".json"),
        (b"PK\x03\x04rest", ".zip"),
    ],
)
def test_its_first_bytes_say_what_it_is(tmp_path: Path, data: bytes, suffix: str) -> None:
    path = Path(keep(Lake.at(str(tmp_path)), io.BytesIO(data)))
    assert (path.suffix, path.read_bytes()) == (suffix, data)


def test_the_same_bytes_are_the_same_input(tmp_path: Path) -> None:
    first = Path(keep(Lake.at(str(tmp_path)), io.BytesIO(b"words")))
    before = first.stat().st_mtime_ns
    assert keep(Lake.at(str(tmp_path)), io.BytesIO(b"words")) == str(first)
    assert first.stat().st_mtime_ns == before


def test_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="standard input"):
        keep(Lake.at(str(tmp_path)), io.BytesIO())


def test_a_page_from_standard_input_and_one_from_a_list_are_ingested_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "listed.txt").write_text(dump("The Heron"))
    (tmp_path / "list").write_text(str(tmp_path / "listed.txt"))
    arguments = ["ingest", "-", "--files-from", str(tmp_path / "list"), "--lake", str(tmp_path / "lake")]
    for expected in ("records read    2", "nothing new: all 2 inputs"):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(dump("The Pier").encode())))
        assert broadsheet(*arguments) == 0
        assert expected.split() == capsys.readouterr().out.split()[: len(expected.split())]
    assert broadsheet("verify", "--lake", str(tmp_path / "lake")) == 0

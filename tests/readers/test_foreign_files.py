"""Files that other people's tools wrote: each gives the same pages. Tools that are not installed are skipped."""

import http.server
import io
import json
import mailbox
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from helpers.pages import write
from helpers.reading import dead, filtered, payloads, records
from helpers.warcs import crawl

from broadsheet.schemas.records import HTML, InputFile
from broadsheet.transforms.read.read_records import ReadOptions, read_records
from broadsheet.transforms.read.reader import Found

NAMES = ("heron.html", "pier.html")
PAGES: dict[str, str | bytes] = {
    "index.html": "<html><body><p>All.</p><a href='news/heron.html'>Heron</a> <a href='news/pier.html'>Pier</a></body></html>",
    **{f"news/{name}": f"<html><body><h1>{name}</h1><p>Möwen über {name}.</p></body></html>" for name in NAMES},
}
POLARS = os.environ.get("BROADSHEET_NOTEBOOK", "")
BODIES = sorted(page.encode() for page in PAGES.values() if isinstance(page, str))


def _tool(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not shutil.which(name), reason=f"{name} is not installed")


def _run(*command: object) -> bytes:
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=60).stdout


def _read(path: Path, options: ReadOptions | None = None) -> list[Found]:
    return list(read_records(InputFile(str(path), "", path.stat().st_size, 0), options or ReadOptions()))


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder of the pages."""
    return write(tmp_path / "pages", PAGES)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is the base class's)
        pass


@pytest.fixture
def server(pages: Path) -> Iterator[str]:
    """A server of the pages, and its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(pages))) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@_tool("wget")
@pytest.mark.parametrize("flags", [[], ["--no-warc-compression"]], ids=["gz", "plain"])
def test_a_crawl_by_wget(tmp_path: Path, server: str, flags: list[str]) -> None:
    _run(
        "wget", "-q", "-r", "-e", "robots=off", "-P", tmp_path / "mirror", f"--warc-file={tmp_path / 'crawl'}", *flags, f"{server}/"
    )
    (crawl,) = [path for path in tmp_path.glob("crawl.warc*") if path.is_file()]
    found = _read(crawl)
    assert (sorted(payloads(found)), dead(found)) == (BODIES, [])
    assert "warc_log" in filtered(found)
    assert {item.origin.url for item in records(found)} == {f"{server}/", *(f"{server}/news/{name}" for name in NAMES)}
    assert all(item.origin.fetched_at for item in records(found))


@_tool("wget")
def test_a_mirror_by_wget(tmp_path: Path, server: str) -> None:
    _run("wget", "-q", "-m", "-k", "-P", tmp_path / "mirror", f"{server}/")
    files = sorted((tmp_path / "mirror").rglob("*.html"))
    found = [item for path in files for item in _read(path, ReadOptions(url_from_path=True))]
    assert len(records(found)) == len(PAGES)
    assert {item.origin.url for item in records(found)} == {f"{server}/", *(f"{server}/news/{name}" for name in NAMES)}


@pytest.mark.parametrize("gzip", [True, False], ids=["gz", "plain"])
def test_a_crawl_by_warcio(tmp_path: Path, gzip: bool) -> None:
    pytest.importorskip("warcio")
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    path = tmp_path / "crawl.warc"
    with open(path, "wb") as file:
        writer = WARCWriter(file, gzip=gzip)
        writer.write_record(writer.create_warcinfo_record("crawl.warc", {"software": "a test"}))
        for body in BODIES:
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            page = io.BytesIO(body)
            writer.write_record(writer.create_warc_record("https://a.example/", "response", payload=page, http_headers=headers))
    found = _read(path)
    assert (payloads(found), dead(found)) == (BODIES, [])
    assert {(item.charset, item.media_type) for item in records(found)} == {("utf-8", HTML)}


@pytest.mark.parametrize("compression", ["snappy", "zstd", "gzip", "uncompressed"])
def test_a_table_by_duckdb(tmp_path: Path, pages: Path, compression: str) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "pages.parquet"
    with duckdb.connect() as connection:
        query = f"select content as html, filename as url from read_text('{pages}/**/*.html')"
        connection.execute(f"copy ({query}) to '{path}' (format parquet, compression {compression}, parquet_version v2)")
    found = _read(path)
    assert (sorted(payloads(found)), dead(found)) == (BODIES, [])


_BY_POLARS = """
import json, sys, polars
getattr(polars.DataFrame({"html": json.loads(sys.argv[2])}), sys.argv[3])(sys.argv[1])
"""


@pytest.mark.service
@pytest.mark.skipif(not POLARS, reason="needs Polars apart from the environment: BROADSHEET_NOTEBOOK=…")
@pytest.mark.parametrize(("suffix", "method"), [(".parquet", "write_parquet"), (".arrow", "write_ipc"), (".jsonl", "write_ndjson")])
def test_a_table_by_polars(tmp_path: Path, suffix: str, method: str) -> None:
    path = tmp_path / f"pages{suffix}"
    command = [sys.executable, "-c", _BY_POLARS, str(path), json.dumps([body.decode() for body in BODIES]), method]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": POLARS}, timeout=300)
    assert payloads(_read(path)) == BODIES


@pytest.mark.parametrize(
    ("tool", "flags"),
    [
        pytest.param("tar", ["--format=gnu"], marks=_tool("tar"), id="GNU"),
        pytest.param("tar", ["--format=posix", "-z"], marks=_tool("tar"), id="POSIX, gz"),
        pytest.param("tar", ["--format=v7"], marks=_tool("tar"), id="v7"),
        pytest.param("bsdtar", [], marks=_tool("bsdtar"), id="bsdtar"),
        pytest.param("bsdtar", ["--format=ustar", "-J"], marks=_tool("bsdtar"), id="bsdtar, xz"),
    ],
)
def test_an_archive_by_tar(tmp_path: Path, pages: Path, tool: str, flags: list[str]) -> None:
    long = pages / ("a" * 120) / f"{'b' * 90}.html" if "--format=v7" not in flags else pages / "short.html"
    long.parent.mkdir(exist_ok=True)
    long.write_bytes(b"<p>Of a long name.")
    _run(tool, "-c", *flags, "-f", tmp_path / "pages.tar", "-C", pages, ".")
    found = _read(tmp_path / "pages.tar")
    assert (sorted(payloads(found)), dead(found)) == (sorted([*BODIES, b"<p>Of a long name."]), [])


@pytest.mark.parametrize("tool", [pytest.param(name, marks=_tool(name)) for name in ("gzip", "bzip2", "xz", "zstd", "lz4")])
def test_a_page_that_was_compressed_by_hand(pages: Path, tool: str) -> None:
    page = pages / "index.html"
    page.write_bytes(_run(tool, "-q", "-c", page))
    assert payloads(_read(page)) == [str(PAGES["index.html"]).encode()]


@_tool("zstd")
def test_a_crawl_by_zstd_after_its_dictionary(tmp_path: Path) -> None:
    records_in = crawl({f"https://paper.example/{number}": f"<html><p>Page {number} of the log." for number in range(60)})
    for number, item in enumerate(records_in):
        (tmp_path / f"{number}.warc").write_bytes(item)
    names = [str(tmp_path / f"{number}.warc") for number in range(len(records_in))]
    dictionary = tmp_path / "dictionary"
    _run("zstd", "-q", "--train", *names, "--maxdict=4096", "-o", dictionary)
    frames = b"".join(_run("zstd", "-q", "-c", "-D", dictionary, name) for name in names)
    raw = dictionary.read_bytes()
    path = tmp_path / "crawl.warc.zst"
    path.write_bytes(b"\x5d\x2a\x4d\x18" + len(raw).to_bytes(4, "little") + raw + frames)
    found = _read(path)
    assert (len(payloads(found)), dead(found), len(found)) == (60, [], len(records_in))


def test_a_mailbox_by_python(tmp_path: Path) -> None:
    box = mailbox.mbox(str(tmp_path / "letters.mbox"))
    for body in BODIES:
        message = EmailMessage()
        message["From"], message["Subject"] = "desk@paper.example", "The paper"
        message.set_content("In plain text.\nFrom here on.\n")
        message.add_alternative(body.decode(), subtype="html")
        box.add(message)
    box.close()
    found = _read(tmp_path / "letters.mbox")
    assert ([body.strip() for body in payloads(found)], dead(found)) == (BODIES, [])

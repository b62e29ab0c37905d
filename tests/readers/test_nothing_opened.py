"""Inputs name files and servers in every way there is; no stage of a run ever opens or calls one of them.

Three witnesses: the kernel (inotify) shows files that a library in C opens, a listening socket shows who calls, and Python's audit
events of names that are looked up or addresses called anywhere else, in the run's process and in its sandboxes.
"""

import ctypes
import io
import json
import os
import socket
import struct
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import lakes
from helpers.command import ROOT
from helpers.html_pages import PROSE, json_ld
from helpers.html_pages import page as html
from helpers.pages import dump, write
from helpers.warcs import http, record

SECRET = "the heron keeps the key under the third stone"
_IN_OPEN = 0x20
_EVENT = struct.Struct("iIII")
_WITNESS = """
import os, sys
def _witness(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"):
        with open(os.environ["WITNESS"], "a") as log:
            print(event, ascii(arguments), file=log)
sys.addaudithook(_witness)
"""


class _Traps:
    """A file and a server that inputs name, and who came to them."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "trap" / "secret.html"
        self.file.parent.mkdir()
        self.file.write_text(f"<p>{SECRET}</p>")
        libc = ctypes.CDLL(None, use_errno=True)
        self._watch = libc.inotify_init1(os.O_NONBLOCK)
        assert self._watch >= 0
        assert libc.inotify_add_watch(self._watch, os.fsencode(self.file.parent), _IN_OPEN) >= 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.setblocking(False)
        self.urls = (
            self.file.as_uri(),
            str(self.file),
            "../trap/secret.html",
            f"http://127.0.0.1:{self._server.getsockname()[1]}/",
        )

    def visits(self) -> list[str]:
        """Returns who came since it was asked last."""
        found = []
        try:
            while data := os.read(self._watch, 4096):
                while data:
                    *_, length = _EVENT.unpack_from(data)
                    found.append(data[_EVENT.size : _EVENT.size + length].rstrip(b"\0").decode() or "the folder")
                    data = data[_EVENT.size + length :]
        except BlockingIOError:
            pass
        try:
            self._server.accept()[0].close()
            found.append("the server")
        except BlockingIOError:
            pass
        return found

    def close(self) -> None:
        os.close(self._watch)
        self._server.close()


@pytest.fixture
def traps(tmp_path: Path) -> Iterator[_Traps]:
    if sys.platform != "linux":
        pytest.skip("needs inotify, which Linux has")
    traps = _Traps(tmp_path)
    yield traps
    traps.close()


def _markup(url: str) -> str:
    """A page that refers to a url by all that browsers follow."""
    head = (
        f'<base href="{url}"><meta http-equiv=refresh content="0;url={url}"><script src="{url}"></script>'
        f'<style>@import "{url}"; body{{background:url({url})}}</style><meta property=og:image content="{url}">'
        f'<meta property=og:url content="{url}"><link rel=alternate type=application/rss+xml href="{url}">'
        + "".join(f"<link rel={kind} href='{url}'>" for kind in ("stylesheet", "canonical", "amphtml", "next", "icon"))
        + json_ld(**{"@context": url, "@id": url, "image": url, "url": url, "author": {"@id": url}, "mainEntityOfPage": url})
    )
    body = (
        f'<img src="{url}" srcset="{url} 2x"><video src="{url}" poster="{url}"></video><a href="{url}">more</a>'
        f'<svg><use href="{url}#a"/><image xlink:href="{url}"/></svg><div itemref="{url}"></div><object data="{url}"></object>'
        f'<frameset><frame src="{url}"></frameset><!--#include virtual="{url}" --><?php include("{url}"); ?>'
        f'<iframe src="{url}"></iframe><embed src="{url}">'
    )
    return html(head, body)


def _xml(url: str) -> str:
    laughs = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 12))
    return (
        f'<?xml version="1.0"?><?xml-stylesheet href="{url}"?><!DOCTYPE html PUBLIC "a" "{url}" [<!ENTITY l0 "ha">{laughs}'
        f'<!ENTITY x SYSTEM "{url}"><!ENTITY % p SYSTEM "{url}">%p;]>'
        f'<html xmlns:xi="http://www.w3.org/2001/XInclude"><body><xi:include href="{url}" parse="text"/><p>&x;&l11;</p>'
        f"{PROSE}</body></html>"
    )


def _mail(url: str) -> str:
    path = url.removeprefix("file://")
    external = "".join(
        f'--b\r\nContent-Type: message/external-body; access-type={kind}; name="{path}"; URL="{url}"; site="127.0.0.1"\r\n\r\n'
        "Content-Type: text/html\r\n\r\n"
        for kind in ("local-file", "URL", "anon-ftp")
    )
    text = f"--b\r\nContent-Type: text/html\r\nContent-Location: {url}\r\n\r\n{_markup(url)}\r\n"
    return f"Subject: Traps\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Base: {url}\r\n\r\n{external}{text}--b--\r\n"


def _mhtml(url: str) -> str:
    head = f"Snapshot-Content-Location: {url}\r\nContent-Type: multipart/related; boundary=b; start=<a>; type=text/html\r\n\r\n"
    parts = (("text/html", _markup(url), "<a>"), ("text/css", f'@import "{url}";', "<b>"))
    return head + "".join(
        f"--b\r\nContent-Type: {kind}\r\nContent-ID: {name}\r\nContent-Location: {url}\r\n\r\n{body}\r\n"
        for kind, body, name in parts
    )


def _tar(path: Path) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, kind in (("soft.html", tarfile.SYMTYPE), ("hard.html", tarfile.LNKTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(path)
            archive.addfile(info)
        for name in (str(path), "../trap/secret.html"):
            info = tarfile.TarInfo(name)
            info.size = 0
            archive.addfile(info)
    return sink.getvalue()


def _zip(path: Path) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        link = zipfile.ZipInfo("link.html")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, str(path))
        archive.writestr("../trap/secret.html", "")
    return sink.getvalue()


def _inputs(traps: _Traps) -> dict[str, str | bytes]:
    found: dict[str, str | bytes] = {"links.tar": _tar(traps.file), "links.zip": _zip(traps.file)}
    for number, url in enumerate(traps.urls):
        answer = http(
            _markup(url).encode(), content_type="text/html", location=url, content_location=url, link=f"<{url}>; rel=canonical"
        )
        rows = [{"html": _markup(url), "url": url}, {"text": dump("Row"), "url": url, "image": url}, {"text": url, "html": url}]
        found |= {
            f"{number}/markup.html": _markup(url),
            f"{number}/entities.xhtml": _xml(url),
            f"{number}/entities.html": _xml(url),
            f"{number}/nothing else.html": url,
            f"{number}/nothing else.txt": url,
            f"{number}/links.txt": dump(
                "Links", (f"See {url} and {url} for what happened at the pier on Monday, said the keeper of it.",) * 4
            ),
            f"{number}/mail.eml": _mail(url),
            f"{number}/mail.mbox": f"From a Tue May 14 06:12:00 2024\n{_mail(url)}\n",
            f"{number}/page.mhtml": _mhtml(url),
            f"{number}/crawl.warc": record("response", answer, url) + record("resource", _markup(url).encode(), url),
            f"{number}/rows.jsonl": "\n".join(map(json.dumps, rows)),
            f"{number}/rows.csv": f'url,text\n{url},"{dump("Cell")}"\n@{url},{url}\n',
            f"{number}/given.txt": dump("Given"),
            f"{number}/given.txt.json": json.dumps({"url": url, "image": url}),
        }
    return found


def _run(tmp_path: Path, *arguments: object) -> str:
    """Ingests in processes that write down what they call; returns that."""
    (tmp_path / "witness").mkdir(exist_ok=True)
    (tmp_path / "witness" / "sitecustomize.py").write_text(_WITNESS)
    log = tmp_path / "calls"
    log.write_text("")
    path = os.pathsep.join((str(tmp_path / "witness"), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-m", "broadsheet", "ingest", *map(str, arguments), "--quiet"],
        env={**os.environ, "PYTHONPATH": path, "WITNESS": str(log)},
        cwd=tmp_path / "witness",  # where "../trap/secret.html" leads to the trap
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return log.read_text()


def test_the_witnesses_see_who_opens_and_calls(traps: _Traps, tmp_path: Path) -> None:
    traps.file.read_text()
    assert traps.visits() == ["secret.html"]
    socket.create_connection(("127.0.0.1", int(traps.urls[-1].split(":")[-1].strip("/")))).close()
    assert traps.visits() == ["the server"]
    (tmp_path / "sitecustomize.py").write_text(_WITNESS)
    call = "import socket, contextlib\nwith contextlib.suppress(OSError): socket.create_connection(('127.0.0.1', 9))"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "WITNESS": str(tmp_path / "calls")}
    subprocess.run([sys.executable, "-c", call], env=environment, check=True)
    assert "socket.connect" in (tmp_path / "calls").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("extractor", ["blocks", "trafilatura"])
def test_nothing_that_an_input_names_is_opened_or_called(traps: _Traps, tmp_path: Path, extractor: str) -> None:
    inputs = write(tmp_path / "in", _inputs(traps))
    lake = tmp_path / "lake"
    assert _run(tmp_path, inputs, "--lake", lake, "--extractor", extractor, "--respect-opt-out") == ""
    assert traps.visits() == []
    (seen,) = lakes.by_delta(lake, "select count(*) from documents where url like '%secret%' or url like '%127.0.0.1%'")
    assert seen[0] >= 4  # what is named came as far as the rows
    books = lakes.books(lake)
    assert books["documents"] + books["duplicates"] >= 30, books
    leaks = [(table, column) for table, column in (("documents", "text"), ("documents", "title"), ("rejects", "message"))
             if lakes.by_delta(lake, f"select count(*) from {table} where {column} like '%{SECRET}%'") != [(0,)]]  # fmt: skip
    assert leaks == []
    crashed = lakes.by_delta(lake, "select uri, message from rejects where reason like 'crashed%' or reason = 'worker_died'")
    assert crashed == []

"""Passwords for web servers: from netrc as the ecosystem does it, refused in addresses, and written nowhere."""

import base64
import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from helpers.command import broadsheet
from helpers.lakes import by_delta
from helpers.pages import dump

from broadsheet.transforms.read.open_input import open_input

_SECRET = "never-to-be-shown"
_LOGIN = f"Basic {base64.b64encode(f'reader:{_SECRET}'.encode()).decode()}"


class _Guarded(http.server.SimpleHTTPRequestHandler):
    """Serves a folder to who knows the password; `/moved/HOST:PORT/path` sends on to another server."""

    seen: list[str | None]

    def do_GET(self) -> None:
        type(self).seen.append(self.headers["Authorization"])
        if self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", f"http://{self.path.removeprefix('/moved/')}")
            self.end_headers()
        elif self.headers["Authorization"] != _LOGIN:
            self.send_error(401)
        else:
            super().do_GET()

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is the base class's)
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[http.server.ThreadingHTTPServer]:
    """A server that wants a password, with one page."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "heron.txt").write_text(dump("The Heron"))
    handler = type("_Handler", (_Guarded,), {"seen": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(tmp_path / "pages"))) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "netrc"
    path.write_text(f"machine 127.0.0.1 login reader password {_SECRET}\n")
    monkeypatch.setenv("NETRC", str(path))
    return path


def _holding(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and _SECRET.encode() in path.read_bytes()]


@pytest.mark.usefixtures("netrc")
def test_a_password_from_netrc_opens_a_page_and_is_written_nowhere(
    server: http.server.ThreadingHTTPServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    page, lake, told = f"http://127.0.0.1:{server.server_port}/heron.txt", tmp_path / "lake", tmp_path / "told"
    told.mkdir()
    assert broadsheet("ingest", page, "--lake", lake, "--events", told / "events", "--metrics-file", told / "metrics") == 0
    assert by_delta(lake, "select uri from documents") == [(page,)]
    said = capfd.readouterr()
    assert _SECRET not in said.out + said.err
    assert (_holding(lake), _holding(told)) == ([], [])


@pytest.mark.usefixtures("netrc")
def test_a_password_is_for_the_server_that_netrc_names_and_not_for_where_it_sends_us(
    server: http.server.ThreadingHTTPServer,
) -> None:
    there = f"127.0.0.1:{server.server_port}"
    with pytest.raises(OSError, match="401"):
        open_input(f"http://{there}/moved/{there}/heron.txt")
    with pytest.raises(OSError, match="401"):
        open_input(f"http://localhost:{server.server_port}/heron.txt")
    assert server.RequestHandlerClass.func.seen == [_LOGIN, None, None]  # type: ignore[attr-defined]


def test_a_netrc_that_is_none_is_not_quoted(netrc: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    netrc.write_text(f"machine 127.0.0.1 login reader\n{_SECRET}\n")
    assert broadsheet("ingest", "http://127.0.0.1:1/a.txt", "--lake", tmp_path / "lake", "--quiet") == 2
    said = capfd.readouterr().err
    assert "cannot be read as a netrc file near line" in said
    assert _SECRET not in said


@pytest.mark.parametrize(
    "address", ["https://reader:{}@127.0.0.1:1/a.txt", "HTTP://{}@127.0.0.1:1/a.txt", "s3://reader:{}@pages/a"]
)
@pytest.mark.parametrize("where", ["input", "list", "lake", "config", "events", "watch"])
def test_an_address_with_a_password_is_refused_before_anything_is_written(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], address: str, where: str
) -> None:
    uri, page, told = address.format(_SECRET), tmp_path / "a.txt", tmp_path / "told"
    told.mkdir()
    page.write_text(dump("The Heron"))
    (tmp_path / "list").write_text(f"{page}\n{uri}\n")
    (tmp_path / "config").write_text(f'lake = "{uri}"\n')
    lake = ("--lake", tmp_path / "lake", "--quiet")
    arguments = {
        "input": ("ingest", page, uri, *lake, "--events", told / "events", "--metrics-file", told / "metrics"),
        "list": ("ingest", "--files-from", tmp_path / "list", *lake, "--events", told / "events"),
        "lake": ("ingest", page, "--lake", uri),
        "config": ("ingest", page, "--config", tmp_path / "config"),
        "events": ("ingest", page, *lake, "--events", uri),
        "watch": ("watch", uri, *lake),
    }
    assert broadsheet(*arguments[where]) == 2
    said = capfd.readouterr()
    assert "an address with a password" in said.err
    assert _SECRET not in said.out + said.err
    assert (list(told.iterdir()), (tmp_path / "lake").exists()) == ([], False)

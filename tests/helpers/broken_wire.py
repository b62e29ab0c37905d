"""A proxy on loopback before an S3 server, which breaks the wire at a chosen request.

    with broken_wire(server_url) as wire:                   # a process of its own, so that who asks for it stays free to fork
        wire.arm("/lakes/one", "cut", "PUT documents/_delta_log/N.json", 2, os.getpid())
        … AWS_ENDPOINT_URL=wire.url …
        seen, is_met = wire.rest()                          # how many requests came at each place, and whether the one did

Requests go on as they came, their `Host` too, so that their signatures hold. `python -m helpers.broken_wire URL` is the process; it
ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from helpers.places import name_place

FATES = {
    "kill": "its process is killed before the request goes on",
    "kill late": "its process is killed after the request was carried out, before the answer",
    "503": "the answer is to come again later; nothing was carried out",
    "500": "the request was carried out, and the answer is an internal error",
    "cut": "the connection is cut in the middle of the body: the request's, or of one without a body the answer's",
    "cut late": "the connection is cut after the request was carried out, before the answer",
    "slow": "half of the answer comes after some seconds, the other half some seconds later",
    "silence": "the request was carried out and no answer comes, until the client gives up waiting for it",
    "denied": "this and all later answers are that the credentials are none any more",
}
"""What may happen to a request, once each except for the last."""

_SLOW_S = 2.0
_SILENCE_S = 300.0
"""Longer than any client waits: 60 s Beam's, 30 s delta-rs'."""
_ERRORS = {"503": (503, "SlowDown"), "500": (500, "InternalError"), "denied": (403, "ExpiredToken")}
_HOP = ("connection", "transfer-encoding", "keep-alive", "date", "server")
_CONTROL = "/-/"


class _Order(NamedTuple):
    """What is to happen, and to which request."""

    root: str = ""
    """Where the lake lies: requests for anything else go on."""
    fate: str = ""
    place: str = ""
    ordinal: int = 0
    pid: int = 0


class Wire(NamedTuple):
    """The proxy, as seen by who asks for it."""

    url: str

    def arm(self, root: str, fate: str, place: str, ordinal: int, pid: int) -> None:
        """Sets what happens to which request from now on, and starts counting again."""
        self._tell(_Order(root, fate, place, ordinal, pid))

    def rest(self) -> tuple[Counter[str], bool]:
        """Lets all requests go on from here; returns how many came at each place, and whether the one to be broken did."""
        seen, is_met = self._tell(_Order())
        return Counter(seen), is_met

    def _tell(self, order: _Order) -> tuple[dict[str, int], bool]:
        with urllib.request.urlopen(f"{self.url}{_CONTROL}", json.dumps(order).encode()) as answer:
            return json.loads(answer.read())


@contextlib.contextmanager
def broken_wire(server_url: str) -> Iterator[Wire]:
    """Runs a proxy before the server at a URL."""
    command = [sys.executable, "-m", "helpers.broken_wire", server_url]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield Wire(process.stdout.readline().strip())
        process.stdin.close()


class _State:
    """What the threads of the proxy share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._order = _Order()
        self._seen: Counter[str] = Counter()
        self._is_met = False

    def take(self, order: _Order) -> tuple[Counter[str], bool]:
        """Takes an order; returns what came of the one before."""
        with self._lock:
            found = self._seen, self._is_met
            self._order, self._seen, self._is_met = order, Counter(), False
            return found

    def judge(self, root_place: tuple[str, str] | None) -> tuple[str, int]:
        """Counts a request; returns its fate, "" for none, and the process it comes from."""
        with self._lock:
            order = self._order
            if not order.root or root_place is None or root_place[0] != order.root:
                return "", 0
            place = root_place[1]
            self._seen[place] += 1
            if place == order.place and self._seen[place] == order.ordinal:
                self._is_met = True
                return order.fate, order.pid
            return ("denied" if order.fate == "denied" and self._is_met else ""), 0


def _locate(method: str, target: str, body: bytes) -> tuple[str, str] | None:
    """Returns the lake that a request is about, "/bucket/name", and the place within it; `None` if it is about none."""
    url = urlsplit(target)
    query = parse_qs(url.query, keep_blank_values=True)
    path = unquote(url.path)
    if "delete" in query:
        key = re.search(rb"<Key>([^<]+)</Key>", body)
        method, path = "DELETE", f"{path.rstrip('/')}/{key[1].decode() if key else ''}"
    elif "prefix" in query:
        method, path = "LIST", f"{path.rstrip('/')}/{query['prefix'][0].rstrip('/')}"
    elif "uploads" in query:
        method = "BEGIN"
    elif "partNumber" in query:
        method = "PUT part"
    elif "uploadId" in query:
        method = "COMPLETE" if method == "POST" else "ABORT"
    bucket, _, key_path = path.lstrip("/").partition("/")
    lake, _, relative = key_path.partition("/")
    return (f"/{bucket}/{lake}", name_place(method, relative)) if lake else None


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, server_url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = urlsplit(server_url).netloc
        self.state = _State()

    def handle_error(self, *_arguments: object) -> None:
        """Says nothing: clients are killed in the midst of requests."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""

    def _take(self) -> None:
        """Takes a request on to the server, unless it is the one."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == _CONTROL:
            found = self.server.state.take(_Order(*json.loads(body)))
            self._reply(200, [], json.dumps(found).encode())
            return
        fate, pid = self.server.state.judge(_locate(self.command, self.path, body))
        if fate == "kill":
            os.kill(pid, signal.SIGKILL)
            self._cut()
        elif fate in ("503", "denied"):
            self._refuse(fate)
        elif fate == "cut" and body:
            self._send(body[: len(body) // 2]).close()
            self._cut()
        else:
            with contextlib.closing(self._send(body)) as connection:
                answer = connection.getresponse()
                status, headers, content = answer.status, answer.getheaders(), answer.read()
            self._answer(fate, pid, status, headers, content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _take  # noqa: N815

    def _send(self, body: bytes) -> http.client.HTTPConnection:
        """Sends the request on with a body, perhaps with less of it than its headers say."""
        connection = http.client.HTTPConnection(self.server.behind, timeout=60)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("connection", "expect"):
                connection.putheader(name, value)
        connection.endheaders(body)
        return connection

    def _answer(self, fate: str, pid: int, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Gives an answer to a request that was carried out, or what its fate makes of it."""
        if fate == "kill late":
            os.kill(pid, signal.SIGKILL)
        if fate == "silence":
            select.select([self.connection], [], [], _SILENCE_S)  # who gives up closes
        if fate == "500":
            self._refuse(fate)
        elif fate in ("kill late", "cut late", "silence") or (fate == "cut" and (self.command == "HEAD" or not body)):
            self._cut()
        elif fate == "cut":
            self._reply(status, headers, body, is_whole=False)
            self._cut()
        else:
            self._reply(status, headers, body, pause_s=_SLOW_S if fate == "slow" else 0.0)

    def _refuse(self, fate: str) -> None:
        status, code = _ERRORS[fate]
        words = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>It is broken.</Message></Error>'
        self._reply(status, [("Content-Type", "application/xml")], words.encode())

    def _reply(self, status: int, headers: list[tuple[str, str]], body: bytes, is_whole: bool = True, pause_s: float = 0.0) -> None:
        time.sleep(pause_s)
        self.send_response_only(status)
        kept = {name.lower(): value for name, value in headers if name.lower() not in _HOP}
        if status != 204:
            kept.setdefault("content-length", str(len(body)))
        for name, value in kept.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        half = len(body) // 2
        self.wfile.write(body[:half])
        if is_whole:
            time.sleep(pause_s)
            self.wfile.write(body[half:])

    def _cut(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _serve(server_url: str) -> None:
    server = _Server(server_url)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    _serve(sys.argv[1])

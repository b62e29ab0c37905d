"""A proxy on loopback before an S3 server, that breaks the wire at a chosen request.

    with BrokenWire(server_port) as wire:
        wire.breaks("cut after", 12)      # from now on, at the twelfth request
        … AWS_ENDPOINT_URL=wire.url …
        wire.requests                     # "PUT documents/_delta_log/N.json" …

Requests go on as they came, their `Host` too, so that their signatures hold.
"""

from __future__ import annotations

import http.client
import http.server
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple
from urllib.parse import urlsplit

FATES = ("503", "outage", "cut before", "cut after", "stall")
"""An answer that asks to come again; such answers from there on; a connection that is closed before the request goes on, or after
it was carried out and before the answer; an answer that does not come for `_STALL_S`."""

_STALL_S = 3.0
_BUSY = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>'
)
_HOP = {"connection", "transfer-encoding", "keep-alive", "date", "server"}


class _Break(NamedTuple):
    fate: str
    ordinal: int
    act: Callable[[], object]


class BrokenWire:
    """The proxy, on a free port; requests are counted from the last `breaks`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = threading.Lock()
        self._break = _Break("", 0, lambda: None)
        self.requests: list[str] = []
        wire = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_arguments: object) -> None:
                """Says nothing."""

            def _carry(self) -> None:
                wire.carry(self)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _carry  # noqa: N815

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_arguments: object) -> None:
                """Says nothing: clients are killed in the midst of requests."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> BrokenWire:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def breaks(self, fate: str, ordinal: int, act: Callable[[], object] = lambda: None) -> None:
        """Says what happens to which request from here on: one of `FATES`, or `kill`, which calls `act`; none with ordinal 0."""
        with self._lock:
            self._break = _Break(fate, ordinal, act)
            self.requests = []

    def carry(self, client: http.server.BaseHTTPRequestHandler) -> None:
        """Takes a request on to the server, unless it is the one."""
        body = client.rfile.read(int(client.headers.get("Content-Length", 0)))
        with self._lock:
            self.requests.append(f"{client.command} {urlsplit(client.path).path}")
            count, (fate, ordinal, act) = len(self.requests), self._break
        is_hit = count == ordinal
        if is_hit and fate == "kill":
            act()
        if (is_hit and fate == "503") or (0 < ordinal <= count and fate == "outage"):
            self._answer(client, 503, [("Content-Type", "application/xml")], _BUSY)
            return
        if is_hit and fate in ("cut before", "kill"):
            self._cut(client)
            return
        status, headers, answer = self._ask(client, body)
        if is_hit and fate == "stall":
            time.sleep(_STALL_S)
        if is_hit and fate == "cut after":
            self._cut(client)
            return
        self._answer(client, status, headers, answer)

    def _ask(self, client: http.server.BaseHTTPRequestHandler, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        server = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            server.putrequest(client.command, client.path, skip_host=True, skip_accept_encoding=True)
            for name, value in client.headers.items():
                if name.lower() not in ("connection", "expect"):
                    server.putheader(name, value)
            server.endheaders(body)
            answer = server.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            server.close()

    @staticmethod
    def _answer(client: http.server.BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        client.send_response_only(status)
        has_length = False
        for name, value in headers:
            if name.lower() not in _HOP:
                client.send_header(name, value)
                has_length = has_length or name.lower() == "content-length"
        if not has_length and status != 204:
            client.send_header("Content-Length", str(len(body)))
        client.end_headers()
        if client.command != "HEAD":
            client.wfile.write(body)

    @staticmethod
    def _cut(client: http.server.BaseHTTPRequestHandler) -> None:
        client.close_connection = True
        client.connection.shutdown(socket.SHUT_RDWR)

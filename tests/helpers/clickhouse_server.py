"""Serves ClickHouse's engine (chdb) over HTTP, as far as a load needs it.

`python clickhouse_server.py FOLDER PASSWORD`, by a Python that has chdb, which is not part of the project's environment: it is
900 MB. Prints its port and serves until it is ended.
"""

import re
import sys
import tempfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

from chdb import session

FOLDER, PASSWORD = sys.argv[1:]
ENGINE = session.Session(FOLDER)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        settings = parse_qs(urlsplit(self.path).query)
        query = settings.get("query")
        try:
            if self.headers.get("X-ClickHouse-Key") != PASSWORD:
                raise PermissionError(f"Authentication failed: {self.headers.get('X-ClickHouse-Key')} is not the password")
            ENGINE.query(f"use {settings['database'][0]}")
            self._answer(200, self._insert(query[0], body) if query else _run(body.decode()))
        except Exception as error:
            self._answer(500, f"Code: 1. DB::Exception: {error}".encode())

    def _insert(self, query: str, data: bytes) -> bytes:
        with tempfile.NamedTemporaryFile(dir=FOLDER, suffix=".arrow") as file:
            file.write(data)
            file.flush()
            match = re.fullmatch(r"insert into (\w+) format ArrowStream", query)
            assert match, query
            return _run(f"insert into {match[1]} select * from file('{file.name}', 'ArrowStream')")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Says nothing."""


def _run(sql: str) -> bytes:
    ENGINE.query("set output_format_json_quote_64bit_integers = 0")
    return ENGINE.query(sql, "JSONCompactEachRow").bytes() or b""


server = HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()

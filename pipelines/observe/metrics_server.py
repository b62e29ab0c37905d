"""Metrics over HTTP, on this machine's loopback alone: `curl http://127.0.0.1:9187/metrics`.

Whoever scrapes from elsewhere puts a proxy in front, which knows who may look.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from broadsheet.pipelines.observe.metrics import Metric, render_metrics
from broadsheet.schemas.errors import ConfigError


@contextmanager
def serve_metrics(port: int | None, metrics: Callable[[], Iterable[Metric]]) -> Iterator[None]:
    """Answers GET /metrics for as long as it is entered; does nothing where there is no port.

    Raises:
        ConfigError: The port is taken, or may not be used.
    """
    if port is None:
        yield
        return

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.partition("?")[0] not in ("/", "/metrics"):
                self.send_error(404)
                return
            body = render_metrics(metrics()).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (its name in the standard library)
            """Says nothing: a scrape every few seconds is no news."""

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except (OSError, OverflowError) as error:
        raise ConfigError(f"--metrics-port {port}: {error}") from error
    thread = threading.Thread(target=server.serve_forever, daemon=True, name="metrics")
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

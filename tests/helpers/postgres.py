"""A Postgres server on a free port of the loopback, with a password and a data folder that go away with it."""

import glob
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "geheim-7f3a"
"""What must never be printed."""


@contextmanager
def server() -> Iterator[str]:
    """Yields the URL of a server's database; skips where the machine has no Postgres."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    if not folders:
        pytest.skip("no Postgres server under /usr/lib/postgresql: apt-get install postgresql")
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'broadsheet[postgres]'")
    user: dict[str, Any] = {"user": "nobody", "group": "nogroup"} if os.getuid() == 0 else {}  # Postgres refuses to run as root
    home = Path(tempfile.mkdtemp(prefix="broadsheet-postgres-", dir="/tmp"))
    try:
        (home / "password").write_text(PASSWORD)
        if user:
            shutil.chown(home, "nobody", "nogroup")
            shutil.chown(home / "password", "nobody", "nogroup")
        initdb = [
            f"{folders[-1]}/initdb",
            "-D",
            str(home / "data"),
            "-U",
            "loader",
            "-A",
            "scram-sha-256",
            "--pwfile",
            str(home / "password"),
        ]
        subprocess.run([*initdb, "--encoding=UTF8", "--no-sync"], check=True, capture_output=True, cwd=home, **user)
        port = _free_port()
        settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
        flags = [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]
        command = [f"{folders[-1]}/postgres", "-D", str(home / "data"), *flags]
        process = subprocess.Popen(command, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)
        try:
            url = f"postgresql://loader:{PASSWORD}@127.0.0.1:{port}/postgres"
            _wait_for(url)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=60)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url: str) -> None:
    import psycopg

    for attempt in range(300):
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            if attempt == 299:
                raise
            time.sleep(0.1)

"""Starts a Postgres server on a free port of the loopback; its data goes away with it."""

from __future__ import annotations

import glob
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

_START_S = 30
"""Seconds that a server may take to answer; 1 s on a quiet machine."""


def missing() -> str:
    """Returns what this machine lacks for a server, or an empty string."""
    if not _programs():
        return "no Postgres server is installed (apt-get install postgresql)"
    if not find_spec("psycopg"):
        return "psycopg is not installed (pip install 'broadsheet[postgres]')"
    return ""


def _programs() -> str:
    """Returns the folder of the newest server's programs, or an empty string."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    on_path = shutil.which("initdb")
    return folders[-1] if folders else os.path.dirname(on_path) if on_path else ""


@contextmanager
def server() -> Iterator[str]:
    """Yields the URL of a database.

    Raises:
        RuntimeError: The server did not answer within `_START_S` seconds.
    """
    import psycopg

    programs, as_user = _programs(), {"user": "nobody", "group": "nogroup"} if os.getuid() == 0 else {}  # Postgres refuses root
    home = Path(tempfile.mkdtemp(prefix="broadsheet-demo-", dir="/tmp"))  # nobody may not enter every temporary folder
    try:
        if as_user:
            shutil.chown(home, "nobody", "nogroup")
        make = [f"{programs}/initdb", "-D", str(home / "data"), "-U", "demo", "-A", "trust", "--encoding=UTF8", "--no-sync"]
        subprocess.run(make, check=True, capture_output=True, cwd=home, **as_user)  # type: ignore[call-overload]
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
        flags = [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]
        process = subprocess.Popen(
            [f"{programs}/postgres", "-D", str(home / "data"), *flags],
            cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user,  # type: ignore[call-overload]
        )  # fmt: skip
        try:
            url = f"postgresql://demo@127.0.0.1:{port}/postgres"
            ends = time.monotonic() + _START_S
            while True:
                try:
                    psycopg.connect(url).close()
                    break
                except psycopg.OperationalError as error:
                    if time.monotonic() > ends:
                        raise RuntimeError(f"Postgres did not answer within {_START_S} s: {error}") from error
                    time.sleep(0.1)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=60)
    finally:
        shutil.rmtree(home, ignore_errors=True)

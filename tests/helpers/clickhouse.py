"""A ClickHouse to load into, where a Python with chdb is named by BROADSHEET_CHDB."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "geheim-91c4"
"""What must never be printed."""


def python() -> str:
    """Returns the Python that has chdb; skips the test if there is none."""
    path = os.environ.get("BROADSHEET_CHDB", "")
    if not Path(path).is_file():
        pytest.skip("BROADSHEET_CHDB names no Python that has chdb")
    return path


@contextmanager
def server() -> Iterator[str]:
    """Yields the URL of an empty ClickHouse."""
    command = [python(), str(Path(__file__).with_name("clickhouse_server.py"))]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([*command, folder, PASSWORD], stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout
            yield f"clickhouse://loader:{PASSWORD}@127.0.0.1:{int(process.stdout.readline())}/default"
        finally:
            process.kill()
            process.communicate()

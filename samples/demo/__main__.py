"""Plays a week of nightly runs: `make demo`, or `PYTHONPATH=samples python -m demo [FOLDER]`.

Each day the publishers deliver, and at night the command of deploy/schedule/broadsheet.service runs and the new rows are loaded
into a warehouse. At the end the warehouse is compared with the lake, the lake is verified, and the report is written. Needs no
network. The exit code is 0 only if everything was as the script says.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from demo import postgres_server
from demo.network import Day, week
from demo.nightly import BROADSHEET, nightly_command, run_service, setting

_CONFIG = """\
[alerts]
max-reject-share = 0.05
"""

_SHOWN = ("records read", "documents", "duplicates", "filtered", "dead")

_MEANINGS = {0: "done", 1: "failed", 2: "wrong command", 3: "done, but a limit is crossed", -9: "killed"}

_DAYS = {"Wednesday": [-9, 0], "Thursday": [3]}
"""Exit codes of the starts of a night that is not like the others."""


class DemoError(Exception):
    """Something came out differently from what the demo says."""


def main(arguments: Sequence[str]) -> int:
    """Plays the week in a folder, which is emptied first, and returns an exit code."""
    started = time.monotonic()
    folder = Path(arguments[0] if arguments else "demo").resolve()
    if folder.exists() and not (folder / "broadsheet.toml").exists():
        print(f"demo: {folder} exists and was not made by a demo; name another folder", file=sys.stderr)
        return 2
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "inbox").mkdir(parents=True)
    (folder / "broadsheet.toml").write_text(_CONFIG, encoding="utf-8")
    try:
        with _warehouse(folder) as url:
            for day in week():
                _play(day, folder, url)
            _compare(folder, url)
        _look_back(folder)
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    print(f"\nThe week took {time.monotonic() - started:.0f} s. Look at:\n  {folder / 'report.html'}\n  {folder / 'explain.html'}")
    print(f'  broadsheet query "select source, date, title from documents" --lake {folder / "lake"}')
    if sys.stdout.isatty() and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin"):
        webbrowser.open((folder / "report.html").as_uri())
    return 0


@contextmanager
def _warehouse(folder: Path) -> Iterator[str]:
    """Yields the URL of a Postgres database, or of a DuckDB file on a machine without a server."""
    lacking = postgres_server.missing()
    if lacking:
        print(f"Warehouse: a DuckDB file, because {lacking}")
        yield f"duckdb:///{folder / 'warehouse.duckdb'}"
        return
    with postgres_server.server() as url:
        print("Warehouse: a Postgres server that lasts as long as this demo")
        yield url


def _play(day: Day, folder: Path, url: str) -> None:
    """Delivers the files of a day, runs the night, and loads what it brought."""
    name = f"{day.date:%A}"
    print(f"\n{name}, {day.date}: {' '.join(day.events)}")
    for path, content in day.files.items():
        target = folder / "inbox" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    lake = folder / "lake"
    command = nightly_command(folder / "inbox", lake, folder / "broadsheet.toml")
    print(
        f"  {setting('broadsheet.timer', 'OnCalendar').split()[-1]}  broadsheet {' '.join(command[3:])}".replace(f"{folder}/", "")
    )
    wanted = _DAYS.get(name, [0])
    codes, counts = run_service(command, lake, killed=-9 in wanted)
    for code in codes:
        print(f"         exit code {code}: {_MEANINGS.get(code, 'unknown')}")
    print("         " + ", ".join(f"{counts[key]} {key}" for key in _SHOWN if key in counts))
    if codes != wanted:
        raise DemoError(f"{name}: expected the exit codes {wanted}, got {codes}")
    _broadsheet("load", "--lake", lake, "--to", url, shown="         ")


def _compare(folder: Path, url: str) -> None:
    """Compares the documents of the warehouse with those of the lake.

    Raises:
        DemoError: They differ.
    """
    query = "select doc_id, source, text from documents"
    loaded = _rows(url, query)
    with duckdb.connect() as connection:
        files = folder / "lake" / "documents" / "**" / "*.parquet"
        written = connection.execute(query.replace("documents", f"read_parquet('{files}', hive_partitioning = true)")).fetchall()
    if sorted(loaded) != sorted(written):
        raise DemoError(f"the warehouse has {len(loaded)} documents, the lake {len(written)}, and they differ")
    print(f"\nThe warehouse and the lake hold the same {len(loaded)} documents.")


def _rows(url: str, query: str) -> list[tuple[str, ...]]:
    if url.startswith("duckdb:///"):
        with duckdb.connect(url.removeprefix("duckdb:///"), read_only=True) as warehouse:
            return warehouse.execute(query).fetchall()
    import psycopg

    with psycopg.connect(url) as server:
        return server.execute(query).fetchall()


def _look_back(folder: Path) -> None:
    """Verifies the lake, writes the report and the explanation of one page, and says what looks wrong."""
    lake = folder / "lake"
    _broadsheet("verify", "--lake", lake, "--deep")
    _broadsheet("rejects", "--lake", lake)
    page = next(path for path in sorted((folder / "inbox" / "tern-post.example").rglob("*.html")))
    (folder / "explain.html").write_text(_broadsheet("explain", page, "--html", shown=None), encoding="utf-8")
    print("\nWhat the report calls unusual (exit code 3 tells a schedule):")
    _broadsheet("report", "--lake", lake, "--output", folder / "report.html", "--alert", wanted=3)


def _broadsheet(*words: str | Path, shown: str | None = "", wanted: int = 0) -> str:
    """Runs a command, prints what it says with `shown` before each line, and returns its standard output.

    Raises:
        DemoError: It ends with another exit code than `wanted`.
    """
    done = subprocess.run([*BROADSHEET, *map(str, words)], capture_output=True, text=True, check=False)
    for line in (done.stdout + done.stderr).splitlines() if shown is not None else ():
        print(f"{shown}{line}")
    if done.returncode != wanted:
        raise DemoError(f"broadsheet {words[0]} ended with exit code {done.returncode}, expected {wanted}: {done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a terminal or a pipe: both show each line at once
    sys.exit(main(sys.argv[1:]))

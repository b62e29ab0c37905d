"""What several workers gain on one file: `python -m benchmarks.split`.

A crawl of generated pages, one `.warc.gz`, goes through `broadsheet ingest` with one worker, which reads it whole, and with two,
which read ranges of it. Reported are wall time, the CPU time of each process (on a machine that has nothing else to do the busiest
is what the wall time comes to), the CPU time of finding the ranges, and whether both lakes hold the same files.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.generate import page
from broadsheet.schemas.records import InputFile
from broadsheet.transforms.read.read_records import ReadOptions
from broadsheet.transforms.read.split_files import split

_TICKS = os.sysconf("SC_CLK_TCK")


class Run(NamedTuple):
    """What an ingest took."""

    wall_s: float
    cpu_s: list[float]
    """Of each process that took more than a second, the busiest first."""


def crawl(path: Path, pages: int) -> None:
    """Writes a crawl of requests and pages of HTML, of which each is a member and compresses about as well as real ones do."""
    with path.open("wb") as file:
        for number in range(pages):
            chance = random.Random(number)
            lines = page(chance, number, dt.date(2024, 1, 1) + dt.timedelta(days=number % 50), 5000).splitlines()
            script = f"<script>var state = '{chance.randbytes(1500).hex()}'</script>"
            body = "".join(f"<p>{line}</p>\n" for line in lines if line)
            html = f"<html><head><title>{number}</title>{script}</head><body><article>{body}</article></body></html>"
            for kind, block in (
                ("request", "GET / HTTP/1.1\r\n\r\n"),
                ("response", f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{html}"),
            ):
                head = (
                    f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number:032x}>\r\n"
                    "WARC-Date: 2024-05-14T06:12:00Z\r\nContent-Type: application/http\r\n"
                    f"WARC-Target-URI: https://paper-{number % 20}.example/{number}\r\nContent-Length: {len(block)}\r\n\r\n"
                )
                file.write(gzip.compress(f"{head}{block}\r\n\r\n".encode(), 6, mtime=0))


def ingest(path: Path, lake: Path, workers: int) -> Run:
    """Runs `broadsheet ingest`, and watches what its processes take.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    flags = [f"--direct_num_workers={workers}", "--direct_running_mode=multi_processing"] if workers > 1 else []
    command = [sys.executable, "-m", "broadsheet", "ingest", str(path), "--lake", str(lake), "--quiet", *flags]
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    taken: dict[int, float] = {}
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, taken, ended))
    watcher.start()
    code = process.wait()
    ended.set()
    watcher.join()
    if code:
        raise subprocess.CalledProcessError(code, command)
    return Run(time.monotonic() - started, sorted((seconds for seconds in taken.values() if seconds > 1), reverse=True))


def _watch(session: int, taken: dict[int, float], ended: threading.Event) -> None:
    """Keeps the CPU seconds of all processes of a session."""
    while not ended.wait(0.2):
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session:
                taken[int(folder.name)] = (int(fields[11]) + int(fields[12])) / _TICKS


def main() -> None:
    """Prints a line a number of workers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=12_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        path = folder / "crawl.warc.gz"
        crawl(path, options.pages)
        started = time.process_time()
        ranges = len(list(split(InputFile(str(path), "", path.stat().st_size, 0), ReadOptions())))
        print(f"{path.stat().st_size / 1e6:.0f} MB, {ranges} ranges, found in {time.process_time() - started:.1f} s of CPU time")
        print("| workers | wall s | CPU s of each process | busiest |\n|---|---|---|---|")
        files = []
        for workers in (1, 2):
            run = ingest(path, folder / str(workers), workers)
            files.append(sorted(file.name for file in (folder / str(workers)).rglob("part-*.parquet")))
            each = " + ".join(f"{seconds:.0f}" for seconds in run.cpu_s)
            print(f"| {workers} | {run.wall_s:.0f} | {each} | {run.cpu_s[0]:.0f} |", flush=True)
        print("both lakes hold the same files" if files[0] == files[1] else "the lakes differ")


if __name__ == "__main__":
    main()

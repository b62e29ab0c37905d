"""How fast the whole way is, and what of it is Beam: `python -m benchmarks.end_to_end`.

For each number of partitions, 20,000 generated documents of about 5 kB go through `broadsheet ingest` in a process of its own, and
through a plain loop over the same pure functions, without Beam, shuffle or files, in another. Reported are documents/s and MB/s
of wall time, peak memory, and the loop's share of the run's CPU time: what is left is Beam, Parquet, Delta and the start-up.
CPU times are steadier than wall times on shared machines; the ratio is of one and the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from typing import NamedTuple

from benchmarks.generate import generate


class Usage(NamedTuple):
    """What a process took."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def measure(command: list[str]) -> Usage:
    """Runs a command to its end and returns what it took.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    if status:
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), command)
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def loop(folder: str) -> None:
    """Runs the pure functions over all files of a folder, and prints their CPU time and how many documents came out, as JSON."""
    from broadsheet.pipelines.inputs.match_inputs import match_inputs
    from broadsheet.schemas.records import RawRecord
    from broadsheet.transforms.decode.decode_records import decode
    from broadsheet.transforms.document import make_document
    from broadsheet.transforms.language.identify import load
    from broadsheet.transforms.read.read_records import ReadOptions, read_records

    items = sorted(match_inputs([folder], Counter()))
    load()
    started = time.process_time()
    documents = 0
    for item in items:
        for record in read_records(item, ReadOptions()):
            if not isinstance(record, RawRecord):
                raise SystemExit(f"{item.uri} cannot be read")
            make_document(decode(record))
            documents += 1
    print(json.dumps({"cpu_s": time.process_time() - started, "documents": documents}))


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--partitions", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--loop", metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.loop:
        loop(options.loop)
        return
    print("| partitions | documents/s | MB/s | peak MB | CPU s | loop's CPU s | run / loop |")
    print("|---|---|---|---|---|---|---|")
    for partitions in options.partitions:
        with tempfile.TemporaryDirectory() as scratch:
            pages = os.path.join(scratch, "pages")
            generate(pages, options.documents, partitions)
            size = sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(pages) for name in names)
            run = measure([sys.executable, "-m", "broadsheet", "ingest", pages, "--lake", os.path.join(scratch, "lake"), "--quiet"])
            plain = json.loads(subprocess.check_output([sys.executable, "-m", "benchmarks.end_to_end", "--loop", pages]))
        print(
            f"| {partitions:,} | {options.documents / run.wall_s:,.0f} | {size / 1e6 / run.wall_s:.2f} | {run.peak_mb:,.0f} "
            f"| {run.cpu_s:.1f} | {plain['cpu_s']:.1f} | {run.cpu_s / plain['cpu_s']:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()

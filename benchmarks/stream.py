"""Measures `broadsheet watch`: latency, throughput and memory while files arrive, and what looking at very many files costs.

    python -m benchmarks.stream rate --rate 100 --seconds 600 --every 5      files dropped one by one, as they would arrive
    python -m benchmarks.stream turns --turns 300                           many turns of two files each: what one costs and leaves
    python -m benchmarks.stream listing --files 1000000                     a poll that finds nothing new among so many
    python -m benchmarks.stream checkpoints --minutes 60                    what a stream on Flink keeps, a file a tick

The latency of a file is from its last change to its batch's commit, both as the lake has them (`fingerprint`, `committed_at`).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.cluster import Arrangement, running
from benchmarks.generate import page
from benchmarks.processes import family, memory_mb
from broadsheet.pipelines.inputs.ledger import Ledger, as_table
from broadsheet.pipelines.inputs.match_inputs import match_inputs
from broadsheet.pipelines.query.query import connect
from broadsheet.pipelines.watch.watch_state import read_standings
from broadsheet.schemas.tables import TABLES
from broadsheet.transforms.lake.protocol.delta_tables import create_tables, open_table
from broadsheet.transforms.lake.protocol.files import Lake

_CLOCK = os.sysconf("SC_CLK_TCK")
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Runs one of the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    rate = commands.add_parser("rate")
    rate.add_argument("--rate", type=float, default=100.0, help="files a second")
    rate.add_argument("--seconds", type=float, default=600.0)
    rate.add_argument("--every", type=float, default=5.0, help="the watch's interval, in seconds")
    rate.add_argument("--body-bytes", type=int, default=1500)
    turns = commands.add_parser("turns")
    turns.add_argument("--turns", type=int, default=300)
    listing = commands.add_parser("listing")
    listing.add_argument("--files", type=int, default=1_000_000)
    checkpoints = commands.add_parser("checkpoints")
    checkpoints.add_argument("--minutes", type=int, default=60)
    checkpoints.add_argument("--every", type=float, default=3.0, help="the watch's interval, in seconds")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-stream-"))
    try:
        if options.command == "rate":
            measure_rate(folder, options.rate, options.seconds, options.every, options.body_bytes)
        elif options.command == "turns":
            measure_turns(folder, options.turns)
        elif options.command == "checkpoints":
            measure_checkpoints(folder, options.minutes, options.every)
        else:
            measure_listing(folder, options.files)
    finally:
        shutil.rmtree(folder)


def measure_rate(folder: Path, rate: float, seconds: float, every: float, body_bytes: int) -> None:
    """Drops files at a rate while a watch is running, and prints how it kept up."""
    pages, lake = folder / "pages", folder / "lake"
    for number in range(100):
        (pages / f"{number:02d}").mkdir(parents=True)
    command = [sys.executable, "-m", "broadsheet", "watch", str(pages), "--lake", str(lake), "--every", f"{every}s"]
    log = (folder / "watch.log").open("w")
    watch = subprocess.Popen([*command, "--source", "harbour.example"], stderr=log)
    count, started, sampled = 0, time.monotonic(), 0.0
    try:
        while (elapsed := time.monotonic() - started) < seconds:
            while count < elapsed * rate:
                (pages / f"{count % 100:02d}" / f"{count:07d}.txt").write_text(_page(count, body_bytes), encoding="utf-8")
                count += 1
            if elapsed - sampled >= seconds / 10:
                sampled = elapsed
                memory, spent = _used(watch.pid)
                print(f"after {elapsed:4.0f} s: {count:,} files, {memory:4.0f} MB, {spent:5.0f} s of CPU", flush=True)
            time.sleep(0.01)
        fed = time.monotonic()
        while not _all_in(lake, count):
            time.sleep(0.5)
        caught_up = time.monotonic() - fed
        cpu = _used(watch.pid)[1]
    finally:
        watch.send_signal(signal.SIGTERM)
        watch.wait()
        log.close()
    _print_latency(lake, count)
    print(f"{count:,} files at {count / seconds:.0f}/s, {1000 * cpu / count:.1f} ms CPU each; last one in after {caught_up:.1f} s")
    for table in TABLES:
        before = time.process_time()
        handle = open_table(Lake.at(str(lake)), table)
        print(f"{table.name}: version {handle.version()}, opened in {1000 * (time.process_time() - before):.0f} ms of CPU")


def measure_turns(folder: Path, turns: int) -> None:
    """Drops two files, waits until they are in, and so on; prints a tenth at a time what the watch's process used."""
    pages, lake = folder / "pages", folder / "lake"
    pages.mkdir()
    command = [sys.executable, "-m", "broadsheet", "watch", str(pages), "--lake", str(lake), "--every=0.1s", "--settle-time=0"]
    watch = subprocess.Popen([*command, "--source", "harbour.example", "--quiet"])
    tenth = max(turns // 10, 1)
    spent = 0.0
    try:
        for turn in range(turns):
            for number in (2 * turn, 2 * turn + 1):
                (pages / f".{number}.txt").write_text(_page(number, 1500), encoding="utf-8")
                (pages / f".{number}.txt").rename(pages / f"{number}.txt")
            while sum(standing.books.get("inputs", 0) for standing in read_standings(Lake.at(str(lake)))) < 2 * turn + 2:
                time.sleep(0.02)
            if turn % tenth == tenth - 1:
                before, (memory, spent) = spent, _used(watch.pid)
                print(f"after {turn + 1} turns: {memory:.0f} MB, {(spent - before) / tenth:.2f} s of CPU per poll", flush=True)
    finally:
        watch.send_signal(signal.SIGTERM)
        watch.wait()


def measure_checkpoints(folder: Path, minutes: int, every: float) -> None:
    """Drops a file each tick of a stream on a Flink of its own, and prints at each twelfth of the time how large all has become."""
    pages, lake = folder / "pages", folder / "lake"
    pages.mkdir()
    with running(Arrangement(1, 2), folder / "flink") as place:
        profile = folder / "flink" / "profile.toml"
        address = tomllib.loads(profile.read_text())["doctor"]["flink"]
        command = [sys.executable, "-m", "broadsheet", "watch", str(pages), "--lake", str(lake), "--every", f"{every}s", "--quiet"]
        stream = ["--unbounded", "--profile", str(profile), "--checkpointing_interval=10000", "--source", "harbour.example"]
        watch = subprocess.Popen([*command, *stream])
        count, looks, started = 0, 1, time.monotonic()
        try:
            while looks <= 12:
                (pages / f"{count:06d}.txt").write_text(_page(count, 1500), encoding="utf-8")
                count += 1
                elapsed = time.monotonic() - started
                if elapsed >= looks * 5 * minutes:
                    looks += 1
                    java = sum(map(memory_mb, place.servers))
                    everything = sum(memory_mb(pid) for server in place.servers for pid in family(server))
                    print(
                        f"after {elapsed / 60:4.1f} minutes: {elapsed / every:.0f} ticks, checkpoint "
                        f"{_checkpoint_bytes(address) / 1e6:.2f} MB, Flink {java:.0f} MB, workers {everything - java:.0f} MB",
                        flush=True,
                    )
                time.sleep(every)
            while not _all_in(lake, count):
                time.sleep(0.5)
        finally:
            watch.send_signal(signal.SIGTERM)
            watch.wait()
    _print_latency(lake, count)


def _checkpoint_bytes(address: str) -> int:
    """Returns the size of the newest complete checkpoint of the job that runs; 0 before there is one."""

    def ask(path: str) -> Any:
        with urllib.request.urlopen(f"{address}/{path}", timeout=10) as answer:
            return json.load(answer)

    (job,) = [job["id"] for job in ask("jobs")["jobs"] if job["status"] == "RUNNING"]
    newest = ask(f"jobs/{job}/checkpoints")["latest"]["completed"]
    return int(newest["state_size"]) if newest else 0


def _page(number: int, body_bytes: int) -> str:
    return page(random.Random(number), number, dt.date(2024, 1, 1 + number % 10), body_bytes)


def _used(pid: int) -> tuple[float, float]:
    """Returns a process' memory in MB and its CPU time in seconds."""
    memory = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_MB
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return memory, (int(fields[11]) + int(fields[12])) / _CLOCK


def _all_in(lake: Path, count: int) -> bool:
    with connect(Lake.at(str(lake))) as connection:
        row = connection.execute("select count(*) from inputs").fetchone()
    return bool(row and row[0] >= count)


def _print_latency(lake: Path, count: int) -> None:
    """Prints how long files waited, and how long the first and later batches took, by the lake's own times."""
    query = "select epoch_us(committed_at) / 1e6 - split_part(fingerprint, '-', 2)::bigint / 1e9 from inputs"
    with connect(Lake.at(str(lake))) as connection:
        waits = sorted(wait for (wait,) in connection.execute(query).fetchall())
        batches = connection.execute("select count(distinct batch_id) from inputs").fetchone()
    at = {share: waits[int(share * (len(waits) - 1))] for share in (0.5, 0.95, 0.99, 1.0)}
    print(f"{len(waits):,} of {count:,} files in {batches[0] if batches else 0} batches; from drop to commit:", end=" ")
    print(", ".join(f"{share:.0%} within {wait:.1f} s" for share, wait in at.items()), f"(mean {statistics.fmean(waits):.1f} s)")


def measure_listing(folder: Path, files: int) -> None:
    """Prints what it costs to find that nothing is new among very many files, all of them known."""
    pages = folder / "pages"
    original = folder / "page.txt"
    original.write_text(_page(0, 1000), encoding="utf-8")
    for number in range(files):
        if number % 1000 == 0:
            parent = pages / f"{number // 1000:05d}"
            parent.mkdir(parents=True)
            if number % 30_000 == 0:  # a file may have 65,000 names on ext4
                original = folder / f"page-{number}.txt"
                original.write_text(_page(number, 1000), encoding="utf-8")
        os.link(original, parent / f"{number % 1000:03d}.txt")
    lake = Lake.at(str(folder / "lake"))
    create_tables(lake)
    ledger = Ledger(lake)
    for attempt in ("first", "second", "third"):
        before, wall = time.process_time(), time.monotonic()
        matched = as_table(match_inputs([str(pages)], Counter()))
        listed = time.process_time()
        new = ledger.find_new(matched)
        done = time.process_time()
        ledger.add(new)
        memory = int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_MB
        print(
            f"{attempt} look: {matched.num_rows:,} files, {new.num_rows:,} new; listing {listed - before:.1f} s of CPU, "
            f"ledger {done - listed:.2f} s, {time.monotonic() - wall:.1f} s in all; {memory:.0f} MB"
        )


if __name__ == "__main__":
    main()

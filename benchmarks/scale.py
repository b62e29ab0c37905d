"""Whether a document costs the same in a large lake: `python -m benchmarks.scale run`, `… grown`.

`run` is the real thing, and takes its hours: generated documents of 5 kB are ingested; at half of them the run is killed (SIGKILL)
and started again. For each tenth it prints CPU time per document and memory (all processes), and how far the time left that the
progress promised was from the truth. Flags that it does not know go to the ingest: `--direct_num_workers=2`.

`grown` tells in minutes what of a batch's cost grows with the lake: the same new documents go, by turns, into an empty lake and
into one that `benchmarks.grown_lake` made, and each step that looks at the lake is timed by itself.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.generate import generate
from benchmarks.grown_lake import SORTED, SPREAD, grow
from benchmarks.processes import cpu_s, family, measure_all, memory_mb
from broadsheet.schemas.tables import DOCUMENTS, INPUTS
from broadsheet.transforms.lake.protocol.files import Lake

_LINE = re.compile(r"([\d,]+) of [\d,]+ inputs \(\d+%\), .*? ((?:\d+ h )?(?:\d+ min )?(?:\d+ s )?)left")
_UNITS = {"h": 3600, "min": 60, "s": 1}


class Sample(NamedTuple):
    """Where the run was when it said so."""

    wall_s: float
    cpu_s: float
    memory_mb: float
    """The most since the last sample."""
    done: int
    left_s: float
    """As it promised."""


def follow(command: list[str], log: Path, kill_at: int | None) -> tuple[list[Sample], int]:
    """Runs an ingest and watches it.

    Args:
        command: The ingest, with its progress on standard error.
        log: Where its progress is kept.
        kill_at: After how many documents it is killed.

    Returns:
        A sample for each line of progress, and the exit code.
    """
    samples: list[Sample] = []
    started, most, read = time.monotonic(), 0.0, 0
    with log.open("ab") as sink, log.open("rb") as source:
        source.seek(0, os.SEEK_END)
        process = subprocess.Popen(command, stderr=sink, stdout=subprocess.DEVNULL)
        while process.poll() is None:
            most = max(most, sum(map(memory_mb, family(process.pid))))
            for line in source.read().decode().splitlines():
                found = _LINE.search(line)
                if found:
                    read = int(found[1].replace(",", ""))
                    used = sum(map(cpu_s, family(process.pid)))
                    samples.append(Sample(time.monotonic() - started, used, most, read, seconds(found[2])))
                    most = 0.0
            if kill_at and read >= kill_at:
                process.send_signal(signal.SIGKILL)
            time.sleep(0.5)
    return samples, process.returncode


def seconds(words: str) -> float:
    """Returns a time as `observe.progress` writes it: `3 min 20 s`."""
    parts = words.split()
    return float(sum(int(number) * _UNITS[unit] for number, unit in zip(parts[::2], parts[1::2], strict=True)))


def run(options: argparse.Namespace) -> None:
    """Ingests, kills, ingests the rest."""
    folder = Path(options.folder)
    pages, lake, log = folder / "pages", folder / "lake", folder / "progress.log"
    if not pages.exists():
        generate(str(pages), options.documents, options.partitions)
    command = [sys.executable, "-m", "broadsheet", "ingest", str(pages), "--lake", str(lake), "--batch-mb", str(options.batch_mb)]
    print("| documents | CPU ms per document | peak MB | time left said / true |")
    print("|---|---|---|---|")
    before = 0
    for kill_at in (options.documents // 2, None):
        samples, code = follow([*command, *options.flags], log, kill_at)
        if kill_at is None and code:
            raise SystemExit(f"the second run ended with {code}: see {log}")
        tell(samples, before, whole=kill_at is None)
        before += samples[-1].done if samples else 0
        print(f"| {before:,}: {'killed' if kill_at else 'ended'} | | | |", flush=True)
    query = "select count(*), count(distinct doc_id) from documents"
    subprocess.run([sys.executable, "-m", "broadsheet", "query", query, "--lake", str(lake)], check=True)
    subprocess.run([sys.executable, "-m", "broadsheet", "verify", "--lake", str(lake)], check=True)


def tell(samples: list[Sample], before: int, whole: bool) -> None:
    """Prints a row for each tenth of a run's samples.

    Args:
        samples: Of one run.
        before: Documents that a former run did.
        whole: Whether the run came to its end, so that the true time left is known.
    """
    step = max(1, len(samples) // 10)
    for earlier, sample in zip([Sample(0, 0, 0, 0, 0), *samples[step - 1 :: step]], samples[step - 1 :: step], strict=False):
        most = max(item.memory_mb for item in samples if earlier.wall_s < item.wall_s <= sample.wall_s)
        cost = (sample.cpu_s - earlier.cpu_s) / max(sample.done - earlier.done, 1) * 1000
        true = samples[-1].wall_s - sample.wall_s
        said = f"{sample.left_s / true:.2f}" if whole and true > 0 else ""
        print(f"| {before + sample.done:,} | {cost:.2f} | {most:.0f} | {said} |", flush=True)


def grown(options: argparse.Namespace) -> None:
    """Compares an empty lake with a grown one."""
    with tempfile.TemporaryDirectory() as scratch:
        lake = Lake.at(os.path.join(scratch, "grown"))
        started = time.process_time()
        grow(lake, options.documents, options.partitions, options.batches, options.layout)
        files = sum(len(names) for _, _, names in os.walk(lake.path(DOCUMENTS.name)))
        took_s = time.process_time() - started
        print(f"{options.documents:,} documents, {files:,} files, made in {took_s:.0f} s of CPU\n", flush=True)
        print("| step | CPU s |")
        print("|---|---|")
        for name, step in steps(lake).items():
            started = time.process_time()
            step()
            print(f"| {name} | {time.process_time() - started:.2f} |", flush=True)
        print("\n| lake | CPU s | peak MB |")
        print("|---|---|---|")
        partitions = options.partitions if options.layout == SPREAD else max(1, options.partitions // options.batches)
        for pair in range(1, options.pairs + 1):
            pages = os.path.join(scratch, f"pages-{pair}")
            generate(pages, options.sample, partitions, seed=pair)
            for name, root in (("empty", os.path.join(scratch, f"empty-{pair}")), ("grown", lake.root)):
                took = measure_all([sys.executable, "-m", "broadsheet", "ingest", pages, "--lake", root, "--quiet"])
                print(f"| {name} | {took.cpu_s:.2f} | {took.peak_mb:.0f} |", flush=True)


def steps(lake: Lake) -> dict[str, Callable[[], object]]:
    """Returns what a run or a batch asks a lake, each by itself."""
    from broadsheet.pipelines.inputs.ledger import as_table, find_new
    from broadsheet.schemas.records import InputFile
    from broadsheet.transforms.lake.index.near_duplicate_index import read_leaders
    from broadsheet.transforms.lake.protocol import plans
    from broadsheet.transforms.lake.protocol.delta_tables import files_of, open_table

    def first_files() -> list[str]:
        return sorted(files_of(open_table(lake, DOCUMENTS))["path"].to_pylist())

    inputs = as_table([InputFile(f"/new/{number}.txt", "1", 1, 0) for number in range(10_000)])
    seen: Counter[str] = Counter()
    return {
        "open documents, once a batch and more": lambda: open_table(lake, DOCUMENTS),
        "list its files, once a batch": first_files,
        "open inputs": lambda: open_table(lake, INPUTS),
        "find what is new, once a run": lambda: find_new(lake, inputs),
        "read all leaders, once a batch": lambda: read_leaders(
            lake, open_table(lake, DOCUMENTS).version(), lambda some: seen.update(leaders=len(some.doc_ids))
        ),
        "look for plans": lambda: plans.unfinished(lake),
    }


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("run", "grown"))
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--partitions", type=int, default=3000)
    parser.add_argument("--folder", default="scale", help="run: where pages and lake go; pages that are there are used again")
    parser.add_argument("--batch-mb", type=float, default=64)
    parser.add_argument("--batches", type=int, default=80, help="grown: in how many batches the lake was made")
    parser.add_argument("--layout", choices=(SORTED, SPREAD), default=SORTED, help="grown: what a batch's inputs have in common")
    parser.add_argument("--sample", type=int, default=1000, help="grown: how many new documents")
    parser.add_argument("--pairs", type=int, default=2, help="grown")
    options, flags = parser.parse_known_args()
    options.flags = flags
    {"run": run, "grown": grown}[options.what](options)


if __name__ == "__main__":
    main()

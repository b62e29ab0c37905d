"""What near duplicates cost: `python -m benchmarks.near_duplicates --leaders 1000000`.

CPU time of a signature, and of comparing a batch of 12,000 documents with a lake of so many leaders. They are random, as those of
other stories look to a batch; a twelfth of the batch is near one in the lake.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import resource
import tempfile
import time

import numpy as np

from benchmarks.generate import page
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.dedup.find_clusters import Comparison, Signed
from broadsheet.transforms.dedup.minhash import BINS, normalized, signature
from broadsheet.transforms.lake.index.near_duplicate_index import Leaders, read_leaders, write_leaders
from broadsheet.transforms.lake.protocol.delta_tables import commit_parts, create_tables, open_table
from broadsheet.transforms.lake.protocol.files import Lake

_BATCH = 12_000
"""Documents of 5.5 kB in a batch of 64 MB."""
_NEAR = 1_000
_REPEATS = 2_000


def _random_leaders(rng: np.random.Generator, count: int) -> Leaders:
    ids = np.array([rng.bytes(16).hex().encode() for _ in range(count)], "S32")
    return Leaders(ids, rng.integers(0, 256, (count, BINS), dtype=np.uint8))


def _signature_us() -> tuple[int, float]:
    """Returns the letters of a generated body, and the CPU time of its signature in microseconds."""
    folded = normalized(page(random.Random(0), 0, dt.date(2024, 1, 1), 5000))
    started = time.process_time()
    for _ in range(_REPEATS):
        signature(folded)
    return len(folded), (time.process_time() - started) / _REPEATS * 1e6


def _batch(rng: np.random.Generator, leaders: Leaders) -> list[Signed]:
    """Returns a batch, some of it half equal to leaders."""
    made = _random_leaders(rng, _BATCH)
    equal = rng.random((_NEAR, BINS)) < 0.5
    made.signatures[:_NEAR][equal] = leaders.signatures[:_NEAR][equal]
    return [Signed(f"/{n:06d}", 0, made.doc_ids[n].decode(), made.signatures[n].tobytes()) for n in range(_BATCH)]


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--leaders", type=int, default=1_000_000)
    options = parser.parse_args()
    print("a signature of {:,} letters: {:.0f} us".format(*_signature_us()))
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake.at(f"{folder}/lake")
        create_tables(lake)
        known = _random_leaders(rng, _BATCH)
        for number in range(-(-options.leaders // _BATCH)):
            write_leaders(lake, f"{number:032x}", _random_leaders(rng, _BATCH) if number else known)
            commit_parts(lake, DOCUMENTS, [], f"{number:032x}", {})
        documents = _batch(rng, known)
        version, before, started = open_table(lake, DOCUMENTS).version(), _peak_mb(), time.process_time()
        comparison = Comparison(documents)
        read_leaders(lake, version, comparison.see)
        compared = time.process_time()
        joined, _ = comparison.groups()
        ended = time.process_time()
    lake_s, batch_s = compared - started, ended - compared
    print(f"{_BATCH:,} documents with {options.leaders:,} leaders: {lake_s:.2f} s, with each other {batch_s:.2f} s")
    print(f"found {len(joined):,} of {_NEAR:,}; {_peak_mb() - before:.0f} MB more")


if __name__ == "__main__":
    main()

"""Text dumps from JSON lines to Parquet by C4's line rules and langdetect: `python -m benchmarks.peer_c4 FOLDER OUT`.

A plain loop, as somebody writes it for the purpose in an afternoon: no title, no date, no partitions, no second run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import langdetect
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.extractors import c4


def main() -> None:
    """Runs the loop."""
    folder, out = map(Path, sys.argv[1:])
    langdetect.DetectorFactory.seed = 0
    extract, rows = c4(), []
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                page = json.loads(line)
                body = extract(page["text"])
                rows.append({"id": page["id"], "text": body, "language": _language(body)})
    out.mkdir()
    pq.write_table(pa.Table.from_pylist(rows), out / "0.parquet", compression="zstd")


def _language(body: str) -> str:
    try:
        return langdetect.detect(body)
    except langdetect.LangDetectException:  # no letters
        return "und"


if __name__ == "__main__":
    main()

"""Pages from JSON lines to text in Parquet by datatrove: run by `benchmarks.peers` with the Python of datatrove's own environment.

    PYTHON benchmarks/peer_datatrove.py FOLDER OUT LOGS MODEL

A separate program that imports nothing of broadsheet, because the requirements of datatrove and Beam conflict. One worker, and each
block with its defaults, except two: the language is written down and drops nothing, as with us, and a page has 60 s instead of
one, since on a loaded machine pages would be lost to the clock.
"""

from __future__ import annotations

import sys

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import LanguageFilter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import ParquetWriter
from datatrove.utils import lid


def main() -> None:
    """Runs the pipeline."""
    pages, out, logs, model = sys.argv[1:]
    lid.cached_asset_path_or_download = lambda *_, **__: model
    pipeline = [
        JsonlReader(pages, text_key="html"),
        Trafilatura(timeout=60),
        LanguageFilter(label_only=True),
        ParquetWriter(out),
    ]
    LocalPipelineExecutor(pipeline=pipeline, logging_dir=logs, tasks=1, workers=1).run()


if __name__ == "__main__":
    main()

"""The lake: three Delta tables in a folder, and the protocol by which batches reach them.

files      bytes at a path, all or nothing
parts      rows ─► one Parquet file, named by its content
tables     the Delta tables; the one function through which every commit goes
plans      what a batch is going to read, and what it is going to commit, written down before it does
batches    commits a batch: documents, rejects, inputs, in this order; goes on where a crash left it
"""

from __future__ import annotations

from transforms.lake.files import Lake

__all__ = ["Lake"]

"""The lake: three Delta tables in a folder, and the protocol by which batches reach them.

files      bytes at a path, all or nothing
parts      rows ─► one Parquet file, named by its content
tables     the Delta tables; the one function through which every commit goes
plans      what a batch is going to read, and what it is going to commit, written down before it does
batches    commits a batch: documents, rejects, inputs, in this order; goes on where a crash left it
"""

from __future__ import annotations

import pyarrow as pa

from transforms.lake.files import Lake

__all__ = ["Lake"]

# Arrow's own allocator keeps what it has freed for the thread that had it, and Beam works on many: over 300 turns of a watch memory
# grew by 65 MB, with the system's by 36, in the same time (`benchmarks.stream turns`; `pipelines.memory` gives the system's back).
pa.set_memory_pool(pa.system_memory_pool())

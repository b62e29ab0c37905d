"""Products of matrices that stay on the thread they are asked on.

    units = product(steps, network.hidden)

numpy hands a large product to BLAS, which spreads it over as many threads as there are cores. A page's product is done before its
threads have met, and where the other cores are busy (other workers, other pages) it waits for them: taking the labelled pages
apart took 15 ms of CPU a page so, and 4 ms with one thread, on two busy cores. Who runs a pipeline has a worker for each core as it
is, and should not need to know of `OPENBLAS_NUM_THREADS`. OpenBLAS asks no other thread for products of up to 2**18
multiplications: so rows are multiplied a few at a time, in one call.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_ALONE = 1 << 18
"""OpenBLAS's `SMP_THRESHOLD_MIN * GEMM_MULTITHREAD_THRESHOLD`, with the values it is built with."""


def product(rows: Floats, matrix: Floats) -> Floats:
    """Returns `rows @ matrix`, computed by the calling thread.

    Args:
        rows: Shape (..., count, n), of any count.
        matrix: Shape (..., n, m); stacks of matrices go together as for `@`.
    """
    together = max(1, _ALONE // (matrix.shape[-2] * matrix.shape[-1]))
    *stack, count, width = rows.shape
    if count <= together:
        return rows @ matrix
    padded = np.zeros((*stack, -(-count // together) * together, width), rows.dtype)
    padded[..., :count, :] = rows
    pieces = padded.reshape(*stack, -1, together, width) @ matrix[..., None, :, :]
    return pieces.reshape(*pieces.shape[:-3], -1, matrix.shape[-1])[..., :count, :]

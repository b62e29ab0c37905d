"""Products of matrices that stay on the thread they are asked on.

    units = product(steps, network.hidden)

numpy hands a large product to BLAS, which spreads it over as many threads as there are cores. A page's product is done before its
threads have met, and if the other cores are busy (other workers, other pages) it waits for them: stripping the labelled pages
took 15 ms of CPU per page that way, and 4 ms with one thread, on two busy cores. A pipeline has a worker for each core anyway, and
its user should not need to know of `OPENBLAS_NUM_THREADS`. OpenBLAS asks no other thread for products of up to 2**18
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
    *stack, count, _ = rows.shape
    if count <= together:
        return rows @ matrix
    result: Floats = np.empty((*np.broadcast_shapes(tuple(stack), matrix.shape[:-2]), count, matrix.shape[-1]), rows.dtype)
    whole = count - count % together
    pieces = _in_pieces(rows[..., :whole, :], together)
    np.matmul(pieces, matrix[..., None, :, :], out=_in_pieces(result[..., :whole, :], together))
    np.matmul(rows[..., whole:, :], matrix, out=result[..., whole:, :])
    return result


def _in_pieces(rows: Floats, together: int) -> Floats:
    """A view of the rows, so many together."""
    return rows.reshape(*rows.shape[:-2], -1, together, rows.shape[-1])

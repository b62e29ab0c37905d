from typing import Any

import numpy as np
import pytest

from broadsheet.transforms.boilerplate.deterministic_matmul import product


@pytest.mark.parametrize("count", [0, 1, 5, 6, 7, 1000])
def test_a_product_in_pieces_is_the_product(count: int) -> None:
    rng = np.random.default_rng(1)
    rows = rng.integers(-80, 80, (count, 271)).astype(np.float32)
    matrix = rng.integers(-127, 127, (271, 144)).astype(np.float32)
    assert (product(rows, matrix) == rows @ matrix).all()


@pytest.mark.parametrize("stacked", [False, True], ids=["one for all", "each its own"])
def test_a_stack_of_matrices_is_multiplied_as_a_whole(stacked: Any) -> None:
    rng = np.random.default_rng(1)
    rows = rng.integers(-80, 80, (2, 500, 120) if stacked else (500, 120)).astype(np.float32)
    matrix = rng.integers(-127, 127, (2, 120, 40)).astype(np.float32)
    assert (product(rows, matrix) == rows @ matrix).all()

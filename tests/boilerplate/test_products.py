import numpy as np
import pytest

from transforms.boilerplate.products import product


@pytest.mark.parametrize("count", [0, 1, 5, 6, 7, 1000])
def test_a_product_in_pieces_is_the_product(count):
    rng = np.random.default_rng(1)
    rows = rng.integers(-80, 80, (count, 271)).astype(np.float32)
    matrix = rng.integers(-127, 127, (271, 144)).astype(np.float32)
    assert (product(rows, matrix) == rows @ matrix).all()

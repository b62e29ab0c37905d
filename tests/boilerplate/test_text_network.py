"""The networks are trained in JAX and run in numpy: both say the same. Skipped where JAX, which only training needs, is absent."""

import numpy as np
import pytest

from broadsheet.transforms.boilerplate.text import model

jax = pytest.importorskip("jax", reason="JAX is needed to train, and for nothing else")


def test_numpy_and_jax_say_the_same_of_two_pages_on_one_strip() -> None:
    from benchmarks import text_network

    width, units, sizes = 7, 5, (30, 3)
    params = text_network.initial(jax.random.PRNGKey(3), width, units)
    pages = [np.random.default_rng(size).normal(size=(size, width)).astype(np.float32) for size in sizes]
    nothing = [np.zeros(size) for size in sizes]
    examples = [
        text_network.Example(page, none.astype(bool), none.astype(bool), none.astype(np.float32))
        for page, none in zip(pages, nothing, strict=True)
    ]
    inputs, page_of, *_ = text_network.lay_out(examples)
    theirs = np.asarray(text_network.forward(params, inputs, page_of))
    arrays = {name: np.asarray(value)[None].astype(np.float16) for name, value in params.items()}
    net = model.networks_of(arrays)
    for number, page in enumerate(pages, 1):
        ours = model.forward(net, page)
        heads = len(model.HEADS)
        np.testing.assert_allclose(ours, theirs[page_of == number][:, :heads], atol=0.02)  # weights are stored as float16

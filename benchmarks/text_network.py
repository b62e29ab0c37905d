"""Training of the networks that judge a dump's lines (`boilerplate.text.model`), in JAX.

The forward pass here is the one of `text_model.forward`, written a second time for many pages at once: pages lie one after the
other in strips of `STRIP` lines with blanks between them, so that no page sees its neighbour. A test holds the two together.
JAX is needed to train and for nothing else: `pip install jax`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from broadsheet.transforms.boilerplate.text.model import BLOCKS, HEADS, POOL_AT

STRIP = 4096

MOST_LINES = 800
"""Of longer pages the part around the body is learned from."""
_PAGES = 128
_GAP = max(BLOCKS) * 2
_ANSWERS = len(HEADS) + 1
"""The heads, and the verdict in the middle that says whose lines are averaged."""

Params = dict[str, Any]


class Example(NamedTuple):
    """A page to learn from."""

    table: NDArray[np.float32]
    body: NDArray[np.bool_]
    title: NDArray[np.bool_]
    """Nowhere true where the title is not labelled or not found: the page then teaches nothing about titles."""
    weights: NDArray[np.float32]
    """What a wrong verdict on each line costs."""
    trust: float = 1.0
    """What the page counts for: less where its labels are another program's."""


class Recipe(NamedTuple):
    """How the networks are trained; chosen by cross-validation over domains (see `docs/decisions`)."""

    units: int = 40
    epochs: int = 20
    rate: float = 3e-3
    decay: float = 1e-4
    drop: float = 0.15
    unchanged: float = 0.35
    """How often a page is seen as it is, and not in one of its changed versions."""


def initial(key: jax.Array, width: int, units: int) -> Params:
    """Random weights of one network, scaled by what goes in."""
    shapes = {"enter": (width, units), "own": (units, units), "page": (2 * units, units)}
    shapes |= {"middle": (units, 1), "leave": (units, len(HEADS))}
    shapes |= {f"layer{index}": (3 * units, units) for index in range(len(BLOCKS))}
    gains = {"enter": 1.0, "leave": 0.5, "middle": 0.5}
    keys = jax.random.split(key, len(shapes))
    params = {
        name: jax.random.normal(one, shape) * gains.get(name, 0.7) / np.sqrt(shape[0])
        for one, (name, shape) in zip(keys, shapes.items(), strict=True)
    }
    biases = {"enter_bias": units, "pool_bias": units, "middle_bias": 1, "leave_bias": len(HEADS)}
    biases |= {f"layer{index}_bias": units for index in range(len(BLOCKS))}
    return params | {name: jnp.zeros(size) for name, size in biases.items()}


def forward(params: Params, inputs: jax.Array, page: jax.Array, drop: float = 0.0, key: jax.Array | None = None) -> jax.Array:
    """Logits of a strip's lines: the heads' and the middle's.

    Args:
        params: One network's weights.
        inputs: float32 [STRIP, width].
        page: int32 [STRIP]: the page of each line, from 1; 0 between pages.
        drop: Share of the values that each layer forgets, in training.
        key: Randomness for that.
    """
    there = (page > 0)[:, None].astype(jnp.float32)
    hidden = jax.nn.relu(inputs @ params["enter"] + params["enter_bias"]) * there
    middle = hidden[:, :1]
    for index, reach in enumerate(BLOCKS):
        if index == POOL_AT:
            middle = hidden @ params["middle"] + params["middle_bias"]
            share = jax.nn.sigmoid(middle) * there
            likely = _by_page(share * hidden, page) / (_by_page(share, page) + 1)
            usual = _by_page(hidden, page) / (_by_page(there, page) + 1)
            pooled = jnp.concatenate((likely, usual), 1) @ params["page"]
            hidden = (hidden + jax.nn.relu(hidden @ params["own"] + pooled[page] + params["pool_bias"])) * there
        blank = jnp.zeros((reach, hidden.shape[1]))
        around = jnp.concatenate(
            (jnp.concatenate((blank, hidden[:-reach])), hidden, jnp.concatenate((hidden[reach:], blank))),
            1,
        )
        if key is not None:
            key, one = jax.random.split(key)
            around = around * jax.random.bernoulli(one, 1 - drop, around.shape) / (1 - drop)
        hidden = (hidden + jax.nn.relu(around @ params[f"layer{index}"] + params[f"layer{index}_bias"])) * there
    return jnp.concatenate((hidden @ params["leave"] + params["leave_bias"], middle), 1)


def _by_page(values: jax.Array, page: jax.Array) -> jax.Array:
    return jax.ops.segment_sum(values, page, _PAGES)


def train(examples: list[list[Example]], seed: int, recipe: Recipe) -> dict[str, NDArray[np.float32]]:
    """Trains one network with Adam, the rate falling along a cosine.

    Args:
        examples: The pages, each with its changed versions after it, features already centred, scaled and cut.
        seed: Of weights, order and forgetting.
        recipe: How long and how fast.
    """
    jax.config.update("jax_default_prng_impl", "unsafe_rbg")
    order = np.random.default_rng(seed)
    key = jax.random.PRNGKey(seed)
    params = initial(key, examples[0][0].table.shape[1], recipe.units)
    first = jax.tree.map(jnp.zeros_like, params)
    second = jax.tree.map(jnp.zeros_like, params)
    steps = recipe.epochs * sum(1 for _ in _strips(examples, np.random.default_rng(seed), recipe.unchanged))

    def loss(params: Params, inputs: jax.Array, page: jax.Array, truth: jax.Array, weights: jax.Array, key: jax.Array) -> jax.Array:
        logits = forward(params, inputs, page, recipe.drop, key)
        return ((jax.nn.softplus(logits) - truth * logits) * weights).sum() / jnp.maximum(weights[:, 0].sum(), 1e-6)

    @jax.jit
    def step(params: Params, first: Params, second: Params, count: float, rate: float, strip: tuple, key: jax.Array) -> tuple:
        slope = jax.grad(loss)(params, *strip, key)
        length = jnp.sqrt(sum((part**2).sum() for part in jax.tree.leaves(slope)))
        slope = jax.tree.map(lambda part: part * jnp.minimum(1, 1 / length), slope)
        first = jax.tree.map(lambda old, new: 0.9 * old + 0.1 * new, first, slope)
        second = jax.tree.map(lambda old, new: 0.99 * old + 0.01 * new * new, second, slope)
        params = jax.tree.map(
            lambda old, mean, spread: (
                old - rate * (mean / (1 - 0.9**count) / (jnp.sqrt(spread / (1 - 0.99**count)) + 1e-8) + recipe.decay * old)
            ),
            params,
            first,
            second,
        )
        return params, first, second

    count = 0
    for _ in range(recipe.epochs):
        for strip in _strips(examples, order, recipe.unchanged):
            count += 1
            key, one = jax.random.split(key)
            rate = recipe.rate * min(1.0, count / 30) * 0.5 * (1 + np.cos(np.pi * min(1.0, count / steps)))
            params, first, second = step(params, first, second, float(count), float(rate), strip, one)
    return {name: np.asarray(value) for name, value in params.items()}


def _strips(examples: list[list[Example]], order: np.random.Generator, unchanged: float) -> Iterator[tuple]:
    """Lays one version of each page out in strips, in random order; of a page longer than a strip the part around its body."""
    batch: list[Example] = []
    used = 0
    for index in order.permutation(len(examples)):
        versions = examples[index]
        as_it_is = len(versions) == 1 or order.random() < unchanged
        example = versions[0 if as_it_is else int(order.integers(1, len(versions)))]
        size = min(len(example.body), MOST_LINES)
        if used + size + _GAP > STRIP or len(batch) == _PAGES - 1:
            yield lay_out(batch)
            batch, used = [], 0
        batch.append(example)
        used += size + _GAP
    yield lay_out(batch)


def lay_out(batch: list[Example]) -> tuple:
    """Lays pages one after the other into a strip: features, page numbers, what is true, and what an error costs."""
    inputs = np.zeros((STRIP, batch[0].table.shape[1]), np.float32)
    page = np.zeros(STRIP, np.int32)
    truth = np.zeros((STRIP, _ANSWERS), np.float32)
    weights = np.zeros((STRIP, _ANSWERS), np.float32)
    start = 0
    for number, example in enumerate(batch, 1):
        size = min(len(example.body), MOST_LINES)
        where = np.flatnonzero(example.body)
        skip = int(np.clip((where[len(where) // 2] if len(where) else 0) - size // 2, 0, len(example.body) - size))
        here, there = slice(start, start + size), slice(skip, skip + size)
        inputs[here] = example.table[there]
        page[here] = number
        cost = example.weights[there] * example.trust
        places = np.arange(len(example.body))
        span = (places >= where[0]) & (places <= where[-1]) if len(where) else example.body
        truth[here] = np.stack((example.body, example.title, span, example.body), 1)[there]
        titles = float(example.title[there].sum())
        title_cost = np.where(example.title[there], 1 / max(titles, 1), 1.0) * 0.3 * example.trust if titles else 0.0
        weights[here] = np.stack((cost, np.broadcast_to(title_cost, size), 0.3 * cost, 0.3 * cost), 1)
        start += size + _GAP
    return inputs, page, truth, weights

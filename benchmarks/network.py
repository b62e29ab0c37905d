"""Training of the small network that scores HTML blocks: Adam in numpy, some seconds for 200,000 blocks.

No library is needed for one hidden layer, and a user can train on their own pages with what the project has installed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Layers(NamedTuple):
    """A trained network for centred and scaled values."""

    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: float


class Recipe(NamedTuple):
    """How a network is trained; chosen by cross-validation over domains, as docs/decisions/0007-html-blocks.md tells."""

    units: int = 64
    epochs: int = 30
    batch: int = 512
    rate: float = 4e-3
    decay: float = 1e-2
    drop_units: float = 0.4
    drop_values: float = 0.2


def train_network(values: Floats, truth: Floats, weights: Floats, seed: int, recipe: Recipe) -> Layers:
    """Trains one network.

    Args:
        values: Features, centred and scaled, shape (blocks, features).
        truth: 1 for body, 0 for not.
        weights: What a wrong verdict on each block costs.
        seed: Makes the outcome the same again (on the same machine).
        recipe: How.
    """
    rng = np.random.default_rng(seed)
    blocks, features = values.shape
    parameters = [
        (rng.standard_normal((features, recipe.units)) * np.sqrt(2 / features)).astype(np.float32),
        np.zeros(recipe.units, np.float32),
        (rng.standard_normal(recipe.units) * 0.1 * np.sqrt(2 / recipe.units)).astype(np.float32),
        np.zeros(1, np.float32),
    ]
    first = [np.zeros_like(parameter) for parameter in parameters]
    second = [np.zeros_like(parameter) for parameter in parameters]
    weights = weights / weights.mean()
    steps = recipe.epochs * (blocks // recipe.batch)
    step = 0
    for _ in range(recipe.epochs):
        order = rng.permutation(blocks)
        for begin in range(0, blocks - recipe.batch + 1, recipe.batch):
            chosen = order[begin : begin + recipe.batch]
            gradients = _gradients(parameters, values[chosen], truth[chosen], weights[chosen], rng, recipe)
            step += 1
            rate = recipe.rate * min(1.0, step / 200) * (0.5 + 0.5 * np.cos(np.pi * step / steps) + 0.02)
            for parameter, gradient, mean, square in zip(parameters, gradients, first, second, strict=True):
                mean += 0.1 * (gradient - mean)
                square += 0.001 * (gradient * gradient - square)
                change = mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
                parameter -= np.float32(rate) * (change + (recipe.decay * parameter if parameter.size > recipe.units else 0))
    hidden, hidden_bias, output, output_bias = parameters
    return Layers(hidden, hidden_bias, output, float(output_bias[0]))


def _gradients(
    parameters: list[Floats], values: Floats, truth: Floats, weights: Floats, rng: np.random.Generator, recipe: Recipe
) -> list[Floats]:
    """One batch: weighted logistic loss, with values and units left out at random."""
    hidden, hidden_bias, output, output_bias = parameters
    seen = values * (rng.random(values.shape[1], np.float32) > recipe.drop_values)
    raw = np.maximum(seen @ hidden + hidden_bias, 0)
    mask = (rng.random(raw.shape, np.float32) > recipe.drop_units) / np.float32(1 - recipe.drop_units)
    units = raw * mask
    probability = 1 / (1 + np.exp(-np.clip(units @ output + output_bias, -30, 30)))
    error = ((probability - truth) * weights / len(truth)).astype(np.float32)
    back = error[:, None] * output * (raw > 0) * mask
    return [seen.T @ back, back.sum(axis=0), units.T @ error, error.sum(keepdims=True)]

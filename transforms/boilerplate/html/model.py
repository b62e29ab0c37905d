"""The classifier of HTML blocks: one hidden layer in whole numbers, so that every machine gives the same verdict.

    scores = body_scores(block_features(split_html(source)))

A product of matrices adds floating-point numbers in an order that depends on the processor, and a score on the edge of the
threshold would fall on one side here and on the other there. So values, weights and hidden units are rounded to small whole numbers
first; sums of those are exact in 32-bit floats (all below 2**24), whatever the order.

The weights, and how they were trained, are in `html_model.npz` and `other_pages_model.npz`. `python -m benchmarks.train_blocks`
writes both.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.transforms.boilerplate.deterministic_matmul import product

Floats = NDArray[np.float32]

MODEL = Path(__file__).with_name("html_model.npz")
"""For articles, and for every page at first."""
OTHER_MODEL = Path(__file__).with_name("other_pages_model.npz")
"""For pages that are hardly articles."""

VALUE_STEPS, VALUE_LIMIT = 16, 80
"""A feature, centred and scaled to its deviation, is rounded to sixteenths and cut at five deviations."""
SIZE_LIMIT = 16
"""Features that grow with the page (`SIZES`) are cut at one deviation: a page of a megabyte is a long page, and no other kind of
page. Cut at two, 4 % of a made-up page of 4,000 paragraphs were kept, at 1.5 21 %, at 1.25 62 %, at one 98 %; body F1 on the
labelled sets, cross-validated, is within 0.001 for all of them."""
SIZES = frozenset(
    (
        "page_blocks", "page_words", "page_good_words", "title_words_all", "description_words_all",
        "from_title", "to_title", "from_heading", "from_box_start", "to_box_stop", "direct_blocks", "direct_good",
        *(f"{box}_{what}" for box in ("own", "parent", "third", "fourth") for what in ("blocks", "words")),
    )
)  # fmt: skip
"""Sizes of pages and boxes, and distances within them."""
HIDDEN_LIMIT = 511
"""A hidden unit is rounded to a whole number from 0 to this."""
WEIGHT_LIMIT = 127
"""Weights are whole numbers up to this, in both layers: 80 x 127 x 1,600 features and 511 x 127 x 258 units stay below 2**24."""

PART = 16_384
"""Longer pages are judged in parts of so many blocks, to keep memory bounded: 300,000 cells of a table would take 230 MB more."""


class Network(NamedTuple):
    """The classifier; every array but `centre` and `scale` holds whole numbers."""

    centre: Floats
    """Mean of each feature."""
    scale: Floats
    """`VALUE_STEPS` by deviation of each feature."""
    hidden: Floats
    """Weights, shape (features, units)."""
    hidden_bias: Floats
    hidden_scale: Floats
    """What a unit's sum is multiplied by before it is rounded."""
    output: Floats
    """Weights of the units."""
    output_bias: float
    output_scale: float
    """What the output's sum is multiplied by to be a logit."""
    threshold: float
    """A block of a greater score is body."""
    features: tuple[str, ...]
    """Names of the columns it was trained on, in their order."""


def scores_of(network: Network, values: Floats) -> Floats:
    """Returns each block's probability of being body.

    Args:
        network: The classifier.
        values: Features, shape (blocks, features).
    """
    if len(values) > PART:
        return np.concatenate([scores_of(network, values[start : start + PART]) for start in range(0, len(values), PART)])
    steps = values - network.centre
    steps *= network.scale
    np.rint(steps, out=steps)
    np.clip(steps, -VALUE_LIMIT, most_of(network.features), out=steps)
    tiles = _tiles(network.hidden)
    units = product(steps, tiles)
    units += _tiles(network.hidden_bias[None])
    units *= _tiles(network.hidden_scale[None])
    np.rint(units, out=units)
    np.clip(units, 0, HIDDEN_LIMIT, out=units)
    sums = (units @ network.output.reshape(len(tiles), -1, 1)).sum(axis=0)[:, 0]
    logits = (sums + network.output_bias) * network.output_scale
    return (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)


@cache
def most_of(features: tuple[str, ...]) -> Floats:
    """How large each feature may be, in steps."""
    return np.array([SIZE_LIMIT if feature in SIZES else VALUE_LIMIT for feature in features], np.float32)


def _tiles(weights: Floats) -> Floats:
    """Cuts a layer's units into tiles; shape (tiles, rows, units), of one tile where the units cannot be parted evenly."""
    rows, units = weights.shape
    width = _TILE_UNITS if units % _TILE_UNITS == 0 else units
    return weights.reshape(rows, -1, width).transpose(1, 0, 2)


_TILE_UNITS = 32
"""`product` multiplies as many rows at once as the units allow, and reads all weights again for the next: with 192 units by 7 rows
and 0.26 ms per page of 150 blocks, with six tiles of 32 by 44 rows and 0.13 ms (24, 48, 64 and 96 units: 0.15, 0.14, 0.14,
0.15)."""


Layers = tuple[Floats, Floats, Floats, float]
"""A trained network for centred and scaled values: hidden weights, hidden biases, output weights, output bias."""


def quantise(
    centre: Floats, deviation: Floats, layers: Sequence[Layers], values: Floats, threshold: float, features: tuple[str, ...]
) -> Network:
    """Makes one network of whole numbers of several trained ones: their mean logit.

    Args:
        centre: Mean of each feature.
        deviation: Deviation of each feature.
        layers: The trained networks.
        values: Features to find each hidden unit's range on, not yet centred.
        threshold: From which score on a block is body.
        features: Names of the columns.
    """
    hidden = np.concatenate([layer[0] for layer in layers], axis=1)
    bias = np.concatenate([layer[1] for layer in layers])
    output = np.concatenate([layer[2] for layer in layers]) / len(layers)
    output_bias = sum(layer[3] for layer in layers) / len(layers)
    step = np.maximum(np.abs(hidden).max(axis=0), 1e-9) / WEIGHT_LIMIT
    scale = (VALUE_STEPS / deviation).astype(np.float32)
    whole = np.rint(hidden / step)
    whole_bias = np.rint(bias / step * VALUE_STEPS)
    sums = np.clip(np.rint((values - centre) * scale), -VALUE_LIMIT, most_of(features)) @ whole + whole_bias
    top = np.maximum(np.quantile(sums, 0.9999, axis=0), 1.0)
    unit_scale = HIDDEN_LIMIT / top
    output_real = output * step / VALUE_STEPS / unit_scale
    output_step = np.abs(output_real).max() / WEIGHT_LIMIT
    return Network(
        centre=centre.astype(np.float32),
        scale=scale,
        hidden=whole.astype(np.float32),
        hidden_bias=whole_bias.astype(np.float32),
        hidden_scale=unit_scale.astype(np.float32),
        output=np.rint(output_real / output_step).astype(np.float32),
        output_bias=float(np.rint(output_bias / output_step)),
        output_scale=float(output_step),
        threshold=threshold,
        features=features,
    )


def save(network: Network, provenance: dict[str, Any], path: Path = MODEL) -> None:
    """Writes a network and where it comes from."""
    np.savez_compressed(
        path,
        centre=network.centre,
        scale=network.scale,
        hidden=network.hidden.astype(np.int8),
        hidden_bias=network.hidden_bias,
        hidden_scale=network.hidden_scale,
        output=network.output.astype(np.int8),
        output_bias=np.float64(network.output_bias),
        output_scale=np.float64(network.output_scale),
        threshold=np.float64(network.threshold),
        features=np.array(network.features),
        provenance=np.array(json.dumps(provenance, sort_keys=True)),
    )


@cache
def load(path: Path = MODEL) -> Network:
    """Reads a network, once a process."""
    with np.load(path, allow_pickle=False) as stored:
        return Network(
            centre=stored["centre"],
            scale=stored["scale"],
            hidden=stored["hidden"].astype(np.float32),
            hidden_bias=stored["hidden_bias"],
            hidden_scale=stored["hidden_scale"],
            output=stored["output"].astype(np.float32),
            output_bias=float(stored["output_bias"]),
            output_scale=float(stored["output_scale"]),
            threshold=float(stored["threshold"]),
            features=tuple(stored["features"].tolist()),
        )


def provenance(path: Path = MODEL) -> dict[str, Any]:
    """Returns which data, seeds and figures a stored network comes from."""
    with np.load(path, allow_pickle=False) as stored:
        return json.loads(str(stored["provenance"]))

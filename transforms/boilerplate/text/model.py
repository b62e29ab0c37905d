"""The learned judge of a dump's lines: how likely each is body, and how likely each is the title.

A few small convolutional networks over the sequence of lines, averaged. Each line's features (`text_features`) become some forty
numbers; five layers mix them with those of the lines 1, 2, 4, 8 and 16 away, so that a verdict rests on 31 lines to each side; in
the middle the page's own likely body is averaged and shown to every line, so that each is compared with the article at hand. The
sums are done in numpy, page by page, one page's result never depending on another's.

    model = load()
    model.judge(lines, named, gaps).body       # float32 [n], 0 to 1

`text_model.npz` beside this module holds the numbers, and under `provenance` what they were learned from and how well they do;
`python -m benchmarks.train_text` makes it again.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.transforms.boilerplate.deterministic_matmul import product
from broadsheet.transforms.boilerplate.text.features import Floats, Lines, features
from broadsheet.transforms.boilerplate.text.lexicon import Lexicon

CLIP = 4.0
"""Features are cut at four standard deviations: a line of 10,000 words is as long as one of 100."""

BLOCKS = (1, 2, 4, 8, 16)
"""How far away the lines are that each layer looks at."""

PART = 16_384
"""Longer pages are judged in parts of so many lines, to keep memory bounded; the longest labelled one has 1,780."""

POOL_AT = 3
"""The layer before which the page's own body is averaged."""

HEADS = ("body", "title", "span")
"""What the networks answer; `span` (between the body's first and last line) only helps in training."""


class Network(NamedTuple):
    """Weights of all networks, the network first. A layer's last row is its bias, for inputs that end with a one."""

    enter: Floats
    layers: list[Floats]
    middle: Floats
    middle_bias: Floats
    own: Floats
    page: Floats
    pool_bias: Floats
    leave: Floats
    leave_bias: Floats


def forward(net: Network, inputs: Floats) -> Floats:
    """Runs the networks over one page.

    Args:
        net: Their weights.
        inputs: float32 [n, width], centred and scaled.

    Returns:
        float32 [n, heads]: logits, the mean of all networks'.
    """
    n = len(inputs)
    hidden = _rectified(product(np.concatenate((inputs, np.ones((n, 1), np.float32)), 1), net.enter))
    nets, _, width = hidden.shape
    around = np.zeros((nets, n, 3 * width + 1), np.float32)  # what a layer sees of each line: those above, here and below, and one
    around[:, :, -1] = 1
    above, here, below = (around[:, :, start : start + width] for start in (0, width, 2 * width))
    for index, (reach, weights) in enumerate(zip(BLOCKS, net.layers, strict=True)):
        if index == POOL_AT:
            shares = np.ones((nets, 2, n), np.float32)  # of likely body, and of all lines alike
            shares[:, 0] = _sigmoid(product(hidden, net.middle) + net.middle_bias)[:, :, 0]
            means = np.matmul(shares, hidden) / (shares.sum(2, keepdims=True) + 1)
            page = np.matmul(means.reshape(nets, 1, 2 * width), net.page)
            hidden += _rectified(product(hidden, net.own) + (page + net.pool_bias))
        above[:, :reach] = 0
        above[:, reach:] = hidden[:, :-reach]
        here[:] = hidden
        below[:, :-reach] = hidden[:, reach:]
        below[:, -reach:] = 0
        hidden += _rectified(product(around, weights))
    return (product(hidden, net.leave) + net.leave_bias).mean(0)


def _rectified(units: Floats) -> Floats:
    """Returns `max(units, 0)`, written over the units."""
    return np.maximum(units, 0, out=units)


def _sigmoid(logits: Floats) -> Floats:
    squashed: Floats = np.reciprocal(1 + np.exp(-np.clip(logits, -30, 30)))
    return squashed


class Judgement(NamedTuple):
    """What the judge says of each line of a page."""

    body: Floats
    """How likely it is body, 0 to 1."""
    title: Floats
    """How likely it is the title, 0 to 1."""
    words: Floats
    """Its length in words."""


class TextModel:
    """The networks, the lexicon they read, and what features they were made for."""

    def __init__(self, net: Network, mean: Floats, scale: Floats, lexicon: Lexicon, provenance: dict[str, Any]) -> None:
        self._net = net
        self._mean = mean
        self._scale = scale
        self._lexicon = lexicon
        self.provenance = provenance

    def judge(self, lines: list[str], named: list[str | None], gaps: Floats, at: Lines | None = None) -> Judgement:
        """Judges the lines of a page; arguments as for `features`."""
        at = at or Lines(lines)
        table, _ = features(lines, named, gaps, at)
        return self.judge_table(table, at)

    def judge_table(self, table: Floats, at: Lines) -> Judgement:
        """The same of a page whose features are known."""
        inputs = np.empty((at.n, len(self._mean)), np.float32)
        inputs[:, : table.shape[1]] = table
        for column, (_, values) in enumerate(self._lexicon.columns(at), table.shape[1]):
            inputs[:, column] = values
        inputs -= self._mean
        inputs *= self._scale
        np.minimum(np.maximum(inputs, -CLIP, out=inputs), CLIP, out=inputs)
        parts = [self._part(inputs, start) for start in range(0, len(inputs), PART)]
        scores = np.round(_sigmoid(np.concatenate(parts)), 4)
        return Judgement(scores[:, 0], scores[:, 1], at.words)

    def _part(self, inputs: Floats, start: int) -> Floats:
        """Logits of `PART` lines, judged with the lines around them."""
        margin = 2 * max(BLOCKS)
        first = max(0, start - margin)
        logits = forward(self._net, inputs[first : start + PART + margin])
        return logits[start - first : start - first + PART]


@functools.cache
def load() -> TextModel:
    """Reads the model that ships with this module, once a process."""
    path = resources.files("broadsheet.transforms.boilerplate.text") / "text_model.npz"
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        stored: dict[str, NDArray] = {name: arrays[name] for name in arrays.files}
    return from_arrays(stored)


def from_arrays(stored: dict[str, NDArray]) -> TextModel:
    """Makes a model of the arrays of its file; `benchmarks.train_text` writes them."""
    lexicon = Lexicon(stored["leanings"], stored["checks"])
    provenance = json.loads(stored["provenance"].tobytes().decode("utf-8"))
    return TextModel(networks_of(stored), stored["mean"], stored["scale"], lexicon, provenance)


def networks_of(stored: dict[str, NDArray]) -> Network:
    """Makes the networks of the arrays of the model's file."""
    wide = {name: array.astype(np.float32) for name, array in stored.items() if array.dtype == np.float16}
    return Network(
        _with_bias(wide["enter"], wide["enter_bias"]),
        [_with_bias(wide[f"layer{index}"], wide[f"layer{index}_bias"]) for index in range(len(BLOCKS))],
        wide["middle"],
        wide["middle_bias"][:, None],
        wide["own"],
        wide["page"],
        wide["pool_bias"][:, None],
        wide["leave"],
        wide["leave_bias"][:, None],
    )


def _with_bias(weights: Floats, bias: Floats) -> Floats:
    """Layers with their biases as last rows: numpy adds a row to each of many short ones slower than a product does."""
    return np.concatenate((weights, bias[:, None]), 1)

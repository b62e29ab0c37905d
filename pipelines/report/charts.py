"""Charts: values to inline SVG that needs no script and follows the page's colours.

Each is 400 units wide, about what a column has on a phone and on a desktop alike, so that its letters keep their size. A chart has
a title and a description for who cannot see it; the page sets a table beside it for who wants the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Optional

from broadsheet.pipelines.report.markup import plain, shortened

WIDTH = 400
_NAME, _NUMBER = 142, 84
"""Widths of the names on the left and the numbers on the right of bars."""
_ROW = 26
_WIDEST = 60
"""Width of a column and its gap if there are few."""
_HEIGHT = 170
_LETTERS = 16
"""Cells of a name that fit: up to 8.4 units a letter at 13 pixels in the widest of the usual fonts."""


_ROOM = 330
"""What three names of minutes need below columns; with less room there is one line."""


class Bar(NamedTuple):
    """One bar or column."""

    name: str
    value: float
    shown: str
    """The value as people read it."""
    kind: str = ""
    """`bad` for errors, `this` for the run that the page is about, `rest` for all others together: out of scale."""


class Range(NamedTuple):
    """Quartiles of shares from 0 to 1."""

    name: str
    low: float
    median: float
    high: float


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Returns horizontal bars, one a row."""
    most = max((row.value for row in rows if row.kind != "rest"), default=0) or 1
    room = WIDTH - _NAME - _NUMBER
    drawn = []
    for index, row in enumerate(rows):
        y = index * _ROW
        length = min(max(room * row.value / most, 1 if row.value else 0), room)
        drawn.append(
            f"<g><title>{plain(f'{row.name}: {row.shown}')}</title>{_name(row.name, y)}"
            f'<rect class="bar {row.kind}" x="{_NAME}" y="{y + 5}" width="{length:.1f}" height="16" rx="2"/>'
            f'<text class="number" x="{_NAME + length + 6:.1f}" y="{y + 18}">{plain(row.shown)}</text></g>'
        )
    return _svg(title, _description(rows), len(rows) * _ROW, drawn)


def columns(title: str, rows: Sequence[Bar], width: int = WIDTH) -> str:
    """Returns vertical columns in their order, for days and runs; the first, the middle and the last have their name below."""
    most = max((row.value for row in rows), default=0)
    top = _round_up(most)
    left, bottom = 8, _HEIGHT - 26
    room, height = width - 2 * left, _HEIGHT - 26 - 22
    step = min(room / max(len(rows), 1), _WIDEST)
    drawn = [
        f'<line class="grid" x1="{left}" x2="{width - left}" y1="{y}" y2="{y}"/>'
        for y in (bottom, bottom - height, bottom - height / 2)
    ]
    drawn.append(f'<text class="axis" x="{left}" y="{bottom - height - 6}">{plain(f"{top:,g}")}</text>')
    for index, row in enumerate(rows):
        tall = max(height * row.value / top, 1.5 if row.value else 0) if top else 0
        gap = min(step * 0.2, 4)
        drawn.append(
            f'<rect class="bar {row.kind}" x="{left + index * step + gap / 2:.2f}" y="{bottom - tall:.1f}" '
            f'width="{max(step - gap, 0.5):.2f}" height="{tall:.1f}"><title>{plain(f"{row.name}: {row.shown}")}</title></rect>'
        )
    for index, anchor in {0: "start", len(rows) // 2: "middle", len(rows) - 1: "end"}.items() if len(rows) * step > _ROOM else ():
        x = {"start": left, "middle": left + (index + 0.5) * step, "end": left + len(rows) * step}[anchor]
        drawn.append(f'<text class="axis" x="{x:.1f}" y="{_HEIGHT - 8}" text-anchor="{anchor}">{plain(rows[index].name)}</text>')
    if rows and len(rows) * step <= _ROOM:
        drawn.append(f'<text class="axis" x="{left}" y="{_HEIGHT - 8}">{plain(rows[0].name)}{_last(rows)}</text>')
    return _svg(title, _description(rows), _HEIGHT, drawn, width)


def _last(rows: Sequence[Bar]) -> str:
    return f" to {plain(rows[-1].name)}" if len(rows) > 1 else ""


def ranges(title: str, rows: Sequence[Range]) -> str:
    """Returns a line from the first to the third quartile and a dot at the median, a row each, from 0 to 100 %."""
    room = WIDTH - _NAME - 22
    height = len(rows) * _ROW
    drawn = []
    for share in (0.0, 0.5, 1.0):
        x = _NAME + room * share
        drawn.append(f'<line class="grid" x1="{x}" x2="{x}" y1="0" y2="{height}"/>')
        drawn.append(f'<text class="axis" x="{x}" y="{height + 16}" text-anchor="middle">{share:.0%}</text>')
    for index, row in enumerate(rows):
        y = index * _ROW + 13
        low, median, high = (_NAME + room * min(max(value, 0.0), 1.0) for value in (row.low, row.median, row.high))
        told = f"{row.name}: median {row.median:.0%}, from {row.low:.0%} to {row.high:.0%}"
        drawn.append(
            f"<g><title>{plain(told)}</title>{_name(row.name, index * _ROW)}"
            f'<line class="range" x1="{low:.1f}" x2="{max(high, low + 1):.1f}" y1="{y}" y2="{y}"/>'
            f'<circle class="dot" cx="{median:.1f}" cy="{y}" r="5"/></g>'
        )
    described = "; ".join(f"{row.name} {row.median:.0%}" for row in rows[:10])
    return _svg(title, f"Medians: {described}", height + 22, drawn)


def _name(text: str, y: int) -> str:
    return f'<text class="name" x="{_NAME - 8}" y="{y + 18}" text-anchor="end">{plain(shortened(text, _LETTERS))}</text>'


def _description(rows: Sequence[Bar]) -> str:
    if not rows:
        return "No rows."
    highest = max(rows, key=lambda row: row.value)
    return f"{len(rows)} bars; the highest is {highest.name} with {highest.shown}."


def _svg(title: str, description: str, height: float, drawn: Sequence[str], width: Optional[int] = None) -> str:
    name = f"{plain(title)}. {plain(description)}"
    return (
        f'<svg viewBox="0 0 {width or WIDTH} {max(height, 1):g}" role="img" aria-label="{name}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(drawn)}</svg>'
    )


def _round_up(value: float) -> float:
    """Returns a round number that is not below a value: 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value * (1 - 1e-9))

"""Charts: values to inline SVG that needs no script and follows the page's colours.

Each is 400 units wide, about what a column has on a phone and on a desktop alike, so that its letters keep their size. A chart has
a title and a description for who cannot see it; the page sets a table beside it for who wants the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Optional

from rich.cells import cell_len

from broadsheet.pipelines.report.markup import plain, shortened

WIDTH = 400
_NAME, _NUMBER = 142, 84
"""Widths of the names on the left and the numbers on the right of bars."""
_ROW = 26
_WIDEST = 60
"""Width of a column and its gap if there are few."""
_HEIGHT = 170
_LETTERS = 16
"""Cells of a name that fit to the left of a bar: up to 8.4 units per letter at 13 pixels in the widest of the usual fonts."""
_LETTERS_ABOVE = 46
"""Cells of a name that fit above a bar, where names go if one of them is too long for the left."""
_ABOVE = 18
"""Height of a name above its bar."""
_STRIP = 34
"""Height of the columns of one strip."""


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


class Strip(NamedTuple):
    """One row of small columns."""

    name: str
    values: list[int]


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Returns horizontal bars, one per row."""
    most = max((row.value for row in rows if row.kind != "rest"), default=0) or 1
    left, above = _place_names(row.name for row in rows)
    room = WIDTH - left - _NUMBER
    drawn = []
    for index, row in enumerate(rows):
        y = index * (_ROW + above) + above
        length = min(max(room * row.value / most, 1 if row.value else 0), room)
        drawn.append(
            f"<g><title>{plain(f'{row.name}: {row.shown}')}</title>{_name(row.name, y, above)}"
            f'<rect class="bar {row.kind}" x="{left}" y="{y + 5}" width="{length:.1f}" height="16" rx="2"/>'
            f'<text class="number" x="{left + length + 6:.1f}" y="{y + 18}">{plain(row.shown)}</text></g>'
        )
    return _svg(title, _description(rows), len(rows) * (_ROW + above), drawn)


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
    left, above = _place_names(row.name for row in rows)
    start = left or 8
    room = WIDTH - start - 22
    height = len(rows) * (_ROW + above)
    drawn = []
    for share in (0.0, 0.5, 1.0):
        x = start + room * share
        drawn.append(f'<line class="grid" x1="{x}" x2="{x}" y1="0" y2="{height}"/>')
        anchor = "middle" if left or share else "start"
        drawn.append(f'<text class="axis" x="{x}" y="{height + 16}" text-anchor="{anchor}">{share:.0%}</text>')
    for index, row in enumerate(rows):
        top = index * (_ROW + above) + above
        low, median, high = (start + room * min(max(value, 0.0), 1.0) for value in (row.low, row.median, row.high))
        words = f"{row.name}: median {row.median:.0%}, from {row.low:.0%} to {row.high:.0%}"
        drawn.append(
            f"<g><title>{plain(words)}</title>{_name(row.name, top, above)}"
            f'<line class="range" x1="{low:.1f}" x2="{max(high, low + 1):.1f}" y1="{top + 13}" y2="{top + 13}"/>'
            f'<circle class="dot" cx="{median:.1f}" cy="{top + 13}" r="5"/></g>'
        )
    described = "; ".join(f"{row.name} {row.median:.0%}" for row in rows[:10])
    return _svg(title, f"Medians: {described}", height + 22, drawn)


def strips(title: str, dates: Sequence[str], rows: Sequence[Strip], width: int = WIDTH) -> str:
    """Returns a row of columns per name, all of one scale; the first and the last date are below.

    Args:
        title: What the chart shows.
        dates: The name of each column.
        rows: As many values per row as there are dates.
        width: Units of the whole chart.
    """
    most = max((value for row in rows for value in row.values), default=0) or 1
    left, right = 8, width - 8
    step = min((right - left) / max(len(dates), 1), _WIDEST)
    gap = min(step * 0.2, 4)
    pitch = _ABOVE + _STRIP + 6
    drawn = []
    for index, row in enumerate(rows):
        bottom = index * pitch + _ABOVE + _STRIP
        name = plain(shortened(row.name, _LETTERS_ABOVE - 12))
        drawn.append(f'<text class="name" x="{left}" y="{bottom - _STRIP - 5}"><title>{plain(row.name)}</title>{name}</text>')
        drawn.append(f'<text class="axis" x="{right}" y="{bottom - _STRIP - 5}" text-anchor="end">{sum(row.values):,}</text>')
        drawn.append(f'<line class="grid" x1="{left}" x2="{right}" y1="{bottom}" y2="{bottom}"/>')
        for place, value in enumerate(row.values):
            tall = max(_STRIP * value / most, 1.5) if value else 0
            drawn.append(
                f'<rect class="bar" x="{left + place * step + gap / 2:.2f}" y="{bottom - tall:.1f}" '
                f'width="{max(step - gap, 0.5):.2f}" height="{tall:.1f}">'
                f"<title>{plain(f'{row.name}, {dates[place]}: {value:,}')}</title></rect>"
                if value
                else ""
            )
    height = len(rows) * pitch + 18
    span = plain(" to ".join(dict.fromkeys([dates[0], dates[-1]]))) if dates else ""
    drawn.append(f'<text class="axis" x="{left}" y="{height - 5}">{span}</text>')
    return _svg(title, f"{len(rows)} rows of {len(dates)} columns; the highest column is {most:,}.", height, drawn, width)


def _place_names(names: Iterable[str]) -> tuple[int, int]:
    """Returns the width that names take on the left and the height that they take above: one of the two is 0."""
    return (0, _ABOVE) if any(cell_len(name) > _LETTERS for name in names) else (_NAME, 0)


def _name(text: str, y: int, above: int) -> str:
    """Returns a row's name: to the left of its bar, or above it if `above` is the height for that."""
    if above:
        return f'<text class="name" x="0" y="{y - 1}">{plain(shortened(text, _LETTERS_ABOVE))}</text>'
    return f'<text class="name" x="{_NAME - 8}" y="{y + 18}" text-anchor="end">{plain(text)}</text>'


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

"""Markup: text, numbers, tables and cards as HTML that no name from a page can break out of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from rich.cells import cell_len, set_cell_size

_SHOWN = frozenset("\n\u200c\u200d")
"""Not printable to Python, and part of how texts are spelt; marks that turn the direction of what follows are not."""


def plain(text: str) -> str:
    """Returns text as HTML; what cannot be seen is replaced by a sign that can."""
    return escape("".join(letter if letter.isprintable() or letter in _SHOWN else "\ufffd" for letter in text))


def shortened(text: str, cells: int) -> str:
    """Returns a text that fits into so many cells: letters of Chinese and Japanese take two."""
    return text if cell_len(text) <= cells else f"{set_cell_size(text, cells - 1).rstrip()}…"


def number(value: float) -> str:
    """Returns a number for people: `1,234`."""
    return f"{value:,}"


def share(part: int, whole: int) -> str:
    """Returns a share for people: `3.2%`."""
    return f"{part / whole:.1%}" if whole else "0%"


def card(title: str, lead: str, *contents: str) -> str:
    """Returns a section with a heading and a sentence that says what it shows; the contents are HTML."""
    return f'<section class="card"><h2>{plain(title)}</h2><p class="faint">{plain(lead)}</p>{"".join(contents)}</section>'


def table(name: str, heads: Sequence[str], cells: Sequence[Sequence[Any]], this: str | None = None) -> str:
    """Returns a table that opens by a click, for use beside a chart; nothing if it has no rows.

    Args:
        name: Its identifier on the page.
        heads: The columns' names.
        cells: Texts and whole numbers.
        this: First cell of the row that the page is about.
    """
    return f"<details><summary>Table</summary>{table_alone(name, heads, cells, this)}</details>" if cells else ""


def table_alone(name: str, heads: Sequence[str], cells: Sequence[Sequence[Any]], this: str | None = None) -> str:
    """Returns a table that is always open."""
    kinds = ["n" if all(_is_number(row[index]) for row in cells) else "t" for index in range(len(heads))]
    head = "".join(f'<th scope="col" class="{kind}">{plain(text)}</th>' for text, kind in zip(heads, kinds, strict=True))
    lines = []
    for row in cells:
        texts = [number(cell) if isinstance(cell, int) else str(cell) for cell in row]
        drawn = "".join(f'<td class="{kind}">{plain(text)}</td>' for text, kind in zip(texts, kinds, strict=True))
        lines.append(f'<tr class="this">{drawn}</tr>' if this is not None and row[0] == this else f"<tr>{drawn}</tr>")
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{plain(name)}">'
        f'<table id="{plain(name)}"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
    )


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int) or re.fullmatch(r"[+-]?[\d,.]+ ?(%|[kMGT]?B|bytes)?", str(cell)) is not None

"""Finds a body that a page has but does not show: in hidden elements, in `<noscript>`, in JSON-LD.

    found = unseen_body(html, blocks, take_apart)       # None if what the page shows is the article

Pages whose text a script puts in place, or that hide it until a visitor pays, show no article or the first lines of one. Such a
page is judged again with all that it hides, and then searched for the `articleBody` that it hands to search engines. What is found
must contain what the page shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import NamedTuple

from broadsheet.schemas import reasons
from broadsheet.schemas.records import Block
from broadsheet.transforms.boilerplate.html.blocks import TAG, Blocks, split_html

HIDDEN, JSON_LD = "hidden", "json-ld"

_THIN = 700
"""A visible body of fewer characters may be the first lines of one only: a tenth of the labelled bodies are shorter."""
_GAIN = 1.5
"""How many times as long as the visible body a hidden one must be to replace it."""
_LEAST = 200
"""The fewest characters of a hidden body."""


class Unseen(NamedTuple):
    """A body that no reader of the page sees."""

    blocks: list[Block]
    basis: str


def unseen_body(html: str, blocks: list[Block], take_apart: Callable[[Blocks], list[Block]]) -> Unseen | None:
    """Returns the body that a page has but does not show, `None` if what it shows is enough or it has none.

    Args:
        html: The page's source.
        blocks: What the page shows, judged.
        take_apart: How blocks are judged.
    """
    shown = [block.text for block in blocks if block.kept]
    size = sum(map(len, shown))
    if size >= _THIN:
        return None
    if _HIDING.search(html):
        whole = split_html(html, hidden_too=True)
        hidden = take_apart(whole)
        body = [block.text for block in hidden if block.kept]
        if _is_better(body, shown, size) and (not shown or _is_in_place(whole, hidden, set(shown))):
            return Unseen(hidden, HIDDEN)
    paragraphs = article_body(html) if "articleBody" in html else []
    if _is_better(paragraphs, shown, size):
        dropped = [block._replace(kept=False, reason=reasons.TEMPLATE if block.kept else block.reason) for block in blocks]
        line = blocks[-1].line + blocks[-1].lines if blocks else 1
        body_blocks = [Block(text, number, True, reasons.PROSE) for number, text in enumerate(paragraphs, line)]
        return Unseen([*dropped, *body_blocks], JSON_LD)
    return None


_HIDING = re.compile(r"<noscript|\shidden\b|display\s{0,4}:\s{0,4}none", re.IGNORECASE)


def _is_better(body: list[str], shown: list[str], size: int) -> bool:
    """Whether a body is worth more than what the page shows: longer, and holding it."""
    length = sum(map(len, body))
    if length < max(_LEAST, _GAIN * size):
        return False
    whole = "\n".join(body)
    return 2 * sum(len(text) for text in shown if text[:60] in whole) >= size


def _is_in_place(whole: Blocks, judged: list[Block], shown: set[str]) -> bool:
    """Whether all that was hidden is in the same place as the article: in its `<article>`, or in the box with the main heading."""
    kept = [block.line - 1 for block in judged if block.kept]
    seen = [block.line - 1 for block in judged if block.kept and block.text in shown]
    if not seen:
        return False
    box = int(whole.own[seen[0]])
    while box and not (whole.first[box] <= seen[0] and seen[-1] < whole.stop[box] and _is_article(whole, box)):
        box = int(whole.parent[box])
    return bool(box) and bool(whole.first[box] <= kept[0] and kept[-1] < whole.stop[box])


def _is_article(whole: Blocks, box: int) -> bool:
    headings = whole.tag[whole.first[box] : whole.stop[box]] == TAG["h1"]
    return bool(whole.kind[box] == TAG["article"] or headings.any())


_BODY = re.compile(r'"articleBody"\s{0,20}:\s{0,20}(?=")')
_STRING = json.JSONDecoder(strict=False)


def article_body(html: str) -> list[str]:
    """Returns the paragraphs of the longest `articleBody` in a page's JSON-LD; white space folded.

    The string is read by itself: the documents around it are often broken, and line breaks in it are not escaped.
    """
    longest = ""
    for found in _BODY.finditer(html):
        try:
            text, _ = _STRING.raw_decode(html, found.end())
        except ValueError:
            continue
        longest = max(longest, text, key=len)
    if "<" in longest or "&" in longest:
        return split_html(longest).texts
    return [folded for line in longest.split("\n") if (folded := " ".join(line.split()))]

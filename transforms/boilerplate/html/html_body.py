"""Body extraction from HTML: the article, the whole article and nothing but the article.

    article = strip_html(page)          # Page (HTML) -> Article

The page becomes blocks in a tree of boxes (`html_blocks`), each block a row of numbers (`html_features`), each row a score
(`html_model`). What the score keeps is named by its markup (prose, subhead, list item, quote, table); what it drops is named too
where the markup tells (title, caption, navigation, comment, ...), because metadata rules read there and `explain` shows it. Title
and captions are columns of their own and never body, whatever their score; nor are bylines, credits and the like (`html_rules`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.schemas import reasons
from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import Article, Block, Page
from broadsheet.transforms.boilerplate.html.block_rules import data_cells, named_by_rule
from broadsheet.transforms.boilerplate.html.blocks import LEAF, NAMED, TAG, Blocks, split_html
from broadsheet.transforms.boilerplate.html.features import NAMES, block_features
from broadsheet.transforms.boilerplate.html.model import load, scores_of

Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]

_IS_TITLE, _IS_GOOD = NAMES.index("is_title"), NAMES.index("good")


def strip_html(page: Page) -> Article:
    """Takes a page apart: which of its blocks are the article's body.

    Args:
        page: A page whose `text` is HTML source. Nothing is fetched.

    Returns:
        All blocks in page order. Kept cells of one table row are one block.

    Raises:
        NoArticleError: No block of the page reads like an article's body.
    """
    blocks = split_html(page.text)
    if not blocks.texts:
        raise NoArticleError("no_article", "the page shows no text")
    network = load()
    values = block_features(blocks)
    scores = scores_of(network, values)
    verdicts = judge(blocks, values, scores, network.threshold)
    if not verdicts.kept.any():
        raise NoArticleError(
            "no_article", f"none of the page's {len(scores)} blocks reads like an article (best score {scores.max():.2f})"
        )
    joinable = verdicts.kept & data_cells(blocks, verdicts.prose) & (blocks.kind[blocks.own] == TAG["td"])
    return Article(page, list(_rows_joined(blocks, joinable, verdicts.kept.tolist(), _reasons(blocks, verdicts), scores.tolist())))


class Verdicts(NamedTuple):
    """What becomes of each block, and what is known of it."""

    kept: Flags
    prose: Flags
    """Which read like a sentence or more."""
    titles: Flags
    captions: Flags
    named: dict[int, str]
    """Which the network would keep but a rule does not, and why."""


def judge(blocks: Blocks, values: Floats, scores: Floats, threshold: float) -> Verdicts:
    """Judges the blocks of a page by their scores and by rules.

    Args:
        blocks: The page's blocks.
        values: Their features.
        scores: The network's.
        threshold: From which score on a block is body.
    """
    captions = _has(blocks.within[blocks.own], "figcaption")
    titles = values[:, _IS_TITLE] > 0
    prose = values[:, _IS_GOOD] > 0
    kept = (scores > threshold) & ~captions & ~titles
    named = named_by_rule(blocks, kept, prose)
    kept[list(named)] = False
    return Verdicts(kept, prose, titles, captions, named)


def _reasons(blocks: Blocks, verdicts: Verdicts) -> list[str]:
    """Names every verdict; of the reasons that hold for a block the first counts."""
    kept, titles, captions = verdicts.kept, verdicts.titles, verdicts.captions
    leaf, own = blocks.leaf, blocks.own
    within, named = blocks.within[own], blocks.around_named[own]
    called = blocks.named | blocks.box_named[own] | blocks.box_named[blocks.parent[own]]
    cases = [
        (kept & _has(within, "blockquote"), reasons.QUOTE),
        (kept & ((leaf & LEAF["heading"]) > 0), reasons.SUBHEAD),
        (kept & ((leaf & LEAF["li"]) > 0), reasons.LIST_ITEM),
        (kept, reasons.PROSE),
        (np.flatnonzero(titles)[:1], reasons.TITLE),
        (titles, reasons.DUPLICATE_TITLE),
        (
            _in_article_box(blocks, kept) & (captions | (((called & NAMED["caption"]) > 0) & _has(within, "figure"))),
            reasons.CAPTION,
        ),
        (_has(within, "nav"), reasons.NAVIGATION),
        ((named & NAMED["comment"]) > 0, reasons.COMMENT),
        ((called & NAMED["share"]) > 0, reasons.SHARE),
        ((called & NAMED["crumb"]) > 0, reasons.BREADCRUMB),
        ((called & NAMED["tags"]) > 0, reasons.TAGS),
        ((called & NAMED["related"]) > 0, reasons.RELATED),
        (_has(within, "footer", "header", "form", "button"), reasons.NAVIGATION),
    ]
    first = np.full(len(kept), len(cases), np.uint8)
    for case in range(len(cases) - 1, -1, -1):
        first[cases[case][0]] = case
    names = [*(reason for _, reason in cases), reasons.MODEL]
    why = [names[case] for case in first.tolist()]
    for block, reason in verdicts.named.items():
        why[block] = reason
    return why


def _has(within: NDArray[np.int64], *names: str) -> Flags:
    return (within & sum(1 << TAG[name] for name in names)) > 0


def _in_article_box(blocks: Blocks, kept: Flags) -> Flags:
    """Which blocks stand in the smallest box that holds all that is kept."""
    places = np.flatnonzero(kept)
    around = np.flatnonzero((blocks.first <= places[0]) & (blocks.stop > places[-1]))
    box = int(around[np.argmax(blocks.depth[around])])
    index = np.arange(len(kept))
    return (index >= blocks.first[box]) & (index < blocks.stop[box])


def _rows_joined(blocks: Blocks, joinable: Flags, kept: list[bool], why: list[str], scores: list[float]) -> Iterator[Block]:
    """Yields the blocks; neighbours that stand in different cells of one table row as one.

    Args:
        blocks: The page's blocks.
        joinable: Which of them are kept and stand in a cell of a data table.
        kept: The verdict on each.
        why: Its reason.
        scores: Its score.
    """
    rows, own = (blocks.row * joinable).tolist(), blocks.own.tolist()
    start, count = 0, len(kept)
    while start < count:
        stop = start + 1
        if rows[start]:
            while stop < count and rows[stop] == rows[start] and own[stop] != own[stop - 1]:
                stop += 1
        if stop - start > 1:
            yield Block(" | ".join(blocks.texts[start:stop]), start + 1, True, reasons.TABLE, stop - start, max(scores[start:stop]))
        else:
            yield Block(blocks.texts[start], start + 1, kept[start], why[start], 1, scores[start])
        start = stop

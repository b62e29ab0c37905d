"""Body extraction from HTML: the article, the whole article and nothing but the article.

    article = strip_html(page)          # Page (HTML) -> Article

The page becomes blocks in a tree of boxes (`blocks`), each block a row of numbers (`features`), each row a score (`model`). A page
that is hardly an article (a forum, a product, a listing) is judged again by a network for such pages. What the score keeps is named
by its markup (prose, subhead, list item, quote, table). What it drops is named too if the markup tells its name (title, caption,
navigation, comment, ...), because metadata rules read there and `explain` shows it. Title and captions are columns of their own and
never body, whatever their score; nor are bylines, credits and the like (`block_rules`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.schemas import reasons
from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import Article, Block, Page
from broadsheet.transforms.boilerplate.html.block_rules import data_cells, named_by_rule
from broadsheet.transforms.boilerplate.html.blocks import LEAF, NAMED, TAG, Blocks, split_html, without
from broadsheet.transforms.boilerplate.html.features import NAMES, block_features
from broadsheet.transforms.boilerplate.html.model import OTHER_MODEL, Network, load, scores_of
from broadsheet.transforms.boilerplate.html.page_judge import Judgement, judge_page
from broadsheet.transforms.boilerplate.html.reader_comments import reader_comments
from broadsheet.transforms.boilerplate.html.site_talk import site_talk
from broadsheet.transforms.boilerplate.html.unseen_body import unseen_body
from broadsheet.transforms.boilerplate.html.whole_parts import Measures, cells_of, keep_whole

Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]

_IS_TITLE, _IS_GOOD, _STOPS = NAMES.index("is_title"), NAMES.index("good"), NAMES.index("stops")
_WORDS, _LINKED = NAMES.index("words"), NAMES.index("link_density")


def strip_html(page: Page) -> Article:
    """Takes a page apart: which of its blocks are the article's body.

    Args:
        page: A page whose `text` is HTML source. Nothing is fetched.

    Returns:
        All blocks in page order. Kept rows of a table are one block each. If the page shows no article, or a few lines of one, the
        body may be one that the page has but does not show; `text_basis` says so.

    Raises:
        NoArticleError: No block of the page reads like an article's body (`no_article`), or what does is a word or two
        (`too_short`).
    """
    shown = _take_apart(split_html(page.text))
    blocks = shown.blocks
    found = unseen_body(page.text, blocks, lambda whole: _take_apart(whole).blocks)
    if found:
        return _article(page, found.blocks, shown.judgement)._replace(text_basis=found.basis, text_confidence=None)
    if not blocks:
        raise NoArticleError("no_article", "the page shows no text")
    if not any(block.kept for block in blocks):
        best = max(block.score or 0 for block in blocks)
        raise NoArticleError("no_article", f"none of the page's {len(blocks)} blocks reads like an article (best score {best:.2f})")
    size = sum(len(block.text.encode()) for block in blocks if block.kept)
    if size < _LEAST_BYTES:
        raise NoArticleError("too_short", f"the page's body has {size} bytes, expected at least {_LEAST_BYTES}")
    return _article(page, blocks, shown.judgement)


def _article(page: Page, blocks: list[Block], judgement: Judgement | None) -> Article:
    if judgement is None:
        return Article(page, blocks)
    return Article(
        page,
        blocks,
        text_confidence=judgement.confidence,
        page_type=judgement.page_type,
        page_type_score=judgement.page_type_score,
    )


_LEAST_BYTES = 25
"""Of a body in UTF-8: five short Latin words, eight Chinese characters. The shortest of 2,100 labelled bodies has 209."""


class TakenApart(NamedTuple):
    """A page's blocks with the verdict on each, and on the page; the latter is `None` if no block is body."""

    blocks: list[Block]
    judgement: Judgement | None


LEAST_ARTICLE, SURE = 0.15, 0.8
"""A page that is an article with a smaller probability than the first, and whose body is right with a smaller one than the second,
is judged by the network for other pages. Cross-validated, more pages would gain 0.01 on forums, products and listings, and lose as
much on articles (docs/decisions/0021)."""


def _take_apart(blocks: Blocks) -> TakenApart:
    """Judges a page's blocks, and the page: as an article first, then as what it is if it is hardly one."""
    if not blocks.texts:
        return TakenApart([], None)
    taken = _judged(blocks, set_apart(blocks), load())
    first = taken.judgement
    if first is None or is_settled(first.article_score, first.confidence):
        return taken
    other = _judged(blocks, set_apart(blocks, replies=False), load(OTHER_MODEL), is_other=True)
    if other.judgement is None:
        return taken
    return TakenApart(other.blocks, first._replace(confidence=other.judgement.confidence))


def is_settled(article_score: float, confidence: float) -> bool:
    """Returns whether the first verdict on a page stays; the arguments are those of `Judgement`."""
    return article_score >= LEAST_ARTICLE or (confidence >= SURE and article_score > 0)


def _judged(blocks: Blocks, apart: dict[int, str], network: Network, is_other: bool = False) -> TakenApart:
    """Judges a page by one network.

    Args:
        blocks: The page's blocks, at least one.
        apart: Those that are set apart first, so that they have no part in what is known of other blocks, and why.
        network: The network.
        is_other: Whether it is the network for pages that are not articles.
    """
    count = len(blocks.texts)
    left = np.ones(count, bool)
    left[list(apart)] = False
    rest = without(blocks, ~left) if apart else blocks
    values = block_features(rest)
    rest_scores = scores_of(network, values)
    verdicts = judge(rest, values, rest_scores, network.threshold)
    kept, joinable, scores = np.zeros(count, bool), np.zeros(count, bool), np.zeros(count, np.float32)
    kept[left], scores[left] = verdicts.kept, rest_scores
    joinable[left] = verdicts.kept & data_cells(rest, verdicts.prose)
    why = iter(_reasons(rest, verdicts) if verdicts.kept.any() else [reasons.MODEL] * len(rest.texts))
    names = [apart[block] if block in apart else next(why) for block in range(count)]
    judgement = None
    if verdicts.kept.any():
        judgement = judge_page(rest, values, rest_scores, verdicts.kept, verdicts.is_live, is_other)
    return TakenApart(list(_rows_joined(blocks, joinable, kept.tolist(), names, scores.tolist())), judgement)


def set_apart(blocks: Blocks, replies: bool = True) -> dict[int, str]:
    """Returns the blocks that are not part of the body by their words, with the reason of each.

    What a site says of itself is never body. What readers wrote (`replies`) is not part of an article, but it is a forum's body.
    """
    apart = {**site_talk(blocks), **(reader_comments(blocks) if replies else {})}
    return apart if len(apart) < len(blocks.texts) else {}


class Verdicts(NamedTuple):
    """What becomes of each block, and what is known of it."""

    kept: Flags
    prose: Flags
    """Which read like a sentence or more."""
    titles: Flags
    captions: Flags
    named: dict[int, str]
    """Which the network would keep but a rule does not, and why."""
    is_live: bool
    """Whether the body is the entries of a live blog."""


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
    never = captions | titles
    kept = (scores > threshold) & ~never
    named = named_by_rule(blocks, kept, prose)
    never[list(named)] = True
    measures = Measures(values[:, _WORDS], values[:, _LINKED], prose, values[:, _STOPS] > 0)
    kept, is_live = keep_whole(blocks, kept & ~never, measures, never)
    return Verdicts(kept, prose, titles, captions, named, is_live)


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
    """Returns which blocks are in the smallest box that holds everything that is kept."""
    places = np.flatnonzero(kept)
    around = np.flatnonzero((blocks.first <= places[0]) & (blocks.stop > places[-1]))
    box = int(around[np.argmax(blocks.depth[around])])
    index = np.arange(len(kept))
    return (index >= blocks.first[box]) & (index < blocks.stop[box])


def _rows_joined(blocks: Blocks, joinable: Flags, kept: list[bool], why: list[str], scores: list[float]) -> Iterator[Block]:
    """Yields the blocks; those of one table row as one, with a bar between the cells.

    Args:
        blocks: The page's blocks.
        joinable: Which of them are kept and are in a cell of a data table.
        kept: The verdict on each.
        why: Its reason.
        scores: Its score.
    """
    rows, count = (blocks.row * joinable).tolist(), len(kept)
    cells = cells_of(blocks, 0, count).tolist() if any(rows) else []
    start = 0
    while start < count:
        stop = start + 1
        if rows[start]:
            while stop < count and rows[stop] == rows[start]:
                stop += 1
        if stop - start > 1 and cells[start] != cells[stop - 1]:
            marks = [" | " if cells[block] != cells[block - 1] else " " for block in range(start + 1, stop)]
            row = "".join(chain.from_iterable(zip(["", *marks], blocks.texts[start:stop], strict=True)))
            yield Block(row, start + 1, True, reasons.TABLE, stop - start, max(scores[start:stop]))
        else:
            for block in range(start, stop):
                yield Block(blocks.texts[block], block + 1, kept[block], why[block], 1, scores[block])
        start = stop

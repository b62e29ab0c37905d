"""The article of a plain-text dump: which of a page's lines are its body, and what the others are.

    lines ─ named rules ─ learned judge ─ roles of what is left ─► one Block per line

Some lines say themselves what they are ("READ MORE: …", "© AP Photo / …": `line_rules`). Of the rest a small network says how
likely each is body (`text_model`), from its make-up, its words and its neighbours. The lines before the body hold title,
subtitle and captions; those after it related headlines and comments (`line_roles`).

    article = strip_text(page)
    print(article.text)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import compress
from typing import NamedTuple

import numpy as np

from broadsheet.schemas import reasons
from broadsheet.schemas.errors import NoArticleError
from broadsheet.schemas.records import Article, Block, Page
from broadsheet.transforms.boilerplate.text.comments import name_comments
from broadsheet.transforms.boilerplate.text.features import Floats, Lines, layout
from broadsheet.transforms.boilerplate.text.interruptions import name_interruptions
from broadsheet.transforms.boilerplate.text.line_roles import PROSE_WORDS, SUBHEAD_WORDS, ends_sentence, roles
from broadsheet.transforms.boilerplate.text.line_rules import is_counter, name
from broadsheet.transforms.boilerplate.text.lines import Line, split
from broadsheet.transforms.boilerplate.text.list_runs import keep_between, keep_numbered, keep_whole, may_begin_item
from broadsheet.transforms.boilerplate.text.model import Judgement, TextModel, load
from broadsheet.transforms.boilerplate.text.notices import name_notices
from broadsheet.transforms.boilerplate.text.page_judge import judge_page

BODY_SCORE = 0.52
"""A line is body from this probability on: between 0.45 and 0.55 the cross-validated F1 of all three labelled sets is highest."""

TITLE_SCORE = 0.3
"""A line is taken for the title from this probability on, else the rules of `text_roles` look for one."""

LEAST_WORDS = 12.0
"""A body has at least so many words: a third of the shortest of the 997 labelled ones."""

SOFT = frozenset({reasons.TAGS, reasons.BYLINE, reasons.SOURCE_LINK, reasons.READ_MORE, reasons.DATE_LINE})
"""Reasons that a line of body may give too: of lines named so, 5 to 15 % belong to labelled bodies, else 2 % at most. There the
rule speaks only where the judge is in doubt."""

SURE = 0.9

EDGE_SCORE = 0.4
"""A sentence or more that no rule named, next to a line of body, is body from this probability on: what is cut off an article is
mostly its first or last paragraph. Cross-validated, within 0.001 of nothing on all three sets; one seed dump begins so."""

LEAD_LINES = 6
"""So many lines below the title, a subhead may be between such a lead and the body."""

TITLE_TIE = 0.8
"""Of two lines in a row of which the second is longer and hardly more likely the title, the first is, and the second its subtitle:
right titles stay at 787 of 884 for anything from 0.5 to 0.9, and one more of the five seed dumps gets its own."""

_LONGER = 1.3

FAR_LINES = 25
FAR_SCORE = 0.8
FAR_SHARE = 0.3
"""A run of kept lines that is so many lines away from the next one is another article's teaser or a comment, if its words are less
likely body than that on average, and come to less than that share of the largest run's. Cross-validated 0.001 better than nothing
on all three labelled sets; distances from 12 to 25 and averages from 0.65 to 0.8 do the same."""

_LABEL = re.compile(r"[^:：]{2,30}[:：]")
"""What "READ MORE: …" begins with: a label leaves no doubt."""

SUBHEAD_SCORE = 0.2
"""A short line alone between two lines of body is a subhead from this probability on, if no rule named it: subheads have few words
as evidence. Cross-validated, 0.1 to 0.3 are equally good and all better than `BODY_SCORE`."""


_PARTED = 4
"""A subhead's neighbours in the body are less than so many lines away."""

_block: Callable[[tuple[object, ...]], Block] = partial(tuple.__new__, Block)
"""Makes a `Block` of all its fields in half the time that its class takes: a dump has hundreds."""

_BLANK = (False, reasons.EMPTY, None)
"""What a blank line is."""


class JudgedLines(NamedTuple):
    """A dump taken apart: what is known of each of its lines that has text."""

    lines: list[Line]
    """All lines, blank ones too."""
    at: Lines
    """The lines that have text, as arrays."""
    judged: Judgement
    kept: list[bool]
    """Which of them are body."""
    given: list[str]
    """The reason of each."""


def strip_text(page: Page, model: TextModel | None = None) -> Article:
    """Takes a text dump apart.

    Args:
        page: The dump.
        model: The judge, where not the one that ships: cross-validation has several.

    Returns:
        The article: each line of the page in exactly one block, in order, kept or dropped, with the reason.

    Raises:
        NoArticleError: No line of the page is an article's body (`no_article`), or it has no text at all (`empty_page`).
    """
    found = judge_lines(page.text, model or load())
    given = found.given
    verdicts = iter(zip(found.kept, given, found.judged.body.tolist(), strict=True))
    blocks = []
    for text, first, covers, _ in found.lines:
        kept, reason, score = next(verdicts) if text else _BLANK
        blocks.append(_block((text, first, kept, reason, covers, score)))
    judgement = judge_page(page.text, found.at, found.judged, found.kept, given)
    return Article(
        page,
        blocks,
        text_confidence=judgement.confidence,
        page_type=judgement.page_type,
        page_type_score=judgement.page_type_score,
    )


def judge_lines(text: str, model: TextModel) -> JudgedLines:
    """Decides which lines of a dump are its body and what the others are.

    Args:
        text: The dump.
        model: The judge.

    Raises:
        NoArticleError: As `strip_text` does.
    """
    lines = split(text)
    texts = [line.text for line in lines if line.text]
    if not texts:
        raise NoArticleError("empty_page", "the page holds nothing but white space")
    at = Lines(texts)
    named = name(texts, at)
    apart = name_notices(named, at)
    name_comments(texts, named, at)
    apart |= name_interruptions(texts, named, at)
    judged = _judge(model, texts, named, layout(lines), at, apart)
    likely, sizes = judged.body.tolist(), judged.words.tolist()
    title = _title(judged.title, sizes)
    body = [False] * len(texts)
    for index in np.flatnonzero(judged.body >= BODY_SCORE).tolist():
        reason = named[index]
        body[index] = reason is None or _is_body(texts[index], reason, likely[index])
    if title is not None:
        body[title] = False
    edges = np.flatnonzero((judged.body >= EDGE_SCORE) & (judged.words >= PROSE_WORDS)).tolist()
    _keep_edges(body, [index for index in edges if named[index] is None and ends_sentence(texts[index])], likely, sizes, title)
    subheads = np.flatnonzero((judged.body >= SUBHEAD_SCORE) & (judged.words <= SUBHEAD_WORDS)).tolist()
    _keep_subheads(body, [index for index in subheads if named[index] is None], named)
    items = may_begin_item(at)
    keep_whole(texts, items, named, body, likely, BODY_SCORE)
    keep_between(texts, sizes, named, body, likely)
    keep_numbered(texts, items, named, body)
    if title is not None:
        body[title] = False
    _drop_far_runs(body, likely, sizes)
    if sum(compress(sizes, body)) < LEAST_WORDS and _is_all_text(texts, sizes, named):
        body = [True] * len(texts)
    if sum(compress(sizes, body)) < LEAST_WORDS:
        raise NoArticleError("no_article", f"none of the page's {len(texts)} lines reads as an article")
    given = roles(texts, sizes, named, body, title)
    return JudgedLines(lines, at, judged, list(map(reasons.KEPT.__contains__, given)), given)


_FEW_LINES, _ENOUGH_WORDS = 3, 20
"""Of a page that is nothing but a text. Most notes that servers send instead of a page are shorter."""
_MACHINE_WORDS = re.compile("cookie|javascript|captcha|browser", re.IGNORECASE)
"""Words of the other notes; nearly all languages borrow them."""


def _is_all_text(texts: list[str], sizes: list[int], named: list[str | None]) -> bool:
    """Returns whether a page is a short text and nothing else, as a table's column of texts has them.

    The network looks for what sets a body apart from the chrome around it, and there is none.
    """
    if len(texts) > _FEW_LINES or sum(sizes) < _ENOUGH_WORDS or any(named):
        return False
    return not any(map(_MACHINE_WORDS.search, texts))


def _judge(model: TextModel, texts: list[str], named: list[str | None], gaps: Floats, at: Lines, apart: set[int]) -> Judgement:
    """Judges a page as if the lines that are set apart were not there: a notice must not hide a short article."""
    if not apart:
        return model.judge(texts, named, gaps, at)
    rest = [index for index in range(len(texts)) if index not in apart]
    body, title = np.zeros(len(texts), np.float32), np.zeros(len(texts), np.float32)
    if rest:
        judged = model.judge([texts[index] for index in rest], [named[index] for index in rest], gaps[rest])
        body[rest], title[rest] = judged.body, judged.title
    return Judgement(body, title, at.words)


def _is_body(text: str, reason: str, score: float) -> bool:
    """Whether a line that a rule has named is body all the same: for `SOFT` reasons that the judge is sure against.

    A bare number may be a table's cell.
    """
    soft = reason in SOFT or (reason == reasons.SHARE and is_counter(text))
    return soft and score >= SURE and not (reason == reasons.READ_MORE and _LABEL.match(text))


def _title(likely: Floats, sizes: list[float]) -> int | None:
    """The line that is most likely the title, if any is likely enough."""
    best = int(likely.argmax())
    if likely[best] < TITLE_SCORE:
        return None
    above = best - 1
    tie = best and likely[above] >= max(TITLE_SCORE, TITLE_TIE * likely[best]) and sizes[best] >= _LONGER * sizes[above]
    return above if tie else best


def _keep_edges(body: list[bool], edges: list[int], likely: list[float], sizes: list[float], title: int | None) -> None:
    """Takes sentences next to the body in, by `EDGE_SCORE`: from above, from below, and over a subhead near the title."""
    count = len(body)
    open_edges = [index for index in edges if not body[index] and index != title]
    for index in open_edges:
        body[index] = index > 0 and body[index - 1]
    for index in reversed(open_edges):
        if not body[index] and index < count - 1:
            over = index + 2 < count and body[index + 2] and title is not None and 0 < index - title <= LEAD_LINES
            subhead = likely[index + 1] >= SUBHEAD_SCORE and sizes[index + 1] <= SUBHEAD_WORDS
            body[index] = body[index + 1] or (over and subhead)


def _keep_subheads(body: list[bool], subheads: list[int], named: list[str | None]) -> None:
    """Takes short lines between two lines of body in, by `SUBHEAD_SCORE`; lines that a rule has named do not part them."""
    for index in subheads:
        if not body[index]:
            above = next((at for at in range(index - 1, max(index - _PARTED, -1), -1) if named[at] is None or body[at]), -1)
            below = next((at for at in range(index + 1, min(index + _PARTED, len(body))) if named[at] is None or body[at]), -1)
            body[index] = above >= 0 and below >= 0 and body[above] and body[below]


def _drop_far_runs(body: list[bool], likely: list[float], sizes: list[float]) -> None:
    """Drops what is kept far from the article and with less certainty, by `FAR_LINES`."""
    runs: list[list[int]] = []
    for index in compress(range(len(body)), body):
        if runs and index - runs[-1][-1] <= FAR_LINES:
            runs[-1].append(index)
        else:
            runs.append([index])
    if len(runs) < 2:
        return
    weights = [sum(sizes[index] * likely[index] for index in run) for run in runs]
    for run, weight in zip(runs, weights, strict=True):
        if weight < FAR_SHARE * max(weights) and weight < FAR_SCORE * sum(sizes[index] for index in run):
            for index in run:
                body[index] = False

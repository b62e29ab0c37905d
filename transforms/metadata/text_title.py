"""Title and subtitle of a dump.

Nothing marks a headline in a dump, but much speaks for it: it stands a few lines above the body, alone between blank lines, with a
date or a byline below; it stands twice, or again in the breadcrumb; its words come back in the lead. `candidates` turns that into
numbers, `text_rank` weighs them.
"""

from __future__ import annotations

import re
from typing import Optional

from schemas import reasons
from schemas.records import Block
from transforms.metadata.dates import find_dates
from transforms.metadata.names import is_introduced
from transforms.metadata.text_labels import Labelled
from transforms.metadata.text_rank import Features, ranker
from transforms.metadata.text_view import CJK, REASON_NUMBER, TIME_LIKE, View, bucket, tokens

_REACH = 60
"""Lines above the body where a title may stand. Of the labelled titles that stand on a line of their own 95 % do; the rest are in
pages whose body was found too late."""

_TOP = 8
"""The first lines of a page are looked at too, however far the body: some dumps begin with the page's title."""

_NO_TITLES = frozenset(
    {reasons.PAGE_CLOCK, reasons.DATE_LINE, reasons.RECORD_ID, reasons.CAPTION, reasons.CREDIT, reasons.SHARE, reasons.COMMENT_FORM, reasons.BREADCRUMB,
     reasons.READ_MORE, reasons.PAGE_GENERATION, reasons.RESIDUE, reasons.NEWSLETTER, reasons.SOURCE_LINK}
)
"""What says itself that it is something else."""

_SUBTITLE_WORDS = range(6, 41)
"""A deck is a clause at least and no paragraph."""

SLOTS = (
    "distance", "reason", "position", "words", "characters", "end", "copies", "within", "in_body", "in_lead", "content",
    "below", "below_length", "above", "above_length", "dated_below", "dated_above", "kept_below", "run_above", "run_below", "indent",
    "case", "capitals", "marks", "dated", "web", "again", "joined", "byline", "between", "rivals",
)  # fmt: skip
"""What is known of a candidate; see `_features`."""

_DISTANCES: list[float] = [-5, -2, -1, 0, 1, 2, 3, 4, 6, 9, 14, 21, 31, 61]
_POSITIONS: list[float] = [0, 1, 2, 3, 5, 8, 20]
_WORDS: list[float] = [1, 2, 3, 4, 5, 7, 9, 12, 16, 21, 28]
_CHARACTERS: list[float] = [8, 15, 25, 40, 60, 80, 100, 140]
_SHARES: list[float] = [0, 0.01, 0.2, 0.3, 0.5, 0.7, 0.9, 1]
_LENGTHS: list[float] = [10, 30, 80, 200]
_RUNS: list[float] = [1, 2, 4]
_ENDS = {mark: number for number, mark in enumerate(".?!:…,", start=1)}
_NEAR = 4
"""Lines between rivals: deck, byline, date and picture may stand between two headlines of one article."""

_LABEL = re.compile(r"^(?:title|titel|titre|título|titolo|заголовок|标题)\s?[:：]\s?", re.IGNORECASE)
_MINOR = 4
"""Words of fewer letters say little about what a text is about."""


def candidates(page: View) -> tuple[list[int], list[Features]]:
    """Returns the lines that may be the title, and what is known of each."""
    low = max(0, page.first - _REACH)
    indexes = [
        index
        for index in range(min(len(page.blocks), page.last + 1))
        if page.folds[index]
        and page.blocks[index].reason not in _NO_TITLES
        and (
            low <= index <= page.first + 6 or index < _TOP or page.blocks[index].reason in (reasons.TITLE, reasons.DUPLICATE_TITLE)
        )
    ]
    headlines = [index for index in indexes if _is_headline(page, index)]
    seen: set[str] = set()
    found = []
    for index in indexes:
        between = sum(index < other < page.first for other in headlines)
        rivals = sum(0 < abs(index - other) <= _NEAR for other in headlines)
        found.append(_features(page, index, page.folds[index] in seen, between, rivals))
        seen.add(page.folds[index])
    return indexes, found


def _is_headline(page: View, index: int) -> bool:
    """Whether a line could be a headline by its look alone: some words, no full stop, no date, not in a list of lines."""
    text = page.blocks[index].text
    return page.folds[index].count(" ") >= 3 and text[-1] not in ".,:;" and not page.timed[index] and not page.run[index]


def _features(page: View, index: int, again: bool, between: int, rivals: int) -> Features:
    block, fold = page.blocks[index], page.folds[index]
    text = block.text
    words = tokens(text)
    content = [word for word in words if len(word) >= _MINOR or CJK.match(word)]
    size = len(content) or 1
    copies = page.counts[fold]
    within = len(fold) >= 10 and page.everything.count(fold) > copies
    below = page.blocks[index + 1] if index + 1 < len(page.blocks) else None
    above = page.blocks[index - 1] if index else None
    return (
        bucket(page.first - index, _DISTANCES),
        REASON_NUMBER.get(block.reason, 0),
        bucket(index, _POSITIONS),
        bucket(len(words), _WORDS),
        bucket(len(text), _CHARACTERS),
        _ENDS.get(text[-1], 0),
        min(copies, 4),
        (2 if copies > 1 else 1) if within else 0,
        bucket(sum(word in page.body_words for word in content) / size, _SHARES) if content else 0,
        bucket(sum(word in page.lead_words for word in content) / size, _SHARES) if content else 0,
        bucket(len(content), [1, 2, 3, 5]),
        REASON_NUMBER.get(below.reason, 0) if below else 0,
        bucket(len(below.text), _LENGTHS) if below else 5,
        REASON_NUMBER.get(above.reason, 0) if above else 0,
        bucket(len(above.text), _LENGTHS) if above else 5,
        _dated(page, index, (1, 2, 3)),
        _dated(page, index, (-1, -2)),
        sum(1 << step for step in range(3) if index + step + 1 < len(page.blocks) and page.blocks[index + step + 1].kept),
        bucket(page.run[index], _RUNS),
        bucket(page.below[index], _RUNS),
        bucket(page.indents[index], [1, 3, 5]),
        1 if text.isupper() else 2 if text[0].islower() else 0,
        _capitals(text),
        1 if "|" in text else 2 if " - " in text or " – " in text else 3 if any(mark in text for mark in ("»", ">", " / ")) else 0,
        int(page.timed[index]),
        int(any(mark in text for mark in ("@", "http", "www.", "©"))),
        int(again) + 2 * int(index + 1 < len(page.folds) and page.folds[index + 1] == fold),
        int(block.lines > 1),
        int(is_introduced(text)),
        bucket(between, [1, 2, 3, 5, 9]),
        bucket(rivals, [1, 2, 3]),
    )


def _dated(page: View, index: int, steps: tuple[int, ...]) -> int:
    """How near the next byline or dated line is: 1 for the first step; `len(steps)` is added where only its look speaks for it."""
    for number, step in enumerate(steps, start=1):
        if 0 <= index + step < len(page.blocks):
            if page.blocks[index + step].reason in (reasons.BYLINE, reasons.DATE_LINE):
                return number
            if page.timed[index + step]:
                return number + len(steps)
    return 0


def _capitals(text: str) -> int:
    """The share of words with a capital, in four kinds: titles of some languages have all."""
    initials = [word[0] for word in text.split() if word[0].isalpha()]
    if not initials:
        return 0
    return 1 + bucket(sum(initial.isupper() for initial in initials) / len(initials), [0.3, 0.6, 0.99])


def clean_title(text: str) -> str:
    """Takes off what a dump glued to a headline: the date before it, the word "Title:"."""
    if TIME_LIKE.search(text[:24]):
        dates = find_dates(text[:60])
        if dates and text[: dates[0].span[0]].strip(" -–|•·,") == "":
            rest = text[dates[0].span[1] :].strip(" -–—|•·:,")
            if rest.count(" ") >= 2:
                return rest
    return _LABEL.sub("", text)


def text_title(page: View) -> tuple[Optional[int], Optional[Labelled], Optional[Labelled]]:
    """Returns the title's line, the title and the subtitle, each `None` where there is none."""
    indexes, found = candidates(page)
    best = ranker("title", SLOTS).choose(found)
    if best is None:
        return None, None, None
    place = indexes[best]
    text = page.blocks[place].text
    return place, Labelled(clean_title(text), "title line", text), _subtitle(page.blocks, page.folds, place)


def _subtitle(shown: list[Block], folds: list[str], place: int) -> Optional[Labelled]:
    """The line under the title that was named so, or that is a clause without a full stop with prose below."""
    below = place + 1
    while below < len(shown) and folds[below] == folds[place]:
        below += 1
    if below + 1 >= len(shown):
        return None
    under, after = shown[below], shown[below + 1]
    if under.reason == reasons.SUBTITLE:
        return Labelled(under.text, "subtitle line", under.text)
    clause = under.text[-1] not in ".!?…:;。！？" and len(under.text.split()) in _SUBTITLE_WORDS
    if clause and under.reason in reasons.KEPT and after.kept and len(after.text) > len(under.text):
        return Labelled(under.text, "line under the title", under.text)
    return None

"""Title and subtitle of a dump.

Nothing marks a headline in a dump, but there are many signs: it is a few lines above the body, alone between blank lines, with a
date or a byline below; it occurs twice, or again in the breadcrumb; its words come back in the lead. `candidates` turns that into
numbers, `candidate_ranker` weighs them.
"""

from __future__ import annotations

import re
from typing import Optional

from broadsheet.schemas import reasons
from broadsheet.schemas.records import Block
from broadsheet.transforms.metadata.dates.find_dates import find_dates
from broadsheet.transforms.metadata.names import INTERFACE, is_introduced
from broadsheet.transforms.metadata.text.candidate_ranker import Features, ranker
from broadsheet.transforms.metadata.text.dump_view import CJK, LINE_CHARS, View, bucket, line_words, tokens
from broadsheet.transforms.metadata.text.label_words import TOPICS
from broadsheet.transforms.metadata.text.labelled_fields import Labelled

_REACH = 60
"""Lines above the body in which a title may be. Of the labelled titles on a line of their own, 95 % are there; the rest are in
pages whose body was found too late."""

_LOOKS = 10
"""Lines that get a closer look, of the 40 that a page has to offer on average. The labelled title is among them as often as
among all."""

_NAMED = frozenset({reasons.TITLE, reasons.DUPLICATE_TITLE})

GLANCE_SLOTS = (
    "distance", "reason", "position", "words", "characters", "end", "below", "above", "run_above", "run_below", "dated",
    "dated_below",
)  # fmt: skip
"""What is known of a line at a glance; see `glances`."""

_TOP = 8
"""The first lines of a page are looked at too, however far the body: some dumps begin with the page's title."""

_NO_TITLES = frozenset(
    {
        reasons.PAGE_CLOCK,
        reasons.DATE_LINE,
        reasons.RECORD_ID,
        reasons.CAPTION,
        reasons.CREDIT,
        reasons.SHARE,
        reasons.COMMENT_FORM,
        reasons.BREADCRUMB,
        reasons.READ_MORE,
        reasons.PAGE_GENERATION,
        reasons.RESIDUE,
        reasons.NEWSLETTER,
        reasons.SOURCE_LINK,
    }
)
"""What says itself that it is something else."""

_SENTENCE_CHARS = 100

_SUBTITLE_WORDS = range(6, 41)
"""A deck is a clause at least and no paragraph."""

SLOTS = (
    "distance", "reason", "position", "words", "characters", "end", "copies", "within", "in_body", "in_lead", "content", "below",
    "below_length", "above", "above_length", "dated_below", "dated_above", "kept_below", "run_above", "run_below", "indent",
    "case", "capitals", "marks", "dated", "web", "again", "joined", "byline", "between", "rivals", "deck",
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
"""Lines between rivals: deck, byline, date and picture may be between two headlines of one article."""

_LABEL = re.compile(r"^(?:title|titel|titre|título|titolo|заголовок|标题)\s?[:：]\s?", re.IGNORECASE)
_LABEL_WORDS = 5
"""Words of the longest label that passed for a headline ("Tamsel 14°C Light rain")."""
_WEATHER = re.compile(r"\d\s?°\s?[CF]\b")
_CONSENT = frozenset(
    "sign in we value your privacy our use of cookies uk us edition search jobs log my account the to skip content".split()
)
_MINOR = 4
"""Words of fewer letters say little about what a text is about."""


def glances(page: View) -> tuple[list[int], list[Features]]:
    """Returns the lines that may be the title, and what a glance at each shows."""
    low = max(0, page.first - _REACH)
    indexes = [
        index
        for index, block in enumerate(page.blocks[: page.last + 1])
        if (low <= index <= page.first + 6 or index < _TOP or block.reason in _NAMED)
        and block.reason not in _NO_TITLES
        and 1 < len(block.text) <= LINE_CHARS
        and not _is_sentence(block)
    ]
    found: list[Features] = []
    for index in indexes:
        text = page.blocks[index].text
        found.append(
            (
                bucket(_DISTANCES, page.first - index),
                page.kinds[index],
                bucket(_POSITIONS, index),
                bucket(_WORDS, text.count(" ") + 1),
                bucket(_CHARACTERS, len(text)),
                _ENDS.get(text[-1], 0),
                page.kinds[index + 1],
                page.kinds[index - 1],
                bucket(_RUNS, page.run[index]),
                bucket(_RUNS, page.below[index]),
                int(page.timed[index]),
                _dated(page, index, (1, 2, 3)),
            )
        )
    return indexes, found


def _is_sentence(block: Block) -> bool:
    """Returns whether a line is prose of the body: 4 of 1,304 labelled titles have a full stop, so many characters and are in
    one.
    """
    return block.reason == reasons.PROSE and len(block.text) > _SENTENCE_CHARS and block.text[-1] in ".。।"


def candidates(page: View) -> tuple[list[int], list[Features]]:
    """Returns the likeliest lines, as many as `_LOOKS`, and what a closer look at each shows."""
    everything, found = glances(page)
    indexes = [everything[number] for number in ranker("title_glance", GLANCE_SLOTS).best(found, _LOOKS)]
    headlines = [index for index in indexes if _is_headline(page, index)]
    closer = []
    for index in indexes:
        between = len([1 for other in headlines if index < other < page.first])
        rivals = len([1 for other in headlines if 0 < abs(index - other) <= _NEAR])
        closer.append(_features(page, index, between, rivals))
    return indexes, closer


def _is_headline(page: View, index: int) -> bool:
    """Whether a line could be a headline by its look alone: some words, no full stop, no date, not in a list of lines."""
    text = page.blocks[index].text
    return text.count(" ") >= 3 and text[-1] not in ".,:;" and not page.timed[index] and not page.run[index]


def _features(page: View, index: int, between: int, rivals: int) -> Features:
    block = page.blocks[index]
    text = block.text
    words = tokens(text)
    content = [word for word in words if len(word) >= _MINOR or not (word.isascii() or CJK.match(word) is None)]
    size = len(content) or 1
    copies, everywhere = page.copies(text)
    below = page.blocks[index + 1] if index + 1 < len(page.blocks) else None
    above = page.blocks[index - 1] if index else None
    return (
        bucket(_DISTANCES, page.first - index),
        page.kinds[index],
        bucket(_POSITIONS, index),
        bucket(_WORDS, len(words)),
        bucket(_CHARACTERS, len(text)),
        _ENDS.get(text[-1], 0),
        min(copies, 4),
        (2 if copies > 1 else 1) if everywhere > copies and len(text) >= 10 else 0,
        bucket(_SHARES, len([1 for word in content if word in page.body_words]) / size) if content else 0,
        bucket(_SHARES, len([1 for word in content if word in page.lead_words]) / size) if content else 0,
        bucket([1, 2, 3, 5], len(content)),
        page.kinds[index + 1],
        bucket(_LENGTHS, len(below.text)) if below else 5,
        page.kinds[index - 1],
        bucket(_LENGTHS, len(above.text)) if above else 5,
        _dated(page, index, (1, 2, 3)),
        _dated(page, index, (-1, -2)),
        sum([1 << step for step, block in enumerate(page.blocks[index + 1 : index + 4]) if block.kept]),
        bucket(_RUNS, page.run[index]),
        bucket(_RUNS, page.below[index]),
        bucket([1, 3, 5], page.indent(index)),
        1 if text.isupper() else 2 if text[0].islower() else 0,
        _capitals(text),
        1 if "|" in text else 2 if " - " in text or " – " in text else 3 if "»" in text or ">" in text or " / " in text else 0,
        int(page.timed[index]),
        int("@" in text or "http" in text or "www." in text or "©" in text),
        _repeated(page, index) if copies > 1 else 0,
        int(block.lines > 1),
        int(page.announced(index) and is_introduced(text)),
        bucket([1, 2, 3, 5, 9], between),
        bucket([1, 2, 3], rivals),
        _deck(page, index),
    )


def _deck(page: View, index: int) -> int:
    """Returns whether a headline and its deck are one below the other here: 1 this is the headline, 2 this is the deck, 3 both."""
    size = len(page.blocks[index].text)
    below = index + 1 < len(page.blocks) and not page.blocks[index + 1].kept
    heads = below and size < len(page.blocks[index + 1].text) <= LINE_CHARS and _is_headline(page, index)
    headed = index > 0 and len(page.blocks[index - 1].text) < size and _is_headline(page, index - 1)
    return int(heads) + 2 * int(headed)


def _repeated(page: View, index: int) -> int:
    """Returns where the same line is again: 1 above, 2 right below, 3 both."""
    key = page.folded[index]
    again = key in page.folded[:index]
    following = index + 1 < len(page.blocks) and page.folded[index + 1] == key
    return int(again) + 2 * int(following)


def _dated(page: View, index: int, steps: tuple[int, ...]) -> int:
    """How near the next byline or dated line is: 1 for the first step; `len(steps)` is added where only its look speaks for it."""
    for number, step in enumerate(steps, start=1):
        kind = page.dated[index + step] if index + step >= 0 else 0
        if kind:
            return number if kind == 1 else number + len(steps)
    return 0


def _capitals(text: str) -> int:
    """The share of words with a capital, in four kinds: titles of some languages have all."""
    initials = [word[0] for word in text.split() if word[0].isalpha()]
    if not initials:
        return 0
    return 1 + bucket([0.3, 0.6, 0.99], len([1 for initial in initials if initial.isupper()]) / len(initials))


def clean_title(text: str) -> str:
    """Takes off what a dump glued to a headline: the date before it, the word "Title:", soft hyphens."""
    text = text.replace("\u00ad", "")
    if any(char.isdigit() for char in text[:24]):
        dates = find_dates(text[:60])
        if dates and text[: dates[0].span[0]].strip(" -–|•·,") == "":
            rest = text[dates[0].span[1] :].strip(" -–—|•·:,")
            if rest.count(" ") >= 2:
                return rest
    return _LABEL.sub("", text)


def text_title(page: View) -> tuple[Optional[int], Optional[Labelled], Optional[Labelled]]:
    """Returns the title's line, the title and the subtitle, each `None` if there is none."""
    indexes, found = candidates(page)
    best = ranker("title", SLOTS).choose(found)
    if best is None or _is_of_interface(page, indexes[best]):
        return None, None, None
    place = indexes[best]
    text = page.blocks[place].text
    return place, Labelled(clean_title(text), "title line", text), _subtitle(page.blocks, place)


def _is_of_interface(page: View, index: int) -> bool:
    """Tells whether a line is a label of the page and no headline: a few words, none of them the body's, above no byline."""
    text = page.blocks[index].text
    found = tokens(text)
    if len(found) > _LABEL_WORDS:
        return False
    if _WEATHER.search(text) or all(word in INTERFACE or word in TOPICS or word in _CONSENT for word in found):
        return True
    if text.lower() == text.upper():
        return False  # a script without capitals, most of which write without spaces, too
    named = [word for word in found if len(word) >= _MINOR or CJK.match(word)]
    above = any(page.dated[index + step] == 1 for step in (1, 2, 3))
    return not above and page.copies(text)[1] == 1 and page.body_words.isdisjoint(named)


def _subtitle(shown: list[Block], place: int) -> Optional[Labelled]:
    """The line under the title that was named so, or that is a clause without a full stop with prose below."""
    below = place + 1
    while below < len(shown) and line_words(shown[below].text) == line_words(shown[place].text):
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

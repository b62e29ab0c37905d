"""Says what kind of page a dump is, and how likely its body is right.

    judgement = judge_page(text, at, judged, kept, given)
    judgement.page_type, judgement.page_type_score, judgement.confidence

Two logistic models over some thirty numbers that are known once the lines are judged: how much is kept, how sure the networks are
of it, how the kept lines lie on the page, and what the rules named. They are trained on scores of networks that had not seen the
page (`python -m benchmarks.train_text_page_judge`), so the probabilities hold on new sites.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.schemas import reasons
from broadsheet.transforms.boilerplate.html.page_judge import ARTICLE, LEARNED, LIVE_BLOG, OTHER
from broadsheet.transforms.boilerplate.html.page_judge import Judgement as PageJudgement
from broadsheet.transforms.boilerplate.text.features import DIGIT, END, Lines
from broadsheet.transforms.boilerplate.text.model import Judgement

__all__ = ["LEARNED", "NUMBERS", "WEIGHTS", "judge_page", "page_numbers"]

Doubles = NDArray[np.float64]

WEIGHTS = Path(__file__).with_name("page_judge.json")

_LEAST_SCORE = 0.4
"""A kind that is less likely is not named, as for HTML."""

_PROSE_WORDS = 9
_SHORT_WORDS = 6
_EDGE_LINES = 3
_DOUBTFUL = 0.1
_CURRENCIES = "$€£¥"
_CODE = "{};"

_LIVE_TIMES, _LIVE_SHARE = 4, 0.25
"""A live blog has at least so many times between its paragraphs, and so many for each paragraph."""

_COUNTED = {
    "comments": (reasons.COMMENT, reasons.COMMENT_FORM),
    "dates": (reasons.DATE_LINE,),
    "teasers": (reasons.RELATED, reasons.READ_MORE),
    "menus": (reasons.NAVIGATION, reasons.SHARE, reasons.BREADCRUMB),
    "bylines": (reasons.BYLINE,),
    "notices": (reasons.DISCLAIMER, reasons.NEWSLETTER),
    "items": (reasons.LIST_ITEM, reasons.TABLE),
    "subheads": (reasons.SUBHEAD,),
}

NUMBERS = (
    "kept_words", "page_words", "kept_share", "kept_score", "doubtful_in", "doubtful_out", "runs", "span", "kept_good",
    "other_good", "paragraph_words", "best_score", "title_score", "short_kept", "lines", "first_place", "edge_in", "edge_out",
    "kept_digits", "questions", "prices", "code", "ends", "times_inside", "paragraphs", *_COUNTED,
)  # fmt: skip
_TIMES, _PARAGRAPHS = NUMBERS.index("times_inside"), NUMBERS.index("paragraphs")


def judge_page(text: str, at: Lines, judged: Judgement, kept: list[bool], given: list[str]) -> PageJudgement:
    """Judges a page whose lines have been judged.

    Args:
        text: The dump.
        at: Its lines that have text, as arrays.
        judged: How likely each is body and title.
        kept: Which of them are body; at least one is.
        given: The reason of each.
    """
    model = _load()
    numbers = page_numbers(text, at, judged, kept, given)
    live = is_live_blog(numbers)
    numbers = np.clip((numbers - model.centre) / model.deviation, -4, 4)
    confidence = float(1 / (1 + np.exp(-(numbers @ model.confidence + model.confidence_bias))))
    if live:
        return PageJudgement(LIVE_BLOG, confidence, confidence, 1.0)
    logits = numbers @ model.types + model.type_biases
    odds = np.exp(logits - logits.max())
    shares = odds / odds.sum()
    best = int(shares.argmax())
    share = float(shares[best])
    name = LEARNED[best] if share >= _LEAST_SCORE else OTHER
    return PageJudgement(name, share, confidence, float(shares[LEARNED.index(ARTICLE)]))


def is_live_blog(numbers: Doubles) -> bool:
    """Whether times are between the paragraphs of the body, as entries of a live blog begin; by numbers of `page_numbers`."""
    times, paragraphs = np.expm1(numbers[[_TIMES, _PARAGRAPHS]]).round().tolist()
    return bool(times >= _LIVE_TIMES and times >= _LIVE_SHARE * paragraphs)


def page_numbers(text: str, at: Lines, judged: Judgement, kept: list[bool], given: list[str]) -> Doubles:
    """Returns the numbers of `NUMBERS`; the arguments are those of `judge_page`."""
    body, scores, words = np.array(kept), judged.body, at.words
    places = np.flatnonzero(body)
    first, last = int(places[0]), int(places[-1])
    prose = (words >= _PROSE_WORDS) & (at.sentences > 0)
    doubtful = np.abs(scores - 0.5) < 0.5 - _DOUBTFUL
    own = words[body]
    inside, all_words = max(float(own.sum()), 1.0), max(float(words.sum()), 1.0)
    good, other = float(words[body & prose].sum()), float(words[prose & ~body].sum())
    paragraphs = int((body & prose).sum())
    counted = {reason: given.count(reason) for reasons_of in _COUNTED.values() for reason in reasons_of}
    times = sum(reason == reasons.DATE_LINE for reason in given[first:last])
    around = np.concatenate((scores[max(first - _EDGE_LINES, 0) : first], scores[last + 1 : last + 1 + _EDGE_LINES]))
    numbers = (
        np.log1p(inside), np.log1p(all_words), inside / all_words, float(scores[body] @ own) / inside,
        float(words[body & doubtful].sum()) / inside, min(float(words[~body & doubtful].sum()) / inside, 3.0),
        np.log1p(int((np.diff(places) > 1).sum())), len(places) / (last - first + 1), good / inside, min(other / inside, 5.0),
        good / max(paragraphs, 1), float(scores.max()), float(judged.title.max()), float((own < _SHORT_WORDS).sum()) / len(places),
        np.log1p(at.n), first / at.n, float(scores[[first, last]].min()), float(around.max(initial=0)),
        float(at.counts[body, DIGIT].sum()) / inside, np.log1p(int(at.question[body].sum())),
        np.log1p(sum(map(text.count, _CURRENCIES))), np.log1p(sum(map(text.count, _CODE))), float((at.last[body] == END).mean()),
        np.log1p(times), np.log1p(paragraphs),
        *(np.log1p(sum(map(counted.__getitem__, reasons_of))) for reasons_of in _COUNTED.values()),
    )  # fmt: skip
    return np.array(numbers, np.float64)


class _Model(NamedTuple):
    centre: Doubles
    deviation: Doubles
    confidence: Doubles
    confidence_bias: float
    types: Doubles
    """Shape (numbers, kinds)."""
    type_biases: Doubles


@cache
def _load() -> _Model:
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    if stored["numbers"] != list(NUMBERS) or stored["types_learned"] != list(LEARNED):
        raise ValueError(f"{WEIGHTS} was trained on other numbers: run python -m benchmarks.train_text_page_judge")
    centre, deviation, confidence, types, type_biases = (
        np.array(stored[name], np.float64) for name in ("centre", "deviation", "confidence", "types", "type_biases")
    )
    return _Model(centre, deviation, confidence, float(stored["confidence_bias"]), types, type_biases)

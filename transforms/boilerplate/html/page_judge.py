"""Estimates what kind of page a page of HTML is, and how likely its body is right.

    judgement = judge_page(blocks, values, scores, kept)
    judgement.page_type, judgement.page_type_score, judgement.confidence

Both are logistic models over some thirty numbers that are known once the blocks are judged: how much is kept, how sure the network
is of it, how the kept text lies on the page, and what the page's markup says it is. They are trained on scores of networks that had
not seen the page (`python -m benchmarks.train_page_judge`), so that the probabilities hold on new sites.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.transforms.boilerplate.html.blocks import LEAF, NAMED, TAG, Blocks
from broadsheet.transforms.boilerplate.html.features import NAMES

Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

WEIGHTS = Path(__file__).with_name("page_judge.json")

ARTICLE, LIVE_BLOG, OTHER = "article", "live_blog", "other"
LEARNED = (ARTICLE, "forum", "product", "listing", "documentation", "service")
"""The kinds that are learned from labelled pages; live blogs are known by a rule, and pages that resemble none are `other`."""
_LEAST_SCORE = 0.4
"""A kind that is less likely is not named."""

_WORDS, _LINKED, _GOOD, _BEST = (NAMES.index(name) for name in ("words", "link_density", "good", "in_best"))
_KINDS = {
    "says_article": ("newsarticle", "article", "blogposting", "reportagenewsarticle", "article:"),
    "says_product": ("product", "offer", "aggregateoffer", "productgroup", "og:product", "product.item"),
    "says_forum": ("discussionforumposting", "qapage", "question", "answer"),
    "says_listing": ("collectionpage", "itemlist", "searchresultspage", "offercatalog"),
    "says_service": ("localbusiness", "service", "faqpage", "professionalservice", "website"),
    "says_howto": ("techarticle", "howto", "softwareapplication", "apireference"),
}
_OTHER_KINDS = frozenset(("says_forum", "says_product", "says_listing"))
_CURRENCIES = "$€£¥"


class Judgement(NamedTuple):
    """What a page is taken for."""

    page_type: str
    page_type_score: float
    confidence: float
    """The probability that the body's F1 is 0.9 or more."""
    article_score: float
    """The probability that the page is an article or a live blog; 0 if its data say that it is something else."""


def judge_page(blocks: Blocks, values: Floats, scores: Floats, kept: Flags, is_live: bool, is_other: bool = False) -> Judgement:
    """Judges a page whose blocks have been judged.

    Args:
        blocks: Its blocks, without those that were set apart.
        values: Their features.
        scores: The network's scores.
        kept: Which of them are body.
        is_live: Whether the body is the entries of a live blog.
        is_other: Whether the network for pages that are not articles gave the scores. Only `confidence` holds then.
    """
    model = _load()
    numbers = (page_numbers(blocks, values, scores, kept, is_other) - model.centre) / model.deviation
    np.clip(numbers, -4, 4, out=numbers)
    confidence = float(1 / (1 + np.exp(-(numbers @ model.confidence + model.confidence_bias))))
    if is_live:
        return Judgement(LIVE_BLOG, confidence, confidence, 1.0)
    logits = numbers @ model.types + model.type_biases
    odds = np.exp(logits - logits.max())
    if declares_other(blocks):
        odds[LEARNED.index(ARTICLE)] = 0
    shares = odds / odds.sum()
    best = int(shares.argmax())
    name = LEARNED[best] if shares[best] >= _LEAST_SCORE else OTHER
    return Judgement(name, float(shares[best]), confidence, float(shares[LEARNED.index(ARTICLE)]))


def declares_other(blocks: Blocks) -> bool:
    """Returns whether the data of a page call it a forum, a product or a listing, and not an article.

    Of 1,419 labelled articles one does, of 242 pages that are not articles 58.
    """
    declared = {kind for kind, names in _KINDS.items() if any(name in blocks.declared for name in names)}
    return "says_article" not in declared and not _OTHER_KINDS.isdisjoint(declared)


NUMBERS = (
    "kept_words", "page_words", "kept_share", "kept_score", "doubtful_in", "doubtful_out", "runs", "span", "in_best",
    "kept_good", "kept_links", "kept_items", "kept_headings", "page_links", "page_blocks", "other_good", "h1", "headings",
    "pre", "quotes", "tables", "prices", "comments", "forms", "paragraph_words", "best_score", "title_words", "short_kept", *_KINDS,
    "is_other",
)  # fmt: skip


def page_numbers(blocks: Blocks, values: Floats, scores: Floats, kept: Flags, is_other: bool) -> Doubles:
    """Returns the numbers of `NUMBERS`; the arguments are those of `judge_page`."""
    words = values[:, _WORDS].astype(np.float64)
    linked = words * values[:, _LINKED]
    good = values[:, _GOOD] > 0
    all_words = max(float(words.sum()), 1.0)
    inside = max(float(words[kept].sum()), 1.0)
    places = np.flatnonzero(kept)
    span = (places[-1] - places[0] + 1) if len(places) else 1
    runs = int((np.diff(places) > 1).sum()) + 1 if len(places) else 0
    doubtful = np.minimum(scores, 1 - scores) > 0.1
    within = blocks.within[blocks.own]
    items, headings = (blocks.leaf & LEAF["li"]) > 0, (blocks.leaf & LEAF["heading"]) > 0
    longest = float(words[kept & good].mean()) if (kept & good).any() else 0.0
    numbers = (
        np.log1p(inside), np.log1p(all_words), inside / all_words, float((scores * words)[kept].sum()) / inside,
        float(words[kept & doubtful].sum()) / inside, min(float(words[~kept & doubtful].sum()) / inside, 3.0), np.log1p(runs),
        len(places) / span, float(words[kept & (values[:, _BEST] > 0)].sum()) / inside, float(words[kept & good].sum()) / inside,
        float(linked[kept].sum()) / inside, float(words[kept & items].sum()) / inside, np.log1p(int((kept & headings).sum())),
        float(linked.sum()) / all_words, np.log1p(len(words)), min(float(words[good & ~kept].sum()) / inside, 5.0),
        float((blocks.tag == TAG["h1"]).sum() == 1), np.log1p(int(headings.sum())),
        np.log1p(int(((blocks.leaf & LEAF["pre"]) > 0).sum())),
        float(((within & 1 << TAG["blockquote"]) > 0).any()), float(((within & 1 << TAG["td"]) > 0).mean()),
        np.log1p(sum(map(blocks.lowered.count, _CURRENCIES))),
        float(((blocks.around_named[blocks.own] & NAMED["comment"]) > 0).mean()),
        np.log1p(int(((within & (1 << TAG["form"] | 1 << TAG["button"])) > 0).sum())), longest, float(scores.max(initial=0)),
        float(values[:, NAMES.index("title_words_own")].max(initial=0)), float((kept & (words < 6)).sum()) / max(len(places), 1),
        *(float(any(name in blocks.declared for name in names)) for names in _KINDS.values()), float(is_other),
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
        raise ValueError(f"{WEIGHTS} was trained on other numbers: run python -m benchmarks.train_page_judge")
    centre, deviation, confidence, types, type_biases = (
        np.array(stored[name], np.float64) for name in ("centre", "deviation", "confidence", "types", "type_biases")
    )
    return _Model(centre, deviation, confidence, float(stored["confidence_bias"]), types, type_biases)

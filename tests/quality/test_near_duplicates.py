"""How well near duplicates are distinguished from other documents, on stories and reports of our own (`stories`) in seven
languages.

The floors are what was measured when they were set. `another lead, cut, a paragraph more` is the hardest: half of it is new.
"""

import random
from itertools import combinations

import pytest
from quality.stories import STORIES, reports, rewrites

from broadsheet.transforms.dedup.find_clusters import SIMILAR_FROM, Comparison, Signed
from broadsheet.transforms.dedup.minhash import likeness, normalized, signature

HARDEST = "another lead, cut, a paragraph more"
PRECISION_FLOOR, RECALL_FLOOR = 1.0, 0.88


def _likeness(one: str, other: str) -> float:
    signed = [signature(normalized(text)) for text in (one, other)]
    assert signed[0] is not None
    assert signed[1] is not None
    return likeness(signed[0], signed[1])


@pytest.mark.parametrize("language", STORIES)
def test_every_plain_rewrite_is_grouped_with_its_story(language: str) -> None:
    story = STORIES[language]
    shares = {how: _likeness(story.body, body) for how, body in rewrites(story) if how != HARDEST}
    assert {how: share for how, share in shares.items() if share < SIMILAR_FROM} == {}


@pytest.mark.parametrize("language", STORIES)
def test_another_story_of_the_same_event_is_not(language: str) -> None:
    assert _likeness(STORIES[language].body, STORIES[language].sibling) < SIMILAR_FROM / 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_reports_of_one_template_are_not(language: str) -> None:
    pairs = [_likeness(one, other) for one, other in combinations(reports(language), 2)]
    assert max(pairs) < SIMILAR_FROM


def _measured() -> tuple[float, float]:
    """Returns precision and recall of pairs over twenty orders in which the documents may come: who comes first leads."""
    texts = [
        (f"story {language}", text) for language, story in STORIES.items() for text in (story.body, *dict(rewrites(story)).values())
    ]
    texts += [(f"sibling {language}", story.sibling) for language, story in STORIES.items()]
    texts += [(f"report {language} {number}", text) for language in ("en", "zh") for number, text in enumerate(reports(language))]
    counts = {"right": 0, "found": 0, "wanted": 0}
    for seed in range(20):
        shuffled = random.Random(seed).sample(texts, len(texts))
        documents = [
            Signed(f"/{number:03d}", 0, f"{number:032x}", signature(normalized(text)) or b"")
            for number, (_, text) in enumerate(shuffled)
        ]
        joined, _ = Comparison(documents).groups()
        groups = [joined.get(document.doc_id, document.doc_id) for document in documents]
        for one, other in combinations(range(len(texts)), 2):
            wanted, found = shuffled[one][0] == shuffled[other][0], groups[one] == groups[other]
            counts["wanted"] += wanted
            counts["found"] += found
            counts["right"] += wanted and found
    return counts["right"] / counts["found"], counts["right"] / counts["wanted"]


def test_precision_and_recall_of_pairs_do_not_fall() -> None:
    precision, recall = _measured()
    print(f"precision {precision:.4f}, recall {recall:.4f}")
    assert precision >= PRECISION_FLOOR
    assert recall >= RECALL_FLOOR

"""The default backend on the labelled texts of dev.lang, beside langdetect as it is."""

from functools import cache
from typing import Any

import pytest

from benchmarks import bench, language
from broadsheet.transforms.language import backends, scripts
from broadsheet.transforms.language.guess import primary
from broadsheet.transforms.language.identify import SAMPLE, detect

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not bench.BENCH.exists(), reason="../shared is absent")]

FLOORS = {
    "word": 0.644,
    "pair": 0.828,
    "headline": 0.966,
    "capitals": 0.961,
    "sent": 0.989,
    "doc300": 0.997,
    "doc1000": 1.0,
    "udhr_para": 0.998,
}
"""What was reached on 2026-11-21, cut to a tenth of a percent."""


@cache
def texts() -> Any:
    return language.labelled()


@cache
def answers() -> Any:
    return [detect(text["text"]) for text in texts()]


@cache
def accuracy() -> Any:
    return language.accuracy(texts(), [answer.language for answer in answers()])


@cache
def langdetects() -> Any:
    """langdetect's own labels, asked in small letters where the text is in capitals."""
    reference = backends.get("langdetect")
    guesses = (
        reference.guess(text["text"][:SAMPLE].lower() if text["set"] == "capitals" else text["text"][:SAMPLE]) for text in texts()
    )
    return [guess.language if guess else "und" for guess in guesses]


@pytest.mark.parametrize("name", FLOORS)
def test_no_set_is_named_worse_than_its_floor(name: str) -> None:
    assert accuracy()[name] >= FLOORS[name]


@pytest.mark.parametrize("name", FLOORS)
def test_no_set_is_named_worse_than_by_langdetect(name: str) -> None:
    assert accuracy()[name] >= language.accuracy(texts(), langdetects())[name]


def test_from_300_characters_on_the_label_is_langdetects_unless_scripts_or_a_language_without_a_profile_say_otherwise() -> None:
    profiled = {primary(label) for label in langdetects()}
    different = [
        (text["id"], answer.language, label)
        for text, answer, label in zip(texts(), answers(), langdetects(), strict=True)
        if len(text["text"]) >= 300
        and answer.language in profiled
        and answer.language != label
        and not scripts.ruled(scripts.take(text["text"][:SAMPLE]))
    ]
    assert different == []


def test_all_traditional_chinese_is_chinese() -> None:
    traditional = [
        answer.language
        for text, answer in zip(texts(), answers(), strict=True)
        if text["language"] == "zh" and scripts.take(text["text"]).scripts.get("TRADITIONAL", 0)
    ]
    assert {primary(label) for label in traditional} == {"zh"}
    assert "zh-Hant" in traditional


def test_two_detectors_agree_on_known_languages_and_not_on_others() -> None:
    figures = language.agreement(texts(), answers())
    assert figures["known_agreed"] >= 0.97
    assert figures["unknown_passed"] <= 0.01


def test_a_vote_of_lines_finds_both_languages_of_a_mixed_page_and_invents_none() -> None:
    figures = language.mixed_pages(texts())
    assert figures["both_found"] >= 0.99
    assert figures["invented"] <= 0.01

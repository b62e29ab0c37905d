import itertools
from typing import Any

import pytest
from language.texts import BASQUE, SENTENCES

from broadsheet.transforms.language import backends
from broadsheet.transforms.language.guess import Guess

LONG = {name: text for name in SENTENCES if len(text := " ".join([SENTENCES[name]] * 4)) >= 300}


def guess(backend: str, text: str) -> Guess:
    """Returns what a backend says of a text that is in some language."""
    said = backends.get(backend).guess(text)
    assert said is not None
    return said


def interleaved(one: str, other: str) -> str:
    """Sixty words of each of two languages in turn: nobody can say which it is, and langdetect throws dice."""
    words = (itertools.islice(itertools.cycle(SENTENCES[name].split()), 60) for name in (one, other))
    return " ".join(word for pair in zip(*words, strict=True) for word in pair)


@pytest.mark.parametrize("pair", [("en", "de"), ("es", "pt"), ("ru", "uk"), ("cs", "pl"), ("bg", "ru")], ids="-".join)
def test_where_langdetect_throws_dice_fast_throws_the_same(pair: Any) -> None:
    text = interleaved(*pair)
    fast, langdetect = guess("fast", text), guess("langdetect", text)
    assert fast.language == langdetect.language
    assert fast.confidence == pytest.approx(langdetect.confidence, abs=1e-6)
    assert fast.confidence < 0.9


@pytest.mark.parametrize("text", [*LONG.values(), BASQUE], ids=[*LONG, "eu"])
def test_from_300_characters_on_the_label_is_langdetects(text: str) -> None:
    assert guess("fast", text).language == guess("langdetect", text).language


def test_a_word_is_less_sure_than_a_sentence() -> None:
    assert guess("fast", "regen").confidence < guess("fast", SENTENCES["de"]).confidence


def test_two_profiles_of_chinese_are_one_language() -> None:
    assert guess("fast", SENTENCES["zh"]).language == "zh"

import itertools

import pytest
from language.texts import BASQUE, SENTENCES

from broadsheet.transforms.language import backends

LONG = {name: text for name in SENTENCES if len(text := " ".join([SENTENCES[name]] * 4)) >= 300}


def interleaved(one, other):
    """Sixty words of each of two languages in turn: nobody can say which it is, and langdetect throws dice."""
    words = (itertools.islice(itertools.cycle(SENTENCES[name].split()), 60) for name in (one, other))
    return " ".join(word for pair in zip(*words, strict=True) for word in pair)


@pytest.mark.parametrize("pair", [("en", "de"), ("es", "pt"), ("ru", "uk"), ("cs", "pl"), ("bg", "ru")], ids="-".join)
def test_where_langdetect_throws_dice_fast_throws_the_same(pair):
    text = interleaved(*pair)
    fast, langdetect = backends.get("fast").guess(text), backends.get("langdetect").guess(text)
    assert fast.language == langdetect.language
    assert fast.confidence == pytest.approx(langdetect.confidence, abs=1e-6)
    assert fast.confidence < 0.9


@pytest.mark.parametrize("text", [*LONG.values(), BASQUE], ids=[*LONG, "eu"])
def test_from_300_characters_on_the_label_is_langdetects(text):
    assert backends.get("fast").guess(text).language == backends.get("langdetect").guess(text).language


def test_a_word_is_less_sure_than_a_sentence():
    fast = backends.get("fast")
    assert fast.guess("regen").confidence < fast.guess(SENTENCES["de"]).confidence


def test_two_profiles_of_chinese_are_one_language():
    assert backends.get("fast").guess(SENTENCES["zh"]).language == "zh"

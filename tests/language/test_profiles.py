import functools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from language.texts import BASQUE, SENTENCES, TRADITIONAL, UNPROFILED

from broadsheet.transforms.language import profiles

ODD = {
    "url": "Lies mehr auf https://example.org/bruecke?seite=2 und schreib uns.",
    "mail": "Schreib an redaktion@example.org, wenn du mehr weißt.",
    "capitals": "DIE BRÜCKE bleibt gesperrt, sagt der ADAC in München.",
    "latin quoted": "Городской совет и OpenStreetMap обновили карту моста и дорог вокруг него.",
    "decomposed": "Ho\u0323\u0302i đồng thành phố đã quyết định",
    "romanian commas": "Hotărârea a fost luată marți și știrea a făcut înconjurul orașului",
    "spaces": "  zwei  Worte \n\n und\tmehr ",
    "beyond the bmp": "ein 🎉 Fest 𐌰𐌱 im Dorf",
    "surrogate": "ein \ud800 Rest",
    "vietnamese letters against latin ones": "AA\u0436\u0301\u0301\u0301\u1ea1",
    "nul": "ein\x00Rest",
}


@functools.cache
def factory() -> Any:
    made = DetectorFactory()
    made.load_profile(PROFILES_DIRECTORY)
    return made


@functools.cache
def table() -> Any:
    return profiles.read()


def langdetects(text: str) -> Any:
    """The probabilities of langdetect's own n-grams of a text, one row each, its columns in our order."""
    detector = factory().create()
    detector.append(text)
    detector.cleaning_text()
    columns = [factory().langlist.index(name) for name in table().languages]
    grams = detector._extract_ngrams()
    return np.array([detector.word_lang_prob_map[gram] for gram in grams]).reshape(-1, len(columns))[:, columns]


def assert_same_ngrams(text: str) -> None:
    rows = table().rows(text)
    np.testing.assert_allclose(table().probabilities[rows[rows != 0]], langdetects(text), rtol=1e-6)


TEXTS = {**SENTENCES, **UNPROFILED, "zh-Hant": TRADITIONAL, "eu": BASQUE}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_has_langdetects_ngrams_in_langdetects_order(text: str) -> None:
    assert_same_ngrams(text)


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_an_odd_text_has_langdetects_ngrams(text: str) -> None:
    assert_same_ngrams(text)


@given(st.text(max_size=60))
def test_any_text_has_langdetects_ngrams(text: str) -> None:
    assert_same_ngrams(text)


@given(st.text(alphabet="aAéÉ жЖ中のか한ღ\u0301ạ.@:/ \n", max_size=40))
def test_any_mixture_of_scripts_has_langdetects_ngrams(text: str) -> None:
    assert_same_ngrams(text)


def test_every_ngram_of_every_profile_is_found() -> None:
    gram = profiles.read()
    rows = np.concatenate([gram.slots[gram.slots != 0], gram.others[:-1]]) & np.uint64((1 << 17) - 1)
    assert sorted(rows.tolist()) == list(range(1, len(gram.probabilities)))

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from language.texts import SENTENCES

from broadsheet.schemas.errors import ConfigError
from broadsheet.transforms.language import backends


@pytest.fixture(params=sorted(backends.BACKENDS), scope="module")
def backend(request: pytest.FixtureRequest) -> Any:
    try:
        return backends.get(request.param)
    except ConfigError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("language", SENTENCES)
def test_a_backend_names_the_language_of_a_sentence(backend: Any, language: str) -> None:
    guess = backend.guess(SENTENCES[language])
    assert guess.language == language
    assert 0.2 < guess.confidence <= 1.0


@pytest.mark.parametrize("text", ["", " ", "12 345", "\ud800\udfff", "\x00", "🎉🎉", "!" * 1000, "\x93So\x94", "\ufffe"], ids=ascii)
def test_a_backend_raises_on_no_text(backend: Any, text: str) -> None:
    guess = backend.guess(text)
    assert guess is None or 0 <= guess.confidence <= 1


@pytest.mark.parametrize("name", ["fast", "pycld2"])
@given(text=st.text(max_size=80))
def test_a_default_backend_answers_any_text_with_a_code_and_a_probability(name: str, text: str) -> None:
    guess = backends.get(name).guess(text)
    assert guess is None or (0 <= guess.confidence <= 1 and 2 <= len(guess.language) <= 3 and guess.language.islower())


def test_a_backend_gives_the_same_answer_in_every_thread(backend: Any) -> None:
    def answer(into: list[Any]) -> None:
        guesses = (backend.guess(text) for text in SENTENCES.values())
        into.extend((guess.language, round(guess.confidence, 6)) for guess in guesses)  # lingua adds up in any order

    answers: list[list[Any]] = [[] for _ in range(4)]
    threads = [threading.Thread(target=answer, args=(into,)) for into in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert len(answers[0]) == len(SENTENCES)


def test_a_backend_is_built_once_whichever_thread_comes_first() -> None:
    found = []
    threads = [threading.Thread(target=lambda: found.append(backends.get("langdetect"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(item) for item in found}) == 1


def test_an_unknown_backend_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(ConfigError, match=r"no language backend is called 'guesswork'; there are .*fast.*langdetect"):
        backends.get("guesswork")


def test_a_missing_package_is_named_with_the_extra_that_brings_it() -> None:
    with pytest.raises(ConfigError, match=r"broadsheet\[nowhere-to-be-found\]"):
        backends.required("nowhere_to_be_found", "nowhere-to-be-found")

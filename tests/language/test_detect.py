import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from language.texts import BASQUE, SENTENCES, TRADITIONAL, UNPROFILED

from broadsheet.schemas.records import Language, LanguageShare
from broadsheet.transforms.language.identify import DISPUTED, detect, load, same

UND = Language("und", 0.0)


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_is_named_and_agreed(language: str) -> None:
    found = detect(SENTENCES[language])
    assert (found.language, found.agreed) == (language, True)
    assert found.languages == [LanguageShare(language, 1.0)]


@pytest.mark.parametrize("language", UNPROFILED)
def test_a_script_without_profile_is_named_with_certainty(language: str) -> None:
    found = detect(UNPROFILED[language])
    assert (found.language, found.confidence, found.agreed) == (language, 1.0, True)


def test_traditional_chinese_has_a_name_of_its_own() -> None:
    found = detect(TRADITIONAL)
    assert (found.language, found.agreed) == ("zh-Hant", True)


@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "pl", "ru", "tr", "el"])
def test_capitals_are_read_as_small_letters(language: str) -> None:
    assert detect(SENTENCES[language].upper()).language == language


NOTHING = {
    "empty": "",
    "spaces": "  \n\t ",
    "digits": "2024-01-31 17:45 1.234,56",
    "emoji": "🎉🎊👍" * 50,
    "lone surrogates": "\ud800\udfff" * 20,
    "nul": "\x00" * 100,
    "two letters": "OK",
    "one letter, a million times": "a" * 1_000_000,
    "one kana, a million times": "あ" * 1_000_000,
    "two letters in turn": "ha" * 500,
    "historic script": "ᚠᚢᚦᚨᚱᚲᚷᚹᚺᚾ",
    "punctuation": "!?… — «»" * 30,
}


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_too_little_text_is_undetermined(text: str) -> None:
    assert detect(text) == UND


def test_a_single_word_of_a_script_of_its_own_is_enough() -> None:
    assert detect("ไม่").language == "th"
    assert detect("なぜ").language == "ja"


def test_only_the_first_thousand_characters_name_the_language() -> None:
    german = " ".join([SENTENCES["de"]] * 12)
    assert len(german) > 1000
    assert detect(german + " " + BASQUE * 20).language == "de"


def test_a_language_that_only_the_second_detector_knows_is_named_and_is_less_sure() -> None:
    found = detect(BASQUE)
    assert (found.language, found.agreed) == ("eu", True)
    assert found.confidence < detect(SENTENCES["de"]).confidence


def test_both_languages_of_a_mixed_page_are_shared_by_length() -> None:
    lines = [SENTENCES["de"]] * 3 + [SENTENCES["fr"]]
    found = detect("\n".join(lines))
    total = sum(map(len, lines))
    assert found.languages == [
        LanguageShare("de", 3 * len(SENTENCES["de"]) / total),
        LanguageShare("fr", len(SENTENCES["fr"]) / total),
    ]


def test_the_larger_share_comes_first_even_if_the_page_begins_otherwise() -> None:
    found = detect("\n".join([SENTENCES["en"]] * 9 + [SENTENCES["ru"]] * 30))
    assert [share.language for share in found.languages] == ["ru", "en"]


def test_short_lines_do_not_vote() -> None:
    found = detect(SENTENCES["de"] + "\n" + "Read more about this\n" * 10)
    assert found.languages == [LanguageShare("de", 1.0)]


def test_a_line_in_doubt_votes_for_the_body() -> None:
    noise = "Kpmw 4471 zzq-77 Dr. X. Y. Qvist / Trv. 12 Hllm Srl (BXQ) 9981-A, Grzt. Mbx 55"
    found = detect("\n".join([SENTENCES["en"]] * 3 + [noise]))
    assert found.languages == [LanguageShare("en", 1.0)]


@given(st.text(max_size=300))
def test_any_text_has_a_language_and_shares_that_add_up(text: str) -> None:
    found = detect(text)
    assert 0 <= found.confidence <= 1
    if found.language == "und":
        assert found == UND
    else:
        assert sum(share.share for share in found.languages) == pytest.approx(1)
        assert isinstance(found.agreed, bool)


@pytest.mark.parametrize(
    "unit",
    ["a", "ab ", "x@", "http://", "Ä\n", "\ud800", "abc" * 40 + "\n", "@-." * 30, "\u0301e"],
    ids=ascii,
)
def test_a_megabyte_takes_no_longer_than_its_beginning(unit: str) -> None:
    load()
    text = unit * (1_000_000 // len(unit))
    start = time.perf_counter()
    detect(text)
    assert time.perf_counter() - start < 1.0  # 10 ms on a quiet machine


def test_another_process_with_another_hash_seed_gives_the_same_answers() -> None:
    texts = [*SENTENCES.values(), *UNPROFILED.values(), TRADITIONAL, BASQUE, "\n".join(SENTENCES.values())]
    script = (
        "import json, sys; from broadsheet.transforms.language.identify import detect\n"
        "print(json.dumps([detect(text) for text in reversed(json.load(sys.stdin))]))"
    )
    other = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(texts),
        env={**os.environ, "PYTHONHASHSEED": "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(other.stdout) == json.loads(json.dumps([detect(text) for text in reversed(texts)]))


@pytest.mark.parametrize("pair", [("no", "nb"), ("hr", "bs"), ("zh", "zh-Hant"), ("id", "ms"), ("de", "de")], ids="-".join)
def test_codes_of_one_macrolanguage_count_as_one(pair: Any) -> None:
    assert same(*pair)


def test_different_languages_do_not_count_as_one() -> None:
    assert not same("cs", "sk")


@pytest.mark.parametrize("backend", ["langdetect", "pycld2"])
def test_each_backend_is_given_a_second_opinion(backend: str) -> None:
    found = detect(SENTENCES["de"], backend)
    assert (found.language, found.agreed) == ("de", True)


ZULU = (
    "Ikhansela lasemzini lithe izakhamuzi zizobuyela emakhaya azo ngesonto elizayo ngemuva kokuthi amanzi ehlile emfuleni. Abantu "
    "abaningi bebehlala esikoleni izinsuku eziyisikhombisa, futhi abafundi bazoqala ukufunda ngoMsombuluko ozayo."
)
NYNORSK = (
    "Kommunen seier at ferja ikkje går før over helga, og at dei som bur på øyane må ta den gamle vegen rundt fjorden. Me har "
    "venta "
    "på dette i mange år, seier ho som driv butikken, og no veit me ikkje kva me skal gjere."
)
SERBIAN = (
    "Opština je saopštila da će most biti otvoren sledeće nedelje, pošto su radnici popravili temelje koje je oštetila reka. "
    "Deca "
    "će u ponedeljak ponovo ići u školu, a trgovci se nadaju da će se kupci vratiti."
)


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        (ZULU, "zu", "zu"),
        (ZULU, None, "zu"),
        (NYNORSK, "nn-NO", "nn"),
        (SERBIAN, "sr", "sr-Latn"),
        (SERBIAN, "bs", "bs"),
    ],
    ids=["Zulu", "Zulu undeclared", "Nynorsk", "Serbian in Latin script", "Bosnian"],
)
def test_a_language_without_a_profile_is_named_by_the_second_detector_and_the_page(text: str, declared: str, expected: str) -> None:
    found = detect(text, declared=declared)
    assert found.language == expected
    assert found.agreed


def test_a_wrong_declaration_alone_decides_nothing() -> None:
    assert detect(NYNORSK, declared="en").language in ("nn", "no")
    assert detect(ZULU, declared="fr").language == "zu"


def test_detectors_that_differ_are_less_sure_than_detectors_that_agree() -> None:
    assert detect(SERBIAN).confidence > DISPUTED

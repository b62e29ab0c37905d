import pytest
from language.texts import SENTENCES, TRADITIONAL, UNPROFILED

from broadsheet.transforms.language import scripts


@pytest.mark.parametrize("language", UNPROFILED)
def test_a_script_of_one_language_names_it(language: str) -> None:
    assert scripts.ruled(scripts.take(UNPROFILED[language])) == language


@pytest.mark.parametrize("language", [name for name in SENTENCES if name != "zh"])
def test_a_script_of_several_languages_rules_nothing(language: str) -> None:
    assert scripts.ruled(scripts.take(SENTENCES[language])) is None


def test_chinese_is_traditional_by_the_characters_only_big5_has() -> None:
    assert scripts.ruled(scripts.take(TRADITIONAL)) == "zh-Hant"
    assert scripts.ruled(scripts.take(SENTENCES["zh"])) == "zh"


def test_a_quoted_kana_does_not_make_chinese_japanese() -> None:
    assert scripts.ruled(scripts.take(TRADITIONAL + "店名「の」。")) == "zh-Hant"


def test_ideographs_that_only_japan_writes_are_japanese_without_kana() -> None:
    assert scripts.ruled(scripts.take("東京駅前広場拡張工事発表")) == "ja"


def test_a_script_nobody_knows_is_undetermined() -> None:
    assert scripts.ruled(scripts.take("ᚠᚢᚦᚨᚱᚲᚷᚹᚺᚾᛁᛃ")) == "und"


def test_the_script_of_most_letters_decides() -> None:
    assert scripts.take("Tbilisi საქართველოს დედაქალაქი").script == "GEORGIAN"
    assert scripts.take("The capital of Georgia, თბილისი").script == "LATIN"


def test_east_asian_scripts_count_as_one() -> None:
    assert scripts.take("Beamパイプラインで処理").script == "EAST ASIAN"


def test_vowel_signs_count_as_letters() -> None:
    assert scripts.take("दिल्ली").letters == 6


@pytest.mark.parametrize("text", ["", "12:30 — 5 %", "🎉🎊", "\ud800", "\x00"], ids=repr)
def test_what_is_not_a_letter_is_not_counted(text: str) -> None:
    census = scripts.take(text)
    assert (census.letters, census.uppers, census.distinct, census.script) == (0, 0, 0, "")


def test_capitals_are_counted_in_any_alphabet() -> None:
    assert scripts.take("ABc ДЕж ΑΒγ 1").uppers == 6

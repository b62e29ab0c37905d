"""Repairing mojibake: the byte filter finds exactly what the character filter finds, and sound text is left alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.transforms.decode import mojibake

_CHARACTERS = st.sampled_from([*map(chr, range(0x20, 0x180)), *"€‚ƒ…†‡‰™ぁ漢é\ud800\U0001f600\n"])


@given(st.text(_CHARACTERS, max_size=40))
def test_the_filter_on_bytes_finds_what_the_one_on_characters_finds(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    found = [match[0].decode() for match in re.finditer(mojibake._MISREAD_BYTES, data)]
    assert found == re.findall(mojibake._MISREAD, text)


@pytest.mark.parametrize("text", ["plain", "Möwen über dem Deich", "鳥が帰る", ""], ids=["ascii", "german", "japanese", "empty"])
def test_sound_text_is_the_same_object(text: str) -> None:
    assert mojibake.mend(text) is text


def test_misread_lines_are_repaired_and_the_others_are_left() -> None:
    sound = "Möwen über dem Deich"
    misread = sound.encode().decode("windows-1252")
    assert mojibake.mend(f"{misread}\n{sound}\nplain") == f"{sound}\n{sound}\nplain"


@pytest.mark.parametrize(
    "around", ["<b>plain words</b> " * 400, "Möwen 鳥 über dem Deich. " * 200], ids=["ascii", "with sound letters"]
)
def test_misread_words_of_a_long_line_are_repaired_wherever_they_are(around: str) -> None:
    sound = "Wörter über Vögel – „schön“ "
    misread = "".join(word.encode().decode("windows-1252") if word.isalpha() else word for word in re.split(r"(\W)", sound))
    assert mojibake.mend(f"{misread}{around}{misread}{around}") == f"{sound}{around}{sound}{around}"


@given(st.text(_CHARACTERS, max_size=40), st.integers(1, 60))
def test_a_long_line_keeps_every_character_that_is_not_misread(text: str, times: int) -> None:
    line = text * times + "ö" * 1200
    assert "".join(mojibake._parts(line)) == line

"""Fast searches of a page's bytes find exactly what plain ones find."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.transforms.boilerplate.html.blocks import _around, _ints
from broadsheet.transforms.boilerplate.html.byte_search import WordSearch, grams_of, places_of
from broadsheet.transforms.boilerplate.html.site_talk import _TALKS, _possible


@pytest.mark.parametrize(("word", "at"), [(b"<ruby", 0), (b"badge", 2), (b"display", 5)], ids=["begin", "middle", "end"])
@given(st.lists(st.sampled_from(["<", "r", "uby", "ruby", "ba", "dg", "e", "dge", "display", "ay", "ö"]), max_size=30))
def test_a_word_is_found_wherever_it_begins(word: bytes, at: int, pieces: list[str]) -> None:
    data = "".join(pieces).encode()
    assert places_of(data, word, at).tolist() == [place for place in range(len(data)) if data.startswith(word, place)]


@given(st.lists(st.sampled_from(["article", "art", "icle", "img", "im", "maintext", "con", "tent", " ", "ö"]), max_size=30))
def test_words_are_found_in_one_pass_wherever_they_begin(pieces: list[str]) -> None:
    words = [b"article", b"content", b"img", b"main", b"maintext", b"text"]
    data = "".join(pieces).encode()
    places, numbers = WordSearch(words).search(data)
    expected = {(place, word) for place in range(len(data)) for word in words if data.startswith(word, place)}
    assert {(place, words[number]) for place, number in zip(places, numbers, strict=True)} == expected


STEMS = [stem for talk in _TALKS for stem in talk.strong]


@given(st.lists(st.sampled_from([*STEMS[::7], "coo", "kie", "the", " ", "ö", "條款"]), max_size=12))
def test_the_prefilter_of_stems_never_misses_one(pieces: list[str]) -> None:
    text = "".join(pieces)
    has = grams_of(text.encode())
    missed = [stem for talk in _TALKS for stem in set(talk.strong) - set(_possible(talk.strong, has)) if stem in text]
    assert missed == []


@pytest.mark.parametrize("stem", STEMS)
def test_every_stem_is_long_enough_for_the_prefilter(stem: str) -> None:
    assert len(stem.encode()) >= 4


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 7)), max_size=60))
def test_boxes_collect_what_the_boxes_around_them_have(drawn: list[tuple[int, int]]) -> None:
    parents, bits = [0], [0]
    for place, (parent, bit) in enumerate(drawn, start=1):
        parents.append(parent % place)
        bits.append(1 << bit)
    depth, together = _around(_ints(parents), _ints(bits))
    for box in range(len(parents)):
        around, above = bits[box], []
        up = box
        while up:
            above.append(up)
            up = parents[up]
            around |= bits[up]
        assert (int(depth[box]), int(together[box])) == (len(above), around)

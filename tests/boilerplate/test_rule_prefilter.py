"""The prefilter of line rules loses nothing: a page's lines are named as each line alone is."""

from collections.abc import Callable

import pytest

from broadsheet.transforms.boilerplate.text import chrome_words
from broadsheet.transforms.boilerplate.text.line_rules import chrome, name

_LISTS = (chrome_words.WHOLE, chrome_words.STARTS, chrome_words.INSIDE)
_ENTRIES = sorted(
    {entry for words in _LISTS for entries in words.values() for entry in entries}
    | set(chrome_words.HOME_WORDS | chrome_words.CREDIT_WORDS)
)


@pytest.mark.parametrize(
    "spelt", [str, str.upper, str.lower, str.title, str.casefold], ids=["as listed", "upper", "lower", "title", "case folded"]
)
@pytest.mark.parametrize(
    "shape", ["{}", "{}: the pier", "{} the pier", "the pier and {}"], ids=["alone", "label", "beginning", "end"]
)
def test_no_entry_of_a_word_list_is_lost(spelt: Callable[[str], str], shape: str) -> None:
    lines = [shape.format(spelt(entry)) for entry in _ENTRIES]
    verdicts = dict(zip(lines, name(lines), strict=True))
    assert {line: verdict for line, verdict in verdicts.items() if verdict != chrome(line)} == {}

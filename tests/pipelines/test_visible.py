"""What is shown of input on a terminal."""

import pytest

from broadsheet.pipelines.observe.terminal import visible


@pytest.mark.parametrize("text", ["می‌شود", "क्‍ष", "👩‍🚒", "naïve – 東京"], ids=["persian", "hindi", "emoji", "plain"])
def test_words_are_shown_as_they_are_spelt(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "a\u202eb", "a\u2066b", "a\x00b", "a\ud800b"], ids=["escape", "rlo", "lri", "nul", "lone"]
)
def test_what_a_terminal_would_obey_is_replaced(text: str) -> None:
    assert "\ufffd" in visible(text)
    assert set(visible(text)) <= set("ab[2J\ufffd")


def test_line_breaks_become_spaces() -> None:
    assert visible("a\n\tb") == "a  b"

"""Lists and tables are kept whole or not at all."""

import pytest

from broadsheet.schemas import reasons
from broadsheet.transforms.boilerplate.text.features import Lines
from broadsheet.transforms.boilerplate.text.list_runs import keep_between, keep_whole, may_begin_item, shape


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("• flour", "•"),
        ("- flour", "-"),
        ("3. flour", "number"),
        ("12) flour", "number"),
        ("Monday | 9 | 12", "2 cells"),
        ("-3 degrees", None),
        ("1961 was a dry year.", None),
        ("A sentence.", None),
        ("—", None),
    ],
)
def test_an_item_or_a_row_is_known_by_its_shape(line: str, expected: str | None) -> None:
    assert shape(line) == expected


@pytest.mark.parametrize(
    ("likely", "kept"),
    [([0.9, 0.2, 0.8], True), ([0.1, 0.6, 0.2], False)],
    ids=["most-are-body", "most-are-not"],
)
@pytest.mark.parametrize("mark", ["• {}", "Row {} | 3 | 4"], ids=["list", "table"])
def test_a_run_gets_one_verdict(mark: str, likely: list[float], kept: bool) -> None:
    lines = ["A paragraph.", *(mark.format(word) for word in ("one", "two", "three")), "Another."]
    body = [True, *(one >= 0.5 for one in likely), False]
    keep_whole(lines, may_begin_item(Lines(lines)), [None] * 5, body, [1.0, *likely, 0.0], 0.5)
    assert body == [True, kept, kept, kept, False]


@pytest.mark.parametrize("line", ["• one", "‣ one", "◦ one", "— one", "* one", "7. one", "Row | 1", "-3 degrees | 4"])
def test_no_item_or_row_escapes_the_search_by_arrays(line: str) -> None:
    assert shape(line)
    assert may_begin_item(Lines(["A paragraph.", line])) == [1]


def test_a_single_item_and_what_a_rule_has_named_stay_as_they_are() -> None:
    lines = ["• one", "A paragraph.", "• two", "• READ MORE", "• three"]
    body = [False, True, True, False, True]
    named = [None, None, None, reasons.READ_MORE, None]
    keep_whole(lines, may_begin_item(Lines(lines)), named, body, [0.9] * 5, 0.5)
    assert body == [False, True, True, False, True]


LONG = "The council published the figures on Monday, three days after the last of the votes from the outer islands had come in."


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        ("In figures|Party|Votes|Change|Harbour League|12,408|+3.1|Free Millers|9,977|-1.4|Greens|7,731|-1.7", True),
        ("Monday|11|3.5 h|Tuesday|9|3.0 h|Friday|14|4.25 h", True),
        ("Share|12|Save|3|Print", False),
        ("Harbour|Weather|Tides|Ferries|Shops|Letters", False),
    ],
    ids=["heading, names and rows", "rows alone", "two counters", "words alone"],
)
def test_a_table_with_a_cell_per_line_between_two_paragraphs_is_kept_whole(cells: str, kept: bool) -> None:
    lines = [LONG, *cells.split("|"), LONG]
    inner = len(lines) - 2
    body = [True, *[False] * inner, True]
    keep_between(lines, [20.0, *[2.0] * inner, 20.0], [None] * len(lines), body, [0.9, *[0.2] * inner, 0.9])
    assert body == [True, *[kept] * inner, True]

"""Tables of the basic plane say of each character what Python and the rules say of it alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np
import pytest

from broadsheet.transforms.character_tables import (
    PLANE,
    characters_between,
    characters_in,
    characters_of,
    characters_that,
)


@pytest.mark.parametrize("test", [str.isspace, str.isalnum, str.isupper])
def test_a_table_repeats_a_string_method(test: Callable[[str], bool]) -> None:
    assert characters_that(test).tolist() == [test(chr(code)) for code in range(PLANE)]


@pytest.mark.parametrize("wanted", [("Lu", "Lt"), ("L",), ("N",), ("Mn", "Mc"), ("Cc", "Cf", "Cs")])
def test_a_table_repeats_the_category(wanted: tuple[str, ...]) -> None:
    assert characters_of(*wanted).tolist() == [unicodedata.category(chr(code)).startswith(wanted) for code in range(PLANE)]


def test_both_ends_of_a_range_belong_to_it() -> None:
    assert np.flatnonzero(characters_between(((5, 7), (0xFFFE, 0xFFFF)))).tolist() == [5, 6, 7, 0xFFFE, 0xFFFF]


def test_only_the_characters_of_a_string_are_chosen() -> None:
    assert np.flatnonzero(characters_in("z。a")).tolist() == [0x61, 0x7A, 0x3002]

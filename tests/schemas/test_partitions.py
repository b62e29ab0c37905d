"""Partition values and their folders."""

from pathlib import PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet.schemas.partitions import (
    MAX_BYTES,
    NULL_PARTITION,
    escape,
    parse_partition_path,
    partition_path,
    safe_value,
    unescape,
)

_ANY_TEXT = st.text(st.characters(exclude_categories=[]))  # lone surrogates too
_HOSTILE = {
    "parent": "..",
    "parent's file": "../../etc/passwd",
    "absolute": "/etc/passwd",
    "two columns": "a/date=2024-01-01",
    "windows": "..\\..\\boot.ini",
    "escaped parent": "%2e%2e%2f",
    "null in name": "a\0/../b",
    "line break": "a\n../b",
    "null's name": NULL_PARTITION,
    "url": "https://example.com/?a=b#c",
    "glob": "*[a-z]?{x}",
    "long": "x" * 5000,
    "long and escaped": "/" * 5000,
    "long and wide": "新" * 5000,
    "right-to-left override": "\u202egro.elpmaxe",
}


@given(_ANY_TEXT)
@example("__HIVE_DEFAULT_PARTITION__")
@example("%5F_HIVE_DEFAULT_PARTITION__")
@example("a%2Fb")
def test_any_text_comes_back_from_its_folder(text: str) -> None:
    value = safe_value(text)
    if value is not None:
        key = {"source": value, "date": "2026-01-31"}
        assert parse_partition_path(partition_path(key)) == key


@given(_ANY_TEXT)
def test_a_safe_value_is_safe_already(text: str) -> None:
    value = safe_value(text)
    assert value is None or safe_value(value) == value


@given(_ANY_TEXT)
@example("新" * 200)
@example("/" * 200)
@example("\U0001f300" * 200 + "/" * 200)
def test_a_safe_value_fits_into_a_folders_name(text: str) -> None:
    value = safe_value(text)
    assert value is None or 0 < len(escape(value).encode()) <= MAX_BYTES


@given(st.text("ab", min_size=300, max_size=320), st.text("ab", min_size=1), st.text("ab", min_size=1))
def test_two_long_values_that_differ_at_their_ends_share_no_folder(start: str, one: str, other: str) -> None:
    assert (safe_value(start + one) == safe_value(start + other)) == (one == other)


@given(_ANY_TEXT)
def test_unescape_undoes_escape(text: str) -> None:
    assert unescape(escape(text)) == text


@pytest.mark.parametrize("value", _HOSTILE.values(), ids=_HOSTILE.keys())
def test_a_hostile_value_stays_one_folder_below_the_lake(value: str) -> None:
    safe = safe_value(value)
    if safe is None:
        return
    folder = PurePosixPath("/lake/documents") / partition_path({"source": safe})
    assert folder.parent == PurePosixPath("/lake/documents")
    assert ".." not in folder.parts


@pytest.mark.parametrize("value", ["", " ", ".", "..", "\0\x1f", "\ud800", "\u2028"], ids=repr)
def test_nothing_is_left_of_a_value_that_could_name_no_folder(value: str) -> None:
    assert safe_value(value) is None


@pytest.mark.parametrize("value", ["", ".", "..", "x" * 241, "/" * 81], ids=lambda value: f"{value[:3]!r} of {len(value)}")
def test_a_value_that_was_not_made_safe_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="cannot be a partition value"):
        partition_path({"source": value})


def test_null_and_its_name_are_two_folders() -> None:
    assert partition_path({"source": None}) != partition_path({"source": NULL_PARTITION})
    assert parse_partition_path(partition_path({"source": NULL_PARTITION})) == {"source": NULL_PARTITION}


@pytest.mark.parametrize("path", ["source", "=a", "source=a/2024", "source=a//date=b"])
def test_a_folder_that_is_not_a_partition_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="is not a partition folder"):
        parse_partition_path(path)


def test_white_space_and_controls_make_no_second_source() -> None:
    assert safe_value(" The\u00a0Harbour\tCourier\n") == "The Harbour Courier"
    assert safe_value("Cafe\u0301") == safe_value("Café")

"""A signature is the body's alone, and two signatures agree as far as their bodies do."""

import random

import pytest

from broadsheet.transforms.dedup.minhash import BINS, RUN, SHORTEST, likeness, normalized, signature

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _letters(seed: int, count: int) -> bytes:
    return "".join(random.Random(seed).choices(_LETTERS, k=count)).encode()


def _signed(folded: bytes) -> bytes:
    made = signature(folded)
    assert made is not None
    return made


def test_a_signature_is_the_same_on_every_machine() -> None:
    assert _signed(b"the pier is closed " * 20).hex()[:32] == "d2ad8863441ffad5b08b66411cf7d2ad"
    assert len(_signed(_letters(1, SHORTEST))) == BINS


def test_a_body_of_fewer_bytes_than_needed_has_none() -> None:
    assert signature(_letters(1, SHORTEST - 1)) is None
    assert signature(b"") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("The pier\nis closed. ", "the  PIER — is closed!"), ("守塔人。今天", "守塔人 今天"), ("Straße ", "STRASSE\n")],
    ids=["english", "chinese", "german"],
)
def test_how_a_text_is_set_does_not_change_its_signature(one: str, other: str) -> None:
    assert signature(normalized(one * 60)) == signature(normalized(other * 60)) is not None


@pytest.mark.parametrize("size", [300, 3_000, 60_000])
@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_likeness_is_the_share_of_runs_in_common(size: int, share: float) -> None:
    """The mean of 30 pairs; the true Jaccard index is counted, and an estimate from 128 bins is off by 0.05 at most so."""
    off = 0.0
    for seed in range(30):
        common = _letters(seed, int(size * share))
        one, other = common + _letters(1000 + seed, size - len(common)), common + _letters(2000 + seed, size - len(common))
        runs = [{text[i : i + RUN] for i in range(len(text) - RUN + 1)} for text in (one, other)]
        off += likeness(_signed(one), _signed(other)) - len(runs[0] & runs[1]) / len(runs[0] | runs[1])
    assert abs(off / 30) < 0.05


def test_likeness_depends_on_where_words_are() -> None:
    story = normalized(
        "The council voted on Monday to close the old pier for the winter, and to mend it before the first ferry of spring. " * 4
    )
    assert likeness(_signed(story), _signed(story)) == 1.0
    assert (
        likeness(
            _signed(story),
            _signed(normalized("Nothing of this was in the minutes of the harbour office at all, said a clerk. " * 4)),
        )
        < 0.05
    )

"""Groups of nearly equal documents are those of comparing all with all, however the documents are cut into batches."""

import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.transforms.dedup.find_clusters import SIMILAR_FROM, Comparison, Signed, band_keys, in_order
from broadsheet.transforms.dedup.minhash import BINS
from broadsheet.transforms.lake.index.near_duplicate_index import Leaders, signatures_of


def _near(rng: random.Random, signature: bytes, equal: int) -> bytes:
    """Returns a signature that has some bytes in common with another."""
    changed = bytearray(signature)
    for place in rng.sample(range(BINS), BINS - equal):
        changed[place] ^= rng.randrange(1, 256)
    return bytes(changed)


def _documents(seed: int, count: int, families: int) -> list[Signed]:
    """Returns documents of a few families: each is near to one of the family before, more or less."""
    rng = random.Random(seed)
    heads = [rng.randbytes(BINS) for _ in range(families)]
    made = []
    for number in range(count):
        family = rng.randrange(families)
        signature = _near(rng, heads[family], rng.randrange(20, BINS + 1))
        if rng.random() < 0.2:
            heads[family] = signature
        made.append(Signed(f"/pages/{number:04d}.txt", 0, f"{rng.getrandbits(128):032x}", signature))
    return made


def _slowly(documents: list[Signed]) -> dict[str, str]:
    """Returns the groups as the docstring of `dedup.find_clusters` has them: each with every leader so far that shares a band."""
    leaders: list[Signed] = []
    joined = {}
    for document in documents:
        keys = set(band_keys(signatures_of([document.signature]))[0].tolist())
        alike = [
            (-sum(a == b for a, b in zip(document.signature, leader.signature, strict=True)), leader.doc_id)
            for leader in leaders
            if keys & set(band_keys(signatures_of([leader.signature]))[0].tolist())
        ]
        best = min([pair for pair in alike if (-pair[0] / BINS - 1 / 256) / (1 - 1 / 256) >= SIMILAR_FROM], default=None)
        if best is None:
            leaders.append(document)
        else:
            joined[document.doc_id] = best[1]
    return joined


def _in_batches(documents: list[Signed], size: int) -> dict[str, str]:
    """Returns the groups where the documents come a batch at a time, each batch seeing the leaders of those before."""
    lake: list[Leaders] = []
    joined: dict[str, str] = {}
    for start in range(0, len(documents), size):
        comparison = Comparison(documents[start : start + size])
        for leaders in reversed(lake):
            comparison.see(leaders)
        found, leaders = comparison.groups()
        joined.update(found)
        lake.append(leaders)
    return joined


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), families=st.integers(1, 12), size=st.sampled_from([1, 7, 60]))
def test_groups_are_those_of_comparing_all_with_all_in_any_batches(seed: int, families: int, size: int) -> None:
    documents = _documents(seed, 60, families)
    assert _in_batches(documents, size) == _slowly(documents)


def test_the_documents_of_a_group_are_like_its_first() -> None:
    documents = _documents(3, 300, 5)
    signatures = {item.doc_id: np.frombuffer(item.signature, np.uint8) for item in documents}
    joined = _in_batches(documents, 300)
    assert len(joined) > 100
    equal = [np.count_nonzero(signatures[doc_id] == signatures[leader]) for doc_id, leader in joined.items()]
    assert min(equal) / BINS >= SIMILAR_FROM
    assert not set(joined) & set(joined.values()), "a document that leads a group is in no other"


def test_a_document_that_leads_a_group_in_the_lake_does_not_lead_another() -> None:
    (document,) = _documents(1, 1, 1)
    comparison = Comparison([document])
    comparison.see(Leaders(np.array([document.doc_id.encode()], "S32"), signatures_of([document.signature])))
    joined, leaders = comparison.groups()
    assert (joined, len(leaders.doc_ids)) == ({}, 0)


@pytest.mark.parametrize("shuffled", [sorted, lambda items: sorted(items, reverse=True)], ids=["as they come", "backwards"])
def test_of_one_identifier_the_first_by_uri_and_record_counts(shuffled: Callable[[list[Signed]], list[Signed]]) -> None:
    items = [Signed("/a", 10, "1", b"x"), Signed("/a", 9, "2", b"y"), Signed("/b", 0, "2", b"y")]
    assert in_order(shuffled(items)) == [items[1], items[0]]


def test_many_documents_in_one_band_are_compared_in_bounded_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand copies against a hundred leaders that share a band: 100,000 pairs, a thousand at a time."""
    monkeypatch.setattr("broadsheet.transforms.dedup.find_clusters._PAIRS", 1000)
    rng = random.Random(5)
    head = rng.randbytes(BINS)
    leaders = [head[:3] + rng.randbytes(BINS - 3) for _ in range(99)] + [_near(rng, head, 100)]
    comparison = Comparison([Signed(f"/{n:04d}", 0, f"{n:032x}", head) for n in range(1000)])
    comparison.see(Leaders(np.array([f"{n + 5000:032x}".encode() for n in range(100)], "S32"), signatures_of(leaders)))
    joined, new = comparison.groups()
    assert set(joined.values()) == {f"{5099:032x}"}
    assert (len(joined), len(new.doc_ids)) == (1000, 0)

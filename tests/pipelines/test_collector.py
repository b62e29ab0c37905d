"""The collector of cycles looks seldom while a batch runs, and as before afterwards."""

from __future__ import annotations

import gc

import pytest

from broadsheet.pipelines.ingest.gc_tuning import seldom


def _looks() -> int:
    return sum(generation["collections"] for generation in gc.get_stats())


def test_many_small_records_bring_no_look_for_cycles() -> None:
    with seldom():
        before = _looks()
        records = [[number] for number in range(10_000)]
        assert _looks() == before
    assert len(records) == 10_000


def test_afterwards_the_collector_is_as_it_was_even_if_the_batch_failed() -> None:
    usual, frozen = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(RuntimeError), seldom():
        raise RuntimeError("the runner gave up")
    assert (gc.get_threshold(), gc.get_freeze_count()) == (usual, frozen)


def test_cycles_are_still_collected_within() -> None:
    with seldom():
        before = _looks()
        for _ in range(60_000):
            ring: list[object] = []
            ring.append(ring)
        assert _looks() > before

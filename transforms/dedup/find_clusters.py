"""Gives near duplicates, such as reposts and rewrites of one agency story, the same `cluster_id`.

Documents are taken in order of uri and record. Each is compared with the *leaders* so far, the earliest documents of their groups,
in the lake and in the batch. It joins the most similar leader if their similarity is at least `SIMILAR_FROM`; otherwise it leads a
new group. So each document of a group is similar to its earliest one, and no chain of small changes can drift away. The result does
not depend on how the inputs are cut into batches, as long as they come in the same order. The lake is searched at the snapshot of
the batch's plan, so a repeated batch gives the same result.

Banding [1] avoids comparing all with all: a signature is cut into 42 bands of three bytes, and only documents that share a whole
band are compared. Of pairs with a similarity of 0.4, 94 % share a band; of pairs with 0.5, 99.6 %; of unrelated pairs, 1 in 60,000.

[1] Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np
from apache_beam.metrics import Metrics
from numpy.typing import NDArray

from broadsheet.schemas.records import Document
from broadsheet.schemas.tables import DOCUMENTS
from broadsheet.transforms.coders import register_coders
from broadsheet.transforms.dedup.minhash import BINS
from broadsheet.transforms.lake.index.near_duplicate_index import Leaders, read_leaders, signatures_of, write_leaders
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.stream_batches import StreamBatches, batch_of, version_of

SIMILAR_FROM = 0.4
"""Similarity from which two bodies are near duplicates. A story cut to half has 0.5. Of 997 bodies of labelled pages, 25 pairs
are above 0.4. Of the doubtful ones, four are one story and two are short notices in the same words (docs/decisions/0009)."""
_NEEDED = int(np.ceil((SIMILAR_FROM * (1 - 1 / 256) + 1 / 256) * BINS))
"""`SIMILAR_FROM` as a number of equal bytes of two signatures: 52."""

_ROWS = 3
"""Bytes per band. With four, one in seven stories that were cut to half would never be compared."""
_BANDS = BINS // _ROWS
_SLOTS = 24
"""Bits of the table that says which bands cannot be in the batch: 16 MB; 3 % false positives for a batch of 12,000 documents."""
_MIX = np.uint32(0x9E3779B1)
_PAIRS = 500_000
"""Pairs compared at a time: 130 MB."""

Keys = NDArray[np.uint32]


class Signed(NamedTuple):
    """The part of a document that decides its group."""

    uri: str
    record: int
    doc_id: str
    signature: bytes


def band_keys(signatures: NDArray[np.uint8]) -> Keys:
    """Returns the bands of signatures as numbers, with the ordinal of the band in the highest byte: shape (n, 42)."""
    ordinals = np.arange(_BANDS, dtype=np.uint32) << np.uint32(24)
    overlapping = np.ndarray((len(signatures), _BANDS), "<u4", np.ascontiguousarray(signatures), strides=(BINS, _ROWS))
    return overlapping & np.uint32(0xFFFFFF) | ordinals  # each number has a byte of the next band on top


class Comparison:
    """Compares the documents of a batch with the leaders in the lake, and keeps the most similar of each.

    Args:
        documents: In order of uri and record, each identifier once.
    """

    def __init__(self, documents: Sequence[Signed]) -> None:
        self.doc_ids = np.array([item.doc_id.encode() for item in documents], "S32")
        self.signatures = signatures_of([item.signature for item in documents])
        self._keys = band_keys(self.signatures)
        self._equal = np.zeros(len(documents), np.int64)
        self._leader = np.zeros(len(documents), "S32")
        order = np.argsort(self._keys, axis=None, kind="stable")
        self._owners = (order // _BANDS).astype(np.int64)
        self._known, self._starts = np.unique(self._keys.ravel()[order], return_index=True)
        self._counts = np.diff(np.append(self._starts, len(order)))
        self._shared = np.zeros(self._keys.shape, np.bool_)
        self._shared.ravel()[order] = np.repeat(self._counts > 1, self._counts)
        self._table = np.zeros(1 << _SLOTS, np.bool_)
        self._table[_slots(self._known)] = True

    def see(self, leaders: Leaders) -> None:
        """Compares all documents with some of the leaders in the lake."""
        keys = band_keys(leaders.signatures).ravel()
        possible = np.flatnonzero(self._table.take(_slots(keys)))
        wanted, rows = keys[possible], possible // _BANDS
        found = np.minimum(np.searchsorted(self._known, wanted), len(self._known) - 1)
        hit = self._known[found] == wanted
        rows, found = rows[hit], found[hit]
        ends = np.cumsum(self._counts[found])
        start = 0
        while start < len(rows):
            stop = max(start + 1, int(np.searchsorted(ends, (ends[start - 1] if start else 0) + _PAIRS)))
            self._compare(leaders, rows[start:stop], found[start:stop])
            start = stop

    def _compare(self, leaders: Leaders, rows: NDArray[np.int64], found: NDArray[np.int64]) -> None:
        """Compares leaders with the documents that share a band with them, and keeps the most similar."""
        counts = self._counts[found]
        firsts = np.repeat(self._starts[found] - np.append(0, np.cumsum(counts)[:-1]), counts)
        mine = self._owners[firsts + np.arange(len(firsts))]
        pairs = np.unique(mine * len(leaders.doc_ids) + np.repeat(rows, counts))
        mine, theirs = np.divmod(pairs, len(leaders.doc_ids))
        equal = np.count_nonzero(self.signatures[mine] == leaders.signatures[theirs], axis=1)
        enough = equal >= _NEEDED
        for index, other, value in zip(mine[enough].tolist(), theirs[enough].tolist(), equal[enough].tolist(), strict=True):
            if (-value, leaders.doc_ids[other]) < (-self._equal[index], self._leader[index]):
                self._equal[index], self._leader[index] = value, leaders.doc_ids[other]

    def groups(self) -> tuple[dict[str, str], Leaders]:
        """Returns the documents that joined a leader, with its identifier, and the new leaders."""
        band_to_leaders: dict[int, list[int]] = {}
        joined: dict[str, str] = {}
        leading: list[int] = []
        for index, doc_id in enumerate(self.doc_ids.tolist()):
            keys = self._keys[index][self._shared[index]].tolist()  # nothing else has this band
            best = (-int(self._equal[index]), self._leader[index])
            near = {other for key in keys for other in band_to_leaders.get(key, ())}
            for other in near:
                equal = int(np.count_nonzero(self.signatures[index] == self.signatures[other]))
                if equal >= _NEEDED:
                    best = min(best, (-equal, self.doc_ids[other]))
            if best[0]:
                if best[1] != doc_id:
                    joined[doc_id.decode()] = best[1].decode()
                continue
            leading.append(index)
            for key in keys:
                band_to_leaders.setdefault(key, []).append(index)
        return joined, Leaders(self.doc_ids[leading], self.signatures[leading])


def _slots(keys: Keys) -> Keys:
    return keys * _MIX >> np.uint32(32 - _SLOTS)


def in_order(signed: Iterable[Signed]) -> list[Signed]:
    """Returns documents in order of uri and record, the first one of each identifier."""
    first: dict[str, Signed] = {}
    for item in sorted(signed):
        first.setdefault(item.doc_id, item)
    return list(first.values())


def _signed(document: Document) -> Iterator[tuple[int, tuple[str, int, str, bytes]]]:
    if document.signature is not None:
        yield 0, (document.uri, document.record, document.doc_id, document.signature)


class _FindClustersFn(beam.DoFn):
    """Maps all signatures of a batch, with one key, to (identifier, leader's identifier) of those that join a leader."""

    def __init__(self, lake: Lake, batch: str | StreamBatches, version: int | StreamBatches) -> None:
        self._lake = lake
        self._batch = batch
        self._version = version
        self._joined = Metrics.counter("clusters", "documents_joined")
        self._leading = Metrics.counter("clusters", "documents_leading")

    def process(
        self, element: tuple[int, Iterable[tuple[str, int, str, bytes]]], window: Any = beam.DoFn.WindowParam
    ) -> Iterator[tuple[str, str]]:
        batch_id, version = batch_of(self._batch, window), version_of(self._version, DOCUMENTS, window)
        if batch_id is None or version is None:
            return
        comparison = Comparison(in_order(Signed(*item) for item in element[1]))
        read_leaders(self._lake, version, comparison.see)
        joined, leaders = comparison.groups()
        if len(leaders.doc_ids):
            write_leaders(self._lake, batch_id, leaders)
        self._joined.inc(len(joined))
        self._leading.inc(len(leaders.doc_ids))
        yield from joined.items()


class FindClusters(beam.PTransform):
    """Maps `Document`s to (`doc_id`, `cluster_id`) of those that join a group; all others lead one.

    Counters: `clusters/documents_joined`, `clusters/documents_leading`.

    Args:
        lake: The lake that may already hold their leaders.
        batch: The batch whose leaders are recorded, or the batches of a stream.
        version: The snapshot of `documents` to search, or the batches of a stream.
    """

    def __init__(self, lake: Lake, batch: str | StreamBatches, version: int | StreamBatches) -> None:
        super().__init__()
        self._lake = lake
        self._batch = batch
        self._version = version

    def expand(self, documents: beam.PCollection) -> beam.PCollection:
        register_coders()
        return (
            documents
            | "TakeSignatures" >> beam.FlatMap(_signed).with_output_types(tuple[int, tuple[str, int, str, bytes]])
            | "GroupSignatures" >> beam.GroupByKey()
            | "AssignClusters"
            >> beam.ParDo(_FindClustersFn(self._lake, self._batch, self._version)).with_output_types(tuple[str, str])
        )

"""Learns the lexicon (`boilerplate.text.lexicon`): how much more often each entry is in bodies than elsewhere."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.text_pages import Described
from broadsheet.transforms.boilerplate.text.lexicon import CELL_BITS, STEP, address

LEAST_DOMAINS = 4
"""Domains on which an entry must be at least."""

_WHOLE_SAY = 3
"""A domain has its whole say on an entry from so many lines on."""


class _Count(NamedTuple):
    entry: NDArray[np.int64]
    share: NDArray[np.float64]
    """Its share of each entry that is in bodies, times its weight."""
    say: NDArray[np.float64]


class Counts:
    """How often each entry is in bodies and elsewhere, by domain."""

    def __init__(self, pages: list[Described]) -> None:
        self.hashes = np.unique(np.concatenate([page.hashes for page in pages]))
        by_domain: dict[str, list[Described]] = defaultdict(list)
        for page in pages:
            by_domain[page.page.domains[0]].append(page)
        self.domains = {domain: self._count(members) for domain, members in by_domain.items()}

    def index(self, page: Described) -> NDArray[np.int64]:
        """The number of each of a page's entries; -1 for those that no counted page has."""
        near = np.minimum(np.searchsorted(self.hashes, page.hashes), len(self.hashes) - 1)
        return np.where(self.hashes[near] == page.hashes, near, -1)

    def _count(self, pages: list[Described]) -> _Count:
        found, truth = [], []
        for page in pages:
            once = np.unique(np.stack((self.index(page), page.hash_line)), axis=1)
            found.append(once[0])
            truth.append(page.page.body[once[1]])
        entry, where = np.unique(np.concatenate(found), return_inverse=True)
        times = np.bincount(where)
        say = np.minimum(times, _WHOLE_SAY) / _WHOLE_SAY
        return _Count(entry, np.bincount(where, np.concatenate(truth)) / times * say, say)


class Leanings:
    """The leaning of each entry, learned from some domains.

    Args:
        counts: What is known of all domains.
        domains: Which of them may be learned from.
    """

    def __init__(self, counts: Counts, domains: list[str]) -> None:
        self._counts = counts
        self._learned = frozenset(domains)
        size = len(counts.hashes)
        self._body, self._all, self._domains = np.zeros(size), np.zeros(size), np.zeros(size, np.int64)
        for domain in domains:
            self._add(counts.domains[domain], 1)
        shared = self._domains >= LEAST_DOMAINS
        self._usual = float(self._body[shared].sum() / self._all[shared].sum())
        self.values = self._lean(np.arange(size))

    def _add(self, count: _Count, sign: int) -> None:
        self._body[count.entry] += sign * count.share
        self._all[count.entry] += sign * count.say
        self._domains[count.entry] += sign

    def _lean(self, entry: NDArray[np.int64]) -> NDArray[np.float32]:
        body, all_, usual = self._body[entry], self._all[entry], self._usual
        odds = np.log((np.maximum(body, 0) + usual) / (np.maximum(all_ - body, 0) + 1 - usual)) - np.log(usual / (1 - usual))
        rounded = np.clip(np.round(odds * STEP), -127, 127) / STEP
        return np.where(self._domains[entry] >= LEAST_DOMAINS, rounded, 0).astype(np.float32)

    def columns(self, page: Described, without: tuple[str, ...] = ()) -> NDArray[np.float32]:
        """The lexicon's columns for a page.

        Args:
            page: The page.
            without: Domains to forget for the while: a page to learn from must not recognise its own words.
        """
        counts = [self._counts.domains[domain] for domain in without if domain in self._learned]
        for count in counts:
            self._add(count, -1)
        index = self._counts.index(page)
        found = page.columns(np.where(index >= 0, self._lean(index), np.float32(0)))
        for count in counts:
            self._add(count, 1)
        return found

    def tables(self) -> tuple[NDArray[np.int8], NDArray[np.uint8]]:
        """The tables of `Lexicon`; of two entries in one cell the stronger stays."""
        cells, checks = np.zeros(1 << CELL_BITS, np.int8), np.zeros(1 << CELL_BITS, np.uint8)
        known = np.flatnonzero(self.values)
        known = known[np.argsort(np.abs(self.values[known]), kind="stable")]
        cell, check = address(self._counts.hashes[known])
        cells[cell] = np.round(self.values[known] * STEP).astype(np.int8)
        checks[cell] = check
        return cells, checks

"""Arrivals: what is new among watched inputs, files and topics, turn by turn."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple, Optional

import pyarrow as pa

from broadsheet.pipelines.inputs.ledger import Ledger, as_table
from broadsheet.pipelines.inputs.manifest import apply_manifest
from broadsheet.pipelines.inputs.match_inputs import ALL_NAMES, NameFilter, match_inputs, may_fill
from broadsheet.pipelines.inputs.stable_files import at_rest
from broadsheet.pipelines.inputs.topics import Topics
from broadsheet.transforms.lake.protocol.files import Lake


class Watched(NamedTuple):
    """Which files are watched, and when one is whole."""

    paths: Sequence[str]
    manifest: Optional[str] = None
    rest_s: float = 1.0
    """How long a file must stay as it is. Half a second is what NFS caches attributes for at least (acregmin is 3 s by default:
    over NFS name more, or use markers)."""
    done: str = ""
    """What markers beside whole files end in, "" for none."""
    names: NameFilter = ALL_NAMES


class Arrivals:
    """Finds new inputs. It keeps the ledger between polls, and nothing else: a poll that fails has no effect here.

    Args:
        lake: Whose ledger says what is known.
        watched: What to look at.
        pause: Waits so many seconds, or less if the watch is ended.
        topics: The topics among the inputs, if there are any.
    """

    def __init__(self, lake: Lake, watched: Watched, pause: Callable[[float], None], topics: Topics | None = None) -> None:
        self._lake = lake
        self._watched = watched
        self._pause = pause
        self._topics = topics
        self._ledger = Ledger(lake)
        self._files = as_table([])

    def look(self) -> None:
        """Lists what there is and waits for fresh files to rest; before the lake's lock is taken, for it takes its time.

        Raises:
            ConfigError: A path does not exist, or a manifest cannot be read.
        """
        exclude = [self._lake.root, *([self._watched.manifest] if self._watched.manifest else [])]
        optional = {path: 0 for path in self._watched.paths if may_fill(path)}
        since = time.time()
        matched = as_table(match_inputs(self._watched.paths, Counter(), exclude, optional, self._watched.names))
        if self._watched.manifest:
            matched = apply_manifest(matched, self._watched.manifest)
        self._ledger.refresh()
        self._files = at_rest(self._ledger.find_new(matched), since, self._watched.rest_s, self._watched.done, self._pause)

    def find_new(self) -> pa.Table:
        """Returns what is new, the oldest first; under the lake's lock, for another writer may have been there since `look`."""
        self._ledger.refresh()
        files = self._ledger.find_new(self._files)
        if not self._topics:
            return files
        ranges = as_table(self._topics.find_new(self._ledger.positions))
        return pa.concat_tables([files, ranges]).sort_by([("modified_us", "ascending"), ("uri", "ascending")])

    @property
    def is_behind(self) -> bool:
        """Whether the last look left messages for a later one, because they were too many for a batch."""
        return bool(self._topics and self._topics.behind)

    def find_lags(self) -> dict[str, int]:
        """Returns how many offsets wait in each partition."""
        if not self._topics:
            return {}
        self._ledger.refresh()
        return self._topics.find_lags(self._ledger.positions)

    def commit_group(self) -> None:
        """Commits to the brokers how far the lake has read."""
        if self._topics:
            self._ledger.refresh()
            self._topics.commit_group(self._ledger.positions)

"""Maps a record to its batch: fixed in bounded runs, by window in a stream.

A step that needs its batch takes the batch's identifier (or the version of the table that it looks into), or `StreamBatches`, which
asks the lake: the plan of each batch of a stream names its window. A window without a plan is over. Its records are in the lake, or
their inputs are new again. So a runner that returns to a checkpoint and repeats the records of a finished batch changes nothing.
"""

from __future__ import annotations

import time

from apache_beam.transforms.window import BoundedWindow

from broadsheet.schemas.tables import Table
from broadsheet.transforms.lake.protocol import plans
from broadsheet.transforms.lake.protocol.files import Lake
from broadsheet.transforms.lake.protocol.plans import Plan

_FRESH_S = 1.0
"""How long a plan that was read is trusted, because a step asks for each group of records. If a batch was ended within that time,
some work is wasted; its commit finds that the plan is gone (`lake.protocol.batches.commit_batch`)."""


class StreamBatches:
    """Finds the batches of a stream by their windows.

    Args:
        lake: Where their plans are.
        stream: The unique name of the stream.
    """

    def __init__(self, lake: Lake, stream: str) -> None:
        self._lake = lake
        self._stream = stream
        self._name = ""
        self._plan: Plan | None = None
        self._read_at = 0.0

    def name(self, window: BoundedWindow) -> str:
        """Returns the name of a window in plans."""
        return f"{self._stream}/{window.end.micros}"

    def under_way(self) -> list[Plan]:
        """Returns the plans of the stream's batches that have not ended."""
        return [plan for plan in plans.planned(self._lake) if (plan.window or "").startswith(f"{self._stream}/")]

    def plan(self, window: BoundedWindow) -> Plan | None:
        """Returns the plan of the batch of a window; `None` if the batch has ended."""
        name, now = self.name(window), time.monotonic()
        if name != self._name or now - self._read_at > _FRESH_S:
            self._plan = next((plan for plan in self.under_way() if plan.window == name), None)
            self._name, self._read_at = name, now
        return self._plan


def batch_of(given: str | StreamBatches, window: BoundedWindow) -> str | None:
    """Returns the identifier of the batch of a record; `None` if it has ended."""
    if isinstance(given, str):
        return given
    plan = given.plan(window)
    return plan.batch_id if plan else None


def version_of(given: int | StreamBatches, table: Table, window: BoundedWindow) -> int | None:
    """Returns the version of `documents` or `rejects` that the batch of a record is compared with; `None` if it has ended."""
    if isinstance(given, int):
        return given
    plan = given.plan(window)
    return plan.version_of(table) if plan else None

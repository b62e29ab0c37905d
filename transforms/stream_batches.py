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
"""How long a plan that was read is believed, for a step asks for each group of records. A batch that was ended within that time
costs needless work; its commit finds the plan gone (`lake.protocol.batches.commit_batch`)."""


class StreamBatches:
    """The batches of a stream, by their windows.

    Args:
        lake: Where their plans are.
        stream: The stream's name, which no other has.
    """

    def __init__(self, lake: Lake, stream: str) -> None:
        self._lake = lake
        self._stream = stream
        self._name = ""
        self._plan: Plan | None = None
        self._read_at = 0.0

    def name(self, window: BoundedWindow) -> str:
        """Returns what a plan calls a window."""
        return f"{self._stream}/{window.end.micros}"

    def under_way(self) -> list[Plan]:
        """Returns the plans of the stream's batches that have not ended."""
        return [plan for plan in plans.planned(self._lake) if (plan.window or "").startswith(f"{self._stream}/")]

    def plan(self, window: BoundedWindow) -> Plan | None:
        """Returns the plan of a window's batch, `None` where it has ended."""
        name, now = self.name(window), time.monotonic()
        if name != self._name or now - self._read_at > _FRESH_S:
            self._plan = next((plan for plan in self.under_way() if plan.window == name), None)
            self._name, self._read_at = name, now
        return self._plan


def batch_of(given: str | StreamBatches, window: BoundedWindow) -> str | None:
    """Returns the identifier of a record's batch, `None` where that has ended."""
    if isinstance(given, str):
        return given
    plan = given.plan(window)
    return plan.batch_id if plan else None


def version_of(given: int | StreamBatches, table: Table, window: BoundedWindow) -> int | None:
    """Returns the version of `documents` or `rejects` that a record's batch looks into, `None` where that has ended."""
    if isinstance(given, int):
        return given
    plan = given.plan(window)
    return plan.version_of(table) if plan else None
